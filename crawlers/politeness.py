"""Downloader middleware: robots.txt is obeyed (RFC 9309), also when it can't be read, which counts as a ban."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawlers import outcomes
from crawlers.outcomes import Refused

AGENT: Final = "presswatch"
# RFC 9309, 2.5: at least so much of the file is read.
LARGEST_BYTES: Final = 512_000
AGENT_LINE: Final = re.compile(r"^([ \t\ufeff]*user[ -]?agent[ \t]*:[ \t]*)([^\r\n#]*)", re.IGNORECASE | re.MULTILINE)
PRODUCT: Final = re.compile(r"[a-z_-]*", re.IGNORECASE)
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

    @classmethod
    def of_response(cls, response: Response) -> Rules:
        """RFC 9309, 2.3.1: 4xx means no rules, 5xx means that nothing may be fetched. 429 asks to stay away, too."""
        if response.status in outcomes.OK:
            return cls(parsed=Protego.parse(AGENT_LINE.sub(_named, _readable(response.body).decode("utf-8-sig", "replace"))))
        if response.status < 500 and response.status != outcomes.TOO_MANY_REQUESTS:  # noqa: PLR2004 - the class of server errors
            return cls()
        return cls(unreachable=f"it answers {response.status}")

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
    """Fetches each host's robots.txt once a run, and refuses what it disallows."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._asked: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Robots:
        """As Scrapy makes its middlewares."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Check a request, unless it is one for a robots.txt.

        Raises:
            Refused: it is disallowed.

        """
        if not request.meta.get("is_robots"):
            refused = (await self.rules(request.url)).refusal(request.url)
            if refused is not None:
                raise refused

    async def rules(self, url: str) -> Rules:
        """The rules for a URL's scheme, host and port."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._asked:
            self._asked[origin] = asyncio.ensure_future(self._fetch(f"{origin}/robots.txt"))
        # One request that is cancelled must not take the rules from the others.
        return await asyncio.shield(self._asked[origin])

    async def _fetch(self, url: str) -> Rules:
        request = Request(url, priority=PRIORITY, meta={"is_robots": True}, callback=NO_CALLBACK, dont_filter=True)
        assert self.crawler.engine is not None, "a request is being processed"  # noqa: S101 - for the type checker
        try:
            return Rules.of_response(await self.crawler.engine.download_async(request))
        except Exception as error:  # noqa: BLE001 - whatever it is, the file can't be read, and the reason is kept
            failure = outcomes.of_exception(error)
            # RFC 9309, 2.3.1.2: a file behind too many redirects counts as absent.
            return Rules() if failure.reason == "redirect_loop" else Rules(unreachable=failure.words)
