"""Pages in a crawl: those that are due are fetched, plainly or by the browser, and go on to the landing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawlers import outcomes
from crawlers.browsing import Way
from crawlers.kinds import is_html
from crawlers.landing import Landed, capture_of
from crawlers.outcomes import Failure
from crawlers.redirects import Elsewhere
from pipeline.models import Page
from pipeline.store import frontier, rendering

if TYPE_CHECKING:
    from crawlers.spiders.watch import Watch

# Of a page's re-fetches, every so manieth asks for it in full: some servers keep one ETag for ever.
FULL_EVERY: Final = 3


class Pages:
    """The part of the spider `watch` that fetches pages."""

    def __init__(self, spider: Watch) -> None:
        self.spider = spider

    async def put(self, page: Page) -> None:
        """Let a page wait for its turn, unless it is for a browser that there is not, or not in this run."""
        host, way = urlsplit(page.url).hostname or "", self.spider.browsing.way(page)
        if way in {Way.LATER, Way.NOT_AT_ALL}:
            self.spider.tally.counts["unrendered"] += 1
            self.spider.held.add(host)
            if way is Way.NOT_AT_ALL:
                await self.spider.in_store(rendering.put_off, page, refetch_after_s=self.spider.limits.refetch_after_s)
            return
        # It becomes a request only when its turn comes: very many may wait.
        self.spider.line_up(host, (page, way), page.priority)

    async def request(self, page: Page, way: Way) -> Request | None:
        """The request for a page whose turn it is; null if its URL can't be asked for."""
        host = urlsplit(page.url).hostname or ""
        known = (page.etag, page.last_modified) if page.fetches % FULL_EVERY and way is Way.PLAIN else (None, None)
        meta = {"page": page, "validators": known, "browser": way is Way.BROWSER, "host": host}
        try:
            return Request(page.url, callback=self.answered, errback=self.not_answered, meta=meta, dont_filter=True)
        except ValueError:
            async with self.spider.ended(host):
                await self.spider.give_up(page, Failure(reason="bad_url"))
            return None

    async def answered(self, response: Response) -> Landed | None:
        """A page has answered; what is to be stored goes on to the landing, which ends the turn."""
        page: Page = response.meta["page"]
        now = datetime.now(UTC)
        failure = await self.spider.answered(response)
        rendered: bytes | None = None
        if failure is None and response.meta["browser"] and is_html(response):
            shown = await self.shown(response)
            if shown is None:
                return None
            if isinstance(shown, bytes):
                rendered = shown
            elif page.fetches:
                failure = shown
            else:  # what the server sent is stored, and `clean` finds out whether it is enough
                self.spider.tally.counts["unrendered"] += 1
        if failure is None and response.status != outcomes.NOT_MODIFIED:
            capture = capture_of(page, response, now, rendered=rendered)
            return Landed(page=page, capture=capture, host=response.meta["host"])
        async with self.spider.ended(response.meta["host"]):
            if failure is not None:
                await self.spider.give_up(page, failure, host=response.meta["host"])
            else:
                ages = self.spider.limits.refetch_after_s
                await self.spider.in_store(frontier.record_unchanged, page, fetched_at=now, status=response.status, refetch_after_s=ages)
                self.spider.tally.counts["unchanged"] += 1
        return None

    async def shown(self, response: Response) -> bytes | Failure | None:
        """A page as the browser shows it, or why it can't; null if the time is up, and the page stays due."""
        with self.spider.turns.keeping():
            shown = await self.spider.browser.show(response, deadline=self.spider.last_moment)
        if self.spider.browser.has_failed:
            self.spider.browsing.left = 0
        if isinstance(shown, bytes):
            self.spider.tally.counts["rendered"] += 1
        elif self.spider.time_is_up:
            async with self.spider.ended(response.meta["host"]):
                self.spider.tally.counts["unrendered"] += 1
                return None
        return shown

    async def not_answered(self, raised: Any) -> None:
        """A page could not be fetched."""
        host = raised.request.meta["host"]
        async with self.spider.ended(host):
            if isinstance(raised.value, Elsewhere):
                await self.spider.follow(raised.value.request)
            else:
                await self.spider.give_up(raised.request.meta["page"], outcomes.of_exception(raised.value), host=host)
