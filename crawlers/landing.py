"""Item pipeline: what was fetched goes into the store, and only then counts as fetched."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, cast

from scrapy.crawler import Crawler
from scrapy.http import Response

from crawlers import kinds
from crawlers.conditional import validators
from crawlers.outcomes import Failure
from pipeline import log
from pipeline.errors import InfrastructureError
from pipeline.models import Capture, Page, Priority
from pipeline.store import captures

if TYPE_CHECKING:
    from crawlers.spiders.watch import Watch

logger = log.logger("crawlers")

# In one transaction, unless one is larger.
TOGETHER_BYTES: Final = 16_000_000
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
    content_type = kinds.content_type(response).replace("\x00", "")
    said = [line.decode("latin-1").replace("\x00", "").strip() for line in response.headers.getlist("X-Robots-Tag")]
    return Capture(
        page_id=page.id,
        fetched_at=fetched_at,
        url=response.url,
        status=response.status,
        content_type=content_type if rendered is None else "text/html; charset=utf-8",
        body=response.body if rendered is None else rendered,
        body_gzip=response.meta.get("body_gzip", b""),
        etag=etag,
        last_modified=last_modified,
        certificate=response.meta.get("certificate"),
        robots_tag="\n".join(said)[:LONGEST_ROBOTS_TAG] or None,
        rendered=rendered is not None,
    )


class Landing:
    """Stores captures, each with its page's state and the work that follows.

    What comes in while a transaction runs goes into the next one together: a commit costs more than a capture.
    """

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.waiting: list[tuple[Landed, asyncio.Future[bool]]] = []
        self.storing: asyncio.Task[None] | None = None

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
                stored = await self.stored(item)
            except InfrastructureError:
                raise
            except Exception as error:
                # One page must not end the crawl: it is recorded, and tried again.
                logger.exception("capture_not_stored", page=item.page.id, url=item.page.url)
                await self.spider.give_up(item.page, Failure(reason="not_stored", detail=type(error).__name__))
            else:
                self.spider.landed(item.page, len(item.capture.body), stored=stored)
        return item

    async def stored(self, item: Landed) -> bool:
        """Wait until a capture is stored; tells whether it is another than the one before."""
        ended: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.waiting.append((item, ended))
        if self.storing is None:
            self.storing = asyncio.create_task(self._store_waiting())
        return await ended

    async def _store_waiting(self) -> None:
        while self.waiting:
            count = sum(size <= TOGETHER_BYTES for size in itertools.accumulate(len(item.capture.body) for item, _ in self.waiting)) or 1
            landed, self.waiting = self.waiting[:count], self.waiting[count:]
            outcomes = await asyncio.to_thread(self._store, [item for item, _ in landed])
            for (_, ended), outcome in zip(landed, outcomes, strict=True):
                if ended.cancelled():
                    continue
                if isinstance(outcome, BaseException):
                    ended.set_exception(outcome)
                else:
                    ended.set_result(outcome)
        self.storing = None

    def _store(self, items: Sequence[Landed]) -> list[bool | BaseException]:
        """Store captures in one transaction; if that fails because of one of them, each in its own."""
        ages = self.spider.limits.refetch_after_s
        try:
            with self.spider.database.transaction() as connection:
                ids = captures.store_all(connection, [(item.capture, item.priority) for item in items], refetch_after_s=ages)
                return [capture_id is not None for capture_id in ids]
        except InfrastructureError as error:
            return [error for _ in items]
        except Exception as error:  # noqa: BLE001 - whose it is tells what becomes of it
            return [error] if len(items) == 1 else [self._store([item])[0] for item in items]
