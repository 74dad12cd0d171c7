"""Second looks beside feeds, gaps and what fills them, and how many articles of a day were collected: stored and shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, LiteralString

import pytest
from typer.testing import CliRunner

import pipeline.cli.health
import pipeline.cli.outlets  # noqa: F401 - adds its commands
from pipeline import health
from pipeline.cli.app import app
from pipeline.completeness import Day, Unknown
from pipeline.models import Discovery, Feed, FeedItem, FeedKind, OutletSpec, Poll, Source
from pipeline.steps import completeness as step
from pipeline.store import completeness, discoveries, outlets, polls
from pipeline.store.database import Connection, Database

NOW = datetime.now(UTC)
TODAY = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
DAY = TODAY - timedelta(days=5)
BASE = "https://example.com"
SOURCES = {
    FeedKind.FEED: f"{BASE}/rss",
    FeedKind.NEWS_SITEMAP: f"{BASE}/news.xml",
    FeedKind.SITEMAP: f"{BASE}/sitemap.xml",
    FeedKind.SECTION: f"{BASE}/",
}


@pytest.fixture(autouse=True)
def any_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Polls of other days: here the crawler's clock is trusted however far it is from the database's."""
    monkeypatch.setattr(polls, "CLOCKS_DIFFER", timedelta(days=90))


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    database.ensure_partitions([DAY - timedelta(days=1)])
    with database.transaction() as opened:
        yield opened


@pytest.fixture
def outlet(connection: Connection) -> int:
    """An outlet with a source of each kind, watched since before the day."""
    added = outlets.save(connection, OutletSpec(name="Example", url=f"{BASE}/"))[0].id
    found = Discovery(url=f"{BASE}/", sources=tuple(Source(url=url, kind=kind) for kind, url in SOURCES.items()))
    discoveries.record(connection, added, found)
    connection.execute("UPDATE outlets SET added_at = %s", (DAY - timedelta(hours=3),))
    connection.execute("UPDATE feeds SET added_at = %(at)s, due_at = %(at)s", {"at": DAY - timedelta(hours=3)})
    return added


def value(connection: Connection, statement: LiteralString, *values: object) -> Any:
    row = connection.execute(statement, values).fetchone()
    return row[0] if row else None


def claim(connection: Connection, kind: FeedKind, at: datetime) -> Feed:
    """That source, whether it is due or not."""
    connection.execute("UPDATE feeds SET due_at = least(due_at, %s) WHERE kind = %s", (at, kind))
    found = {feed.kind: feed for feed in polls.claim(connection, 1, due_by=at, outlets=None, limit=10)}
    connection.execute("UPDATE feeds SET leased_by = NULL WHERE kind <> %s", (kind,))
    return found[kind]


def poll(connection: Connection, kind: FeedKind, at: datetime, *names: str, dated: datetime | None = None) -> float:
    """Let a source show pages at a time; seconds until its next poll."""
    items = tuple(FeedItem(url=f"{BASE}/{name}", published_at=dated) for name in names)
    answer = Poll(feed=claim(connection, kind, at), started_at=at, kind=kind, items=items, status=200)
    polls.record(connection, answer, worker=1, interval_s=300, longest_s=1_800)
    return float(value(connection, "SELECT extract(epoch FROM due_at - polled_at) FROM feeds WHERE kind = %s", kind)) / polls.INTERVAL_SLACK


def names(*numbers: int) -> tuple[str, ...]:
    return tuple(f"{DAY:%Y/%m/%d}/story-{number}" for number in numbers)


# --- Second looks ---


def test_what_stands_beside_a_feed_is_polled_rarely_until_the_feed_fails(connection: Connection, outlet: int) -> None:
    del outlet
    assert poll(connection, FeedKind.FEED, DAY, *names(1, 2, 3)) == 300
    assert poll(connection, FeedKind.SECTION, DAY, *names(1, 2, 3)) == 1_800
    assert poll(connection, FeedKind.NEWS_SITEMAP, DAY, *names(1, 2, 3)) == 1_800
    assert poll(connection, FeedKind.SITEMAP, DAY, *names(1, 2, 3), dated=DAY) == 3_600
    waits = [poll(connection, FeedKind.SECTION, DAY + timedelta(hours=hour), *names(1, 2, 3)) for hour in range(1, 30)]
    assert waits[-1] == 3_600
    # A second look that shows other pages than before dropped nothing that matters: it is no gap.
    poll(connection, FeedKind.SECTION, DAY + timedelta(hours=30), *names(4, 5, 6))
    assert value(connection, "SELECT count(*) FROM gaps") == 0
    connection.execute("UPDATE feeds SET failures = 3 WHERE kind IN ('feed', 'news_sitemap')")
    assert poll(connection, FeedKind.SECTION, DAY + timedelta(hours=31), *names(4, 5, 6)) < 1_800


