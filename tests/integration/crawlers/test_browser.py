"""Pages that show nothing without a browser, in a real Chromium; and what an outlet's rule sends."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from pipeline import health, trace
from pipeline.models import Priority
from pipeline.steps import clean
from pipeline.steps.context import Context
from pipeline.store import rendering
from pipeline.store.database import Database

from .conftest import PARAGRAPH, Answer, Site, article

CHROMIUM = Path("/usr/bin/chromium")
NO_BROWSER = {"PATH": "/nowhere", "PLAYWRIGHT_BROWSERS_PATH": "/nowhere"}

Run = Callable[..., dict[str, Any]]
Add = Callable[..., int]
Read = Callable[[str], Any]


@pytest.fixture(autouse=True)
def chromium() -> None:
    assert CHROMIUM.exists(), f"{CHROMIUM} is missing: install it with `apt-get install chromium`"


@pytest.fixture
def private() -> Iterator[tuple[str, list[str]]]:
    """A server that nothing may reach: its host and port, and what reached it."""
    reached: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def handle(self) -> None:
            reached.append(self.rfile.readline().decode("latin-1"))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}", reached
    server.shutdown()
    server.server_close()


def shell(head: str = "", script: str = "") -> bytes:
    """A page that its scripts fill."""
    return f"""<html><head><title>Wait</title><link rel=stylesheet href=/style.css>{head}</head><body><div id=root></div><img src=/dot.png>
    <script type=module src=/app.js></script><script>{script}</script></body></html>""".encode()


def app(site: Site) -> None:
    """The program of these pages: it asks for the text."""
    site.put(
        "/app.js",
        b"""const story = await (await fetch('/api' + location.pathname)).json();
        document.querySelector('#root').innerHTML = `<article><h1>${story.title}</h1><p>${story.text}</p></article>`;
        document.title = document.cookie;""",
        kind="text/javascript",
    )


def story(site: Site, path: str, page: bytes | None = None) -> str:
    """A page that only a browser shows, and the data of its text."""
    site.put(f"/api{path}", f'{{"title": "The bridge {path}", "text": "{PARAGRAPH * 8}"}}'.encode(), kind="application/json")
    return site.put(path, page or shell())


def test_a_page_without_text_is_fetched_with_a_browser_that_reaches_nothing_private(
    site: Site, private: tuple[str, list[str]], add: Add, one: Read, rows: Read, crawl: Run, context: Context
) -> None:
    app(site)
    host, reached = private
    site.put("/away", status=302, Location=f"http://{host}/redirected", Access_Control_Allow_Origin="*")
    escapes = f"""
    for (const url of ["http://{host}/fetch", "/away", "http://localhost:{host.split(":")[1]}/name"]) fetch(url).catch(() => 0);
    fetch("/api/post", {{method: "POST"}}).catch(() => 0);
    navigator.sendBeacon("http://{host}/beacon", "x"); window.open("http://{host}/popup"); new Image().src = "http://{host}/image";
    new WebSocket("ws://{host}/socket"); new EventSource("http://{host}/events"); new Worker("http://{host}/worker.js");"""
    head = f'<link rel=preconnect href="http://{host}"><link rel=prefetch href="http://{host}/prefetch"><link rel=icon href="http://{host}/icon">'
    # It also tries to go elsewhere itself.
    escapes += f"""setTimeout(() => location.assign("http://{host}/gone"), 300);"""
    link = story(site, "/story", shell(head, escapes) + f'<iframe src="http://{host}/frame"></iframe>'.encode())
    add(site.feed("/rss", link))

    assert (crawl()["fetched"], reached) == (1, [])
    counts = clean.run(context)
    assert (counts.outcomes["rejected: needs_browser"], counts.outcomes["to be fetched with a browser"]) == (1, 1)
    assert one("SELECT browser, priority, due_at <= now() FROM pages") == (True, 0, True)

    report = crawl()
    assert (report["rendered"], report["fetched"], report["unrendered"]) == (1, 1, 0)
    assert clean.run(context).outcomes["new"] == 1
    assert one("SELECT title, words > 100 FROM article_versions") == ("The bridge /story", True)
    assert rows("SELECT outcome, rendered, found IS NOT NULL FROM captures ORDER BY id") == [
        ("needs_browser", False, False),
        ("article", True, True),
    ]
    assert one("SELECT sum(pages), sum(pages) FILTER (WHERE outcome = 'article') FROM yields") == (1, 1)
    # The address that failed, by name, by redirect and by all ways around the crawler; and what is no part of a text.
    assert reached == []
    assert [site.asked(path) for path in ("/story", "/app.js", "/api/story", "/api/post", "/style.css", "/dot.png")] == [2, 1, 1, 0, 0, 0]
    assert {headers["User-Agent"] for _, _, headers in site.requests} == {"presswatch/0.1.0"}


def test_new_pages_of_an_outlet_that_needs_it_go_straight_to_the_browser_so_many_a_run(
    site: Site, add: Add, one: Read, rows: Read, crawl: Run, context: Context, database: Database, rule: Callable[[str], None]
) -> None:
    app(site)
    rule('cookies = {consent = "yes"}')
    outlet = add(site.feed("/rss", *(story(site, f"/{n}") for n in range(2))))
    with database.transaction() as connection:
        rendering.learn(connection, helped=[(0, outlet)] * 3, useless=[], plain=[])
    report = crawl(browser_pages="1")
    assert (report["rendered"], report["fetched"], report["unrendered"], report["failed"]) == (1, 1, 1, 0)
    # Its scripts see the rule's cookie, and what they ask for has it, too.
    assert b"<title>consent=yes</title>" in gzip.decompress(one("SELECT body_gzip FROM captures")[0])
    assert {headers.get("Cookie") for _, path, headers in site.requests if path.startswith("/api/")} == {"consent=yes"}
    assert clean.run(context).outcomes["new"] == 1
    # One stays as it was, and due; the other is fetched so from now on.
    assert rows("SELECT fetches, browser, reason, leased_by, due_at <= now() FROM pages ORDER BY fetches") == [
        (0, None, None, None, True),
        (1, True, None, None, False),
    ]
    assert (crawl(browser_pages="0")["fetched"], one("SELECT count(*) FROM captures WHERE NOT rendered")) == (1, (1,))


def test_what_browsers_bring_is_learned_by_outlet_and_unlearned(site: Site, add: Add, one: Read, database: Database) -> None:
    outlet = add(site.feed("/rss"))

    def learn(*, helped: int = 0, useless: int = 0, plain: bool = False) -> bool:
        with database.transaction() as connection:
            rendering.learn(connection, helped=[(0, outlet)] * helped, useless=[(0, outlet)] * useless, plain={outlet} if plain else set())
            return rendering.learned(connection) == {outlet}

    def is_asked() -> bool:
        with database.transaction() as connection:
            row = connection.execute(
                """
                WITH page AS (INSERT INTO pages (outlet_id, url, host, fetches) VALUES (%s, gen_random_uuid()::text, '', 1) RETURNING id),
                shown AS (INSERT INTO sightings (page_id, feed_id) SELECT page.id, feeds.id FROM page, feeds)
                INSERT INTO captures (page_id, fetched_at, url, status, body_gzip, body_bytes, sha256)
                SELECT id, now(), '', 200, '', 0, '' FROM page RETURNING id
                """,
                (outlet,),
            ).fetchone()
            assert row is not None
            return bool(rendering.ask(connection, {row[0]: Priority.LIVE}))

    assert [learn(helped=2), learn(helped=1), learn(useless=1), learn(helped=2), learn(plain=True)] == [False, True, False, True, False]
    assert is_asked()
    learn(useless=5)
    assert not is_asked()
    with database.transaction() as connection:
        connection.execute("UPDATE browser_outlets SET until = now()")
    assert is_asked()  # one more, a day later
    learn(useless=1)
    assert not is_asked()
    assert one("SELECT score FROM browser_outlets") == (-6,)


def test_without_a_browser_the_reason_is_told_and_nothing_fails(
    site: Site, add: Add, one: Read, crawl: Run, context: Context, database: Database
) -> None:
    app(site)
    link = story(site, "/story")
    add(site.feed("/rss", link))
    assert crawl(**NO_BROWSER)["fetched"] == 1
    clean.run(context)
    report = crawl(**NO_BROWSER)
    assert (report["unrendered"], report["failed"], site.asked("/story")) == (1, 0, 1)
    # It waits for its next time, and is tried then.
    assert one("SELECT reason, due_at > now() + interval '50 min', leased_by FROM pages") == ("needs_browser", True, None)
    assert "apt-get install chromium" in trace.trace(database, link)["verdict"]
    (outlet,) = health.health(database, datetime.now(UTC))
    assert outlet.rejected == {"needs_browser": 1}
    assert any("PRESSWATCH_BROWSER_PATH" in warning.text for warning in outlet.warnings)


def test_a_browser_that_fails_loses_no_page(
    site: Site, add: Add, one: Read, crawl: Run, context: Context, rule: Callable[[str], None]
) -> None:
    app(site)
    add(site.feed("/rss", story(site, "/story")))
    rule("browser = true")
    # What the server sent is kept, and says that a browser is needed.
    assert crawl(browser_path="/bin/false")["fetched"] == 1
    clean.run(context)
    assert crawl(browser_path="/bin/false")["failed"] == 1
    assert one("SELECT reason, due_at > now(), failures, browser FROM pages") == ("browser_failed", True, 1, True)


@pytest.fixture
def rule(tmp_path: Path) -> Callable[[str], None]:
    """Writes the outlet's rule for fetching."""

    def write(text: str) -> None:
        (tmp_path / "rules").mkdir(exist_ok=True)
        (tmp_path / "rules" / "example.toml").write_text(f'hosts = ["127.0.0.1"]\n[fetch]\n{text}\n')

    return write


