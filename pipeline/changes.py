"""What changed between two versions of a text, by paragraphs and, inside them, by words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# Comparing words takes time by the product of both sides: so much a comparison, and what is beyond is shown whole.
MOST_WORD_PAIRS: Final = 4_000_000
# The rewritten form of a paragraph is looked for among so many.
LOOK_AHEAD: Final = 20
_WORDS: Final = re.compile(r"\s+|\w+|[^\w\s]")


class Change(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Words that changed together, or stayed."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph with its pieces; `skipped` paragraphs before it are the same and not shown."""

    change: Change  # SAME for one that has both old and new words
    pieces: tuple[Piece, ...]
    skipped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The paragraphs near a change."""

    paragraphs: tuple[Paragraph, ...]
    skipped_at_end: int

    @property
    def nothing(self) -> bool:
        """Whether both texts are the same."""
        return not self.paragraphs


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What changed from one version of an article to another."""

    title: tuple[Piece, ...]  # empty where it is the same
    body: Comparison


def between(old_title: str, old_body: str, new_title: str, new_body: str, *, context: int = 1) -> Edit:
    """Compare two versions of an article."""
    return Edit(
        title=pieces(old_title, new_title) if old_title != new_title else (),
        body=compare(old_body, new_body, context=context),
    )


def compare(old: str, new: str, *, context: int = 1) -> Comparison:
    """What has to be read to see the difference: changed paragraphs, with `context` unchanged ones around them."""
    before, after = _paragraphs(old), _paragraphs(new)
    shown: list[Paragraph] = []
    skipped = 0
    pairs = _Pairs()
    operations = _operations(before, after)
    for place, (tag, old_first, old_last, new_first, new_last) in enumerate(operations):
        if tag != "equal":
            for paragraph in _replaced(before[old_first:old_last], after[new_first:new_last], pairs):
                shown.append(Paragraph(change=paragraph.change, pieces=paragraph.pieces, skipped=skipped))
                skipped = 0
            continue
        same = after[new_first:new_last]
        # Unchanged paragraphs are kept after a change before them and ahead of a change behind them.
        leading = context if place > 0 else 0
        trailing = context if place < len(operations) - 1 else 0
        for number, text in enumerate(same):
            if number < leading or number >= len(same) - trailing:
                shown.append(Paragraph(change=Change.SAME, pieces=(Piece(change=Change.SAME, text=text),), skipped=skipped))
                skipped = 0
            else:
                skipped += 1
    if all(paragraph.change is Change.SAME and len(paragraph.pieces) == 1 for paragraph in shown):
        return Comparison(paragraphs=(), skipped_at_end=skipped)
    return Comparison(paragraphs=tuple(shown), skipped_at_end=skipped)


def _operations(before: list[str], after: list[str]) -> list[tuple[str, int, int, int, int]]:
    """Which paragraphs stayed, by difflib, for which texts of thousands of like paragraphs would be slow: what recurs too often is no anchor."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    found = [("equal", 0, start, 0, start)] if start else []
    for tag, old_first, old_last, new_first, new_last in difflib.SequenceMatcher(a=old, b=new).get_opcodes():
        found.append((tag, start + old_first, start + old_last, start + new_first, start + new_last))
    if end:
        found.append(("equal", len(before) - end, len(before), len(after) - end, len(after)))
    return found


class _Pairs:
    """How many pairs of words a comparison may still look at."""

    def __init__(self) -> None:
        self.left = MOST_WORD_PAIRS

    def take(self, number: int) -> bool:
        """Whether there are so many; then they are gone."""
        enough = number <= self.left
        self.left -= number if enough else 0
        return enough


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """What changed inside a short text."""
    return _pieces(old, new, _Pairs())


def _pieces(old: str, new: str, pairs: _Pairs) -> tuple[Piece, ...]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if not pairs.take(len(before) * len(after)):
        return Piece(change=Change.REMOVED, text=old), Piece(change=Change.ADDED, text=new)
    return tuple(_merged(_word_pieces(before, after)))


def _word_pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    for tag, old_first, old_last, new_first, new_last in difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(change=Change.SAME, text="".join(after[new_first:new_last]))
            continue
        if old_first < old_last:
            yield Piece(change=Change.REMOVED, text="".join(before[old_first:old_last]))
        if new_first < new_last:
            yield Piece(change=Change.ADDED, text="".join(after[new_first:new_last]))


def _merged(found: Iterator[Piece]) -> Iterator[Piece]:
    """Join changes that only a space parts, so that a rewritten clause reads as one."""
    removed = added = ""
    for piece in found:
        if piece.change is Change.REMOVED:
            removed += piece.text
        elif piece.change is Change.ADDED:
            added += piece.text
        elif piece.text.isspace() and (removed or added):
            removed += piece.text
            added += piece.text
        else:
            yield from _pair(removed, added)
            removed = added = ""
            yield piece
    yield from _pair(removed, added)


def _pair(removed: str, added: str) -> Iterator[Piece]:
    """Old words before new ones, without the space that both end with."""
    space = ""
    while removed and added and removed[-1] == added[-1] and removed[-1].isspace():
        space = removed[-1] + space
        removed, added = removed[:-1], added[:-1]
    if removed:
        yield Piece(change=Change.REMOVED, text=removed)
    if added:
        yield Piece(change=Change.ADDED, text=added)
    if space:
        yield Piece(change=Change.SAME, text=space)


def _replaced(before: list[str], after: list[str], pairs: _Pairs) -> Iterator[Paragraph]:
    """Pair the paragraphs of a rewritten passage by likeness, in their order."""
    words = [set(text.lower().split()) for text in after]
    start = 0
    for text in before:
        own = set(text.lower().split())
        near = range(start, min(start + LOOK_AHEAD, len(after)))
        partner = next((place for place in near if _alike(own, words[place])), None)
        if partner is None:
            yield Paragraph(change=Change.REMOVED, pieces=(Piece(change=Change.REMOVED, text=text),))
            continue
        yield from (Paragraph(change=Change.ADDED, pieces=(Piece(change=Change.ADDED, text=added),)) for added in after[start:partner])
        yield Paragraph(change=Change.SAME, pieces=_pieces(text, after[partner], pairs))
        start = partner + 1
    yield from (Paragraph(change=Change.ADDED, pieces=(Piece(change=Change.ADDED, text=added),)) for added in after[start:])


def _alike(before: set[str], after: set[str]) -> bool:
    """Whether two paragraphs share about half of their words."""
    return 2 * len(before & after) >= max(min(len(before), len(after)), 1)


def _paragraphs(text: str) -> list[str]:
    return [paragraph for paragraph in re.split(r"\n\s*\n", text.strip()) if paragraph]
