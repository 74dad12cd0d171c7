"""A PostgreSQL of a measurement's own, without a search engine; a new database for each crawl."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

from benchmarks.crawl import site
from pipeline.config import Settings
from pipeline.engine import embedded, home, secrets, servers
from pipeline.engine.addresses import database as database_url
from pipeline.models import OutletSpec
from pipeline.store import outlets
from pipeline.store.database import Database

# Nobody is asked there: a crawl needs the store only.
NO_SEARCH = "http://127.0.0.1:9"


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What a command took."""

    wall_s: float
    cpu_s: float  # of its processes
    store_cpu_s: float  # of PostgreSQL's meanwhile
    peak_bytes: int  # of the largest of its processes
    printed: str


@dataclass
class Store:
    """A running server."""

    settings: Settings
    url: str
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def database(self, roots: Sequence[str]) -> str:
        """The URL of a new database with an outlet for each address, which has its feed at /feed.xml."""
        name = f"crawl{next(self.numbers)}"
        with psycopg.connect(self.url, autocommit=True) as server:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        url = servers.with_database(self.url, name)
        with Database(url) as database:
            database.migrate()
            with database.transaction() as connection:
                for root in roots:
                    outlets.save(connection, OutletSpec(name=root.partition("://")[2], url=f"{root}/", feeds=(f"{root}/feed.xml",)))
        return url

    def environment(self, database: str, allow: Sequence[str], **changes: object) -> dict[str, str]:
        """Variables for `presswatch crawl` on a database."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PRESSWATCH_") and "proxy" not in name.lower()}
        settings = {"home": self.settings.home, "database_url": database, "elasticsearch_url": NO_SEARCH, "delay_s": 0}
        settings |= {"allow_hosts": ",".join(allow)} | changes
        return kept | {f"PRESSWATCH_{name.upper()}": str(value) for name, value in settings.items()}

    def cpu_s(self) -> float:
        """What the server's processes have used so far, those that have ended included."""
        (postmaster,) = [found for found in [psutil.Process(home.records(self.settings.home)["postgresql"].pid)] if found.is_running()]
        times = postmaster.cpu_times()
        total = times.user + times.system + times.children_user + times.children_system
        for child in postmaster.children():
            try:
                own = child.cpu_times()
            except psutil.NoSuchProcess:
                continue  # now among the postmaster's
            total += own.user + own.system
        return total

    def run(self, command: Sequence[str], environment: dict[str, str]) -> Used:
        """Run a command to its end."""
        before, began = self.cpu_s(), time.monotonic()
        running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
        assert running.stdout is not None
        printed = running.stdout.read().decode()
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
        if running.returncode:
            sys.exit(f"{' '.join(map(str, command[:4]))} … failed: {printed}")
        return Used(
            wall_s=time.monotonic() - began,
            cpu_s=usage.ru_utime + usage.ru_stime,
            store_cpu_s=self.cpu_s() - before,
            peak_bytes=usage.ru_maxrss * 1024,
            printed=printed,
        )

    def crawl(self, environment: dict[str, str]) -> tuple[Used, dict[str, Any]]:
        """Crawl to the end; what it took, and its report."""
        used = self.run([sys.executable, "-m", "pipeline.cli", "crawl", "--json"], environment)
        report: dict[str, Any] = json.loads(used.printed)
        return used, report


@contextmanager
def running(folder: Path) -> Iterator[Store]:
    """Start PostgreSQL on a new state folder; it ends with the block."""
    settings = Settings(home=folder / "home", elasticsearch_url=NO_SEARCH, database_port=site.free_port())
    _, server = embedded.engines(settings)
    home.make(settings.home)
    with home.alone(settings.home):
        secrets.make(settings)
        embedded.start([server], settings.home, die_with_parent=True)
    try:
        yield Store(settings=settings, url=database_url(settings))
    finally:
        with home.alone(settings.home):
            embedded.stop([server], settings.home)
