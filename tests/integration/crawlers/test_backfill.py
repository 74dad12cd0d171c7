"""A backfill: articles of past times are found in archives and fetched, each once, behind the news."""

from __future__ import annotations

import gzip
import itertools
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

import pytest

from pipeline.store.database import Database

from .conftest import Answer, Site, Start, article, rss
from .test_crawl import until

Read = Callable[[str], Any]
Add = Callable[..., int]
MARCH = ("--since=2024-03-01T00:00:00+00:00", "--until=2024-04-01T00:00:00+00:00")


def urlset(*entries: tuple[str, str]) -> bytes:
    """A sitemap of addresses with their `lastmod`."""
    urls = "".join(f"<url><loc>{escape(url)}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</url>" for url, at in entries)
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()


def index(*entries: tuple[str, str]) -> bytes:
    """A sitemap index."""
    return urlset(*entries).replace(b"urlset", b"sitemapindex").replace(b"<url>", b"<sitemap>").replace(b"</url>", b"</sitemap>")


@pytest.fixture
def backfill(start: Start) -> Callable[..., dict[str, Any]]:
    """Runs `backfill` to its end; gives what it did for the only outlet."""

    def run(*arguments: str, **settings: str) -> dict[str, Any]:
        report = start("backfill", *arguments, **settings).end()
        (outlet,) = report["outlets"]
        return outlet | {"crawl": report["crawl"]}

    return run


@pytest.fixture
def archive(site: Site) -> Callable[[int], list[str]]:
    """Sitemaps by month, 2024-01 to 2024-06, named by an index that robots.txt names; so many articles a month."""

    def put(count: int, *, wait_s: float = 0) -> list[str]:
        site.put("/robots.txt", f"User-agent: *\nDisallow: /secret\nSitemap: {site.url}/index.xml".encode(), kind="text/plain")
        months = []
        for month in range(1, 7):
            entries = [
                (site.put(f"/2024/{month:02}/story-{n}", article(f"{month} {n}"), wait_s=wait_s), f"2024-{month:02}-{n % 28 + 1:02}")
                for n in range(count)
            ]
            body = gzip.compress(urlset(*entries))
            months.append((site.put(f"/sitemap-2024-{month:02}.xml.gz", body, kind="application/gzip", wait_s=wait_s), ""))
        site.put("/index.xml", index(*months, (site.put("/old.xml", urlset()), "2023-05-05"), (f"{site.url}/category-sitemap.xml", "")))
        return [url for url, _ in months]

    return put


def test_only_what_can_tell_of_the_time_is_read_and_nothing_twice(
    site: Site, archive: Callable[..., Any], add: Add, one: Read, rows: Read, backfill: Callable[..., Any]
) -> None:
    archive(5)
    add(site.feed("/rss"))
    report = backfill(*MARCH)
    assert {path for _, path, _ in site.requests if "sitemap" in path} == {"/sitemap-2024-03.xml.gz"}
    assert (report["looked_at"], report["found"], report["in_range"], report["new"], report["fetched"]) == (3, 5, 5, 5, 5)
    assert (report["skipped"], report["failed"], report["unread"], report["parts_left"], report["pages_left"]) == (7, {}, {}, 0, 0)
    assert {row[0].rsplit("/", 2)[1] for row in rows("SELECT url FROM pages")} == {"03"}
    # It waits behind the news, with the time that the sitemap told, and is past the ages of re-fetches.
    assert one("SELECT count(*), min(priority), max(priority) FROM work WHERE stage = 'clean'") == (5, 2, 2)
    assert one("SELECT published_at FROM backfill_sightings s JOIN pages p ON p.id = s.page_id WHERE url LIKE '%story-4'") == (
        datetime(2024, 3, 5, tzinfo=UTC),
    )
    assert one("SELECT count(*) FROM pages WHERE due_at IS NULL AND fetches = 1")[0] == 5
    # The live side is as it was.
    assert one("SELECT count(*) FROM sightings")[0] == one("SELECT count(*) FROM coverage")[0] == 0
    assert one("SELECT polled_at, items FROM feeds") == (None, None)

    asked = len(site.requests)
    again = backfill(*MARCH)
    assert (len(site.requests), again["looked_at"], again["fetched"]) == (asked, 0, 0)
    # A wider span reads what is lacking of it.
    wider = backfill("--since=2024-02-15T00:00:00+00:00", MARCH[1])
    assert (wider["in_range"], wider["fetched"], site.asked("/sitemap-2024-02.xml.gz")) == (0, 0, 1)
    assert site.asked("/2024/03/story-1") == 1


def test_after_sigkill_the_same_command_goes_on(
    site: Site, archive: Callable[..., Any], add: Add, one: Read, start: Start, backfill: Callable[..., Any]
) -> None:
    archive(15, wait_s=0.02)
    add(site.feed("/rss"))
    crawler = start("backfill", "--since=2024-01-01T00:00:00+00:00")
    until(lambda: sum("story" in path for _, path, _ in site.requests) > 20)
    os.kill(crawler.pid, signal.SIGKILL)
    crawler.end(-signal.SIGKILL)
    before = one("SELECT count(*) FROM captures")[0]
    assert 0 < before < 90
    report = backfill("--since=2024-01-01T00:00:00+00:00")
    assert report["fetched"] == 90 - before
    assert one("SELECT count(*), count(DISTINCT page_id) FROM captures") == (90, 90)
    # Once more is asked for what was under way, and nothing else.
    counts = [site.asked(path) for path in {path for _, path, _ in site.requests}]
    assert sum(count - 1 for count in counts) <= 5


