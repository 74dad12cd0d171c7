"""Articles and their versions: found or created from captures and imports, read by the later stages."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final, Literal, LiteralString

from psycopg.types.json import Jsonb

from pipeline import words
from pipeline.models import Article, ArticleKind, Extraction, Precision, Priority, Syndication, Timestamp
from pipeline.store import identities, recurring
from pipeline.store.database import Connection
from pipeline.store.identities import Origin

COLUMNS: Final[LiteralString] = """
    a.id, v.version, a.outlet_id, o.name, a.url, a.canonical_url, a.first_seen_at, v.title, v.authors,
    v.published_at, v.published_offset_s, v.published_precision, v.modified_at, v.modified_offset_s,
    v.language, v.body, v.topics, v.syndicated_name, v.syndicated_url, v.kind, v.paywalled, v.image
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What saving did.

    `mended`: the version's text has lost furniture or regained text without an edit. `outdated`: a newer text was stored before.
    `variant`: a text at another address of the article, which makes no version. `withdrawn`: cleaned again, the version says
    what the one before it says. `goes_on`: the later stages have something to do.
    """

    article_id: int
    version: int
    outcome: Literal["new", "version", "recleaned", "withdrawn", "unchanged", "mended", "outdated", "variant"]
    goes_on: bool = True


def save(connection: Connection, extraction: Extraction, origin: Origin) -> Saved:
    """Create the article, add a version to it, or find that nothing changed.

    Which article it is, `identities` tells. The same capture cleaned again replaces its own version. Only a changed title or
    text makes a new one, not other quotation marks, dashes or white space, nor what has become known as the outlet's furniture.
    """
    digest = _digest(extraction.title, extraction.body)
    belonging = identities.find(connection, extraction, origin)
    if belonging.article is None:
        created = _create(connection, belonging.canonical_url, origin)
        if created is not None:
            _write_version(connection, created, 1, extraction, origin, digest)
            return Saved(article_id=created, version=1, outcome="new")
        # Another worker was faster.
        belonging = identities.find(connection, extraction, origin)
    known = belonging.article
    assert known is not None, "the row that stood in the way of the insert"  # noqa: S101 - by the schema
    article_id, current = known.article_id, known.version
    if belonging.leads:
        identities.lead(connection, belonging, origin)
    same_capture = connection.execute(
        "SELECT version FROM article_versions WHERE article_id = %s AND capture_id = %s", (article_id, origin.capture_id)
    ).fetchone()
    if same_capture is not None:
        return _replace(connection, article_id, same_capture[0], current, extraction, origin, digest)
    if known.text_sha256 == digest:
        return Saved(article_id=article_id, version=current, outcome="unchanged", goes_on=False)
    if belonging.leads and _digest(known.title, recurring.cleaned(connection, origin.outlet_id, known.title, known.body)) == digest:
        _write_version(connection, article_id, current, extraction, origin, digest)
        touch(connection, [article_id])
        return Saved(article_id=article_id, version=current, outcome="mended")
    if not belonging.leads or _is_outdated(connection, article_id, current, origin):
        # The text may be that of an earlier version, from which this capture did not differ.
        same = connection.execute(
            "SELECT max(version) FROM article_versions WHERE article_id = %s AND text_sha256 = %s", (article_id, digest)
        ).fetchone()
        version = same[0] if same else None
        otherwise: Final = "outdated" if belonging.leads else "variant"
        return Saved(article_id=article_id, version=version or current, outcome="unchanged" if version else otherwise, goes_on=False)
    _write_version(connection, article_id, current + 1, extraction, origin, digest)
    connection.execute(
        "UPDATE articles SET version = %s, priority = %s, revision = nextval('revision') WHERE id = %s",
        (current + 1, origin.priority, article_id),
    )
    return Saved(article_id=article_id, version=current + 1, outcome="version")


def _create(connection: Connection, canonical_url: str, origin: Origin) -> int | None:
    """A new article; null if there is one with this address by now."""
    created = connection.execute(
        """
        INSERT INTO articles (outlet_id, page_id, url, canonical_url, version, first_seen_at, priority)
        VALUES (%s, %s, %s, %s, 1, %s, %s) ON CONFLICT (canonical_url) DO NOTHING RETURNING id
        """,
        (origin.outlet_id, origin.page_id, origin.url, canonical_url, origin.first_seen_at, origin.priority),
    ).fetchone()
    if created is None:
        return None
    if not identities.keep(connection, canonical_url, created[0]):
        connection.execute("DELETE FROM articles WHERE id = %s", created)
        return None
    return int(created[0])


def _digest(title: str, body: str) -> bytes:
    """Of what a reader reads: the same for texts that differ only in typography."""
    return hashlib.sha256(f"{words.plain(title)}\n{words.plain(body)}".encode("utf-8", "replace")).digest()


def _replace(
    connection: Connection, article_id: int, version: int, current: int, extraction: Extraction, origin: Origin, digest: bytes
) -> Saved:
    """Write a version anew; the newest one goes if it says what the one before it says."""
    before = connection.execute(
        "SELECT text_sha256 FROM article_versions WHERE article_id = %s AND version = %s", (article_id, version - 1)
    ).fetchone()
    if version == current and before is not None and bytes(before[0]) == digest:
        connection.execute("DELETE FROM article_versions WHERE article_id = %s AND version = %s", (article_id, version))
        connection.execute("UPDATE articles SET version = %s WHERE id = %s", (version - 1, article_id))
        touch(connection, [article_id])
        return Saved(article_id=article_id, version=version - 1, outcome="withdrawn")
    _write_version(connection, article_id, version, extraction, origin, digest)
    touch(connection, [article_id])
    return Saved(article_id=article_id, version=version, outcome="recleaned", goes_on=version == current)


def _is_outdated(connection: Connection, article_id: int, current: int, origin: Origin) -> bool:
    """Whether the current version is from a later capture: a failed or repeated clean comes after younger ones."""
    row = connection.execute(
        """
        SELECT later.fetched_at > own.fetched_at FROM article_versions v JOIN captures later ON later.id = v.capture_id, captures own
        WHERE v.article_id = %s AND v.version = %s AND own.id = %s
        """,
        (article_id, current, origin.capture_id),
    ).fetchone()
    return bool(row and row[0])


def _write_version(connection: Connection, article_id: int, version: int, extraction: Extraction, origin: Origin, digest: bytes) -> None:
    published, modified, source = extraction.published_at, extraction.modified_at, extraction.syndicated_from
    connection.execute(
        """
        INSERT INTO article_versions (
            article_id, version, capture_id, title, authors, published_at, published_offset_s, published_precision,
            modified_at, modified_offset_s, language, body, topics, syndicated_name, syndicated_url, words, kind, paywalled, image,
            candidates, text_sha256
        ) VALUES (
            %(article_id)s, %(version)s, %(capture_id)s, %(title)s, %(authors)s, %(published_at)s, %(published_offset_s)s,
            %(published_precision)s, %(modified_at)s, %(modified_offset_s)s, %(language)s, %(body)s, %(topics)s,
            %(syndicated_name)s, %(syndicated_url)s, %(words)s, %(kind)s, %(paywalled)s, %(image)s, %(candidates)s,
            %(text_sha256)s
        ) ON CONFLICT (article_id, version) DO UPDATE SET
            title = excluded.title, authors = excluded.authors, published_at = excluded.published_at,
            published_offset_s = excluded.published_offset_s, published_precision = excluded.published_precision,
            modified_at = excluded.modified_at, modified_offset_s = excluded.modified_offset_s, language = excluded.language,
            body = excluded.body, topics = excluded.topics, syndicated_name = excluded.syndicated_name,
            syndicated_url = excluded.syndicated_url, words = excluded.words, kind = excluded.kind,
            paywalled = excluded.paywalled, image = excluded.image, candidates = excluded.candidates,
            text_sha256 = excluded.text_sha256
        """,
        {
            "article_id": article_id,
            "version": version,
            "capture_id": origin.capture_id,
            "title": extraction.title,
            "authors": list(extraction.authors),
            "published_at": published.at if published else None,
            "published_offset_s": _offset_s(published),
            "published_precision": published.precision if published else None,
            "modified_at": modified.at if modified else None,
            "modified_offset_s": _offset_s(modified),
            "language": extraction.language,
            "body": extraction.body,
            "topics": list(extraction.topics),
            "syndicated_name": source.name if source else None,
            "syndicated_url": source.url if source else None,
            "words": words.count(extraction.body),
            "kind": extraction.kind,
            "paywalled": extraction.paywalled,
            "image": extraction.image,
            "candidates": Jsonb(
                {name: [[found.value, found.source, found.score] for found in values] for name, values in extraction.candidates.items()}
            ),
            "text_sha256": digest,
        },
    )


def current(connection: Connection, article_ids: Sequence[int]) -> dict[int, Article]:
    """The current version of each of the articles; deleted ones are left out."""
    rows = connection.execute(
        f"""
        SELECT {COLUMNS} FROM articles a
        JOIN article_versions v ON v.article_id = a.id AND v.version = a.version
        JOIN outlets o ON o.id = a.outlet_id
        WHERE a.id = ANY (%s) AND a.deleted_at IS NULL
        """,
        (list(article_ids),),
    )
    return {row[0]: from_row(row) for row in rows}


def touch(connection: Connection, article_ids: Iterable[int]) -> None:
    """Something that the documents show has changed: index them anew."""
    ids = sorted(set(article_ids))
    if ids:
        # In the order of ids, so that two writers can't wait for each other.
        connection.execute(
            """
            UPDATE articles SET revision = nextval('revision')
            WHERE id IN (SELECT id FROM articles WHERE id = ANY (%s) ORDER BY id FOR UPDATE)
            """,
            (ids,),
        )


def select_for_again(connection: Connection, *, outlets: Sequence[str], since: datetime | None) -> list[tuple[int, int, int]]:
    """(Article id, current version, backlog priority) of stored articles, for running a stage on them again."""
    rows = connection.execute(
        """
        SELECT a.id, a.version FROM articles a JOIN outlets o ON o.id = a.outlet_id
        WHERE a.deleted_at IS NULL AND (%(all)s OR o.name = ANY (%(outlets)s))
          AND (%(since)s::timestamptz IS NULL OR a.first_seen_at >= %(since)s)
        ORDER BY a.first_seen_at, a.id
        """,
        {"all": not outlets, "outlets": list(outlets), "since": since},
    )
    return [(row[0], row[1], int(Priority.BACKLOG)) for row in rows]


def from_row(row: Sequence[Any]) -> Article:
    """An article from a row of `COLUMNS`."""
    return Article(
        id=row[0],
        version=row[1],
        outlet_id=row[2],
        outlet=row[3],
        url=row[4],
        canonical_url=row[5],
        first_seen_at=row[6],
        title=row[7],
        authors=tuple(row[8]),
        published_at=timestamp(row[9], row[10], row[11]),
        modified_at=timestamp(row[12], row[13], None),
        language=row[14],
        body=row[15],
        topics=tuple(row[16]),
        syndicated_from=Syndication(name=row[17], url=row[18]) if row[17] else None,
        kind=ArticleKind(row[19]),
        paywalled=row[20],
        image=row[21],
    )


def timestamp(at: datetime | None, offset_s: int | None, precision: str | None) -> Timestamp | None:
    """A stored time with the page's own offset."""
    if at is None:
        return None
    zone = timezone(timedelta(seconds=offset_s)) if offset_s else UTC
    return Timestamp(at=at.astimezone(zone), precision=Precision(precision) if precision else Precision.MINUTE)


def _offset_s(time: Timestamp | None) -> int | None:
    offset = time.at.utcoffset() if time else None
    return None if offset is None else round(offset.total_seconds())
