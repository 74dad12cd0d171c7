"""Shingles: runs of words that tell whether two texts share passages, not merely vocabulary."""

from __future__ import annotations

from typing import Final

SIZE: Final = 5  # words


def shingles(words: list[str]) -> list[str]:
    """All runs of five words, in order; the whole text where it is shorter, nothing where it is empty."""
    if len(words) < SIZE:
        return [" ".join(words)] if words else []
    return [" ".join(run) for run in zip(words, words[1:], words[2:], words[3:], words[4:], strict=False)]
