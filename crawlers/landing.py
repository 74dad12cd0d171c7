"""Item pipeline: what was fetched goes into the store, and only then counts as fetched."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast

from scrapy.crawler import Crawler
from scrapy.http import Response

from crawlers.conditional import validators
from crawlers.outcomes import Failure
from pipeline import log
from pipeline.errors import InfrastructureError
from pipeline.models import Capture, Page, Priority
from pipeline.store import captures

if TYPE_CHECKING:
    from crawlers.spiders.watch import Watch

logger = log.logger("crawlers")

LONGEST_ROBOTS_TAG: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """A page and its bytes."""

    page: Page
    capture: Capture
    host: str  # whose turn ends when it is stored

    @property
    def priority(self) -> Priority:
        """Of the work that follows: its page's, which is news until it was fetched, and again where that brought no text."""
        return min(self.page.priority, Priority.BACKLOG)


def capture_of(page: Page, response: Response, fetched_at: datetime, *, rendered: bytes | None = None) -> Capture:
    """What is kept of an answer, or of the page that the browser made of it."""
    etag, last_modified = (None, None) if rendered is not None else validators(response)
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1").replace("\x00", "")
    said = [line.decode("latin-1").replace("\x00", "").strip() for line in response.headers.getlist("X-Robots-Tag")]
    return Capture(
        page_id=page.id,
        fetched_at=fetched_at,
        url=response.url,
        status=response.status,
        content_type=content_type if rendered is None else "text/html; charset=utf-8",
        body=response.body if rendered is None else rendered,
        etag=etag,
        last_modified=last_modified,
        certificate=response.meta.get("certificate"),
        robots_tag="\n".join(said)[:LONGEST_ROBOTS_TAG] or None,
        rendered=rendered is not None,
    )


class Landing:
    """Stores captures, each in a transaction of its own with its page's state and the work that follows."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @property
    def spider(self) -> Watch:
        """The spider whose captures land here."""
        return cast("Watch", self.crawler.spider)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Landing:
        """As Scrapy makes its pipelines."""
        return cls(crawler)

    async def process_item(self, item: Landed) -> Landed:
        """Store a capture; one that can't be stored is a failure of its page, unless the database is away."""
        async with self.spider.ended(item.host):
            try:
                stored = await asyncio.to_thread(self._store, item)
            except InfrastructureError:
                raise
            except Exception as error:
                # One page must not end the crawl: it is recorded, and tried again.
                logger.exception("capture_not_stored", page=item.page.id, url=item.page.url)
                await self.spider.give_up(item.page, Failure(reason="not_stored", detail=type(error).__name__))
            else:
                self.spider.landed(item.page, len(item.capture.body), stored=stored is not None)
        return item

    def _store(self, item: Landed) -> int | None:
        ages = self.spider.limits.refetch_after_s
        with self.spider.database.transaction() as connection:
            return captures.store(connection, item.capture, priority=item.priority, refetch_after_s=ages)
