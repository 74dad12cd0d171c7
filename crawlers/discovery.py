"""Discovery: from a home page to the feeds, sitemaps and sections that list an outlet's articles.

A source counts only when it was fetched and showed items. Beside feeds, a sitemap and the home page are kept as second looks,
which are polled rarely (`pipeline/store/looks`): they fill in what feeds drop, and their overlap tells what share is collected.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, Protocol
from urllib.parse import urljoin, urlsplit

from scrapy.http import Response

from crawlers.outcomes import Failure
from crawlers.parser import Parser
from crawlers.reading import Reading, read_home
from pipeline.errors import FeedUnreadable
from pipeline.models import Discovery, FeedKind, Source

WELL_KNOWN: Final = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/news-sitemap.xml", "/sitemap_news.xml")
USUAL_SITEMAPS: Final = ("/news-sitemap.xml", "/sitemap_news.xml", "/sitemap.xml")
# Sitemaps of other things than articles.
NO_ARTICLES: Final = re.compile(r"image|video|author|tag|categor|static|page", re.IGNORECASE)
# So many candidates are fetched, and so many sources kept, at most; and so many beside feeds, to tell what these miss.
MOST_LOOKS: Final = 16
MOST_SOURCES: Final = 6
MOST_SITEMAPS: Final = 3
MOST_SECOND: Final = 2
FRESH: Final = timedelta(days=2)
RANKS: Final = {FeedKind.FEED: 0, FeedKind.NEWS_SITEMAP: 1, FeedKind.SITEMAP: 2, FeedKind.SECTION: 3}

Fetch = Callable[[str], Awaitable[Response | Failure]]


class Read(Protocol):
    """How a source is read."""

    async def __call__(self, body: bytes, *, url: str, content_type: str, kind: FeedKind) -> Reading:
        """Raises FeedUnreadable if it shows nothing."""


class Search:
    """One look at an outlet."""

    def __init__(self, url: str, *, fetch: Fetch, sitemaps: Callable[[str], Awaitable[list[str]]], read: Read, parser: Parser) -> None:
        """What it needs to look around.

        Args:
            url: the home page.
            fetch: gives the answer of a URL, or why there is none.
            sitemaps: gives the sitemaps that the robots.txt of a URL's host names.
            read: what a source shows.
            parser: reads the home page.

        """
        self.url = url
        self.fetch = fetch
        self.sitemaps = sitemaps
        self.read = read
        self.parser = parser
        self.looks = 0
        self.seen: set[str] = set()
        self.found: list[tuple[Source, frozenset[str]]] = []

    async def run(self) -> Discovery:
        """Look at the home page, then at what it and robots.txt announce, then at usual places, at last for links."""
        answer = await self.fetch(self.url)
        if isinstance(answer, Failure):
            return Discovery(url=self.url, error=answer.words)
        try:
            page = await self.parser.run(read_home, answer.body, url=answer.url)
        except FeedUnreadable as error:
            return Discovery(url=self.url, error=str(error))
        sitemaps = await self.sitemaps(answer.url)
        news_sitemaps = [sitemap for sitemap in sitemaps if "news" in sitemap.lower()]

        await self.look([*page.announced, *news_sitemaps], base=answer.url)
        if not self.has(FeedKind.FEED):
            await self.look(page.linked, base=answer.url)
        if not self.has(FeedKind.FEED, FeedKind.NEWS_SITEMAP):
            await self.look(WELL_KNOWN, base=answer.url)
        others = [sitemap for sitemap in sitemaps if sitemap not in news_sitemaps]
        if not self.found:
            await self.look(others, base=answer.url)
        elif not self.has(FeedKind.NEWS_SITEMAP, FeedKind.SITEMAP):
            candidates = [sitemap for sitemap in others if not NO_ARTICLES.search(urlsplit(sitemap).path)] or USUAL_SITEMAPS
            await self.look(candidates[:MOST_SITEMAPS], base=answer.url, most=self.looks + MOST_SITEMAPS)
        await self.keep(self.url, answer, FeedKind.SECTION)
        if not self.found:
            return Discovery(url=self.url, name=page.name, error="neither a feed nor links to articles are found there")
        return Discovery(url=self.url, name=page.name, sources=kept([source for source, _ in self.found], now=datetime.now(UTC)))

    def has(self, *kinds: FeedKind) -> bool:
        """Whether a source of these kinds was found."""
        return any(source.kind in kinds for source, _ in self.found)

    async def look(self, candidates: Iterable[str], *, base: str, most: int = MOST_LOOKS) -> None:
        """Fetch candidates, up to so many looks in all, and keep those that show items which no kept one of their kind shows."""
        for candidate in candidates:
            url = urljoin(base, candidate)
            if url in self.seen or self.looks >= most:
                continue
            self.seen.add(url)
            self.looks += 1
            answer = await self.fetch(url)
            if isinstance(answer, Failure) or (answer.url != url and answer.url in self.seen):
                continue
            self.seen.add(answer.url)
            kind = FeedKind.NEWS_SITEMAP if "sitemap" in url and "news" in url else FeedKind.FEED
            await self.keep(url, answer, kind)

    async def keep(self, url: str, answer: Response, kind: FeedKind) -> None:
        """Keep a source if it shows items."""
        content_type = (answer.headers.get("Content-Type") or b"").decode("latin-1")
        try:
            reading = await self.read(answer.body, url=answer.url, content_type=content_type, kind=kind)
        except FeedUnreadable:
            # Most candidates are guesses; that this one is no feed is what the look was to tell.
            return
        shown = frozenset(item.url for item in reading.items)
        if shown and not any(shown == other and found.kind is reading.kind for found, other in self.found):
            times = [item.published_at for item in reading.items if item.published_at is not None]
            source = Source(url=url, kind=reading.kind, items=len(reading.items), title=reading.title, newest_at=max(times, default=None))
            self.found.append((source, shown))


def kept(sources: Iterable[Source], *, now: datetime) -> tuple[Source, ...]:
    """The best sources; beside feeds the best sitemap and the best section, as second looks.

    A plain sitemap without fresh entries is an archive: beside feeds it tells nothing.
    """
    ranked = sorted(sources, key=partial(rank, now=now))
    feeds = [source for source in ranked if source.kind is FeedKind.FEED]
    if not feeds:
        return tuple(ranked[:MOST_SOURCES])
    sitemaps = [
        source
        for source in ranked
        if source.kind is FeedKind.NEWS_SITEMAP or (source.kind is FeedKind.SITEMAP and is_fresh(source, now=now))
    ]
    sections = [source for source in ranked if source.kind is FeedKind.SECTION]
    return (*feeds[:MOST_SOURCES], *sitemaps[:MOST_SECOND], *sections[:1])


def is_fresh(source: Source, *, now: datetime) -> bool:
    """Whether it shows something of the last days."""
    return source.newest_at is not None and source.newest_at > now - FRESH


def rank(source: Source, *, now: datetime) -> tuple[bool, int, int]:
    """Better sources are smaller: fresh ones, then feeds before sitemaps before sections, then the richer."""
    return not is_fresh(source, now=now), RANKS[source.kind], -source.items
