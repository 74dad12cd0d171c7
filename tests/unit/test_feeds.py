"""What feeds, sitemaps and section pages show."""

from __future__ import annotations

import gzip
import json
import time
from datetime import UTC, datetime

import pytest

from crawlers.reading import Reading, home, read
from crawlers.reading.sections import url_score
from pipeline.models import FeedKind

BASE = "https://example.com/rss"


def reading(body: str | bytes, kind: FeedKind = FeedKind.FEED, content_type: str = "", url: str = BASE) -> Reading:
    found = read(body.encode() if isinstance(body, str) else body, url=url, content_type=content_type, kind=kind)
    assert isinstance(found, Reading), found
    return found


def problem(body: str | bytes, kind: FeedKind = FeedKind.FEED, content_type: str = "") -> str:
    found = read(body.encode() if isinstance(body, str) else body, url=BASE, content_type=content_type, kind=kind)
    assert isinstance(found, str), found
    return found


def test_rss() -> None:
    found = reading(
        """<?xml version="1.0"?><rss version="2.0"><channel><title>Example &amp; Co</title>
        <item><title>One &amp;amp; &lt;b&gt;bold&lt;/b&gt;</title><link>/a?x=1&amp;y=2#frag</link>
        <pubDate>Tue, 04 Mar 2025 10:00:00 +0100</pubDate><description>&lt;p&gt;Sum&lt;/p&gt;</description></item>
        <item><title>No link</title></item>
        <item><guid>https://example.com/guid</guid></item>
        <item><link>https://example.com/a?x=1&amp;y=2</link></item>
        <item><link>ftp://example.com/x</link></item></channel></rss>"""
    )
    assert found.kind is FeedKind.FEED
    assert found.title == "Example & Co"
    assert [item.url for item in found.items] == ["https://example.com/a?x=1&y=2", "https://example.com/guid"]
    first = found.items[0]
    assert (first.title, first.summary) == ("One & bold", "Sum")
    assert first.published_at == datetime(2025, 3, 4, 9, tzinfo=UTC)


def test_people_and_topics_of_items() -> None:
    found = reading(
        """<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title><item><link>https://example.com/a</link>
        <dc:creator> Ana  Roe </dc:creator><category>Harbour</category><category>Harbour</category><category> </category>
        <category>City hall</category></item></channel></rss>"""
    )
    assert found.items[0].authors == ("Ana Roe",)
    assert found.items[0].topics == ("Harbour", "City hall")


def test_json_feed() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Example &amp; Co",
        "items": [
            {
                "id": "1",
                "url": "/a#part",
                "title": "One\x00",
                "content_html": "<p>Sum &amp; more</p>",
                "date_published": "2025-03-04T10:00:00+01:00",
                "authors": [{"name": "Ana Roe"}, {"url": "https://example.com/bo"}, "x"],
                "tags": ["Harbour", 3],
            },
            {"id": "https://example.com/b", "author": {"name": "Bo Li"}, "date_published": "yesterday"},
            {"id": "3", "external_url": "https://other.example/c"},
            {"id": "urn:x"},
            {"url": 4},
            "text",
            {"url": "/a"},
        ],
    }
    found = reading(json.dumps(feed), content_type="application/feed+json")
    assert (found.kind, found.title) == (FeedKind.FEED, "Example & Co")
    assert [item.url for item in found.items] == ["https://example.com/a", "https://example.com/b", "https://other.example/c"]
    first, second, _ = found.items
    assert (first.title, first.summary, first.authors, first.topics) == ("One", "Sum & more", ("Ana Roe",), ("Harbour",))
    assert first.published_at == datetime(2025, 3, 4, 9, tzinfo=UTC)
    assert (second.authors, second.published_at) == (("Bo Li",), None)


@pytest.mark.parametrize(
    ("rest", "part"),
    [
        ('"items": [', "broken JSON"),
        ('"items": {}}', "without items"),
        ('"items": ' + "[" * 200_000 + "]" * 200_000 + "}", "nested too deeply"),
    ],
)
def test_broken_json_feeds(rest: str, part: str) -> None:
    assert part in problem('{"version": "https:\\/\\/jsonfeed.org\\/version\\/1", ' + rest)


def test_plain_text_sitemap_newest_first() -> None:
    lines = "\ufeffhttps://example.com/1\r\nhttps://example.com/2\n\nhttps://example.com/3 \nhttps://example.com/4\nhttps://example.com/5\nftp://example.com/6\nhttps://example.com/1\n"
    found = reading(gzip.compress(lines.encode()), FeedKind.SITEMAP, "text/plain")
    assert found.kind is FeedKind.SITEMAP
    assert [item.url for item in found.items] == [f"https://example.com/{number}" for number in (1, 5, 4, 3, 2)]
    assert "neither" in problem("Hello\nhttps://example.com/1")


def test_atom_with_relative_links_and_nul() -> None:
    found = reading(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><title>A&#x1;B</title><link rel="alternate" href="b/c"/>'
        "<updated>2025-03-04T10:00:00Z</updated></entry></feed>",
        url="https://example.com/x/feed.atom",
    )
    assert found.items[0].url == "https://example.com/x/b/c"
    assert "\x01" not in (found.items[0].title or "")


def test_empty_feed_is_a_feed() -> None:
    assert reading('<rss version="2.0"><channel><title>T</title></channel></rss>').items == ()


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"<!doctype html><html><body>Hello</body></html>", "web page"),
        (b"just words", "neither"),
        (b'{"a": 1}', "neither"),
        (b"<rss><channel><item><title>x</channel>", "broken"),
        (b"<urlset><url><loc>https://a.example/</lo", "broken"),
        (b"\x1f\x8b\x08broken", "gzip"),
    ],
)
def test_not_a_feed(body: bytes, part: str) -> None:
    assert part in problem(body)


