"""Outlets that show pages without end: what is over a day's budget waits, and what waits is bounded, too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import pytest

from pipeline import health, trace
from pipeline.models import FeedItem, FeedKind, OutletSpec, Page, Poll, Priority
from pipeline.store import frontier, outlets, polls
from pipeline.store.database import Database

NOW = datetime.now(UTC)
SITE = "https://example.com"
FEED, SECTION = f"{SITE}/rss", f"{SITE}/news"

Show = Callable[..., tuple[int, list[Page]]]
Read = Callable[..., list[Any]]


@pytest.fixture
def show(database: Database) -> Show:
    """A poll of a feed shows paths; how many pages were new, and which are fetched at once."""
    with database.transaction() as connection:
        outlets.save(connection, OutletSpec(name="Example", url=SITE, feeds=(FEED, SECTION)))

    def poll(*paths: str, budget: int = 10, feed: str = FEED, at: datetime = NOW, kind: FeedKind | None = None) -> tuple[int, list[Page]]:
        kind = kind or (FeedKind.SECTION if feed == SECTION else FeedKind.FEED)
        with database.transaction() as connection:
            connection.execute("UPDATE feeds SET due_at = now()")
            found = {one.url: one for one in polls.claim(connection, 1, due_by=frontier.now(connection), outlets=None, limit=9)}[feed]
            items = tuple(FeedItem(url=path if "://" in path else SITE + path) for path in paths)
            return polls.record(
                connection, Poll(feed=found, kind=kind, started_at=at, items=items), worker=1, interval_s=100, most_a_day=budget
            )

    return poll


@pytest.fixture(autouse=True)
def _any_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polls, "CLOCKS_DIFFER", timedelta(days=90))  # the days of the tests are not today's


@pytest.fixture
def rows(database: Database) -> Read:
    def read(statement: LiteralString) -> list[Any]:
        with database.transaction() as connection:
            return connection.execute(statement).fetchall()

    return read


def paths(first: int, last: int, word: str = "story") -> list[str]:
    return [f"/{word}-{number}" for number in range(first, last)]


def test_what_is_over_the_budget_waits_behind_the_news(database: Database, show: Show, rows: Read) -> None:
    assert [len(pages) for _, pages in [show(*paths(0, 8))]] == [8]
    new, pages = show(*paths(4, 16))
    assert (new, [page.url for page in pages]) == (8, [f"{SITE}/story-8", f"{SITE}/story-9"])
    waiting = rows("SELECT url, priority, due_at FROM pages WHERE reason = 'over_budget' AND leased_by IS NULL ORDER BY due_at")
    assert [url for url, _, _ in waiting] == [f"{SITE}/story-{n}" for n in range(10, 16)]
    assert {priority for _, priority, _ in waiting} == {Priority.BACKLOG}
    # At the pace of the budget: ten a day.
    assert timedelta(hours=23) < (waiting[-1][2] - waiting[0][2]) * 2 < timedelta(hours=25)
    assert waiting[0][2] > NOW + timedelta(minutes=50)
    # They are known, and not shown as new again; later ones wait behind them.
    assert show(*paths(4, 17))[0] == 1
    assert rows("SELECT max(due_at) FROM pages")[0][0] > waiting[-1][2]
    assert rows("SELECT new_items, linked_items, waiting_items, refused_items FROM coverage") == [(17, 0, 7, 0)]
    # The next day has a budget of its own.
    assert len(show(*paths(20, 30), at=NOW + timedelta(days=1, hours=1))[1]) == 10
    with database.transaction() as connection:
        connection.execute("UPDATE pages SET due_at = now() WHERE reason = 'over_budget'")
        due = frontier.claim_pages(connection, 1, due_by=frontier.now(connection), outlets=None, busy_hosts=[], limit=99)
        assert len([page for page in due if page.priority is Priority.BACKLOG]) == 7
    assert trace.trace(database, f"{SITE}/story-15")["verdict"].startswith("It is known and was not fetched: the outlet shows more new")
    (found,) = health.health(database, NOW + timedelta(minutes=1))
    (warning,) = [warning for warning in found.warnings if warning.kind == "budget"]
    assert "7 new pages had to wait" in warning.text


def test_links_take_nothing_from_the_news(show: Show, rows: Read) -> None:
    assert len(show(*paths(0, 30, "link"), feed=SECTION)[1]) == 10
    assert len(show(*paths(0, 10))[1]) == 10
    assert rows("SELECT new_items, linked_items, waiting_items FROM coverage") == [(40, 10, 20)]


def test_what_waits_is_bounded(show: Show, rows: Read) -> None:
    assert show(*paths(0, 20), budget=1)[0] == 8
    assert rows("SELECT count(*) FROM pages") == rows("SELECT count(*) FROM sightings") == [(8,)]
    assert show(*paths(20, 40), budget=1)[0] == 0
    # Nothing was missed between the polls: it was left out.
    assert rows("SELECT new_items, waiting_items, refused_items, gaps FROM coverage") == [(8, 7, 32, 0)]


def test_the_budget_grows_with_the_outlet(database: Database, show: Show, rows: Read) -> None:
    with database.transaction() as connection:
        connection.execute(
            "INSERT INTO coverage (outlet_id, hour, new_items, linked_items) SELECT id, date_trunc('hour', now()) - day * interval '1 day', 120, 100"
            " FROM outlets, generate_series(2, 12) AS day"
        )
    assert len(show(*paths(0, 50))[1]) == 40
    assert rows("SELECT count(*) FROM pages WHERE reason = 'over_budget'") == [(10,)]


def test_traps_are_left_out_and_counted(database: Database, show: Show, rows: Read) -> None:
    calendar = [f"/calendar/20{year}/{month:02}" for year in range(20, 30) for month in range(1, 13)]
    filters = [f"/list?{a}=1&{b}=1" for a in "abcd" for b in "abcd" if a != b]
    _, pages = show("/story", "/x/y/x/y/x/y/z", *calendar, *filters, feed=SECTION, budget=1_000)
    assert {page.url.removeprefix(SITE).partition("?")[0] for page in pages} == {"/story", "/list"}
    assert len(pages) == 1 + 5
    assert rows("SELECT trapped_items, gaps FROM coverage") == [(1 + len(calendar) + 7, 0)]
    assert "is a page of a calendar" in trace.trace(database, f"{SITE}/calendar/2025/01")["verdict"]
    (found,) = health.health(database, NOW + timedelta(minutes=1))
    assert next(warning.text for warning in found.warnings if warning.kind == "trap").startswith(
        "In the last day addresses were left out 128"
    )


def test_a_sitemap_speaks_for_its_own_site_and_the_outlets(database: Database, show: Show, rows: Read) -> None:
    with database.transaction() as connection:
        connection.execute("INSERT INTO outlet_hosts (host, outlet_id) SELECT 'www.example.net', id FROM outlets")
    entries = [
        "https://www.example.com/a",
        "https://news.example.com/a",
        "https://example.net/a",
        "https://other.example/a",
        "https://example.com.evil.test/a",
    ]
    for kind in (FeedKind.NEWS_SITEMAP, FeedKind.SITEMAP):
        _, pages = show(*entries, kind=kind)
        if kind is FeedKind.NEWS_SITEMAP:
            assert {page.url for page in pages} == set(entries[:3])
    assert rows("SELECT trapped_items FROM coverage") == [(4,)]
    # What a feed announces is its outlet's, wherever it is.
    assert len(show(*entries)[1]) == 2


def test_a_session_makes_no_new_page(database: Database, show: Show) -> None:
    session = "PHPSESSID=0123456789abcdef0123456789abcde{}"
    assert show(f"/story?id=1&{session.format(1)}")[0] == 1
    new, _ = show(f"/story?id=1&{session.format(2)}", f"/story?id=2&{session.format(2)}")
    assert new == 1
    assert [page["url"] for page in trace.trace(database, f"{SITE}/story?id=1&{session.format(3)}")["pages"]] == [f"{SITE}/story?id=1"]
