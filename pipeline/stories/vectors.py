"""Vectors: an article reduced to its telling words, its entities and its time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Final

from pipeline import words as folded
from pipeline.models import StoryVector
from pipeline.stories.background import Background

MOST_TERMS: Final = 60
MOST_ENTITIES: Final = 24
READ_WORDS: Final = 1500  # the first; a long report strays
TITLE_COUNTS: Final = 3
LEAD_WORDS: Final = 80
LEAD_COUNTS: Final = 2
LEAST_RARITY: Final = 1.2  # a word of every third article tells nothing

# Of pairs of articles that resemble each other enough for one story, all but 1 in 200 share one of 8 keys.
KEYS: Final = 8


def words(text: str) -> frozenset[str]:
    """The different words of an article that a background counts."""
    return frozenset(_sequence(text))


def _sequence(text: str) -> Iterator[str]:
    """Folded words without single letters; pairs of neighbours in scripts without spaces between words."""
    previous = ""
    for word in folded.split(text):
        if folded.is_unspaced(word):
            if previous:
                yield previous + word
            previous = word
        else:
            previous = ""
            if len(word) > 1:
                yield word


def vector(*, title: str, body: str, entities: Iterable[str], at: datetime, language: str | None, background: Background) -> StoryVector:
    """Reduce an article for finding its story.

    Args:
        title: its words count three times.
        body: the lead counts twice; only the first 1,500 words are read.
        entities: public ids, the most mentioned first.
        at: published, or first seen.
        language: ISO 639-1; without a background of it there are no terms.
        background: how common words are.

    Returns:
        The vector: the 60 heaviest terms (tf-idf) at unit length, and the 24 most mentioned entities.

    """
    terms: dict[str, float] = {}
    if language is not None and background.knows(language):
        counts = Counter[str]()
        for word in _sequence(title):
            counts[word] += TITLE_COUNTS
        for position, word in enumerate(islice(_sequence(body), READ_WORDS)):
            counts[word] += LEAD_COUNTS if position < LEAD_WORDS else 1
        terms = _heaviest(counts, language, background)
    return StoryVector(terms=terms, entities=frozenset(islice(entities, MOST_ENTITIES)), at=at, language=language)


def _heaviest(counts: Counter[str], language: str, background: Background) -> dict[str, float]:
    weights = []
    for word, count in counts.items():
        rarity = background.rarity(word, language)
        if rarity >= LEAST_RARITY:
            weights.append(((1 + math.log(count)) * rarity, word))
    weights.sort(key=lambda pair: (-pair[0], pair[1]))
    del weights[MOST_TERMS:]
    length = math.sqrt(sum(weight * weight for weight, _ in weights))
    return {word: weight / length for weight, word in weights}


def keys(vector: StoryVector) -> tuple[str, ...]:
    """The few terms by which articles of the same story are looked up, the heaviest first.

    They are folded words. Names that are written alike find articles of other languages too.
    """
    return tuple(sorted(vector.terms, key=lambda term: (-vector.terms[term], term))[:KEYS])
