"""The frontier: which feeds and pages are due, who fetches them, and what came of it.

A lease names the worker that fetches; a lease whose worker is gone is due at once (`LIVE_WORKERS`). Feeds and pages are leased
together with their host: one worker at a time fetches from it.
Whatever is not finished in a run stays due: nothing is taken out of the frontier before its result is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, LiteralString
from urllib.parse import urlsplit

from pipeline.models import Discovery, Feed, FeedKind, Outlet, Page, Poll, Priority
from pipeline.store import hosts
from pipeline.store.database import LIVE_WORKERS, Connection
from pipeline.store.hosts import TAKEABLE

# A poll is due a little early, so that a schedule as long as the interval meets it every time.
INTERVAL_SLACK: Final = 0.9
# A failing feed is polled more rarely, down to this.
LONGEST_BACKOFF_S: Final = 21_600
# When a page that could not be fetched is tried again; after the last it is given up, with its reason.
RETRY_AFTER_S: Final = (60, 300, 1_800, 7_200, 43_200)
# Validators are left out once an hour: some servers keep one ETag for ever.
FULL_READ_AFTER_S: Final = 3_600
# A failing home page is looked at again after a day; discovery for a failing feed waits as long.
REDISCOVER_AFTER_S: Final = 86_400

# The hosts of what was chosen that no other worker took in between.
TAKEN: Final[LiteralString] = f"""
    taken AS (
        INSERT INTO hosts (host, leased_by) SELECT DISTINCT host, %(worker)s::integer FROM chosen ORDER BY host
        ON CONFLICT (host) DO UPDATE SET leased_by = excluded.leased_by WHERE {TAKEABLE}
        RETURNING host
    )
"""
# The next age at which a page is fetched again for edits; null when it is older than all of them.
NEXT_REFETCH: Final[LiteralString] = """
    (SELECT min(pages.first_seen_at + make_interval(secs => age)) FROM unnest(%(refetch_after_s)s::float8[]) AS age
     WHERE pages.first_seen_at + make_interval(secs => age) > %(fetched_at)s)
"""


def free(table: Literal["f", "p", "d"]) -> LiteralString:
    """Whether nobody who is alive holds a row."""
    return f"({table}.leased_by IS NULL OR {table}.leased_by <> ALL (ARRAY({LIVE_WORKERS})))"


def now(connection: Connection) -> datetime:
    """The database's clock, by which everything is due."""
    row = connection.execute("SELECT now()").fetchone()
    assert row is not None, "a select without a table has a row"  # noqa: S101 - for the type checker
    at: datetime = row[0]
    return at


# --- Feeds ---


def claim_feeds(connection: Connection, worker: int, *, due_by: datetime, outlets: Sequence[int] | None, limit: int) -> list[Feed]:
    """Lease feeds that were due at `due_by`, the longest due first.

    With the start of a run as `due_by`, no feed is claimed twice in it: a poll moves its due time past that.
    """
    rows = connection.execute(
        f"""
        WITH chosen AS (
            SELECT f.id, f.host FROM feeds f JOIN outlets o ON o.id = f.outlet_id LEFT JOIN hosts ON hosts.host = f.host
            WHERE f.active AND f.due_at <= %(due_by)s AND o.removed_at IS NULL AND {free("f")} AND (hosts.host IS NULL OR {TAKEABLE})
              AND (%(outlets)s::bigint[] IS NULL OR f.outlet_id = ANY (%(outlets)s::bigint[]))
            ORDER BY f.due_at, f.id LIMIT %(limit)s FOR NO KEY UPDATE OF f SKIP LOCKED
        ), {TAKEN}
        UPDATE feeds SET leased_by = %(worker)s FROM chosen JOIN taken USING (host) WHERE feeds.id = chosen.id
        RETURNING feeds.id, feeds.outlet_id, feeds.url, feeds.kind, feeds.etag, feeds.last_modified,
            feeds.read_at > now() - make_interval(secs => %(full_read_after_s)s)
        """,
        {
            "worker": worker,
            "due_by": due_by,
            "outlets": None if outlets is None else list(outlets),
            "limit": limit,
            "full_read_after_s": FULL_READ_AFTER_S,
        },
    )
    return [
        Feed(
            id=row[0],
            outlet_id=row[1],
            url=row[2],
            kind=FeedKind(row[3]),
            etag=row[4] if row[6] else None,
            last_modified=row[5] if row[6] else None,
        )
        for row in rows
    ]


