"""Which articles an alert's query found, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString

from pipeline.models import Timestamp
from pipeline.store.articles import timestamp
from pipeline.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """An article as the ledger sees it."""

    article_id: int
    first_seen_at: datetime
    published_at: datetime | None
    alerted_at: datetime | None  # when it first passed the alerts; null: this is the first time
    story_id: int | None
    original_id: int  # itself, or what it is a copy of


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """What an alert has recorded of an article's story or of the copies of its text."""

    alert_id: int
    article_id: int  # the article that asked
    told: bool  # a message has arrived
    on_its_way: bool  # a message is being sent
    open_due_at: datetime | None  # a match waits for a message until then


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A match to record."""

    alert_version_id: int
    article_id: int
    first_seen_at: datetime
    story_id: int | None
    state: str
    reason: str | None
    due_at: datetime
    highlight: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A match that waits and is in no message yet."""

    alert_version_id: int
    article_id: int
    story_id: int | None
    original_id: int
    due_at: datetime
    highlight: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An article as a message shows it."""

    id: int
    title: str
    url: str
    outlet: str
    published_at: Timestamp | None
    first_seen_at: datetime
    story_id: int | None
    story: str | None
    original_id: int

    @property
    def ordered_at(self) -> datetime:
        """Published, or first seen where that is unknown."""
        return self.published_at.at if self.published_at else self.first_seen_at


# What is related to the given articles (asker, story, original): by today's stories and copies, and by the
# story that a match was recorded with, in case the article has left it since.
KIN: Final[LiteralString] = """
    WITH asked (article_id, story_id, original_id) AS (
        SELECT * FROM unnest(%(articles)s::bigint[], %(stories)s::bigint[], %(originals)s::bigint[])
    ), related (asker, article_id) AS (
        SELECT asked.article_id, s.article_id FROM asked JOIN story_articles s ON s.story_id = asked.story_id
        UNION SELECT asked.article_id, d.article_id FROM asked JOIN duplicates d ON d.duplicate_of = asked.original_id
        UNION SELECT article_id, original_id FROM asked
    ), found AS (
        SELECT r.asker, m.alert_version_id, m.state, m.due_at, m.delivery_ids
        FROM related r JOIN matches m ON m.article_id = r.article_id
        UNION ALL
        SELECT asked.article_id, m.alert_version_id, m.state, m.due_at, m.delivery_ids
        FROM asked JOIN matches m ON m.story_id = asked.story_id AND m.alert_version_id IN (
            SELECT id FROM alert_versions WHERE alert_id = ANY (%(alerts)s)
        )
    )
    SELECT v.alert_id, found.asker,
        bool_or(found.state = 'sent' AND found.delivery_ids <> '{}'),
        bool_or(found.state = 'waiting' AND found.delivery_ids <> '{}'),
        min(found.due_at) FILTER (WHERE found.state = 'waiting' AND found.delivery_ids = '{}')
    FROM found JOIN alert_versions v ON v.id = found.alert_version_id
    WHERE v.alert_id = ANY (%(alerts)s) AND found.state IN ('sent', 'waiting')
    GROUP BY v.alert_id, found.asker
"""


def now(connection: Connection) -> datetime:
    """The time of the transaction, by the database's clock: the one clock that all workers share."""
    row = connection.execute("SELECT now()").fetchone()
    assert row is not None  # noqa: S101 - always gives a row
    found: datetime = row[0]
    return found


def subjects(connection: Connection, article_ids: Sequence[int]) -> dict[int, Subject]:
    """The articles as the ledger sees them."""
    rows = connection.execute(
        """
        SELECT a.id, a.first_seen_at, v.published_at, a.alerted_at, s.story_id, coalesce(d.duplicate_of, a.id)
        FROM articles a JOIN article_versions v ON v.article_id = a.id AND v.version = a.version
        LEFT JOIN story_articles s ON s.article_id = a.id LEFT JOIN duplicates d ON d.article_id = a.id
        WHERE a.id = ANY (%s) AND a.deleted_at IS NULL
        """,
        (list(article_ids),),
    )
    return {
        row[0]: Subject(
            article_id=row[0], first_seen_at=row[1], published_at=row[2], alerted_at=row[3], story_id=row[4], original_id=row[5]
        )
        for row in rows
    }


def kin(connection: Connection, alert_ids: Sequence[int], asked: Iterable[tuple[int, int | None, int]]) -> list[Kin]:
    """What the alerts have recorded of the stories and copies of (article, its story, its original)."""
    rows = list(asked)
    if not rows or not alert_ids:
        return []
    found = connection.execute(
        KIN,
        {
            "articles": [row[0] for row in rows],
            "stories": [row[1] for row in rows],
            "originals": [row[2] for row in rows],
            "alerts": list(alert_ids),
        },
    )
    return [Kin(alert_id=row[0], article_id=row[1], told=row[2], on_its_way=row[3], open_due_at=row[4]) for row in found]