def test_feeds_are_read_back_page_by_page(site: Site, add: Add, rows: Read, backfill: Callable[..., Any]) -> None:
    def page(number: int, generator: str = "") -> bytes:
        dates = [datetime(2024, 5, 1, tzinfo=UTC) - timedelta(days=10 * number + n) for n in range(10)]
        items = "".join(
            f"<item><title>T</title><link>{site.put(f'/p{at:%m%d}', article(str(at)))}</link><pubDate>{at:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
            for at in dates
        )
        return f"<rss version='2.0'><channel><title>T</title>{generator}{items}</channel></rss>".encode()

    def answer(asked: Any) -> Answer:
        number = int(asked.path.partition("paged=")[2] or 1)
        return Answer(body=page(number - 1, "<generator>https://wordpress.org/?v=6.5</generator>"), kind="application/rss+xml")

    site.answers["/feed"] = answer
    add(site.url + "/feed")
    report = backfill(*MARCH)
    # The pages of May and April, three of March, and the one that tells that March is over.
    assert [path for _, path, _ in site.requests if path.startswith("/feed")] == ["/feed", *(f"/feed?paged={n}" for n in range(2, 8))]
    assert (report["in_range"], report["fetched"]) == (31, 31)
    assert all("/p03" in row[0] for row in rows("SELECT url FROM pages"))


def test_a_feed_that_repeats_itself_or_ends_is_left(site: Site, add: Add, one: Read, backfill: Callable[..., Any]) -> None:
    dated = "<pubDate>Sun, 10 Mar 2024 10:00:00 GMT</pubDate></item>"
    for path, generator in (
        ("/same", "<generator>WordPress 6</generator>"),
        ("/ends", "<generator>WordPress 6</generator>"),
        ("/plain", ""),
    ):
        body = (
            rss(site.put(f"{path}/a", article(path))).replace(b"</item>", dated.encode()).replace(b"<item>", generator.encode() + b"<item>")
        )
        site.put(path, body, kind="application/rss+xml")
    site.put("/ends?paged=2", status=404)
    add(*(site.url + path for path in ("/same", "/ends", "/plain")))
    report = backfill(*MARCH)
    assert sorted(path for _, path, _ in site.requests if path.startswith(("/same", "/ends", "/plain")) and "/a" not in path) == [
        "/ends", "/ends?paged=2", "/plain", "/same", "/same?paged=2",
    ]  # fmt: skip
    assert (report["new"], report["fetched"], report["unread"], report["parts_left"]) == (3, 3, {}, 0)


def test_manners_and_news_come_first(
    site: Site, archive: Callable[..., Any], add: Add, one: Read, database: Database, start: Start
) -> None:
    """While it works at a host, another crawler has to leave that alone: so it polls what is due there, and fetches news first."""
    archive(28)
    site.put("/robots.txt", f"User-agent: *\nDisallow: /2024/03/story-1\nSitemap: {site.url}/index.xml".encode(), kind="text/plain")
    add(site.feed("/rss"))
    add(site.feed("/other/rss", site.put("/other/news", article("News"))), name="Other", url="/other/")
    crawler = start("backfill", "--outlet=Example", *MARCH, delay_s="0.7")
    until(lambda: site.asked("/2024/03/story-0") > 0)
    with database.transaction() as connection:
        assert connection.execute("SELECT count(*) FROM hosts WHERE leased_by IS NOT NULL").fetchone() == (1,)
    report = crawler.end()
    (outlet,) = report["outlets"]
    assert outlet["failed"] == {"robots": 11}  # story-1, story-10 and so on
    assert outlet["fetched"] == 17
    times = [at for at, path, _ in site.requests if path != "/robots.txt"]
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) > 0.5
    paths = [path for _, path, _ in site.requests]
    assert paths.index("/other/news") < len(paths) - 3
    assert one("SELECT priority FROM work w JOIN captures c ON c.id = w.subject_id WHERE c.url LIKE '%/other/news'") == (0,)


def test_what_fails_is_told_and_tried_again(
    site: Site, archive: Callable[..., Any], add: Add, one: Read, database: Database, backfill: Callable[..., Any]
) -> None:
    archive(3)
    add(site.feed("/rss"))
    site.put("/2024/03/story-1", status=500)
    good = site.answers["/sitemap-2024-03.xml.gz"]
    site.put("/sitemap-2024-03.xml.gz", b"<html>busy</html>")
    report = backfill(*MARCH)
    assert report["unread"] == {f"{site.url}/sitemap-2024-03.xml.gz": "it is no sitemap"}
    assert (report["new"], report["parts_left"]) == (0, 1)
    site.answers["/sitemap-2024-03.xml.gz"] = good
    with database.transaction() as connection:
        connection.execute("UPDATE backfill_parts SET due_at = now() WHERE due_at IS NOT NULL")
    report = backfill(*MARCH)
    assert (report["fetched"], report["failed"], report["parts_left"], report["pages_left"]) == (2, {"http_500": 1}, 0, 1)


def test_a_crawl_leaves_what_a_backfill_found_but_not_what_becomes_news(
    site: Site, archive: Callable[..., Any], add: Add, one: Read, start: Start, crawl: Callable[..., Any]
) -> None:
    archive(4)
    add(site.feed("/rss", f"{site.url}/2024/03/story-2"))
    crawler = start("backfill", *MARCH, delay_s="1")
    until(lambda: site.asked("/sitemap-2024-03.xml.gz") > 0)
    until(lambda: one("SELECT count(*) FROM pages")[0] == 4)
    os.kill(crawler.pid, signal.SIGKILL)
    crawler.end(-signal.SIGKILL)
    crawl()
    crawl()
    assert sum("story" in path for _, path, _ in site.requests) <= 2
    assert site.asked("/2024/03/story-2") == 1
