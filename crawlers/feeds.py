"""Polls in a crawl: feeds that are due are asked, what they show is kept, and what is new in it is fetched."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from scrapy import Request
from scrapy.http import Response

from crawlers import kinds, outcomes
from crawlers.conditional import validators
from crawlers.outcomes import Failure
from crawlers.redirects import Elsewhere
from pipeline import log
from pipeline.errors import FeedUnreadable, InfrastructureError
from pipeline.models import Feed, FeedKind, Outlet, Poll
from pipeline.store import discoveries, polls, shapes

if TYPE_CHECKING:
    from crawlers.spiders.watch import Watch

logger = log.logger("crawlers")

# Order at one host: its feeds before its pages.
FEEDS_FIRST: Final = -1


class Feeds:
    """The part of the spider `watch` that polls feeds."""

    def __init__(self, spider: Watch) -> None:
        self.spider = spider

    def put(self, feed: Feed) -> None:
        """Let a feed wait for its turn."""
        meta = {"feed": feed, "validators": (feed.etag, feed.last_modified)}
        self.spider.put(Request(feed.url, callback=self.answered, errback=self.not_answered, meta=meta, dont_filter=True), FEEDS_FIRST)

    async def look_for(self, outlet: Outlet) -> None:
        """Look at an outlet's home page for feeds, and poll those that are new."""
        discovery = await self.spider.discover_sources(outlet.url)
        feeds = await self.spider.in_store(discoveries.record, outlet.id, discovery, worker=self.spider.worker)
        self.spider.tally.counts["outlets_discovered"] += 1
        self.spider.tally.counts["feeds_found"] += len(feeds)
        for feed in feeds:
            self.put(feed)

    async def answered(self, response: Response) -> None:
        """A feed has answered."""
        feed: Feed = response.meta["feed"]
        started_at = datetime.now(UTC)
        async with self.spider.ended(response.meta["host"]):
            failure = await self.spider.answered(response)
            if failure is not None:
                poll = failed_poll(feed, started_at, failure)
                await self.spider.heed(response.meta["host"], failure)
            elif response.status == outcomes.NOT_MODIFIED:
                poll = Poll(feed=feed, started_at=started_at, status=response.status, not_modified=True)
            else:
                poll = await self.read(feed, response, started_at)
            await self.record(poll)

    async def not_answered(self, raised: Any) -> None:
        """A feed could not be fetched."""
        async with self.spider.ended(raised.request.meta["host"]):
            if isinstance(raised.value, Elsewhere):
                await self.spider.follow(raised.value.request)
                return
            failure = outcomes.of_exception(raised.value)
            await self.record(failed_poll(raised.request.meta["feed"], datetime.now(UTC), failure))
            await self.spider.heed(raised.request.meta["host"], failure)

    async def read(self, feed: Feed, response: Response, started_at: datetime) -> Poll:
        """What a feed shows; of a sitemap index, what its newest sitemaps show."""
        content_type = kinds.content_type(response)
        etag, last_modified = validators(response)
        known = await self.spider.in_store(shapes.known, feed.outlet_id) if feed.kind is FeedKind.SECTION else None
        try:
            reading = await self.spider.read_source(response.body, url=response.url, content_type=content_type, kind=feed.kind, known=known)
        except FeedUnreadable as error:
            return Poll(feed=feed, started_at=started_at, status=response.status, error=str(error.facts["problem"]))
        await self.spider.hubs.follow(feed, response, reading.announced)
        return Poll(
            feed=feed,
            started_at=started_at,
            kind=reading.kind,
            items=reading.items,
            status=response.status,
            # Its parts change without the index.
            etag=None if reading.parts else etag,
            last_modified=None if reading.parts else last_modified,
        )

    async def record(self, poll: Poll) -> None:
        """Keep what a poll showed, and fetch what is new in it."""
        spider, limits = self.spider, self.spider.limits
        keep = partial(
            polls.record,
            worker=spider.worker,
            interval_s=limits.feed_interval_s,
            longest_s=limits.feed_interval_longest_s,
            most_a_day=limits.new_pages_per_day,
        )
        try:
            new, pages = await spider.in_store(keep, poll)
        except InfrastructureError:
            raise
        except Exception as error:
            # What a feed sends must not end the crawl.
            logger.exception("poll_not_stored", feed=poll.feed.id, url=poll.feed.url)
            problem = f"what it shows can't be stored ({type(error).__name__})"
            poll = Poll(feed=poll.feed, started_at=poll.started_at, status=poll.status, error=problem)
            new, pages = await spider.in_store(keep, poll)
        spider.tally.counts["feeds_polled"] += 1
        spider.tally.counts["feeds_not_modified"] += poll.not_modified
        spider.tally.counts["feeds_failed"] += poll.error is not None
        spider.tally.counts["items"] += len(poll.items)
        spider.tally.counts["new_pages"] += new
        for page in pages:
            await spider.pages.put(page)


def failed_poll(feed: Feed, started_at: datetime, failure: Failure) -> Poll:
    """A poll that gave nothing."""
    return Poll(feed=feed, started_at=started_at, status=failure.status, error=failure.words, retry_after_s=failure.wait_s or None)
