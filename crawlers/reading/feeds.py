"""RSS and Atom, by feedparser."""

from __future__ import annotations

import calendar
import codecs
import io
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import feedparser

from crawlers.reading.texts import LATEST, aware, link, plain, plain_each, time_of
from pipeline import dates
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
LONGEST_TIME: Final = 120
OFFSET: Final = re.compile(r"[+-](?:0\d|1[0-4]):?[0-5]\d$")
# Byte order marks; that of UTF-32 begins like the one of UTF-16.
MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
HEARD: Final = ("audio/", "video/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a feed shows."""

    title: str
    items: tuple[FeedItem, ...]
    announced: Announced  # its hub
    entries: int  # also those without a page of their own
    heard: int  # entries that enclose sound or film


def read(body: bytes, *, url: str, content_type: str, most: int) -> Feed:
    """The feed's title, its items in their order, and its hub.

    Raises:
        ValueError: it can't be read; the message says why.

    """
    # A stream, never a string: feedparser would take that for an address or a file and open it.
    parsed = feedparser.parse(
        io.BytesIO(REFERENCE.sub(_character, _cut(body, most=most))),
        response_headers={"content-location": url, "content-type": _content_type(body, content_type)},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    items: dict[str, FeedItem] = {}
    spoken = str(parsed.feed.get("language") or "")[:LONGEST_TIME].lower()
    for entry in parsed.entries[:most]:
        address = link(_address(entry), base=url)
        if address is not None and address not in items:
            items[address] = FeedItem(
                url=address,
                title=plain(entry.get("title"), most=LONGEST_TITLE),
                published_at=_time(entry, spoken),
                summary=plain(entry.get("summary"), most=LONGEST_SUMMARY),
                authors=plain_each((author.get("name") for author in entry.get("authors", ())), most=MOST_NAMES),
                topics=plain_each((tag.get("term") for tag in entry.get("tags", ())), most=MOST_NAMES),
            )
    # feedparser reads past faults: what still shows items is of use, whatever is wrong with it.
    fault = parsed.get("bozo_exception")
    if not items and fault is not None and not isinstance(fault, HARMLESS):
        raise ValueError(f"it is broken: {str(fault)[:200]}")
    links = ((str(found.get("rel") or ""), link(found.get("href"), base=url)) for found in parsed.feed.get("links", ())[:MOST_LINKS])
    return Feed(
        title=plain(parsed.feed.get("title"), most=LONGEST_TITLE) or "",
        items=tuple(items.values()),
        announced=Announced.of_links(links),
        entries=len(parsed.entries),
        heard=sum(any(str(part.get("type")).startswith(HEARD) for part in entry.get("enclosures", ())) for entry in parsed.entries),
    )


def _cut(body: bytes, *, most: int) -> bytes:
    """A feed without the items after the first, so that none of them costs time."""
    ends = [match.end() for match in ITEM_END.finditer(body)]
    return body if len(ends) <= most else body[: ends[most - 1]] + body[ends[-1] :]


def _character(reference: re.Match[bytes]) -> bytes:
    """A reference to a character, or nothing for one to none: the library would fail on it."""
    digits = reference[1] or reference[2]
    code = int(digits, 16 if reference[1] else 10) if len(digits) <= LONGEST_REFERENCE else 0
    return reference[0] if 0 < code <= sys.maxunicode and not "\ud800" <= chr(code) <= "\udfff" else b""


def _content_type(body: bytes, content_type: str) -> str:
    """The header for feedparser, with the encoding that the bytes show: text that is UTF-8 is so by no chance, whatever is declared."""
    kind = content_type or "application/xml"
    for mark, encoding in MARKS:
        if body.startswith(mark):
            return f"{kind.split(';')[0]}; charset={encoding}"
    try:
        body.decode()
    except UnicodeDecodeError:
        return kind
    return kind if body.isascii() else f"{kind.split(';')[0]}; charset=utf-8"


def _address(entry: Any) -> str | None:
    found = entry.get("feedburner_origlink") or entry.get("link")
    if found:
        return str(found)
    identity = str(entry.get("id") or "")
    return identity if identity.startswith(("http://", "https://")) else None


def _time(entry: Any, spoken: str) -> datetime | None:
    """When an item was published, else changed: in a format of machines, as feedparser reads it, or in words of the feed's language."""
    for name in filter(entry.__contains__, ("published", "updated")):
        text = str(entry.get(name) or "")[:LONGEST_TIME]
        if at := time_of(text):
            return at
        parts = entry.get(f"{name}_parsed")
        try:
            at = datetime.fromtimestamp(calendar.timegm(parts), tz=UTC) if parts else None
        except (OverflowError, ValueError, OSError):
            at = None
        if at is not None and dates.plausible(at, latest=LATEST):
            return at
        order = "MDY" if spoken == "en-us" else ""
        offset = OFFSET.search(text)
        zone = datetime.strptime(offset[0], "%z").tzinfo or UTC if offset else UTC
        written = dates.within(text, zone=zone, latest=LATEST, languages=(*filter(str.isalpha, [spoken[:2]]), "en"), order=order)
        if found := next((one.when for one in written), None):
            return aware(found.at)
    return None
