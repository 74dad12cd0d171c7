"""What a search answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from pipeline.query.tokens import MARKS

BEGIN, END = MARKS


class Sort(StrEnum):
    """The order of hits."""

    DATE = "date"  # the newest first
    RELEVANCE = "relevance"  # the best first


class Group(StrEnum):
    """What is shown as one hit."""

    NONE = "none"  # each article
    COPIES = "copies"  # an article and its copies
    STORY = "story"  # the articles of a story


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article found; of a group, the one that comes first in the order.

    In the marked texts, the words that the query found stand between `BEGIN` and `END`, two characters of
    private use that occur nowhere else: escape the text first, then put tags in their place.
    """

    id: str
    url: str
    canonical_url: str
    outlet: str
    title: str
    marked_title: str
    published_at: str | None  # with the page's own offset
    date: str  # what orders: published, or first seen where that is unknown; UTC
    language: str | None
    marked_highlights: tuple[str, ...]  # of the body; empty if the query's words are not there
    lead: str  # the beginning of the body, for hits without highlights
    story_id: str | None
    duplicate_of: str | None
    copy_kind: str | None
    group_size: int  # articles of the group that the query found; 1 without groups

    @property
    def highlights(self) -> tuple[str, ...]:
        """Plain fragments of the body around the query's words; the title, where only that has them."""
        if self.marked_highlights:
            return tuple(plain(fragment) for fragment in self.marked_highlights)
        return (self.title,) if BEGIN in self.marked_title else ()

    def as_json(self) -> dict[str, Any]:
        """The public fields."""
        return {
            "id": self.id,
            "url": self.url,
            "outlet": self.outlet,
            "title": self.title,
            "published_at": self.published_at,
            "highlights": list(self.highlights),
            "story_id": self.story_id,
            "duplicate_of": self.duplicate_of,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A value of a field, and how many of the found articles have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The answer to a search."""

    total: int  # articles, exact, also with groups
    groups: int | None  # how many there are; None without groups
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[Facet, ...]]  # the most frequent values by field
    timeline: tuple[tuple[date, int], ...]  # articles by UTC day; days without any are left out
    warnings: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The public fields."""
        return {
            "total": self.total,
            "groups": self.groups,
            "hits": [hit.as_json() for hit in self.hits],
            "facets": {field: [{"value": facet.value, "count": facet.count} for facet in facets] for field, facets in self.facets.items()},
            "warnings": list(self.warnings),
        }


def plain(marked: str) -> str:
    """A marked text without its marks."""
    return marked.replace(BEGIN, "").replace(END, "")


def marked_parts(marked: str) -> Iterator[tuple[str, bool]]:
    """A marked text in parts: the text, and whether the query found it."""
    for number, part in enumerate(marked.split(BEGIN)):
        found, _, rest = part.partition(END)
        if number:
            yield found, True
        yield (rest if number else part), False
