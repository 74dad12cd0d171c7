"""WebSub in a crawl: subscriptions at the hubs that feeds announce, and what hubs have sent.

Pushes arrive at the web server, which only keeps them. Here they are read as polls are, in the process that can be killed.
A hub is asked as any host is: in its turn, past the guard, obeying its robots.txt.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from scrapy import FormRequest
from scrapy.http import Response

from crawlers import outcomes
from crawlers.outcomes import Failure
from crawlers.reading.texts import link, plain
from pipeline import log
from pipeline.errors import FeedUnreadable, InfrastructureError
from pipeline.models import Feed, FeedItem, FeedKind, Page
from pipeline.store import pushes, subscriptions
from pipeline.store.pushes import Push
from pipeline.websub import Announced, Ask

if TYPE_CHECKING:
    from crawlers.spiders.watch import Watch

logger = log.logger("crawlers")

# Before a host's feeds.
PRIORITY: Final = -2
LONGEST_WORDS: Final = 200
# Hubs redirect by 307 and 308; the others would make a GET of the request, to something that is no hub. Errors are ours to record.
TAKEN_AS_THEY_ARE: Final = (301, 302, 303, *range(400, 600))


class Hubs:
    """The part of the spider `watch` that deals with hubs."""

    def __init__(self, spider: Watch) -> None:
        self.spider = spider

    async def claim(self) -> bool:
        """Begin to read what hubs have sent, and to ask hubs what is due; tells whether there was anything."""
        spider = self.spider
        limit = spider.limits.concurrency
        received = await spider.in_store(pushes.claim, spider.worker, outlets=spider.outlets, limit=limit)
        if received:
            spider.begin(self.read(received))
        if not spider.limits.websub_url:
            return bool(received)
        asks = await spider.in_store(subscriptions.claim, spider.worker, outlets=spider.outlets, limit=limit)
        for ask in asks:
            meta = {"ask": ask, "handle_httpstatus_list": TAKEN_AS_THEY_ARE}
            try:
                request = FormRequest(
                    ask.hub, formdata=ask.form(), meta=meta, callback=self.answered, errback=self.not_answered, dont_filter=True
                )
            except ValueError:
                await self.fail(ask, Failure(reason="bad_url"))
            else:
                spider.put(request, PRIORITY)
        return bool(received or asks)

    # --- Subscriptions ---

    async def follow(self, feed: Feed, response: Response, said: Announced) -> None:
        """Subscribe to a feed where it says, and nowhere else; HTTP headers count before what the body says."""
        base = self.spider.limits.websub_url
        if base:
            header = in_headers(response)
            hub, topic = header.hub or said.hub, header.topic or said.topic or response.url
            announced = Announced(hub=hub, topic=topic) if hub else None
            await self.spider.in_store(subscriptions.follow, feed.id, announced, base=base)

    async def answered(self, response: Response) -> None:
        """A hub has answered; whether it took the request it says later, at the callback."""
        ask: Ask = response.meta["ask"]
        async with self.spider.ended(response.meta["host"]):
            self.spider.tally.counts["hubs_asked"] += 1
            failure = await self.spider.answered(response)
            if failure is None:
                await self.spider.in_store(subscriptions.record_answer, ask.id, None)
            else:
                await self.fail(ask, failure, said=plain(response.text, most=LONGEST_WORDS) if is_text(response) else None)
                await self.spider.heed(response.meta["host"], failure)

    async def not_answered(self, raised: Any) -> None:
        """A hub could not be asked."""
        request = raised.request
        async with self.spider.ended(request.meta["host"]):
            self.spider.tally.counts["hubs_asked"] += 1
            failure = outcomes.of_exception(raised.value)
            await self.fail(request.meta["ask"], failure)
            await self.spider.heed(request.meta["host"], failure)

    async def fail(self, ask: Ask, failure: Failure, *, said: str | None = None) -> None:
        """Keep why a hub did not take a request."""
        error = f"{failure.words}: {said}" if said else failure.words
        await self.spider.in_store(subscriptions.record_answer, ask.id, error, final=failure.final)

    # --- Pushes ---

    async def read(self, received: list[Push]) -> None:
        """Take in what hubs have sent, in the order in which it came, and fetch what is new in it."""
        for push in received:
            try:
                reading = await self.spider.parser.read(push.body, url=push.topic, content_type=push.content_type, kind=FeedKind.FEED)
            except FeedUnreadable as error:
                new, pages = await self.record(push, (), problem=str(error.facts["problem"]))
            else:
                new, pages = await self.record(push, reading.items)
            self.spider.tally.counts["pushes"] += 1
            self.spider.tally.counts["new_pages"] += new
            for page in pages:
                await self.spider.pages.put(page)

    async def record(self, push: Push, items: tuple[FeedItem, ...], *, problem: str | None = None) -> tuple[int, list[Page]]:
        """Keep what a push shows; what can't be stored must not end the crawl, and the feed itself is asked then."""
        spider = self.spider
        interval_s, most_a_day = spider.limits.feed_interval_s, spider.limits.new_pages_per_day
        keep = partial(pushes.record, worker=spider.worker, interval_s=interval_s, most_a_day=most_a_day)
        try:
            return await spider.in_store(keep, push, items, problem=problem)
        except InfrastructureError:
            raise
        except Exception as error:
            logger.exception("push_not_stored", feed=push.feed_id, topic=push.topic)
            problem = f"what it shows can't be stored ({type(error).__name__})"
            return await spider.in_store(keep, push, (), problem=problem)


def in_headers(response: Response) -> Announced:
    """The hub and the topic that `Link` headers announce."""
    headers = [header.decode("latin-1") for header in response.headers.getlist("Link")]
    if not any("hub" in header.lower() or "self" in header.lower() for header in headers):
        return Announced()
    import httpx  # its parser of the header; most feeds have none

    links = httpx.Response(200, headers=[("Link", header) for header in headers]).links
    return Announced.of_links((relation or "", link(found.get("url"), base=response.url)) for relation, found in links.items())


def is_text(response: Response) -> bool:
    """Whether an answer has words to show."""
    return hasattr(response, "text") and (response.headers.get("Content-Type") or b"").startswith(b"text/plain")
