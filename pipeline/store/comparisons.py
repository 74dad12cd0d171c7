"""Fingerprints and decided copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pipeline.models import Article, CopyKind, Duplicate, Fingerprint
from pipeline.store.database import Connection

LOOK_BACK: Final = timedelta(days=30)
# A text may have thousands of copies; its originals are looked at first.
MOST_CANDIDATES: Final = 64
LOCK: Final = 7_270_003


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A stored fingerprint, and what its article was decided to be a copy of."""

    article_id: int
    version: int
    first_seen_at: datetime
    fingerprint: Fingerprint
    duplicate_of: int | None


def lock(connection: Connection) -> None:
    """Be the only one who decides copies, until the transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))


def similar(connection: Connection, article: Article, fingerprint: Fingerprint) -> list[Seen]:
    """Stored articles that may have the same text, seen at most `LOOK_BACK` before this one or after it."""
    rows = connection.execute(
        """
        SELECT f.article_id, f.version, f.first_seen_at, f.text_sha256, f.words, f.minhash, f.bands, d.duplicate_of
        FROM fingerprints f JOIN articles a ON a.id = f.article_id AND a.version = f.version AND a.deleted_at IS NULL
        LEFT JOIN duplicates d ON d.article_id = f.article_id
        WHERE f.bands && %(bands)s::bigint[] AND f.article_id <> %(id)s AND f.first_seen_at BETWEEN %(oldest)s AND %(newest)s
        ORDER BY f.text_sha256 = %(text)s DESC, d.article_id IS NOT NULL, f.first_seen_at, f.article_id LIMIT %(most)s
        """,
        {
            "bands": list(fingerprint.bands),
            "text": fingerprint.text_sha256,
            "id": article.id,
            "oldest": article.first_seen_at - LOOK_BACK,
            "newest": article.first_seen_at + LOOK_BACK,
            "most": MOST_CANDIDATES,
        },
    )
    return [
        Seen(
            article_id=row[0],
            version=row[1],
            first_seen_at=row[2],
            fingerprint=Fingerprint(text_sha256=bytes(row[3]), words=row[4], minhash=bytes(row[5]), bands=tuple(row[6])),
            duplicate_of=row[7],
        )
        for row in rows
    ]


def bodies(connection: Connection, article_ids: Sequence[int]) -> dict[int, str]:
    """The current texts of articles."""
    rows = connection.execute(
        """
        SELECT a.id, v.body FROM articles a JOIN article_versions v ON v.article_id = a.id AND v.version = a.version
        WHERE a.id = ANY (%s)
        """,
        (list(article_ids),),
    )
    return {row[0]: row[1] for row in rows}


def save(connection: Connection, article: Article, fingerprint: Fingerprint) -> None:
    """Keep a fingerprint."""
    connection.execute(
        """
        INSERT INTO fingerprints (article_id, version, first_seen_at, text_sha256, words, minhash, bands)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (article_id, version, first_seen_at) DO UPDATE
        SET text_sha256 = excluded.text_sha256, words = excluded.words, minhash = excluded.minhash, bands = excluded.bands
        """,
        (
            article.id,
            article.version,
            article.first_seen_at,
            fingerprint.text_sha256,
            fingerprint.words,
            fingerprint.minhash,
            list(fingerprint.bands),
        ),
    )


def decide(connection: Connection, article_id: int, version: int, duplicate: Duplicate | None) -> None:
    """Keep what a version of an article was decided to be."""
    if duplicate is None:
        connection.execute("DELETE FROM duplicates WHERE article_id = %s", (article_id,))
        return
    connection.execute(
        """
        INSERT INTO duplicates (article_id, version, duplicate_of, kind, shared_text) VALUES (%s, %s, %s, %s, %s)
        ON CONFLICT (article_id) DO UPDATE SET version = excluded.version, duplicate_of = excluded.duplicate_of,
            kind = excluded.kind, shared_text = excluded.shared_text, decided_at = now()
        """,
        (article_id, version, duplicate.duplicate_of, duplicate.kind, duplicate.shared_text),
    )


def members(connection: Connection, original_id: int) -> list[tuple[int, int, CopyKind]]:
    """Article, version and kind of all that is decided to repeat an original."""
    rows = connection.execute("SELECT article_id, version, kind FROM duplicates WHERE duplicate_of = %s", (original_id,))
    return [(row[0], row[1], CopyKind(row[2])) for row in rows]


def shared_text(connection: Connection, article_ids: Sequence[int]) -> dict[int, float]:
    """The share of each copy's words that its original has."""
    rows = connection.execute("SELECT article_id, shared_text FROM duplicates WHERE article_id = ANY (%s)", (list(article_ids),))
    return {row[0]: float(row[1]) for row in rows}


def copies(connection: Connection, article_ids: Sequence[int]) -> dict[int, int]:
    """The original of each article that is a copy."""
    rows = connection.execute(
        "SELECT article_id, duplicate_of FROM duplicates WHERE kind = 'copy' AND article_id = ANY (%s)", (list(article_ids),)
    )
    return {row[0]: row[1] for row in rows}
