"""Stage `clean`: what becomes of captures, good ones and bad ones; edits and re-runs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

import pipeline.cli.articles  # noqa: F401 - adds its commands
from pipeline.cli.app import app
from pipeline.extract import Extractor
from pipeline.models import Stage
from pipeline.steps import chain, clean
from pipeline.steps.context import Context
from pipeline.store import work
from tests.archive import Archive

TEXT = (
    "The harbour council voted on Tuesday to close the old swing bridge for two years, after engineers found cracks in both of its piers. "
    "Ferries will carry passengers and bicycles every ten minutes until the new crossing opens. "
    "“We could not wait another winter,” said the mayor, who promised that the ferries would stay free of charge. "
)


def page(title: str = "Bridge closes for two years", text: str = TEXT * 3, head: str = "") -> bytes:
    paragraphs = "".join(f"<p>{text}</p>" for _ in range(2))
    return f"<html lang=en><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>".encode()


@pytest.fixture
def archive(context: Context) -> Archive:
    return Archive(context)


def test_bad_pages_are_rejected_with_a_reason_and_good_ones_go_on(archive: Archive, context: Context) -> None:
    bad = {
        "empty": (b"", "text/html"),
        "pdf": (b"%PDF-1.7\n\x00\x01\x02" + b"\x9c\xd4" * 500, "application/pdf"),
        "picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "text/html"),
        "nothing": (b"<html><body></body></html>", "text/html"),
        "consent": (
            b"<html><head><title>Before you continue</title></head><body><h1>We value your privacy</h1><p>We and our 843 partners store and "
            b"access information on your device. Choose whether you agree before you continue to the site.</p>"
            b"<button>Accept all</button><button>Manage options</button></body></html>",
            "text/html",
        ),
    }
    for name, (body, content_type) in bad.items():
        archive.put(name, body, content_type)
    archive.put("good", page())
    counts = clean.run(context)
    outcomes = dict(zip([*bad, "good"], archive.outcomes(), strict=True))
    assert outcomes.pop("good") == "article"
    assert outcomes["empty"] == "empty_page"
    assert outcomes["pdf"] == outcomes["picture"] == "not_html"
    assert outcomes["consent"] == "consent_wall"
    assert all(outcome not in {None, "article"} for outcome in outcomes.values())
    assert (counts.claimed, counts.done, counts.quarantined) == (6, 6, 0)
    assert [version["url"] for version in archive.versions()] == ["https://paper.example/news/good"]


def test_a_page_that_is_given_up_is_quarantined_with_its_address_and_the_rest_goes_on(archive: Archive, context: Context) -> None:
    archive.put("heavy", f"<html><body><h1>T</h1><p>{'A word and another. ' * 450_000}</p></body></html>".encode())
    archive.put("good", page())
    context.__dict__["extractor"] = Extractor(workers=1, timeout_s=60, memory_bytes=100_000_000)
    counts = clean.run(context)
    assert (counts.done, counts.quarantined) == (counts.claimed - work.QUARANTINE_AFTER, 1)
    assert archive.outcomes() == [None, "article"]
    with context.database.transaction() as connection:
        (quarantined,) = work.quarantined(connection)
    assert "https://paper.example/news/heavy needed more than 100 MB" in quarantined.error


def test_odd_pages_become_articles(archive: Archive, context: Context) -> None:
    archive.put("nul", page().replace(b"harbour", b"har\x00bour"))
    archive.put("windows", page("Café über", TEXT * 3).decode().encode("cp1252"), "text/html; charset=utf-8")
    archive.put("untitled", page("").replace(b"<h1></h1>", b""))
    archive.put("future", page(head='<meta property="article:published_time" content="2061-05-01T10:00:00Z">'))
    archive.put("dated", page(head='<meta property="article:published_time" content="2025-05-01T10:00:00+02:00">'))
    clean.run(context)
    assert archive.outcomes() == ["article"] * 5
    found = {version["url"].rsplit("/", 1)[-1]: version for version in archive.versions()}
    assert all("\x00" not in version["body"] for version in found.values())
    assert found["windows"]["title"] == "Café über"
    assert "“We could not wait" in found["windows"]["body"]
    assert found["future"]["published_at"] is None
    assert found["dated"]["published_at"] == datetime(2025, 5, 1, 8, tzinfo=UTC)


def test_all_is_worked_through_however_short_the_turns_are(archive: Archive, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    # As on a machine so busy that a turn is over before its first look at what waits.
    monkeypatch.setattr(chain, "TURN_S", 0.0)
    archive.put("bridge", page())
    archive.put("ferry", page("Ferry runs again after two years"))
    counts = dict.fromkeys(Stage, 0)
    for turn in chain.process(context):
        counts[turn.stage] += turn.claimed
    assert counts == dict.fromkeys(Stage, 2)
    with context.database.transaction() as connection:
        assert work.left(connection) == {}


def test_process_tells_what_it_leaves_to_others(
    archive: Archive, context: Context, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    archive.put("bridge", page())
    with context.database.transaction() as connection:
        assert len(work.claim(connection, Stage.CLEAN, context.database.worker(), 1)) == 1
    assert "1 wait for clean: another process works on them" in CliRunner().invoke(app, ["process"]).stderr
    context.database.close()
    assert "wait for" not in CliRunner().invoke(app, ["process"]).stderr
    assert archive.outcomes() == ["article"]


def test_an_edit_is_a_version_and_a_mere_refetch_is_not(archive: Archive, context: Context) -> None:
    for body in (page(), page(), page(text=TEXT * 2), page()):
        archive.put("bridge", body)
        clean.run(context)
    assert archive.outcomes() == ["article", "unchanged", "article", "article"]
    assert [version["version"] for version in archive.versions()] == [1, 2, 3]


def test_other_typography_is_no_version(archive: Archive, context: Context) -> None:
    # The same letters with other quotation marks, dashes, spaces and paragraphs.
    typeset = TEXT * 3 + "It costs 1.5 million - too much, the mayor said."
    plain = typeset.replace("“", '"').replace("”", '"').replace(" - ", " \u2013 ").replace(" the old ", " the&nbsp;old ")
    assert plain != typeset
    for text in (typeset, plain, plain.replace("1.5", "1.6"), plain.replace("1.5", "1.6").replace("It costs", "it costs")):
        archive.put("bridge", page(text=text))
        clean.run(context)
    assert archive.outcomes() == ["article", "unchanged", "article", "article"]


def test_a_capture_that_is_late_is_no_new_version(archive: Archive, context: Context) -> None:
    # As after a failure: the second capture is cleaned first, and the fourth before the third.
    for text in (TEXT * 2, TEXT * 3, TEXT * 4, TEXT * 5):
        archive.put("bridge", page(text=text))
    captures = [row[0] for row in archive.rows("SELECT id FROM captures ORDER BY fetched_at")]
    for place in (1, 0, 3, 2):
        with context.database.transaction() as connection:
            connection.execute("UPDATE work SET priority = CASE WHEN subject_id = %s THEN 0 ELSE 9 END", (captures[place],))
        clean.run(context)
    assert archive.outcomes() == ["outdated", "article", "outdated", "article"]
    assert [len(version["body"].split("“")) - 1 for version in archive.versions()] == [3, 5]


def test_an_unchanged_capture_is_no_version_when_it_is_cleaned_again(archive: Archive, context: Context) -> None:
    for body in (page(), page(head="<meta name=a>"), page(text=TEXT * 2), page(head="<meta name=b>")):
        archive.put("bridge", body)
        clean.run(context)
    before = archive.versions()
    for _ in range(2):
        assert chain.again(context, Stage.CLEAN) == 4
        clean.run(context)
        assert archive.outcomes() == ["article", "unchanged", "article", "article"]
        assert archive.versions() == before


def test_cleaning_again_replaces_versions_and_makes_none(archive: Archive, context: Context) -> None:
    for body in (page(), page(text=TEXT * 2)):
        archive.put("bridge", body)
        clean.run(context)
    before = archive.versions()
    with context.database.transaction() as connection:
        connection.execute("UPDATE article_versions SET title = 'spoiled'")
    assert chain.again(context, Stage.CLEAN) == 2
    clean.run(context)
    assert archive.versions() == before
