"""What runs where, and how it is."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Settings
from pipeline.engine import addresses, embedded, home, process, servers
from pipeline.engine.embedded import Engine
from pipeline.engine.servers import Answer
from pipeline.errors import InfrastructureError, NotStarted
from pipeline.models import SearchEndpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStatus:
    """One engine, embedded or a user's own server."""

    embedded: bool
    running: bool
    where: str | None = None  # without user and password
    pid: int | None = None
    version: str | None = None  # as the live server tells it
    health: str | None = None  # PostgreSQL: accepting; Elasticsearch: green, yellow or red
    disk_bytes: int | None = None  # embedded: the folder; own: the database
    memory_bytes: int | None = None  # shared pages counted once
    log: str | None = None
    problem: str | None = None  # why it can't be used


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Both engines of a state folder."""

    home: str
    postgresql: EngineStatus
    elasticsearch: EngineStatus


def status(settings: Settings) -> Status:
    """Ask both engines how they are; nothing that runs or does not run is an error.

    Raises:
        SettingsError: a URL among the settings is none.

    """
    node, server = embedded.engines(settings)
    database, cluster = addresses.own_database(settings), addresses.own_elasticsearch(settings)
    return Status(
        home=str(settings.home),
        postgresql=(
            _own(servers.address(database), lambda: servers.ask_postgresql(database))
            if database
            else _embedded(server, lambda: servers.ask_postgresql(addresses.database(settings)))
        ),
        elasticsearch=(
            _own(servers.address(cluster.url), lambda: servers.ask_elasticsearch(cluster))
            if cluster
            else _embedded(node, lambda: servers.ask_elasticsearch(addresses.elasticsearch(settings)))
        ),
    )


def check_servers(settings: Settings) -> None:
    """Fail unless the user's own servers, where some are set, can be reached and are new enough.

    Raises:
        DatabaseAway, DatabaseTooOld, SearchEngineAway, SearchEngineRefused, SearchEngineTooOld, SettingsError: as their names say.

    """
    database: str | None = addresses.own_database(settings)
    cluster: SearchEndpoint | None = addresses.own_elasticsearch(settings)
    if database:
        servers.ask_postgresql(database)
    if cluster:
        servers.ask_elasticsearch(cluster)


def _own(where: str, ask: Callable[[], Answer]) -> EngineStatus:
    try:
        answer = ask()
    except InfrastructureError as error:
        return EngineStatus(embedded=False, running=False, where=where, problem=str(error))
    return EngineStatus(
        embedded=False, running=True, where=where, version=answer.version, health=answer.health, disk_bytes=answer.disk_bytes
    )


def _embedded(engine: Engine, ask: Callable[[], Answer]) -> EngineStatus:
    record = home.records(engine.settings.home).get(engine.key)
    found = embedded.find(engine, record)
    log = str(engine.log) if engine.log.exists() else None
    disk_bytes = _size(engine.folder)
    if found is None or record is None:
        return EngineStatus(embedded=True, running=False, disk_bytes=disk_bytes, log=log)
    answer, problem = None, None
    try:
        answer = ask()
    except NotStarted:
        problem = "it is starting"
    except InfrastructureError as error:
        problem = str(error)
    return EngineStatus(
        embedded=True,
        running=True,
        where=f"127.0.0.1:{record.port}",
        pid=found.pid,
        version=answer.version if answer else None,
        health=answer.health if answer else None,
        disk_bytes=disk_bytes,
        memory_bytes=process.memory_bytes(found),
        log=log,
        problem=problem,
    )


def _size(folder: Path) -> int:
    """Disk space that a folder takes; files come and go meanwhile."""
    total = 0
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_blocks * 512
        except FileNotFoundError:
            continue
    return total
