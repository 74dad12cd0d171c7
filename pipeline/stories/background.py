"""The background: in how many articles a word stands, language by language."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from pipeline import words

ARTICLE_WORDS: Final = 500  # a usual length, for turning word frequencies into shares of articles
UNLISTED: Final = 2e-7  # frequency of a word that the built-in lists don't have; they end at 1e-6
NUMBER_SHARE: Final = 0.1  # numbers say little, and lists of words have none
LEAST_SHARE: Final = 1e-4  # rarer words are names and slips: no rarer than each other, or the slips would weigh most
COUNTED_WEIGHT: Final = 0.3  # of a large snapshot
COUNTED_ARTICLES: Final = 2000  # a snapshot of so many has half of that weight


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """How common words are.

    The built-in word lists of `wordfreq` (general language, about 40 languages) are corrected by counted
    snapshots of the store, but only in part: a news store makes `president` as common as `the`, and similarities
    must keep their scale from the first day on. A language with neither has no background, and its articles have
    no telling terms.
    """

    snapshots: Mapping[str, tuple[int, Mapping[str, int]]] = field(default_factory=dict)  # language: articles, and how many have each word

    def knows(self, language: str | None) -> bool:
        """Whether anything is known of the language's words."""
        return language is not None and (language in self.snapshots or _built_in(language) is not None)

    def rarity(self, word: str, language: str) -> float:
        """The inverse document frequency of a folded word: about 0 for `the`, 9 for a name nobody has heard of."""
        listed = _built_in(language)
        general = _rarity(_share(word, listed)) if listed is not None else None
        if language not in self.snapshots:
            return general if general is not None else _rarity(0.0)
        articles, counts = self.snapshots[language]
        counted = _rarity((counts.get(word, 0) + 0.5) / (articles + 1))
        if general is None:
            return counted
        weight = COUNTED_WEIGHT * articles / (articles + COUNTED_ARTICLES)
        return (1 - weight) * general + weight * counted


def _rarity(share: float) -> float:
    return -math.log(min(1.0, max(share, LEAST_SHARE)))


def _share(word: str, listed: Mapping[str, float]) -> float:
    """The share of articles that have a word, if its occurrences are strewn at random."""
    if word.isdigit():
        return NUMBER_SHARE
    frequency = listed.get(word)
    if frequency is None:
        # A pair of characters that is no word of its own is as likely as its halves together.
        pair = len(word) == 2 and words.is_unspaced(word)  # noqa: PLR2004 - a pair
        frequency = max(UNLISTED, listed.get(word[0], 0.0) * listed.get(word[1], 0.0)) if pair else UNLISTED
    return -math.expm1(-ARTICLE_WORDS * frequency)


@cache
def _built_in(language: str) -> Mapping[str, float] | None:
    """Frequencies of folded words; None if there is no list of the language."""
    import wordfreq

    if language not in wordfreq.available_languages("small"):
        # Its Serbian, Croatian and Bosnian are one list; any other near language would be a guess.
        if language not in {"sr", "hr", "bs"}:
            return None
        language = "sh"
    frequencies: dict[str, float] = {}
    for word, frequency in wordfreq.get_frequency_dict(language, "small").items():
        folded = words.fold(word)
        frequencies[folded] = frequencies.get(folded, 0.0) + frequency
    return frequencies