def record_poll(connection: Connection, poll: Poll, *, worker: int, interval_s: float) -> tuple[int, list[Page]]:
    """Keep what a poll showed: sightings, new pages (leased to the worker), the feed's next time, coverage.

    Returns:
        How many pages nobody had seen before, and those of them that this worker may fetch now.

    """
    new, pages = _add_pages(connection, poll, worker) if poll.items else (0, [])
    values = {
        "id": poll.feed.id,
        "outlet_id": poll.feed.outlet_id,
        "kind": poll.kind,
        "started_at": poll.started_at,
        "status": poll.status,
        "items": len(poll.items),
        "new_items": new,
        "error": poll.error,
        "etag": poll.etag,
        "last_modified": poll.last_modified,
        "interval_s": interval_s,
        "slack": INTERVAL_SLACK,
        "longest_s": max(LONGEST_BACKOFF_S, interval_s),
        "retry_after_s": poll.retry_after_s or 0,
        "failed": int(poll.error is not None),
        "rediscover_after_s": REDISCOVER_AFTER_S,
    }
    if poll.error is not None:
        connection.execute(
            """
            UPDATE feeds SET leased_by = NULL, polled_at = %(started_at)s, status = %(status)s, error = %(error)s,
                failures = failures + 1, due_at = %(started_at)s + make_interval(secs => greatest(
                    least(%(interval_s)s * power(2, least(failures, 30)), %(longest_s)s) * %(slack)s, %(retry_after_s)s))
            WHERE id = %(id)s
            """,
            values,
        )
        # Discovery fills in for a feed that never worked.
        connection.execute(
            """
            INSERT INTO discoveries (outlet_id)
            SELECT %(outlet_id)s FROM feeds WHERE id = %(id)s AND succeeded_at IS NULL AND origin = 'given'
            ON CONFLICT (outlet_id) DO UPDATE SET due_at = least(
                discoveries.due_at, coalesce(discoveries.looked_at + make_interval(secs => %(rediscover_after_s)s), now()))
            """,
            values,
        )
    elif poll.not_modified:
        connection.execute(
            """
            UPDATE feeds SET leased_by = NULL, polled_at = %(started_at)s, succeeded_at = %(started_at)s, status = %(status)s,
                error = NULL, failures = 0, new_items = 0, due_at = %(started_at)s + make_interval(secs => %(interval_s)s * %(slack)s)
            WHERE id = %(id)s
            """,
            values,
        )
    else:
        connection.execute(
            """
            UPDATE feeds SET leased_by = NULL, polled_at = %(started_at)s, succeeded_at = %(started_at)s, read_at = %(started_at)s,
                kind = %(kind)s, status = %(status)s, items = %(items)s, new_items = %(new_items)s, error = NULL, failures = 0,
                etag = %(etag)s, last_modified = %(last_modified)s,
                due_at = %(started_at)s + make_interval(secs => %(interval_s)s * %(slack)s)
            WHERE id = %(id)s
            """,
            values,
        )
    connection.execute(
        """
        INSERT INTO coverage (outlet_id, hour, polls, failed_polls, new_items)
        VALUES (%(outlet_id)s, date_trunc('hour', %(started_at)s::timestamptz), 1, %(failed)s, %(new_items)s)
        ON CONFLICT (outlet_id, hour) DO UPDATE SET polls = coverage.polls + 1,
            failed_polls = coverage.failed_polls + excluded.failed_polls, new_items = coverage.new_items + excluded.new_items
        """,
        values,
    )
    return new, pages


