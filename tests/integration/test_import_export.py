"""`import`, `export`, `process` and `trace` as people run them, over real engines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lxml import etree
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline import cli
from pipeline.index import Index
from pipeline.models import OutletSpec
from pipeline.store import outlets
from pipeline.store.database import Database

PARAGRAPH = "President Aleksandar Vučić met ministers in Paris on Monday to talk about the tariff on steel and about the river. "


class Answer(NamedTuple):
    """What a process would have answered."""

    code: int
    stdout: str
    stderr: str


Command = Callable[..., Answer]


@pytest.fixture
def presswatch(environment: dict[str, str], index: Index, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in this process."""
    del index  # made and removed by its own fixture
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: object) -> Answer:
        monkeypatch.setattr("sys.argv", ["presswatch", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return Answer(int(ended.value.code or 0), *capsys.readouterr())

    return run


def write(path: Path, *lines: dict[str, Any] | str) -> Path:
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path


def test_import_semantics(presswatch: Command, database: Database, tmp_path: Path) -> None:
    first = {"url": "https://a.example/1", "body": "One text.", "outlet": "Post"}
    other = first | {"body": "Another text."}
    file = write(
        tmp_path / "a.jsonl",
        first,
        "{broken",
        {"url": "https://a.example/2", "body": "", "title": "No body"},
        {"url": "https://a.example/3", "body": "Shared host.", "outlet": "Times", "section": "x"},
        {"url": "https://b.example/4", "body": "Nobody's."},
        {"url": "http://www.a.example/1/?utm_source=x", "body": "One text."},
        other,
        first,
    )  # fmt: skip
    answer = presswatch("import", file)
    assert (answer.code, answer.stdout) == (1, "")
    assert f"{file}, line 2: it is not JSON" in answer.stderr
    assert f"{file}, line 3: `body` must be a text" in answer.stderr
    assert "warning: fields that are not imported: section" in answer.stderr
    assert "8 read: 3 new, 1 unchanged, 2 version; 2 wrong" in answer.stderr
    with database.transaction() as connection:
        rows = connection.execute("SELECT a.url, o.name, a.version FROM articles a JOIN outlets o ON o.id = a.outlet_id ORDER BY a.id")
        assert rows.fetchall() == [
            ("https://a.example/1", "Post", 3),
            ("https://a.example/3", "Times", 1),
            ("https://b.example/4", "b.example", 1),
        ]
        bodies = connection.execute("SELECT body FROM article_versions WHERE article_id = 1 ORDER BY version").fetchall()
        assert [body for (body,) in bodies] == ["One text.", "Another text.", "One text."]
    again = presswatch("import", write(tmp_path / "b.jsonl", first))
    assert (again.code, "1 read: 1 unchanged; 0 wrong" in again.stderr) == (0, True)


def test_export_as_jsonl_csv_and_back(presswatch: Command, tmp_path: Path) -> None:
    lines = [
        {
            "url": f"https://a.example/{number}",
            "title": f"Story {number}, told",
            "body": PARAGRAPH * (number + 2),
            "authors": ["Ann", "Bob"],
        }
        for number in range(3)
    ]
    presswatch("import", write(tmp_path / "a.jsonl", *lines))
    assert presswatch("process").code == 0
    exported = presswatch("export", "tariff", "--format", "jsonl")
    rows = [json.loads(line) for line in exported.stdout.splitlines()]
    assert (exported.code, len(rows), exported.stderr) == (0, 3, "3 articles\n")
    assert all(row["entities"] for row in rows)
    assert set(rows[0]) == {
        "id", "url", "canonical_url", "outlet", "title", "authors", "published_at", "language", "body", "story_id", "duplicate_of",
        "copy_kind", "shared_text", "entities", "quotes", "syndicated_from", "versions",
    }  # fmt: skip

    table = list(csv.DictReader(io.StringIO(presswatch("export", "--format", "csv").stdout)))
    assert [row["id"] for row in table] == [row["id"] for row in rows]
    assert (table[0]["title"], table[0]["authors"], table[0]["body"]) == (rows[0]["title"], "Ann; Bob", rows[0]["body"])

    for form in ("jsonl", "csv"):
        file = tmp_path / f"out.{form}"
        assert presswatch("export", "--format", form, "--output", file).code == 0
        back = presswatch("import", file)
        assert (back.code, "3 read: 3 unchanged; 0 wrong" in back.stderr) == (0, True)


def test_odd_characters_break_no_export(presswatch: Command, tmp_path: Path) -> None:
    odd = {"url": "https://a.example/1", "title": "\uffff\ufffe\x1b Odd & <b>", "body": "A river. \u2028 \uffff", "outlet": "P\x01\uffff"}
    presswatch("import", write(tmp_path / "a.jsonl", odd, {"url": "https://a.example/2", "title": "=cmd()", "body": "A river."}))
    presswatch("process")
    feed = etree.fromstring(presswatch("export", "river", "--format", "rss").stdout.encode())
    assert [title.strip() for title in feed.xpath("//item/title/text()")] == ["=cmd()", "Odd & <b>"]
    assert [json.loads(line)["title"] for line in presswatch("export", "river").stdout.splitlines()] == ["=cmd()", odd["title"]]
    for arguments in (("export", "river", "--format", "csv"), ("search", "river", "--csv")):
        rows = list(csv.DictReader(io.StringIO(presswatch(*arguments).stdout)))
        assert [row["title"] for row in rows] == ["'=cmd()", odd["title"]]


def test_a_wrong_query_empties_no_file(presswatch: Command, tmp_path: Path) -> None:
    file = write(tmp_path / "kept.jsonl", "kept")
    answer = presswatch("export", "tariff AND", "--output", file)
    assert (answer.code, answer.stdout, file.read_text()) == (2, "", "kept\n")
    answer = presswatch("export", "--output", tmp_path / "none" / "a.jsonl")
    assert (answer.code, answer.stderr) == (1, f"presswatch: {tmp_path}/none/a.jsonl can't be written: No such file or directory.\n")


def test_again_takes_known_outlets_only(presswatch: Command, tmp_path: Path) -> None:
    presswatch("import", write(tmp_path / "a.jsonl", {"url": "https://a.example/1", "body": "x", "outlet": "Post"}))
    presswatch("process")
    assert "There is no outlet named 'Pots'" in (wrong := presswatch("process", "--again", "--outlet", "Pots")).stderr
    assert wrong.code == 1
    presswatch("outlets", "remove", "Post")
    assert "1 wait for index again" in presswatch("process", "--again", "--from", "index", "--outlet", "Post", "--since", "1h").stderr
    assert "0 wait for index again" in presswatch("process", "--again", "--from", "index", "--since", "2999-01-01").stderr


def test_an_outlet_that_an_import_made_says_that_it_is_not_crawled(presswatch: Command, tmp_path: Path) -> None:
    presswatch("import", write(tmp_path / "a.jsonl", {"url": "https://a.example/1", "body": "x"}))
    assert "from an import, not crawled" in presswatch("outlets", "list").stdout
    assert "has no feed that could show it" in presswatch("trace", "https://a.example/2").stdout


def test_no_page_steers_the_terminal(presswatch: Command, tmp_path: Path) -> None:
    presswatch("alerts", "add", "steel", "tariff", "--max-age", "none")
    presswatch(
        "import", write(tmp_path / "a.jsonl", {"url": "https://a.example/1", "title": "A \x1b[31mtitle\x07", "body": "A tariff.\nMore."})
    )
    presswatch("process")
    for arguments in (("trace", "https://a.example/1"), ("alerts", "show", "steel"), ("search", "tariff")):
        told = presswatch(*arguments).stdout
        assert "A  [31mtitle" in told
        assert all(letter.isprintable() for letter in told.replace("\n", ""))


def test_a_database_that_is_away_is_one_sentence(presswatch: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRESSWATCH_DATABASE_URL", "postgresql://127.0.0.1:9/none")
    answer = presswatch("outlets", "list", "--json")
    assert (answer.code, answer.stdout, answer.stderr.count("\n")) == (1, "", 1)
    assert answer.stderr.startswith("presswatch: PostgreSQL at 127.0.0.1:9/none can't be reached (")
    assert "refused" in answer.stderr


def test_trace_shows_what_an_edit_changed(presswatch: Command, tmp_path: Path) -> None:
    story = {
        "url": "https://a.example/1",
        "title": "Eleven ships wait",
        "body": "Rain fell.\n\nEleven ships wait at the pier.\n\nNo one left.",
    }
    presswatch("import", write(tmp_path / "a.jsonl", story))
    edited = {**story, "title": "Twelve ships wait", "body": "Rain fell.\n\nTwelve ships wait at the pier.\n\nA pilot spoke."}
    presswatch("import", write(tmp_path / "b.jsonl", edited))
    lines = [line.strip() for line in presswatch("trace", story["url"]).stdout.splitlines()]
    assert [line for line in lines if line.startswith("changed")] == [
        "changed title: [-Eleven-]{+Twelve+} ships wait",
        "changed: [-Eleven-]{+Twelve+} ships wait at the pier.",
        "changed: [-No one left.-]",
        "changed: {+A pilot spoke.+}",
    ]
    versions = json.loads(presswatch("trace", "--json", story["url"]).stdout)["articles"][0]["versions"]
    assert versions[0]["changes"] is None
    assert [paragraph["change"] for paragraph in versions[1]["changes"]["body"]["paragraphs"]] == ["same", "removed", "added"]


def test_trace_says_why_in_words(presswatch: Command, database: Database) -> None:
    with database.transaction() as connection:
        outlet = outlets.save(connection, OutletSpec(name="Post", url="https://a.example", feeds=("https://a.example/rss",)))[0]
        page = "INSERT INTO pages (outlet_id, url, host, first_seen_at, reason) VALUES (%s, %s, 'a.example', now(), %s) RETURNING id"
        connection.execute(page, (outlet.id, "https://a.example/banned", "robots"))
        connection.execute(page, (outlet.id, "https://a.example/broken", "http_503"))
        waiting = "INSERT INTO pages (outlet_id, url, host, due_at) VALUES (%s, 'https://a.example/waiting', 'a.example', now())"
        connection.execute(waiting, (outlet.id,))
        connection.execute("INSERT INTO hosts (host, not_before, reason) VALUES ('a.example', now() + interval '1 h', 'http_429')")
        short = connection.execute(page, (outlet.id, "https://a.example/short", None)).fetchone()
        connection.execute(
            """
            INSERT INTO captures (page_id, fetched_at, url, status, content_type, body_gzip, body_bytes, sha256, outcome)
            VALUES (%s, now(), 'https://a.example/short', 200, 'text/html', '', 0, '', 'too_short')
            """,
            short,
        )

    def verdict(path: str) -> str:
        return presswatch("trace", f"https://a.example/{path}").stdout.splitlines()[0]

    assert verdict("banned") == "It is known and was not fetched: its robots.txt disallows it (robots)."
    assert verdict("broken").startswith("It is known and was not fetched: the server answers 503")
    assert verdict("waiting").startswith("It is known and waits until 20")
    assert verdict("waiting").endswith(" UTC with all of its host: the server answers 429.")
    assert verdict("short") == "It was fetched and is not stored as an article: its text is too short for an article (too_short)."
    assert verdict("unseen") == "The feeds of Post have not been read yet: run `presswatch crawl`."
    with database.transaction() as connection:
        connection.execute("UPDATE feeds SET polled_at = now(), error = 'the server answers 404'")
    assert verdict("unseen") == "No feed of Post has shown it, and none can be read: the server answers 404."
    assert "feed      feed https://a.example/rss: the server answers 404" in presswatch("trace", "https://a.example/unseen").stdout
    assert presswatch("trace", "https://b.example/").stdout.startswith("Its host b.example belongs to no outlet")


def test_broken_records_of_a_warc_file_cost_no_other(presswatch: Command, tmp_path: Path) -> None:
    file = tmp_path / "a.warc"
    page = f"<h1>Title</h1><p>{PARAGRAPH * 5}</p>".encode()
    with file.open("wb") as output:
        writer = WARCWriter(output, gzip=False)
        for number, (status, at) in enumerate(
            [
                ("200 OK", "2025-01-01T00:00:00Z"),
                ("200 OK", "never"),
                ("odd", ""),
                ("404 No", ""),
                ("200 OK", "2999-01-01T00:00:00Z"),
                ("200 OK", ""),
            ]
        ):
            answered = StatusAndHeaders(status, [("Content-Type", "text/html")], protocol="HTTP/1.0")
            writer.write_record(
                writer.create_warc_record(
                    f"https://a.example/{number}",
                    "response",
                    payload=io.BytesIO(page),
                    http_headers=answered,
                    warc_headers_dict={"WARC-Date": at or "2025-01-02T00:00:00Z"},
                )
            )
    whole = file.read_bytes()
    file.write_bytes(whole[:-200])
    answer = presswatch("import", file)
    assert answer.code == 1
    assert f"{file}, record 2: its WARC-Date is no time: 'never'" in answer.stderr
    assert f"{file}, record 3: its answer has no status" in answer.stderr
    assert f"{file}, record 5: its WARC-Date is no possible time" in answer.stderr
    assert f"{file}, record 6: https://a.example/5 breaks off" in answer.stderr
    assert "6 read: 1 page, 1 skipped: status 404; 4 wrong" in answer.stderr
    file.write_bytes(whole)
    assert "6 read: 1 unchanged, 1 skipped: status 404, 1 page; 3 wrong" in presswatch("import", file).stderr
    file.write_bytes(b"no archive")
    assert f"{file} is no WARC file" in presswatch("import", file).stderr
