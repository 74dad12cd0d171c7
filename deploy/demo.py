"""`make demo`: the whole of presswatch on the newsroom of this folder, without a network.

The same engines, spiders, DAGs and commands as `presswatch run`; only the outlets are on loopback, and feeds are
read more often. It shows hits, a story across outlets and a delivered alert, and leaves the pages open until Ctrl-C.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from deploy.newsroom import RULES, Newsroom, serve
from pipeline.config import default_home

PRESSWATCH: Final = Path(sys.executable).parent / "presswatch"
PATIENCE_S: Final = 240
TOPIC: Final = 'tariff OR arancel OR "droits de douane"'


class Demo:
    """A presswatch with a state folder of its own, made anew at each start."""

    def __init__(self, home: Path, newsroom: Newsroom, webhook: int) -> None:
        self.home = home
        self.newsroom = newsroom
        self.webhook = webhook
        self.web_port, self.airflow_port = _free_ports(8390, 2)
        self.environment = {
            **{name: value for name, value in os.environ.items() if "proxy" not in name.lower() and not name.startswith("PRESSWATCH_")},
            "PRESSWATCH_HOME": str(home),
            "PRESSWATCH_ALLOW_HOSTS": f"{newsroom.allow_hosts},127.0.0.1:{webhook}",
            "PRESSWATCH_FEED_INTERVAL_S": "30",
            "PRESSWATCH_REFETCH_AFTER_S": "60,3600",
            "PRESSWATCH_DELAY_S": "0",
            "PRESSWATCH_ALERT_WINDOW_S": "5",
            "PRESSWATCH_RULES": str(RULES),
            "PRESSWATCH_WEB_PORT": str(self.web_port),
            "PRESSWATCH_AIRFLOW_PORT": str(self.airflow_port),
        }

    def presswatch(self, *arguments: str) -> str:
        """Run a command; what it printed. Ends the demo with the command's own message if it fails."""
        done = subprocess.run([PRESSWATCH, *arguments], env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"demo: presswatch {' '.join(arguments)} failed: {done.stderr.strip()}")
        return done.stdout

    def shown(self, *arguments: str) -> None:
        """Run a command and show it with what it prints."""
        _say(f"\n$ presswatch {' '.join(argument if argument.isalnum() else repr(argument) for argument in arguments)}")
        subprocess.run([PRESSWATCH, *arguments], env=self.environment, check=True)

    def articles(self) -> int:
        """How many articles a search finds."""
        found: dict[str, Any] = json.loads(self.presswatch("search", "", "--limit", "1", "--json"))
        return int(found["total"])

    def largest_story(self) -> dict[str, Any] | None:
        """The story with the most articles, with their hits."""
        hits = json.loads(self.presswatch("search", TOPIC, "--limit", "100", "--json"))["hits"]
        stories: dict[str, list[dict[str, Any]]] = {}
        for hit in hits:
            if hit["story_id"]:
                stories.setdefault(hit["story_id"], []).append(hit)
        if not stories:
            return None
        story_id, members = max(stories.items(), key=lambda item: len({hit["outlet"] for hit in item[1]}))
        return {"id": story_id, "hits": members}


def main() -> int:
    """Show everything, then stay until Ctrl-C; the exit code."""
    started = time.monotonic()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    home = default_home().with_name("presswatch-demo")
    with _state(home), serve(port=0, release_s=None) as newsroom, _webhook() as (port, received):
        demo = Demo(home, newsroom, port)
        _say(f"A newsroom of {len(newsroom.sites)} outlets is on loopback, for instance {newsroom.sites[0].base}/")
        _say("Starting the engines …")
        demo.presswatch("up")
        outlets = home / "outlets.toml"
        outlets.write_text(newsroom.outlets_toml(), encoding="utf-8")
        demo.presswatch("outlets", "import", str(outlets))
        demo.presswatch("alerts", "add", "trade", TOPIC, "--to", f"http://127.0.0.1:{port}/")
        _say("Starting Airflow, which crawls and processes every minute …")
        with (home / "run.log").open("wb") as log:
            running = subprocess.Popen(
                [PRESSWATCH, "run"], env=demo.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        try:
            _show(demo, received, running, started)
            running.wait()
        except KeyboardInterrupt:
            _say("\nStopping …")
        finally:
            if running.poll() is None:
                running.send_signal(signal.SIGINT)
            running.wait()
    return 0


def _show(demo: Demo, received: list[dict[str, Any]], running: subprocess.Popen[bytes], started: float) -> None:
    expected = len(demo.newsroom.expected().articles)
    _wait(lambda: demo.articles() > 0, "the first articles", running)
    _say(f"The first articles can be found, {time.monotonic() - started:.0f} s after the start. Waiting for the others …")
    shown = len(demo.newsroom.expected().live)
    _wait(lambda: demo.articles() >= expected - shown, "all articles", running)
    demo.shown("search", TOPIC, "--limit", "12")
    story = demo.largest_story()
    if story is not None:
        _say(f"\nOne story, {len(story['hits'])} articles of {len({hit['outlet'] for hit in story['hits']})} outlets:")
        for hit in story["hits"]:
            copied = "  (copy)" if hit["duplicate_of"] else ""
            _say(f"  {hit['outlet']:<26}{hit['title']}{copied}")
        _say(f"  http://127.0.0.1:{demo.web_port}/stories/{story['id']}")
    _say("\nNow the outlets publish something new …")
    live = set(demo.newsroom.expected().live)
    demo.newsroom.release_all()

    def told() -> dict[str, Any] | None:
        return next((message for message in received if live & {article["url"] for article in message["articles"]}), None)

    _wait(lambda: told() is not None, "the alert", running)
    message = told() or {}
    _say(f"The alert {message['alert']!r} was delivered to its webhook:")
    for article in message["articles"]:
        _say(f"  {article['outlet']}: {article['title']}\n    {article['highlight']}")
    demo.shown("alerts", "show", "trade")
    _say(
        f"\nLook around: http://127.0.0.1:{demo.web_port}/  (Airflow: http://127.0.0.1:{demo.airflow_port}/)"
        f"\nIn another terminal: PRESSWATCH_HOME={demo.home} {PRESSWATCH} search 'person:\"…\"'"
        "\nCtrl-C stops everything."
    )


def _wait(done: Callable[[], bool], what: str, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not done():
        if running.poll() is not None or time.monotonic() > until:
            raise SystemExit(f"demo: {what} did not come; the log of `presswatch run` and of Airflow are in the state folder")
        time.sleep(1)


@contextmanager
def _state(home: Path) -> Iterator[None]:
    """A new state folder for the demo; one that the demo did not make is left alone."""
    mark = home / "demo"
    if home.exists():
        if not mark.exists():
            raise SystemExit(f"demo: {home} is in the way, and not the demo's: move it")
        subprocess.run([PRESSWATCH, "down"], env={**os.environ, "PRESSWATCH_HOME": str(home)}, check=False, capture_output=True)
        shutil.rmtree(home)
    home.mkdir(mode=0o700, parents=True)
    mark.touch()
    try:
        yield
    finally:
        subprocess.run([PRESSWATCH, "down"], env={**os.environ, "PRESSWATCH_HOME": str(home)}, check=False, capture_output=True)


@contextmanager
def _webhook() -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """A receiver on loopback: its port, and the messages that came."""
    received: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing: the demo shows what came."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1], received
    finally:
        server.shutdown()


def _free_ports(first: int, count: int) -> list[int]:
    found: list[int] = []
    port = first
    while len(found) < count:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                found.append(port)
        port += 1
    return found


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
