"""Addresses that are forgotten, and the erasing of all that was stored of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline import urls
from pipeline.records import Extent
from pipeline.store import segments
from pipeline.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is stored of an address."""

    page_ids: tuple[int, ...]
    article_ids: tuple[int, ...]
    urls: frozenset[str]  # as fetched and canonical
    copies: tuple[int, ...]  # articles that were decided to repeat one of these, the first seen first


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """How much was erased, and the messages that told of it."""

    captures: int
    versions: int
    deliveries: tuple[int, ...]


def among(connection: Connection, addresses: Iterable[str]) -> set[str]:
    """Those of the addresses that are forgotten, as they stand or in their canonical form."""
    if not connection.execute("SELECT FROM forgotten LIMIT 1").rowcount:
        return set()
    forms = {address: urls.canonical(address) for address in addresses}
    rows = connection.execute("SELECT url FROM forgotten WHERE url = ANY (%s)", (list({*forms, *forms.values()}),))
    known = {row[0] for row in rows}
    return {address for address, canonical in forms.items() if address in known or canonical in known}


def since(connection: Connection, addresses: Sequence[str]) -> datetime | None:
    """When the first of these addresses was forgotten, if one was."""
    row = connection.execute("SELECT min(forgotten_at) FROM forgotten WHERE url = ANY (%s)", (list(addresses),)).fetchone()
    return row[0] if row else None


def leading(connection: Connection, page_ids: Sequence[int]) -> set[int]:
    """Those of the pages that have an article of their own."""
    rows = connection.execute("SELECT page_id FROM articles WHERE page_id = ANY (%s) AND deleted_at IS NULL", (list(page_ids),))
    return {row[0] for row in rows}


def remember(connection: Connection, addresses: Iterable[str]) -> None:
    """Let nothing bring these addresses again."""
    connection.execute(
        "INSERT INTO forgotten (url) SELECT * FROM unnest(%s::text[]) ON CONFLICT DO NOTHING",
        (sorted({form for address in addresses for form in (address, urls.canonical(address))}),),
    )


def find(connection: Connection, addresses: Sequence[str]) -> Subject:
    """The pages and articles of an address, given in its forms, locked until the transaction ends.

    The caller holds the lock of copies, so that no article becomes one of these meanwhile.
    """
    values: dict[str, object] = {"urls": list(addresses)}
    pages = connection.execute(
        """
        SELECT id, url FROM pages WHERE url = ANY (%(urls)s) OR id IN (
            SELECT page_id FROM articles WHERE url = ANY (%(urls)s)
                OR id IN (SELECT article_id FROM article_urls WHERE canonical_url = ANY (%(urls)s))
        ) ORDER BY id FOR UPDATE
        """,
        values,
    ).fetchall()
    articles = connection.execute(
        """
        WITH named AS (
            SELECT coalesce(merged_into, id) AS id FROM articles WHERE (deleted_at IS NULL OR merged_into IS NOT NULL) AND (
                url = ANY (%(urls)s) OR page_id = ANY (%(pages)s)
                OR id IN (SELECT article_id FROM article_urls WHERE canonical_url = ANY (%(urls)s))
                OR id IN (SELECT article_id FROM captures WHERE page_id = ANY (%(pages)s))
            )
        )
        SELECT id, url, canonical_url FROM articles WHERE id IN (SELECT id FROM named) OR merged_into IN (SELECT id FROM named)
        """,
        values | {"pages": [row[0] for row in pages]},
    ).fetchall()
    article_ids = [row[0] for row in articles]
    # Other addresses that led to the same articles.
    pages += connection.execute(
        """
        SELECT id, url FROM pages WHERE id <> ALL (%(pages)s) AND (
            id IN (SELECT page_id FROM articles WHERE id = ANY (%(articles)s))
            OR id IN (SELECT page_id FROM captures WHERE article_id = ANY (%(articles)s))
        ) ORDER BY id FOR UPDATE
        """,
        {"pages": [row[0] for row in pages], "articles": article_ids},
    ).fetchall()
    copies = connection.execute(
        """
        SELECT a.id FROM duplicates d JOIN articles a ON a.id = d.article_id
        WHERE d.duplicate_of = ANY (%(articles)s) AND d.article_id <> ALL (%(articles)s) AND a.deleted_at IS NULL ORDER BY a.first_seen_at, a.id
        """,
        {"articles": article_ids},
    ).fetchall()
    copy_ids = [row[0] for row in copies]
    # In the order of ids, so that two writers can't wait for each other.
    connection.execute("SELECT FROM articles WHERE id = ANY (%s) ORDER BY id FOR UPDATE", ([*article_ids, *copy_ids],))
    rows = connection.execute("SELECT canonical_url FROM article_urls WHERE article_id = ANY (%s)", (article_ids,))
    names = {row[0] for row in rows} | {row[1] for row in pages} | {url for row in articles for url in row[1:]}
    return Subject(
        page_ids=tuple(row[0] for row in pages),
        article_ids=tuple(article_ids),
        urls=frozenset(names),
        copies=tuple(copy_ids),
    )


