"""Outlets on loopback: a real HTTP server whose answers a test sets."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import urlsplit

import pytest

from pipeline.models import OutletSpec
from pipeline.store import outlets
from pipeline.store.database import Database

PARAGRAPH = "The council approved the plan on Tuesday after a long debate about its cost and its use for the town. "


def rss(*links: str, title: str = "Example News") -> bytes:
    """A feed with these links."""
    items = "".join(f"<item><title>Headline of {link}</title><link>{link}</link></item>" for link in links)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'.encode()


def article(title: str) -> bytes:
    """A page with text."""
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{PARAGRAPH * 20}</p></body></html>".encode()


@dataclass
class Answer:
    """What a path answers."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = "text/html; charset=utf-8"
    wait_s: float = 0.0


@dataclass
class Site:
    """Answers by path or by full URL; also serves as a forward proxy, then for any host."""

    port: int = 0
    answers: dict[str, Answer | Callable[[Any], Answer]] = field(default_factory=dict)
    requests: list[tuple[float, str, dict[str, str]]] = field(default_factory=list)
    spans: list[tuple[float, float, str]] = field(default_factory=list)  # from when to when a path was asked for and answered

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def put(
        self, path: str, body: bytes = b"", status: int = 200, *, kind: str = "text/html; charset=utf-8", wait_s: float = 0, **headers: str
    ) -> str:
        """Set an answer; gives the full URL."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = Answer(body=body, status=status, headers=names, kind=kind, wait_s=wait_s)
        return path if "://" in path else self.url + path

    def feed(self, path: str, *links: str, **headers: str) -> str:
        """Set a feed."""
        return self.put(path, rss(*links), kind="application/rss+xml", **headers)

    def asked(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(1 for _, asked, _ in self.requests if asked == path)


@pytest.fixture
def site() -> Iterator[Site]:
    """A server on a port of its own."""
    served = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.form = self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def do_GET(self) -> None:
            began = time.monotonic()
            served.requests.append((began, self.path, dict(self.headers)))
            answer = served.answers.get(self.path) or served.answers.get(urlsplit(self.path).path) or Answer(status=404)
            answer = answer(self) if callable(answer) else answer
            time.sleep(answer.wait_s)
            etag = answer.headers.get("ETag")
            if etag and self.headers.get("If-None-Match") == etag:
                answer = Answer(status=304, headers={"ETag": etag})
            self.send_response(answer.status)
            headers = {"Content-Type": answer.kind, "Content-Length": str(len(answer.body))} | answer.headers
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            served.spans.append((began, time.monotonic(), self.path))
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A crawler that is killed hangs up: no fault of the server."""

    server = Server(("127.0.0.1", 0), Handler)
    served.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield served
    server.shutdown()
    server.server_close()


@dataclass
class Crawler:
    """A crawler under way."""

    pid: int
    output: Path

    def end(self, code: int = 0, *, says: str = "") -> dict[str, Any]:
        """Wait for its end with an exit code; gives what it printed. On stderr it must say just what is expected."""
        ended = self.output.with_suffix(".code")
        started = time.monotonic()
        while not ended.exists():
            assert time.monotonic() - started < 90, "it does not end"
            time.sleep(0.01)
        printed, messages = (self.output.with_suffix(ending).read_text() for ending in (".out", ".err"))
        assert int(ended.read_text()) == code, printed + messages
        if code == -signal.SIGKILL:
            return {}
        assert says in messages if says else not messages, messages
        found: dict[str, Any] = json.loads(printed)
        return found


Start = Callable[..., Crawler]


@pytest.fixture(scope="session")
def zygote() -> Iterator[subprocess.Popen[str]]:
    """Forks crawlers."""
    command = [sys.executable, str(Path(__file__).with_name("zygote.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def start(zygote: subprocess.Popen[str], environment: dict[str, str], site: Site, tmp_path: Path) -> Start:
    """Starts the crawler on the test's store, allowed to fetch from the test's server, with settings changed by name."""
    numbers = itertools.count()

    def begin(*arguments: str, **settings: str) -> Crawler:
        variables = environment | {"PRESSWATCH_ALLOW_HOSTS": site.host, "PRESSWATCH_FEED_INTERVAL_S": "10"}
        variables |= {f"PRESSWATCH_{name.upper()}" if name.islower() else name: value for name, value in settings.items()}
        output = tmp_path / f"crawl{next(numbers)}"
        assert zygote.stdin is not None
        assert zygote.stdout is not None
        job = {"variables": variables, "arguments": arguments, "output": str(output)}
        zygote.stdin.write(json.dumps(job) + "\n")
        zygote.stdin.flush()
        return Crawler(pid=int(zygote.stdout.readline()), output=output)

    return begin


@pytest.fixture
def crawl(start: Start) -> Callable[..., dict[str, Any]]:
    """Runs `watch` to its end; gives what it printed."""

    def run(*arguments: str, **settings: str) -> dict[str, Any]:
        return start("watch", *arguments, **settings).end()

    return run


@pytest.fixture
def add(database: Database, site: Site) -> Callable[..., int]:
    """Adds an outlet on the test's server with given feeds; without any, discovery is due."""

    def save(*feeds: str, name: str = "Example", url: str = "/") -> int:
        with database.transaction() as connection:
            spec = OutletSpec(name=name, url=url if "://" in url else site.url + url, feeds=feeds)
            return outlets.save(connection, spec)[0].id

    return save


@pytest.fixture
def due(database: Database, add: Callable[..., int], site: Site) -> Callable[..., None]:
    """Adds an outlet with pages that are due: /a0, /a1 and so on."""

    def save(count: int, *, wait_s: float = 0) -> None:
        outlet = add(site.feed("/rss"))
        urls = [site.put(f"/a{n}", article(f"A{n}"), wait_s=wait_s) for n in range(count)]
        with database.transaction() as connection:
            connection.execute(
                "INSERT INTO pages (outlet_id, url, host, due_at) SELECT %s, url, '127.0.0.1', now() FROM unnest(%s::text[]) AS url",
                (outlet, urls),
            )

    return save


@pytest.fixture
def rows(database: Database) -> Callable[[LiteralString], list[Any]]:
    """Reads from the store."""

    def read(statement: LiteralString) -> list[Any]:
        with database.transaction() as connection:
            return connection.execute(statement).fetchall()

    return read


@pytest.fixture
def one(rows: Callable[[LiteralString], list[Any]]) -> Callable[[LiteralString], Any]:
    """Reads the only row."""

    def read(statement: LiteralString) -> Any:
        (row,) = rows(statement)
        return row

    return read


@pytest.fixture
def make_due(database: Database) -> Callable[[], None]:
    """Lets time pass for the frontier."""

    def pass_time() -> None:
        with database.transaction() as connection:
            connection.execute("UPDATE feeds SET due_at = now() - interval '1 s'")
            connection.execute("UPDATE pages SET due_at = now() - interval '1 s' WHERE due_at IS NOT NULL")

    return pass_time
