"""What a feed, a sitemap or a home page shows: bytes in, items out. Pure; run in a process that can be killed.

The modules that read are imported there only: the crawler itself does without their libraries.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from pipeline.models import FeedItem, FeedKind
from pipeline.shapes import Known
from pipeline.websub import Announced

MOST_ITEMS: Final = 1_000
LARGEST_BYTES: Final = 20_000_000
LONGEST_JUNK: Final = 5_000
# White space, and the mark of the encoding, which is no text.
BLANK: Final = b"\xef\xbb\xbf \t\r\n"
DECLARATION: Final = re.compile(rb"<\?xml\s+version")
ROOTS: Final = frozenset({"urlset", "sitemapindex", "rss", "feed", "rdf"})
MOST_OF: Final = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a source turned out to be, and what it shows."""

    kind: FeedKind
    items: tuple[FeedItem, ...] = ()
    title: str = ""
    parts: tuple[str, ...] = ()  # of a sitemap index: the sitemaps in it, the newest first
    announced: Announced = field(default_factory=Announced)  # its hub, as the body says
    is_heard: bool = False  # most of its entries are sound or film, as a podcast's are


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What a home page says of itself."""

    name: str
    announced: tuple[str, ...]  # feeds in its head
    linked: tuple[str, ...]  # links that look like feeds
    comments: tuple[str, ...]  # feeds of readers' comments, announced or linked
    sections: tuple[str, ...]  # links that may lead to pages that list articles


def read(body: bytes, *, url: str, content_type: str, kind: FeedKind, known: Known | None = None) -> Reading | str:
    """Read a source, whatever it was thought to be; only a section page is read as HTML.

    Args:
        body: as sent, after content decoding.
        url: where it came from, for relative links.
        content_type: the header, may be empty.
        kind: what the source is known as.
        known: addresses of the outlet's pages, from which a section page's links are told apart.

    Returns:
        The reading, or in words why there is none.

    """
    try:
        return _read(body, url=url, content_type=content_type, kind=kind, known=known)
    except ValueError as error:
        return str(error)


def read_home(body: bytes, *, url: str) -> Home:
    """Read a home page."""
    from crawlers.reading import home

    return home.read(body, url=url)


def _read(body: bytes, *, url: str, content_type: str, kind: FeedKind, known: Known | None) -> Reading:
    from crawlers.reading import feeds, json_feeds, sections, sitemaps

    if kind is FeedKind.SECTION:
        return Reading(kind=kind, items=sections.read(body, url=url, content_type=content_type, known=known)[:MOST_ITEMS])
    if not body.strip():
        raise ValueError("the answer is empty")
    body = sitemaps.unpacked(body, most=LARGEST_BYTES).lstrip(BLANK)
    if json_feeds.is_feed(body):
        title, items, announced = json_feeds.read(body, url=url, most=MOST_ITEMS)
        return Reading(kind=FeedKind.FEED, items=items, title=title, announced=announced)
    if (kind in {FeedKind.SITEMAP, FeedKind.NEWS_SITEMAP} or "text/plain" in content_type) and sitemaps.is_list(body):
        return Reading(kind=FeedKind.SITEMAP, items=sitemaps.read_list(body, most=MOST_ITEMS))
    if (root := sitemaps.root_name(body)) not in ROOTS and (declared := DECLARATION.search(body, 0, LONGEST_JUNK)):
        # Warnings of programs, and the like, before what was meant.
        body = body[declared.start() :]
        root = sitemaps.root_name(body)
    if root in {"urlset", "sitemapindex"}:
        sitemap = sitemaps.read(body, url=url, most=MOST_ITEMS)
        is_news = sitemap.is_news or (sitemap.parts and kind is FeedKind.NEWS_SITEMAP)
        return Reading(kind=FeedKind.NEWS_SITEMAP if is_news else FeedKind.SITEMAP, items=sitemap.items, parts=sitemap.parts)
    if root in {"rss", "feed", "rdf"}:
        feed = feeds.read(body, url=url, content_type=content_type, most=MOST_ITEMS)
        is_heard = feed.heard > MOST_OF * feed.entries
        return Reading(kind=FeedKind.FEED, items=feed.items, title=feed.title, announced=feed.announced, is_heard=is_heard)
    if root == "html" or b"<html" in body[:2000].lower() or "html" in content_type:
        raise ValueError("it is a web page, not a feed")
    raise ValueError("it is neither RSS, Atom, JSON Feed nor a sitemap")
