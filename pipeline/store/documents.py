"""What the index shows of articles, read at the time of sending, and what has been sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, LiteralString

from pipeline.models import CopyKind, Document, EntityMention, EntityType, Priority, Syndication
from pipeline.store.articles import timestamp
from pipeline.store.database import Connection

REBUILD_LOCK: Final = 7_270_005
SELECT: Final[LiteralString] = """
    SELECT a.id, a.revision, a.deleted_at IS NOT NULL, a.version, a.url, a.canonical_url, o.name, o.labels, o.country, o."group",
        v.title, v.body, v.authors, v.published_at, v.published_offset_s, v.published_precision, a.first_seen_at, v.language, v.topics,
        v.syndicated_name, v.syndicated_url, s.story_id, d.duplicate_of, d.kind,
        (
            SELECT array_agg(ARRAY[e.public_id, e.name, e.type, m.count::text] ORDER BY m.place)
            FROM mentions JOIN LATERAL unnest(mentions.entity_ids, mentions.counts) WITH ORDINALITY AS m (entity_id, count, place) ON true
            JOIN entities e ON e.id = m.entity_id
            WHERE mentions.article_id = a.id
        )
    FROM articles a
    -- An erased article has none.
    LEFT JOIN article_versions v ON v.article_id = a.id AND v.version = a.version
    JOIN outlets o ON o.id = a.outlet_id
    LEFT JOIN story_articles s ON s.article_id = a.id
    LEFT JOIN duplicates d ON d.article_id = a.id
"""


def unindexed(connection: Connection, limit: int, lowest: Priority) -> list[Document]:
    """Documents whose revision is newer than what the index has, live news first, none below a priority.

    An article that an earlier stage still works on waits for it.
    """
    rows = connection.execute(
        f"""
        WITH chosen AS MATERIALIZED (
            SELECT id, priority FROM articles
            WHERE revision > indexed_revision AND priority <= %s AND NOT EXISTS (
                SELECT FROM work WHERE work.stage IN ('compare', 'annotate', 'cluster') AND work.subject_id = articles.id
            )
            ORDER BY priority, id LIMIT %s
        )
        {SELECT} JOIN chosen ON chosen.id = a.id ORDER BY chosen.priority, a.id
        """,
        (lowest, limit),
    )
    return [_document(row) for row in rows]


def by_ids(connection: Connection, article_ids: Sequence[int]) -> list[Document]:
    """The documents of these articles, in the order of ids."""
    return [_document(row) for row in connection.execute(f"{SELECT} WHERE a.id = ANY (%s) ORDER BY a.id", (list(article_ids),))]


def all_after(connection: Connection, article_id: int, limit: int) -> list[Document]:
    """The next documents by article id, for a rebuild."""
    return [_document(row) for row in connection.execute(f"{SELECT} WHERE a.id > %s ORDER BY a.id LIMIT %s", (article_id, limit))]


def changed_since(connection: Connection, revision: int, limit: int) -> list[Document]:
    """The next documents by revision, for a rebuild that catches up."""
    return [_document(row) for row in connection.execute(f"{SELECT} WHERE a.revision > %s ORDER BY a.revision LIMIT %s", (revision, limit))]


def lock_rebuild(connection: Connection) -> bool:
    """Be the only one who builds the index anew, until the transaction ends; False if somebody is already."""
    row = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (REBUILD_LOCK,)).fetchone()
    return bool(row and row[0])


def newest_revision(connection: Connection) -> int:
    """The highest revision of any article; 0 if there is none."""
    row = connection.execute("SELECT coalesce(max(revision), 0) FROM articles").fetchone()
    return int(row[0]) if row else 0


def mark_indexed(connection: Connection, revisions: Mapping[int, int]) -> None:
    """The index has these articles at these revisions, or newer ones."""
    ids = sorted(revisions)
    connection.execute(
        """
        UPDATE articles SET indexed_revision = greatest(indexed_revision, sent.revision), indexed_at = now()
        FROM unnest(%s::bigint[], %s::bigint[]) AS sent (id, revision) WHERE articles.id = sent.id
        """,
        (ids, [revisions[article_id] for article_id in ids]),
    )


def pass_on_indexed(connection: Connection, limit: int, lowest: Priority) -> int:
    """Let indexed articles whose text or entities are new wait for `alert`; how many there were."""
    row = connection.execute(
        """
        WITH ready AS (
            SELECT w.subject_id, w.version, w.priority FROM work w JOIN articles a ON a.id = w.subject_id
            WHERE w.stage = 'index' AND w.priority <= %s AND (a.indexed_revision >= a.revision OR a.deleted_at IS NOT NULL)
            ORDER BY w.priority, w.id LIMIT %s FOR UPDATE OF w SKIP LOCKED
        ), gone AS (
            DELETE FROM work USING ready
            WHERE work.stage = 'index' AND work.subject_id = ready.subject_id AND work.version = ready.version
            RETURNING work.subject_id, work.version, work.priority
        ), passed AS (
            INSERT INTO work (stage, subject_id, version, priority) SELECT 'alert', * FROM gone
            ON CONFLICT (stage, subject_id, version) DO NOTHING
        )
        SELECT count(*) FROM gone
        """,
        (lowest, limit),
    ).fetchone()
    return int(row[0]) if row else 0


def pages(connection: Connection, article_ids: Iterator[int], size: int = 500) -> Iterator[Document]:
    """Documents of any number of articles, in the order given, read in batches."""
    batch: list[int] = []
    for article_id in article_ids:
        batch.append(article_id)
        if len(batch) == size:
            yield from _in_order(connection, batch)
            batch = []
    yield from _in_order(connection, batch)


def _in_order(connection: Connection, article_ids: list[int]) -> Iterator[Document]:
    found = {document.id: document for document in by_ids(connection, article_ids)}
    yield from (found[article_id] for article_id in article_ids if article_id in found)


def _document(row: Sequence[Any]) -> Document:
    return Document(
        id=row[0],
        revision=row[1],
        deleted=row[2],
        version=row[3],
        url=row[4],
        canonical_url=row[5],
        outlet=row[6],
        labels=tuple(row[7]),
        country=row[8],
        group=row[9],
        title=row[10] or "",
        body=row[11] or "",
        authors=tuple(row[12] or ()),
        published_at=timestamp(row[13], row[14], row[15]),
        first_seen_at=row[16],
        language=row[17],
        topics=tuple(row[18] or ()),
        syndicated_from=Syndication(name=row[19], url=row[20]) if row[19] else None,
        story_id=row[21],
        duplicate_of=row[22],
        copy_kind=CopyKind(row[23]) if row[23] else None,
        entities=tuple(
            EntityMention(entity_id=public_id, name=name, type=EntityType(kind), count=int(count))
            for public_id, name, kind, count in row[24] or ()
        ),
    )
