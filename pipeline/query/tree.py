"""A parsed query: what is asked for, with every check done and nothing of Elasticsearch in it.

`at` is always the place in the text, counted in characters from 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """Any article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words that stand side by side in title or body; one word is the common case.

    The last one may be a pattern in which `*` stands for any letters and `?` for one.
    """

    at: int
    text: str  # the words before the pattern; empty if there is only a pattern
    count: int  # words in `text`
    pattern: str | None = None
    field: str | None = None  # `title` or `body`; None: either


@dataclass(frozen=True, slots=True, kw_only=True)
class Stem:
    """Any inflection of a word."""

    at: int
    text: str
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """Two operands whose facing ends are at most `distance` positions apart; an operand is one of several `Words`."""

    at: int
    distance: int
    ordered: bool
    left: tuple[Words, ...]
    right: tuple[Words, ...]
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A field has this value; case and accents don't matter."""

    at: int
    field: str
    text: str
    # The same with `*` and `?` as wildcards and a backslash before what is none; None: there are no wildcards.
    pattern: str | None = None
    # The value as words, for names that are also found by a part of them.
    words: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """A date field lies in these days (UTC), both included; None leaves a side open."""

    at: int
    field: str
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDays:
    """A date field lies in today (UTC) or in this many days before it, or later."""

    at: int
    field: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """What does not match the part."""

    part: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """What matches every part."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Any:
    """What matches at least one part."""

    parts: tuple[Node, ...]


Leaf: TypeAlias = Everything | Words | Stem | Near | Value | Days | LastDays
Node: TypeAlias = Leaf | Not | All | Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A query as typed, and what it means."""

    text: str
    root: Node


def is_negative(node: Node) -> bool:
    """Whether it says only what must not be, so that it matches nearly everything."""
    match node:
        case Not(part=part):
            return not is_negative(part)
        case All(parts=parts):
            return all(is_negative(part) for part in parts)
        case Any(parts=parts):
            return any(is_negative(part) for part in parts)
        case _:
            return isinstance(node, Everything)
