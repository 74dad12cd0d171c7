"""Sitemaps, news sitemaps and their indexes, XML or plain lists, gzipped or not, read without entities, DTD or network."""

from __future__ import annotations

import gzip
import html.entities
import io
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from lxml import etree

from crawlers.reading.texts import link, plain, plain_each, time_of
from pipeline.models import FeedItem

LONGEST_TITLE: Final = 500
MOST_TOPICS: Final = 20
# More entries are not looked at; the protocol allows 50,000.
MOST_ENTRIES: Final = 60_000
FEW_LINES: Final = 5
ROOT: Final = re.compile(rb"<(?![?!])(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
# What is no XML but stands in sitemaps: ampersands of addresses, and names of characters that HTML has.
BARE: Final = re.compile(rb"&(?!#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)(?:([A-Za-z][A-Za-z0-9]{1,30});)?")
PROLOGUE: Final = re.compile(rb"<\?.*?\?>|<!--.*?-->", re.DOTALL)
LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What a sitemap or an index shows, newest first."""

    items: tuple[FeedItem, ...] = ()
    dated_parts: tuple[tuple[str, datetime | None], ...] = ()  # of an index: sitemaps, and when each was last changed
    is_news: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """The sitemaps of an index."""
        return tuple(url for url, _ in self.dated_parts)


def unpacked(body: bytes, *, most: int) -> bytes:
    """The body, gunzipped if it is a gzip file.

    Raises:
        ValueError: it is broken, or longer than `most` bytes.

    """
    if body.startswith(b"\x1f\x8b"):
        try:
            body = gzip.GzipFile(fileobj=io.BytesIO(body)).read(most + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(f"its gzip is broken: {error}") from error
    if len(body) > most:
        raise ValueError(f"it is longer than {most:,} bytes")
    return body


def root_name(body: bytes) -> str:
    """The name of the root element in lower case, without its prefix; empty if there is none."""
    head = PROLOGUE.sub(b"", body[:20_000].replace(b"\x00", b""))
    found = ROOT.search(head)
    return found[1].decode("ascii", "replace").lower() if found else ""


def read(body: bytes, *, url: str, most: int) -> Sitemap:
    """The newest `most` entries of a sitemap, or the sitemaps of an index.

    What is no well-formed XML is read as far as it shows entries.

    Raises:
        ValueError: it is no XML and shows nothing, or it declares entities.

    """
    if b"<!ENTITY" in body[:100_000]:
        raise ValueError("it declares entities, which is not allowed here")
    try:
        return _read(body, url=url, most=most)
    except etree.XMLSyntaxError as error:
        fault = error
    # Of an answer that breaks off, the last address may be half.
    whole = body[: max(body.rfind(b"url>") + len(b"url>"), body.rfind(b"sitemap>") + len(b"sitemap>"))]
    try:
        found = _read(BARE.sub(_escaped, whole), url=url, most=most, mend=True)
    except etree.XMLSyntaxError:
        found = Sitemap()
    if not found.items and not found.parts:
        raise ValueError(f"it is broken XML: {fault.msg}") from fault
    return found


def _escaped(bare: re.Match[bytes]) -> bytes:
    name = (bare[1] or b"").decode("ascii")
    character = html.entities.html5.get(f"{name};")
    if character is not None:
        return "".join(f"&#{ord(letter)};" for letter in character).encode("ascii")
    return b"&amp;" + bare[0][1:]


def _read(body: bytes, *, url: str, most: int, mend: bool = False) -> Sitemap:
    entries: list[tuple[datetime | None, dict[str, str]]] = []
    parts: dict[str, datetime | None] = {}
    is_news = False
    for tag, element in islice(_entries(body, mend=mend), MOST_ENTRIES):
        fields = dict(_fields(element))
        changed = time_of(fields.get("publication_date") or fields.get("lastmod"))
        if tag == "url":
            is_news = is_news or "publication_date" in fields
            entries.append((changed, fields))
        elif (address := link(fields.get("loc"), base=url)) is not None:
            parts.setdefault(address, changed)
    entries.sort(key=lambda entry: entry[0] or LONG_AGO, reverse=True)
    return Sitemap(
        items=_items(entries, base=url, most=most),
        dated_parts=tuple(sorted(parts.items(), key=lambda part: part[1] or LONG_AGO, reverse=True)),
        is_news=is_news,
    )


def _items(entries: Sequence[tuple[datetime | None, Mapping[str, str]]], *, base: str, most: int) -> tuple[FeedItem, ...]:
    """The first entries whose addresses are such, each address once. Only these are made fit, which costs more than the reading."""
    found: dict[str, FeedItem] = {}
    for changed, fields in entries:
        if len(found) == most:
            break
        address = link(fields.get("loc"), base=base)
        if address is not None and address not in found:
            found[address] = FeedItem(
                url=address,
                title=plain(fields.get("title"), most=LONGEST_TITLE),
                published_at=changed,
                topics=plain_each((fields.get("keywords") or "").split(","), most=MOST_TOPICS),
            )
    return tuple(found.values())


def is_list(body: bytes) -> bool:
    """Whether a body is a sitemap that is a plain list of addresses, one a line (sitemaps.org protocol)."""
    lines = body[:20_000].removeprefix(b"\xef\xbb\xbf").split(maxsplit=FEW_LINES)[:FEW_LINES]
    return bool(lines) and all(line.startswith((b"http://", b"https://")) for line in lines)


def read_list(body: bytes, *, most: int) -> tuple[FeedItem, ...]:
    """The last `most` addresses of a plain list, newest first: such lists grow at their end."""
    lines = body.decode("utf-8-sig", "replace").splitlines()
    return _items([(None, {"loc": text}) for text in reversed(lines[-MOST_ENTRIES:])], base="", most=most)


def _entries(body: bytes, *, mend: bool) -> Iterator[tuple[str, Any]]:
    steps = etree.iterparse(
        io.BytesIO(body),
        events=("end",),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        recover=mend,
    )
    for _, element in steps:
        tag = _name(element)
        if tag in {"url", "sitemap"}:
            yield tag, element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _name(element: Any) -> str:
    """Without namespace and prefix: both are often wrong, or the prefix is declared nowhere."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _fields(element: Any) -> Iterator[tuple[str, str]]:
    """The entry's own location and date, and those of its news part; images and the like have their own `loc` and `title`."""
    for child in element:
        name = _name(child)
        if name in {"loc", "lastmod"} and ":" not in str(child.tag).rpartition("}")[2]:
            yield name, (child.text or "").strip()
        elif name == "news":
            for part in child:
                yield _name(part), (part.text or "").strip()