def test_a_source_that_a_person_gave_is_no_second_look(connection: Connection, outlet: int) -> None:
    outlets.save(connection, OutletSpec(name="Example", url=f"{BASE}/", feeds=(SOURCES[FeedKind.SITEMAP],)))
    del outlet
    assert not claim(connection, FeedKind.SITEMAP, DAY).is_second
    assert claim(connection, FeedKind.SECTION, DAY).is_second


def test_of_a_plain_sitemap_beside_a_feed_the_archive_is_left_alone(connection: Connection, outlet: int) -> None:
    del outlet
    poll(connection, FeedKind.SITEMAP, DAY, "old", dated=DAY - timedelta(days=4))
    poll(connection, FeedKind.SITEMAP, DAY + timedelta(hours=1), "undated")
    poll(connection, FeedKind.SITEMAP, DAY + timedelta(hours=2), "new", dated=DAY - timedelta(days=1))
    # After a pause it is asked for all since.
    poll(connection, FeedKind.SITEMAP, DAY + timedelta(days=20), "missed", dated=DAY + timedelta(days=2))
    assert [row[0].rsplit("/", 1)[-1] for row in connection.execute("SELECT url FROM pages ORDER BY id")] == ["new", "missed"]


def test_a_second_look_names_known_articles_by_the_address_they_were_fetched_from(connection: Connection, outlet: int) -> None:
    del outlet
    poll(connection, FeedKind.FEED, DAY, "story?utm_source=rss", "other")
    connection.execute(
        """
        INSERT INTO articles (outlet_id, page_id, url, canonical_url, version, first_seen_at)
        SELECT outlet_id, id, url, split_part(url, '?', 1), 1, first_seen_at FROM pages
        """
    )
    connection.execute("INSERT INTO article_urls (canonical_url, article_id) SELECT canonical_url, id FROM articles")
    poll(connection, FeedKind.SECTION, DAY, "story", "story?utm_medium=home", "third")
    assert value(connection, "SELECT count(*) FROM pages") == 3
    seen = "SELECT count(*) FROM sightings JOIN pages ON pages.id = page_id WHERE right(url, 3) = 'rss'"
    assert value(connection, seen) == 2


# --- Gaps ---


def test_a_gap_shortens_the_interval_and_is_filled_in_by_a_sitemap(connection: Connection, outlet: int) -> None:
    del outlet
    for hour in range(-40, 0):  # a feed that is looked at rarely, as it shows nothing new
        poll(connection, FeedKind.FEED, DAY + timedelta(hours=hour), *names(1, 2, 3))
    for kind in (FeedKind.NEWS_SITEMAP, FeedKind.SECTION):
        poll(connection, kind, DAY + timedelta(minutes=10), *names(1, 2, 3))
    assert poll(connection, FeedKind.FEED, DAY, *names(1, 2, 3)) > 900
    noticed = DAY + timedelta(minutes=25)
    assert poll(connection, FeedKind.FEED, noticed, *names(11, 12, 13)) == 300
    waiting = "SELECT array_agg(kind ORDER BY kind) FROM feeds WHERE fills_in AND due_at <= %s"
    assert value(connection, waiting, noticed) == ["news_sitemap", "section"]
    assert value(connection, "SELECT sum(gaps) FROM coverage") == 1
    gap = "SELECT began_at, noticed_at, filled_at FROM gaps"
    assert connection.execute(gap).fetchone() == (DAY, noticed, None)

    poll(connection, FeedKind.SECTION, noticed, *names(2, 8, 13))
    assert connection.execute(gap).fetchone() == (DAY, noticed, None)  # a section lists what editors chose
    poll(connection, FeedKind.NEWS_SITEMAP, noticed + timedelta(minutes=1), *names(13, 12, 11, 10, 9, 8, 3))
    assert connection.execute(gap).fetchone() == (DAY, noticed, noticed + timedelta(minutes=1))
    assert value(connection, "SELECT count(*) FROM feeds WHERE fills_in") == 0

    # What they showed out of turn is no look of theirs, until a usual poll shows it too.
    filled_in = "SELECT count(*) FROM sightings WHERE filled_in"
    assert value(connection, filled_in) == 2 + 6
    poll(connection, FeedKind.NEWS_SITEMAP, noticed + timedelta(hours=1), *names(13, 12, 11, 10))
    assert value(connection, filled_in) == 2 + 2
    assert value(connection, "SELECT new_items FROM feeds WHERE kind = 'news_sitemap'") == 0


