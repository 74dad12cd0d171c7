"""The shapes of an outlet's addresses: which are like its articles', and which like its lists' and services'.

Learned from addresses of which it is known what became of them, by naive Bayes over a few traits of an address; nothing is written
down by hand for an outlet.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

# What one trait may say, in natural logarithms of odds: traits depend on each other, and none decides alone.
MOST_SAID: Final = 3.0
# So many addresses of either kind count as known before any is.
PRIOR: Final = 2.0
# A trait that no known address has says little: outlets open new sections.
LEAST_SAID: Final = -1.5
LONG_NUMBER: Final = 5  # digits of an article's number
SLUG_WORDS: Final = 4
SHORT_NAME: Final = 2
MANY_WORDS: Final = 9
DEEPEST: Final = 6
WORDS: Final = re.compile(r"[^\W\d_]+")
NUMBERS: Final = re.compile(r"\d+")
EXTENSION: Final = re.compile(r"(?<=.)\.([a-z]{2,5})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Addresses of one outlet of which it is known what they are."""

    articles: tuple[str, ...] = ()
    others: tuple[str, ...] = ()  # that were fetched and turned out to be none


class Shapes:
    """What is learned of an outlet's addresses."""

    def __init__(self, known: Known) -> None:
        """Learn from the addresses of an outlet.

        Args:
            known: of them; a few dozen are enough, a few hundred are the most that is of use.

        """
        self.articles, self.others = len(known.articles), len(known.others)
        self._of_articles = Counter(trait for url in known.articles for trait in traits(url))
        self._of_others = Counter(trait for url in known.others for trait in traits(url))

    def odds(self, url: str) -> float:
        """How much an address is like the articles' rather than the others', as the logarithm of odds; 0 if nothing is known."""
        return sum(map(self._said, traits(url)))

    def _said(self, trait: str) -> float:
        with_it, without = self._of_articles[trait], self._of_others[trait]
        # As often in either kind as in both together, until more is known: what only one kind was seen with, and all of it has, says nothing.
        usual = PRIOR * (with_it + without + 1) / (self.articles + self.others + 2)
        # Of an outlet without any article nothing is usual for one: what others have speaks against it.
        of_articles = (with_it + (usual if self.articles else PRIOR / 2)) / (self.articles + PRIOR)
        said = math.log(of_articles) - math.log((without + usual) / (self.others + PRIOR))
        return max(-MOST_SAID if without else LEAST_SAID, min(said, MOST_SAID))


@lru_cache(maxsize=4096)
def traits(url: str) -> tuple[str, ...]:
    """What an address is like: its host, first part and depth, the kinds of its parts, its name's length, ending and parameters."""
    try:
        parts = urlsplit(url)
        path = unquote(parts.path)
    except ValueError:
        return ()
    segments = [segment for segment in path.lower().split("/") if segment]
    last = segments[-1] if segments else ""
    found = EXTENSION.search(last)
    extension = found[1] if found else ""
    kinds = [_kind(segment) for segment in segments[:DEEPEST]]
    names = sorted({name for name, value in parse_qsl(parts.query, keep_blank_values=True)})
    return (
        f"host {parts.hostname}",
        f"first {segments[0] if len(segments) > 1 else ''}",
        f"depth {min(len(segments), DEEPEST)}",
        f"kinds {'/'.join(kinds)}",
        f"before {'/'.join(kinds[:-1])}",
        f"name {_length(last.removesuffix(f'.{extension}'))}",
        f"number {_number(last)}",
        f"ending {extension or ('/' if path.endswith('/') else '')}",
        f"asks {' '.join(names)[:100]}",
    )


def _kind(segment: str) -> str:
    """What a part of a path is: a slug, a name, a year, a small number, an article's number, or a code."""
    segment = EXTENSION.sub("", segment)
    digits = sum(map(len, NUMBERS.findall(segment)))
    words = len(WORDS.findall(segment))
    if digits == len(segment):
        return "year" if re.fullmatch(r"(?:19|20)\d\d", segment) else "number" if digits >= LONG_NUMBER else "digits"
    kind = "slug" if words >= SLUG_WORDS else "name" if words <= SHORT_NAME else "names"
    return f"{kind}+number" if any(len(number) >= LONG_NUMBER for number in NUMBERS.findall(segment)) else kind


def _length(name: str) -> str:
    words = len(WORDS.findall(name))
    return next((f"to {most}" for most in (0, 1, 2, 3, 5, MANY_WORDS) if words <= most), "more")


def _number(last: str) -> str:
    """How long the longest number of a name is: an article's own is as long as others of its outlet, short ones count something."""
    longest = max((len(number) for number in NUMBERS.findall(last)), default=0)
    return str(longest) if longest >= LONG_NUMBER else "short" if longest else "none"
