"""Times at midnight's edge are of the day that readers saw; nothing is dated by a stranger's date."""

from __future__ import annotations

from datetime import UTC, datetime
from time import process_time

import pytest

from pipeline.extract import stamps, times
from pipeline.extract.extraction import extract
from pipeline.extract.page import gather
from pipeline.extract.parsing import parse_tree
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


def day(body: str, head: str = "", **options: str) -> str | None:
    found = published(head, body, **options)
    return found[:10] if found else None


@pytest.mark.parametrize(
    "body",
    [
        '<p class="date">14 January 2025</p>',
        "<p>14 January 2025, 10:31</p>",
        "<p>By Ann Lee | 14 January 2025 | 4 comments</p>",
        "<p><b>Published:</b> 14 January 2025</p><p>3 June 2019</p>",
        "<p>Published: 14 January 2025<br>Last updated: 16 January 2025<br>Read by 61 people and shared by nine of them</p>",
        # Modified is not published, wherever it stands.
        "<p>Updated 16 January 2025</p><p>14 January 2025</p>",
        # A vcard is no card of another article, nor is anything promoted.
        '<div class="vcard"><span>Ann Lee | 14 January 2025</span></div>',
        '<div class="node-promoted"><div class="submitted">Submitted by Ann Mary Lee on 14 January 2025</div></div>',
        "<p>Hamburg (14 January 2025). The ministers agreed.</p>",
        '<p class="postmetadata">This entry was posted on Tuesday, January 14th, 2025 at 10:31 am and is filed under News. You can follow it.</p>',
    ],
)
def test_a_date_that_the_page_shows_as_its_own(body: str) -> None:
    assert day(body) == "2025-01-14"


@pytest.mark.parametrize(
    "body",
    [
        '<div class="comment"><p class="date">14 January 2025</p></div>',
        '<div class="related-stories"><p class="date">14 January 2025</p></div>',
        '<blockquote><time datetime="2025-01-14T10:00:00Z">14 January 2025</time></blockquote>',
        "<p>Closing date for entries: 14 January 2025</p>",
        "<p>The fair is open 12.01.2025 - 14.01.2025</p>",
    ],
)
def test_a_date_of_another_thing(body: str) -> None:
    ahead = "<p>First published 3 December 2024</p>"
    assert day(body + TEXT + ahead) == "2024-12-03"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (
            '<div class="teaser"><p>9 January 2025</p><h1>The crossing opens again</h1></div>',
            "2025-01-09",
        ),  # what holds the headline is the article's
        ("<header><p>19 January 2025</p></header><h1>The crossing opens again</h1>", None),  # today's date
        ("<p>9 January 2025</p><h1>The crossing opens again</h1>", "2025-01-09"),
    ],
)
def test_above_the_headline(page: str, expected: str | None) -> None:
    html = f'<html lang="en"><head><title>The crossing opens again</title></head><body>{page}{TEXT}</body></html>'
    found = extract(PageSource(url="https://example.com/news/story", html=html, fetched_at=NOW)).published_at
    assert (found.isoformat()[:10] if found else None) == expected


def test_a_date_of_its_own_in_the_pages_title() -> None:
    assert day("<p>3 June 2019</p>", "<title>The crossing opens | North | 14.01.2025</title>") == "2025-01-14"
    assert day("<p>3 June 2019</p>", "<title>What happened on 14 January 2025</title>") == "2019-06-03"


def test_what_is_said_of_the_page_is_no_match_for_what_it_shows() -> None:
    saved = '<meta name="date" content="2025-01-18T08:00:00Z">'
    assert day("<p>14 January 2025</p>", saved) == "2025-01-14"
    assert day("", saved) == "2025-01-18"
    assert day("<p>14 January 2025</p>", stamp("2025-01-13T08:00:00Z")) == "2025-01-13"


def test_microdata_on_any_element_even_in_a_footer() -> None:
    item = '<div class="footer"><p itemprop="datePublished" content="2025-01-14 10:31:00">January 2025</p></div>'
    assert published(body=item) == "2025-01-14T10:31:00+00:00"
    shown = '<p itemprop="datePublished">14 January 2025</p>'
    assert day(shown) == "2025-01-14"
    assert day(f'<div class="comments">{shown}</div>') is None


