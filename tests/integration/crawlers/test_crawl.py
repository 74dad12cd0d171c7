"""A crawl: what is due is fetched once, stored, and nothing is lost."""

from __future__ import annotations

import gzip
import itertools
import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.store import outlets
from pipeline.store.database import Database

from .conftest import Site, Start, article


def until(check: Callable[[], bool]) -> None:
    """Wait, but not for ever."""
    started = time.monotonic()
    while not check():
        assert time.monotonic() - started < 60
        time.sleep(0.01)


Run = Callable[..., dict[str, Any]]
Add = Callable[..., int]
Read = Callable[[str], Any]


def test_new_articles_are_fetched_in_the_same_run_and_wait_for_clean(
    site: Site, add: Add, one: Read, make_due: Callable[[], None], crawl: Run
) -> None:
    links = [site.put(f"/a{n}", article(f"A{n}"), ETag=f'"{n}"') for n in range(5)]
    add(site.feed("/rss", *links, ETag='"feed"'))
    report = crawl()
    assert (report["feeds_polled"], report["new_pages"], report["fetched"]) == (1, 5, 5)
    assert not report["interrupted"]

    body, url, status, size = one("SELECT body_gzip, url, status, body_bytes FROM captures WHERE url LIKE '%/a3'")
    assert gzip.decompress(body) == article("A3")
    assert (url, status, size) == (links[3], 200, len(article("A3")))
    assert one("SELECT count(*), min(priority) FROM work w JOIN captures c ON w.subject_id = c.id AND w.stage = 'clean'") == (5, 0)
    assert one("SELECT count(*) FROM sightings WHERE title LIKE 'Headline of %'")[0] == 5
    assert one("SELECT polls, failed_polls, new_items FROM coverage") == (1, 0, 5)
    feed = one("SELECT items, new_items, etag, leased_by, due_at - polled_at FROM feeds")
    assert feed[:4] == (5, 5, '"feed"', None)
    assert feed[4].total_seconds() == 9  # the interval less its slack
    assert one("SELECT count(*) FROM pages WHERE leased_by IS NULL AND fetches = 1 AND due_at > now() + interval '50 min'")[0] == 5

    assert crawl()["feeds_polled"] == 0  # nothing is due
    # An edit: the changed page is a new capture with lower priority, the others are unchanged by ETag or by their bytes.
    site.put("/a1", article("Edited"), ETag='"edited"')
    site.put("/a2", article("A2"), ETag='"another"')
    make_due()
    again = crawl()
    assert (again["feeds_polled"], again["feeds_not_modified"], again["fetched"], again["unchanged"]) == (1, 1, 1, 4)
    assert one("SELECT count(*) FROM captures")[0] == 6
    newest = one(
        "SELECT w.priority, p.url FROM work w JOIN captures c ON c.id = w.subject_id JOIN pages p ON p.id = c.page_id ORDER BY c.id DESC LIMIT 1"
    )
    assert newest == (1, links[1])
    agents = {headers["User-Agent"] for _, _, headers in site.requests}
    assert len(agents) == 1
    assert agents.pop().startswith("presswatch/")


def test_sources_of_every_kind(site: Site, database: Database, add: Add, rows: Read, crawl: Run) -> None:
    links = [site.put(f"/2025/03/04/story-number-{n}-of-today", article(f"S{n}")) for n in range(4)]
    entry = '<url><loc>{}</loc><news:news xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><news:publication_date>2025-03-04</news:publication_date></news:news></url>'
    site.put("/part.xml", f"<urlset>{entry.format(links[0])}</urlset>".encode(), kind="application/xml")
    index = site.put("/news-sitemap.xml", f"<sitemapindex><sitemap><loc>{site.url}/part.xml</loc></sitemap></sitemapindex>".encode())
    atom = site.put("/atom", f'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="{links[1]}"/></entry></feed>'.encode())
    add(index, atom)
    with database.transaction() as connection:
        connection.execute("INSERT INTO feeds (outlet_id, url, kind) SELECT id, url, 'section' FROM outlets")
    site.put(
        "/", f'<nav><a href="/politics">Politics</a></nav><h2><a href="{links[2]}">The third story of this day is here</a></h2>'.encode()
    )
    report = crawl()
    assert (report["feeds_polled"], report["feeds_failed"], report["fetched"]) == (3, 0, 3)
    assert {row[0] for row in rows("SELECT kind FROM feeds")} == {"news_sitemap", "feed", "section"}


