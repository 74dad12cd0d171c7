"""Why a search finds nothing: what each part of the query finds alone, what the others find without it, what may have been meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pipeline import search
from pipeline.errors import QueryError
from pipeline.index import Index
from pipeline.web import refining

# A count takes a few milliseconds; a query of more parts is not explained.
MOST_PARTS: Final = 8
MOST_HINTS: Final = 5
_WORD: Final = re.compile(r"[^\W_]{3,}")
_PHRASE: Final = re.compile(r'"[^"\\*?]+"')
_OUTLET: Final = re.compile(r'outlet:(?:"((?:[^"\\]|\\.)*)"|(\S+))', re.IGNORECASE)
_OPERATORS: Final = frozenset({"and", "or", "not"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the query that every article must fulfil."""

    text: str
    alone: int  # articles that it finds alone
    rest: str  # the query without it; empty for the only part
    without: int  # articles that the rest finds


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """Another query that finds something."""

    query: str
    articles: int
    reason: str  # why this query, to be read after it; empty where it speaks for itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """What is told instead of hits."""

    stored: bool  # whether there is any article
    parts: tuple[Part, ...]
    hints: tuple[Hint, ...]


def explain(index: Index, query: str, *, now: datetime, outlets: Sequence[str]) -> Nothing:
    """Look at the parts of a query that finds nothing.

    Args:
        index: where it was searched for.
        query: in the users' syntax, and right.
        now: for dates said relative to today.
        outlets: the names of all outlets.

    Raises:
        InfrastructureError: an engine is away.

    """

    def count(text: str) -> int:
        return search.search(index, text, now=now, limit=0, facets=False).total

    if not count(""):
        return Nothing(stored=False, parts=(), hints=())
    if not query:
        return Nothing(stored=True, parts=(), hints=())
    written = refining.operands(query)
    if len(written) > MOST_PARTS:
        written = []
    try:
        parts = tuple(_parts(written, count))
    except QueryError:  # the syntax has quotation marks that the cut doesn't know
        return Nothing(stored=True, parts=(), hints=())
    return Nothing(stored=True, parts=parts, hints=tuple(_hints(query, parts, count, outlets))[:MOST_HINTS])


def _parts(written: Sequence[str], count: Callable[[str], int]) -> Iterator[Part]:
    for text in written:
        rest = " ".join(other for other in written if other is not text)
        yield Part(text=text, alone=count(text), rest=rest, without=count(rest) if rest else 0)


def _hints(query: str, parts: Sequence[Part], count: Callable[[str], int], outlets: Sequence[str]) -> Iterator[Hint]:
    for part in parts:
        for other, reason in _others(part, outlets):
            # Where several parts find nothing, no single change helps the whole query.
            for changed in dict.fromkeys((refining.replaced(query, part.text, other), other)):
                try:
                    articles = count(changed)
                except QueryError:
                    continue
                if articles:
                    yield Hint(query=changed, articles=articles, reason=reason)
                    break


def _others(part: Part, outlets: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What may have been meant by a part, and why."""
    if part.text in _OPERATORS:
        yield part.text.upper(), f"“{part.text}” is a word like any other, {part.text.upper()} an operator"
    if part.alone:
        return
    if _WORD.fullmatch(part.text):
        yield f"~{part.text}", "any inflection"
        yield f"{part.text}*", "any ending"
    elif _PHRASE.fullmatch(part.text):
        yield f"({part.text[1:-1]})", "the words, not side by side"
    elif named := _OUTLET.fullmatch(part.text):
        asked = (named[1] or named[2] or "").replace("\\", "").casefold()
        folded = {name.casefold(): name for name in outlets}
        near = [name for name in folded if asked in name] or difflib.get_close_matches(asked, folded, n=2)
        for name in near[:2]:
            yield refining.filter_for("outlet", folded[name]), "an outlet is found by its whole name"
