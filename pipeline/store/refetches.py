"""Re-fetches: when a page is looked at again for edits, and how much of each outlet is edited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pipeline import refetch
from pipeline.models import Priority
from pipeline.store.database import Connection


def next_at(connection: Connection, page_id: int, *, plan: Sequence[float]) -> datetime | None:
    """When a page that was just fetched is to be fetched again, as `next_times` tells; null also if there is no such page."""
    return next_times(connection, [page_id], plan=plan).get(page_id)


def next_times(connection: Connection, page_ids: Sequence[int], *, plan: Sequence[float]) -> dict[int, datetime | None]:
    """When pages that were just fetched are to be fetched again; null: never. The pages' rows are locked, in order.

    Args:
        connection: in a transaction.
        page_ids: which, not yet recorded as fetched; those that are not there are left out.
        plan: ages in seconds for an outlet that edits as most do; empty: never.

    """
    rows = connection.execute(
        """
        SELECT p.id, p.first_seen_at, now(), p.priority >= %(backlog)s AND p.fetches = 0, coalesce(e.articles, 0), coalesce(e.edited, 0),
            coalesce(
                (SELECT v.published_at FROM articles a JOIN article_versions v ON v.article_id = a.id AND v.version = a.version
                 WHERE a.page_id = p.id LIMIT 1),
                (SELECT min(s.published_at) FROM sightings s WHERE s.page_id = p.id),
                (SELECT s.ages_from FROM backfill_sightings s WHERE s.page_id = p.id))
        FROM pages p LEFT JOIN edit_rates e ON e.outlet_id = p.outlet_id WHERE p.id = ANY (%(ids)s) ORDER BY p.id FOR NO KEY UPDATE OF p
        """,
        {"ids": list(page_ids), "backlog": Priority.BACKLOG},
    )
    return {
        page_id: refetch.next_at(
            refetch.ages_s(plan, articles=articles, edited=edited),
            first_seen_at=first_seen_at,
            published_at=published_at,
            now=now,
            page_id=page_id,
            is_backlog=is_backlog,
        )
        if plan
        else None
        for page_id, first_seen_at, now, is_backlog, articles, edited, published_at in rows
    }


def count_edits(connection: Connection, *, since: datetime, before: datetime) -> int:
    """Count anew which share of the articles of each outlet that were first seen between two times was edited; tells of how many."""
    connection.execute("DELETE FROM edit_rates")
    counted = connection.execute(
        """
        INSERT INTO edit_rates (outlet_id, articles, edited)
        SELECT a.outlet_id, count(*), count(*) FILTER (WHERE a.version > 1)
        FROM articles a JOIN pages p ON p.id = a.page_id
        WHERE a.first_seen_at >= %s AND a.first_seen_at < %s AND p.fetches > 1 AND a.deleted_at IS NULL GROUP BY a.outlet_id
        """,
        (since, before),
    )
    return counted.rowcount