def record(connection: Connection, entries: Sequence[Entry]) -> list[str]:
    """Record matches that are not recorded yet; the states of those that were new."""
    rows = connection.execute(
        """
        INSERT INTO matches (alert_version_id, article_id, first_seen_at, story_id, state, reason, due_at, highlight)
        SELECT * FROM unnest(
            %s::bigint[], %s::bigint[], %s::timestamptz[], %s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::text[]
        )
        ON CONFLICT DO NOTHING RETURNING state
        """,
        (
            [entry.alert_version_id for entry in entries],
            [entry.article_id for entry in entries],
            [entry.first_seen_at for entry in entries],
            [entry.story_id for entry in entries],
            [entry.state for entry in entries],
            [entry.reason for entry in entries],
            [entry.due_at for entry in entries],
            [entry.highlight for entry in entries],
        ),
    )
    return [row[0] for row in rows]


def mark_passed(connection: Connection, article_ids: Sequence[int]) -> None:
    """The articles have passed the alerts; only the first time counts."""
    # In the order of ids, so that two writers can't wait for each other.
    connection.execute(
        """
        UPDATE articles SET alerted_at = now()
        WHERE id IN (SELECT id FROM articles WHERE id = ANY (%s) AND alerted_at IS NULL ORDER BY id FOR NO KEY UPDATE)
        """,
        (list(article_ids),),
    )


def alerts_due(connection: Connection) -> list[int]:
    """The alerts that have a due match in no message yet, the longest due first."""
    rows = connection.execute(
        """
        SELECT v.alert_id FROM matches m JOIN alert_versions v ON v.id = m.alert_version_id JOIN alerts a ON a.id = v.alert_id
        WHERE a.removed_at IS NULL AND m.state = 'waiting' AND m.due_at <= now() AND m.delivery_ids = '{}'
        GROUP BY v.alert_id ORDER BY min(m.due_at)
        """
    )
    return [row[0] for row in rows]


def opened(connection: Connection, alert_id: int) -> list[Open]:
    """All matches of an alert that wait and are in no message yet, due or not, with their stories of today."""
    rows = connection.execute(
        """
        SELECT m.alert_version_id, m.article_id, coalesce(s.story_id, m.story_id), coalesce(d.duplicate_of, m.article_id),
            m.due_at, m.highlight
        FROM alert_versions v JOIN matches m ON m.alert_version_id = v.id
        LEFT JOIN story_articles s ON s.article_id = m.article_id
        LEFT JOIN duplicates d ON d.article_id = m.article_id
        WHERE v.alert_id = %s AND m.state = 'waiting' AND m.delivery_ids = '{}'
        ORDER BY m.due_at, m.article_id
        """,
        (alert_id,),
    )
    return [
        Open(alert_version_id=row[0], article_id=row[1], story_id=row[2], original_id=row[3], due_at=row[4], highlight=row[5])
        for row in rows
    ]


def settle(
    connection: Connection, matches: Iterable[Open], *, state: str, reason: str | None = None, deliveries: Sequence[int] = ()
) -> None:
    """Give matches a state, or the deliveries that tell of them, with the stories that they have now."""
    rows = list(matches)
    connection.execute(
        """
        UPDATE matches m SET state = %(state)s, reason = %(reason)s, delivery_ids = %(deliveries)s, story_id = settled.story_id
        FROM unnest(%(versions)s::bigint[], %(articles)s::bigint[], %(stories)s::bigint[]) AS settled (version_id, article_id, story_id)
        WHERE m.alert_version_id = settled.version_id AND m.article_id = settled.article_id
        """,
        {
            "state": state,
            "reason": reason,
            "deliveries": list(deliveries),
            "versions": [row.alert_version_id for row in rows],
            "articles": [row.article_id for row in rows],
            "stories": [row.story_id for row in rows],
        },
    )


def in_delivery(connection: Connection, alert_version_id: int, delivery_id: int) -> dict[int, str]:
    """The articles that a message tells of, with the passages that the query found."""
    rows = connection.execute(
        "SELECT article_id, highlight FROM matches WHERE alert_version_id = %s AND delivery_ids @> ARRAY[%s::bigint]",
        (alert_version_id, delivery_id),
    )
    return {row[0]: row[1] for row in rows}


def told(connection: Connection, article_ids: Sequence[int]) -> dict[int, Told]:
    """The articles as a message shows them; erased ones are left out."""
    rows = connection.execute(
        """
        SELECT a.id, v.title, a.url, o.name, v.published_at, v.published_offset_s, v.published_precision, a.first_seen_at,
            s.story_id, stories.title, coalesce(d.duplicate_of, a.id)
        FROM articles a JOIN article_versions v ON v.article_id = a.id AND v.version = a.version JOIN outlets o ON o.id = a.outlet_id
        LEFT JOIN story_articles s ON s.article_id = a.id LEFT JOIN stories ON stories.id = s.story_id
        LEFT JOIN duplicates d ON d.article_id = a.id
        WHERE a.id = ANY (%s) AND a.deleted_at IS NULL
        """,
        (list(article_ids),),
    )
    return {
        row[0]: Told(
            id=row[0],
            title=row[1],
            url=row[2],
            outlet=row[3],
            published_at=timestamp(row[4], row[5], row[6]),
            first_seen_at=row[7],
            story_id=row[8],
            story=row[9],
            original_id=row[10],
        )
        for row in rows
    }
