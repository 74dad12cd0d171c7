"""Feeds page by page: where the page before the one at hand is (RFC 5005, JSON Feed, WordPress)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawlers.reading import feeds, json_feeds
from crawlers.reading.texts import link
from pipeline.models import FeedItem
from pipeline.urls import same_site

# RFC 5005: of archived feeds the older document, else the next page of a paged one.
OLDER: Final = ("prev-archive", "next")
PAGE: Final = "paged"  # WordPress's query variable
MOST_PAGES: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """A page of a feed, and where older items are."""

    items: tuple[FeedItem, ...]
    next: str | None


def read(body: bytes, *, url: str, content_type: str, most: int) -> FeedPage:
    """Read a page of a feed.

    Raises:
        ValueError: it can't be read; the message says why.

    """
    if json_feeds.is_feed(body):
        _, items, _ = json_feeds.read(body, url=url, most=most)
        return FeedPage(items=items, next=_own(json.loads(body).get("next_url"), url))
    parsed = feeds.parse(body, url=url, content_type=content_type, most=most)
    items = feeds.shown(parsed, url=url, most=most).items
    if not items:
        return FeedPage(items=(), next=None)
    linked = {str(one.get("rel", "")).lower(): one.get("href") for one in parsed.feed.get("links", ())}
    older = next((linked[relation] for relation in OLDER if linked.get(relation)), None)
    if older is None and "wordpress" in str(parsed.feed.get("generator", "")).lower():
        older = following(url)
    return FeedPage(items=items, next=_own(older, url))


def following(url: str) -> str | None:
    """The next page of a WordPress feed; null after more than any has."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    number = next((int(value) for name, value in query if name == PAGE and value.isdecimal()), 1) + 1
    kept = [(name, value) for name, value in query if name != PAGE]
    return urlunsplit(parts._replace(query=urlencode([*kept, (PAGE, number)]))) if number <= MOST_PAGES else None


def _own(address: Any, url: str) -> str | None:
    """The address of another page of the same site."""
    found = link(address, base=url) if isinstance(address, str) else None
    return found if found is not None and found != url and same_site(found, url) else None
