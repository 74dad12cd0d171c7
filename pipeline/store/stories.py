"""Stories, their articles, and the vectors by which an article finds its story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pipeline.models import Article, StoryVector
from pipeline.store.articles import touch
from pipeline.store.database import Connection

LOCK: Final = 7_270_004
# Those who share the most keys; a busy story has hundreds of members that all say the same.
MOST_NEIGHBOURS: Final = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A stored article near a new one."""

    article_id: int
    story_id: int | None
    vector: StoryVector


def lock(connection: Connection) -> None:
    """Be the only one who decides stories, until the transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))


def near(
    connection: Connection, article_id: int, vector: StoryVector, keys: Sequence[str], window: timedelta, original: int | None
) -> list[Known]:
    """The article's original, and the stored articles within the window that share keys with the vector, most shared first."""
    rows = connection.execute(
        """
        SELECT v.article_id, s.story_id, v.at, v.language, v.terms, v.weights, v.entities
        FROM story_vectors v LEFT JOIN story_articles s ON s.article_id = v.article_id
        WHERE (v.article_id = %(original)s OR v.keys && %(keys)s::text[] AND v.at BETWEEN %(oldest)s AND %(newest)s)
          AND v.article_id <> %(id)s
        ORDER BY v.article_id = %(original)s DESC NULLS LAST, (SELECT count(*) FROM unnest(v.keys) AS key WHERE key = ANY (%(keys)s::text[])) DESC, v.article_id
        LIMIT %(most)s
        """,
        {
            "keys": list(keys),
            "oldest": vector.at - window,
            "newest": vector.at + window,
            "id": article_id,
            "original": original,
            "most": MOST_NEIGHBOURS,
        },
    )
    return [
        Known(
            article_id=row[0],
            story_id=row[1],
            vector=StoryVector(at=row[2], language=row[3], terms=dict(zip(row[4], row[5], strict=True)), entities=frozenset(row[6])),
        )
        for row in rows
    ]


def story_of(connection: Connection, article_id: int) -> int | None:
    """The story that an article is in."""
    row = connection.execute("SELECT story_id FROM story_articles WHERE article_id = %s", (article_id,)).fetchone()
    return int(row[0]) if row else None


def save_vector(connection: Connection, article_id: int, vector: StoryVector, keys: Sequence[str]) -> None:
    """Keep what later articles are compared with."""
    connection.execute(
        """
        INSERT INTO story_vectors (article_id, at, language, terms, weights, entities, keys) VALUES (%s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (article_id) DO UPDATE SET at = excluded.at, language = excluded.language, terms = excluded.terms,
            weights = excluded.weights, entities = excluded.entities, keys = excluded.keys
        """,
        (
            article_id,
            vector.at,
            vector.language,
            list(vector.terms),
            list(vector.terms.values()),
            sorted(vector.entities),
            list(keys),
        ),
    )


def open_story(connection: Connection, title: str, at: datetime) -> int:
    """A new story without articles."""
    row = connection.execute("INSERT INTO stories (title, first_at, last_at) VALUES (%s, %s, %s) RETURNING id", (title, at, at)).fetchone()
    assert row is not None  # noqa: S101 - RETURNING always gives a row
    return int(row[0])


def join(connection: Connection, story_id: int, article: Article, score: float | None) -> None:
    """Put an article into a story; its document changes."""
    connection.execute(
        """
        INSERT INTO story_articles (article_id, story_id, version, score) VALUES (%s, %s, %s, %s)
        ON CONFLICT (article_id) DO UPDATE SET story_id = excluded.story_id, version = excluded.version, score = excluded.score
        """,
        (article.id, story_id, article.version, score),
    )
    connection.execute(
        """
        UPDATE stories SET first_at = least(first_at, %s), last_at = greatest(last_at, %s),
            articles = (SELECT count(*) FROM story_articles WHERE story_id = stories.id)
        WHERE id = %s
        """,
        (article.ordered_at, article.ordered_at, story_id),
    )
    touch(connection, [article.id])


def backgrounds(connection: Connection) -> dict[str, tuple[int, dict[str, int]]]:
    """The newest word background of each language: articles counted, and how many of them have each word."""
    rows = connection.execute(
        """
        SELECT DISTINCT ON (language) language, articles, words, document_counts FROM word_backgrounds
        ORDER BY language, version DESC
        """
    )
    return {row[0]: (row[1], dict(zip(row[2], row[3], strict=True))) for row in rows}


def save_background(connection: Connection, version: int, language: str, articles: int, words: dict[str, int]) -> None:
    """Keep a snapshot of a language's word background."""
    connection.execute(
        "INSERT INTO word_backgrounds (version, language, articles, words, document_counts) VALUES (%s, %s, %s, %s, %s)",
        (version, language, articles, list(words), list(words.values())),
    )
