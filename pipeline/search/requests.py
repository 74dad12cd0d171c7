"""What every request to the engine has in common: the whole answer or none, and errors that name their place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from elasticsearch import ApiError

from pipeline import query
from pipeline.errors import QueryError
from pipeline.index import Index, explain, patiently, reaching
from pipeline.index.mapping import STEMMERS
from pipeline.query.tree import Query
from pipeline.search.results import BEGIN, END

_EXPANDED: Final = re.compile(r"Automaton \[(?P<pattern>.+?)\] expanded to too many terms \(limit (?P<limit>\d+)\)")
# Characters of a body that are searched for highlights; the engine refuses more.
ANALYZED: Final = 1_000_000
FRAGMENT: Final = 160


def run(index: Index, request: dict[str, Any], *, asked: Query | None = None) -> dict[str, Any]:
    """The engine's answer to a search, complete or not at all.

    Raises:
        QueryError: a pattern of the query stands for more words than the engine compares.
        IndexMissing: there is no index.
        SearchEngineAway: the engine can't be reached or is too busy.
        SearchEngineRefused: it refuses the request.

    """
    with reaching(index.where), _explaining(asked):
        return dict(patiently(lambda: index.client.search(**request, allow_partial_search_results=False)).body)


def highlight(asked: Query, dsl: dict[str, Any], *, fragments: int, lead: int = 0) -> dict[str, Any]:
    """The words of the query itself in title and body, whatever else filters the articles.

    Args:
        asked: the query.
        dsl: the same, compiled.
        fragments: how many of the body at most.
        lead: so many characters of the body's beginning where the words are not in the body.

    """

    def field(name: str, number: int) -> dict[str, Any]:
        stemmed = {"matched_fields": [name, *(f"{name}_stem.{language}" for language in STEMMERS)]} if query.uses_stems(asked) else {}
        return {"number_of_fragments": number, "highlight_query": dsl} | stemmed

    return {
        "type": "unified",
        "boundary_scanner": "sentence",
        "fragment_size": FRAGMENT,
        "order": "score",
        "pre_tags": [BEGIN],
        "post_tags": [END],
        "max_analyzed_offset": ANALYZED - 1,
        "fields": {"title": field("title", 0), "body": field("body", fragments) | {"no_match_size": lead}},
    }


def too_many_words(reason: str) -> tuple[str, str] | None:
    """The pattern and the limit, if the reason of a failure is a pattern that stands for too many words."""
    found = _EXPANDED.search(reason)
    return (found["pattern"], found["limit"]) if found else None


@contextmanager
def _explaining(asked: Query | None) -> Iterator[None]:
    try:
        yield
    except ApiError as error:
        reason = explain(error)
        many = too_many_words(reason)
        if many is None or asked is None:
            raise
        raise QueryError(position=_place(asked, many[0]), problem=problem(*many)) from error


def problem(pattern: str, limit: str) -> str:
    """What is wrong with a pattern that stands for too many words."""
    return f"{pattern} stands for more than {int(limit):,} different words, too many within a phrase or NEAR: write more of the word"


def _place(asked: Query, pattern: str) -> int:
    """Where a pattern stands in the query; the engine names it folded."""
    start = re.split(r"[*?]", pattern, maxsplit=1)[0]
    found = re.search(re.escape(start), asked.text, re.IGNORECASE)
    return found.start() + 1 if found else 1
