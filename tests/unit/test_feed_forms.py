"""Forms of feeds and sitemaps that are odd but real: each is read to the same item."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from crawlers.reading import Reading, read
from pipeline.models import FeedKind

URL = "https://example.com/1?a=1&b=2"
WRITTEN = URL.replace("&", "&amp;")
AT = datetime(2025, 3, 4, 9, tzinfo=UTC)
ITEM = f"<item><title>Пожар &amp; café</title><link>{WRITTEN}</link><pubDate>Tue, 04 Mar 2025 10:00:00 +0100</pubDate></item>"
RSS = f'<rss version="2.0"><channel><title>T</title>{ITEM}</channel></rss>'
DECLARED = f'<?xml version="1.0" encoding="utf-8"?>{RSS}'
TITLE = "Пожар & café"
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'


def feed(item: str, attributes: str = "", channel: str = "") -> str:
    return f'<rss version="2.0" {attributes}><channel><title>T</title>{channel}<item><title>Пожар &amp; café</title>{item}</item></channel></rss>'


def atom(links: str, attributes: str = "", entry: str = "") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>T</title><entry {entry}><title>Пожар &amp; café</title>{links}</entry></feed>'


LINK = f"<link>{WRITTEN}</link>"
DATED = "<pubDate>{}</pubDate>"
FEEDS = {
    "RSS 0.90": f'<rdf:RDF {RDF} xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>T</title></channel>{ITEM}</rdf:RDF>',
    "RSS 0.91 with its DTD": f'<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">{RSS}',
    "RSS 1.0": f'<rdf:RDF {RDF} xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel/><item rdf:about="https://example.com/x">'
    f"<title>Пожар &amp; café</title>{LINK}<dc:date>2025-03-04T10:00:00+01:00</dc:date></item></rdf:RDF>",
    "RSS 1.0, address in about": f'<rdf:RDF {RDF} xmlns="http://purl.org/rss/1.0/"><channel/><item rdf:about="{WRITTEN}">'
    "<title>Пожар &amp; café</title></item></rdf:RDF>",
    "Atom 0.3": f'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>Пожар &amp; café</title><link rel="alternate" href="{WRITTEN}"/>'
    "<issued>2025-03-04T09:00:00Z</issued></entry></feed>",
    "guid for a link": feed(f'<guid isPermaLink="true">{WRITTEN}</guid>'),
    "empty link": feed(f"<link/><guid>{WRITTEN}</guid>"),
    "link in Atom's element": feed(f'<atom:link rel="alternate" href="{WRITTEN}"/>', 'xmlns:atom="http://www.w3.org/2005/Atom"'),
    "origLink": feed(
        f"<link>http://feedproxy.google.com/~r/x/1</link><feedburner:origLink>{WRITTEN}</feedburner:origLink>",
        'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"',
    ),
    "xml:base in RSS": feed("<link>1?a=1&amp;b=2</link>", 'xml:base="https://example.com/"'),
    "xml:base in Atom": atom('<link href="1?a=1&amp;b=2"/>', 'xml:base="https://other.example/"', 'xml:base="https://example.com/x/../"'),
    "the alternate of Atom's links": atom(
        '<link rel="replies" type="text/html" href="https://example.com/1#comments"/><link rel="self" href="https://example.com/feeds/1"/>'
        f'<link rel="edit" href="https://example.com/e"/><link rel="alternate" type="text/html" href="{WRITTEN}"/>'
        '<link rel="related" href="https://other.example/"/><link rel="enclosure" href="https://example.com/1.mp3"/>'
    ),
    "CDATA with white space": feed("<link><![CDATA[\n  https://example.com/1?a=1&b=2\n ]]></link>"),
    "blank lines before": f"\n\n  {DECLARED}",
    "BOM and blank lines before": f"\ufeff\r\n{DECLARED}",
    "warnings before": f"<br />\n<b>Warning</b>: something <br />\n{DECLARED}",
    "a text with another declaration in it": feed(
        f"{LINK}<description><![CDATA[<?xml version='1.0'?><?xml:namespace prefix = o />]]></description>"
    ),
    "style sheet": f'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="x.xsl"?><!-- <html> -->{RSS}',
}


@pytest.mark.parametrize("name", FEEDS)
def test_feeds(name: str) -> None:
    found = read(FEEDS[name].encode(), url="https://example.com/rss", content_type="text/xml", kind=FeedKind.FEED)
    assert isinstance(found, Reading), found
    assert [(item.url, item.title) for item in found.items] == [(URL, TITLE)]
    assert found.items[0].published_at in {AT, None}


CYRILLIC = RSS.replace(" &amp; café", "")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (f'<?xml version="1.0" encoding="windows-1251"?>{CYRILLIC}'.encode("cp1251"), "text/xml"),
        (f'<?xml version="1.0" encoding="windows-1251"?>{CYRILLIC}'.encode("cp1251"), "text/xml; charset=utf-8"),
        (CYRILLIC.encode("cp1251"), "text/xml; charset=windows-1251"),
        (f'<?xml version="1.0" encoding="windows-1251"?>{CYRILLIC}'.encode(), "text/xml"),
        (CYRILLIC.encode(), "text/xml; charset=iso-8859-1"),
        (f'<?xml version="1.0" encoding="utf-16"?>{CYRILLIC}'.encode("utf-16"), "text/xml"),
    ],
)
def test_encodings(body: bytes, content_type: str) -> None:
    found = read(body, url="https://example.com/rss", content_type=content_type, kind=FeedKind.FEED)
    assert isinstance(found, Reading), found
    assert [item.title for item in found.items] == ["Пожар"]


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("Tue, 4 Mar 2025 09:00 GMT", AT),
        ("Tue, 04 Mar 2025 10:00:00 CET", AT),
        ("Tue, 04 Mar 2025 12:00:00 MSK", AT),
        ("Tue, 04 Mar 2025 04:00:00 EST", AT),
        ("2025-03-04T10:00:00+0100", AT),
        ("2025-03-04 09:00:00", AT),
        ("20250304T090000Z", AT),
        ("1741078800", AT),
        ("Di, 04 Mär 2025 10:00:00 +0100", AT),
        ("04.03.2025 09:00", AT),
        ("2 hours ago", None),
        ("x" * 100_000, None),
    ],
)
def test_times_of_items(written: str, at: datetime | None) -> None:
    body = feed(LINK + DATED.format(written), channel="<language>de-DE</language>")
    found = read(body.encode(), url="https://example.com/rss", content_type="", kind=FeedKind.FEED)
    assert isinstance(found, Reading), found
    assert found.items[0].published_at == at


NEWS = (
    "<news:news><news:publication_date>2025-03-04T09:00:00</news:publication_date><news:title>Caf\u00e9 &amp; more</news:title></news:news>"
)
NEWS_SPACE = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
HTTPS_SPACE = NEWS_SPACE.replace("http:", "https:")
UNPREFIXED = NEWS.replace("news:", "").replace("<news>", '<news xmlns="http://www.google.com/schemas/sitemap-news/0.9">')
NAMED = NEWS.replace("\u00e9", "&eacute;")
LOC = "<loc>https://example.com/1?a=1&amp;b=2</loc>"
S_LOC = LOC.replace("loc>", "s:loc>")
SITEMAPS = {
    "no namespace": f"<urlset {NEWS_SPACE}><url>{LOC}{NEWS}</url></urlset>",
    "an old namespace": f'<urlset xmlns="http://www.google.com/schemas/sitemap/0.84" {NEWS_SPACE}><url>{LOC}{NEWS}</url></urlset>',
    "namespaces with https": f'<urlset xmlns="https://www.sitemaps.org/schemas/sitemap/0.9" {HTTPS_SPACE}><url>{LOC}{NEWS}</url></urlset>',
    "a prefix that nothing declares": f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url>{LOC}{NEWS}</url></urlset>',
    "prefixes for everything": f'<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9" {NEWS_SPACE}><s:url>{S_LOC}{NEWS}</s:url></s:urlset>',
    "news as default namespace": f"<urlset><url>{LOC}{UNPREFIXED}</url></urlset>",
    "CDATA with white space": f"<urlset {NEWS_SPACE}><url><loc><![CDATA[\n https://example.com/1?a=1&b=2\n]]></loc>{NEWS}</url></urlset>",
    "other languages and pictures": f'<urlset {NEWS_SPACE} xmlns:xhtml="http://www.w3.org/1999/xhtml" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url>{LOC}'
    f'<xhtml:link rel="alternate" hreflang="de" href="https://example.com/de/1"/><image:image><image:loc>https://example.com/i.jpg</image:loc></image:image>{NEWS}</url></urlset>',
    "blank lines before": f'\n \ufeff<?xml version="1.0"?><urlset {NEWS_SPACE}><url>{LOC}{NEWS}</url></urlset>',
    "bare ampersands": f"<urlset {NEWS_SPACE}><url>{LOC.replace('&amp;', '&')}{NEWS.replace('&amp;', '&')}</url></urlset>",
    "names of HTML's characters": f"<urlset {NEWS_SPACE}><url>{LOC}{NAMED}</url></urlset>",
    "an end that is missing": f"<urlset {NEWS_SPACE}><url>{LOC}{NEWS}</url><url><loc>https://example.com/2",
}


@pytest.mark.parametrize("name", SITEMAPS)
def test_news_sitemaps(name: str) -> None:
    for body in (SITEMAPS[name].encode(), gzip.compress(SITEMAPS[name].encode())):
        found = read(body, url="https://example.com/news.xml", content_type="text/xml", kind=FeedKind.FEED)
        assert isinstance(found, Reading), found
        assert found.kind is FeedKind.NEWS_SITEMAP
        assert [(item.url, item.title, item.published_at) for item in found.items] == [(URL, "Café & more", AT)]


@pytest.mark.parametrize(
    "written", ["2025-03-04T09:00Z", "2025-03-04T09:00:00.000+0000", "2025-03-04T10:00:00 +01:00", "Tue, 04 Mar 2025 09:00:00 GMT"]
)
def test_times_of_sitemaps(written: str) -> None:
    body = f"<urlset><url>{LOC}<lastmod> {written} </lastmod></url></urlset>"
    found = read(body.encode(), url="https://example.com/s.xml", content_type="", kind=FeedKind.SITEMAP)
    assert isinstance(found, Reading), found
    assert found.items[0].published_at == AT


def test_podcasts_are_told_from_news_that_can_be_heard() -> None:
    def entry(number: int, kind: str) -> str:
        return f'<item><title>E</title><link>https://example.com/{number}</link><enclosure url="https://example.com/{number}.x" type="{kind}" length="1"/></item>'

    for kind, few, heard in (("audio/mpeg", 5, True), ("video/mp4", 5, True), ("image/jpeg", 5, False), ("audio/mpeg", 3, False)):
        items = "".join(entry(number, kind if number < few else "image/png") for number in range(5))
        found = read(f'<rss version="2.0"><channel>{items}</channel></rss>'.encode(), url=URL, content_type="", kind=FeedKind.FEED)
        assert isinstance(found, Reading), found
        assert (found.is_heard, len(found.items)) == (heard, 5)
