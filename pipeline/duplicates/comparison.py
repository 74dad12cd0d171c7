"""The comparison of two texts: is one a copy of the other, and how much do they share?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipeline import words
from pipeline.duplicates.shingles import SIZE, shingles
from pipeline.models import CopyKind

COPY_JACCARD: Final = 0.7
COPY_CONTAINED: Final = 0.9  # of the shorter text: a wire copy cut short, or one with an added lead
COPY_SHARED_END_JACCARD: Final = 0.8
DERIVED_COVERED: Final = 0.6  # of this text
DERIVED_RUNS: Final = 2

NEAR_EMPTY_WORDS: Final = 20  # shorter texts say too little: only identical ones are copies
CONTAINED_WORDS: Final = 40
OWN_WORDS: Final = 25  # an end of its own: longer than a changed dateline or first sentence
STRAY_WORDS: Final = 8  # a shorter shared run is a phrase, not a passage


def compare(text: str, other: str) -> tuple[CopyKind | None, float]:
    """Decide whether a text repeats another one.

    A copy is an identical text, one with at least .7 of all shingles in common, or one of which the other
    contains nearly all (or the reverse). A derived text has at least .6 of its words from several separate
    passages of the other. What two different texts share at their end only is taken for an outlet's boilerplate,
    unless hardly anything differs; prints of one text that begin alike may each end as they like. Time and memory grow linearly.

    Args:
        text: the body in question.
        other: the body it may repeat.

    Returns:
        The kind, or None; and the share of this text's words that stand in passages of the other, 0 to 1.

    """
    ours, theirs = words.split(text), words.split(other)
    if not ours or not theirs:
        return None, 0.0
    if ours == theirs:
        return CopyKind.COPY, 1.0
    if min(len(ours), len(theirs)) < SIZE:
        return None, 0.0
    our_shingles, their_shingles = shingles(ours), shingles(theirs)
    our_set, their_set = set(our_shingles), set(their_shingles)
    mine = _overlap(our_shingles, their_set)
    if min(len(ours), len(theirs)) < NEAR_EMPTY_WORDS:
        return None, mine.covered
    shared = len(our_set & their_set)
    jaccard = shared / (len(our_set) + len(their_set) - shared)
    return _kind(jaccard, mine, _overlap(their_shingles, our_set)), mine.covered


@dataclass(frozen=True, slots=True, kw_only=True)
class _Overlap:
    """Where one text shares passages with another."""

    words: int
    covered: float  # share of the words
    runs: int  # separate passages
    head: int  # words of its own before the first passage
    tail: int  # words of its own after the last passage
    solid: bool  # nearly all between head and tail is shared


def _overlap(own: list[str], of_other: set[str]) -> _Overlap:
    """Passages are the maximal runs of words that lie in shared shingles."""
    total = len(own) + SIZE - 1
    passages: list[tuple[int, int]] = []
    start = end = -1
    for position, shingle in enumerate(own):
        if shingle not in of_other:
            continue
        if position > end:
            if end > 0:
                passages.append((start, end))
            start = position
        end = position + SIZE
    if end > 0:
        passages.append((start, end))
    covered = sum(end - start for start, end in passages)
    long = [(start, end) for start, end in passages if end - start >= STRAY_WORDS]
    if not long:
        return _Overlap(words=total, covered=covered / total, runs=0, head=total, tail=total, solid=False)
    first, last = long[0][0], long[-1][1]
    inside = sum(end - start for start, end in long)
    return _Overlap(
        words=total,
        covered=covered / total,
        runs=len(long),
        head=first,
        tail=total - last,
        solid=inside >= COPY_CONTAINED * (last - first),
    )


def _kind(jaccard: float, mine: _Overlap, theirs: _Overlap) -> CopyKind | None:
    shorter = mine if mine.words <= theirs.words else theirs
    if shorter.covered >= COPY_CONTAINED and shorter.words >= CONTAINED_WORDS:
        return CopyKind.COPY
    if _share_an_end(mine, theirs):
        return CopyKind.COPY if jaccard >= COPY_SHARED_END_JACCARD else None
    if jaccard >= COPY_JACCARD:
        return CopyKind.COPY
    if mine.covered >= DERIVED_COVERED and mine.runs >= DERIVED_RUNS:
        return CopyKind.DERIVED
    return None


def _share_an_end(mine: _Overlap, theirs: _Overlap) -> bool:
    """Whether the texts share one block at their end, and both say something else before it."""
    return mine.solid and theirs.solid and min(mine.head, theirs.head) >= OWN_WORDS
