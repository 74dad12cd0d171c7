"""A crawl that is killed at random moments and started again: which pages are lost, and which are asked for twice."""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg

from benchmarks.crawl import site, store
from benchmarks.crawl.site import Asked, Site

HOSTS = 50
PAGES = 5_000
CONCURRENCY = 32
LOOK_S = 0.005
# Between the moment that is waited for and the kill.
LATER_S = 0.05
# What a killed process left in the database ends within this.
DRAIN_S = 30


@dataclass
class Life:
    """A crawl from its start to its kill, by the server's log and the store."""

    lived_s: float
    asked: list[Asked]
    unfinished: int = 0  # asked for, and not stored when all had ended


@dataclass
class Account:
    """What is known of the pages, by host and path."""

    served: Site
    database: str
    lives: list[Life] = field(default_factory=list)
    again: int = 0  # asked for although it was stored
    place: int = 0  # in the server's log

    def stored(self) -> set[tuple[str, str]]:
        """Pages that have a capture."""
        with psycopg.connect(self.database) as connection:
            rows = connection.execute("SELECT url FROM pages WHERE id IN (SELECT page_id FROM captures)").fetchall()
        return {key(row[0]) for row in rows}

    def close(self, lived_s: float, before: set[tuple[str, str]]) -> set[tuple[str, str]]:
        """Take in what a life did; gives what is stored now."""
        _drained(self.database)
        asked, self.place = self.served.asked(self.place)
        pages = [each for each in asked if each.is_page]
        stored = self.stored()
        self.again += sum((each.host, each.path) in before for each in pages)
        unfinished = {(each.host, each.path) for each in pages} - stored
        self.lives.append(Life(lived_s=lived_s, asked=pages, unfinished=len(unfinished)))
        return stored


def run(options: argparse.Namespace) -> int:
    """Crawl, kill, count; 1 if a page is lost or more is fetched again than was in flight."""
    pages, chance = options.pages or PAGES, random.Random(options.seed)  # noqa: S311 - moments that can be repeated
    site.program()
    with tempfile.TemporaryDirectory(prefix="presswatch-bench-", ignore_cleanup_errors=True) as folder, store.running(Path(folder)) as here:
        Path(folder).chmod(0o755)
        with site.serving(Path(folder) / "site", hosts=HOSTS, pages=pages) as served:
            account = Account(served, here.database(served.roots))
            allow = [root.partition("://")[2] for root in served.roots]
            # Nothing is fetched again for edits in between, so that what comes twice comes of a kill.
            environment = here.environment(account.database, allow, concurrency=CONCURRENCY, refetch_after_s="604800")
            print(f"{pages} pages of {HOSTS} hosts, {options.kills} kills\n kill   after s   pages asked   stored in all   in flight")
            stored: set[tuple[str, str]] = set()
            for number in range(options.kills):
                left = options.kills - number
                wanted = chance.uniform(0, 2 * (pages - len(stored)) / (left + 1))
                lived_s = _one_life(account, environment, wanted=min(wanted, pages - len(stored) - 1), chance=chance)
                stored = account.close(lived_s, stored)
                life = account.lives[-1]
                print(f"{number + 1:5}   {lived_s:7.2f}   {len(life.asked):11}   {len(stored):13}   {life.unfinished:9}", flush=True)
            began = time.monotonic()
            here.run([sys.executable, "-m", "crawlers", "watch"], environment)
            account.close(time.monotonic() - began, stored)
            return _verdict(account)


def _one_life(account: Account, environment: dict[str, str], *, wanted: float, chance: random.Random) -> float:
    """Start a crawl and kill it when it has asked for so many pages, or before; how long it lived in seconds."""
    began = time.monotonic()
    crawl = subprocess.Popen(
        [sys.executable, "-m", "crawlers", "watch"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    place, asked = account.place, 0
    # Some die before they have asked for anything.
    start_s = chance.uniform(0, 3) if wanted < 1 else float("inf")
    while asked < wanted and time.monotonic() - began < start_s:
        if crawl.poll() is not None:
            sys.exit(f"benchmarks: the crawl ended by itself with code {crawl.returncode}, before it was killed")
        time.sleep(LOOK_S)
        rows, place = account.served.asked(place)
        asked += sum(each.is_page for each in rows)
    time.sleep(chance.uniform(0, LATER_S))
    children = psutil.Process(crawl.pid).children(recursive=True)
    os.kill(crawl.pid, signal.SIGKILL)
    lived_s = time.monotonic() - began
    for child in children:
        if child.is_running():
            child.kill()
    crawl.wait()
    return lived_s


def _drained(database: str) -> None:
    """Wait until the server has ended what a killed process had begun."""
    deadline = time.monotonic() + DRAIN_S
    with psycopg.connect(database, autocommit=True) as connection:
        while time.monotonic() < deadline:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'presswatch%'"
            ).fetchone()
            if row == (0,):
                return
            time.sleep(0.05)
    sys.exit(f"benchmarks: after {DRAIN_S} s the server still holds connections of a killed crawl")


def _verdict(account: Account) -> int:
    pages = {key(url) for url in account.served.urls}
    asked = [(each.host, each.path) for life in account.lives for each in life.asked]
    lost, stored = pages - set(asked), account.stored()
    repeats, flying = len(asked) - len(set(asked)), sum(life.unfinished for life in account.lives)
    most = max(life.unfinished for life in account.lives)
    good = not lost and stored == pages and not account.again and repeats <= flying and most <= CONCURRENCY
    print(
        f"\nof {len(pages)} pages {len(lost)} were never asked for, {len(pages - stored)} are not stored\n"
        f"{repeats} requests were repeats; {flying} were in flight at the kills (at most {most} at one; {CONCURRENCY} connections)\n"
        f"{account.again} pages were asked for although they were stored\n"
        f"{'as it should be' if good else 'NOT AS IT SHOULD BE'}: nothing lost, and no more repeated than was in flight"
    )
    return int(not good)


def key(url: str) -> tuple[str, str]:
    """Host and path, as in the server's log."""
    host, _, path = url.partition("://")[2].partition("/")
    return host.partition(":")[0], f"/{path}"