def _add_pages(connection: Connection, poll: Poll, worker: int) -> tuple[int, list[Page]]:
    items = {item.url: item for item in poll.items}
    names = {url: urlsplit(url).hostname or "" for url in items}
    unknown = connection.execute(
        "SELECT shown.url FROM unnest(%s::text[]) AS shown (url) WHERE NOT EXISTS (SELECT FROM pages WHERE pages.url = shown.url)",
        (list(items),),
    )
    values = {
        "outlet_id": poll.feed.outlet_id,
        "feed_id": poll.feed.id,
        "worker": worker,
        "priority": Priority.LIVE,
        "seen_at": poll.started_at,
        "urls": list(items),
        "hosts": list(names.values()),
        "taken": list(hosts.take(connection, worker, [names[url] for (url,) in unknown])),
        "titles": [item.title for item in items.values()],
        "published": [item.published_at for item in items.values()],
        "summaries": [item.summary for item in items.values()],
        # Lists of lists are one line each: an array of PostgreSQL's has no ragged edge.
        "authors": ["\n".join(item.authors) for item in items.values()],
        "topics": ["\n".join(item.topics) for item in items.values()],
    }
    # In the order of URLs, so that two workers with the same items can't wait for each other.
    added = connection.execute(
        """
        INSERT INTO pages (outlet_id, url, host, due_at, priority, leased_by)
        SELECT %(outlet_id)s, shown.url, shown.host, now(), %(priority)s, CASE WHEN shown.host = ANY (%(taken)s) THEN %(worker)s::integer END
        FROM unnest(%(urls)s::text[], %(hosts)s::text[]) AS shown (url, host)
        WHERE NOT EXISTS (SELECT FROM pages WHERE pages.url = shown.url)
        ORDER BY shown.url ON CONFLICT (url) DO NOTHING
        RETURNING id, url, leased_by
        """,
        values,
    ).fetchall()
    connection.execute(
        """
        INSERT INTO sightings (page_id, feed_id, seen_at, title, published_at, summary, authors, topics)
        SELECT pages.id, %(feed_id)s, %(seen_at)s, shown.title, shown.published_at, shown.summary,
            string_to_array(shown.authors, E'\\n'), string_to_array(shown.topics, E'\\n')
        FROM unnest(
            %(urls)s::text[], %(titles)s::text[], %(published)s::timestamptz[], %(summaries)s::text[], %(authors)s::text[], %(topics)s::text[]
        ) AS shown (url, title, published_at, summary, authors, topics)
        JOIN pages ON pages.url = shown.url
        ORDER BY pages.id ON CONFLICT (page_id, feed_id) DO NOTHING
        """,
        values,
    )
    return len(added), [Page(id=row[0], outlet_id=poll.feed.outlet_id, url=row[1]) for row in added if row[2] is not None]


