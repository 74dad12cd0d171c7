"""`presswatch search` as people run it."""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pipeline import cli
from pipeline.config import Settings
from pipeline.index import Index
from pipeline.models import Document, Endpoints, Timestamp


class Answer(NamedTuple):
    """What a process would have answered."""

    code: int
    stdout: str
    stderr: str


def document(article_id: int, title: str, body: str, **facts: Any) -> Document:
    return Document(
        id=article_id, revision=article_id, deleted=False, version=1, url=f"https://news.example/{article_id}",
        canonical_url=f"https://news.example/{article_id}", outlet="Morning Post", labels=(), country=None, group=None, title=title, body=body,
        authors=(), published_at=Timestamp(at=datetime(2025, 2, article_id, 12, tzinfo=UTC)),
        first_seen_at=datetime(2025, 3, 1, tzinfo=UTC), language="en", topics=(), syndicated_from=None,
        story_id=facts.get("story_id"), duplicate_of=None, copy_kind=None, entities=(),
    )  # fmt: skip


@pytest.fixture
def settings(engines: Endpoints, tmp_path: Path) -> Settings:
    """Without a database, which nothing here needs."""
    return Settings(home=tmp_path, elasticsearch_url=engines.elasticsearch.url, index_prefix=f"{uuid.uuid4().hex}-")


@pytest.fixture
def filled(index: Index) -> Index:
    index.write([
        document(1, "Tariffs rise", 'The tariff on steel\x1b[31m rose, said "one", and more.', story_id=4),
        document(2, "Steel makers worry", "A tariff is a tariff.", story_id=4),
    ])  # fmt: skip
    index.refresh()
    return index


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Runs the command in this process, with these variables changed."""
    variables = {
        "PRESSWATCH_HOME": str(settings.home),
        "PRESSWATCH_DATABASE_URL": "postgresql://127.0.0.1:9/none",
        "PRESSWATCH_ELASTICSEARCH_URL": settings.elasticsearch_url,
        "PRESSWATCH_INDEX_PREFIX": settings.index_prefix,
    }

    def called(*arguments: str, **changed: str) -> Answer:
        for name, value in (variables | changed).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr("sys.argv", ["presswatch", "search", *arguments])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = int(end.code or 0)
        return Answer(code, *capsys.readouterr())

    return called


@pytest.mark.usefixtures("filled")
def test_json_csv_and_table(run: Callable[..., Answer]) -> None:
    as_json = run("tariff", "--json", "--group", "story", "--limit", "1")
    shown = json.loads(as_json.stdout)
    assert (as_json.code, shown["total"], shown["groups"], [hit["id"] for hit in shown["hits"]]) == (0, 2, 1, ["2"])
    assert shown["facets"]["outlets"] == [{"value": "Morning Post", "count": 2}]

    as_csv = run("tariff", "--csv", "--sort", "date")
    rows = list(csv.DictReader(io.StringIO(as_csv.stdout)))
    assert [row["id"] for row in rows] == ["2", "1"]
    assert rows[1]["highlights"] == 'The tariff on steel\x1b[31m rose, said "one", and more.'
    assert "2 articles, 2 shown" in as_csv.stderr

    table = run("tariff")
    assert "Steel makers worry" in table.stdout
    assert "2025-02-01 12:00" in table.stdout
    assert "\x1b" not in table.stdout
    assert "2 articles, 2 shown" in table.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("tariff AND",), "wrong at character 11"),
        (("tariff", "--limit", "0"), "limit"),
        (("tariff", "--limit", "10001"), "limit"),
        (("tariff", "--sort", "size"), "sort"),
        (("tariff", "--group", "outlet"), "group"),
        (("tariff", "--json", "--csv"), "exclude"),
        (("tariff", "--nonsense"), "nonsense"),
        ((), "query"),
    ],
    ids=str,
)
def test_wrong_use_is_exit_code_2(run: Callable[..., Answer], arguments: tuple[str, ...], message: str) -> None:
    answer = run(*arguments)
    assert (answer.code, answer.stdout) == (2, "")
    assert message in answer.stderr.lower() or message in answer.stderr


def test_absent_engine_and_index_are_one_sentence(run: Callable[..., Answer]) -> None:
    missing = run("tariff")
    assert (missing.code, missing.stdout) == (1, "")
    assert "There is no index" in missing.stderr
    away = run("tariff", PRESSWATCH_ELASTICSEARCH_URL="http://127.0.0.1:9", HTTP_PROXY="http://127.0.0.1:1")
    assert away.code == 1
    assert "Elasticsearch at http://127.0.0.1:9 can't be reached" in away.stderr
    assert len(away.stderr.strip().splitlines()) == 1
