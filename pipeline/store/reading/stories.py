"""What the pages show of a story: its articles across outlets, and who and what they speak of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pipeline.models import EntityMention, EntityType
from pipeline.store.database import Connection
from pipeline.store.reading.articles import LISTED, LISTED_FROM, TITLE_LANGUAGE, Listed, line

# A story that runs for weeks may have thousands of articles, and a page shows the first ones.
MOST_ARTICLES: Final = 1000
MOST_ENTITIES: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """A story with its articles in the order of time."""

    id: int
    title: str
    language: str | None  # of the title
    first_at: datetime
    last_at: datetime
    total: int  # articles; `articles` has at most MOST_ARTICLES of them
    outlets: int
    articles: tuple[Listed, ...]
    entities: tuple[EntityMention, ...]  # counted in articles, not in mentions


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """A story as one line of a list."""

    id: int
    title: str
    articles: int
    outlets: int
    first_at: datetime
    last_at: datetime


def story(connection: Connection, story_id: int) -> StoryView | None:
    """A story with its articles; none if there is no such story, or all its articles were erased."""
    row = connection.execute(f"SELECT s.title, ({TITLE_LANGUAGE}) FROM stories s WHERE s.id = %s", (story_id,)).fetchone()
    summary = lines(connection, [story_id]).get(story_id)
    if row is None or summary is None:
        return None
    articles = connection.execute(
        f"""
        SELECT {LISTED} FROM {LISTED_FROM} WHERE s.story_id = %s AND a.deleted_at IS NULL
        ORDER BY coalesce(v.published_at, a.first_seen_at), a.id LIMIT %s
        """,
        (story_id, MOST_ARTICLES),
    )
    return StoryView(
        id=story_id,
        title=row[0],
        language=row[1],
        first_at=summary.first_at,
        last_at=summary.last_at,
        total=summary.articles,
        outlets=summary.outlets,
        articles=tuple(line(article) for article in articles),
        entities=_entities(connection, story_id),
    )


def lines(connection: Connection, story_ids: Sequence[int]) -> dict[int, StoryLine]:
    """Stories that have an article that was not erased, counted as they are now."""
    rows = connection.execute(
        """
        SELECT t.id, t.title, count(*), count(DISTINCT a.outlet_id),
            min(coalesce(v.published_at, a.first_seen_at)), max(coalesce(v.published_at, a.first_seen_at))
        FROM stories t JOIN story_articles s ON s.story_id = t.id
        JOIN articles a ON a.id = s.article_id AND a.deleted_at IS NULL
        JOIN article_versions v ON v.article_id = a.id AND v.version = a.version
        WHERE t.id = ANY (%s) GROUP BY t.id
        """,
        (list(story_ids),),
    )
    return {row[0]: StoryLine(id=row[0], title=row[1], articles=row[2], outlets=row[3], first_at=row[4], last_at=row[5]) for row in rows}


def _entities(connection: Connection, story_id: int) -> tuple[EntityMention, ...]:
    rows = connection.execute(
        """
        SELECT e.public_id, e.name, e.type, count(*)
        FROM story_articles s JOIN articles a ON a.id = s.article_id AND a.deleted_at IS NULL
        JOIN mentions m ON m.article_id = a.id
        JOIN LATERAL unnest(m.entity_ids) AS mentioned (id) ON true JOIN entities e ON e.id = mentioned.id
        WHERE s.story_id = %s GROUP BY e.id ORDER BY count(*) DESC, e.name LIMIT %s
        """,
        (story_id, MOST_ENTITIES),
    )
    return tuple(EntityMention(entity_id=row[0], name=row[1], type=EntityType(row[2]), count=row[3]) for row in rows)
