"""Discovery: from a home page to the feeds, sitemaps and sections that list an outlet's articles.

A source counts only when it was fetched and showed items; of every other candidate the reason is kept. Beside feeds, a
sitemap and the home page are kept as second looks, which are polled rarely (`pipeline/store/looks`): they fill in what feeds
drop, and their overlap tells what share is collected.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, Protocol
from urllib.parse import urljoin, urlsplit

from scrapy.http import Response

from crawlers import kinds
from crawlers.candidates import few_new, part, why_not
from crawlers.outcomes import Failure
from crawlers.parser import Parser
from crawlers.reading import Reading, read_home
from pipeline.errors import FeedUnreadable
from pipeline.models import Discovery, FeedKind, Source, Unused

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
RANKS: Final = {FeedKind.FEED: 0, FeedKind.NEWS_SITEMAP: 1, FeedKind.SECTION: 2, FeedKind.SITEMAP: 3}
# Of an outlet without a feed, so many sections are looked at; one is kept if it lists so many articles that nothing else shows.
MOST_SECTION_LOOKS: Final = 8
FEWEST_NEW: Final = 3

Fetch = Callable[[str], Awaitable[Response | Failure]]


class Read(Protocol):
    """How a source is read."""

    async def __call__(self, body: bytes, *, url: str, content_type: str, kind: FeedKind) -> Reading:
        """Raises FeedUnreadable if it shows nothing."""


class Search:
    """One look at an outlet."""

    def __init__(
        self,
        url: str,
        *,
        fetch: Fetch,
        sitemaps: Callable[[str], Awaitable[list[str]]],
        read: Read,
        parser: Parser,
        known: Sequence[Source] = (),
    ) -> None:
        """What it needs to look around.

        Args:
            url: the home page.
            fetch: gives the answer of a URL, or why there is none.
            sitemaps: gives the sitemaps that the robots.txt of a URL's host names.
            read: what a source shows.
            parser: reads the home page.
            known: sources that the outlet has; each is looked at, whatever else there is.

        """
        self.url = url
        self.fetch = fetch
        self.sitemaps = sitemaps
        self.read = read
        self.parser = parser
        self.known = known
        self.looks = 0
        self.seen: set[str] = set()
        self.found: list[tuple[Source, frozenset[str]]] = []
        self.unused: dict[str, str] = {}

    async def run(self) -> Discovery:
        """Look at what is known, at the home page, at what it and robots.txt announce, at usual places, and at last for links."""
        await self.look_at_known()
        answer = await self.fetch(self.url)
        if isinstance(answer, Failure):
            return self.discovery(error=answer.words)
        try:
            page = await self.parser.run(read_home, answer.body, url=answer.url)
        except FeedUnreadable as error:
            return self.discovery(error=str(error))
        sitemaps = await self.sitemaps(answer.url)
        news_sitemaps = [sitemap for sitemap in sitemaps if "news" in sitemap.lower()]
        self.unused |= dict.fromkeys(page.comments, "a comments feed")
        parts = {url: what for url in (*page.announced, *page.linked) if (what := part(url))}

        await self.look([*(url for url in page.announced if url not in parts), *news_sitemaps], base=answer.url)
        if not self.has(FeedKind.FEED):
            await self.look((url for url in page.linked if url not in parts), base=answer.url)
        if not self.has(FeedKind.FEED, FeedKind.NEWS_SITEMAP):
            await self.look((*WELL_KNOWN, *parts), base=answer.url)
        self.unused |= {url: what for url, what in parts.items() if url not in self.seen}
        others = [sitemap for sitemap in sitemaps if sitemap not in news_sitemaps]
        if not self.found:
            await self.look(others, base=answer.url)
        elif not self.has(FeedKind.NEWS_SITEMAP, FeedKind.SITEMAP):
            candidates = [sitemap for sitemap in others if not NO_ARTICLES.search(urlsplit(sitemap).path)] or USUAL_SITEMAPS
            await self.look(candidates[:MOST_SITEMAPS], base=answer.url, most=self.looks + MOST_SITEMAPS)
        if not self.has(FeedKind.FEED, FeedKind.NEWS_SITEMAP):
            await self.look_at_sections(answer, page.sections)
        elif self.url not in self.seen:
            await self.keep(self.url, answer, FeedKind.SECTION)
        if not self.found:
            return self.discovery(name=page.name, error="neither a feed nor links to articles are found there")
        return self.discovery(name=page.name)

    def discovery(self, *, name: str = "", error: str | None = None) -> Discovery:
        """What came of it: the known sources that can be read, the best of the others, and why the rest is not used."""
        now = datetime.now(UTC)
        ranked = sorted((source for source, _ in self.found), key=partial(rank, now=now))
        old = {source.url for source in self.known}
        room = max(0, MOST_SOURCES - sum(source.url in old for source in ranked))
        new = [source for source in ranked if source.url not in old]
        best = {source.url for source in kept(new, now=now, most=room, beside_feeds=self.has(FeedKind.FEED))}
        for source in ranked:
            if source.url not in old | best:
                self.unused[source.url] = "enough others are better"
        return Discovery(
            url=self.url,
            name=name,
            sources=tuple(source for source in ranked if source.url in old | best),
            unused=tuple(Unused(url=url, reason=reason) for url, reason in self.unused.items()),
            error=error,
        )

    def has(self, *kinds: FeedKind) -> bool:
        """Whether a source of these kinds was found."""
        return any(source.kind in kinds for source, _ in self.found)

    async def look_at_known(self) -> None:
        """Look at each source that the outlet has."""
        for source in self.known:
            self.seen.add(source.url)
            answer = await self.fetch(source.url)
            if isinstance(answer, Failure):
                self.unused[source.url] = answer.words
            else:
                await self.keep(source.url, answer, source.kind)

    async def look(self, candidates: Iterable[str], *, base: str, most: int = MOST_LOOKS) -> None:
        """Fetch candidates, up to so many looks in all, and keep those that show items which no kept one of their kind shows."""
        for candidate in candidates:
            url = urljoin(base, candidate)
            if url in self.seen or self.looks >= most:
                continue
            self.seen.add(url)
            self.looks += 1
            answer = await self.fetch(url)
            if isinstance(answer, Failure):
                self.unused[url] = answer.words
            elif answer.url != url and answer.url in self.seen:
                self.unused[url] = f"leads to {answer.url}"
            else:
                self.seen.add(answer.url)
                kind = FeedKind.NEWS_SITEMAP if "sitemap" in url and "news" in url else FeedKind.FEED
                await self.keep(url, answer, kind)

    async def look_at_sections(self, home: Response, sections: Iterable[str]) -> None:
        """Keep the home page as a source, and of the pages that its menu leads to those that list articles which it does not."""
        if self.url not in self.seen:
            await self.keep(self.url, home, FeedKind.SECTION)
        for url in [url for url in sections if url not in self.seen][:MOST_SECTION_LOOKS]:
            self.seen.add(url)
            answer = await self.fetch(url)
            if isinstance(answer, Failure):
                self.unused[url] = answer.words
            elif answer.url != url and (answer.url in self.seen or answer.url == home.url):
                self.unused[url] = f"leads to {answer.url}"
            else:
                self.seen.add(answer.url)
                await self.keep(url, answer, FeedKind.SECTION, fewest_new=FEWEST_NEW)

    async def keep(self, url: str, answer: Response, kind: FeedKind, *, fewest_new: int = 0) -> None:
        """Keep a source if it shows news that no kept one shows; else keep the reason."""
        content_type = kinds.content_type(answer)
        try:
            reading = await self.read(answer.body, url=answer.url, content_type=content_type, kind=kind)
        except FeedUnreadable as error:
            self.unused[url] = str(error.facts["problem"])
            return
        reason = why_not(url, reading, {source.url: shown for source, shown in self.found if source.kind is reading.kind})
        if reason is None and fewest_new:
            reason = few_new(reading, {source.url: shown for source, shown in self.found}, fewest=fewest_new)
        if reason is not None:
            self.unused[url] = reason
            return
        times = [item.published_at for item in reading.items if item.published_at is not None]
        source = Source(
            url=url,
            kind=reading.kind,
            items=len(reading.items),
            title=reading.title,
            newest_at=max(times, default=None),
            titled=sum(item.title is not None for item in reading.items),
            dated=len(times),
        )
        self.found.append((source, frozenset(item.url for item in reading.items)))


def kept(ranked: Sequence[Source], *, now: datetime, most: int = MOST_SOURCES, beside_feeds: bool) -> tuple[Source, ...]:
    """The best sources of a ranked list; beside feeds the best sitemaps and the best section, as second looks.

    A plain sitemap without fresh entries is an archive: beside feeds it tells nothing.
    """
    if not beside_feeds:
        return tuple(ranked[:most])
    feeds = [source for source in ranked if source.kind is FeedKind.FEED]
    sitemaps = [
        source
        for source in ranked
        if source.kind is FeedKind.NEWS_SITEMAP or (source.kind is FeedKind.SITEMAP and is_fresh(source, now=now))
    ]
    sections = [source for source in ranked if source.kind is FeedKind.SECTION]
    return (*feeds[:most], *sitemaps[:MOST_SECOND], *sections[:1])


def is_fresh(source: Source, *, now: datetime) -> bool:
    """Whether it shows something of the last days."""
    return source.newest_at is not None and source.newest_at > now - FRESH


def rank(source: Source, *, now: datetime) -> tuple[bool, int, int]:
    """Better sources are smaller: fresh ones, then feeds before sections before sitemaps of everything, then the richer."""
    return not is_fresh(source, now=now), RANKS[source.kind], -source.items
