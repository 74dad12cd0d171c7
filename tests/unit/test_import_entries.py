"""Lines of an import: each is checked for itself, and a broken one costs no other."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import InputError
from pipeline.steps import entries

NOW = datetime(2026, 1, 15, tzinfo=UTC)
URL = "https://a.example/1"


def read(tmp_path: Path, data: bytes, name: str = "a.jsonl") -> list[tuple[int, Any]]:
    """Numbered rows; of a broken line, what is wrong."""
    path = tmp_path / name
    path.write_bytes(data)
    kind = "csv" if ".csv" in name else "jsonl"
    return [(number, str(row) if isinstance(row, ValueError) else row) for number, row in entries.read(path, kind)]


def entry(**fields: Any) -> entries.Entry:
    return entries.entry({"url": URL, "body": "A text."} | fields, NOW)


def test_broken_lines_are_told_by_number_and_the_rest_is_read(tmp_path: Path) -> None:
    good = json.dumps({"url": URL}).encode()
    lines = [b"\xef\xbb\xbf" + good, b"{broken", b"", b'{"body": "\xff\xfe"}', b"[" * 100_000, b'{"n": ' + b"9" * 5_000 + b"}", good]
    found = read(tmp_path, b"\n".join(lines))
    assert [number for number, _ in found] == [1, 2, 4, 5, 6, 7]
    assert (found[0][1], found[-1][1]) == ({"url": URL}, {"url": URL})
    assert [next(part for part in ("not JSON", "not UTF-8", "too deeply") if part in row) for _, row in found[1:-1]] == [
        "not JSON",
        "not UTF-8",
        "too deeply",
        "not JSON",
    ]


def test_csv_rows_are_numbered_by_their_first_line(tmp_path: Path) -> None:
    rows = [b"URL, Body", b'u1,"two', b'lines"', b"u2,b,too,many", b"u3,\xff", b'u4,"a"b', b",", b"u5,ok", b'u6,"never closed', b"u7,x"]
    found = read(tmp_path, b"\xef\xbb\xbf" + b"\n".join(rows), "a.csv")
    assert [(number, row["url"], row["body"]) for number, row in found if isinstance(row, dict)] == [
        (2, "u1", "two\nlines"),
        (8, "u5", "ok"),
    ]
    wrong = {number: row for number, row in found if isinstance(row, str)}
    assert list(wrong) == [4, 5, 6, 9]
    for number, part in {4: "more cells", 5: "not UTF-8", 6: "not CSV", 9: "never closed"}.items():
        assert part in wrong[number]


def test_a_csv_needs_its_columns(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column body and no column url"):
        read(tmp_path, b"a,b\n1,2\n", "a.csv")


def test_a_packed_file_that_is_cut_off_gives_what_it_has(tmp_path: Path) -> None:
    lines = b"".join(json.dumps({"n": number, "noise": str(hash(str(number)))}).encode() + b"\n" for number in range(20_000))
    packed = gzip.compress(lines)
    found = read(tmp_path, packed[: len(packed) // 2], "a.jsonl.gz")
    assert len(found) > 1_000
    assert found[0] == (1, json.loads(lines.splitlines()[0]))
    assert found[-1][0] == len(found)
    assert "cut off or damaged" in found[-1][1]
    with pytest.raises(OSError, match="Not a gzipped file"):
        read(tmp_path, b"{}", "b.jsonl.gz")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"url": None}, "`url`"),
        ({"url": "ftp://a.example/"}, "`url`"),
        ({"url": "https://a.example/\ud800"}, "`url`"),
        ({"url": "https://a.example/" + "x" * 2_000}, "2,000 characters"),
        ({"url": "https://a.example/" + "é" * 700}, "when they are encoded"),
        ({"body": None}, "`body`"),
        ({"body": " \n"}, "`body`"),
        ({"body": "\x00"}, "`body`"),
        ({"title": ["a"]}, "`title`"),
        ({"outlet": 5}, "`outlet`"),
        ({"outlet": "o" * 201}, "`outlet`"),
        ({"language": 5}, "`language`"),
        ({"authors": [None]}, "`authors`"),
        ({"authors": {"a": 1}}, "`authors`"),
        ({"authors": ["a" * 1_001]}, "`authors`"),
    ],
)
def test_what_is_wrong_is_named(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        entry(**fields)


def test_only_url_and_body_are_required() -> None:
    made = entry(title=None, authors=None, published_at=None, outlet=None, language=None)
    assert (made.outlet, made.date_ignored, made.unknown) == (None, False, ())
    assert (made.extraction.title, made.extraction.authors, made.extraction.published_at, made.extraction.language) == ("", (), None, None)


def test_nothing_that_the_store_cannot_hold_comes_through() -> None:
    made = entry(title="T\x00", body="b\x00 \ud800", outlet=" The\x00 \n Post ", language="en\x00", authors=["A\x00", " "])
    assert (made.extraction.title, made.extraction.body, made.outlet) == ("T", "b ?", "The Post")
    assert (made.extraction.language, made.extraction.authors) == ("en", ("A",))


@pytest.mark.parametrize(("given", "stored"), [("en", "en"), ("EN", "en"), ("en-US", "en"), ("pt_BR", "pt"), ("English", None), ("", None)])
def test_languages_are_stored_as_codes(given: str, stored: str | None) -> None:
    assert entry(language=given).extraction.language == stored


@pytest.mark.parametrize("given", [["A", "B, C"], "A; B, C"])
def test_authors_are_a_list_or_one_text(given: object) -> None:
    assert entry(authors=given).extraction.authors == ("A", "B, C")


def test_fields_that_an_import_does_not_know_are_told_and_left_out() -> None:
    assert entry(id=7, story_id="4", shared_text=0.5).unknown == ("story_id", "shared_text")


def test_impossible_dates_are_left_out() -> None:
    assert entry(published_at="2099-01-01").date_ignored
    assert entry(published_at={"a": 1}).date_ignored
    assert entry(published_at="2025-01-15T10:00:00+01:00").extraction.published_at.isoformat() == "2025-01-15T10:00:00+01:00"
