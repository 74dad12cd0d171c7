"""What the status page shows of the work: what waits, what was given up, what came in lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.models import Stage
from pipeline.store import work
from pipeline.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkView:
    """Where the articles are on their way."""

    outlets: int
    articles_day: int  # first seen in the last 24 hours
    last_article_at: datetime | None
    last_poll_at: datetime | None
    waiting: Mapping[Stage, int]
    oldest_waiting_at: datetime | None
    quarantined: Mapping[str, int]  # by stage
    not_indexed: int  # articles whose newest state the index does not have yet


def overview(connection: Connection, now: datetime) -> WorkView:
    """The state of the work now."""
    row = connection.execute(
        """
        SELECT (SELECT count(*) FROM outlets WHERE removed_at IS NULL),
            (SELECT coalesce(sum(day.articles), 0)::integer FROM outlets o JOIN LATERAL (
                SELECT count(*) FROM articles a WHERE a.outlet_id = o.id AND a.first_seen_at > %s AND a.deleted_at IS NULL
            ) AS day (articles) ON true),
            (SELECT max(last.at) FROM outlets o JOIN LATERAL (
                SELECT a.first_seen_at FROM articles a WHERE a.outlet_id = o.id ORDER BY a.first_seen_at DESC LIMIT 1
            ) AS last (at) ON true),
            (SELECT max(polled_at) FROM feeds),
            (SELECT min(queued_at) FROM work),
            (SELECT count(*) FROM articles WHERE revision > indexed_revision)
        """,
        (now - timedelta(days=1),),
    ).fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM gives a row
    quarantined = connection.execute("SELECT stage, count(*) FROM quarantine GROUP BY stage ORDER BY stage").fetchall()
    return WorkView(
        outlets=row[0],
        articles_day=row[1],
        last_article_at=row[2],
        last_poll_at=row[3],
        waiting=work.waiting(connection),
        oldest_waiting_at=row[4],
        quarantined={row[0]: row[1] for row in quarantined},
        not_indexed=row[5],
    )
