"""Candidates of a field: possible values with where they were found, and the decision among them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from pipeline.models import Candidate

T = TypeVar("T")

MAX_SHOWN: Final = 12
MAX_CHARACTERS: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[T]):
    """A possible value of a field. A higher score is better evidence; scores compare within a field only."""

    value: T
    source: str
    score: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Generic[T]):
    """A field's value and all that it was chosen from, best first."""

    value: T
    candidates: tuple[Candidate, ...]


def scored(found: Iterable[Found[str]]) -> tuple[Candidate, ...]:
    """Candidates for the record: each value once from a source, the best first, long values cut."""
    unique: dict[tuple[str, str], float] = {}
    for one in found:
        if one.value:
            unique.setdefault((one.value[:MAX_CHARACTERS], one.source), one.score)
    ranked = sorted(unique.items(), key=lambda item: -item[1])[:MAX_SHOWN]
    return tuple(Candidate(value=value, source=source, score=round(score, 2)) for (value, source), score in ranked)


def shown(found: Iterable[tuple[str, str]]) -> tuple[Candidate, ...]:
    """Candidates of a field that the first kind of source decides, from values and sources in the order of trust.

    The score of the first source is 1, of the second 1/2, and so on.
    """
    pairs = list(found)
    trust = {source: 1 / rank for rank, source in enumerate(dict.fromkeys(source for value, source in pairs if value), start=1)}
    return scored(Found(value=value, source=source, score=trust[source]) for value, source in pairs if value)
