"""What the pages show of an article: its text, where its values come from, its copies, versions and story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, LiteralString

from pipeline.models import Article, Candidate, CopyKind, EntityMention, EntityType, Timestamp
from pipeline.store import noarchive
from pipeline.store.articles import COLUMNS, from_row, timestamp
from pipeline.store.database import Connection

# A text may have thousands of copies, and a page shows some.
MOST_COPIES: Final = 200

LISTED: Final[LiteralString] = """
    a.id, a.url, o.name, v.title, v.published_at, v.published_offset_s, v.published_precision, a.first_seen_at, v.language, v.words,
    a.version, s.story_id, d.duplicate_of, d.kind, d.shared_text
"""
LISTED_FROM: Final[LiteralString] = """
    articles a
    JOIN article_versions v ON v.article_id = a.id AND v.version = a.version
    JOIN outlets o ON o.id = a.outlet_id
    LEFT JOIN story_articles s ON s.article_id = a.id
    LEFT JOIN duplicates d ON d.article_id = a.id
"""
# Of a story `s`: its title is that of an article as it came in, which may have another one by now.
TITLE_LANGUAGE: Final[LiteralString] = """
    SELECT t.language FROM story_articles m JOIN article_versions t ON t.article_id = m.article_id
    WHERE m.story_id = s.id AND t.title = s.title LIMIT 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An article as one line of a list."""

    id: int
    url: str
    outlet: str
    title: str
    published_at: Timestamp | None
    first_seen_at: datetime
    language: str | None
    words: int
    versions: int
    story_id: int | None
    duplicate_of: int | None
    copy_kind: CopyKind | None
    shared_text: float | None  # share of this article's words found in duplicate_of, 0 to 1

    @property
    def ordered_at(self) -> datetime:
        """The time for ordering: published, or first seen where that is unknown."""
        return self.published_at.at if self.published_at else self.first_seen_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One text of an article, and when it was stored."""

    version: int
    created_at: datetime
    title: str
    words: int
    fetched_at: datetime | None  # of its capture; an import has none


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionText:
    """What two versions are compared by."""

    version: int
    created_at: datetime
    title: str
    body: str
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A feed showed the article's page."""

    feed_url: str
    seen_at: datetime
    title: str | None
    published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """A capture of the article's page."""

    fetched_at: datetime
    url: str
    status: int
    body_bytes: int
    outcome: str | None  # null while it waits


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryOf:
    """The story that an article is in."""

    id: int
    title: str
    language: str | None  # of the title
    articles: int
    score: float | None  # of the comparison by which the article joined
    joined_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A stage that the article waits for, or that gave it up."""

    stage: str
    since: datetime
    error: str | None
    quarantined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    """All that the pages show of an article."""

    article: Article
    labels: tuple[str, ...]
    country: str | None
    words: int
    candidates: Mapping[str, tuple[Candidate, ...]]
    entities: tuple[EntityMention, ...] | None  # null until it was annotated
    listed: Listed
    original: Listed | None  # what it is a copy of or derived from
    copies: tuple[Listed, ...]  # of it, or of its original
    story: StoryOf | None
    versions: tuple[Version, ...]  # the newest first
    sightings: tuple[Sighting, ...]
    fetches: tuple[Fetch, ...]
    compared: bool
    indexed_at: datetime | None
    gone_at: datetime | None  # the outlet has taken it down
    index_behind: bool  # changed since it was last indexed
    waiting: tuple[Waiting, ...]


def article(connection: Connection, article_id: int) -> ArticleView | None:
    """An article with all that belongs to it; none if it is unknown or was erased."""
    row = connection.execute(
        f"""
        SELECT {COLUMNS}, o.labels, o.country, v.words, v.candidates, a.page_id, a.indexed_at, a.revision > a.indexed_revision,
            a.gone_at, a.noarchive,
            EXISTS (SELECT FROM fingerprints f WHERE f.article_id = a.id AND f.first_seen_at = a.first_seen_at)
        FROM articles a JOIN article_versions v ON v.article_id = a.id AND v.version = a.version JOIN outlets o ON o.id = a.outlet_id
        WHERE a.id = %s AND a.deleted_at IS NULL
        """,
        (article_id,),
    ).fetchone()
    if row is None:
        return None
    found = from_row(row)
    labels, country, words, candidates, page_id, indexed_at, index_behind, gone_at, unshown, compared = row[22:]
    (itself,) = listed(connection, [article_id])
    root = itself.duplicate_of or article_id
    family = _copies(connection, root)
    return ArticleView(
        article=replace(found, body=noarchive.shown(found.body, unshown=unshown)),
        labels=tuple(labels),
        country=country,
        words=words,
        candidates={name: tuple(map(_candidate, values)) for name, values in sorted(candidates.items())},
        entities=_entities(connection, article_id),
        listed=itself,
        original=next(iter(listed(connection, [itself.duplicate_of])), None) if itself.duplicate_of else None,
        copies=tuple(one for one in family if one.id != article_id),
        story=_story_of(connection, article_id),
        versions=_versions(connection, article_id),
        sightings=_sightings(connection, page_id) if page_id is not None else (),
        fetches=_fetches(connection, page_id) if page_id is not None else (),
        compared=compared,
        indexed_at=indexed_at,
        gone_at=gone_at,
        index_behind=index_behind,
        waiting=_waiting(connection, article_id, page_id),
    )


def _candidate(stored: Sequence[Any]) -> Candidate:
    """A candidate as stored: value, source, and a score in all but the oldest rows."""
    return Candidate(value=stored[0], source=stored[1], score=stored[2] if len(stored) > 2 else 0.0)  # noqa: PLR2004


def listed(connection: Connection, article_ids: Sequence[int]) -> list[Listed]:
    """Articles as lines, in the order of the ids; erased ones are left out."""
    rows = connection.execute(f"SELECT {LISTED} FROM {LISTED_FROM} WHERE a.id = ANY (%s) AND a.deleted_at IS NULL", (list(article_ids),))
    found = {row[0]: line(row) for row in rows}
    return [found[article_id] for article_id in article_ids if article_id in found]


def copies_of(connection: Connection, article_ids: Sequence[int]) -> dict[int, int]:
    """How many copies each of these articles has; those without any are left out."""
    rows = connection.execute(
        """
        SELECT d.duplicate_of, count(*) FROM duplicates d JOIN articles a ON a.id = d.article_id AND a.deleted_at IS NULL
        WHERE d.duplicate_of = ANY (%s) AND d.kind = 'copy' GROUP BY 1
        """,
        (list(article_ids),),
    )
    return {row[0]: row[1] for row in rows}


def version_texts(connection: Connection, article_id: int, versions: Sequence[int]) -> dict[int, VersionText]:
    """Title and body of these versions of an article that was not erased."""
    rows = connection.execute(
        """
        SELECT v.version, v.created_at, v.title, v.body, v.language, a.noarchive FROM article_versions v JOIN articles a ON a.id = v.article_id
        WHERE v.article_id = %s AND v.version = ANY (%s) AND a.deleted_at IS NULL
        """,
        (article_id, list(versions)),
    )
    texts = [
        VersionText(version=row[0], created_at=row[1], title=row[2], body=noarchive.shown(row[3], unshown=row[5]), language=row[4])
        for row in rows
    ]
    return {text.version: text for text in texts}


def line(row: Sequence[Any]) -> Listed:
    """An article from a row of `LISTED`."""
    return Listed(
        id=row[0],
        url=row[1],
        outlet=row[2],
        title=row[3],
        published_at=timestamp(row[4], row[5], row[6]),
        first_seen_at=row[7],
        language=row[8],
        words=row[9],
        versions=row[10],
        story_id=row[11],
        duplicate_of=row[12],
        copy_kind=CopyKind(row[13]) if row[13] else None,
        shared_text=row[14],
    )


def _copies(connection: Connection, original: int) -> list[Listed]:
    rows = connection.execute(
        f"""
        SELECT {LISTED} FROM {LISTED_FROM} WHERE d.duplicate_of = %s AND a.deleted_at IS NULL
        ORDER BY coalesce(v.published_at, a.first_seen_at), a.id LIMIT %s
        """,
        (original, MOST_COPIES),
    )
    return [line(row) for row in rows]


def _entities(connection: Connection, article_id: int) -> tuple[EntityMention, ...] | None:
    if connection.execute("SELECT FROM mentions WHERE article_id = %s", (article_id,)).fetchone() is None:
        return None
    rows = connection.execute(
        """
        SELECT e.public_id, e.name, e.type, m.count
        FROM mentions JOIN LATERAL unnest(mentions.entity_ids, mentions.counts) WITH ORDINALITY AS m (entity_id, count, place) ON true
        JOIN entities e ON e.id = m.entity_id
        WHERE mentions.article_id = %s ORDER BY m.place
        """,
        (article_id,),
    )
    return tuple(EntityMention(entity_id=row[0], name=row[1], type=EntityType(row[2]), count=row[3]) for row in rows)


def _story_of(connection: Connection, article_id: int) -> StoryOf | None:
    row = connection.execute(
        f"""
        SELECT s.id, s.title, s.articles, j.score, j.joined_at, ({TITLE_LANGUAGE})
        FROM story_articles j JOIN stories s ON s.id = j.story_id WHERE j.article_id = %s
        """,
        (article_id,),
    ).fetchone()
    return StoryOf(id=row[0], title=row[1], articles=row[2], score=row[3], joined_at=row[4], language=row[5]) if row else None


def _versions(connection: Connection, article_id: int) -> tuple[Version, ...]:
    rows = connection.execute(
        """
        SELECT v.version, v.created_at, v.title, v.words, (SELECT c.fetched_at FROM captures c WHERE c.id = v.capture_id)
        FROM article_versions v WHERE v.article_id = %s ORDER BY v.version DESC
        """,
        (article_id,),
    )
    return tuple(Version(version=row[0], created_at=row[1], title=row[2], words=row[3], fetched_at=row[4]) for row in rows)


def _sightings(connection: Connection, page_id: int) -> tuple[Sighting, ...]:
    rows = connection.execute(
        """
        SELECT f.url, s.seen_at, s.title, s.published_at FROM sightings s JOIN feeds f ON f.id = s.feed_id
        WHERE s.page_id = %s ORDER BY s.seen_at, f.id
        """,
        (page_id,),
    )
    return tuple(Sighting(feed_url=row[0], seen_at=row[1], title=row[2], published_at=row[3]) for row in rows)


def _fetches(connection: Connection, page_id: int) -> tuple[Fetch, ...]:
    rows = connection.execute(
        "SELECT fetched_at, url, status, body_bytes, outcome FROM captures WHERE page_id = %s ORDER BY fetched_at", (page_id,)
    )
    return tuple(Fetch(fetched_at=row[0], url=row[1], status=row[2], body_bytes=row[3], outcome=row[4]) for row in rows)


def _waiting(connection: Connection, article_id: int, page_id: int | None) -> tuple[Waiting, ...]:
    rows = connection.execute(
        """
        WITH subjects (stage, id) AS (
            SELECT stage, %(article)s::bigint FROM unnest(ARRAY['compare', 'annotate', 'cluster', 'index', 'alert']) AS stage
            UNION ALL SELECT 'clean', c.id FROM captures c WHERE c.page_id = %(page)s
        )
        SELECT w.stage, w.queued_at, w.error, false FROM work w JOIN subjects s ON s.stage = w.stage AND s.id = w.subject_id
        UNION ALL
        SELECT q.stage, q.quarantined_at, q.error, true FROM quarantine q JOIN subjects s ON s.stage = q.stage AND s.id = q.subject_id
        ORDER BY 2
        """,
        {"article": article_id, "page": page_id},
    )
    return tuple(Waiting(stage=row[0], since=row[1], error=row[2], quarantined=row[3]) for row in rows)
