"""Which parts of an archive are read for a time, what they show of it, and where feeds' paging ends."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from crawlers.reading import archives, paging, periods
from pipeline.backfill import Part, PartKind, Showing, Span
from pipeline.cli.times import moment
from pipeline.errors import UsageError
from pipeline.models import FeedItem

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
BASE = "https://example.com"


def days(first: str, after: str) -> Span:
    return Span(since=datetime.fromisoformat(f"{first}T00:00Z"), until=datetime.fromisoformat(f"{after}T00:00Z"))


MARCH = days("2024-03-01", "2024-04-01")


@pytest.mark.parametrize(
    ("url", "first", "after"),
    [
        ("/sitemap-2024-03.xml", "2024-03-01", "2024-04-01"),
        ("/sitemap/2024/03/15/index.xml.gz", "2024-03-15", "2024-03-16"),
        ("/sitemap-20240315.xml", "2024-03-15", "2024-03-16"),
        ("/sitemap_202403.xml", "2024-03-01", "2024-04-01"),
        ("/2024/sitemap.xml", "2024-01-01", "2025-01-01"),
        ("/sitemap.xml?yyyy=2024&mm=03&dd=15", "2024-03-15", "2024-03-16"),
        ("/sitemap.xml?year=2024&month=3", "2024-03-01", "2024-04-01"),
    ],
)
def test_periods(url: str, first: str, after: str) -> None:
    assert periods.of_each([BASE + url], latest=NOW) == {BASE + url: days(first, after)}


@pytest.mark.parametrize(
    "urls",
    [
        ["/sitemap.xml", "/post-sitemap12.xml", "/sitemap-2999.xml", "/sitemap-1812.xml", "/sitemap.xml?mm=03", "/sitemap-2024-02-30.xml"],
        [f"/sitemap-{number}.xml" for number in (1999, 2000, 2001, 2100)],  # they are counted
        [f"/sitemap_{number}.xml" for number in (202401, 202413)],
    ],
)
def test_no_periods(urls: list[str]) -> None:
    assert periods.of_each([BASE + url for url in urls], latest=NOW) == {}


def test_numbers_beside_a_year_are_months_only_if_all_are() -> None:
    counted = [f"{BASE}/sitemap-2024-{number}.xml" for number in ("11", "12", "13")]
    assert periods.of_each(counted, latest=NOW) == dict.fromkeys(counted, days("2024-01-01", "2025-01-01"))


def test_parts_that_can_tell_of_a_time() -> None:
    at = datetime(2024, 3, 10, 12, tzinfo=UTC)
    parts = [
        (f"{BASE}/2024-02.xml", at),
        (f"{BASE}/2024-03.xml", None),
        (f"{BASE}/2024-04.xml", at),
        (f"{BASE}/a1.xml", datetime(2024, 2, 29, tzinfo=UTC)),  # a day, which ends with February
        (f"{BASE}/a2.xml", at),
        (f"{BASE}/a3.xml", NOW),
        (f"{BASE}/a4.xml", None),
        (f"{BASE}/category-sitemap.xml", at),
        (f"{BASE}/author-sitemap2.xml", None),
    ]
    found = archives.named(parts, of=Span(), asked=MARCH, now=NOW)
    assert [part.url.rsplit("/", 1)[1] for part in found] == ["2024-03.xml", "a2.xml", "a3.xml", "a4.xml"]
    # Of an index of a month, all that it names.
    assert len(archives.named(parts[4:7], of=MARCH, asked=MARCH, now=NOW)) == 3
    assert not archives.named(parts[4:7], of=days("2024-01-01", "2024-02-01"), asked=MARCH, now=NOW)


@pytest.mark.parametrize(
    ("path", "changed", "holds", "is_sure", "expected"),
    [
        ("/2024/03/10/slug", None, Span(), False, days("2024-03-10", "2024-03-11")),
        ("/2024/03/slug", "2024-03-10", Span(), False, Span.at(datetime(2024, 3, 10, tzinfo=UTC))),
        ("/2024/03/slug", "2025-06-01", Span(), False, MARCH),  # it was edited later
        ("/slug", "2025-06-01", MARCH, False, MARCH),
        ("/slug", "2025-06-01", Span(), False, Span.at(datetime(2025, 6, 1, tzinfo=UTC))),
        ("/slug", "2025-06-01", MARCH, True, Span.at(datetime(2025, 6, 1, tzinfo=UTC))),
        ("/2024/03/10/slug", "2025-06-01", Span(), True, days("2024-03-10", "2024-03-11")),
        ("/2024/03/10/slug", "2024-03-11", Span(), True, Span.at(datetime(2024, 3, 11, tzinfo=UTC))),
        ("/slug", "2999-06-01", Span(), True, None),
        ("/slug", None, Span(until=NOW), False, None),
    ],
)
def test_when_an_article_was_published(path: str, changed: str | None, holds: Span, is_sure: bool, expected: Span | None) -> None:
    at = datetime.fromisoformat(f"{changed}T00:00Z") if changed else None
    assert archives.published(FeedItem(url=BASE + path, published_at=at), holds=holds, is_sure=is_sure, now=NOW) == expected


def look(body: str | bytes, *, kind: PartKind = PartKind.SITEMAP, asked: Span = MARCH, undated: bool = False, **part: Any) -> Showing | str:
    return archives.read(
        body.encode() if isinstance(body, str) else body, url=f"{BASE}/x", content_type="",
        part=Part(id=1, outlet_id=1, url=f"{BASE}/x", kind=kind, **part), asked=asked, undated=undated, now=NOW,
    )  # fmt: skip


def test_what_a_sitemap_shows_of_a_time() -> None:
    entries = {"/": "2024-03-02", "/a": "2024-03-02", "/b": "2024-02-02", "/c": "", "/d.pdf": "2024-03-02", "/2024/03/09/e": "2025-01-01"}
    body = f"<urlset>{''.join(f'<url><loc>{BASE}{path}</loc><lastmod>{at}</lastmod></url>' for path, at in entries.items())}</urlset>"
    for packed in (body.encode(), gzip.compress(body.encode())):
        found = look(packed)
        assert isinstance(found, Showing)
        assert [(dated.item.url[len(BASE) :], dated.item.published_at) for dated in found.items] == [
            ("/2024/03/09/e", None),
            ("/a", datetime(2024, 3, 2, tzinfo=UTC)),
        ]
        assert (found.found, found.undated) == (4, 1)
    wider = look(body, undated=True)
    assert isinstance(wider, Showing)
    assert len(wider.items) == 3
    text = look("\n".join(f"{BASE}{path}" for path in entries))
    assert isinstance(text, Showing)
    assert [dated.item.url for dated in text.items] == [f"{BASE}/2024/03/09/e"]
    assert look("<html></html>") == "it is no sitemap"
    assert look(" ") == "the answer is empty"
    assert "gzip is broken" in str(look(b"\x1f\x8b\x08broken"))


def test_an_index_names_parts_of_its_own_site_only() -> None:
    found = look(
        f"<sitemapindex><sitemap><loc>{BASE}/2024-03.xml</loc></sitemap><sitemap><loc>https://else.org/a.xml</loc></sitemap></sitemapindex>"
    )
    assert isinstance(found, Showing)
    assert ([part.url for part in found.parts], found.skipped) == ([f"{BASE}/2024-03.xml"], 1)


def feed(*at: str, head: str = "") -> str:
    items = "".join(f"<item><link>{BASE}/{number}-{day}</link><pubDate>{day}</pubDate></item>" for number, day in enumerate(at))
    return f"<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>T</title>{head}{items}</channel></rss>"


WORDPRESS = "<generator>https://wordpress.org/?v=6.5</generator>"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("", None),
        (WORDPRESS, f"{BASE}/feed?paged=2"),
        ("<atom:link rel='next' href='/feed?page=2'/>", f"{BASE}/feed?page=2"),
        ("<atom:link rel='next' href='/n'/><atom:link rel='prev-archive' href='/2024-02'/>", f"{BASE}/2024-02"),
        ("<atom:link rel='next' href='https://elsewhere.org/'/>", None),
        ("<atom:link rel='next' href='/feed'/>", None),
    ],
)
def test_where_older_items_are(head: str, expected: str | None) -> None:
    body = feed("Sun, 10 Mar 2024 10:00:00 GMT", head=head).encode()
    assert paging.read(body, url=f"{BASE}/feed", content_type="", most=10).next == expected


def test_where_older_items_of_json_feeds_are() -> None:
    body = {"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "/a"}], "next_url": "/feed.json?page=2"}
    assert paging.read(json.dumps(body).encode(), url=f"{BASE}/feed.json", content_type="", most=10).next == f"{BASE}/feed.json?page=2"
    assert paging.read(json.dumps(body | {"next_url": 3}).encode(), url=BASE, content_type="", most=10).next is None
    assert paging.following(f"{BASE}/feed/?a=b&paged=9") == f"{BASE}/feed/?a=b&paged=10"
    assert paging.following(f"{BASE}/feed/?paged={paging.MOST_PAGES}") is None


@pytest.mark.parametrize(
    ("at", "goes_on"),
    [
        (["Sun, 10 Mar 2024 10:00:00 GMT"], True),
        (["Fri, 10 May 2024 10:00:00 GMT"], True),  # not there yet
        (["Sun, 10 Mar 2024 10:00:00 GMT", "Sat, 10 Feb 2024 10:00:00 GMT"], False),  # in order: the rest is older
        (["Sat, 10 Feb 2024 10:00:00 GMT", "Sun, 10 Mar 2024 10:00:00 GMT"], True),
        (["Sat, 10 Feb 2024 10:00:00 GMT"], False),
        (["whenever"], False),  # nothing would tell when to stop
        ([], False),
    ],
)
def test_where_paging_ends(at: list[str], goes_on: bool) -> None:
    found = look(feed(*at, head=WORDPRESS), kind=PartKind.FEED)
    assert isinstance(found, Showing)
    assert bool(found.parts) is goes_on
    # The same items as on the page before.
    again = look(feed(*at, head=WORDPRESS), kind=PartKind.FEED, before=found.digest)
    assert isinstance(again, Showing)
    assert not again.parts


def test_times_on_the_command_line() -> None:
    assert moment("2025-01-31", "--until", now=NOW, is_end=True) == datetime(2025, 2, 1, tzinfo=UTC)
    assert moment("2025-01-31T12:00", "--until", now=NOW, is_end=True) == datetime(2025, 1, 31, 12, tzinfo=UTC)
    assert moment("2d", "--since", now=NOW) == datetime(2026, 1, 13, 12, tzinfo=UTC)
    with pytest.raises(UsageError, match="--since 'soon' is no time"):
        moment("soon", "--since", now=NOW)
