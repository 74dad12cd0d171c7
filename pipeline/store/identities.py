"""Which article a page's text belongs to: by the page, by its address, or by what outlives a new headline.

An article keeps all addresses it was known by. One page leads it: its captures make the versions; the captures of
other editions (AMP, mobile, print) and of former addresses make none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, LiteralString

from pipeline import identity, urls
from pipeline.models import Extraction, Priority, Stage
from pipeline.store import work
from pipeline.store.database import Connection

# So many articles with the same key are compared with a new one: sections may have numbers, too.
MOST_COMPARED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an article's text came from: a capture of a page, or an import (no page, no capture)."""

    outlet_id: int
    url: str
    first_seen_at: datetime
    priority: Priority
    page_id: int | None = None
    capture_id: int | None = None
    final_url: str | None = None  # after redirects

    @property
    def own_url(self) -> str:
        """The identity of the address itself, whatever the page says of it."""
        return urls.canonical(self.final_url or self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A stored article with its current text."""

    article_id: int
    version: int
    page_id: int | None
    url: str
    canonical_url: str
    first_seen_at: datetime
    gone: bool
    title: str
    body: str
    text_sha256: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """The article that a text belongs to, if it is stored, and the canonical URL that the text is entitled to."""

    canonical_url: str
    article: Known | None = None
    leads: bool = True  # whether the capture may make a version


def find(connection: Connection, extraction: Extraction, origin: Origin) -> Belonging:
    """Find the article that a text belongs to, and lock it.

    A page that names another's address as its canonical one is believed if the texts are alike: some sites name one
    address on all their pages. Where the page of one article has come to call itself another, and their texts are alike,
    the later of the two is merged into the earlier.
    """
    canonical = extraction.canonical_url
    by_page = _by_page(connection, origin.page_id)
    by_url = _by_url(connection, canonical)
    is_other = by_url is not None and (by_page is None or by_page.article_id != by_url.article_id)
    if by_url is not None and is_other and canonical != origin.own_url and not _alike(extraction, by_url):
        canonical = origin.own_url
        by_url = _by_url(connection, canonical)
    if by_page is not None and by_url is not None and by_page.article_id != by_url.article_id:
        if _alike(extraction, by_page) and _alike(extraction, by_url):
            earlier, later = sorted((by_page, by_url), key=lambda known: (known.first_seen_at, known.article_id))
            return _merged(connection, earlier, later, canonical)
        return Belonging(canonical_url=canonical, article=by_url, leads=False)
    if by_page is not None and by_url is None and canonical != by_page.canonical_url and not _alike(extraction, by_page):
        # An address that always shows the newest article.
        by_page = None
    found = by_url or by_page or _by_keys(connection, extraction, origin, canonical)
    return Belonging(canonical_url=canonical, article=found, leads=found is None or _leads(origin, found))


def keep(connection: Connection, canonical_url: str, article_id: int) -> bool:
    """Keep an address of an article; tells whether it is this article's, now or already."""
    keys = identity.keys(canonical_url)
    connection.execute(
        """
        INSERT INTO article_urls (canonical_url, article_id, number_key, slug_key) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        (canonical_url, article_id, keys.number, keys.slug),
    )
    row = connection.execute("SELECT article_id FROM article_urls WHERE canonical_url = %s", (canonical_url,)).fetchone()
    return row is not None and row[0] == article_id


def lead(connection: Connection, belonging: Belonging, origin: Origin) -> None:
    """The origin's page leads the article from now on, if it is the newer one; a new address of the article is the one shown."""
    known = belonging.article
    assert known is not None, "only a stored article can be led"  # noqa: S101 - for the type checker
    if not keep(connection, belonging.canonical_url, known.article_id) or origin.page_id is None:
        return
    better = urls.is_edition(known.url) and not urls.is_edition(origin.url)
    if known.page_id is None or known.gone or better or origin.page_id > known.page_id:
        connection.execute("UPDATE articles SET page_id = %s, gone_at = NULL WHERE id = %s", (origin.page_id, known.article_id))
    if better or known.canonical_url != belonging.canonical_url:
        connection.execute(
            "UPDATE articles SET url = %s, canonical_url = %s, revision = nextval('revision') WHERE id = %s",
            (origin.final_url or origin.url, belonging.canonical_url, known.article_id),
        )


def _alike(extraction: Extraction, known: Known) -> bool:
    return identity.are_alike(extraction.body, known.body, least=identity.SAME_SLUG)


def _leads(origin: Origin, known: Known) -> bool:
    """Whether a page's captures make the article's versions."""
    if origin.page_id is None or known.page_id is None or known.page_id == origin.page_id or known.gone:
        return True
    editions = urls.is_edition(origin.url), urls.is_edition(known.url)
    return origin.page_id > known.page_id if editions[0] == editions[1] else editions[1]


def _merged(connection: Connection, article: Known, later: Known, canonical: str) -> Belonging:
    """Two articles have turned out to be one: the later one's row stays, deleted, and its addresses are the other's."""
    page_id = max(filter(None, (article.page_id, later.page_id)), default=None)
    connection.execute("UPDATE article_urls SET article_id = %s WHERE article_id = %s", (article.article_id, later.article_id))
    connection.execute(
        # What no canonical URL contains frees the address.
        """
        UPDATE articles SET deleted_at = now(), merged_into = %s, page_id = NULL, canonical_url = left(canonical_url, 1950) || '#' || id,
            revision = nextval('revision')
        WHERE id = %s
        """,
        (article.article_id, later.article_id),
    )
    connection.execute("UPDATE articles SET page_id = %s WHERE id = %s", (page_id, article.article_id))
    connection.execute("DELETE FROM duplicates WHERE article_id = %s", (later.article_id,))
    left = connection.execute("DELETE FROM story_articles WHERE article_id = %s RETURNING story_id", (later.article_id,)).fetchone()
    if left is not None:
        connection.execute("UPDATE stories SET articles = articles - 1 WHERE id = %s", (left[0],))
    copies = connection.execute(
        "SELECT a.id, a.version, a.priority FROM duplicates d JOIN articles a ON a.id = d.article_id WHERE d.duplicate_of = %s ORDER BY 1",
        (later.article_id,),
    ).fetchall()
    work.enqueue(connection, Stage.COMPARE, [(row[0], row[1], row[2]) for row in copies])
    return Belonging(canonical_url=canonical, article=replace(article, page_id=page_id))


_KNOWN: Final[LiteralString] = """
    SELECT a.id, a.version, a.page_id, a.url, a.canonical_url, a.first_seen_at, a.gone_at IS NOT NULL, v.title, v.body, v.text_sha256
    FROM articles a JOIN article_versions v ON v.article_id = a.id AND v.version = a.version
"""


def _known(row: tuple[Any, ...]) -> Known:
    return Known(
        article_id=row[0],
        version=row[1],
        page_id=row[2],
        url=row[3],
        canonical_url=row[4],
        first_seen_at=row[5],
        gone=row[6],
        title=row[7],
        body=row[8],
        text_sha256=bytes(row[9]),
    )


def _by_url(connection: Connection, canonical_url: str) -> Known | None:
    row = connection.execute(
        f"{_KNOWN} WHERE a.id = (SELECT article_id FROM article_urls WHERE canonical_url = %s) FOR UPDATE OF a", (canonical_url,)
    ).fetchone()
    return _known(row) if row else None


def _by_page(connection: Connection, page_id: int | None) -> Known | None:
    row = connection.execute(
        f"{_KNOWN} WHERE a.page_id = %s AND a.deleted_at IS NULL ORDER BY a.id DESC LIMIT 1 FOR UPDATE OF a", (page_id,)
    ).fetchone()
    return _known(row) if row else None


def _by_keys(connection: Connection, extraction: Extraction, origin: Origin, canonical: str) -> Known | None:
    """The outlet's article with the same number, or the same words, in its address, if the texts are alike."""
    if origin.page_id is None:
        return None
    keys = identity.keys(canonical)
    for column, key, least in (("number_key", keys.number, identity.SAME_NUMBER), ("slug_key", keys.slug, identity.SAME_SLUG)):
        rows = connection.execute(
            f"""
            {_KNOWN} WHERE a.outlet_id = %s AND a.deleted_at IS NULL AND a.id IN (
                SELECT article_id FROM article_urls WHERE md5({column}) = md5(%s) AND {column} = %s ORDER BY added_at DESC LIMIT %s)
            ORDER BY a.id DESC FOR UPDATE OF a
            """,
            (origin.outlet_id, key, key, MOST_COMPARED),
        )
        for row in rows.fetchall() if key else ():
            known = _known(row)
            if identity.are_alike(extraction.body, known.body, least=least):
                return known
    return None
