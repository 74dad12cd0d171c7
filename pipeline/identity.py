"""Whether two addresses show one article: what of an address outlives a new headline or another section. Pure."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from pipeline import urls, words

# Shorter numbers count sections and pages; so do those that are dates.
ID: Final = re.compile(
    r"(?<![0-9a-z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z]{0,3}\d{5,}|(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{12,})(?![0-9a-z])"
)
DATE: Final = re.compile(r"(?<!\d)(?:19|20)\d\d([-/_.]?)(?:0?[1-9]|1[0-2])(?:\1(?:0?[1-9]|[12]\d|3[01]))?(?!\d)")
# A slug of fewer words may be that of a column.
LEAST_SLUG_WORDS: Final = 4
RUN: Final = 3  # words
# The share of the shorter text's runs of words that both have. A number names one thing, whose text may be rewritten.
SAME_NUMBER: Final = 0.2
SAME_SLUG: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What an address has in common with the article's other ones; null where it has nothing that tells."""

    number: str | None = None  # the article's number on its site
    slug: str | None = None  # the words of its headline


def keys(url: str) -> Keys:
    """The keys of a canonical URL.

    Dates in an address belong to both keys: what a site publishes every day under one name stays apart.
    """
    parts = urlsplit(url)
    text = unquote(f"{parts.path}?{' '.join(value for _, value in parse_qsl(parts.query))}").lower()
    dates = [re.sub(r"\D", "", found[0]) for found in DATE.finditer(text)]
    rest = DATE.sub(" ", text)
    numbers = sorted({found[0] for found in ID.finditer(rest)})
    slug = max((_slug(segment) for segment in ID.sub(" ", rest).split("/")), key=len, default=())
    place = [urls.site(url), *dates, *numbers]
    return Keys(
        number="|".join(place) if numbers else None,
        slug="|".join([*place, "-".join(slug)]) if len(slug) >= LEAST_SLUG_WORDS else None,
    )


def _slug(segment: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", re.sub(r"\.\w{2,5}\W*$|\?.*", "", segment.strip())))


def are_alike(one: str, other: str, *, least: float) -> bool:
    """Whether the shorter of two texts has at least this share of its runs of words in common with the longer one."""
    a, b = _runs(one), _runs(other)
    shorter = min(a.total(), b.total())
    return one == other or (shorter > 0 and (a & b).total() >= least * shorter)


def _runs(text: str) -> Counter[tuple[str, ...]]:
    found = words.split(text)
    return Counter(zip(*(found[start:] for start in range(RUN)), strict=False))
