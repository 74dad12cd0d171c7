"""Everything that is stored about one URL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, LiteralString

from psycopg.rows import dict_row

from pipeline.store.database import Connection

PAGES: Final[LiteralString] = """
    SELECT p.id, p.url, o.name AS outlet, p.first_seen_at, p.fetched_at, p.fetches, p.failures, p.status, p.reason, p.browser, p.due_at,
        p.leased_by IS NOT NULL AS leased, hosts.reason AS host_reason,
        CASE WHEN hosts.not_before > now() THEN hosts.not_before END AS host_not_before
    FROM pages p JOIN outlets o ON o.id = p.outlet_id LEFT JOIN hosts ON hosts.host = p.host
    WHERE p.url = ANY (%(urls)s) OR p.id = ANY (SELECT page_id FROM articles WHERE url = ANY (%(urls)s)
        OR id = (SELECT article_id FROM article_urls WHERE canonical_url = %(canonical)s))
    ORDER BY p.id
"""
FEEDS: Final[LiteralString] = """
    SELECT o.name AS outlet, f.url, f.kind, f.polled_at, f.succeeded_at, f.items, f.error, s.hub, s.lease_ends_at AS hub_until,
        s.error AS hub_error
    FROM outlet_hosts h JOIN outlets o ON o.id = h.outlet_id JOIN feeds f ON f.outlet_id = o.id
    LEFT JOIN subscriptions s ON s.feed_id = f.id AND s.wanted
    WHERE h.host = ANY (%(hosts)s) AND o.removed_at IS NULL AND f.active ORDER BY f.id
"""
SIGHTINGS: Final[LiteralString] = """
    SELECT f.url AS feed, f.kind, s.seen_at, s.title, s.published_at FROM sightings s JOIN feeds f ON f.id = s.feed_id
    WHERE s.page_id = ANY (%(pages)s) ORDER BY s.seen_at
"""
CAPTURES: Final[LiteralString] = """
    SELECT c.id, c.fetched_at, c.url, c.status, c.content_type, c.body_bytes, c.rendered, c.outcome, c.article_id, c.version,
        c.certificate, c.dropped_at, s.name AS segment
    FROM captures c LEFT JOIN segments s ON s.id = c.segment_id WHERE c.page_id = ANY (%(pages)s) ORDER BY c.fetched_at
"""
REVISITS: Final[LiteralString] = """
    SELECT r.fetched_at, r.status FROM revisits r WHERE r.page_id = ANY (%(pages)s)
        AND NOT EXISTS (SELECT FROM captures c WHERE c.page_id = r.page_id AND c.fetched_at = r.fetched_at)
    ORDER BY r.fetched_at
"""
ARTICLES: Final[LiteralString] = """
    SELECT a.id, a.url, a.canonical_url, o.name AS outlet, a.version, a.first_seen_at, a.deleted_at, a.gone_at, a.revision, a.indexed_revision,
        a.indexed_at, s.story_id, s.score AS story_score, stories.title AS story, d.duplicate_of, d.kind AS copy_kind, d.shared_text,
        original.url AS duplicate_of_url, cardinality(m.entity_ids) AS entities,
        ARRAY(SELECT canonical_url FROM article_urls WHERE article_id = a.id AND canonical_url <> a.canonical_url ORDER BY added_at) AS other_urls
    FROM articles a JOIN outlets o ON o.id = a.outlet_id
    LEFT JOIN story_articles s ON s.article_id = a.id LEFT JOIN stories ON stories.id = s.story_id
    LEFT JOIN duplicates d ON d.article_id = a.id LEFT JOIN articles original ON original.id = d.duplicate_of
    LEFT JOIN mentions m ON m.article_id = a.id
    WHERE a.merged_into IS NULL AND (
        a.url = ANY (%(urls)s) OR a.id = (SELECT article_id FROM article_urls WHERE canonical_url = %(canonical)s) OR a.page_id = ANY (%(pages)s)
        OR a.id IN (
            SELECT coalesce(made.merged_into, made.id) FROM captures c JOIN articles made ON made.id = c.article_id
            WHERE c.page_id = ANY (%(pages)s)))
    ORDER BY a.id
"""
VERSIONS: Final[LiteralString] = """
    SELECT article_id, v.version, created_at, v.title, authors, published_at, published_precision, modified_at, language, topics, words,
        syndicated_name, syndicated_url, kind, paywalled, image, candidates,
        CASE WHEN a.noarchive THEN '' ELSE body END AS body
    FROM article_versions v JOIN articles a ON a.id = v.article_id WHERE article_id = ANY (%(articles)s) ORDER BY article_id, v.version
"""


def pages(connection: Connection, urls: Sequence[str], canonical: str) -> list[dict[str, Any]]:
    """The frontier's rows of a URL or of the article that it leads to."""
    return _rows(connection, PAGES, urls=list(urls), canonical=canonical)


def sightings(connection: Connection, page_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Which feeds showed the pages, and when."""
    return _rows(connection, SIGHTINGS, pages=list(page_ids))


def revisits(connection: Connection, page_ids: Sequence[int]) -> list[dict[str, Any]]:
    """When the pages were fetched and found as they had been."""
    return _rows(connection, REVISITS, pages=list(page_ids))


def captures(connection: Connection, page_ids: Sequence[int]) -> list[dict[str, Any]]:
    """What was fetched, and what became of it."""
    return _rows(connection, CAPTURES, pages=list(page_ids))


def articles(connection: Connection, urls: Sequence[str], canonical: str, page_ids: Sequence[int]) -> list[dict[str, Any]]:
    """The articles with their story, original and place in the index."""
    return _rows(connection, ARTICLES, urls=list(urls), canonical=canonical, pages=list(page_ids))


def versions(connection: Connection, article_ids: Sequence[int]) -> list[dict[str, Any]]:
    """The articles' versions with their text and the candidates of their fields."""
    return _rows(connection, VERSIONS, articles=list(article_ids))


def hosts(connection: Connection, host: str) -> list[str]:
    """The outlets that have a host."""
    rows = connection.execute(
        "SELECT o.name FROM outlet_hosts h JOIN outlets o ON o.id = h.outlet_id WHERE h.host = ANY (%s) AND o.removed_at IS NULL",
        (_forms(host),),
    )
    return [row[0] for row in rows]


def feeds(connection: Connection, host: str) -> list[dict[str, Any]]:
    """The feeds of the outlets that have a host, and what their last poll said."""
    return _rows(connection, FEEDS, hosts=_forms(host))


def _forms(host: str) -> list[str]:
    return [host, host.removeprefix("www."), f"www.{host}"]


def _rows(connection: Connection, statement: LiteralString, **values: object) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, values).fetchall()
