"""Captures that move to WARC segments: what the files hold, how they are read, and what crashes and retention leave."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from warcio.checker import Checker

from pipeline.errors import ArchiveUnset, SegmentMissing
from pipeline.models import Capture, Page, Priority, Stage
from pipeline.records import Place
from pipeline.steps import archive, chain, clean, maintain
from pipeline.steps.context import Context
from pipeline.store import archiving, captures, frontier
from tests.segments import NOW, OLD, TEXT, Newsroom, html


@pytest.fixture
def newsroom(context: Context, tmp_path: Path) -> Iterator[Newsroom]:
    with Newsroom.open(context, tmp_path / "warc") as opened:
        yield opened


def test_old_captures_move_and_are_read_as_before(newsroom: Newsroom) -> None:
    for hour, text in enumerate(("one", "two", "one")):
        newsroom.put("bridge", html("Bridge", f"{text} {TEXT * 8}"), OLD + timedelta(hours=hour))
    newsroom.put("ferry", html("Ferry"), OLD + timedelta(days=1))
    newsroom.put("young", html("Young"), NOW - timedelta(days=13))
    clean.run(newsroom.context)
    newsroom.put("waiting", html("Waiting"), OLD)
    before = newsroom.bodies()
    assert newsroom.archive() | {"bytes": 0} == {"segments": 2, "captures": 4, "revisits": 1, "bytes": 0}

    there = newsroom.rows("SELECT split_part(url, '/', 4), body_gzip IS NULL FROM captures ORDER BY 1, fetched_at")
    assert there == [("bridge", True)] * 3 + [("ferry", True), ("waiting", False), ("young", False)]
    assert newsroom.bodies() == before
    assert newsroom.archive() == {}

    records = newsroom.records()
    assert [record.kind for record in records] == ["warcinfo", "response", "response", "revisit", "warcinfo", "response"]
    first, revisit = records[1], records[3]
    assert first.headers["WARC-Target-URI"] == "https://paper.example/bridge"
    assert first.headers["WARC-Date"] == f"{OLD:%Y-%m-%dT%H:%M:%S}Z"
    assert (first.status, first.body) == ("200", before[f"bridge {OLD:%m-%d %H}"])
    assert revisit.headers["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert revisit.headers["WARC-Refers-To-Date"] == first.headers["WARC-Date"]
    assert revisit.headers["WARC-Payload-Digest"] == first.headers["WARC-Payload-Digest"]
    assert [path.name for path in newsroom.files()] == [record.headers["WARC-Filename"] for record in records if record.kind == "warcinfo"]
    checker = Checker(type("Options", (), {"inputs": [str(path) for path in newsroom.files()], "verbose": False}))
    checker.process_all()
    assert checker.exit_value == 0

    versions = newsroom.rows("SELECT article_id, version, title, body FROM article_versions ORDER BY 1, 2")
    with newsroom.context.database.transaction() as connection:
        connection.execute("UPDATE article_versions SET body = 'spoiled'")
    assert chain.again(newsroom.context, Stage.CLEAN) == 6
    assert clean.run(newsroom.context).quarantined == 0
    assert newsroom.rows("SELECT article_id, version, title, body FROM article_versions WHERE title <> 'Waiting' ORDER BY 1, 2") == versions


def test_a_page_that_was_fetched_again_unchanged_is_a_revisit(newsroom: Newsroom) -> None:
    newsroom.put("bridge", html("Bridge"), OLD)
    clean.run(newsroom.context)
    page_id = newsroom.rows("SELECT id FROM pages")[0][0]
    same = Capture(
        page_id=page_id,
        fetched_at=OLD + timedelta(hours=1),
        url="https://paper.example/bridge",
        status=200,
        content_type="",
        body=html("Bridge"),
    )
    page = Page(id=page_id, outlet_id=1, url=same.url)
    with newsroom.context.database.transaction() as connection:
        assert captures.store(connection, same, priority=Priority.REFETCH) is None
        for later in (timedelta(hours=2), timedelta(days=19)):
            frontier.record_unchanged(connection, page, fetched_at=OLD + later, status=304, refetch_after_s=())
    newsroom.archive()
    records = [record for record in newsroom.records() if record.kind == "revisit"]
    assert [(record.status, record.headers["WARC-Profile"].rsplit("/", 1)[-1]) for record in records] == [
        ("200", "identical-payload-digest"),
        ("304", "server-not-modified"),
    ]
    assert archive.archive(newsroom.context, now=NOW + timedelta(days=14))["revisits"] == 1


def test_segments_end_at_their_size(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MEGABYTE", 4)
    for minute in range(7):
        newsroom.put(f"page-{minute}", html(f"Page {minute}"), OLD + timedelta(minutes=minute))
    clean.run(newsroom.context)
    before = newsroom.bodies()
    done = newsroom.archive()
    assert (done["segments"], done["captures"]) == (4, 7)
    assert newsroom.bodies() == before


CRASH = """
import os, signal
from pipeline.store import segments
segments.finish = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
from pipeline.steps import tasks
tasks.archive(60)
"""


def test_a_crash_between_the_file_and_the_pointers_loses_nothing(newsroom: Newsroom, environment: dict[str, str]) -> None:
    for name in ("bridge", "ferry"):
        newsroom.put(name, html(name), OLD)
    clean.run(newsroom.context)
    before = newsroom.bodies()
    ours = {"PRESSWATCH_ARCHIVE_URL": str(newsroom.folder), "PRESSWATCH_ARCHIVE_AFTER_DAYS": "14"}
    killed = subprocess.run([sys.executable, "-c", CRASH], env=environment | ours, check=False)
    assert killed.returncode == -signal.SIGKILL
    left = newsroom.files()
    assert len(left) == 1
    assert newsroom.rows("SELECT count(*) FROM captures WHERE body_gzip IS NULL") == [(0,)]
    done = newsroom.archive()
    assert (done["removed"], done["segments"], done["captures"]) == (1, 1, 2)
    assert len(newsroom.files()) == 1
    assert left != newsroom.files()
    assert newsroom.bodies() == before


def test_retention_drops_segments_with_their_captures(newsroom: Newsroom) -> None:
    for name, days in (("ancient", 89), ("old", 80)):
        newsroom.put(name, html(name), NOW - timedelta(days=days))
    clean.run(newsroom.context)
    newsroom.archive()
    assert len(newsroom.files()) == 2
    later = NOW + timedelta(days=3)
    assert maintain.retention(newsroom.context, now=later)["captures"] == 1
    assert archive.archive(newsroom.context, now=later) == {"removed": 1}
    assert len(newsroom.files()) == 1
    assert [name.split()[0] for name in newsroom.bodies()] == ["old"]
    # A whole month at once: its partition is dropped.
    much_later = NOW + timedelta(days=130)
    maintain.retention(newsroom.context, now=much_later)
    archive.archive(newsroom.context, now=much_later)
    assert newsroom.files() == []
    assert newsroom.rows("SELECT count(*) FROM segments") == [(0,)]


def test_an_archive_that_is_away_is_no_fault_of_a_page(newsroom: Newsroom) -> None:
    for name in ("bridge", "ferry"):
        newsroom.put(name, html(name), OLD)
    clean.run(newsroom.context)
    newsroom.archive()
    chain.again(newsroom.context, Stage.CLEAN)
    away = newsroom.folder.rename(newsroom.folder.with_name("away"))
    with pytest.raises(SegmentMissing, match="is missing from the archive at"):
        clean.run(newsroom.context)
    unset = newsroom.context.settings.model_copy(update={"archive_url": ""})
    with Context(settings=unset, endpoints=newsroom.context.endpoints) as context, pytest.raises(ArchiveUnset):
        clean.run(context)
    assert newsroom.rows("SELECT attempts, claimed_by FROM work WHERE stage = 'clean'") == [(0, None)] * 2

    away.rename(newsroom.folder)
    with newsroom.context.database.transaction() as connection:
        ids = [row[0] for row in connection.execute("SELECT id FROM captures ORDER BY id")]
        place = archiving.bodies(connection, ids)[ids[0]]
    assert isinstance(place, Place)
    # One record is damaged: its capture alone fails.
    with newsroom.files()[0].open("r+b") as file:
        file.seek(place.offset + place.length // 2)
        file.write(bytes(16))
    with newsroom.context.database.transaction() as connection:
        connection.execute("UPDATE work SET attempts = 4 WHERE stage = 'clean'")
    counts = clean.run(newsroom.context)
    assert (counts.claimed, counts.quarantined) == (2, 1)
    assert "RecordDamaged" in newsroom.rows("SELECT error FROM quarantine")[0][0]
