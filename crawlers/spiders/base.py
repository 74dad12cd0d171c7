"""What our spiders have in common: looking at sources, beside Scrapy's callbacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawlers import outcomes
from crawlers.discovery import Fetch, Search
from crawlers.outcomes import Failure
from crawlers.parser import Parser
from crawlers.politeness import Robots
from crawlers.reading import MOST_ITEMS, Reading
from pipeline.errors import FeedUnreadable
from pipeline.models import Discovery, FeedKind, Source
from pipeline.shapes import Known

# Of a sitemap index, so many of its newest sitemaps are read.
MOST_PARTS: Final = 4


class Looking(Spider):
    """A spider that reads sources and finds new ones."""

    def __init__(self, *, parser: Parser, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.parser = parser

    async def fetch(self, url: str) -> Response | Failure:
        """The answer of a URL that can be taken, or why there is none. Robots, delay and guard apply."""
        assert self.crawler.engine is not None, "the crawl runs"  # noqa: S101 - for the type checker
        try:
            response = await self.crawler.engine.download_async(Request(url, callback=NO_CALLBACK, dont_filter=True))
        except Exception as error:  # noqa: BLE001 - whatever it is becomes the reason
            return outcomes.of_exception(error)
        return outcomes.of_response(response) or response

    async def look(self, url: str) -> Response | Failure:
        """As `fetch`, for discovery."""
        return await self.fetch(url)

    async def read_source(
        self, body: bytes, *, url: str, content_type: str, kind: FeedKind, known: Known | None = None, fetch: Fetch | None = None
    ) -> Reading:
        """What a source shows; of a sitemap index, what its newest sitemaps show; of a section, by what is known of the outlet's addresses.

        Args:
            body: of the answer.
            url: where it came from.
            content_type: the header, may be empty.
            kind: what the source is known as.
            known: the outlet's addresses.
            fetch: how the sitemaps of an index are fetched; null: at once, for whoever has the host's turn.

        Raises:
            FeedUnreadable: it is none, or none of its parts can be read.

        """
        reading = await self.parser.read(body, url=url, content_type=content_type, kind=kind, known=known)
        items = {item.url: item for item in reading.items}
        problem = ""
        for part in reading.parts[:MOST_PARTS]:
            answer = await (fetch or self.fetch)(part)
            if isinstance(answer, Failure):
                problem = f"{part}: {answer.words}"
                continue
            try:
                shown = await self.parser.read(answer.body, url=answer.url, content_type="", kind=reading.kind)
            except FeedUnreadable as error:
                problem = f"{part}: {error.facts['problem']}"
                continue
            items |= {item.url: item for item in shown.items if item.url not in items}
        if problem and not items:
            raise FeedUnreadable(problem=problem)
        return replace(reading, items=tuple(items.values())[:MOST_ITEMS])

    async def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that the robots.txt of a URL's host names."""
        robots = self.crawler.get_downloader_middleware(Robots)
        return (await robots.rules(url)).sitemaps if robots is not None else []

    async def discover_sources(self, url: str, *, known: Sequence[Source] = ()) -> Discovery:
        """Look for the sources of the outlet at a home page, and at those that are known."""
        read = partial(self.read_source, fetch=self.look)
        return await Search(url, fetch=self.look, sitemaps=self.sitemaps, read=read, parser=self.parser, known=known).run()
