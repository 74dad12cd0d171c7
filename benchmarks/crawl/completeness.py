"""Completeness: outlets whose feed shows the last ten items and that publish in bursts.

    python -m benchmarks.crawl.completeness

1. Days by a simulated clock. Newsrooms of four kinds (a whole news sitemap or a partial one, a home page or none) publish for
   five days. What is polled when is decided by the product's own code on a real PostgreSQL: due times, rhythm, gaps, filling in
   (`pipeline/store/polls`); the answers are made by the model instead of fetched, and each shown page counts as an article.
   Beside it stands a reader that polls the same feed every 30 minutes. Then the product judges the days
   (`pipeline/steps/completeness`), and its estimates are held against what was published.
2. A minute and a half in real time: one such newsroom on loopback, fetched by the crawler, cleaned and counted by the product.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

from benchmarks.crawl.newsrooms import PROFILES, Newsroom, Profile
from pipeline import engine
from pipeline.completeness import Day, Unknown, estimate
from pipeline.config import Settings
from pipeline.models import Discovery, FeedKind, OutletSpec, Poll, Source
from pipeline.steps import completeness as step
from pipeline.store import completeness, discoveries, outlets, polls
from pipeline.store.database import Connection, Database

SEED = 4
DAYS = 5  # the first is not judged: an outlet is not watched for the whole of the day on which it is added
EACH = 3  # newsrooms of each kind
READER = timedelta(minutes=30)
TICK = timedelta(minutes=1)  # as the schedule of `monitor`
INTERVALS = {"interval_s": 300.0, "longest_s": 1800.0}  # the defaults
LIVE_S = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An outlet's day: what was published, collected, read by the other reader, and estimated."""

    profile: str
    published: int
    collected: int
    read: int
    day: Day


def run(options: argparse.Namespace | None = None) -> int:
    """Measure both parts on engines of their own, and print the figures."""
    del options
    with tempfile.TemporaryDirectory(prefix="presswatch-bench-", ignore_cleanup_errors=True) as folder:
        home = Path(folder) / "home"
        presswatch(home, "up")
        try:
            url = engine.endpoints(Settings(home=home)).database_url
            with Database(url) as database:
                began = time.monotonic()
                cases, count = simulate(database)
                tell(cases, count, time.monotonic() - began)
            live(home, url)
        finally:
            presswatch(home, "down")
    return 0


# --- Days by a simulated clock ---


def simulate(database: Database) -> tuple[list[Case], int]:
    """Let the product watch newsrooms for some days; their judged days, and how many polls that took."""
    chance = Random(SEED)  # noqa: S311 - the same in every run, as all chance here
    start = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS + 5)
    end = start + timedelta(days=DAYS)
    database.ensure_partitions([start, end])
    rooms: dict[int, Newsroom] = {}
    readers: dict[int, set[str]] = {}
    for number in range(EACH * len(PROFILES)):
        profile = PROFILES[number % len(PROFILES)]
        busy = chance.choice((2, 4, 8, 15))
        own = Random(chance.random())  # noqa: S311
        room = Newsroom(number=number, profile=profile, start=start, days=DAYS, busy=busy, chance=own)
        with database.transaction() as connection:
            rooms[add(connection, room, start + timedelta(minutes=number))] = room
        readers[number] = set()
        at = start
        while at < end:
            readers[number] |= {room.url(piece) for piece in room.shown(FeedKind.FEED, at)}
            at += READER
    count = watch(database, rooms, end)
    with database.transaction() as connection:
        clean(connection, rooms)
    # As the hourly task does it, on all later days.
    for hours in range(0, 4 * 24, 12):
        step.judge(database, now=end + timedelta(hours=hours))
    with database.transaction() as connection:
        judged = completeness.days(connection, start.date())
        cases = []
        for outlet_id, days in judged.items():
            room = rooms[outlet_id]
            for day in days:
                published = room.published(datetime.combine(day.day, datetime.min.time(), UTC))
                cases.append(
                    Case(
                        profile=room.profile.name,
                        published=len(published),
                        collected=day.collected,
                        read=len(published & readers[room.number]),
                        day=day,
                    )
                )
    return [case for case in cases if start.date() < case.day.day < end.date()], count


def add(connection: Connection, room: Newsroom, at: datetime) -> int:
    """Add a newsroom as `outlets add` does, at a time."""
    outlet = outlets.save(connection, OutletSpec(name=f"Newsroom {room.number}", url=f"{room.base}/"))[0]
    found = Discovery(url=outlet.url, sources=tuple(Source(url=url, kind=kind, items=1) for url, kind in room.sources().items()))
    discoveries.record(connection, outlet.id, found)
    connection.execute("UPDATE outlets SET added_at = %s WHERE id = %s", (at, outlet.id))
    connection.execute("UPDATE feeds SET added_at = %s, due_at = %s WHERE outlet_id = %s", (at, at, outlet.id))
    return outlet.id


