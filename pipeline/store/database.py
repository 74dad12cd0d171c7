"""The connection to PostgreSQL: pool, transactions, migrations, partitions, and who is alive."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from importlib import resources
from typing import Any, Final, LiteralString, Self
from urllib.parse import urlsplit

import psycopg
import psycopg_pool
import yoyo
from psycopg.rows import TupleRow

from pipeline.errors import DatabaseAway, DatabaseBehind, DatabaseTooOld

Connection = psycopg.Connection[TupleRow]

OLDEST: Final = 14
# The class of the session advisory locks by which workers show that they are alive.
WORKER_LOCK: Final = 7_270_001
MIGRATION_LOCK: Final = 7_270_002
PARTITIONED: Final = ("captures", "fingerprints", "matches", "coverage")

# Workers that are alive: a lease or claim of any other worker is free at once.
LIVE_WORKERS: Final[LiteralString] = """
    SELECT objid::bigint::integer FROM pg_locks
    WHERE locktype = 'advisory' AND classid = 7270001 AND objsubid = 2 AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def describe(url: str) -> str:
    """Host, port and database of a URL, without user and password."""
    parts = urlsplit(url)
    return f"{parts.hostname or 'localhost'}:{parts.port or 5432}{parts.path}"


class Database:
    """A PostgreSQL database, reached by URL. Safe to share between threads, not between processes."""

    def __init__(self, url: str, *, connections: int = 8) -> None:
        """Nothing is opened before the first use."""
        self.url = url
        self.connections = connections
        self._worker: psycopg.Connection[TupleRow] | None = None
        self._worker_lock = threading.Lock()

    @cached_property
    def _pool(self) -> psycopg_pool.ConnectionPool[Connection]:
        return psycopg_pool.ConnectionPool(
            self.url,
            min_size=0,
            max_size=self.connections,
            timeout=10,
            open=True,
            check=psycopg_pool.ConnectionPool.check_connection,
            kwargs={"options": "-c timezone=UTC", "connect_timeout": 10, "application_name": "presswatch"},
        )

    def open(self) -> None:
        """Open the pool now, for threads that will share it; connections are made as they are needed."""
        _ = self._pool

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A connection in a transaction that commits at the end and rolls back on an exception.

        Raises:
            DatabaseAway: the server can't be reached, or went away in the middle.

        """
        try:
            with self._pool.connection() as connection:
                yield connection
        except psycopg_pool.PoolTimeout as error:
            self._connect(timeout_s=2).close()  # the pool does not tell why
            raise DatabaseAway(where=describe(self.url), problem=_first_line(error)) from error
        except psycopg.OperationalError as error:
            # Among OperationalErrors are refusals that a retry can't mend; those have a state of their own.
            raise DatabaseAway(where=describe(self.url), problem=_first_line(error)) from error

    def worker(self) -> int:
        """The id of this process as a worker, held alive by a session lock until `close` or the process ends."""
        with self._worker_lock:
            if self._worker is None or not _answers(self._worker):
                connection = self._connect()
                number = _one(connection, "SELECT nextval('workers')::integer")
                connection.execute("SELECT pg_advisory_lock(%s, %s)", (WORKER_LOCK, number))
                self._worker = connection
                self._worker_id = int(number)
            return self._worker_id

    def _connect(self, *, timeout_s: int = 10) -> Connection:
        try:
            return psycopg.connect(self.url, autocommit=True, connect_timeout=timeout_s, application_name="presswatch worker")
        except psycopg.OperationalError as error:
            raise DatabaseAway(where=describe(self.url), problem=_first_line(error)) from error

    def migrate(self) -> list[str]:
        """Bring the schema up to date, one migrating process at a time; names the migrations applied.

        Raises:
            DatabaseAway: the server can't be reached.
            DatabaseTooOld: the server is older than presswatch can use.

        """
        with self._connect() as guard:
            if guard.info.server_version < OLDEST * 10_000:
                raise DatabaseTooOld(where=describe(self.url), version=guard.info.server_version // 10_000, needed=OLDEST)
            guard.execute("SELECT pg_advisory_lock(%s, 0)", (MIGRATION_LOCK,))
            backend = yoyo.get_backend("postgresql+psycopg" + self.url.removeprefix("postgresql").removeprefix("postgres"))
            try:
                # Our lock is freed by the server when a process dies; the library's own row is not.
                backend.break_lock()
                with backend.lock():
                    pending = backend.to_apply(_migrations())
                    backend.apply_migrations(pending)
                    names = [migration.id for migration in pending]
            finally:
                backend.connection.close()
        self.ensure_partitions()
        return names

    def check(self) -> None:
        """Fail unless the database is there and migrated.

        Raises:
            DatabaseAway, DatabaseTooOld: as for `migrate`.
            DatabaseBehind: migrations are missing.

        """
        with self._connect() as connection:
            if connection.info.server_version < OLDEST * 10_000:
                raise DatabaseTooOld(where=describe(self.url), version=connection.info.server_version // 10_000, needed=OLDEST)
            try:
                applied = {row[0] for row in connection.execute("SELECT migration_id FROM _yoyo_migration")}
            except psycopg.errors.UndefinedTable as error:
                raise DatabaseBehind from error
            if not {migration.id for migration in _migrations()} <= applied:
                raise DatabaseBehind

    def ensure_partitions(self, times: Iterable[datetime] = ()) -> None:
        """Make the month partitions of now, the next month, and the given times."""
        now = datetime.now(UTC)
        months = {(at.astimezone(UTC).year, at.astimezone(UTC).month) for at in (now, now + timedelta(days=31), *times)}
        with self.transaction() as connection:
            for year, month in sorted(months):
                for table in PARTITIONED:
                    connection.execute("SELECT ensure_month(%s, %s)", (table, datetime(year, month, 1, tzinfo=UTC)))

    def close(self) -> None:
        """Give back every connection; leases and claims of this worker are free from then on."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None
        if "_pool" in self.__dict__:
            self._pool.close()
            del self.__dict__["_pool"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _migrations() -> Any:
    return yoyo.read_migrations(str(resources.files("pipeline.store") / "sql"))


def _one(connection: Connection, statement: LiteralString) -> Any:
    row = connection.execute(statement).fetchone()
    return row[0] if row else None


def _answers(connection: Connection) -> bool:
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        # The server went away and the lock with it: this process goes on as a new worker.
        return False
    return True


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n", 1)[0]
