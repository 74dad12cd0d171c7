"""Downloader middleware: robots.txt is obeyed (RFC 9309), also when it can't be read, which counts as a ban."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawlers import outcomes
from crawlers.manners import LONGEST_PAUSE_S
from crawlers.outcomes import Refused
from pipeline.store import hosts
from pipeline.store.hosts import Robots as Record

AGENT: Final = "presswatch"
# RFC 9309, 2.5: at least so much of the file is read.
LARGEST_BYTES: Final = 512_000
AGENT_LINE: Final = re.compile(r"^([ \t\ufeff]*user[ -]?agent[ \t]*:[ \t]*)([^\r\n#]*)", re.IGNORECASE | re.MULTILINE)
PRODUCT: Final = re.compile(r"[a-z_-]*", re.IGNORECASE)
# RFC 9309, 2.4: a file is used for a day; one that can't be read any more, for a month.
FRESH: Final = timedelta(hours=24)
USABLE: Final = timedelta(days=30)
# A file that can't be read is asked for again after this.
ASK_AGAIN: Final = timedelta(minutes=5)
# Before anything else of its host.
PRIORITY: Final = 1_000


def _readable(body: bytes) -> bytes:
    """The part of a file that is read, up to the end of a line: the rest of a rule that is cut would say too much."""
    if len(body) <= LARGEST_BYTES:
        return body
    read = body[:LARGEST_BYTES]
    return read[: max(read.rfind(b"\n"), read.rfind(b"\r")) + 1]


def _named(line: re.Match[str]) -> str:
    """A line that opens a group, for a parser that takes `press` for us: product tokens are equal or not (RFC 9309, 2.2.1)."""
    name = line[2].strip()
    product = PRODUCT.match(name)
    if name.startswith("*") or (product and product[0].lower() == AGENT):
        return f"{line[1]}{'*' if name.startswith('*') else AGENT}"
    return f"{line[1]}another"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a host's robots.txt says; for a file that can't be read, why."""

    parsed: Protego | None = None
    unreachable: str = ""
    status: int = 404
    body: bytes = b""

    @classmethod
    def of_response(cls, response: Response) -> Rules:
        """RFC 9309, 2.3.1: 4xx means no rules, 5xx means that nothing may be fetched. 429 asks to stay away, too."""
        if response.status in outcomes.OK:
            return cls.of_body(response.body)
        if response.status < outcomes.SERVER_ERROR and response.status != outcomes.TOO_MANY_REQUESTS:
            return cls()
        return cls(unreachable=f"it answers {response.status}")

    @classmethod
    def of_body(cls, body: bytes) -> Rules:
        """The rules of a file, as far as it is read."""
        read = _readable(body)
        return cls(parsed=Protego.parse(AGENT_LINE.sub(_named, read.decode("utf-8-sig", "replace"))), status=200, body=read)

    @classmethod
    def of_record(cls, record: Record) -> Rules:
        """The rules as they were last read."""
        return cls.of_body(record.body) if record.status in outcomes.OK else cls()

    @property
    def delay_s(self) -> float:
        """The pause between two fetches that the file asks for; 0 if it does not. Not in the RFC, and widely kept."""
        asked = (self.parsed.crawl_delay(AGENT) if self.parsed is not None else None) or 0.0
        return min(max(float(asked), 0.0), outcomes.LONGEST_WAIT_S)

    def refusal(self, url: str) -> Refused | None:
        """Why a URL must not be fetched; null if it may."""
        if self.unreachable:
            return Refused("robots_unreachable", self.unreachable)
        if self.parsed is not None and not self.parsed.can_fetch(url, AGENT):
            return Refused("robots")
        return None

    @property
    def sitemaps(self) -> list[str]:
        """The sitemaps that the file names."""
        return list(self.parsed.sitemaps) if self.parsed is not None else []


class Robots:
    """Fetches each host's robots.txt once a day, and refuses what it disallows."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._asked: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Robots:
        """As Scrapy makes its middlewares."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Check a request, unless it is one for a robots.txt or for a part of a page; the delay that its host asks for goes with it.

        Raises:
            Refused: it is disallowed.

        """
        if not (request.meta.get("is_robots") or request.meta.get("is_part")):
            rules = await self.rules(request.url)
            request.meta["crawl_delay_s"] = rules.delay_s
            self._slow_down(request, rules.delay_s)
            refused = rules.refusal(request.url)
            if refused is not None:
                raise refused

    def _slow_down(self, request: Request, delay_s: float) -> None:
        """Let Scrapy keep the delay, too, between all that is asked of the host: not all of it comes in turns. The longest are not waited for."""
        assert self.crawler.engine is not None, "a request is being processed"  # noqa: S101 - for the type checker
        downloader = self.crawler.engine.downloader
        slot = downloader.slots.get(downloader.get_slot_key(request))
        if slot is not None:
            slot.delay = max(slot.delay, min(delay_s, LONGEST_PAUSE_S))

    async def rules(self, url: str) -> Rules:
        """The rules for a URL's scheme, host and port."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._asked:
            self._asked[origin] = asyncio.ensure_future(self._known(origin))
        # One request that is cancelled must not take the rules from the others.
        return await asyncio.shield(self._asked[origin])

    async def _known(self, origin: str) -> Rules:
        """The rules as last read while they are fresh, else as read now; RFC 9309, 2.3.1.4 and 2.4, for when that fails."""
        in_store = getattr(self.crawler.spider, "in_store", None)
        if in_store is None:  # discovery on the command line needs no store
            return await self._fetch(origin)
        record, now = await in_store(hosts.robots, origin), datetime.now(UTC)
        if record.fetched_at and now - record.fetched_at < FRESH:
            return Rules.of_record(record)
        if record.failed_at and now - record.failed_at < ASK_AGAIN:
            return self._without(record, record.error or "", now)
        rules = await self._fetch(origin)
        if rules.unreachable:
            await in_store(hosts.keep_robots_failure, origin, rules.unreachable)
            return self._without(record, rules.unreachable, now)
        await in_store(hosts.keep_robots, origin, status=rules.status, body=rules.body)
        return rules

    @staticmethod
    def _without(record: Record, error: str, now: datetime) -> Rules:
        """What holds while a file can't be read: what it said before, for a month; else nothing may be fetched."""
        if record.fetched_at and now - record.fetched_at < USABLE:
            return Rules.of_record(record)
        return Rules(unreachable=error)

    async def _fetch(self, origin: str) -> Rules:
        request = Request(f"{origin}/robots.txt", priority=PRIORITY, meta={"is_robots": True}, callback=NO_CALLBACK, dont_filter=True)
        assert self.crawler.engine is not None, "a request is being processed"  # noqa: S101 - for the type checker
        try:
            return Rules.of_response(await self.crawler.engine.download_async(request))
        except Exception as error:  # noqa: BLE001 - whatever it is, the file can't be read, and the reason is kept
            failure = outcomes.of_exception(error)
            # RFC 9309, 2.3.1.2: a file behind too many redirects counts as absent.
            return Rules() if failure.reason == "redirect_loop" else Rules(unreachable=failure.words)
