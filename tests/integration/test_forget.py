"""`forget`: nothing of an address is left anywhere, nothing brings it again, and what stood beside it stays sound."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline import search, trace
from pipeline.alerts.channels import Vault
from pipeline.engine import secrets
from pipeline.errors import ForgottenInPart, NothingStored
from pipeline.models import Capture, EntityType, Every, FeedItem, Poll, Priority
from pipeline.steps import alert, archive, clean, cluster, compare, forget, imports, index
from pipeline.steps.context import Context
from pipeline.store import alerts, captures, entities, outlets, polls
from tests.segments import NOW, OLD, TEXT, Newsroom, html

URL = "https://paper.example/bridge"
SECRET = "A sentence that only the forgotten article has, about Jane Exampleson. "
STORY = SECRET + TEXT * 8


@pytest.fixture
def newsroom(context: Context, tmp_path: Path) -> Iterator[Newsroom]:
    settings = {"allow_hosts": ("127.0.0.1",), "secret_key": SecretStr("key-of-thirty-two-characters-or-more"), "alert_window_s": 0}
    with Newsroom.open(context, tmp_path / "warc", **settings) as opened:
        yield opened


def everywhere(newsroom: Newsroom, text: str) -> list[str]:
    """The tables in which a text is found."""
    tables = [
        row[0]
        for row in newsroom.rows(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND NOT relispartition"
        )
    ]
    return sorted(
        table
        for table in tables
        if newsroom.rows(
            f'SELECT FROM "{table}" AS t WHERE strpos(lower(t::text), %s) > 0 OR strpos(t::text, %s) > 0 LIMIT 1',
            text.lower(),
            text.encode().hex(),
        )
    )


def process(newsroom: Newsroom) -> None:
    """All stages, with people named by hand: recognising them is another test's business."""
    context = newsroom.context
    clean.run(context)
    compare.run(context)
    with context.database.transaction() as connection:
        named = [
            entities.Named(public_id=f"person:{name}", type=EntityType.PERSON, name=name, aliases=(name,), count=1)
            for name in ("jane-exampleson", "mayor")
        ]
        for article_id, version, body in connection.execute(
            "SELECT a.id, a.version, v.body FROM articles a JOIN article_versions v ON v.article_id = a.id AND v.version = a.version"
        ).fetchall():
            entities.save(connection, [(article_id, version, named if SECRET.strip() in body else named[1:])])
        connection.execute("UPDATE work SET stage = 'cluster' WHERE stage = 'annotate'")
    cluster.run(context)
    index.run(context)
    alert.run(context)
    alert.deliver(context)
    context.index.refresh()


def add_alert(newsroom: Newsroom, name: str, every: Every) -> None:
    key = secrets.secret_key(newsroom.context.settings)
    with newsroom.context.database.transaction() as connection:
        # Nobody listens there: its messages wait.
        sealed = Vault(key).seal("http://127.0.0.1:9/hook")
        alerts.add(connection, alerts.NewAlert(name=name, query="bridge", every=every, max_age=None, channels=(sealed,)))
        connection.execute("UPDATE alerts SET created_at = now() - interval '1 day'")


def show(newsroom: Newsroom, *urls: str) -> int:
    """A feed of the first outlet shows addresses; how many pages are new."""
    with newsroom.context.database.transaction() as connection:
        outlet = outlets.by_names(connection, ["Paper"])[0]
        connection.execute(
            "INSERT INTO feeds (outlet_id, url, kind) VALUES (%s, 'https://paper.example/rss', 'feed') ON CONFLICT DO NOTHING", (outlet.id,)
        )
        feed = next(iter(polls.claim(connection, 1, due_by=datetime.now(UTC) + timedelta(days=1), outlets=None, limit=1)))
        said = {"title": "Bridge of secrets", "summary": SECRET}
        items = tuple(FeedItem(url=url, **(said if "bridge" in url else {})) for url in urls)
        poll = Poll(feed=feed, started_at=datetime.now(UTC), kind=feed.kind, items=items, status=200)
        return polls.record(connection, poll, worker=1, interval_s=10)[0]