def watch(database: Database, rooms: dict[int, Newsroom], end: datetime) -> int:
    """Poll what is due, minute by minute, as the product decides; how many polls that were."""
    # The simulated clock is trusted, though it is not the database's.
    polls.CLOCKS_DIFFER = timedelta(days=10 * DAYS)
    worker, count, now = database.worker(), 0, end - timedelta(days=DAYS)
    while now < end:
        # Six hours a transaction: the clock is simulated, and waiting for the disk is not what is measured.
        until = min(now + timedelta(hours=6), end)
        with database.transaction() as connection:
            while (now := next_tick(connection)) < until:
                for feed in polls.claim(connection, worker, due_by=now, outlets=None, limit=1_000):
                    items = rooms[feed.outlet_id].items(feed.kind, now)
                    poll = Poll(feed=feed, started_at=now, kind=feed.kind, items=items, status=200)
                    polls.record(connection, poll, worker=worker, **INTERVALS)
                    count += 1
    return count


def next_tick(connection: Connection) -> datetime:
    """The minute in which the next poll is due."""
    row = connection.execute("SELECT min(due_at) FROM feeds WHERE active").fetchone()
    assert row is not None
    seconds = TICK.total_seconds()
    return datetime.fromtimestamp(-(-row[0].timestamp() // seconds) * seconds, UTC)


def clean(connection: Connection, rooms: dict[int, Newsroom]) -> None:
    """Make an article of every page, published when the newsroom did: fetching and cleaning are not what is measured."""
    published = {room.url(piece): piece.at for room in rooms.values() for piece in room.pieces}
    connection.execute("CREATE TEMPORARY TABLE appeared (url text PRIMARY KEY, at timestamptz) ON COMMIT DROP")
    with connection.cursor().copy("COPY appeared FROM STDIN") as copy:
        for row in published.items():
            copy.write_row(row)
    connection.execute(
        """
        WITH made AS (
            INSERT INTO articles (outlet_id, page_id, url, canonical_url, version, first_seen_at)
            SELECT outlet_id, id, url, url, 1, first_seen_at FROM pages RETURNING id, url
        )
        INSERT INTO article_versions (article_id, version, title, authors, published_at, published_offset_s, published_precision,
            body, topics, words, text_sha256)
        SELECT made.id, 1, '', '{}', appeared.at, 0, 'minute', '', '{}', 0, '' FROM made JOIN appeared USING (url)
        """
    )
    connection.execute("ANALYZE")


def tell(cases: list[Case], count: int, seconds: float) -> None:
    """Print what came of it."""
    newsrooms = EACH * len(PROFILES)
    print(
        f"{newsrooms} newsrooms, {DAYS} days by a simulated clock, {count:,} polls ({count / newsrooms / DAYS:.0f} an outlet and day), {seconds:.0f} s"
    )
    print(f"{'share collected':<36}{'articles':>9}{'presswatch':>12}{'reader, 30 min':>16}{'gaps':>6}{'unfilled':>10}")
    for profile in [*(profile.name for profile in PROFILES), ""]:
        chosen = [case for case in cases if profile in ("", case.profile)]
        published = sum(case.published for case in chosen)
        print(
            f"{profile or 'all':<36}{published:>9,}{sum(case.collected for case in chosen) / published:>12.1%}"
            f"{sum(case.read for case in chosen) / published:>16.1%}{sum(case.day.gaps for case in chosen):>6}"
            f"{sum(case.day.unfilled_gaps for case in chosen):>10}"
        )
    print(f"{'estimate beside the truth, by day':<36}{'cases':>9}{'low end':>12}{'estimate':>16}{'of truth':>10}{'width':>8}{'unknown':>9}")
    print(f"{'':<36}{'':>9}{'≤ truth':>12}{'≤ truth':>16}{'median':>10}{'median':>8}")
    for profile in [*(profile.name for profile in PROFILES), ""]:
        chosen = [case for case in cases if profile in ("", case.profile)]
        known = [(case, case.day.estimate) for case in chosen if case.day.estimate is not None]
        if not known:
            continue
        print(
            f"{profile or 'all':<36}{len(known):>9}{share(found.low <= case.published for case, found in known):>12.0%}"
            f"{share(found.articles <= case.published for case, found in known):>16.0%}"
            f"{statistics.median(found.articles / case.published for case, found in known):>10.1%}"
            f"{statistics.median((found.high - found.low) / case.published for case, found in known):>8.1%}{len(chosen) - len(known):>9}"
        )
    known = [(case, case.day.estimate) for case in cases if case.day.estimate is not None]
    above = [found.articles / case.published - 1 for case, found in known if found.articles > case.published]
    print(
        f"where the estimate is above the truth: {len(above)} of {len(known)} days, by {statistics.median(above or [0]):.1%} (median), {max(above or [0]):.1%} at most"
    )
    print(f"the truth is within the interval or above it: {share(case.published >= found.low for case, found in known):.0%}; within it: "
          f"{share(found.low <= case.published <= found.high for case, found in known):.0%}")  # fmt: skip


def share(values: Iterator[bool]) -> float:
    """How many are true, from 0 to 1."""
    found = list(values)
    return sum(found) / len(found)


# --- In real time ---


def presswatch(home: Path, *arguments: str, **settings: str) -> None:
    """Run a command of the product to its end."""
    variables = os.environ | {"PRESSWATCH_HOME": str(home)} | {f"PRESSWATCH_{name.upper()}": value for name, value in settings.items()}
    subprocess.run([sys.executable, "-m", "pipeline.cli", *arguments], env=variables, check=True, stdout=subprocess.DEVNULL)


def live(home: Path, database_url: str) -> None:
    """Serve a newsroom on loopback, let the product's commands watch it, and count."""
    start = datetime.now(UTC)
    with served(start) as room:
        host = room.base.removeprefix("http://")
        settings = {"allow_hosts": host, "delay_s": "0", "feed_interval_s": "10", "feed_interval_longest_s": "15"}
        presswatch(home, "outlets", "add", room.base, "--name", "Live", **settings)
        read: set[str] = set()
        due = 0.0
        while (elapsed := (datetime.now(UTC) - start).total_seconds()) < LIVE_S + 15:
            if elapsed >= due:
                read |= {room.url(piece) for piece in room.shown(FeedKind.FEED, datetime.now(UTC))}
                due += 60
            presswatch(home, "crawl", **settings)
            time.sleep(1)
        presswatch(home, "process", **settings)
        with Database(database_url) as database, database.transaction() as connection:
            # Estimated as if the day were over and the outlet older.
            connection.execute("UPDATE feeds SET added_at = added_at - interval '2 days'")
            row = connection.execute("SELECT id FROM outlets WHERE name = 'Live'").fetchone()
            assert row is not None
            found = completeness.counts(connection, row[0], start.date())
        published = {room.url(piece) for piece in room.pieces if piece.at <= datetime.now(UTC)}
        result = estimate(found.histories)
        figures = result if isinstance(result, Unknown) else f"{result.articles} ({result.low} to {result.high})"
        print(
            f"in real time, {LIVE_S} s over HTTP: {len(published)} articles published, presswatch {found.collected / len(published):.0%}, "
            f"a reader of the feed once a minute {len(read & published) / len(published):.0%}; {found.gaps} gaps, {found.unfilled_gaps} unfilled; estimate {figures}"
        )


@contextmanager
def served(start: datetime) -> Iterator[Newsroom]:
    """A newsroom on loopback whose hours pass in seconds: bursts of twenty within five seconds."""
    profile = Profile(name="live", listed=0.8, sitemap_every=timedelta(seconds=5))
    chance = Random(SEED)  # noqa: S311
    room = Newsroom(number=0, profile=profile, start=start, days=0, busy=1, chance=chance)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = answer(room, self.path)
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", found[0] if found else "text/plain")
            self.send_header("Content-Length", str(len(found[1]) if found else 0))
            self.end_headers()
            self.wfile.write(found[1] if found else b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    room.base = f"http://127.0.0.1:{server.server_port}"
    moments = [chance.uniform(0, 3) for _ in range(12)]
    moments += [second + number / 4 for second in range(15, LIVE_S - 10, 25) for number in range(20)]
    room.publish(start + timedelta(seconds=second) for second in moments)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield room
    finally:
        server.shutdown()


def answer(room: Newsroom, path: str) -> tuple[str, bytes] | None:
    """What a path shows now: content type and body."""
    now = datetime.now(UTC)
    url = room.base + path
    if (kind := room.sources().get(url)) is None:
        piece = next((piece for piece in room.pieces if room.url(piece) == url and piece.at <= now), None)
        return None if piece is None else ("text/html; charset=utf-8", page(room, piece.number, piece.at))
    items = room.items(kind, now)
    if kind is FeedKind.FEED:
        entries = "".join(f"<item><title>{escape(item.title or '')}</title><link>{item.url}</link></item>" for item in items)
        return "application/rss+xml", f'<rss version="2.0"><channel><title>Live</title>{entries}</channel></rss>'.encode()
    if kind is FeedKind.NEWS_SITEMAP:
        news = "http://www.google.com/schemas/sitemap-news/0.9"
        entries = "".join(
            f"<url><loc>{item.url}</loc><n:news><n:publication_date>{item.published_at:%Y-%m-%dT%H:%M:%SZ}</n:publication_date></n:news></url>"
            for item in items
        )
        return "application/xml", f'<urlset xmlns:n="{news}">{entries}</urlset>'.encode()
    links = "".join(f'<h2><a href="{item.url}">{item.title} of the newsroom, told at length</a></h2>' for item in items)
    head = f'<link rel="alternate" type="application/rss+xml" href="{room.base}/rss.xml">'
    return "text/html; charset=utf-8", f"<html><head><title>Live</title>{head}</head><body>{links}</body></html>".encode()


def page(room: Newsroom, number: int, at: datetime) -> bytes:
    """An article's page."""
    text = "".join(
        f"<p>The council voted on motion {number}-{part} after a long debate about its cost, its use and the time that building it would take.</p>"
        for part in range(8)
    )
    meta = f'<meta property="article:published_time" content="{at.isoformat()}">'
    return f"<html lang=en><head><title>Motion {number} of {room.number}</title>{meta}</head><body><article><h1>Motion {number} was carried</h1>{text}</article></body></html>".encode()


if __name__ == "__main__":
    sys.exit(run())
