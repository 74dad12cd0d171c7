"""Starts and kills of the embedded engines: how long a start takes, and whether anything acknowledged is ever lost.

    python benchmarks/engine.py [--kills 10] [--seconds 2]

Prints seconds of an `up` on an empty state folder, of a second one on what runs, and of one after `down`; then
for every SIGKILL of both engines under load, and in all: documents and rows acknowledged, and lost.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psycopg

from pipeline import engine
from pipeline.config import Settings
from pipeline.engine import home
from pipeline.models import Endpoints
from pipeline.steps import system

INDEX = "kills"
BULK = 100
Result = TypeVar("Result")


def timed(name: str, call: Callable[[], Result]) -> Result:
    """Run, print the seconds, give the result."""
    began = time.monotonic()
    result = call()
    print(f"{name:<28}{time.monotonic() - began:6.1f} s", flush=True)
    return result


@contextmanager
def client(place: Endpoints) -> Iterator[httpx.Client]:
    """Elasticsearch over HTTP."""
    with httpx.Client(base_url=place.elasticsearch.url, trust_env=False, timeout=30) as opened:
        yield opened


def write_documents(place: Endpoints, writer: int, acknowledged: set[str], numbers: Iterator[int]) -> None:
    """Bulks, until the server is gone."""
    with client(place) as http:
        while True:
            ids = [f"{writer}-{next(numbers)}" for _ in range(BULK)]
            body = "".join(f'{{"index":{{"_id":"{name}"}}}}\n{{"name":"{name}"}}\n' for name in ids)
            try:
                answer: dict[str, Any] = http.post(f"/{INDEX}/_bulk", content=body, headers={"content-type": "application/x-ndjson"}).json()
            except (httpx.HTTPError, ValueError):
                return
            acknowledged.update(item["index"]["_id"] for item in answer.get("items", []) if item["index"]["status"] in (200, 201))


def write_rows(place: Endpoints, writer: int, acknowledged: set[str], numbers: Iterator[int]) -> None:
    """Committed inserts, until the server is gone."""
    try:
        with psycopg.connect(place.database_url, autocommit=True) as database:
            while True:
                name = f"{writer}-{next(numbers)}"
                database.execute("INSERT INTO kills VALUES (%s)", (name,))
                acknowledged.add(name)
    except psycopg.Error:
        return


def counter() -> Iterator[int]:
    """Numbers of one writer."""
    number = 0
    while True:
        yield number
        number += 1


def stored(place: Endpoints) -> tuple[set[str], set[str]]:
    """Ids of the documents and names of the rows that are there."""
    documents: set[str] = set()
    with client(place) as http:
        http.post(f"/{INDEX}/_refresh").raise_for_status()
        page = http.post(f"/{INDEX}/_search?scroll=1m", json={"size": 10_000, "_source": False, "sort": ["_doc"]}).json()
        while page["hits"]["hits"]:
            documents.update(hit["_id"] for hit in page["hits"]["hits"])
            page = http.post("/_search/scroll", json={"scroll": "1m", "scroll_id": page["_scroll_id"]}).json()
    with psycopg.connect(place.database_url) as database:
        rows = {row[0] for row in database.execute("SELECT name FROM kills")}
    return documents, rows


def kill_under_load(settings: Settings, place: Endpoints, seconds: float, documents: set[str], rows: set[str], start: int) -> None:
    """Two writers on each engine; SIGKILL for both engines in the middle."""
    jobs = [(write_documents, documents), (write_documents, documents), (write_rows, rows), (write_rows, rows)]
    threads = [threading.Thread(target=write, args=(place, start + number, done, counter())) for number, (write, done) in enumerate(jobs)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    for record in home.records(settings.home).values():
        os.kill(record.pid, signal.SIGKILL)
    for thread in threads:
        thread.join()


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=2.0, help="of load before each kill")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="presswatch-engine-"))
    settings = Settings(home=folder / "home", database_url="", elasticsearch_url="")
    try:
        place = timed("up, empty folder", lambda: system.up(settings, die_with_parent=True))
        timed("up, already running", lambda: system.up(settings, die_with_parent=True))
        timed("down", lambda: system.down(settings))
        place = timed("up, second start", lambda: system.up(settings, die_with_parent=True))
        with client(place) as http:
            http.put(f"/{INDEX}", json={"settings": {"number_of_replicas": 0}}).raise_for_status()
        with psycopg.connect(place.database_url) as database:
            database.execute("CREATE TABLE kills (name text PRIMARY KEY)")
        documents: set[str] = set()
        rows: set[str] = set()
        for number in range(1, options.kills + 1):
            kill_under_load(settings, place, options.seconds, documents, rows, number * 10)
            place = timed(f"up, after kill {number}", lambda: system.up(settings, die_with_parent=True))
            found = stored(place)
            print(
                f"  documents acknowledged {len(documents):,}, lost {len(documents - found[0]):,};"
                f" rows acknowledged {len(rows):,}, lost {len(rows - found[1]):,}",
                flush=True,
            )
        print(f"{options.kills} kills, lost in all: {len(documents - found[0])} documents, {len(rows - found[1])} rows")
    finally:
        engine.stop(settings)
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
