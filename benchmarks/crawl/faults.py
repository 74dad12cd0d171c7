"""Outlets that misbehave in every way that replay.py knows: one line each, what became of it, and whether that is as it should be."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg

from benchmarks.crawl import site
from benchmarks.replay.place import REPLAY, Place, pages_of, place
from pipeline.config import Settings
from pipeline.engine.addresses import database as database_url

# Of each host, so many pages are asked for.
PAGES: Final = 2
TIMEOUT_S: Final = 5
# A page under one ETag is fetched again so often; every so manieth time in full.
AGAIN: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What became of a host."""

    feed_error: str | None
    feed_items: int
    feed_again_s: float
    stored: int  # captures
    outcomes: Counter[str]  # of the captures, once they were cleaned
    reasons: Counter[str]  # of the pages that were not fetched
    retries_s: tuple[float, ...]  # when those are tried again that are
    due: int  # pages that nobody asked for, still due
    left_alone_s: float
    asked: Counter[str]  # the server's log: feed, robots, page, other
    private: int  # requests to a private address

    @property
    def given_up(self) -> int:
        """Pages that are not tried again."""
        return sum(self.reasons.values()) - len(self.retries_s)

    def words(self) -> str:
        """In one line."""
        feed = f"feed: {self.feed_error}, again in {self.feed_again_s:.0f} s" if self.feed_error else f"feed read, {self.feed_items} items"
        parts = [feed]
        if self.stored:
            outcomes = ", ".join(f"{count} {name}" for name, count in self.outcomes.items())
            parts.append(f"{self.stored} stored ({outcomes})")
        again = f", again in {min(self.retries_s):.0f} s" if self.retries_s else ", given up"
        parts += [f"{count} not fetched: {reason}{again}" for reason, count in self.reasons.items()]
        parts += [f"{self.due} not asked for, still due"] if self.due else []
        parts += [f"host left alone for {self.left_alone_s:.0f} s"] if self.left_alone_s > 0 else []
        return "; ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A kind of fault, and what should become of it."""

    kind: str  # as replay.py takes it; empty: none
    should: str
    holds: Callable[[Seen], bool]
    known: bool = False  # the pages are known before, as the feed can't show them


def _retried(seen: Seen, reason: str, count: int = PAGES) -> bool:
    return seen.reasons == {reason: count} and len(seen.retries_s) == count and min(seen.retries_s) > 30 and not seen.stored


def _given_up(seen: Seen, reason: str) -> bool:
    return seen.reasons == {reason: PAGES} == {reason: seen.given_up} and not seen.stored


