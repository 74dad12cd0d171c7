"""Pages that ask for no copy: with the setting their bytes go, and their text is searched, but only begun to be shown."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline import search, trace
from pipeline.models import Stage
from pipeline.steps import chain, clean, export
from pipeline.steps.context import Context
from pipeline.store.reading import articles
from tests.archive import Archive

TEXT = (
    "The harbour council voted on Tuesday to close the old swing bridge for two years, after engineers found cracks in both of its piers. "
)
ROBOTS = '<meta name="robots" content="noarchive">'


def page(text: str, head: str = ROBOTS) -> bytes:
    paragraphs = f"<p>{text * 3}</p><p>At the end somebody mentioned a zeppelin. {text}</p>"
    return f"<html lang=en><head><title>Bridge closes</title>{head}</head><body><article><h1>Bridge closes</h1>{paragraphs}</article></body></html>".encode()


@pytest.fixture
def archive(context: Context) -> Archive:
    return Archive(context)


def respect(context: Context) -> None:
    object.__setattr__(context, "settings", context.settings.model_copy(update={"respect_noarchive": True}))


def captures(context: Context) -> list[tuple[Any, ...]]:
    with context.database.transaction() as connection:
        return connection.execute(
            "SELECT outcome, octet_length(body_gzip) > 0, body_bytes > 0, dropped_at IS NULL FROM captures ORDER BY id"
        ).fetchall()


def exported(context: Context) -> str:
    output = io.StringIO()
    export.export(context, "zeppelin harbour", "jsonl", output, now=datetime.now(UTC))
    body: str = json.loads(output.getvalue())["body"]
    return body


def test_nothing_goes_without_the_setting(archive: Archive, context: Context) -> None:
    archive.put("a", page(TEXT))
    clean.run(context)
    assert captures(context) == [("article", True, True, True)]


def test_with_the_setting_bytes_go_and_the_text_is_found_but_not_shown(archive: Archive, context: Context) -> None:
    respect(context)
    archive.put("a", page(TEXT))
    archive.put("wall", b"<html><head>" + ROBOTS.encode() + b"</head><body></body></html>")
    archive.put("open", page(TEXT.replace("harbour", "parish"), head=""))
    list(chain.process(context))
    context.index.refresh()
    assert captures(context) == [("article", False, True, False), ("no_body", False, True, False), ("article", True, True, True)]
    found = search.search(context.index, "zeppelin harbour", now=datetime.now(UTC))
    assert found.total == 1
    assert "zeppelin" not in exported(context)
    article_id = int(found.hits[0].id)
    with context.database.transaction() as connection:
        shown = articles.article(connection, article_id)
        texts = articles.version_texts(connection, article_id, [1])
    assert shown is not None
    for body in (shown.article.body, texts[1].body):
        assert body.startswith("The harbour council voted")
        assert "zeppelin" not in body
        assert len(body) < 310
    # Cleaning again has nothing to read, and harms nothing.
    assert chain.again(context, stage=Stage.CLEAN) == 1
    list(chain.process(context))
    assert captures(context)[0] == ("article", False, True, False)
    told = trace.trace(context.database, shown.article.url)
    assert told["verdict"] == "It is in the index and can be found."
    assert told["captures"][0]["dropped_at"] is not None
    assert "zeppelin" not in json.dumps(told, default=str)
