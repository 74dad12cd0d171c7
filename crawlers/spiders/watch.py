"""Spider `watch`: polls the feeds that are due, and fetches new articles and what else is due, in one run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.http import Response
from twisted.python.failure import Failure as Raised

from crawlers import outcomes
from crawlers.browser import Browser
from crawlers.browsing import Browsing, Way
from crawlers.feeds import FEEDS_FIRST, Feeds
from crawlers.hubs import Hubs
from crawlers.looking import Looks
from crawlers.manners import LONGEST_PAUSE_S, Manners
from crawlers.outcomes import Failure
from crawlers.pages import Pages
from crawlers.progress import Progress
from crawlers.spiders.base import Looking
from crawlers.tally import Tally
from crawlers.turns import Turns
from pipeline.config import Settings
from pipeline.errors import InfrastructureError
from pipeline.models import Page
from pipeline.store import discoveries, frontier, hosts, polls, rendering
from pipeline.store.database import Connection, Database

# A host with so many entries waiting gets no more of the due pages until others had theirs.
CROWD: Final = 16
# After the time budget, requests under way get so long to end.
GRACE_S: Final = 5.0
# While nothing can be handed out, the time and the frontier are looked at so often.
TICK_S: Final = 0.5

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class Watch(Looking):
    """What is due now: discoveries, feeds, new articles, retries and re-fetches."""

    name = "watch"
    custom_settings = {"ITEM_PIPELINES": {"crawlers.landing.Landing": 100}}  # noqa: RUF012 - Scrapy's way

    def __init__(
        self,
        *,
        limits: Settings,
        database: Database,
        tally: Tally,
        progress: Progress,
        outlets: Sequence[int] | None = None,
        max_seconds: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.limits = limits
        self.database = database
        self.tally = tally
        self.progress = progress
        self.outlets = outlets
        self.deadline = float("inf") if max_seconds is None else time.monotonic() + max_seconds
        self.turns: Turns[Request | tuple[Page, Way]] = Turns(
            delay_s=limits.delay_s, per_host=limits.per_host, concurrency=limits.concurrency
        )
        self.looks: set[asyncio.Task[None]] = set()
        self.manners = Manners(delay_s=limits.delay_s)
        self.held: set[str] = set()
        self.changed = asyncio.Event()
        self.broken: BaseException | None = None
        self.worker = 0
        self.browser: Browser
        self.browsing: Browsing
        self.hubs = Hubs(self)
        self.looking = Looks(self)
        self.leasing = asyncio.Lock()
        self.feeds = Feeds(self)
        self.pages = Pages(self)

    @classmethod
    def from_crawler(cls, crawler: Any, *args: Any, **kwargs: Any) -> Watch:
        """As Scrapy makes its spiders."""
        spider: Watch = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.on_error, signals.spider_error)
        spider.browser = Browser(crawler)
        spider.browsing = Browsing(
            book=crawler.settings["PRESSWATCH_RULES"],
            pages=spider.limits.browser_pages,
            installed=crawler.settings["PRESSWATCH_BROWSER"] is not None,
            at=datetime.now(UTC),
        )
        return spider

    # --- What goes out, and when ---

    async def start(self) -> AsyncIterator[Request]:
        """Hand out requests as their hosts can take them, until nothing is due or the time is up."""
        next_claim_at = 0.0
        try:
            self.worker = await asyncio.to_thread(self.database.worker)
            started = await self.in_store(frontier.now)
            self.browsing.outlets = await self.in_store(rendering.learned)
            while not self.time_is_up:
                now = time.monotonic()
                idle = not (self.turns.waiting or self.turns.in_flight or self.turns.kept or self.looks)
                if idle or (self.turns.waiting < self.limits.concurrency and now >= next_claim_at):
                    claimed = await self.claim(started)
                    if idle and not claimed and not await self.has_to_wait():
                        break
                    next_claim_at = now if claimed else now + TICK_S
                self.progress.show(self.tally, waiting=self.turns.waiting + self.turns.in_flight)
                entry = self.turns.take(time.monotonic())
                if entry is None:
                    await self.wait()
                    continue
                request = entry if isinstance(entry, Request) else await self.pages.request(*entry)
                if request is not None:
                    left = self.last_moment - time.monotonic()
                    request.meta["download_timeout"] = min(self.limits.fetch_timeout_s, left)
                    yield request
            else:
                self.tally.interrupted = True
        except InfrastructureError as error:
            self.stop(error)
        finally:
            for look in self.looks:
                look.cancel()

    @property
    def time_is_up(self) -> bool:
        """Whether nothing more is to be begun."""
        return self.broken is not None or time.monotonic() >= self.deadline

    @property
    def last_moment(self) -> float:
        """When what is under way has to end."""
        return self.deadline + GRACE_S

    async def wait(self) -> None:
        """Wait until a turn may come up, something ends, or a moment has passed."""
        self.changed.clear()
        turn_s = self.turns.wait_s(time.monotonic())
        try:
            await asyncio.wait_for(self.changed.wait(), TICK_S if turn_s is None else min(TICK_S, turn_s))
        except TimeoutError:
            return

    async def claim(self, started: datetime) -> bool:
        """Lease what is due and let it wait for its turn; tells whether there was anything."""
        outlets, limit = self.outlets, self.limits.concurrency
        await self.give_back()
        busy = [*self.turns.crowded(CROWD), *self.browsing.busy_hosts()]
        from_hubs = await self.hubs.claim()
        looked_for = await self.in_store(discoveries.claim, self.worker, outlets=outlets, limit=limit)
        feeds = await self.in_store(polls.claim, self.worker, due_by=started, outlets=outlets, limit=limit)
        pages = await self.in_store(
            frontier.claim_pages, self.worker, due_by=started, outlets=outlets, busy_hosts=busy, limit=limit,
            browser=self.browsing.is_open, browser_outlets=self.browsing.outlets,
        )  # fmt: skip
        for outlet in looked_for:
            self.begin(self.feeds.look_for(outlet))
        for feed in feeds:
            self.feeds.put(feed)
        for page in pages:
            await self.pages.put(page)
        return bool(from_hubs or looked_for or feeds or pages)

    def begin(self, look: Coroutine[Any, Any, None]) -> None:
        """Do something beside the requests that wait for their turns."""
        task = asyncio.create_task(look)
        self.looks.add(task)
        task.add_done_callback(self.looked)

    async def has_to_wait(self) -> bool:
        """Whether something that can't be claimed now is to be waited for."""
        return False

    def put(self, request: Request, priority: int) -> None:
        """Let a request wait for its host's turn."""
        request.meta["host"] = urlsplit(request.url).hostname or ""
        self.line_up(request.meta["host"], request, priority)

    async def put_at(self, host: str, request: Request, priority: int) -> bool:
        """Let a request wait for its turn at a host that is not leased yet; false if it can't be had now."""
        async with self.leasing:
            if not await self.in_store(hosts.take, self.worker, [host]):
                return False
            self.put(request, priority)
        return True

    async def look(self, url: str) -> Response | Failure:
        """An answer for discovery, in its host's turn."""
        return await self.looking.fetch(url)

    def line_up(self, host: str, entry: Request | tuple[Page, Way], priority: int) -> None:
        """Let something wait for its host's turn."""
        self.held.add(host)
        self.turns.put(host, entry, priority=priority)
        self.changed.set()

    # --- What comes back ---

    def landed(self, page: Page, size_bytes: int, *, stored: bool) -> None:
        """A page's capture is stored, or is the same as the one before."""
        del page
        self.tally.counts["fetched" if stored else "unchanged"] += 1
        self.tally.counts["bytes"] += size_bytes

    async def follow(self, request: Request) -> None:
        """Let a redirect to another host wait for its turn there; what leads to a host that can't be had now stays due."""
        host = urlsplit(request.url).hostname or ""
        page: Page | None = request.meta.get("page")
        if not await self.put_at(host, request, page.priority if page else FEEDS_FIRST):
            row_id = page.id if page else request.meta["feed"].id
            await self.in_store(hosts.wait_for, "pages" if page else "feeds", row_id, host)
            self.tally.counts["postponed"] += 1

    async def give_up(self, page: Page, failure: Failure, *, host: str = "") -> None:
        """Record why a page was not fetched; a host that asks to be left alone is."""
        self.tally.fail(failure)
        await self.in_store(
            frontier.record_failure,
            page,
            reason=failure.reason,
            status=failure.status,
            final=failure.final,
            retry_after_s=failure.wait_s,
        )
        await self.heed(host or urlsplit(page.url).hostname or "", failure)

    async def answered(self, response: Response) -> Failure | None:
        """What is wrong with an answer, if anything; its host is given the pause that it asks for."""
        failure = outcomes.of_response(response)
        host = response.meta["host"]
        if response.status >= outcomes.SERVER_ERROR or (failure is not None and failure.wait_s):
            return failure
        delay_s = self.manners.heard(host, delay_s=response.meta.get("crawl_delay_s", 0.0))
        self.turns.pace(host, delay_s)
        if delay_s > LONGEST_PAUSE_S:
            await self.step_back(host, "crawl_delay", delay_s)
        return failure

    async def heed(self, host: str, failure: Failure) -> None:
        """Leave a host alone that asks for it, or that does not answer."""
        if failure.wait_s or self.manners.is_down(host, failure):
            await self.step_back(host, failure.reason, failure.wait_s or None)

    async def step_back(self, host: str, reason: str, seconds: float | None) -> None:
        """Fetch nothing from a host for some time; what waits for it stays due."""
        self.looking.close(host, self.turns.drop(host))
        self.tally.counts["postponed"] += await self.in_store(hosts.leave_alone, self.worker, host, reason=reason, seconds=seconds)
        self.looking.close(host, self.turns.drop(host))  # what came in between

    async def give_back(self) -> None:
        """Let other crawlers have the hosts that this one is done with."""
        async with self.leasing:
            done = frozenset(self.held) - self.turns.hosts() - self.looking.needed()
            if done:
                pauses_s, answered = self.manners.pauses_s(done), self.manners.take_answered()
                await self.in_store(hosts.give_back, self.worker, pauses_s=pauses_s, answered=answered)
                self.held -= done

    # --- Around it ---

    async def in_store(
        self, function: Callable[Concatenate[Connection, Parameters], Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """Call a function of the store in a transaction of its own, beside the reactor."""

        def call() -> Result:
            with self.database.transaction() as connection:
                return function(connection, *args, **kwargs)

        return await asyncio.to_thread(call)

    @asynccontextmanager
    async def ended(self, host: str) -> AsyncIterator[None]:
        """Around what is done with an answer: then its host can take the next request."""
        try:
            yield
        except InfrastructureError as error:
            self.stop(error)
        finally:
            self.turns.done(host)
            self.changed.set()

    def stop(self, error: BaseException) -> None:
        """Begin nothing more: something is wrong that concerns everything. What is leased stays due."""
        self.broken = self.broken or error
        self.changed.set()

    def on_error(self, failure: Raised) -> None:
        """Scrapy's signal that a callback failed."""
        self.stop(failure.value or RuntimeError())

    def looked(self, look: asyncio.Task[None]) -> None:
        """What was done beside the requests has ended."""
        self.looks.discard(look)
        if not look.cancelled() and look.exception() is not None:
            self.stop(look.exception() or RuntimeError())
        self.changed.set()

    async def closed(self, reason: str) -> None:
        """The crawl ends: what was not fetched is given back, still due."""
        await self.browser.close()
        self.tally.interrupted = self.tally.interrupted or reason != "finished"
        if self.broken is None:
            await self.in_store(frontier.release, self.worker)
            await self.give_back()