def erase_pages(connection: Connection, page_ids: Sequence[int]) -> int:
    """Delete pages with all that was fetched of them and what feeds said of them; how many captures there were."""
    captures = connection.execute(
        "DELETE FROM captures WHERE page_id = ANY (%s) RETURNING id, segment_id, segment_offset, segment_length", (list(page_ids),)
    ).fetchall()
    revisits = connection.execute(
        "DELETE FROM revisits WHERE page_id = ANY (%s) RETURNING NULL, segment_id, segment_offset, segment_length", (list(page_ids),)
    ).fetchall()
    segments.leave_holes(
        connection, [(row[1], Extent(offset=row[2], length=row[3])) for row in (*captures, *revisits) if row[1] is not None]
    )
    for table in ("work", "quarantine"):
        connection.execute(f"DELETE FROM {table} WHERE stage = 'clean' AND subject_id = ANY (%s)", ([row[0] for row in captures],))
    connection.execute("DELETE FROM pages WHERE id = ANY (%s)", (list(page_ids),))
    return len(captures)


def erase(connection: Connection, subject: Subject) -> Erased:
    """Delete all that is stored of pages and articles; the articles' bare rows stay, so that the index learns of it.

    The caller holds the locks of copies and stories, and has decided anew what `subject.copies` repeat.
    """
    ids = list(subject.article_ids)
    captures = erase_pages(connection, subject.page_ids)
    titles = [row[0] for row in connection.execute("DELETE FROM article_versions WHERE article_id = ANY (%s) RETURNING title", (ids,))]
    connection.execute("DELETE FROM fingerprints WHERE article_id = ANY (%s)", (ids,))
    connection.execute("DELETE FROM duplicates WHERE article_id = ANY (%s)", (ids,))
    connection.execute("DELETE FROM story_vectors WHERE article_id = ANY (%s)", (ids,))
    # Messages that tell of others of a story may have its title.
    kin = _leave_stories(connection, ids, titles)
    _erase_entities(connection, ids)
    told = connection.execute("SELECT delivery_ids FROM matches WHERE article_id = ANY (%s)", (kin,)).fetchall()
    told += connection.execute(
        """
        UPDATE matches SET highlight = '', state = CASE state WHEN 'waiting' THEN 'muted' ELSE state END,
            reason = CASE state WHEN 'waiting' THEN 'erased' ELSE reason END
        WHERE article_id = ANY (%s) RETURNING delivery_ids
        """,
        (ids,),
    ).fetchall()
    for table in ("work", "quarantine"):
        connection.execute(
            f"""
            DELETE FROM {table} WHERE stage IN ('compare', 'annotate', 'cluster', 'index', 'alert') AND subject_id = ANY (%s)
            """,
            (ids,),
        )
    connection.execute("DELETE FROM article_urls WHERE article_id = ANY (%s)", (ids,))
    connection.execute(
        "UPDATE articles SET deleted_at = now(), merged_into = NULL, revision = nextval('revision') WHERE id = ANY (%s)", (ids,)
    )
    return Erased(captures=captures, versions=len(titles), deliveries=tuple({delivery for row in told for delivery in row[0]}))


def erased_articles(connection: Connection, addresses: Sequence[str]) -> list[int]:
    """The bare rows of articles that were erased at an address, given in its forms."""
    rows = connection.execute(
        "SELECT id FROM articles WHERE deleted_at IS NOT NULL AND (url = ANY (%(urls)s) OR canonical_url = ANY (%(urls)s))",
        {"urls": list(addresses)},
    )
    return [row[0] for row in rows]


def _leave_stories(connection: Connection, article_ids: Sequence[int], titles: Sequence[str]) -> list[int]:
    """Take articles out of their stories; the articles that are left in those that had their title from them.

    Such a story gets the title of its first article; an empty one goes.
    """
    left = [
        row[0]
        for row in connection.execute("DELETE FROM story_articles WHERE article_id = ANY (%s) RETURNING story_id", (list(article_ids),))
    ]
    kin = connection.execute(
        "SELECT article_id FROM story_articles JOIN stories ON stories.id = story_id WHERE story_id = ANY (%s) AND title = ANY (%s)",
        (left, list(titles)),
    ).fetchall()
    connection.execute(
        """
        UPDATE stories SET first_at = kept.first_at, last_at = kept.last_at, articles = kept.articles,
            title = CASE WHEN stories.title = ANY (%(titles)s) THEN kept.title ELSE stories.title END
        FROM (
            SELECT s.story_id, count(*) AS articles, min(coalesce(v.published_at, a.first_seen_at)) AS first_at,
                max(coalesce(v.published_at, a.first_seen_at)) AS last_at,
                (array_agg(v.title ORDER BY coalesce(v.published_at, a.first_seen_at), a.id))[1] AS title
            FROM story_articles s JOIN articles a ON a.id = s.article_id
            JOIN article_versions v ON v.article_id = a.id AND v.version = a.version
            WHERE s.story_id = ANY (%(stories)s) GROUP BY s.story_id
        ) kept WHERE kept.story_id = stories.id
        """,
        {"stories": left, "titles": list(titles)},
    )
    connection.execute(
        "DELETE FROM stories WHERE id = ANY (%s) AND NOT EXISTS (SELECT FROM story_articles WHERE story_id = stories.id)", (left,)
    )
    return [row[0] for row in kin]


def _erase_entities(connection: Connection, article_ids: Sequence[int]) -> None:
    """Delete what articles mention, with the entities that nothing else mentions."""
    connection.execute("DELETE FROM quotes WHERE article_id = ANY (%s)", (list(article_ids),))
    rows = connection.execute("DELETE FROM mentions WHERE article_id = ANY (%s) RETURNING entity_ids", (list(article_ids),))
    connection.execute(
        """
        DELETE FROM entities e WHERE e.id = ANY (%s) AND NOT EXISTS (SELECT FROM mentions WHERE entity_ids @> ARRAY[e.id])
          AND NOT EXISTS (SELECT FROM quotes WHERE speaker_id = e.id)
        """,
        ([entity for row in rows for entity in row[0]],),
    )
