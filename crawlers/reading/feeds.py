"""RSS and Atom, by feedparser."""

from __future__ import annotations

import calendar
import io
import re
import sys
import time
from datetime import UTC, datetime
from typing import Any, Final

import feedparser

from crawlers.reading.texts import link, plain, plain_each
from pipeline.models import FeedItem
from pipeline.websub import Announced

LONGEST_TITLE: Final = 500
LONGEST_SUMMARY: Final = 2_000
MOST_NAMES: Final = 20
MOST_LINKS: Final = 50

ITEM_END: Final = re.compile(rb"</(?:\w{1,20}:)?(?:item|entry)\s{0,20}>", re.IGNORECASE)
REFERENCE: Final = re.compile(rb"&#(?:x([0-9a-f]+)|([0-9]+));", re.IGNORECASE)
LONGEST_REFERENCE: Final = 8  # digits; more are no character
HARMLESS: Final = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)


def read(body: bytes, *, url: str, content_type: str, most: int) -> tuple[str, tuple[FeedItem, ...], Announced]:
    """The feed's title, its items in their order, and its hub.

    Raises:
        ValueError: it can't be read; the message says why.

    """
    # A stream, never a string: feedparser would take that for an address or a file and open it.
    parsed = feedparser.parse(
        io.BytesIO(REFERENCE.sub(_character, _cut(body, most=most))),
        response_headers={"content-location": url, "content-type": content_type or "application/xml"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    items: dict[str, FeedItem] = {}
    for entry in parsed.entries[:most]:
        address = link(_address(entry), base=url)
        if address is not None and address not in items:
            items[address] = FeedItem(
                url=address,
                title=plain(entry.get("title"), most=LONGEST_TITLE),
                published_at=_time(entry.get("published_parsed") or entry.get("updated_parsed")),
                summary=plain(entry.get("summary"), most=LONGEST_SUMMARY),
                authors=plain_each((author.get("name") for author in entry.get("authors", ())), most=MOST_NAMES),
                topics=plain_each((tag.get("term") for tag in entry.get("tags", ())), most=MOST_NAMES),
            )
    # feedparser reads past faults: what still shows items is of use, whatever is wrong with it.
    fault = parsed.get("bozo_exception")
    if not items and fault is not None and not isinstance(fault, HARMLESS):
        raise ValueError(f"it is broken: {str(fault)[:200]}")
    links = ((str(found.get("rel") or ""), link(found.get("href"), base=url)) for found in parsed.feed.get("links", ())[:MOST_LINKS])
    return plain(parsed.feed.get("title"), most=LONGEST_TITLE) or "", tuple(items.values()), Announced.of_links(links)


def _cut(body: bytes, *, most: int) -> bytes:
    """A feed without the items after the first, so that none of them costs time."""
    ends = [match.end() for match in ITEM_END.finditer(body)]
    return body if len(ends) <= most else body[: ends[most - 1]] + body[ends[-1] :]


def _character(reference: re.Match[bytes]) -> bytes:
    """A reference to a character, or nothing for one to none: the library would fail on it."""
    digits = reference[1] or reference[2]
    code = int(digits, 16 if reference[1] else 10) if len(digits) <= LONGEST_REFERENCE else 0
    return reference[0] if 0 < code <= sys.maxunicode and not "\ud800" <= chr(code) <= "\udfff" else b""


def _address(entry: Any) -> str | None:
    found = entry.get("feedburner_origlink") or entry.get("link")
    if found:
        return str(found)
    identity = str(entry.get("id") or "")
    return identity if identity.startswith(("http://", "https://")) else None


def _time(at: time.struct_time | None) -> datetime | None:
    if at is None:
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(at), tz=UTC)
    except (OverflowError, ValueError, OSError):
        return None
