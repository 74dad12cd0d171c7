"""Large articles: they reach the index where they can, and never hold up the others."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.index import Index
from pipeline.models import Document

SENTENCE = "The minister spoke at length about the river. "


def document(article_id: int, characters: int) -> Document:
    return Document(
        id=article_id, revision=article_id, deleted=False, version=1, url=f"https://news.example/{article_id}",
        canonical_url=f"https://news.example/{article_id}", outlet="Morning Post", labels=(), country=None, group=None, title="Title",
        body=SENTENCE * (characters // len(SENTENCE)), authors=(), published_at=None, first_seen_at=datetime(2025, 3, 1, tzinfo=UTC),
        language="en", topics=(), syndicated_from=None, story_id=None, duplicate_of=None, copy_kind=None, entities=(),
    )  # fmt: skip


def test_many_long_articles_are_written_together(index: Index) -> None:
    result = index.write([document(article_id, 60_000) for article_id in range(1, 251)])
    assert (result.written, result.refused) == (250, {})


def test_an_article_that_the_engine_can_never_take_is_refused_alone(index: Index) -> None:
    result = index.write([document(1, 1_000), document(2, 12_000_000), document(3, 1_000_000)])
    assert (result.written, list(result.refused)) == (2, [2])
    assert "too large for the search engine's memory" in result.refused[2]