def test_two_crawlers_share_the_work_and_fetch_nothing_twice(site: Site, add: Add, start: Start) -> None:
    for n in range(12):
        home = f"http://outlet{n}.test"
        links = [site.put(f"{home}/a{n}", article(f"A{n}"), wait_s=0.01) for n in range(10)]
        add(site.feed(f"{home}/rss", *links), name=f"Outlet {n}", url=f"{home}/")
    crawlers = [start("watch", concurrency="4", delay_s="0.1", HTTP_PROXY=site.url) for _ in range(2)]
    reports = [crawler.end() for crawler in crawlers]
    assert sum(report["fetched"] for report in reports) == 120
    assert min(report["fetched"] for report in reports) > 0
    asked = [path for _, path, _ in site.requests if "/a" in path]
    assert len(asked) == len(set(asked)) == 120
    # Together they keep the pause of each host.
    for n in range(12):
        times = [at for at, path, _ in site.requests if path.startswith(f"http://outlet{n}.test/a")]
        assert min(later - earlier for earlier, later in itertools.pairwise(times)) > 0.05
        # And neither asks while the other one waits for an answer.
        spans = sorted((begin, end) for begin, end, path in site.spans if path.startswith(f"http://outlet{n}.test/"))
        assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(spans))


def test_after_sigkill_the_next_run_fetches_the_rest(site: Site, due: Callable[..., None], one: Read, start: Start, crawl: Run) -> None:
    due(60, wait_s=0.02)
    crawler = start("watch", per_host="4")
    until(lambda: site.asked("/a20") > 0)
    os.kill(crawler.pid, signal.SIGKILL)
    crawler.end(-signal.SIGKILL)
    before = one("SELECT count(*) FROM captures")[0]
    assert 0 < before < 60
    assert one("SELECT count(*) FROM pages WHERE leased_by IS NOT NULL")[0] > 0
    assert crawl(per_host="4")["fetched"] == 60 - before
    assert one("SELECT count(*), count(DISTINCT page_id) FROM captures") == (60, 60)
    assert sum(site.asked(f"/a{n}") for n in range(60)) <= 60 + 4  # no more again than were under way


@pytest.mark.parametrize("how", ["budget", "SIGTERM", "SIGINT"])
def test_an_early_end_leaves_the_rest_due(site: Site, due: Callable[..., None], one: Read, start: Start, how: str) -> None:
    due(300, wait_s=0.05)
    crawler = start("watch", *(["--max-seconds=1.5"] if how == "budget" else []))
    if how != "budget":
        until(lambda: site.asked("/a3") > 0)
        os.kill(crawler.pid, getattr(signal, how))
    report = crawler.end()
    assert report["interrupted"]
    assert report["fetched"] < 300
    assert one("SELECT count(*) FROM pages WHERE due_at <= now() AND leased_by IS NULL AND fetches = 0")[0] == 300 - report["fetched"]


def test_only_the_outlets_that_are_meant(site: Site, database: Database, add: Add, crawl: Run) -> None:
    for name in ("One", "Two", "Removed"):
        add(site.feed(f"/{name}/rss", site.put(f"/{name}/a", article(name))), name=name, url=f"/{name}/")
    with database.transaction() as connection:
        outlets.remove(connection, "Removed")
    assert crawl("--outlet", "Two")["fetched"] == 1
    assert site.asked("/One/rss") == 0
    assert crawl()["fetched"] == 1
    assert site.asked("/Removed/rss") == 0


FAILING = """
    CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$;
    CREATE TRIGGER fail BEFORE INSERT ON captures FOR EACH ROW WHEN (new.url LIKE '%/a3') EXECUTE FUNCTION fail();
"""


def test_a_database_in_trouble_ends_the_crawl_and_loses_nothing(
    database: Database, due: Callable[..., None], one: Read, start: Start, crawl: Run
) -> None:
    due(20)
    with database.transaction() as connection:
        connection.execute(FAILING.format(code="53100"))  # type: ignore[arg-type] - disk full
    assert "PostgreSQL" in start("watch").end(1)["error"]
    fetched = one("SELECT count(*) FROM captures")[0]
    assert one("SELECT count(*) FROM pages WHERE fetches = 0 AND failures = 0 AND due_at <= now()")[0] == 20 - fetched
    with database.transaction() as connection:
        connection.execute("DROP TRIGGER fail ON captures")
    assert crawl()["fetched"] == 20 - fetched


def test_a_page_that_cannot_be_stored_harms_no_other(database: Database, due: Callable[..., None], one: Read, start: Start) -> None:
    due(5)
    with database.transaction() as connection:
        connection.execute(FAILING.format(code="22000"))  # type: ignore[arg-type] - data exception
    report = start("watch").end(says="capture_not_stored")
    assert (report["fetched"], report["failed"]) == (4, 1)
    assert one("SELECT reason, failures, due_at > now(), leased_by FROM pages WHERE fetches = 0") == ("not_stored", 1, True, None)
