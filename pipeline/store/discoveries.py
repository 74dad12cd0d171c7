"""Discoveries: outlets whose home page is to be looked at for feeds, and what was found there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pipeline.models import Discovery, Feed, FeedKind, Outlet
from pipeline.store import looks
from pipeline.store.database import Connection
from pipeline.store.hosts import free

# A failing home page is looked at again after a day; discovery for a failing feed waits as long.
REDISCOVER_AFTER_S: Final = 86_400


def claim(connection: Connection, worker: int, *, outlets: Sequence[int] | None, limit: int) -> list[Outlet]:
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


def record(connection: Connection, outlet_id: int, discovery: Discovery, *, worker: int | None = None) -> list[Feed]:
    """Keep what discovery found; returns the feeds that are new, leased to the worker if one is named.

    A feed that a person gave stays as it is. A found one that is not found any more stays too: it may
    only be away for a while, and polls tell. One that was dead and is found again counts as new.
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
        ORDER BY rank ON CONFLICT (outlet_id, url) DO UPDATE SET active = true, error = NULL, failures = 0, due_at = now(),
            leased_by = excluded.leased_by WHERE NOT feeds.active
        RETURNING id, url, kind
        """,
        (outlet_id, worker, [source.url for source in discovery.sources], [source.kind for source in discovery.sources]),
    )
    found = rows.fetchall()
    second = looks.seconds(connection, [row[0] for row in found])
    return [Feed(id=row[0], outlet_id=outlet_id, url=row[1], kind=FeedKind(row[2]), is_second=row[0] in second) for row in found]


def ask(connection: Connection, outlet_id: int) -> None:
    """Let a crawl look at an outlet's home page, though not sooner than a day after the last look."""
    connection.execute(
        """
        INSERT INTO discoveries (outlet_id) VALUES (%s)
        ON CONFLICT (outlet_id) DO UPDATE SET due_at = least(
            discoveries.due_at, coalesce(discoveries.looked_at + make_interval(secs => %s), now()))
        """,
        (outlet_id, REDISCOVER_AFTER_S),
    )
