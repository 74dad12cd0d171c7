"""The demonstration newsroom, whose truth is known word by word: eight templates come out as they were written."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from deploy.newsroom import RULES, serve
from deploy.newsroom.truth import ExpectedArticle
from pipeline import rules
from pipeline.extract.extraction import extract
from pipeline.models import Extraction, PageSource


@pytest.fixture(scope="module")
def articles() -> Iterator[list[tuple[ExpectedArticle, Extraction]]]:
    with serve(port=0, release_s=None) as newsroom:
        newsroom.release_all()
        yield [(article, _extracted(article)) for article in newsroom.expected().articles]


def _extracted(article: ExpectedArticle) -> Extraction:
    with urllib.request.urlopen(article.url) as answer:  # noqa: S310 - the newsroom is on loopback
        source = PageSource(url=article.url, html=answer.read(), content_type=answer.headers["Content-Type"], fetched_at=datetime.now(UTC))
    return extract(rules.book(RULES).ruled(source))


def test_titles_and_people(articles: list[tuple[ExpectedArticle, Extraction]]) -> None:
    for article, found in articles:
        assert found.rejected_reason is None, article.url
        assert found.title in {article.title, article.second_title}
        people = () if article.agency else article.authors
        assert found.authors == people, article.url


def test_agencies_are_where_the_text_comes_from(articles: list[tuple[ExpectedArticle, Extraction]]) -> None:
    for article, found in articles:
        assert (found.syndicated_from.name if found.syndicated_from else None) == article.agency, article.url


def test_bodies_have_every_paragraph_and_nothing_else(articles: list[tuple[ExpectedArticle, Extraction]]) -> None:
    for article, found in articles:
        paragraphs = found.body.split("\n\n")
        missing = [paragraph for paragraph in article.paragraphs if paragraph not in paragraphs]
        assert not missing or article.second_title, (article.url, missing)
        added = [paragraph for paragraph in paragraphs if paragraph not in article.paragraphs]
        if article.agency:
            added = [paragraph for paragraph in added if article.agency not in paragraph]  # its signature is of the text
        assert not added or article.second_title, (article.url, added)


def test_the_sections_of_an_outlet_with_a_rule_are_its_topics(articles: list[tuple[ExpectedArticle, Extraction]]) -> None:
    ruled = [found for _, found in articles if found.rule_missed is not None]
    assert {len(found.topics) for found in ruled} == {1}
    assert {found.candidates["topics"][0].source for found in ruled} == {"rule"}
