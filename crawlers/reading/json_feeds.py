"""JSON Feed, versions 1 and 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from typing import Any, Final

from crawlers.reading.feeds import LONGEST_SUMMARY, LONGEST_TITLE, MOST_NAMES
from crawlers.reading.texts import iso_time, link, plain, plain_each
from pipeline.models import FeedItem
from pipeline.websub import Announced

VERSION: Final = "jsonfeed.org/version/"


def is_feed(body: bytes) -> bool:
    """Whether a body looks like one."""
    head = body[:100_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"{") and VERSION.encode() in head.replace(b"\\/", b"/")


def read(body: bytes, *, url: str, most: int) -> tuple[str, tuple[FeedItem, ...], Announced]:
    """The feed's title, its items in their order, and its hub.

    Raises:
        ValueError: it can't be read; the message says why.

    """
    try:
        feed = json.loads(body)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except ValueError as error:
        raise ValueError(f"it is broken JSON: {str(error)[:200]}") from error
    entries = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(entries, list):
        raise ValueError("it is a JSON Feed without items")  # noqa: TRY004 - one kind of error for what can't be read
    items: dict[str, FeedItem] = {}
    for entry in entries[:most]:
        # An item's page; what it links to elsewhere only if it has none.
        address = (
            link(_text(entry, "url") or _text(entry, "external_url") or _text(entry, "id"), base=url) if isinstance(entry, dict) else None
        )
        if address is not None and address not in items:
            items[address] = FeedItem(
                url=address,
                title=plain(_text(entry, "title"), most=LONGEST_TITLE),
                published_at=iso_time(_text(entry, "date_published") or _text(entry, "date_modified")),
                summary=plain(
                    _text(entry, "summary") or _text(entry, "content_text") or _text(entry, "content_html"), most=LONGEST_SUMMARY
                ),
                authors=plain_each(
                    (_text(author, "name") for author in _listed(entry, "authors") or [entry.get("author")]), most=MOST_NAMES
                ),
                topics=plain_each((tag if isinstance(tag, str) else None for tag in _listed(entry, "tags")), most=MOST_NAMES),
            )
    hubs = [_text(hub, "url") for hub in _listed(feed, "hubs") if (_text(hub, "type") or "").lower() == "websub"]
    links = [("hub", link(hub, base=url)) for hub in hubs] + [("self", link(_text(feed, "feed_url"), base=url))]
    return plain(_text(feed, "title"), most=LONGEST_TITLE) or "", tuple(items.values()), Announced.of_links(links)


def _text(value: Any, name: str) -> str | None:
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, str) else None


def _listed(value: dict[str, Any], name: str) -> list[Any]:
    found = value.get(name)
    return found if isinstance(found, list) else []
