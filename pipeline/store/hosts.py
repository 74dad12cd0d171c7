"""Hosts: one crawl process at a time fetches from each, and none before the time that it asked for.

A host's lease names the worker that fetches from it; a lease whose worker is gone is free at once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, LiteralString

from pipeline.store.database import LIVE_WORKERS, Connection


def free(table: Literal["f", "p", "d", "near", "hosts"]) -> LiteralString:
    """Whether nobody who is alive holds a row."""
    return f"({table}.leased_by IS NULL OR {table}.leased_by <> ALL (ARRAY({LIVE_WORKERS})))"


# Hosts that this worker may take: free, its own, or of a worker that is gone; and not to be left alone. Nobody is left alone for
# more than a day: a time past that was set before the clock was set back.
TAKEABLE: Final[LiteralString] = f"""
    (({free("hosts")} OR hosts.leased_by = %(worker)s)
     AND (hosts.not_before IS NULL OR hosts.not_before <= now() OR hosts.not_before > now() + interval '25 hours'))
"""
# The hosts of the rows in `chosen` that no other worker took in between.
TAKEN: Final[LiteralString] = f"""
    taken AS (
        INSERT INTO hosts (host, leased_by) SELECT DISTINCT host, %(worker)s::integer FROM chosen ORDER BY host
        ON CONFLICT (host) DO UPDATE SET leased_by = excluded.leased_by WHERE {TAKEABLE}
        RETURNING host
    )
"""
# A host that fails is left alone for longer each time, from the first to the second.
FIRST_BACKOFF_S: Final = 60
LONGEST_BACKOFF_S: Final = 3_600
# A page or feed that leads to a host which others fetch from is asked for again after this.
BUSY_S: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """A robots.txt as last read, and what was wrong with the last try."""

    status: int | None = None
    body: bytes = b""
    fetched_at: datetime | None = None
    failed_at: datetime | None = None
    error: str | None = None


def take(connection: Connection, worker: int, names: Collection[str]) -> set[str]:
    """Lease hosts; gives those that the worker has now. The others are fetched from by another worker, or left alone."""
    rows = connection.execute(
        f"""
        INSERT INTO hosts (host, leased_by) SELECT name, %(worker)s FROM unnest(%(names)s::text[]) AS name ORDER BY name
        ON CONFLICT (host) DO UPDATE SET leased_by = excluded.leased_by WHERE {TAKEABLE}
        RETURNING host
        """,
        {"worker": worker, "names": sorted(set(names))},
    )
    return {row[0] for row in rows}


def give_back(connection: Connection, worker: int, *, pauses_s: Mapping[str, float], answered: Collection[str] = ()) -> None:
    """Let others fetch from the hosts that a worker is done with.

    Args:
        connection: in a transaction.
        worker: whose leases end.
        pauses_s: the hosts, and how many seconds are to pass before the next fetch from each.
        answered: hosts that have answered, which ends their row of failures.

    """
    connection.execute(
        """
        UPDATE hosts SET leased_by = NULL, not_before = greatest(hosts.not_before, now() + make_interval(secs => pause.seconds))
        FROM (SELECT host FROM hosts WHERE leased_by = %(worker)s AND host = ANY (%(hosts)s::text[]) ORDER BY host FOR UPDATE) AS ended
        JOIN unnest(%(hosts)s::text[], %(seconds)s::float8[]) AS pause (host, seconds) USING (host)
        WHERE hosts.host = ended.host
        """,
        {"worker": worker, "hosts": list(pauses_s), "seconds": list(pauses_s.values())},
    )
    connection.execute(
        "UPDATE hosts SET failures = 0, reason = NULL WHERE host = ANY (%s) AND reason IS NOT NULL AND not_before <= now()",
        (sorted(answered),),
    )


def leave_alone(connection: Connection, worker: int, host: str, *, reason: str, seconds: float | None = None) -> int:
    """Nobody fetches from a host for a while: what this worker holds of it is given back, still due.

    Args:
        connection: in a transaction.
        worker: who was asked to go, or got no answers.
        host: which.
        reason: a stable name, such as `http_429`.
        seconds: how long; null: longer each time in a row.

    Returns:
        How many pages were given back.

    """
    connection.execute(
        """
        UPDATE hosts SET leased_by = NULL, reason = %(reason)s, failures = failures + (%(seconds)s::float8 IS NULL)::integer,
            not_before = greatest(not_before, now() + make_interval(secs =>
                coalesce(%(seconds)s::float8, least(%(first_s)s * power(2, least(failures, 30)), %(longest_s)s))))
        WHERE host = %(host)s
        """,
        {"host": host, "reason": reason, "seconds": seconds, "first_s": FIRST_BACKOFF_S, "longest_s": LONGEST_BACKOFF_S},
    )
    connection.execute("UPDATE feeds SET leased_by = NULL WHERE leased_by = %s AND host = %s", (worker, host))
    return connection.execute("UPDATE pages SET leased_by = NULL WHERE leased_by = %s AND host = %s", (worker, host)).rowcount


def wait_for(connection: Connection, table: Literal["feeds", "pages"], row_id: int, host: str) -> None:
    """A feed or page leads to a host that can't be had now: it is due when the host may be asked again."""
    connection.execute(
        f"""
        UPDATE {table} SET leased_by = NULL,
            due_at = greatest(now() + make_interval(secs => %(busy_s)s), (SELECT not_before FROM hosts WHERE host = %(host)s))
        WHERE id = %(id)s
        """,
        {"id": row_id, "host": host, "busy_s": BUSY_S},
    )


def robots(connection: Connection, origin: str) -> Robots:
    """The robots.txt of a scheme, host and port as last read."""
    row = connection.execute("SELECT status, body, fetched_at, failed_at, error FROM robots WHERE origin = %s", (origin,)).fetchone()
    return Robots(status=row[0], body=bytes(row[1] or b""), fetched_at=row[2], failed_at=row[3], error=row[4]) if row else Robots()


def keep_robots(connection: Connection, origin: str, *, status: int, body: bytes) -> None:
    """Keep a robots.txt that was read, or that a host has none."""
    connection.execute(
        """
        INSERT INTO robots (origin, status, body, fetched_at) VALUES (%s, %s, %s, now())
        ON CONFLICT (origin) DO UPDATE SET status = excluded.status, body = excluded.body, fetched_at = now(), failed_at = NULL, error = NULL
        """,
        (origin, status, body),
    )


def keep_robots_failure(connection: Connection, origin: str, error: str) -> None:
    """Keep that a robots.txt could not be read; what was read before stays."""
    connection.execute(
        """
        INSERT INTO robots (origin, failed_at, error) VALUES (%s, now(), %s)
        ON CONFLICT (origin) DO UPDATE SET failed_at = now(), error = excluded.error
        """,
        (origin, error),
    )
