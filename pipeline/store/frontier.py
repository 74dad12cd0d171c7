"""The frontier: which pages are due, who fetches them, and what came of it.

A lease names the worker that fetches; a lease whose worker is gone is due at once (`LIVE_WORKERS`). Feeds and pages are leased
together with their host: one worker at a time fetches from it.
Whatever is not finished in a run stays due: nothing is taken out of the frontier before its result is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, LiteralString

from pipeline.models import Page, Priority
from pipeline.store.database import Connection
from pipeline.store.hosts import TAKEABLE, TAKEN, free

# When a page that could not be fetched is tried again; after the last it is given up, with its reason.
RETRY_AFTER_S: Final = (60, 300, 1_800, 7_200, 43_200)

NOT_FOUND: Final = 404
GONE: Final = 410

# The next age at which a page that `answer` tells of is fetched again for edits; null when it is older than all of them.
NEXT_REFETCH: Final[LiteralString] = """
    (SELECT min(pages.first_seen_at + make_interval(secs => age)) FROM unnest(%(refetch_after_s)s::float8[]) AS age
     WHERE pages.first_seen_at + make_interval(secs => age) > answer.fetched_at)
"""


def now(connection: Connection) -> datetime:
    """The database's clock, by which everything is due."""
    row = connection.execute("SELECT now()").fetchone()
    assert row is not None, "a select without a table has a row"  # noqa: S101 - for the type checker
    at: datetime = row[0]
    return at


def claim_pages(
    connection: Connection, worker: int, *, due_by: datetime, outlets: Sequence[int] | None, busy_hosts: Sequence[str], limit: int
) -> list[Page]:
    """Lease pages that were due at `due_by`, news first.

    Args:
        connection: in a transaction.
        worker: who leases.
        due_by: the start of the run, so that nothing is tried twice in it.
        outlets: only pages of these; null: of all.
        busy_hosts: hosts that have enough waiting in this worker, left out so that none starves the others.
        limit: how many at most.

    """
    rows = connection.execute(
        f"""
        WITH chosen AS (
            SELECT p.id, p.host FROM pages p JOIN outlets o ON o.id = p.outlet_id LEFT JOIN hosts ON hosts.host = p.host
            WHERE p.due_at <= %(due_by)s AND o.removed_at IS NULL AND {free("p")} AND p.host <> ALL (%(busy_hosts)s::text[])
              AND (hosts.host IS NULL OR {TAKEABLE})
              AND (%(outlets)s::bigint[] IS NULL OR p.outlet_id = ANY (%(outlets)s::bigint[]))
            ORDER BY p.priority, p.due_at LIMIT %(limit)s FOR NO KEY UPDATE OF p SKIP LOCKED
        ), {TAKEN}
        UPDATE pages SET leased_by = %(worker)s FROM chosen JOIN taken USING (host) WHERE pages.id = chosen.id
        RETURNING pages.id, pages.outlet_id, pages.url, pages.priority, pages.fetches, pages.etag, pages.last_modified
        """,
        {
            "worker": worker,
            "due_by": due_by,
            "outlets": None if outlets is None else list(outlets),
            "busy_hosts": list(busy_hosts),
            "limit": limit,
        },
    )
    found = [
        Page(id=row[0], outlet_id=row[1], url=row[2], priority=Priority(row[3]), fetches=row[4], etag=row[5], last_modified=row[6])
        for row in rows
    ]
    return sorted(found, key=lambda page: (page.priority, page.id))


def record_unchanged(connection: Connection, page: Page, *, fetched_at: datetime, status: int, refetch_after_s: Sequence[float]) -> None:
    """A page was fetched again and is the same: no capture, and its next time is set."""
    connection.execute(
        f"""
        UPDATE pages SET leased_by = NULL, fetched_at = answer.fetched_at, fetches = fetches + 1, failures = 0, status = %(status)s,
            reason = NULL, priority = %(priority)s, due_at = {NEXT_REFETCH}
        FROM (SELECT %(fetched_at)s::timestamptz AS fetched_at) AS answer WHERE id = %(id)s
        """,
        {
            "id": page.id,
            "fetched_at": fetched_at,
            "status": status,
            "priority": Priority.REFETCH,
            "refetch_after_s": list(refetch_after_s),
        },
    )
    are_there(connection, [page.id])


def record_failure(
    connection: Connection, page: Page, *, reason: str, status: int | None = None, final: bool = False, retry_after_s: float = 0
) -> None:
    """A page could not be fetched: try it again later, more rarely each time, or give it up with its reason kept.

    A page that was there before and is not found is asked for once more; then its article is recorded as gone.

    Args:
        connection: in a transaction.
        page: which.
        reason: a short stable name, such as `http_503`, `timeout`, `robots`.
        status: of the answer, if there was one.
        final: a retry would change nothing.
        retry_after_s: what the server asked for.

    """
    given_up = connection.execute(
        """
        UPDATE pages SET leased_by = NULL, failures = failures + 1, status = %(status)s::integer, reason = %(reason)s,
            due_at = CASE WHEN (NOT %(final)s OR (%(status)s::integer = %(not_found)s AND fetches > 0 AND failures = 0))
                AND failures < cardinality(%(delays_s)s::float8[]) THEN
                now() + make_interval(secs => greatest((%(delays_s)s::float8[])[failures + 1], %(retry_after_s)s)) END
        WHERE id = %(id)s
        RETURNING due_at IS NULL AND fetches > 0
        """,
        {
            "id": page.id,
            "status": status,
            "reason": reason,
            "final": final,
            "not_found": NOT_FOUND,
            "delays_s": list(RETRY_AFTER_S),
            "retry_after_s": retry_after_s,
        },
    ).fetchone()
    if given_up and given_up[0] and status in {NOT_FOUND, GONE}:
        connection.execute("UPDATE articles SET gone_at = now() WHERE page_id = %s AND gone_at IS NULL", (page.id,))


def are_there(connection: Connection, page_ids: Sequence[int]) -> None:
    """Pages were fetched: their articles are not gone, or there again."""
    connection.execute("UPDATE articles SET gone_at = NULL WHERE page_id = ANY (%s) AND gone_at IS NOT NULL", (list(page_ids),))


def release(connection: Connection, worker: int) -> int:
    """Give back what a worker holds, still due; tells how many feeds, pages and discoveries that were."""
    return sum(
        connection.execute(f"UPDATE {table} SET leased_by = NULL WHERE leased_by = %s", (worker,)).rowcount
        for table in ("feeds", "pages", "discoveries")
    )
