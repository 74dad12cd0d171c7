"""The command line on the demo newsroom: from outlets to a delivered alert, compared with what is true of the newsroom."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from deploy.newsroom import Newsroom, serve
from pipeline.index import Index
from pipeline.urls import canonical

TOPIC = 'tariff OR arancel OR "droits de douane"'


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with serve(port=0, release_s=None) as served:
        yield served


@pytest.fixture
def webhook() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    received: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_address[1]}", received
    server.shutdown()


class Command:
    """`presswatch` with the test's environment."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def __call__(self, *arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline.cli", *arguments], env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, f"{arguments}: {done.stderr[-2000:]}"
        return done.stdout if code == 0 else done.stderr

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "--json"))


def test_from_outlets_to_a_delivered_alert(  # noqa: PLR0915 - one way from start to end
    newsroom: Newsroom, webhook: tuple[str, list[dict[str, Any]]], environment: dict[str, str], index: Index, tmp_path: Path
) -> None:
    del index  # made and removed by its own fixture
    host, received = webhook
    presswatch = Command(
        environment
        | {
            "PRESSWATCH_ALLOW_HOSTS": f"{newsroom.allow_hosts},{host}",
            "PRESSWATCH_FEED_INTERVAL_S": "10",
            "PRESSWATCH_REFETCH_AFTER_S": "20",
            "PRESSWATCH_ALERT_WINDOW_S": "0",
            "PRESSWATCH_WORKERS": "2",
            "PRESSWATCH_SECRET_KEY": "a-key-of-the-tests-with-enough-characters",
        }
    )
    expected = newsroom.expected()
    here = {canonical(article.url): article for article in expected.articles if not article.live}
    file = tmp_path / "outlets.toml"
    file.write_text(newsroom.outlets_toml())

    presswatch("outlets", "import", str(file))
    presswatch("crawl")
    presswatch("process")

    exported = {row["canonical_url"]: row for row in map(json.loads, presswatch("export").splitlines())}
    assert set(exported) == set(here)
    for url, article in here.items():
        assert exported[url]["title"] in {article.title, article.second_title}, url
        assert exported[url]["language"] == article.language
        assert exported[url]["outlet"] == article.outlet
    walls = [presswatch.json("trace", url) for url in expected.consent_walls]
    assert [wall["captures"][0]["outcome"] for wall in walls] == ["consent_wall"] * len(walls)
    assert walls

    # Prints of an agency's text point at one of them, whichever was stored first.
    by_id = {row["id"]: row for row in exported.values()}
    wires: dict[str, list[dict[str, Any]]] = {}
    for url, article in here.items():
        if article.wire:
            wires.setdefault(article.wire, []).append(exported[url])
    for prints in wires.values():
        originals = [row for row in prints if row["duplicate_of"] is None]
        assert len(originals) == 1, [row["url"] for row in prints]
        assert all(by_id[row["duplicate_of"]]["id"] == originals[0]["id"] for row in prints if row["duplicate_of"])
    assert all(row["duplicate_of"] is None for url, row in exported.items() if here[url].wire is None)

    # A story is about one event, and at least one story has several outlets.
    stories: dict[str, set[str | None]] = {}
    outlets: dict[str, set[str]] = {}
    for url, row in exported.items():
        if row["story_id"]:
            stories.setdefault(row["story_id"], set()).add(here[url].event)
            outlets.setdefault(row["story_id"], set()).add(row["outlet"])
    assert all(len(events) == 1 for events in stories.values()), stories
    assert max(map(len, outlets.values())) >= 4

    found = presswatch.json("search", TOPIC, "--limit", "50")
    assert found["total"] == len(found["hits"]) > 5
    assert all(hit["highlights"] for hit in found["hits"])

    # What is published later, and only that, is told of; once for the story.
    presswatch("alerts", "add", "trade", TOPIC, "--to", f"http://{host}/hook")
    newsroom.release_all()
    subprocess.run(["sleep", "10"], check=True)  # until the feeds are due again
    presswatch("crawl")
    presswatch("process")
    live = {canonical(article.url): article for article in expected.articles if article.live}
    told = [canonical(article["url"]) for message in received for article in message["articles"]]
    assert told
    assert set(told) <= set(live)
    assert len(told) == len(set(told))
    account = presswatch.json("alerts", "show", "trade")
    assert account["matched"] == sum(account[state] for state in ("sent", "grouped", "muted", "failed", "waiting"))
    assert account["sent"] >= 1
    presswatch("process")
    assert len([article for message in received for article in message["articles"]]) == len(told)

    # The edited article has its second version, under the same identity.
    edited = presswatch.json("trace", expected.edited[0])["articles"]
    assert [version["version"] for version in edited[0]["versions"]] == [1, 2]
    second = next(article.second_title for article in expected.articles if article.url == expected.edited[0])
    assert edited[0]["versions"][-1]["title"] == second


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["search", "(tariff"], "character"),
        (["search", "x", "--sort", "best"], "--sort"),
        (["search", "x", "--limit", "0"], "--limit"),
        (["process", "--from", "sort"], "--from"),
        (["process", "--since", "2025-01-01"], "--again"),
        (["crawl", "--outlet", "No Such Paper"], "No Such Paper"),
        (["nonsense"], "nonsense"),
        (["import", "no-such-file.jsonl"], "no-such-file"),
        (["alerts", "show", "nothing"], "nothing"),
    ],
)
def test_wrong_use_is_told_in_words(arguments: list[str], words: str, environment: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, "-m", "pipeline.cli", *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in {1, 2}
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
