"""The frontier: which pages are due, who fetches them, and what came of it.

A lease names the worker that fetches; a lease whose worker is gone is due at once (`LIVE_WORKERS`). Feeds and pages are leased
together with their host: one worker at a time fetches from it.
Whatever is not finished in a run stays due: nothing is taken out of the frontier before its result is stored.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, Literal, LiteralString

from pipeline.models import Page, Priority
from pipeline.store import refetches
from pipeline.store.database import Connection
from pipeline.store.hosts import TAKEABLE, TAKEN, free

# When a page that could not be fetched is tried again; after the last it is given up, with its reason.
RETRY_AFTER_S: Final = (60, 300, 1_800, 7_200, 43_200)

NOT_FOUND: Final = 404
GONE: Final = 410

# Of each priority, so many times what is wanted are looked at first, those that are longest due.
FEW: Final = 16
# Of each host, so many at least, where the first ones don't do.
FEWEST_PER_HOST: Final = 4

# What may be fetched by this worker now: hosts and outlets that it may take, and that it has not enough of already.
OPEN: Final[LiteralString] = f"""
    near.host <> ALL (%(busy_hosts)s::text[]) AND (%(hosts)s::text[] IS NULL OR near.host = ANY (%(hosts)s::text[]))
    AND (%(outlets)s::bigint[] IS NULL OR near.outlet_id = ANY (%(outlets)s::bigint[]))
    AND EXISTS (SELECT FROM outlets o WHERE o.id = near.outlet_id AND o.removed_at IS NULL)
    AND NOT EXISTS (SELECT FROM hosts WHERE hosts.host = near.host AND NOT {TAKEABLE})
"""


def _plain(table: Literal["near", "p"]) -> LiteralString:
    """Whether a page is of use to claim: one for the browser is none when that has done enough."""
    first = f"{table}.fetches = 0 AND {table}.outlet_id = ANY (%(browser_outlets)s::bigint[])"
    return f"(%(browser)s OR NOT coalesce({table}.browser, {first}))"


# Pages that may be claimed. Where the first ones are not all there are, and too few outlets have them, hosts are found by
# skipping from one to the next in the index: what can't be fetched now, however much it is, costs one look a host.
NEAR: Final[LiteralString] = f"""
    first_due AS MATERIALIZED (
        SELECT due.* FROM unnest(%(priorities)s::smallint[]) AS rank (priority) CROSS JOIN LATERAL (
            SELECT near.id, near.outlet_id, near.priority, near.due_at, {free("near")} AND {_plain("near")} AND {OPEN} AS is_open FROM (
                SELECT id, outlet_id, host, priority, due_at, leased_by, browser, fetches FROM pages
                WHERE pages.priority = rank.priority AND due_at <= %(due_by)s ORDER BY due_at LIMIT %(few)s
            ) AS near
        ) AS due
    ), many AS (
        SELECT FROM first_due GROUP BY priority
        HAVING count(*) >= %(few)s AND count(DISTINCT outlet_id) FILTER (WHERE is_open) < %(limit)s
    ), ends AS (
        (SELECT outlet_id, host FROM pages WHERE due_at IS NOT NULL ORDER BY outlet_id, host LIMIT 1)
        UNION ALL
        SELECT following.* FROM ends CROSS JOIN LATERAL (
            SELECT outlet_id, host FROM pages WHERE due_at IS NOT NULL AND (pages.outlet_id, pages.host) > (ends.outlet_id, ends.host)
            ORDER BY outlet_id, host LIMIT 1
        ) AS following
    ), open AS MATERIALIZED (
        SELECT near.outlet_id, near.host FROM ends AS near WHERE (SELECT EXISTS (SELECT FROM many)) AND {OPEN}
    ), near AS (
        SELECT id, outlet_id, priority, due_at FROM first_due WHERE is_open AND NOT (SELECT EXISTS (SELECT FROM many))
        UNION ALL
        SELECT due.* FROM open CROSS JOIN unnest(%(priorities)s::smallint[]) AS rank (priority) CROSS JOIN LATERAL (
            SELECT p.id, p.outlet_id, p.priority, p.due_at FROM pages p
            WHERE p.outlet_id = open.outlet_id AND p.host = open.host AND p.priority = rank.priority AND p.due_at <= %(due_by)s AND {free("p")}
                AND {_plain("p")}
            ORDER BY p.due_at LIMIT greatest(%(fewest_per_host)s, %(limit)s / (SELECT count(*) FROM open))
        ) AS due
    )