FAULTS: Final = (
    Fault(
        kind="",
        should="no fault: all is stored, robots.txt is read once",
        holds=lambda seen: seen.outcomes["article"] == PAGES and not seen.reasons and seen.asked["robots"] == 1,
    ),
    Fault(
        kind="status:503",
        should="tried once each and again later; after three failures in a row the host is left alone",
        holds=lambda seen: _retried(seen, "http_503") and "503" in (seen.feed_error or "") and 30 < seen.left_alone_s <= 60,
        known=True,
    ),
    Fault(
        kind="status:429:600",
        should="one request, then the host is left alone as long as it asks; its pages stay due",
        holds=lambda seen: seen.asked["feed"] == 1 and not seen.asked["page"] and seen.due == PAGES and 500 < seen.left_alone_s <= 600,
        known=True,
    ),
    Fault(
        kind="slow:1000",
        should=f"cut off after {TIMEOUT_S} s each, tried again later",
        holds=lambda seen: _retried(seen, "timeout"),
    ),
    Fault(
        kind="truncate",
        should="half a page is none: not stored, tried again later",
        holds=lambda seen: _retried(seen, "truncated") and seen.feed_error is None,
    ),
    Fault(
        kind="reset",
        should="tried once each and again later; after three failures in a row the host is left alone",
        holds=lambda seen: _retried(seen, "connection_lost") and seen.feed_error is not None and 30 < seen.left_alone_s <= 60,
        known=True,
    ),
    Fault(
        kind="redirect-loop",
        should="given up after a few redirects",
        holds=lambda seen: _given_up(seen, "redirect_loop") and seen.asked["page"] + seen.asked["other"] <= PAGES * 10,
    ),
    Fault(
        kind="gzip-bomb:50",
        should="given up when it grows too large",
        holds=lambda seen: _given_up(seen, "too_large"),
    ),
    Fault(
        kind="constant-etag",
        should="the correction under the same ETag is found by a fetch in full",
        holds=lambda seen: seen.stored > PAGES and not seen.reasons,
    ),
    Fault(
        kind="flap",
        should="what answers is stored, the rest is tried again later; the host is not left alone",
        holds=lambda seen: seen.stored == 1 and seen.reasons == {"http_500": 1} and len(seen.retries_s) == 1 and seen.left_alone_s <= 0,
    ),
    Fault(
        kind="private-redirect",
        should="given up, and nothing is sent to the private address",
        holds=lambda seen: _given_up(seen, "private_address") and not seen.private,
    ),
    Fault(
        kind="consent",
        should="rejected as a consent wall, never an article",
        holds=lambda seen: seen.stored == seen.outcomes["consent_wall"] > 0,
    ),
    Fault(
        kind="empty-feed",
        should="no failure: the feed is read, and shows nothing",
        holds=lambda seen: seen.feed_error is None and seen.feed_items == 0 and not seen.asked["page"],
    ),
    Fault(
        kind="bad-xml",
        should="the items are read in spite of the faults",
        holds=lambda seen: seen.feed_error is None and seen.feed_items == PAGES == seen.stored,
    ),
    Fault(
        kind="robots:503",
        should="nothing is asked for but robots.txt, and that again later",
        holds=lambda seen: not seen.asked["page"] + seen.asked["feed"] and seen.asked["robots"] == 1 and seen.feed_error is not None,
    ),
    Fault(
        kind="robots:disallow",
        should="nothing is asked for but robots.txt",
        holds=lambda seen: not seen.asked["page"] + seen.asked["feed"] and seen.asked["robots"] == 1 and "robots.txt" in (seen.feed_error or ""),
    ),
)  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Crawl one host for each fault; 1 if something is not as it should be, or replay.py has a fault that is not here."""
    tar = pages_of(options.set)
    hosts = _hosts(tar, len(FAULTS))
    by_host = dict(zip(hosts, FAULTS, strict=True))
    unknown = _kinds() - {fault.kind.partition(":")[0] for fault in FAULTS}
    given = [f"--fault={host}={fault.kind}" for host, fault in by_host.items() if fault.kind]
    settings = {"delay_s": 0, "fetch_timeout_s": TIMEOUT_S, "allow_hosts": "", "workers": 2}
    settings |= {"database_port": site.free_port(), "elasticsearch_port": site.free_port()}
    good = True
    with place(tar, *given, outlets="opml", **settings) as here, psycopg.connect(
        database_url(Settings(home=here.home)), autocommit=True
    ) as connection:  # fmt: skip
        for host, fault in by_host.items():
            if fault.known:
                _know(connection, host, [url for url in here.released() if urlsplit(url).netloc == host])
        names = [f"--outlet={host.removeprefix('www.')}" for host in hosts]
        here.presswatch("crawl", *names)
        seen = {host: _seen(connection, here, host) for host in hosts}
        etag = next(host for host, fault in by_host.items() if fault.kind == "constant-etag")
        for _ in range(AGAIN):
            connection.execute("UPDATE pages SET due_at = now() WHERE host = %s", (etag,))
            here.presswatch("crawl", f"--outlet={etag.removeprefix('www.')}")
        here.presswatch("process", quiet=False)
        for host, fault in by_host.items():
            found = _seen(connection, here, host, at_first=seen[host] if host != etag else None)
            holds = fault.holds(found)
            good &= holds
            print(
                f"{fault.kind or 'none':<17} {found.words()}\n{'':<17} {'as it should be' if holds else 'NOT AS IT SHOULD BE'}: {fault.should}",
                flush=True,
            )
    for kind in sorted(unknown):
        print(f"{kind:<17} replay.py knows this fault, and this benchmark does not")
    return int(not good or bool(unknown))


def _kinds() -> set[str]:
    """The faults that replay.py knows, by what it says of its option."""
    said = subprocess.run([sys.executable, REPLAY, "serve", "--help"], capture_output=True, text=True, check=True).stdout
    listed = re.search(r"--fault HOST=KIND\s+(.*?)\n\s+--", said, re.DOTALL)
    assert listed, "the help of replay.py has a list of faults"
    return {kind.strip() for kind in re.sub(r"-\s+", "-", listed[1]).split(",")}


def _hosts(tar: Path, count: int) -> Sequence[str]:
    """The first hosts in the order of names that have as many pages as are wanted."""
    with tarfile.open(tar) as archive:
        names = set(archive.getnames())
        listing = next(name for name in names if name.endswith("/gold.jsonl"))
        content = archive.extractfile(listing)
        assert content is not None
        folder = listing.rpartition("/")[0]
        rows = [row for row in map(json.loads, content) if row["url"] and f"{folder}/pages/{row['id']}.html.gz" in names]
    pages = Counter(urlsplit(row["url"]).netloc for row in rows)
    hosts = sorted(host for host, number in pages.items() if number == PAGES and host)
    if len(hosts) < count:
        sys.exit(f"benchmarks: {tar} has {len(hosts)} hosts with {PAGES} pages each, and {count} are wanted: choose another --set")
    return hosts[:count]


def _know(connection: psycopg.Connection[Any], host: str, urls: Sequence[str]) -> None:
    """Let pages be due, as if an earlier poll had shown them."""
    connection.execute(
        "INSERT INTO pages (outlet_id, url, host, due_at) SELECT id, url, %s, now() FROM (SELECT id FROM outlets WHERE name = %s) AS outlet, unnest(%s::text[]) AS url",
        (host, host.removeprefix("www."), list(urls)),
    )


def _seen(connection: psycopg.Connection[Any], here: Place, host: str, *, at_first: Seen | None = None) -> Seen:
    """How things stand with a host; what passes with time is taken as it was `at_first`."""
    feed = connection.execute(
        "SELECT error, coalesce(items, 0), extract(epoch FROM due_at - now()) FROM feeds WHERE host = %s ORDER BY id LIMIT 1", (host,)
    ).fetchone()
    pages = connection.execute(
        "SELECT reason, extract(epoch FROM due_at - now()), failures FROM pages WHERE host = %s AND fetches = 0", (host,)
    ).fetchall()
    captures = connection.execute(
        """
        SELECT coalesce(c.outcome, 'quarantined: ' || q.error, w.error, CASE WHEN w.id IS NULL THEN 'lost' ELSE 'waits' END)
        FROM captures c JOIN pages p ON p.id = c.page_id
        LEFT JOIN work w ON w.stage = 'clean' AND w.subject_id = c.id
        LEFT JOIN quarantine q ON q.stage = 'clean' AND q.subject_id = c.id WHERE p.host = %s
        """,
        (host,),
    ).fetchall()
    left = connection.execute("SELECT coalesce(extract(epoch FROM not_before - now()), 0) FROM hosts WHERE host = %s", (host,)).fetchone()
    asked = [row["url"] for row in map(json.loads, here.replay_log.read_text().splitlines())]
    paths = Counter(_kind(urlsplit(url).path) for url in asked if urlsplit(url).netloc == host)
    assert feed is not None, f"{host} has a feed"
    found = Seen(
        feed_error=feed[0],
        feed_items=feed[1],
        feed_again_s=float(feed[2]),
        stored=len(captures),
        outcomes=Counter(row[0] for row in captures),
        reasons=Counter(row[0] for row in pages if row[2]),
        retries_s=tuple(float(row[1]) for row in pages if row[2] and row[1] is not None),
        due=sum(row[2] == 0 and row[1] is not None for row in pages),
        left_alone_s=float(left[0]) if left else 0.0,
        asked=paths,
        private=sum("127.0.0.1" in urlsplit(url).netloc for url in asked),
    )
    if at_first is None:
        return found
    fields = {name: getattr(at_first, name) for name in Seen.__slots__}
    return Seen(**fields | {"outcomes": found.outcomes})


def _kind(path: str) -> str:
    names = {"/robots.txt": "robots", "/feed.xml": "feed", "/news-sitemap.xml": "other", "/": "other", "/latest": "other"}
    return names.get(path, "other" if path.startswith("/loop/") else "page")
