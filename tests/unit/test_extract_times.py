"""Times at midnight's edge are of the day that readers saw; nothing is dated by a stranger's date."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.extract.extraction import extract
from pipeline.models import PageSource
from tests.sentences import TEXT

NOW = datetime(2025, 1, 20, 12, tzinfo=UTC)


def published(head: str = "", body: str = "", *, url: str = "https://example.com/news/story", country: str | None = None) -> str | None:
    html = f'<html lang="en"><head>{head}</head><body><h1>The crossing opens</h1>{body}{TEXT}</body></html>'
    found = extract(PageSource(url=url, html=html, fetched_at=NOW, outlet_country=country)).published_at
    return found.isoformat() if found else None


def stamp(value: str) -> str:
    return f'<meta property="article:published_time" content="{value}">'


@pytest.mark.parametrize(
    ("value", "options", "expected"),
    [
        # The page's own offset stays where the day is the same.
        ("2025-01-14T17:20:00Z", {"country": "us"}, "2025-01-14T17:20:00+00:00"),
        ("2025-01-14T02:20:00Z", {"country": "us"}, "2025-01-13T21:20:00-05:00"),
        ("2025-01-14T23:20:00Z", {"url": "https://www.example.it/news/story"}, "2025-01-15T00:20:00+01:00"),
        ("2025-01-14T23:20:00Z", {"url": "https://www.example.io/news/story"}, "2025-01-14T23:20:00+00:00"),
        ("2025-01-15T02:25:54Z", {"url": "https://example.com/2025/01/14/story"}, "2025-01-14T23:25:54-03:00"),
        ("2025-01-14T22:10:00Z", {"url": "https://example.com/2025/01/15/story"}, "2025-01-15T00:10:00+02:00"),
        ("2025-01-15T02:25:54Z", {"url": "https://example.com/2025/01/15/story", "country": "us"}, "2025-01-15T02:25:54+00:00"),
        # A day that no zone explains is another event's.
        ("2025-01-15T02:25:54Z", {"url": "https://example.com/2025/01/10/story"}, "2025-01-15T02:25:54+00:00"),
        ("2025-01-15T02:25:54+03:00", {"url": "https://example.com/2025/01/14/story"}, "2025-01-15T02:25:54+03:00"),
    ],
)
def test_a_utc_stamp_at_midnights_edge(value: str, options: dict[str, str], expected: str) -> None:
    assert published(stamp(value), **options) == expected


def test_a_clock_on_the_page_tells_the_offset() -> None:
    assert published(stamp("2025-01-15T03:28:35Z"), '<time datetime="2025-01-14 22:28:35">10:28 p.m.</time>') == "2025-01-14T22:28:35-05:00"


def test_another_stamp_of_the_instant_tells_the_offset() -> None:
    head = (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"T","datePublished":"2025-01-14T23:04:00Z"}</script>'
        + stamp("Wed, 15 Jan 2025 00:04:00 +0100")
    )
    assert published(head) == "2025-01-15T00:04:00+01:00"


def test_digits_are_read_in_the_order_of_the_pages_region() -> None:
    html = f'<html lang="en-GB"><body><h1>The crossing opens</h1><p class="date">02/10/2024</p>{TEXT}</body></html>'
    found = extract(PageSource(url="https://example.com/a/b", html=html, fetched_at=NOW)).published_at
    assert found is not None
    assert found.isoformat() == "2024-10-02T00:00:00+00:00"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("Mon Oct 14 14:57:21 CEST 2024", "2024-10-14T14:57:21+02:00"), ("Mon Oct 14 14:57:21 GMT 2024", "2024-10-14T14:57:21+00:00")],
)
def test_javas_form(value: str, expected: str) -> None:
    assert published(stamp(value)) == expected


def test_a_date_far_from_the_month_of_the_url_is_not_the_articles() -> None:
    url = "https://example.com/2011/12/story"
    assert published(body='<p class="date">Copyright 1 June 2010</p>', url=url) is None
    assert published(body='<p class="date">3 December 2011</p>', url=url) == "2011-12-03T00:00:00+00:00"


def test_a_german_day_in_the_url() -> None:
    assert published(url="https://example.com/bericht_vom_22.04.2024_zur_lage") == "2024-04-22T00:00:00+00:00"