def test_reviews_of_the_pages_subject_are_no_article() -> None:
    head = (
        '<script type="application/ld+json">{"@type":"Recipe","name":"Soup","datePublished":"2025-01-14",'
        '"review":[{"@type":"Review","datePublished":"2024-05-05","author":"Bo"}]}</script>'
    )
    assert day("", head) == "2025-01-14"


def test_another_source_adds_the_time_of_day() -> None:
    head = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"T","datePublished":"2025-01-14"}</script>'
    assert published(head + stamp("2025-01-14T10:31:00+01:00"), country="de") == "2025-01-14T10:31:00+01:00"
    assert published(head + stamp("2025-01-15T10:31:00+01:00"), country="de") == "2025-01-14T00:00:00+01:00"


def test_data_of_scripts_that_name_one_day_only() -> None:
    assert day('<script>var page = {"publishedAt": "2025-01-14T10:31:00Z", "id": 7}</script>') == "2025-01-14"
    html = '<html><body><script>[{"publishedAt": "2025-01-14T10:31:00Z"}, {"publishedAt": "2024-03-05T10:31:00Z"}]</script></body></html>'
    page = gather(PageSource(url="https://example.com/a/b", html=html, fetched_at=NOW), html, parse_tree(html))
    assert stamps.in_scripts(page) == []


def test_how_long_ago_it_was() -> None:
    assert published(body='<span class="date">3 hours ago</span>') == "2025-01-20T09:00:00+00:00"
    assert day('<span class="reading-time">5 min</span>') is None


@pytest.mark.parametrize(("feed", "expected"), [(14, "2025-01-14T08:15:00+00:00"), (12, "2025-01-14T00:00:00+00:00")])
def test_a_feed_adds_the_time_of_the_day_that_the_page_shows(feed: int, expected: str) -> None:
    html = f'<html lang="en"><body><h1>The crossing opens</h1><p>14 January 2025</p>{TEXT}</body></html>'
    told = datetime(2025, 1, feed, 8, 15, tzinfo=UTC)
    found = extract(PageSource(url="https://example.com/a/b", html=html, fetched_at=NOW, feed_published_at=told)).published_at
    assert found is not None
    assert found.isoformat() == expected


def test_a_feed_is_surer_than_a_date_above_the_headline() -> None:
    html = f'<html lang="en"><body><p>9 January 2025</p><h1>The crossing opens</h1>{TEXT}</body></html>'
    told = datetime(2025, 1, 14, 8, 15, tzinfo=UTC)
    found = extract(PageSource(url="https://example.com/a/b", html=html, fetched_at=NOW, feed_published_at=told)).published_at
    assert found is not None
    assert found.at == told


def test_the_text_tells_the_language_that_a_template_hides() -> None:
    text = "".join(
        f"<p>Ministrene ble onsdag enige om å åpne overgangen igjen etter samtaler som hadde vart i {n} uker.</p>" for n in range(2, 9)
    )
    html = f'<html lang="en"><body><h1>Overgangen åpner</h1><p>14. januar 2025</p><p>9. desember 2024</p>{text}</body></html>'
    found = extract(PageSource(url="https://example.com/a/b", html=html, fetched_at=NOW)).published_at
    assert found is not None
    assert found.isoformat() == "2025-01-14T00:00:00+00:00"


