"""Decisions: which story an article belongs to, seen once, in the order of arrival."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pipeline.models import StoryVector

WINDOW: Final = timedelta(days=4)  # articles farther apart are never neighbours
FADING: Final = 0.3  # of the similarity is lost at the end of the window

TERMS_WEIGHT: Final = 0.9  # the names are among the terms already
JOIN: Final = 0.27  # gives a precision of about .9 among many articles on the same subjects
SUPPORT: Final = 0.9  # of JOIN: the mean over the members that resemble most
MEMBERS: Final = 3

# Across languages only names compare: most of both articles' entities must be the same, and not merely places.
SHARED_ACROSS: Final = 5
SHARED_NOT_PLACES: Final = 3
NAMED_ACROSS: Final = 0.6
ACROSS_WEIGHT: Final = 0.5
PLACE: Final = "place:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A stored article that the look-up by keys found, with the story it is in."""

    article_id: int
    story_id: int | None
    vector: StoryVector


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Join a story, open one together with articles that have none, or stay alone (neither is given)."""

    story_id: int | None = None
    open_with: tuple[int, ...] = ()
    score: float = 0.0  # the highest similarity to a member, 0 to 1


def similarity(one: StoryVector, other: StoryVector) -> float:
    """How much two articles look like reports of one event, 0 to 1: shared terms and entities, faded by time."""
    apart = abs(one.at - other.at)
    if apart > WINDOW:
        return 0.0
    shared = one.entities & other.entities
    named = len(shared) / math.sqrt(len(one.entities) * len(other.entities)) if shared else 0.0
    if one.language != other.language:
        clear = len(shared) >= SHARED_ACROSS and sum(not name.startswith(PLACE) for name in shared) >= SHARED_NOT_PLACES
        score = ACROSS_WEIGHT * named if clear and named >= NAMED_ACROSS else 0.0
    else:
        fewer, more = sorted((one.terms, other.terms), key=len)
        score = sum(weight * more.get(term, 0.0) for term, weight in fewer.items())
        if one.entities and other.entities:
            score = TERMS_WEIGHT * score + (1 - TERMS_WEIGHT) * named
    return min(1.0, score) * (1 - FADING * (apart / WINDOW))


def decide(vector: StoryVector, candidates: Sequence[Neighbour], *, duplicate_of: int | None = None) -> Decision:
    """Decide where an article belongs.

    It joins the story with the member it resembles most, provided that it also resembles the next members that
    are among the candidates: one chance likeness does not pull it in, and so a story does not grow from one event
    into the next. If it resembles an article without a story more, the two open one. Stories are never merged.

    Args:
        vector: of the article.
        candidates: articles that share keys with it; give several members of a busy story.
        duplicate_of: the article that this one is a copy of: its story is this one's. It must be a candidate.

    Returns:
        The decision; the same for the same candidates in any order.

    """
    members: dict[int, list[float]] = defaultdict(list)
    best: tuple[float, int] | None = None  # similarity, and the id as the tie-breaker: the older article wins
    for neighbour in candidates:
        if neighbour.article_id == duplicate_of:
            return Decision(
                story_id=neighbour.story_id, open_with=() if neighbour.story_id is not None else (neighbour.article_id,), score=1.0
            )
        score = similarity(vector, neighbour.vector)
        if neighbour.story_id is not None:
            members[neighbour.story_id].append(score)
        elif score >= JOIN:
            best = max(best, (score, -neighbour.article_id)) if best else (score, -neighbour.article_id)
    stories = [(max(scores), -story_id) for story_id, scores in members.items() if _supported(scores)]
    story = max(stories, default=None)
    if story is not None and (best is None or story[0] >= best[0]):
        return Decision(story_id=-story[1], score=story[0])
    if best is not None:
        return Decision(open_with=(-best[1],), score=best[0])
    return Decision()


def _supported(scores: list[float]) -> bool:
    nearest = sorted(scores, reverse=True)[:MEMBERS]
    return nearest[0] >= JOIN and sum(nearest) / len(nearest) >= SUPPORT * JOIN
