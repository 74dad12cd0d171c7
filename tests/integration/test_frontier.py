"""The frontier: what is due when, who holds it, and for how long."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString
from urllib.parse import urlsplit

import pytest

from pipeline.models import Capture, Discovery, Feed, FeedItem, FeedKind, OutletSpec, Page, Poll, Priority, Source
from pipeline.store import archiving, captures, cleaning, discoveries, frontier, hosts, outlets, polls, refetches
from pipeline.store.database import Connection, Database

NOW = datetime.now(UTC)


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.transaction() as opened:
        yield opened


@pytest.fixture
def outlet(connection: Connection) -> int:
    return outlets.save(connection, OutletSpec(name="Example", url="https://example.com/", feeds=("https://example.com/rss",)))[0].id


def value(connection: Connection, statement: LiteralString) -> Any:
    row = connection.execute(statement).fetchone()
    return row[0] if row else None


def claim(connection: Connection, worker: int = 1) -> list[Feed]:
    return polls.claim(connection, worker, due_by=frontier.now(connection), outlets=None, limit=10)


def claim_pages(connection: Connection, worker: int = 1, *, limit: int = 10, busy: tuple[str, ...] = ()) -> list[Page]:
    return frontier.claim_pages(connection, worker, due_by=frontier.now(connection), outlets=None, busy_hosts=busy, limit=limit)


def polled(connection: Connection, *urls: str, **fields: Any) -> list[Page]:
    (feed,) = claim(connection)
    facts = {
        "kind": FeedKind.FEED,
        "status": 200,
        "started_at": datetime.now(UTC),
        "items": tuple(FeedItem(url=url) for url in urls),
    } | fields
    return polls.record(connection, Poll(feed=feed, **facts), worker=1, interval_s=100)[1]


def due_again(connection: Connection) -> None:
    connection.execute("UPDATE feeds SET due_at = now()")
    connection.execute("UPDATE pages SET due_at = now() WHERE due_at IS NOT NULL")


def test_a_minute_schedule_meets_a_minute_interval_every_time(connection: Connection, outlet: int) -> None:
    del outlet
    polled(connection)
    assert value(connection, "SELECT due_at - polled_at FROM feeds") == timedelta(seconds=90)


def test_a_failing_feed_is_polled_more_and_more_rarely_but_never_given_up(connection: Connection, outlet: int) -> None:
    del outlet
    waits = []
    for _ in range(12):
        due_again(connection)
        polled(connection, kind=None, error="no")
        waits.append(value(connection, "SELECT due_at - polled_at FROM feeds").total_seconds())
    assert waits[:3] == [90, 180, 360]
    assert waits == sorted(waits)
    assert waits[-1] == polls.LONGEST_BACKOFF_S * 0.9
    due_again(connection)
    polled(connection, kind=None, error="no", retry_after_s=50_000)
    assert value(connection, "SELECT due_at - polled_at FROM feeds") == timedelta(seconds=50_000)
    due_again(connection)
    polled(connection)
    assert value(connection, "SELECT failures FROM feeds") == 0


def test_discovery_fills_in_for_a_given_feed_that_never_worked(connection: Connection, outlet: int) -> None:
    polled(connection, kind=None, error="no")
    (found,) = discoveries.claim(connection, 1, outlets=None, limit=9)
    assert (found.id, found.url) == (outlet, "https://example.com/")
    source = Source(url="https://example.com/feed", kind=FeedKind.FEED, items=3)
    discoveries.record(connection, outlet, Discovery(url=found.url, sources=(source,)), worker=1)
    due_again(connection)
    (given,) = [feed for feed in claim(connection) if feed.url.endswith("rss")]
    polls.record(connection, Poll(feed=given, started_at=NOW, error="no"), worker=1, interval_s=100)
    assert discoveries.claim(connection, 1, outlets=None, limit=9) == []  # looked at just now
    assert value(connection, "SELECT due_at < now() + interval '25 h' FROM discoveries")


def test_validators_are_left_out_now_and_then(connection: Connection, outlet: int) -> None:
    del outlet
    polled(connection, etag='"1"', last_modified="then")
    due_again(connection)
    assert [(feed.etag, feed.last_modified) for feed in claim(connection)] == [('"1"', "then")]
    connection.execute("UPDATE feeds SET leased_by = NULL, read_at = now() - interval '2 h'")
    assert [(feed.etag, feed.last_modified) for feed in claim(connection)] == [(None, None)]


def test_new_pages_are_leased_and_known_ones_only_sighted(connection: Connection, outlet: int) -> None:
    del outlet
    new = polled(connection, "https://example.com/a", "https://Other.example:8443/b")
    assert {page.url for page in new} == {"https://example.com/a", "https://Other.example:8443/b"}
    assert {row[0] for row in connection.execute("SELECT host FROM pages")} == {"example.com", "other.example"}
    assert value(connection, "SELECT count(*) FROM pages WHERE leased_by = 1") == 2
    due_again(connection)
    assert [page.url for page in polled(connection, "https://example.com/a", "https://example.com/c")] == ["https://example.com/c"]
    assert value(connection, "SELECT count(*) FROM sightings") == 3
    assert value(connection, "SELECT polls * 100 + new_items FROM coverage") == 203


def test_what_a_feed_says_of_a_page_reaches_its_extraction(connection: Connection, outlet: int) -> None:
    del outlet
    feed = claim(connection)[0]
    said = FeedItem(
        url="https://example.com/a", title="T", summary="S", published_at=NOW, authors=("Ana Roe", "Bo Li"), topics=("Harbour",)
    )
    bare = FeedItem(url="https://example.com/b")
    poll = Poll(feed=feed, started_at=NOW, kind=FeedKind.FEED, items=(said, bare))
    pages = {page.url: page for page in polls.record(connection, poll, worker=1, interval_s=100)[1]}
    assert len(pages) == 2
    ids = []
    for page in pages.values():
        capture = Capture(page_id=page.id, fetched_at=NOW, url=page.url, status=200, content_type="text/html", body=b"<p>x")
        ids.append(captures.store(connection, capture, priority=page.priority))
    sources = {
        one.source.url: one.source for one in cleaning.load(connection, archiving.bodies(connection, list(filter(None, ids)))).values()
    }
    found = sources[said.url]
    assert (found.feed_title, found.feed_summary, found.feed_authors, found.feed_topics) == ("T", "S", ("Ana Roe", "Bo Li"), ("Harbour",))
    assert (sources[bare.url].feed_authors, sources[bare.url].feed_topics) == ((), ())


def test_leases_hold_while_their_worker_lives(database: Database, outlet: int, connection: Connection) -> None:
    del outlet
    polled(connection, "https://example.com/a")
    connection.execute("UPDATE pages SET leased_by = NULL")
    connection.commit()
    other = Database(database.url)
    dead = other.worker()
    with other.transaction() as theirs:
        assert len(claim_pages(theirs, dead)) == 1
    mine = database.worker()
    assert claim_pages(connection, mine) == []
    connection.commit()
    other.close()
    # As soon as the server has noticed.
    deadline = time.monotonic() + 20
    while len(claim_pages(connection, mine)) != 1:
        assert time.monotonic() < deadline
    assert frontier.release(connection, mine) == 1
    assert len(claim_pages(connection, mine)) == 1


def test_news_first_and_crowded_hosts_later(connection: Connection, outlet: int) -> None:
    for n, (host, priority) in enumerate([("a", 2), ("a", 1), ("b", 1), ("b", 0)]):
        connection.execute(
            "INSERT INTO pages (outlet_id, url, host, due_at, priority) VALUES (%s, %s, %s, now(), %s)",
            (outlet, f"https://{host}.example/{n}", f"{host}.example", priority),
        )
    assert [page.url for page in claim_pages(connection, limit=2, busy=("b.example",))] == ["https://a.example/1", "https://a.example/0"]
    connection.execute("UPDATE pages SET leased_by = NULL")
    assert [page.priority for page in claim_pages(connection)] == [0, 1, 1, 2]


def put_pages(connection: Connection, outlet: int, host: str, count: int, *, due: str = "1 min") -> None:
    connection.execute(
        """
        INSERT INTO pages (outlet_id, url, host, due_at)
        SELECT %s, 'https://' || %s::text || '/' || n, %s, now() - %s::interval FROM generate_series(1, %s) AS n
        """,
        (outlet, host, host, due, count),
    )


def test_a_huge_outlet_with_many_hosts_does_not_starve_the_others(connection: Connection, outlet: int) -> None:
    for n in range(40):
        put_pages(connection, outlet, f"h{n}.example", 60, due="1 day")
    small = [outlets.save(connection, OutletSpec(name=f"Small {n}", url=f"https://small{n}.test/"))[0].id for n in range(3)]
    for number, one in enumerate(small):
        put_pages(connection, one, f"small{number}.test", 2)
    claimed = claim_pages(connection, limit=10)
    assert len(claimed) == 10
    assert {page.outlet_id for page in claimed} == {outlet, *small}
    # While nobody else has anything due, it is given all there is.
    assert {page.outlet_id for page in claim_pages(connection, limit=10)} >= {outlet}
    assert len(claim_pages(connection, limit=10)) == 10


@pytest.mark.parametrize("why", ["left alone", "of another worker", "busy", "removed"])
def test_what_cannot_be_fetched_now_costs_little_however_much_it_is(
    database: Database, connection: Connection, outlet: int, why: str
) -> None:
    put_pages(connection, outlet, "huge.example", 5_000, due="1 day")
    other = outlets.save(connection, OutletSpec(name="Other", url="https://other.test/"))[0].id
    put_pages(connection, other, "other.test", 3)
    connection.execute("ANALYZE pages")
    if why == "left alone":
        hosts.take(connection, 1, ["huge.example"])
        hosts.leave_alone(connection, 1, "huge.example", reason="http_429", seconds=600)
    elif why == "of another worker":
        hosts.take(connection, database.worker(), ["huge.example"])
    elif why == "removed":
        outlets.remove(connection, "Example")
    looked_at = "SELECT sum(idx_tup_fetch + seq_tup_read) FROM pg_stat_xact_user_tables WHERE relname = 'pages'"
    before = value(connection, looked_at)
    claimed = claim_pages(connection, 999_999, limit=10, busy=("huge.example",) if why == "busy" else ())
    assert {page.url for page in claimed} == {f"https://other.test/{n}" for n in (1, 2, 3)}
    assert value(connection, looked_at) - before < 600


def test_a_page_is_given_up_after_its_last_retry(connection: Connection, outlet: int) -> None:
    del outlet
    (page,) = polled(connection, "https://example.com/a")
    waits = []
    for _ in range(len(frontier.RETRY_AFTER_S) + 1):
        frontier.record_failure(connection, page, reason="http_500", status=500)
        wait = value(connection, "SELECT due_at - now() FROM pages")
        waits.append(wait and wait.total_seconds())
    assert waits == [*frontier.RETRY_AFTER_S, None]
    assert value(connection, "SELECT reason FROM pages") == "http_500"
    connection.execute("UPDATE pages SET failures = 0")
    frontier.record_failure(connection, page, reason="http_429", retry_after_s=7_000)
    assert value(connection, "SELECT due_at - now() FROM pages") == timedelta(seconds=7_000)
    frontier.record_failure(connection, page, reason="robots", final=True)
    assert value(connection, "SELECT due_at FROM pages") is None


def test_refetches_are_planned_by_age(connection: Connection, outlet: int) -> None:
    del outlet
    (page,) = polled(connection, "https://example.com/a")
    plan = (3_600, 21_600, 86_400)

    def store(age_s: float, body: bytes) -> int | None:
        connection.execute("UPDATE pages SET first_seen_at = now() - make_interval(secs => %s)", (age_s,))
        at = NOW + timedelta(seconds=age_s)
        capture = Capture(page_id=page.id, fetched_at=at, url=page.url, status=200, content_type="", body=body)
        return captures.store(connection, capture, priority=Priority.LIVE, refetch_after_s=plan)

    next_s = "SELECT extract(epoch FROM due_at - first_seen_at)::float8 FROM pages"
    assert store(10, b"1") is not None
    assert value(connection, next_s) == pytest.approx(3_600, rel=0.1)
    assert store(4_000, b"1") is None  # the same bytes
    assert value(connection, next_s) == pytest.approx(21_600, rel=0.1)
    assert store(30_000, b"2") is not None  # late: what was missed is not made up for
    assert value(connection, next_s) == pytest.approx(86_400, rel=0.1)
    assert store(96_000, b"1") is not None  # as it was once
    assert value(connection, next_s) is None
    assert value(connection, "SELECT fetches FROM pages") == 4
    assert value(connection, "SELECT count(*) FROM work WHERE stage = 'clean' AND version = 0") == 3


def test_one_worker_at_a_time_fetches_from_a_host(database: Database, connection: Connection, outlet: int) -> None:
    del outlet
    polled(connection, "https://a.example/1", "https://a.example/2", "https://b.example/1")
    connection.execute("UPDATE pages SET leased_by = NULL")
    connection.execute("UPDATE hosts SET leased_by = NULL")
    connection.commit()
    mine, others = database.worker(), Database(database.url)
    theirs = others.worker()
    (page,) = claim_pages(connection, mine, limit=1)
    host = urlsplit(page.url).hostname or ""
    connection.commit()
    with others.transaction() as other:
        assert {urlsplit(one.url).hostname for one in claim_pages(other, theirs)} == {"a.example", "b.example"} - {host}
        assert hosts.take(other, theirs, ["a.example", "b.example", "c.example"]) == {"a.example", "b.example", "c.example"} - {host}
    hosts.give_back(connection, mine, pauses_s={host: 0})
    connection.commit()
    with others.transaction() as other:
        assert host in hosts.take(other, theirs, [host])
    others.close()
    # Its worker is gone, as soon as the server has noticed.
    deadline = time.monotonic() + 20
    while hosts.take(connection, mine, [host]) != {host}:
        assert time.monotonic() < deadline


def test_a_poll_that_shares_nothing_with_the_one_before_is_a_gap(connection: Connection, outlet: int) -> None:
    def poll(*numbers: int) -> None:
        connection.execute("UPDATE feeds SET due_at = now() WHERE url LIKE '%/rss'")
        polled(connection, *(f"https://example.com/{number}" for number in numbers))

    connection.execute(
        "INSERT INTO feeds (outlet_id, url, kind, due_at) VALUES (%s, 'https://example.com/', 'section', 'infinity')", (outlet,)
    )
    section = "SELECT due_at = 'infinity' FROM feeds WHERE kind = 'section'"
    poll(1, 2, 3)
    poll(3, 4, 5)
    poll()
    assert (value(connection, "SELECT sum(gaps) FROM coverage"), value(connection, section)) == (0, True)
    poll(5, 6, 7)
    poll(8, 9, 10)
    # What else the outlet has fills in.
    assert (value(connection, "SELECT sum(gaps) FROM coverage"), value(connection, section)) == (1, False)


def test_a_gap_of_the_only_source_asks_for_others(connection: Connection, outlet: int) -> None:
    del outlet
    polled(connection, *(f"https://example.com/{n}" for n in range(5)))
    due_again(connection)
    assert discoveries.claim(connection, 1, outlets=None, limit=9) == []
    polled(connection, *(f"https://example.com/{n}" for n in range(10, 15)))
    assert len(discoveries.claim(connection, 1, outlets=None, limit=9)) == 1


def test_a_feed_that_shows_nothing_new_is_polled_more_rarely(connection: Connection, outlet: int) -> None:
    del outlet
    for _ in range(72):
        # What is learned counts from the poll before; the times of polls are those of the database's clock.
        connection.execute("UPDATE feeds SET succeeded_at = now() - interval '1 h' WHERE succeeded_at IS NOT NULL")
        due_again(connection)
        (feed,) = claim(connection)
        items = (FeedItem(url="https://example.com/a"),)
        poll = Poll(feed=feed, started_at=datetime.now(UTC), kind=FeedKind.FEED, items=items)
        polls.record(connection, poll, worker=1, interval_s=100, longest_s=3_000)
    wait_s = value(connection, "SELECT extract(epoch FROM due_at - polled_at) FROM feeds")
    assert 500 < wait_s < 3_000


def test_feeds_wait_for_their_host_too(database: Database, connection: Connection, outlet: int) -> None:
    del outlet
    mine = database.worker()
    assert hosts.take(connection, mine, ["example.com"]) == {"example.com"}
    assert claim(connection, mine + 1) == []
    hosts.give_back(connection, mine, pauses_s={"example.com": 0})
    assert len(claim(connection, mine + 1)) == 1


def test_new_pages_at_a_host_of_another_worker_stay_due(database: Database, connection: Connection, outlet: int) -> None:
    del outlet
    mine = database.worker()
    hosts.take(connection, mine, ["other.example"])
    (feed,) = claim(connection, mine + 1)
    items = (FeedItem(url="https://example.com/a"), FeedItem(url="https://other.example/b"))
    new, pages = polls.record(connection, Poll(feed=feed, started_at=NOW, kind=FeedKind.FEED, items=items), worker=mine + 1, interval_s=100)
    assert (new, [page.url for page in pages]) == (2, ["https://example.com/a"])
    assert value(connection, "SELECT count(*) FROM pages WHERE due_at <= now() AND leased_by IS NULL") == 1


def test_a_host_that_asks_for_it_is_left_alone_by_all(connection: Connection, outlet: int) -> None:
    del outlet
    polled(connection, "https://a.example/1", "https://a.example/2", "https://b.example/1")
    assert hosts.leave_alone(connection, 1, "a.example", reason="http_429", seconds=600) == 2
    for worker in (1, 2):
        assert {page.url for page in claim_pages(connection, worker)} == {"https://b.example/1"}
        assert hosts.take(connection, worker, ["a.example"]) == set()
    assert value(connection, "SELECT count(*) FROM pages WHERE due_at <= now() AND leased_by IS NULL") == 2
    connection.execute("UPDATE hosts SET not_before = now()")
    assert len(claim_pages(connection, 2)) == 3


def test_a_host_that_does_not_answer_is_left_alone_longer_each_time(connection: Connection) -> None:
    assert hosts.take(connection, 1, ["a.example"]) == {"a.example"}
    waits = []
    for _ in range(9):
        connection.execute("UPDATE hosts SET not_before = NULL")
        hosts.leave_alone(connection, 1, "a.example", reason="timeout")
        waits.append(value(connection, "SELECT round(extract(epoch FROM not_before - now())) FROM hosts"))
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    connection.execute("UPDATE hosts SET not_before = now()")
    hosts.give_back(connection, 1, pauses_s={}, answered=["a.example"])
    assert value(connection, "SELECT failures FROM hosts") == 0


def test_the_next_worker_keeps_the_pause_too(connection: Connection) -> None:
    hosts.take(connection, 1, ["a.example", "b.example"])
    hosts.give_back(connection, 1, pauses_s={"a.example": 30})
    assert hosts.take(connection, 1, ["a.example"]) == set()
    assert value(connection, "SELECT leased_by FROM hosts WHERE host = 'b.example'") == 1


def test_an_article_that_is_taken_down_is_recorded(connection: Connection, outlet: int) -> None:
    (page,) = polled(connection, "https://example.com/a")
    capture = Capture(page_id=page.id, fetched_at=NOW, url=page.url, status=200, content_type="text/html", body=b"<p>x")
    captures.store(connection, capture, priority=page.priority, refetch_after_s=(3_600,))
    connection.execute(
        "INSERT INTO articles (outlet_id, page_id, url, canonical_url, version, first_seen_at) VALUES (%s, %s, %s, %s, 1, now())",
        (outlet, page.id, page.url, page.url),
    )
    gone = "SELECT gone_at IS NOT NULL FROM articles"
    for again in (False, True):
        frontier.record_failure(connection, page, reason="http_404", status=404, final=True)
        assert (value(connection, gone), value(connection, "SELECT due_at IS NULL FROM pages")) == (again, again)
    frontier.record_unchanged(connection, page, fetched_at=NOW, status=200, refetch_after_s=())
    assert not value(connection, gone)
    frontier.record_failure(connection, page, reason="http_503", status=503)
    assert not value(connection, gone)
    frontier.record_failure(connection, page, reason="http_410", status=410, final=True)
    assert value(connection, gone)
    captures.store(connection, replace(capture, body=b"<p>y", fetched_at=NOW + timedelta(hours=2)), priority=page.priority)
    assert not value(connection, gone)


@pytest.mark.parametrize("off", [timedelta(hours=-7), timedelta(hours=7), timedelta(days=-400), timedelta(days=400)])
def test_a_crawler_whose_clock_is_wrong_polls_neither_at_once_again_nor_never(connection: Connection, outlet: int, off: timedelta) -> None:
    del outlet
    for _ in range(2):
        due_again(connection)
        pages = polled(connection, "https://example.com/a", started_at=datetime.now(UTC) + off)
        assert value(connection, "SELECT due_at BETWEEN now() + interval '80 s' AND now() + interval '100 s' FROM feeds")
        assert claim(connection) == []
    captures_at = datetime.now(UTC) + off
    connection.execute("SELECT ensure_month('captures', %s)", (captures_at,))
    page = pages[0] if pages else Page(id=value(connection, "SELECT id FROM pages"), outlet_id=1, url="https://example.com/a")
    capture = Capture(page_id=page.id, fetched_at=captures_at, url=page.url, status=200, content_type="", body=b"1")
    captures.store(connection, capture, priority=Priority.LIVE, refetch_after_s=(3_600, 86_400))
    assert value(connection, "SELECT due_at BETWEEN now() + interval '50 min' AND now() + interval '70 min' FROM pages")


def test_after_the_clock_was_set_back_nothing_sleeps_for_days(connection: Connection, outlet: int) -> None:
    del outlet
    polled(connection, "https://example.com/a")
    hosts.give_back(connection, 1, pauses_s={"example.com": 1})
    connection.execute("UPDATE feeds SET polled_at = polled_at + interval '5 d', due_at = due_at + interval '5 d'")
    connection.execute("UPDATE hosts SET not_before = not_before + interval '5 d'")
    polled(connection, "https://example.com/a")
    assert claim(connection) == []
    assert value(connection, "SELECT due_at < now() + interval '2 min' FROM feeds")


def test_outlets_that_edit_are_looked_at_more_often(connection: Connection, outlet: int) -> None:
    calm = outlets.save(connection, OutletSpec(name="Calm", url="https://calm.test/"))[0].id
    for one, host, edited in ((outlet, "example.com", 60), (calm, "calm.test", 0)):
        put_pages(connection, one, host, 201)
        connection.execute("UPDATE pages SET fetches = 3, due_at = NULL WHERE outlet_id = %s", (one,))
        connection.execute(
            """
            INSERT INTO articles (outlet_id, page_id, url, canonical_url, version, first_seen_at)
            SELECT outlet_id, id, url, url, 1 + (row_number() OVER (ORDER BY id) <= %s)::integer, now() - interval '3 d'
            FROM pages WHERE outlet_id = %s
            """,
            (edited, one),
        )
    day = timedelta(days=1)
    assert refetches.count_edits(connection, since=NOW - 14 * day, before=NOW - day) == 2
    counted = "SELECT articles * 1000 + edited FROM edit_rates JOIN outlets ON id = outlet_id ORDER BY name DESC"
    assert [row[0] for row in connection.execute(counted)] == [201_060, 201_000]

    def first_look(host: str) -> timedelta:
        connection.execute("UPDATE pages SET first_seen_at = now()")
        page_id = value(
            connection, "SELECT min(id) FROM pages WHERE host = 'calm.test'" if host == "calm.test" else "SELECT min(id) FROM pages"
        )
        at = refetches.next_at(connection, page_id, plan=(3_600, 21_600, 86_400))
        assert at is not None
        return at - frontier.now(connection)

    assert first_look("example.com") < timedelta(minutes=35)
    assert timedelta(minutes=50) < first_look("calm.test") < timedelta(minutes=70)


def test_a_page_that_was_seen_late_is_as_old_as_its_feed_says(connection: Connection, outlet: int) -> None:
    del outlet
    (feed,) = claim(connection)
    ages = {"new": 0, "days": 4, "old": 400}
    items = tuple(FeedItem(url=f"https://example.com/{name}", published_at=NOW - timedelta(days=days)) for name, days in ages.items())
    pages = polls.record(connection, Poll(feed=feed, started_at=NOW, kind=FeedKind.FEED, items=items), worker=1, interval_s=100)[1]
    plan = (3_600, 86_400, 432_000)
    due = {page.url.rsplit("/", 1)[1]: refetches.next_at(connection, page.id, plan=plan) for page in pages}
    assert due["old"] is None
    assert due["new"] is not None
    assert due["new"] < NOW + timedelta(hours=2)
    assert due["days"] is not None
    assert NOW + timedelta(hours=11) < due["days"] < NOW + timedelta(hours=37)


def test_hosts_of_feeds(connection: Connection) -> None:
    urls = {
        "https://Example.com/rss": "example.com",
        "http://user@a.example:8080/rss": "a.example",
        "http://b.example?x": "b.example",
    }
    outlets.save(connection, OutletSpec(name="Feeds", url="https://feeds.example/", feeds=tuple(urls)))
    assert dict(connection.execute("SELECT url, host FROM feeds WHERE url = ANY (%s)", (list(urls),)).fetchall()) == urls


def test_captures_that_are_stored_together(connection: Connection, outlet: int) -> None:
    del outlet
    pages = polled(connection, "https://example.com/a", "https://example.com/b", "https://example.com/c")
    taken = [
        (
            Capture(
                page_id=page.id, fetched_at=NOW, url=page.url, status=200, content_type="text/html", body=page.url.encode(), etag=page.url
            ),
            1,
        )
        for page in pages
    ]
    first = captures.store_all(connection, [(capture, Priority(priority)) for capture, priority in taken[:2]], refetch_after_s=(3_600,))
    assert None not in first
    # Of the next three, one is the same, one has changed, one is new.
    later = NOW + timedelta(hours=1)
    (same, _), (changed, _), (new, _) = taken
    batch = [replace(new, status=203), replace(changed, body=b"<p>y", fetched_at=later), replace(same, fetched_at=later)]
    ids = captures.store_all(connection, [(capture, Priority.REFETCH) for capture in batch])
    assert (ids[2], None in ids[:2]) == (None, False)
    stored = connection.execute(
        "SELECT c.id, p.url, c.body_gzip, c.status FROM captures c JOIN pages p ON p.id = c.page_id ORDER BY c.id"
    ).fetchall()
    assert [row[1] for row in stored if row[0] in first] == [same.url, changed.url]
    assert {row[0]: (row[1], gzip.decompress(row[2]), row[3]) for row in stored if row[0] in ids} == {
        ids[0]: (new.url, new.body, 203),
        ids[1]: (changed.url, b"<p>y", 200),
    }
    assert connection.execute("SELECT url, fetches, etag FROM pages ORDER BY url").fetchall() == [
        (same.url, 2, same.url), (changed.url, 2, changed.url), (new.url, 1, new.url)
    ]  # fmt: skip
    assert value(connection, "SELECT count(*) FROM pages WHERE leased_by IS NOT NULL") == 0
    assert {row[0] for row in connection.execute("SELECT subject_id FROM work WHERE stage = 'clean'")} == {*first, *ids[:2]}
