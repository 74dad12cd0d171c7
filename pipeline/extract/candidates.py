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


def shown(found: Iterable[tuple[str, str]]) -> tuple[Candidate, ...]:
    """Candidates for the record from pairs of value and source: each pair once, long values cut."""
    unique = dict.fromkeys((value[:MAX_CHARACTERS], source) for value, source in found if value)
    return tuple(Candidate(value=value, source=source) for value, source in list(unique)[:MAX_SHOWN])