# --- Pages ---


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
        UPDATE pages SET leased_by = NULL, fetched_at = %(fetched_at)s, fetches = fetches + 1, failures = 0, status = %(status)s,
            reason = NULL, priority = %(priority)s, due_at = {NEXT_REFETCH}
        WHERE id = %(id)s
        """,
        {
            "id": page.id,
            "fetched_at": fetched_at,
            "status": status,
            "priority": Priority.REFETCH,
            "refetch_after_s": list(refetch_after_s),
        },
    )


def record_failure(
    connection: Connection, page: Page, *, reason: str, status: int | None = None, final: bool = False, retry_after_s: float = 0
) -> None:
    """A page could not be fetched: try it again later, more rarely each time, or give it up with its reason kept.

    Args:
        connection: in a transaction.
        page: which.
        reason: a short stable name, such as `http_503`, `timeout`, `robots`.
        status: of the answer, if there was one.
        final: a retry would change nothing.
        retry_after_s: what the server asked for.

    """
    connection.execute(
        """
        UPDATE pages SET leased_by = NULL, failures = failures + 1, status = %(status)s, reason = %(reason)s,
            due_at = CASE WHEN NOT %(final)s AND failures < cardinality(%(delays_s)s::float8[]) THEN
                now() + make_interval(secs => greatest((%(delays_s)s::float8[])[failures + 1], %(retry_after_s)s)) END
        WHERE id = %(id)s
        """,
        {
            "id": page.id,
            "status": status,
            "reason": reason,
            "final": final,
            "delays_s": list(RETRY_AFTER_S),
            "retry_after_s": retry_after_s,
        },
    )


def release(connection: Connection, worker: int) -> int:
    """Give back what a worker holds, still due; tells how many feeds, pages and discoveries that were."""
    return sum(
        connection.execute(f"UPDATE {table} SET leased_by = NULL WHERE leased_by = %s", (worker,)).rowcount
        for table in ("feeds", "pages", "discoveries")
    )


# --- Discovery ---


def claim_discoveries(connection: Connection, worker: int, *, outlets: Sequence[int] | None, limit: int) -> list[Outlet]:
    """Lease outlets whose home page is to be looked at for feeds."""
    rows = connection.execute(
        f"""
        WITH chosen AS (
            SELECT d.outlet_id FROM discoveries d JOIN outlets o ON o.id = d.outlet_id
            WHERE d.due_at <= now() AND o.removed_at IS NULL AND {free("d")}
              AND (%(outlets)s::bigint[] IS NULL OR d.outlet_id = ANY (%(outlets)s::bigint[]))
            ORDER BY d.due_at, d.outlet_id LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED
        )
        UPDATE discoveries SET leased_by = %(worker)s FROM chosen, outlets o
        WHERE discoveries.outlet_id = chosen.outlet_id AND o.id = chosen.outlet_id
        RETURNING o.id, o.name, o.url
        """,
        {"worker": worker, "outlets": None if outlets is None else list(outlets), "limit": limit},
    )
    return [Outlet(id=row[0], name=row[1], url=row[2]) for row in rows]


def record_discovery(connection: Connection, outlet_id: int, discovery: Discovery, *, worker: int | None = None) -> list[Feed]:
    """Keep what discovery found; returns the feeds that are new, leased to the worker if one is named.

    A feed that a person gave stays as it is. A found one that is not found any more stays too: it may
    only be away for a while, and polls tell.
    """
    connection.execute(
        """
        INSERT INTO discoveries (outlet_id, due_at, looked_at, found, failures, error)
        VALUES (%(id)s, 'infinity', now(), %(found)s, %(failed)s, %(error)s)
        ON CONFLICT (outlet_id) DO UPDATE SET leased_by = NULL, looked_at = now(), found = excluded.found, error = excluded.error,
            failures = CASE WHEN excluded.error IS NULL THEN 0 ELSE discoveries.failures + 1 END,
            due_at = CASE WHEN excluded.error IS NULL THEN 'infinity' ELSE now() + make_interval(secs =>
                least(600 * power(2, least(discoveries.failures, 30)), %(longest_s)s)) END
        """,
        {
            "id": outlet_id,
            "found": len(discovery.sources),
            "failed": int(discovery.error is not None),
            "error": discovery.error,
            "longest_s": REDISCOVER_AFTER_S,
        },
    )
    rows = connection.execute(
        """
        INSERT INTO feeds (outlet_id, url, kind, leased_by)
        SELECT %s, url, kind, %s FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS found (url, kind, rank)
        ORDER BY rank ON CONFLICT (outlet_id, url) DO NOTHING
        RETURNING id, url, kind
        """,
        (outlet_id, worker, [source.url for source in discovery.sources], [source.kind for source in discovery.sources]),
    )
    return [Feed(id=row[0], outlet_id=outlet_id, url=row[1], kind=FeedKind(row[2])) for row in rows]


def request_discovery(connection: Connection, outlet_ids: Sequence[int]) -> None:
    """Let the next crawl look at these outlets' home pages."""
    connection.execute(
        """
        INSERT INTO discoveries (outlet_id) SELECT unnest(%s::bigint[])
        ON CONFLICT (outlet_id) DO UPDATE SET due_at = now(), leased_by = NULL
        """,
        (list(outlet_ids),),
    )