def test_nothing_is_left_and_nothing_brings_it_again(newsroom: Newsroom, tmp_path: Path) -> None:
    add_alert(newsroom, "now", Every.NOW)
    newsroom.put("bridge", html("Bridge of secrets", STORY), OLD)
    show(newsroom, URL)
    for hour, outlet in enumerate(("herald", "mail"), start=1):
        newsroom.put("copied", html(f"Bridge, says the {outlet}", STORY.replace(SECRET, "")), OLD + timedelta(hours=hour), outlet=outlet)
    newsroom.put("other", html("Other", "Another matter altogether, of farms and rain and prices. " * 12), OLD)
    process(newsroom)
    newsroom.put("bridge", html("Bridge of secrets", f"{STORY} Updated."), OLD + timedelta(hours=5))
    newsroom.put("bridge?utm_source=rss", html("Bridge of secrets", STORY), OLD + timedelta(hours=6))
    process(newsroom)
    assert archive.archive(newsroom.context, now=NOW)["captures"] == 6
    originals = newsroom.rows("SELECT count(DISTINCT duplicate_of), count(*) FROM duplicates")
    assert originals == [(1, 2)]
    assert {"article_versions", "sightings", "deliveries"} <= set(everywhere(newsroom, "Bridge of secrets"))
    assert everywhere(newsroom, "Exampleson") != []
    before = newsroom.bodies()

    done = forget.forget(newsroom.context, f"{URL}#top")
    assert (done.pages, done.captures, done.articles, done.versions, done.again) == (2, 3, 1, 3, False)

    # The database: names only, and the bare row of the article.
    assert everywhere(newsroom, "Exampleson") == []
    assert everywhere(newsroom, "Bridge of secrets") == []
    assert everywhere(newsroom, "paper.example/bridge") == ["articles", "forgotten"]
    # The index.
    assert [hit.url for hit in search.search(newsroom.context.index, "secrets OR exampleson", now=datetime.now(UTC)).hits] == []
    # The archive: the other records are where they were, as they were.
    assert [record.headers["WARC-Target-URI"] for record in newsroom.records() if record.kind == "response"] == [
        "https://paper.example/other",
        "https://herald.example/copied",
        "https://mail.example/copied",
    ]
    assert newsroom.bodies() == {name: body for name, body in before.items() if not name.startswith("bridge")}
    assert all(b"Exampleson" not in record.body for record in newsroom.records())

    # The copies: the first of them is the original now, and the index knows.
    copies = newsroom.rows(
        "SELECT a.url, o.url, d.kind FROM duplicates d JOIN articles a ON a.id = d.article_id JOIN articles o ON o.id = d.duplicate_of"
    )
    assert copies == [("https://mail.example/copied", "https://herald.example/copied", "copy")]
    found = search.search(newsroom.context.index, "harbour", now=datetime.now(UTC))
    herald = next(hit.id for hit in found.hits if "herald" in hit.url)
    assert {hit.url: hit.duplicate_of for hit in found.hits if "mail" in hit.url} == {"https://mail.example/copied": herald}
    # Stories and messages tell of the others only.
    assert all("secrets" not in row[0] for row in newsroom.rows("SELECT title FROM stories"))
    for state, body in newsroom.rows("SELECT state, body FROM deliveries"):
        told = json.loads(bytes(body))
        assert state == "waiting"
        assert told["count"] == len(told["articles"]) > 0
    assert newsroom.rows("SELECT state FROM matches m JOIN articles a ON a.id = m.article_id WHERE a.url = %s", URL) == [("muted",)]

    try_to_bring_it_again(newsroom, tmp_path)

    # It is told of, and forgetting it again does no harm.
    verdict = trace.trace(newsroom.context.database, f"{URL}?utm_source=x")["verdict"]
    assert verdict.startswith(f"It was forgotten at {done.forgotten_at:%Y-%m-%d %H:%M:%S} UTC")
    nothing = dataclasses.replace(done, url=URL, again=True, pages=0, captures=0, articles=0, versions=0)
    assert forget.forget(newsroom.context, URL) == nothing
    with pytest.raises(NothingStored, match="Nothing is stored of"):
        forget.forget(newsroom.context, "https://paper.example/unheard-of")


