"""Feeds, sitemaps and pages that would harm their reader: each is read as far as it makes sense, or refused in words, in bounded time."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from crawlers.parser import Parser
from crawlers.reading import LARGEST_BYTES, MOST_ITEMS, Reading, read, sitemaps
from pipeline.addresses import LONGEST_URL
from pipeline.errors import FeedUnreadable
from pipeline.models import FeedItem, FeedKind

BASE = "https://example.com/rss"
LINK = "<link>https://example.com/1</link>"
SLOW_S = 8


def rss(items: str, head: str = "") -> str:
    return f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>T</title>{items}</channel></rss>'


def urlset(inside: str, head: str = "") -> str:
    return f'{head}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inside}</urlset>'


def item(inside: str, link: str = LINK) -> str:
    return rss(f"<item>{link}{inside}</item>")


def shown(body: str | bytes, kind: FeedKind = FeedKind.FEED, content_type: str = "") -> Reading | str:
    return read(body.encode() if isinstance(body, str) else body, url=BASE, content_type=content_type, kind=kind)


def items(body: str | bytes, kind: FeedKind = FeedKind.FEED, content_type: str = "") -> tuple[FeedItem, ...]:
    found = shown(body, kind, content_type)
    assert isinstance(found, Reading), found
    return found.items


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    started = time.process_time()
    yield
    assert time.process_time() - started < SLOW_S


MANY = "".join(f"<item><title>Number {n}</title><link>https://example.com/{n}</link></item>" for n in range(100_000))
ENTITY = f'<!DOCTYPE rss [<!ENTITY a "{"A" * 10_000}">]>'


def test_a_feed_of_ten_megabytes_and_a_hundred_thousand_items() -> None:
    body = rss(MANY.replace("Number", "Number of the whole long list"))
    assert len(body) > 9_000_000
    found = items(body)
    assert [found[0].url, found[-1].url, len(found)] == ["https://example.com/0", f"https://example.com/{MOST_ITEMS - 1}", MOST_ITEMS]
    entries = "".join(f'<a:entry><a:link href="/{n}"/></a:entry>' for n in range(5_000))
    assert len(items(f'<a:feed xmlns:a="http://www.w3.org/2005/Atom">{entries}</a:feed>')) == MOST_ITEMS
    listed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"url": f"/{n}"} for n in range(100_000)]}
    assert len(items(json.dumps(listed))) == MOST_ITEMS


@pytest.mark.parametrize("kind", [FeedKind.FEED, FeedKind.SITEMAP])
def test_nothing_larger_than_the_limit_is_read(kind: FeedKind) -> None:
    body = b"<rss>" + b" " * LARGEST_BYTES
    for packed in (body, gzip.compress(body), gzip.compress(b"<urlset>" + b"\0" * LARGEST_BYTES)):
        assert "longer than" in str(shown(packed, kind))
    # One layer is taken off; what is packed again is none of the kinds that are read.
    assert "neither" in str(shown(gzip.compress(gzip.compress(b"<urlset/>")), kind))
    assert "gzip is broken" in str(shown(gzip.compress(MANY[:100_000].encode())[:-100], kind))


@pytest.mark.parametrize(
    "body",
    [
        rss(f"<item><title>{'&a;' * 20_000}</title>{LINK}</item>", ENTITY),
        rss(f"<item><title>&a;</title><link>https://example.com/{'&a;' * 20_000}</link></item>", ENTITY),
        urlset(f"<url><loc>https://example.com/{'&a;' * 20_000}</loc></url>", ENTITY),
        urlset(f"<url><loc>https://example.com/{'&a;' * 20_000}</loc></url>", f"<!--{'x' * 19_000}-->{ENTITY}").replace("rss", "urlset"),
        urlset("<url><loc>https://example.com/&a;</loc></url>", '<!DOCTYPE urlset [<!ENTITY a SYSTEM "file:///etc/hostname">]>'),
        urlset("<url><loc>https://example.com/&a;</loc></url>", '<!DOCTYPE urlset [<!ENTITY a "&a;">]>'),
        urlset("<url><loc>https://example.com/%a;</loc></url>", '<!DOCTYPE urlset [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x.dtd"> %a;]>'),
        urlset("<url><loc>https://example.com/1</loc></url>", '<!DOCTYPE urlset SYSTEM "http://127.0.0.1:9/x.dtd">'),
        rss(f"<item><title>&a;</title>{LINK}</item>", '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/hostname">]>'),
        rss(f"<item><title>x</title>{LINK}</item>", '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">'),
        item('<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/hostname" parse="text"/>'),
        f'<?xml version="1.0"?><?xml-stylesheet href="file:///etc/hostname"?>{item("<title>x</title>")[21:]}',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_neither_grow_nor_read_files(body: str, encoding: str) -> None:
    secret = Path("/etc/hostname").read_text().strip()
    for kind in (FeedKind.FEED, FeedKind.SITEMAP):
        found = shown(body.encode(encoding), kind)
        assert secret not in str(found)
        assert len(str(found)) < 50_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "iso-8859-1"])
def test_encodings(encoding: str) -> None:
    declared = encoding.removesuffix("-sig").removesuffix("-le").removesuffix("-be")
    body = item("<title>Brücke</title>").replace('version="1.0"', f'version="1.0" encoding="{declared}"', 1)
    assert [found.title for found in items(body.encode(encoding))] == ["Brücke"]
    if encoding != "utf-32":  # lxml's parser does not know it
        page = f'<?xml version="1.0" encoding="{declared}"?>' + urlset("<url><loc>https://example.com/1</loc></url>")
        assert [found.url for found in items(page.encode(encoding), FeedKind.SITEMAP)] == ["https://example.com/1"]


@pytest.mark.parametrize(
    ("inside", "title"),
    [
        ("<title>A\x00B</title>", "AB"),
        ("<title>A&#0;B&#xD800;C&#xFFFFFFFF;</title>", None),
        ("<title>A&#xD83D;&#56832;&#57343;&#55296;B</title>", "AB"),
        ("<title>A&#99999999999999999999999;&#x110000;B</title>", "AB"),
        ("<title>A&#128512;&#55295;B</title>", "A\U0001f600\ud7ffB"),
        ("<title>\x1b[31mred\x07</title>", "[31mred"),
        ("<title>" + "long " * 300_000 + "</title>", ("long " * 100).strip()),
        ("<title>" + "&amp;lt;" * 5_000 + "</title>", None),
        ("<title>" + "<![CDATA[<b>]]>" * 5_000 + "x</title>", None),
        ("<title><b>bold</title></b>", None),
        ("<title>\u202eevil\u2066</title>", "\u202eevil\u2066"),
    ],
)
def test_titles(inside: str, title: str | None) -> None:
    (found,) = items(item(inside))
    assert found.url == "https://example.com/1"
    text = found.title or ""
    assert len(text) <= 500
    text.encode()  # no lone surrogate
    assert not set(text) & set(map(chr, range(32)))
    assert title is None or text.strip() == title


@pytest.mark.parametrize("link", [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://example.com/x", "mailto:a@b.c", "tel:1", "#top",
    "http://", "https://[::1", "vbscript:x", " java\nscript:alert(1)", "https://example.com/" + "x" * LONGEST_URL,
])  # fmt: skip
def test_links_that_lead_nowhere(link: str) -> None:
    others = {"https://example.com/", BASE}  # what stands for "here"
    feed = rss(f"<item><title>A</title><link>{link}</link></item><item>{LINK}</item>")
    entries = {"version": "https://jsonfeed.org/version/1.1", "items": [{"url": link}, {"url": "/1"}]}
    page = f'<main><h2><a href="{link}">A headline of some words that is long enough</a></h2></main>'
    assert {found.url for found in items(feed)} - others == {"https://example.com/1"}
    assert {found.url for found in items(json.dumps(entries))} - others == {"https://example.com/1"}
    sitemap = urlset(f"<url><loc>{link}</loc></url><url><loc>https://example.com/1</loc></url>")
    assert {found.url for found in items(sitemap, FeedKind.SITEMAP)} - others == {"https://example.com/1"}
    assert not items(page, FeedKind.SECTION)


@pytest.mark.parametrize("text", [
    "", "yesterday", "0", "-1", "99999999999999999999", "Mon, 32 Foo 2025 25:61:61 +9999", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00",
    "10000-01-01", "2025-02-30T00:00:00Z", "1e400", "\u0662\u0660\u0662\u0665-01-01", "Tue, 04 Mar 2025 10:00:00 " + "+" * 5_000, "2099-01-01T00:00:00Z",
    "Thu, 01 Jan 1970 00:00:00 GMT", "2025-W10-2", "9" * 5_000,
])  # fmt: skip
def test_dates(text: str) -> None:
    feed = item(f"<pubDate>{text}</pubDate><title>A</title>")
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="/1"/><updated>{text}</updated></entry></feed>'
    listed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "/1", "date_published": text}]})
    sitemap = urlset(f"<url><loc>https://example.com/1</loc><lastmod>{text}</lastmod></url>")
    for body, kind in ((feed, FeedKind.FEED), (atom, FeedKind.FEED), (listed, FeedKind.FEED), (sitemap, FeedKind.SITEMAP)):
        (found,) = items(body, kind)
        assert found.published_at is None or isinstance(found.published_at, datetime)
        assert found.published_at is None or found.published_at.utcoffset() is not None


def test_one_item_shown_many_times_is_one() -> None:
    same = "<item><guid>7</guid><title>A</title><link>https://example.com/1</link></item>"
    other = "<item><guid>7</guid><link>https://example.com/2</link></item>"
    assert [found.url for found in items(rss(same * 500 + other))] == ["https://example.com/1", "https://example.com/2"]


@pytest.mark.parametrize(
    ("content_type", "body", "part"),
    [
        ("image/png", item("<title>A</title>"), ""),
        ("text/html", item("<title>A</title>"), ""),
        ("application/octet-stream; charset=nonsense", item("<title>A</title>"), ""),
        ("\xff\xfe;;;=", item("<title>A</title>"), ""),
        ("application/rss+xml", "<!doctype html><html><title>Moved</title>", "web page"),
        ("application/rss+xml", "<html><head><title>404", "web page"),
        ("application/rss+xml", "\x89PNG\r\n\x1a\n\0\0", "neither"),
        ("application/rss+xml", "%PDF-1.7", "neither"),
        ("application/feed+json", '{"error": "not found"}', "neither"),
        ("application/xml", "<Error><Code>AccessDenied</Code></Error>", "neither"),
        ("application/xml", "<" * 1_000_000, "neither"),
        ("application/xml", "<?" * 5_000, "neither"),
        ("application/xml", "<!--" * 5_000, "neither"),
        ("application/xml", "<rss" + " " * 1_000_000, "broken"),
        ("application/xml", "<rss>" + "<channel>" * 5_000, "broken"),
        ("application/xml", urlset("<url>" * 20_000), "broken"),
    ],
)
def test_what_is_no_feed_or_says_that_it_is_another_thing(content_type: str, body: str, part: str) -> None:
    found = shown(body, content_type=content_type)
    assert (part in found) if isinstance(found, str) else (not part and [one.title for one in found.items] == ["A"])


def test_deep_and_wide_markup() -> None:
    deep = "<div>" * 10_000 + "x" + "</div>" * 10_000
    assert len(items(item(f"<description>{deep}</description>"))) == 1
    wide = " ".join(f'a{n}="1"' for n in range(50_000))
    assert len(items(f"<urlset {wide}><url {wide}><loc>https://example.com/1</loc></url></urlset>", FeedKind.SITEMAP)) == 1
    story = '<a href="/2025/03/04/the-story-number-{n}-of-day">The story number {n} of the day</a>'
    assert len(items("<body><p>" + "".join(story.format(n=n) for n in range(4_000)), FeedKind.SECTION)) == MOST_ITEMS
    assert len(items("<body>" + "<div>" * 5_000 + story.format(n=1), FeedKind.SECTION)) == 1
    shown("<body>" + '<a href="/2025/03/04/the-story-of-the-day"><h2>' * 3_000, FeedKind.SECTION)


def test_sitemaps_of_more_entries_than_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sitemaps.MOST_ENTRIES >= 50_000
    monkeypatch.setattr(sitemaps, "MOST_ENTRIES", 3_000)
    entries = "".join(f"<url><loc>https://example.com/{n}</loc></url>" for n in range(3_000))
    last = "<url><loc>https://example.com/last</loc><lastmod>2025-01-01</lastmod></url>"
    found = items(urlset(entries[: entries.rindex("<url>")] + last + last.replace("last<", "unseen<")), FeedKind.SITEMAP)
    assert len(found) == MOST_ITEMS
    assert found[0].url == "https://example.com/last"
    assert "https://example.com/unseen" not in {one.url for one in found}
    lines = "\n".join(f"https://example.com/{n}" for n in range(100_000))
    assert [len(items(lines, FeedKind.SITEMAP)), items(lines, FeedKind.SITEMAP)[0].url] == [MOST_ITEMS, "https://example.com/99999"]


SLOW = item(f"<author>{'a' * 64_000}</author>")  # takes the feed library a quarter of a minute


def test_a_reader_that_takes_too_long_is_ended_and_the_next_feed_is_read() -> None:
    async def both() -> None:
        parser = Parser(time_limit_s=1)
        try:
            await parser.read(item("<title>A</title>").encode(), url=BASE, content_type="", kind=FeedKind.FEED)
            started = time.monotonic()
            with pytest.raises(FeedUnreadable, match="longer than 1 s"):
                await parser.read(SLOW.encode(), url=BASE, content_type="", kind=FeedKind.FEED)
            assert time.monotonic() - started < 10
            parser.time_limit_s = 30
            found = await parser.read(item("<title>A</title>").encode(), url=BASE, content_type="", kind=FeedKind.FEED)
            assert len(found.items) == 1
        finally:
            parser.close()

    asyncio.run(both())
