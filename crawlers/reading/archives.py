"""What reaches back in time: sitemaps with their indexes, and feeds page by page; of each what is asked for. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Final
from urllib.parse import urlsplit

from crawlers.reading import paging, periods, sitemaps
from pipeline import dates, sessions, traps
from pipeline.backfill import Dated, Named, Part, PartKind, Showing, Span
from pipeline.models import FeedItem
from pipeline.urls import is_home, same_site

# The protocol's limits of a sitemap (sitemaps.org): 50,000 entries and 50 MB.
MOST_ENTRIES: Final = 50_000
LARGEST_BYTES: Final = 52_428_800
# Sitemaps that by their names list no articles; as common plug-ins call them.
NO_ARTICLES: Final = re.compile(
    r"(?:^|[/_.-])(?:categor(?:y|ies)|tags?|post_tag|authors?|users|images?|videos?|products?|topics?|static)[_-]?(?:site-?map)?[\d_-]*\.xml",
    re.IGNORECASE,
)
NO_PAGE: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|zip)$", re.IGNORECASE)
MONTH_IN_URL: Final = re.compile(r"/((?:19|20)\d\d)/(0?[1-9]|1[0-2])/")
DAY: Final = timedelta(days=1)
MOMENT: Final = timedelta(microseconds=1)


def read(body: bytes, *, url: str, content_type: str, part: Part, asked: Span, undated: bool, now: datetime) -> Showing | str:
    """What a part shows of the times asked for, or in words why it can't be read.

    Args:
        body: as sent, after content decoding; also a gzip file.
        url: where it came from, for relative links.
        content_type: the header, may be empty.
        part: what is known of it.
        asked: articles published then are wanted.
        undated: whether those of which nothing tells a time are wanted, too.
        now: later times are none.

    """
    try:
        body = sitemaps.unpacked(body, most=LARGEST_BYTES)
        if part.kind is PartKind.FEED:
            return _feed(body, url=url, content_type=content_type, part=part, asked=asked, undated=undated, now=now)
        return _sitemap(body, url=url, part=part, asked=asked, undated=undated, now=now)
    except ValueError as error:
        return str(error) if body.strip() else "the answer is empty"


def named(addresses: Iterable[tuple[str, datetime | None]], *, of: Span, asked: Span, now: datetime) -> tuple[Named, ...]:
    """Those of some sitemaps that may tell of the times asked for, as far as their addresses and last changes say.

    Args:
        addresses: of sitemaps, each with its `lastmod`.
        of: the times that the index of them tells of.
        asked: the times that are wanted.
        now: later times are none.

    """
    changed_at = dict(addresses)
    spans = periods.of_each(changed_at, latest=now)
    found = []
    for url, changed in changed_at.items():
        holds = spans.get(url, of)
        # What was not changed since then shows nothing newer.
        until = _end(changed) if changed else None
        if until is not None and (holds.since is None or holds.since < until) and (holds.until is None or until < holds.until):
            holds = Span(since=holds.since, until=until)
        if holds.meets(asked) and not NO_ARTICLES.search(urlsplit(url).path):
            found.append(Named(url=url, kind=PartKind.SITEMAP, holds=holds))
    return tuple(found)


def published(item: FeedItem, *, holds: Span, is_sure: bool, now: datetime) -> Span | None:
    """When an article was published, as far as it can be told without its page; null if nothing tells.

    Args:
        item: with the time that the source gives for it, which counts unless its address tells another day or month: then it is
            that of a later change.
        holds: the times of the archive that shows it.
        is_sure: whether the item's time is meant to be that of publication, not that of the last change, which may be later than
            all times of the archive.
        now: later times are none.

    """
    at = item.published_at if item.published_at and dates.plausible(item.published_at, latest=now) else None
    told = _in_address(item.url, now) or (holds if holds.is_closed and not is_sure else None)
    # Days begin and end in the outlet's zone.
    if at and (told is None or Span.at(at).meets(told.wider(DAY))):
        return Span.at(at)
    return told or (holds if holds.is_closed else None)


def _end(at: datetime) -> datetime:
    """The end of a day that stands without a time, else the moment after."""
    return at + DAY if at.time() == time.min else at + MOMENT


def _in_address(url: str, now: datetime) -> Span | None:
    day = dates.in_url(url, zone=UTC, latest=now)
    if day is not None:
        return Span(since=day.at, until=day.at + DAY)
    month = MONTH_IN_URL.search(urlsplit(url).path)
    return periods.span(int(month[1]), int(month[2]), latest=now) if month else None


def _sitemap(body: bytes, *, url: str, part: Part, asked: Span, undated: bool, now: datetime) -> Showing:
    if sitemaps.is_list(body):
        items = sitemaps.read_list(body, most=MOST_ENTRIES)
        return _showing(items, part=part, asked=asked, undated=undated, is_sure=False, now=now)
    root = sitemaps.root_name(body)
    if root not in {"urlset", "sitemapindex"}:
        raise ValueError("it is no sitemap")
    sitemap = sitemaps.read(body, url=url, most=MOST_ENTRIES)
    addresses = [(address, changed) for address, changed in sitemap.dated_parts if same_site(address, url)]
    inner = named(addresses, of=part.holds if part.holds.is_closed else Span(), asked=asked, now=now)
    return _showing(
        sitemap.items, part=part, asked=asked, undated=undated, is_sure=sitemap.is_news, now=now,
        parts=inner, skipped=len(sitemap.dated_parts) - len(inner),
    )  # fmt: skip


def _feed(body: bytes, *, url: str, content_type: str, part: Part, asked: Span, undated: bool, now: datetime) -> Showing:
    page = paging.read(body, url=url, content_type=content_type, most=MOST_ENTRIES)
    showing = _showing(page.items, part=part, asked=asked, undated=undated, is_sure=True, now=now)
    spans = [published(item, holds=Span(), is_sure=True, now=now) for item in page.items]
    times = [span.until for span in spans if span is not None and span.until is not None]
    # Where nothing tells a time, nothing would tell when to stop. Feeds that are not in order are read until all is older.
    last = max(times, default=None) if times != sorted(times, reverse=True) else next(iter(times[-1:]), None)
    passed = last is None or (asked.since is not None and last <= asked.since)
    if page.next is None or passed or showing.digest == part.before:
        return showing
    older = Named(url=page.next, kind=PartKind.FEED, holds=Span(until=max(times) + DAY))
    return replace(showing, parts=(older,))


def _showing(
    items: Sequence[FeedItem], *, part: Part, asked: Span, undated: bool, is_sure: bool, now: datetime,
    parts: tuple[Named, ...] = (), skipped: int = 0,
) -> Showing:  # fmt: skip
    wanted: list[Dated] = []
    nameless = 0
    pages = [
        replace(item, url=sessions.without(item.url))
        for item in items
        if not is_home(item.url) and not NO_PAGE.search(urlsplit(item.url).path) and not traps.trap(item.url, linked=not is_sure)
    ]
    for item in pages:
        span = published(item, holds=part.holds, is_sure=is_sure, now=now)
        nameless += span is None
        if undated if span is None else span.meets(asked):
            at = item.published_at if span is not None and item.published_at and item.published_at in span else None
            # A time that is another change's is none of publication.
            wanted.append(Dated(item=replace(item, published_at=at), ages_from=span.until if span else None))
    digest = hashlib.sha256("\n".join(sorted(item.url for item in items)).encode()).digest()
    return Showing(items=tuple(wanted), parts=parts, digest=digest, found=len(pages), undated=0 if undated else nameless, skipped=skipped)