def try_to_bring_it_again(newsroom: Newsroom, tmp_path: Path) -> None:
    """Feeds, imports and archives don't bring it, nor does an address that nobody knew of."""
    assert show(newsroom, URL, f"{URL}?utm_medium=mail", "https://paper.example/new") == 1
    lines = tmp_path / "articles.jsonl"
    lines.write_text(json.dumps({"url": f"{URL}/", "title": "Bridge of secrets", "body": STORY}) + "\n")
    assert imports.import_file(newsroom.context, lines).outcomes == {"skipped: forgotten": 1}
    warc = tmp_path / "pages.warc"
    with warc.open("wb") as file:
        writer = WARCWriter(file, gzip=False)
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        body = tmp_path / "body"
        body.write_bytes(html("Bridge of secrets", STORY))
        with body.open("rb") as payload:
            writer.write_record(writer.create_warc_record(URL, "response", payload=payload, http_headers=head))
    assert imports.import_file(newsroom.context, warc).outcomes == {"skipped: forgotten": 1}
    moved = html("Bridge of secrets", STORY).replace(b"<head>", f'<head><link rel="canonical" href="{URL}">'.encode())
    newsroom.put("moved", moved, NOW)
    assert clean.run(newsroom.context).outcomes["forgotten"] == 1
    assert everywhere(newsroom, "Exampleson") == []
    assert everywhere(newsroom, "paper.example/moved") == ["forgotten"]
    # A page that has an article of its own keeps it.
    newsroom.put(
        "other",
        html("Other", "Another matter, edited. " * 40).replace(b"<head>", f'<head><link rel="canonical" href="{URL}">'.encode()),
        NOW,
    )
    assert clean.run(newsroom.context).outcomes == {"version": 1}
    assert newsroom.rows("SELECT canonical_url FROM articles WHERE url LIKE '%%/other'") == [("https://paper.example/other",)]


def test_a_fetch_under_way_does_not_bring_it_back(newsroom: Newsroom) -> None:
    newsroom.put("bridge", html("Bridge"), OLD)
    page_id = newsroom.rows("SELECT id FROM pages")[0][0]
    forget.forget(newsroom.context, URL)
    late = Capture(page_id=page_id, fetched_at=NOW, url=URL, status=200, content_type="", body=html("Bridge"))
    with newsroom.context.database.transaction() as connection:
        assert captures.store(connection, late, priority=Priority.LIVE) is None
    assert newsroom.rows("SELECT count(*) FROM captures") == [(0,)]


def test_the_archive_follows_when_it_is_back(newsroom: Newsroom) -> None:
    for name in ("bridge", "ferry"):
        newsroom.put(name, html(name), OLD)
    clean.run(newsroom.context)
    newsroom.archive()
    away = newsroom.folder.rename(newsroom.folder.with_name("away"))
    with pytest.raises(ForgottenInPart, match="the archive could not follow"):
        forget.forget(newsroom.context, URL)
    assert newsroom.rows("SELECT count(*) FROM captures") == [(1,)]
    # What a run that failed began to write is of no use.
    shutil.rmtree(newsroom.folder, ignore_errors=True)
    away.rename(newsroom.folder)
    assert forget.forget(newsroom.context, URL).again
    assert [record.headers["WARC-Target-URI"] for record in newsroom.records() if record.kind == "response"] == [
        "https://paper.example/ferry"
    ]
    assert list(newsroom.bodies()) == [f"ferry {OLD:%m-%d %H}"]
    assert len(newsroom.files()) == 1
