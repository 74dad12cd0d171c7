"""Decisions: which story an article belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pipeline.models import StoryVector

WINDOW: Final = timedelta(days=4)  # articles farther apart are never neighbours

TERMS_WEIGHT: Final = 0.8
JOIN: Final = 0.30
SUPPORT: Final = 0.8
MEMBERS: Final = 5
FADING: Final = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A stored article that a look-up by keys found, with the story it is in."""

    article_id: int
    story_id: int | None
    vector: StoryVector


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Join a story, open one together with articles that have none, or stay alone (neither is given)."""

    story_id: int | None = None
    open_with: tuple[int, ...] = ()
    score: float = 0.0


def similarity(one: StoryVector, other: StoryVector) -> float:
    apart = abs(one.at - other.at)
    if apart > WINDOW:
        return 0.0
    small, large = sorted((one.terms, other.terms), key=len)
    cosine = sum(weight * large.get(term, 0.0) for term, weight in small.items())
    shared = len(one.entities & other.entities)
    if one.entities and other.entities:
        named = shared / (len(one.entities) * len(other.entities)) ** 0.5
        score = TERMS_WEIGHT * cosine + (1 - TERMS_WEIGHT) * named
    else:
        score = cosine
    return score * (1 - FADING * (apart / WINDOW))


def decide(vector: StoryVector, candidates: Sequence[Neighbour], *, duplicate_of: int | None = None) -> Decision:
    by_story = defaultdict(list)
    alone = []
    for n in candidates:
        if n.article_id == duplicate_of:
            return Decision(story_id=n.story_id, open_with=() if n.story_id is not None else (n.article_id,), score=1.0)
        s = similarity(vector, n.vector)
        if n.story_id is None:
            if s >= JOIN:
                alone.append((s, n.article_id))
        else:
            by_story[n.story_id].append(s)
    best, best_id = 0.0, None
    for story_id, scores in by_story.items():
        top = sorted(scores, reverse=True)[:MEMBERS]
        mean = sum(top) / len(top)
        if top[0] >= JOIN and mean >= SUPPORT * JOIN and mean > best:
            best, best_id = mean, story_id
    alone.sort(reverse=True)
    if alone and alone[0][0] > best:
        return Decision(open_with=(alone[0][1],), score=alone[0][0])
    if best_id is not None:
        return Decision(story_id=best_id, score=best)
    return Decision()
