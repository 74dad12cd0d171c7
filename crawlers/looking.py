"""Discovery beside a crawl: what it asks of a host waits for its turn there, as feeds and pages do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawlers import outcomes
from crawlers.manners import LONGEST_PAUSE_S
from crawlers.outcomes import Failure
from crawlers.redirects import Elsewhere

if TYPE_CHECKING:
    from crawlers.spiders.watch import Watch

# Before the feeds and pages of its host.
PRIORITY: Final = -1
# A host that others fetch from is asked for so often, as long as its pause may be.
TICK_S: Final = 0.5


class Looks:
    """The requests of looks under way, and the hosts that these keep."""

    def __init__(self, spider: Watch) -> None:
        self.spider = spider
        self.hosts: set[str] = set()
        self.closed: set[str] = set()

    async def fetch(self, url: str) -> Response | Failure:
        """The answer of a URL that can be taken, once it was its host's turn, or why there is none."""
        answer: asyncio.Future[Response | Failure] = asyncio.get_running_loop().create_future()
        try:
            request = Request(url, callback=self.answered, errback=self.not_answered, meta={"look": answer}, dont_filter=True)
        except ValueError:
            return Failure(reason="bad_url")
        await self.ask(request)
        return await answer

    async def ask(self, request: Request) -> None:
        """Let a request wait for its turn; one to a host that can't be had is answered by that."""
        host = urlsplit(request.url).hostname or ""
        until = time.monotonic() + LONGEST_PAUSE_S
        while host not in self.closed:
            if await self.spider.put_at(host, request, PRIORITY):
                self.hosts.add(host)
                return
            if time.monotonic() >= until:
                self.closed.add(host)
            else:
                await asyncio.sleep(TICK_S)
        end(request, Failure(reason="host_busy"))

    def needed(self) -> frozenset[str]:
        """Hosts that are not given back before all looks under way have ended: a look that has half of its answers is worth little."""
        if not self.spider.looks:
            self.hosts.clear()
        return frozenset(self.hosts)

    def close(self, host: str, dropped: Iterable[object]) -> None:
        """A host is left alone for the rest of the run; what was to be asked there is answered by that."""
        self.closed.add(host)
        self.hosts.discard(host)
        for entry in dropped:
            if isinstance(entry, Request) and "look" in entry.meta:
                end(entry, Failure(reason="host_busy"))

    async def answered(self, response: Response) -> None:
        """A host has answered."""
        host = response.meta["host"]
        async with self.spider.ended(host):
            failure = await self.spider.answered(response)
            if failure is not None:
                await self.spider.heed(host, failure)
            end(response, failure or response)

    async def not_answered(self, raised: Any) -> None:
        """A host did not answer, or the answer leads to another one."""
        request: Request = raised.request
        async with self.spider.ended(request.meta["host"]):
            if isinstance(raised.value, Elsewhere):
                self.spider.begin(self.ask(raised.value.request))
            else:
                failure = outcomes.of_exception(raised.value)
                await self.spider.heed(request.meta["host"], failure)
                end(request, failure)


def end(asked: Request | Response, answer: Response | Failure) -> None:
    """Give a look its answer, unless the look was cancelled."""
    if not asked.meta["look"].done():
        asked.meta["look"].set_result(answer)