@pytest.mark.parametrize(
    ("language", "line", "first", "last"),
    [
        ("en", "Published: 10 March 2024, 09:15 | Updated: 14:05, 12 March 2024", "2024-03-10", "2024-03-12"),
        ("en", "Updated March 12, 2024 | Posted March 10, 2024", "2024-03-10", "2024-03-12"),
        ("fr", "Publié le 10 mars 2024 à 09h15 - Mis à jour le 12 mars 2024 à 14h05", "2024-03-10", "2024-03-12"),
        ("pt", "10/03/2024 09h15 Atualizado em 12/03/2024 14h05", "2024-03-10", "2024-03-12"),
        ("tr", "Giriş: 10.03.2024 09:15 Güncelleme: 12.03.2024 14:05", "2024-03-10", "2024-03-12"),
        ("ko", "입력 2024.03.10 09:15 수정 2024.03.12 14:05", "2024-03-10", "2024-03-12"),
        ("en", "10 March 2024</p><p>The law was updated on 12 March 2024 by the council.", "2024-03-10", None),
        ("en", "10 March 2024 09:15</p><p>Updated 9 March 2024", "2024-03-10", None),
        ("en", 'Updated <time datetime="2024-03-12T14:05Z">Tuesday</time>, first published <time datetime="2024-03-10T09:15Z">Sunday</time>',
         "2024-03-10", "2024-03-12"),
        ("de", '<time datetime="2024-03-10T09:15Z">10.03.2024</time> Stand: <time datetime="2024-03-12T14:05Z">12.03.2024</time>',
         "2024-03-10", "2024-03-12"),
    ],
)  # fmt: skip
def test_what_a_page_shows_of_its_changes(language: str, line: str, first: str, last: str | None) -> None:
    html = f'<html lang="{language}"><body><h1>The crossing opens</h1><p class="info">{line}</p>{TEXT}</body></html>'
    page = gather(PageSource(url="https://example.com/a/b", html=html, fetched_at=NOW), html, parse_tree(html))
    published = times.decide_published(page).value
    modified = times.decide_modified(page, published).value
    assert published is not None
    assert (published.isoformat()[:10], modified.isoformat()[:10] if modified else None) == (first, last)


def test_what_programs_are_told_of_a_change_counts_before_what_readers_are() -> None:
    html = (
        '<html lang="en"><head><meta property="article:modified_time" content="2024-03-13T08:00:00Z"></head><body><h1>The crossing opens</h1>'
        f"<p>Published 10 March 2024, updated 12 March 2024</p>{TEXT}</body></html>"
    )
    page = gather(PageSource(url="https://example.com/a/b", html=html, fetched_at=NOW), html, parse_tree(html))
    modified = times.decide_modified(page, times.decide_published(page).value).value
    assert modified is not None
    assert modified.isoformat() == "2024-03-13T08:00:00+00:00"


@pytest.mark.parametrize(
    "body",
    [
        "<p>" + "Updated 14 January 2025<br>" * 30_000,
        "<time>soon</time>" * 100_000,
        "<aside>" + "<time>14 January 2025</time>" * 100_000 + "</aside>",
        "<nav>" + "<p class=date>14 January 2025" * 30_000 + "</nav>",
        "<p>" + "15 2025 may<br>" * 30_000,
    ],
)
def test_a_page_of_many_dates_stays_quick(body: str) -> None:
    html = f'<html lang="en"><body><h1>The crossing opens</h1>{body}</body></html>'
    page = gather(PageSource(url="https://example.com/a/b", html=html, fetched_at=NOW), html, parse_tree(html))
    start = process_time()
    times.decide_modified(page, times.decide_published(page).value)
    assert process_time() - start < 2  # seconds; what is quadratic takes minutes


def test_a_time_of_no_zone_is_no_date_and_says_why() -> None:
    html = f"<html><body><h1>2025-01-14T08:30:00+25:99</h1>{TEXT}</body></html>"
    found = extract(PageSource(url="https://example.com/news/story", html=html, fetched_at=NOW))
    assert found.published_at is None
    assert [candidate.source for candidate in found.candidates["published_at"] if "offset" in candidate.value] == ["htmldate"]


def test_the_only_day_of_a_page_in_a_line_of_its_own_is_its_day() -> None:
    box = TEXT + "<p></p>" * 90 + "<aside class='data'><dl><dt>Topic</dt><dd>Bridges</dd><dt>Datum</dt><dd>{}</dd></dl></aside>"
    assert day(box.format("12.01.2017")) == "2017-01-12"
    assert day(box.format("12.01.2017") + box.format("13.01.2017")) is None
    assert day("<p>The bridge was built in May 1968, repaired on 3 June 2011 and in 2015, and painted blue.</p>") is None