def test_a_rule_answers_a_consent_wall_at_its_own_hosts_only(
    site: Site, add: Add, one: Read, rows: Read, crawl: Run, context: Context, rule: Callable[[str], None]
) -> None:
    def walled(handler: Any) -> Answer:
        agreed = "consent=yes; v=2" in (handler.headers.get("Cookie") or "")
        return Answer(body=article("Behind the wall")) if agreed else Answer(status=302, headers={"Location": "/consent?to=/walled"})

    site.answers["/walled"] = walled
    site.put("/consent", b"<html><body><h1>Before you continue</h1><p>We and our partners use cookies.</p><button>Accept all</button>")
    other = f"http://localhost:{site.port}"
    site.put("/moved", status=302, Location=f"{other}/elsewhere")
    site.put("/elsewhere", article("Elsewhere"))
    allow = {"allow_hosts": f"{site.host},localhost:{site.port}"}
    add(site.feed("/rss", f"{site.url}/walled", f"{site.url}/moved"))
    crawl(**allow)
    assert clean.run(context).outcomes["rejected: consent_wall"] == 1
    assert not rows("SELECT FROM article_versions WHERE title = 'Behind the wall'")

    rule('cookies = {consent = "yes", v = "2"}\nheaders = {"X-Reader" = "us"}')
    rows("UPDATE pages SET due_at = now() - interval '1 s' RETURNING id")
    site.requests.clear()
    crawl(**allow)
    clean.run(context)
    assert one("SELECT count(*) FROM article_versions WHERE title = 'Behind the wall'") == (1,)
    sent = {path: (headers.get("Cookie"), headers.get("X-Reader")) for _, path, headers in site.requests}
    assert sent["/moved"] == ("consent=yes; v=2", "us")
    assert sent["/elsewhere"] == (None, None)