def test_a_burst_lets_nothing_be_polled_all_the_time(connection: Connection, outlet: int) -> None:
    del outlet
    poll(connection, FeedKind.SECTION, DAY, *names(1, 2, 3))
    for minute in range(0, 30, 5):
        poll(connection, FeedKind.FEED, DAY + timedelta(minutes=minute), *(f"burst-{minute}-{number}" for number in range(3)))
    assert value(connection, "SELECT count(*) FROM gaps") == 5
    assert value(connection, "SELECT due_at FROM feeds WHERE kind = 'section'") == DAY + timedelta(minutes=5)


def test_a_sitemap_that_does_not_reach_back_fills_no_gap(connection: Connection, outlet: int) -> None:
    del outlet
    poll(connection, FeedKind.FEED, DAY, *names(1, 2, 3))
    poll(connection, FeedKind.FEED, DAY + timedelta(hours=5), *names(11, 12, 13))
    poll(connection, FeedKind.NEWS_SITEMAP, DAY + timedelta(hours=5), *names(13, 12, 11, 10))
    assert value(connection, "SELECT count(*) FROM gaps WHERE filled_at IS NULL") == 1


# --- Days ---


def watched(connection: Connection, outlet_id: int, day: datetime, hours: int = 24) -> None:
    connection.execute(
        """
        INSERT INTO coverage (outlet_id, hour, polls) SELECT %s, %s + hour * interval '1 hour', 3 FROM generate_series(0, %s) AS hour
        ON CONFLICT (outlet_id, hour) DO NOTHING
        """,
        (outlet_id, day, hours - 1),
    )


def make_articles(connection: Connection, published: datetime, *, offset_s: int = 0, but: tuple[str, ...] = ()) -> None:
    """An article of each page that has none and whose name is not among those left out."""
    connection.execute(
        """
        WITH made AS (
            INSERT INTO articles (outlet_id, page_id, url, canonical_url, version, first_seen_at)
            SELECT outlet_id, id, url, url, 1, first_seen_at FROM pages p
            WHERE NOT EXISTS (SELECT FROM articles WHERE page_id = p.id) AND split_part(url, '/', -1) <> ALL (%s) RETURNING id
        )
        INSERT INTO article_versions (article_id, version, title, authors, published_at, published_offset_s, body, topics, words, text_sha256)
        SELECT id, 1, '', '{}', %s, %s, '', '{}', 0, '' FROM made
        """,
        (list(but), published, offset_s),
    )


def judged(connection: Connection, outlet_id: int) -> dict[date, Day]:
    return {day.day: day for day in completeness.days(connection, DAY.date() - timedelta(days=9)).get(outlet_id, [])}


def test_a_day_is_judged_when_it_is_over_and_again_for_what_comes_late(database: Database, connection: Connection, outlet: int) -> None:
    noon = DAY + timedelta(hours=12)
    poll(connection, FeedKind.FEED, noon, *names(*range(30)))
    poll(connection, FeedKind.NEWS_SITEMAP, noon, *names(*range(10, 40)))
    make_articles(connection, noon)
    # Known, and perhaps an article; no article; of another day; the same article at another address.
    poll(connection, FeedKind.SECTION, noon, *names(41, 42, 43, 44))
    connection.execute("UPDATE pages SET reason = 'http_503' WHERE url LIKE '%41'")
    connection.execute("UPDATE pages SET reason = 'http_404' WHERE url LIKE '%42'")
    make_articles(connection, DAY - timedelta(days=1), but=("story-41", "story-42", "story-44"))
    connection.execute(
        """
        INSERT INTO captures (page_id, fetched_at, url, status, body_gzip, body_bytes, sha256, outcome, article_id)
        SELECT p.id, now(), p.url, 200, '', 0, '', 'unchanged', a.id FROM pages p, articles a
        WHERE p.url LIKE '%story-44' AND a.url LIKE '%story-5'
        """
    )
    watched(connection, outlet, DAY)
    connection.commit()

    step.judge(database, now=DAY + timedelta(hours=35))
    assert judged(connection, outlet).get(DAY.date()) is None
    assert step.judge(database, now=DAY + timedelta(hours=37))["days"] == 2  # with the one before, on which it was added
    first = judged(connection, outlet)[DAY.date()]
    assert first.histories == (0, 9, 10, 20, 1, 1, 0, 0)
    assert (first.collected, first.watched_hours, first.unknown) == (40, 24, Unknown.FEW if first.estimate is None else None)
    assert first.estimate is not None
    assert 41 <= first.estimate.low <= first.estimate.articles == 44 <= first.estimate.high
    assert judged(connection, outlet)[DAY.date() - timedelta(days=1)].unknown is Unknown.NOT_WATCHED
    assert step.judge(database, now=DAY + timedelta(hours=38))["days"] == 0

    poll(connection, FeedKind.FEED, noon + timedelta(days=1), *names(60))
    make_articles(connection, noon, but=("story-41", "story-42"))
    connection.commit()
    step.judge(database, now=DAY + timedelta(hours=62))
    assert judged(connection, outlet)[DAY.date()].collected == 41


