"""Starting and stopping the embedded engines of one state folder."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

import psutil

from pipeline import log
from pipeline.config import Settings
from pipeline.engine import home, ports, process
from pipeline.engine.elasticsearch import Elasticsearch
from pipeline.engine.home import Record
from pipeline.engine.locks import Lock
from pipeline.engine.postgresql import PostgreSQL
from pipeline.errors import AlreadyRunning, EngineFailed

# How long the processes of a killed engine may take to notice and end.
ORPHANS_S: Final = 15.0
# What engines say of a port that somebody else got first, perhaps for a moment only.
PORT_TAKEN: Final = ("Address already in use", "could not create any TCP/IP sockets")


class Engine(Protocol):
    """What is the same about both engines."""

    @property
    def settings(self) -> Settings:
        """The settings it runs with."""

    @property
    def name(self) -> str:
        """Its name for people."""

    @property
    def key(self) -> str:
        """Its name in `engines.json`."""

    @property
    def prefix(self) -> tuple[str, ...]:
        """The command in front of it that changes the user."""

    @property
    def folder(self) -> Path:
        """All that belongs to it."""

    @property
    def output(self) -> Path:
        """The file that gets what it prints."""

    @property
    def lock(self) -> Path:
        """The file that it holds locked as long as it lives."""

    @property
    def log(self) -> Path:
        """The log file that is written to now."""

    @property
    def marks(self) -> tuple[str, ...]:
        """Words of its command line that no other process has."""

    @property
    def wanted_port(self) -> int:
        """The port to try first."""

    @property
    def claimed_pid(self) -> int | None:
        """The pid that the folder itself names; perhaps of a process long dead."""

    @property
    def death_signal(self) -> signal.Signals:
        """What closes it cleanly."""

    @property
    def stop_steps(self) -> Sequence[tuple[signal.Signals, float]]:
        """Signals that end it, and the patience with each in seconds."""

    def prepare(self, port: int) -> list[str]:
        """Make all ready for a start; gives the command."""

    def wait(self, pid: int, port: int) -> str:
        """Wait until it answers; gives its version."""


def engines(settings: Settings) -> tuple[Engine, Engine]:
    """Both, in the order in which they are started: the slower one first."""
    return Elasticsearch(settings=settings), PostgreSQL(settings=settings)


def find(engine: Engine, record: Record | None) -> psutil.Process | None:
    """Its process, if it runs: as recorded, or as its folder names it where the record was lost."""
    for pid in (record.pid if record else None, engine.claimed_pid):
        found = process.find(pid, engine.marks) if pid else None
        if found:
            return found
    return None


def start(wanted: Sequence[Engine], folder: Path, *, die_with_parent: bool) -> None:
    """Start those that don't run, side by side, and wait until all answer. What was started ends again if that fails.

    Args:
        wanted: some of `engines`.
        folder: the state folder; the caller has made it and started nothing in it at the same time (`home.alone`).
        die_with_parent: those started end with the calling thread.

    Raises:
        AlreadyRunning: one runs on the folder and it is not known how to reach it.
        InfrastructureError: one does not start; its subclass and sentence say why.

    """
    known = home.records(folder)
    starting = _Starting(folder=folder, die_with_parent=die_with_parent)
    try:
        for engine in wanted:
            record = known.get(engine.key)
            if record is None or process.find(record.pid, engine.marks) is None:
                known[engine.key] = starting.launch(engine, engine.wanted_port)
        for engine in wanted:
            home.remember(folder, {engine.key: starting.ready(engine, known[engine.key])})
    except BaseException:
        stop(starting.launched, folder)
        raise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Starting:
    """One call of `start`, and what it launched."""

    folder: Path
    die_with_parent: bool
    launched: list[Engine] = field(default_factory=list)

    def launch(self, engine: Engine, wanted_port: int) -> Record:
        """Start one engine, which may not answer yet."""
        with Lock(engine.lock) as lock:
            # Children of a killed engine hold its lock a little longer.
            process.wait_until(lambda: lock.try_take() or find(engine, None) is not None, seconds=ORPHANS_S)
            if not lock.try_take():
                raise AlreadyRunning(engine=engine.name, folder=engine.folder, pid=engine.claimed_pid or "unknown")
            port = ports.pick(wanted_port, engine=engine.name)
            pid = process.spawn(
                engine.prepare(port),
                output=engine.output,
                lock=lock,
                account=engine.prefix,
                death_signal=engine.death_signal if self.die_with_parent else None,
            )
        self.launched.append(engine)
        record = Record(pid=pid, port=port)
        home.remember(self.folder, {engine.key: record})
        return record

    def ready(self, engine: Engine, record: Record) -> Record:
        """Wait until it answers."""
        while True:
            try:
                return Record(pid=record.pid, port=record.port, version=engine.wait(record.pid, record.port))
            except EngineFailed as error:
                if process.find(record.pid, engine.marks):
                    raise
                if engine not in self.launched:  # it was just ending when we came
                    record = self.launch(engine, engine.wanted_port)
                elif any(words in str(error) for words in PORT_TAKEN) or not ports.is_free(record.port):
                    record = self.launch(engine, record.port + 1)
                else:
                    raise


def stop(running: Sequence[Engine], folder: Path) -> None:
    """End those that run, cleanly, and wait until all their processes are gone.

    Args:
        running: some of `engines`.
        folder: the state folder; as for `start`.

    """
    known = home.records(folder)
    for engine in running:
        found = find(engine, known.get(engine.key))
        if found is None:
            continue
        used = process.end(found, engine.stop_steps)
        if used != engine.stop_steps[0][0]:
            log.logger("engine").warning("engine_forced_to_end", engine=engine.name, signal=used.name)
        with Lock(engine.lock) as lock:
            process.wait_until(lock.try_take, seconds=ORPHANS_S)
    home.remember(folder, {engine.key: None for engine in running})