def test_gzip_bomb() -> None:
    assert "longer" in problem(gzip.compress(b"<urlset>" + b" " * 30_000_000))


@pytest.mark.parametrize("root", ["rss", "urlset"])
def test_billion_laughs_and_external_entities(root: str) -> None:
    entities = '<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    inside = "<channel><item><title>&l9;</title><link>https://a.example/&l9;</link></item></channel>"
    started = time.monotonic()
    read(
        f"<!DOCTYPE {root} [{entities}]><{root}>{inside}<url><loc>&l9;</loc></url></{root}>".encode(),
        url=BASE,
        content_type="",
        kind=FeedKind.FEED,
    )
    assert time.monotonic() - started < 2
    external = f'<!DOCTYPE {root} [<!ENTITY x SYSTEM "file:///etc/passwd">]><{root}><channel><item><title>&x;</title><link>https://a.example/1</link></item></channel></{root}>'
    assert "root:" not in str(read(external.encode(), url=BASE, content_type="", kind=FeedKind.FEED))


def test_a_feed_body_is_never_taken_for_an_address_or_a_file() -> None:
    assert "neither" in problem("/etc/passwd")
    assert "neither" in problem("http://127.0.0.1:1/feed")


def test_news_sitemap_newest_first_and_without_image_locations() -> None:
    found = reading(
        """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"
        xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
        <url><loc>https://example.com/old</loc><n:news><n:publication_date>2025-03-01</n:publication_date><n:title>Old</n:title></n:news></url>
        <url><loc> https://example.com/new </loc><image:image><image:loc>https://example.com/i.jpg</image:loc><image:title>Pic</image:title></image:image>
        <n:news><n:publication_date>2025-03-04T10:00:00+02:00</n:publication_date><n:title>New</n:title></n:news></url></urlset>"""
    )
    assert found.kind is FeedKind.NEWS_SITEMAP
    assert [(item.url, item.title) for item in found.items] == [("https://example.com/new", "New"), ("https://example.com/old", "Old")]
    assert found.items[0].published_at == datetime(2025, 3, 4, 8, tzinfo=UTC)


def test_sitemap_index_and_limit() -> None:
    parts = "".join(f"<sitemap><loc>https://example.com/{n}.xml</loc><lastmod>2025-03-0{n}</lastmod></sitemap>" for n in (1, 3, 2))
    found = reading(gzip.compress(f"<sitemapindex>{parts}</sitemapindex>".encode()))
    assert found.parts == ("https://example.com/3.xml", "https://example.com/2.xml", "https://example.com/1.xml")
    many = "".join(f"<url><loc>https://example.com/{n}</loc></url>" for n in range(3_000))
    assert len(reading(f"<urlset>{many}</urlset>").items) == 1_000


SECTION = """<html><body><nav><a href="/politics">Politics</a><a href="/politics/our-region-and-its-people">Politics and society in our region</a></nav>
<main><h2><a href="/2025/03/04/minister-resigns-after-long-debate">Minister resigns after long debate</a></h2>
<a href="/news/world-54321987">Floods hit the northern provinces after heavy rain</a>
<div><a href="/politics/council-votes-for-the-new-bridge.html"><img alt=""></a>
<a href="/politics/council-votes-for-the-new-bridge.html">Council votes for the new bridge over the river</a></div>
<a href="/tag/bridges">All our articles about bridges and other things</a> <a href="/author/jane-doe-the-writer">Jane Doe, our writer for the world</a>
<a href="/login">Log in to read all of our articles today</a><a href="https://other.example/2025/03/04/not-of-this-site-at-all">An article of another site that is linked</a>
<a href="mailto:a@b.c">Write to us about this and that and more</a><a href="/photo-of-the-day-2025-03-04.jpg">The photo of the day is this one</a>
<a href="#top">Back to the top of this very page</a></main><footer><a href="/privacy">Privacy</a></footer></body></html>"""


def test_section_tells_articles_from_navigation() -> None:
    found = reading(SECTION, FeedKind.SECTION, url="https://example.com/")
    assert [item.url for item in found.items] == [
        "https://example.com/2025/03/04/minister-resigns-after-long-debate",
        "https://example.com/news/world-54321987",
        "https://example.com/politics/council-votes-for-the-new-bridge.html",
    ]
    assert found.items[2].title == "Council votes for the new bridge over the river"


def test_section_that_is_no_page() -> None:
    assert "no web page" in problem(b"%PDF-1.4", FeedKind.SECTION, "application/pdf")


@pytest.mark.parametrize(
    ("better", "worse"), [("/2025/03/04/the-long-name-of-it", "/world"), ("/a-1234567", "/tag/x"), ("/story-of-a-day.html", "/story")]
)
def test_urls_of_articles_score_more(better: str, worse: str) -> None:
    assert url_score("https://example.com" + better) > url_score("https://example.com" + worse)


def test_home_page() -> None:
    found = home.read(
        b"""<html><head><title>Example News | Latest</title><link rel="alternate" type="application/rss+xml" href="/feed">
        <link rel="alternate" type="application/rss+xml" href="/comments/feed" title="Comments"><link rel="alternate" hreflang="de" href="/de">
        </head><body><a href="/rss/politics.xml">RSS</a><a href="/press">Press</a></body></html>""",
        url="https://www.example.com/",
    )
    assert (found.name, found.announced, found.linked) == (
        "Example News",
        ("https://www.example.com/feed",),
        ("https://www.example.com/rss/politics.xml",),
    )