def test_the_day_is_the_outlets_own(database: Database, connection: Connection, outlet: int) -> None:
    evening = DAY + timedelta(hours=22)  # 2:00 of the next day there
    poll(connection, FeedKind.FEED, evening, *names(*range(5)))
    make_articles(connection, evening, offset_s=4 * 3600)
    connection.commit()
    step.judge(database, now=TODAY + timedelta(hours=13))
    assert {day.day: day.collected for day in judged(connection, outlet).values() if day.collected} == {DAY.date() + timedelta(days=1): 5}


def test_filled_in_and_young_sources_are_no_looks(database: Database, connection: Connection, outlet: int) -> None:
    poll(connection, FeedKind.FEED, DAY + timedelta(hours=1), *names(*range(20)))
    connection.execute("UPDATE feeds SET fills_in = true WHERE kind = 'news_sitemap'")
    poll(connection, FeedKind.NEWS_SITEMAP, DAY + timedelta(hours=1), *names(*range(15, 30)))
    connection.execute("UPDATE feeds SET added_at = %s WHERE kind = 'section'", (DAY + timedelta(hours=1),))
    poll(connection, FeedKind.SECTION, DAY + timedelta(hours=2), *names(*range(10)))
    make_articles(connection, DAY + timedelta(hours=1))
    watched(connection, outlet, DAY)
    connection.commit()
    step.judge(database, now=TODAY)
    found = judged(connection, outlet)[DAY.date()]
    assert (found.histories, found.collected, found.estimate, found.unknown) == ((10, 20, 0, 0, 0, 0, 0, 0), 30, None, Unknown.ONE_LOOK)


# --- Shown ---


@pytest.fixture
def presswatch(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    for name, setting in environment.items():
        monkeypatch.setenv(name, setting)

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
        assert result.exit_code == 0
        return result.output

    return run


def test_it_is_shown_and_warned_of(database: Database, connection: Connection, outlet: int, presswatch: Callable[..., str]) -> None:
    connection.commit()
    for command in (("outlets", "list", "--json"), ("health", "--json")):
        told = json.loads(presswatch(*command))
        (shown,) = told["outlets"] if isinstance(told, dict) else told
        assert (shown["completeness"]["share"], shown["completeness"]["at_most"], shown["completeness"]["unknown"]) == (
            None,
            None,
            "no_day",
        )
    assert presswatch("health").splitlines()[1].split()[-1] == "?"

    poll(connection, FeedKind.FEED, DAY + timedelta(hours=9), *names(*range(100)))
    poll(connection, FeedKind.NEWS_SITEMAP, DAY + timedelta(hours=9), *names(*range(60, 160)))
    make_articles(connection, DAY + timedelta(hours=9))
    watched(connection, outlet, DAY)
    for hours in (30, 2):
        poll(connection, FeedKind.FEED, NOW - timedelta(hours=hours), *(f"late-{hours}-{number}" for number in range(5)))
    connection.commit()
    step.judge(database, now=TODAY)
    (shown,) = json.loads(presswatch("outlets", "list", "--json"))
    assert {name: shown["completeness"][name] for name in ("collected", "estimate", "share", "looks", "days")} == {
        "collected": 160, "estimate": 247, "share": round(160 / 247, 4), "looks": ["feeds", "sitemaps"], "days": 1,
    }  # fmt: skip
    assert 160 < shown["completeness"]["low"] < 247 < shown["completeness"]["high"]
    (told,) = json.loads(presswatch("health", "--json"))["outlets"]
    assert told["completeness"] == shown["completeness"]
    assert told["unfilled_gaps"] == 2
    texts = {warning["kind"]: warning["text"] for warning in told["warnings"]}
    assert (
        "were collected: 160, while what its feeds and sitemaps have in common tells of about 247 or more, at least"
        in texts["completeness"]
    )
    assert texts["gaps"].startswith("2 times between ")
    most = f"\u2264{int(shown['completeness']['at_most'] * 100)}%"
    assert most in presswatch("outlets", "list")
    assert most in presswatch("health")

    with database.transaction() as other:
        other.execute("UPDATE gaps SET filled_at = now()")
    (found,) = health.health(database, NOW)
    assert [warning.kind for warning in found.warnings] == ["completeness"]