"""


def now(connection: Connection) -> datetime:
    """The database's clock, by which everything is due."""
    row = connection.execute("SELECT now()").fetchone()
    assert row is not None, "a select without a table has a row"  # noqa: S101 - for the type checker
    at: datetime = row[0]
    return at


def claim_pages(
    connection: Connection,
    worker: int,
    *,
    due_by: datetime,
    outlets: Sequence[int] | None,
    busy_hosts: Sequence[str],
    browser: bool = True,
    browser_outlets: Collection[int] = (),
    limit: int,
    hosts: Sequence[str] | None = None,
    lowest: Priority = Priority.BACKLOG,
) -> list[Page]:
    """Lease pages that were due at `due_by`: news first, and outlets by turns, of each what is longest due.

    Args:
        connection: in a transaction.
        worker: who leases.
        due_by: the start of the run, so that nothing is tried twice in it.
        outlets: only pages of these; null: of all.
        busy_hosts: hosts that have enough waiting in this worker, left out so that none starves the others.
        browser: also pages that are fetched with a browser, as are the first fetches of these outlets' pages.
        browser_outlets: these.
        limit: how many at most.
        hosts: only pages of these; null: of all.
        lowest: pages of lower priority are left to others.

    """
    rows = connection.execute(
        f"""
        WITH RECURSIVE {NEAR}, ranked AS (
            SELECT id, priority, due_at, row_number() OVER (PARTITION BY priority, outlet_id ORDER BY due_at, id) AS turn FROM near
            -- More than are wanted, since another worker may be claiming the same.
            ORDER BY priority, turn, due_at LIMIT 2 * %(limit)s
        ), chosen AS (
            SELECT p.id, p.host FROM ranked JOIN pages p ON p.id = ranked.id WHERE p.due_at <= %(due_by)s AND {free("p")}
            ORDER BY ranked.priority, ranked.turn, ranked.due_at LIMIT %(limit)s FOR NO KEY UPDATE OF p SKIP LOCKED
        ), {TAKEN}
        UPDATE pages SET leased_by = %(worker)s FROM chosen JOIN taken USING (host) WHERE pages.id = chosen.id
        RETURNING pages.id, pages.outlet_id, pages.url, pages.priority, pages.fetches, pages.etag, pages.last_modified, pages.browser
        """,
        {
            "worker": worker,
            "due_by": due_by,
            "outlets": None if outlets is None else list(outlets),
            "busy_hosts": list(busy_hosts),
            "browser": browser,
            "browser_outlets": list(browser_outlets),
            "limit": limit,
            "hosts": None if hosts is None else list(hosts),
            "priorities": [priority for priority in Priority if priority <= lowest],
            "few": FEW * limit,
            "fewest_per_host": FEWEST_PER_HOST,
        },
    )
    found = [
        Page(
            id=row[0],
            outlet_id=row[1],
            url=row[2],
            priority=Priority(row[3]),
            fetches=row[4],
            etag=row[5],
            last_modified=row[6],
            browser=row[7],
        )
        for row in rows
    ]
    return sorted(found, key=lambda page: (page.priority, page.id))


def record_unchanged(connection: Connection, page: Page, *, fetched_at: datetime, status: int, refetch_after_s: Sequence[float]) -> None:
    """A page was fetched again and is the same: no capture, and its next time is set."""
    connection.execute(
        """
        UPDATE pages SET leased_by = NULL, fetched_at = %(fetched_at)s, fetches = fetches + 1, failures = 0, status = %(status)s,
            reason = NULL, priority = %(priority)s, due_at = %(due_at)s
        WHERE id = %(id)s
        """,
        {
            "id": page.id,
            "fetched_at": fetched_at,
            "status": status,
            "priority": Priority.REFETCH,
            "due_at": refetches.next_at(connection, page.id, plan=refetch_after_s),
        },
    )
    are_there(connection, [page.id])
    revisited(connection, page.id, fetched_at=fetched_at, status=status)


def revisited(connection: Connection, page_id: int, *, fetched_at: datetime, status: int) -> None:
    """Keep that a fetch found the page as it was, for the archive's records."""
    connection.execute(
        "INSERT INTO revisits (page_id, fetched_at, status) SELECT id, %s, %s FROM pages WHERE id = %s ON CONFLICT DO NOTHING",
        (fetched_at, status, page_id),
    )


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
