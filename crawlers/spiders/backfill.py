"""Spider `backfill`: looks through outlets' archives for articles of past times, and fetches them, the news first.

It has the hosts that it works at for as long as it works there. So if that is long, it also does what else is due at them:
the news of no outlet waits for it. For the rest it keeps to the manners of `watch`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawlers import kinds, outcomes
from crawlers.outcomes import Failure
from crawlers.politeness import Robots
from crawlers.progress import BackfillProgress
from crawlers.reading import archives
from crawlers.reading.texts import link
from crawlers.spiders.watch import CROWD, Watch
from crawlers.tally import Looks
from pipeline import log
from pipeline.backfill import Part, PartKind, Showing, Span
from pipeline.errors import FeedUnreadable, InfrastructureError
from pipeline.models import Outlet, Page, Priority
from pipeline.store import backfills, frontier, polls

logger = log.logger("crawlers")

UNREADABLE: Final = "unreadable"
# Sitemaps are large: so many are asked for at a time.
MOST_PARTS: Final = 8
# An index in an index in an index, a page after a page after a page: deeper ones are traps.
MOST_DEPTH: Final = {PartKind.ROBOTS: 0, PartKind.SITEMAP: 6, PartKind.FEED: 10_000}
# Where sitemaps are if robots.txt names none.
GUESSES: Final = ("/sitemap.xml", "/sitemap_index.xml")
# A host that asks to be left alone is waited for so long.
PATIENCE_S: Final = 900
# What else is due at its hosts is left to other crawls for so long.
NEWS_AFTER_S: Final = 60


class Backfill(Watch):
    """Parts of archives and the pages that they show, of some outlets."""

    name = "backfill"

    def __init__(
        self,
        *,
        outlets: Sequence[Outlet],
        asked: Span,
        undated: bool,
        looks: Mapping[int, Looks],
        progress: BackfillProgress,
        **kwargs: Any,
    ) -> None:
        """What is wanted.

        Args:
            outlets: whose archives.
            asked: articles published then.
            undated: whether those of which nothing tells a time are wanted, too.
            looks: counters by outlet, to be filled.
            progress: is told how much waits.
            kwargs: as for `Watch`.

        """
        super().__init__(outlets=[outlet.id for outlet in outlets], progress=progress, **kwargs)
        self.bar = progress
        self.backfilled = outlets
        self.asked = asked
        self.undated = undated
        self.counted = looks
        self.in_hand: dict[int, str] = {}  # parts by id, with their hosts
        self.begun = False
        self.news_at = time.monotonic() + min(NEWS_AFTER_S, self.limits.feed_interval_s)

    # --- What goes out ---

    async def claim(self, started: datetime) -> bool:
        """Lease parts and pages, and whatever else is due at the hosts where this crawler works.

        Due is what is due now, not only what was `started` with: this crawl is long.
        """
        del started
        if not self.begun:
            await self.in_store(backfills.begin, self.backfilled, self.asked)
            self.begun = True
            self.bar.before = sum(left.pages for left in (await self.left()).values())
        await self.give_back()
        now, limit = await self.in_store(frontier.now), self.limits.concurrency
        here = sorted(self.held) if time.monotonic() >= self.news_at else []
        feeds = await self.in_store(polls.claim, self.worker, due_by=now, outlets=None, hosts=here, limit=limit)
        in_browser = self.browsing.busy_hosts()
        pages = await self.in_store(
            frontier.claim_pages, self.worker, due_by=now, outlets=None, hosts=here, busy_hosts=[*in_browser], limit=limit,
            lowest=Priority.REFETCH, browser=self.browsing.is_open, browser_outlets=self.browsing.outlets,
        )  # fmt: skip
        # So few that what is due is looked for again and again while they wait.
        room = limit - self.turns.waiting
        if room > limit // 4:
            busy = [*self.turns.crowded(CROWD), *in_browser]
            pages += await self.in_store(
                frontier.claim_pages, self.worker, due_by=now, outlets=self.outlets, busy_hosts=busy, limit=room,
                lowest=Priority.BACKFILL, browser=self.browsing.is_open, browser_outlets=self.browsing.outlets,
            )  # fmt: skip
        parts = await self.claim_parts(MOST_PARTS - len(self.in_hand))
        for feed in feeds:
            self.feeds.put(feed)
        for page in pages:
            await self.pages.put(page)
        for part in parts:
            self.put_part(part)
        return bool(feeds or pages or parts)

    async def claim_parts(self, limit: int) -> list[Part]:
        """Lease parts, so that only a few are in hand."""
        parts = (
            await self.in_store(backfills.claim, self.worker, outlets=self.outlets or (), asked=self.asked, limit=limit) if limit else []
        )
        self.in_hand |= {part.id: urlsplit(part.url).hostname or "" for part in parts}
        return parts

    def put_part(self, part: Part) -> None:
        """Let a part wait for its turn, among the pages."""
        if part.kind is PartKind.ROBOTS:
            self.held.add(urlsplit(part.url).hostname or "")
            self.begin(self.look_at_robots(part))
        else:
            meta = {"part": part, "download_maxsize": archives.LARGEST_BYTES}
            request = Request(part.url, callback=self.part_answered, errback=self.part_not_answered, meta=meta, dont_filter=True)
            self.put(request, Priority.BACKFILL)

    async def left(self) -> dict[int, backfills.Left]:
        """What waits for this run or another one, by outlet."""
        return await self.in_store(backfills.left, self.outlets or (), self.asked)

    async def has_to_wait(self) -> bool:
        """Whether a host wants to be left alone for a while, and something is still to be had from it."""
        return await self.in_store(backfills.has_to_wait, self.outlets or (), self.asked, longest_s=PATIENCE_S)

    # --- What comes back ---

    async def look_at_robots(self, part: Part) -> None:
        """The sitemaps that an outlet's robots.txt names; usual places if it names none."""
        try:
            robots = self.crawler.get_downloader_middleware(Robots)
            assert robots is not None, "it is among the settings"  # noqa: S101 - for the type checker
            rules = await robots.rules(part.url)
            if rules.unreachable:
                await self.part_failed(part, Failure(reason="robots_unreachable", detail=rules.unreachable))
                return
            links = (link(address, base=part.url) for address in rules.sitemaps or GUESSES)
            addresses = [address for address in links if address is not None]
            named = archives.named(((address, None) for address in addresses), of=Span(), asked=self.asked, now=datetime.now(UTC))
            await self.keep(part, Showing(parts=named, skipped=len(addresses) - len(named)), status=rules.status)
        finally:
            self.in_hand.pop(part.id, None)

    async def part_answered(self, response: Response) -> None:
        """A part has answered."""
        part: Part = response.meta["part"]
        async with self.ended(response.meta["host"]):
            try:
                failure = await self.answered(response)
                if failure is not None:
                    await self.part_failed(part, failure)
                    await self.heed(response.meta["host"], failure)
                    return
                showing = await self.read_part(part, response)
                if isinstance(showing, str):
                    await self.part_failed(part, Failure(reason=UNREADABLE, detail=showing))
                else:
                    await self.keep(part, showing, status=response.status)
            finally:
                self.in_hand.pop(part.id, None)

    async def part_not_answered(self, raised: Any) -> None:
        """A part could not be fetched."""
        host = raised.request.meta["host"]
        async with self.ended(host):
            part: Part = raised.request.meta["part"]
            self.in_hand.pop(part.id, None)
            failure = outcomes.of_exception(raised.value)
            await self.part_failed(part, failure)
            await self.heed(host, failure)

    async def read_part(self, part: Part, response: Response) -> Showing | str:
        """What a part shows of the times asked for, or in words why it can't be read."""
        content_type = kinds.content_type(response)
        try:
            return await self.parser.run(
                archives.read, response.body, url=response.url, content_type=content_type, part=part, asked=self.asked,
                undated=self.undated, now=datetime.now(UTC),
            )  # fmt: skip
        except FeedUnreadable as error:
            return str(error.facts["problem"])

    async def keep(self, part: Part, showing: Showing, *, status: int | None, error: str | None = None) -> None:
        """Keep what a part shows."""
        if showing.parts and part.depth >= MOST_DEPTH[part.kind] > 0:
            error = f"{part.depth} others lead to it: what it names is not read"
            showing = replace(showing, parts=())
        try:
            new = await self.in_store(backfills.record, part, showing, asked=self.asked, status=status, error=error)
        except InfrastructureError:
            raise
        except Exception as problem:
            # What an archive shows must not end the backfill.
            logger.exception("part_not_stored", part=part.id, url=part.url)
            await self.part_failed(part, Failure(reason=UNREADABLE, detail=f"what it shows can't be stored ({type(problem).__name__})"))
            return
        counted = self.counted[part.outlet_id]
        counted.add(showing, new=new, is_list=part.kind is not PartKind.ROBOTS)
        self.tally.counts["new_pages"] += new
        if error:
            counted.unread[part.url] = error

    async def part_failed(self, part: Part, failure: Failure) -> None:
        """Keep why a part shows nothing. What is not there has been looked at."""
        if failure.status in {frontier.NOT_FOUND, frontier.GONE}:
            is_expected = (part.kind is PartKind.FEED and part.depth > 0) or urlsplit(part.url).path in GUESSES
            await self.keep(part, Showing(), status=failure.status, error=None if is_expected else failure.words)
            return
        words = failure.detail if failure.reason == UNREADABLE else failure.words
        self.counted[part.outlet_id].unread[part.url] = words
        await self.in_store(
            backfills.record_failure,
            part,
            error=words,
            status=failure.status,
            final=failure.final or failure.reason == UNREADABLE,
            wait_s=failure.wait_s,
        )

    def landed(self, page: Page, size_bytes: int, *, stored: bool) -> None:
        """Count what was fetched, apart from news and re-fetches."""
        super().landed(page, size_bytes, stored=stored)
        if page.priority is Priority.BACKFILL and page.outlet_id in self.counted:
            counted = self.counted[page.outlet_id]
            counted.counts["fetched" if stored else "unchanged"] += 1
            counted.failed.pop(page.id, None)

    async def give_up(self, page: Page, failure: Failure, *, host: str = "") -> None:
        """Count what was not fetched, too."""
        if page.priority is Priority.BACKFILL and page.outlet_id in self.counted:
            self.counted[page.outlet_id].failed[page.id] = failure.reason
        await super().give_up(page, failure, host=host)

    async def step_back(self, host: str, reason: str, seconds: float | None) -> None:
        """Parts that wait for the host are in hand no more."""
        await super().step_back(host, reason, seconds)
        self.in_hand = {part: its for part, its in self.in_hand.items() if its != host}

    async def closed(self, reason: str) -> None:
        """Give back the parts that were not looked at, too."""
        if self.broken is None:
            await self.in_store(backfills.release, self.worker)
        await super().closed(reason)
