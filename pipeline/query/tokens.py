"""Text as the index cuts it; `pipeline.index.mapping` says the same to the engine, and a test compares the two.

A query needs to know before it reaches the engine how many words something is, and which of them has a wildcard.
Case and accents are left to the engine.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

import regex

# Signs that can't be seen and would cut words (soft hyphen, zero-width space, word joiner, byte order mark), and the
# two of private use that mark highlights.
MARKS: Final = ("\ue000", "\ue001")
_UNSEEN: Final = dict.fromkeys(map(ord, ("\u00ad", "\u200b", "\u2060", "\ufeff", *MARKS)))

_UNSPACED: Final = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_LETTER: Final = r"\p{L}\p{N}\p{M}"


def _expression(letter: str) -> regex.Pattern[str]:
    run = rf"[[{letter}]--[{_UNSPACED}]]{{1,200}}+"
    return regex.compile(rf"[{_UNSPACED}]|{run}(?:[.,'\u2019]{run}){{0,10}}+", regex.V1)


_TOKEN: Final = _expression(_LETTER)
_TOKEN_OR_PATTERN: Final = _expression(_LETTER + r"*?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word and where it starts in its text, from 0."""

    text: str
    start: int

    @property
    def is_pattern(self) -> bool:
        """Whether it has wildcards."""
        return "*" in self.text or "?" in self.text


def composed(text: str) -> str:
    """Text in composed form and without signs that can't be seen, so that it is cut as a reader would."""
    return text if text.isascii() else unicodedata.normalize("NFC", text.translate(_UNSEEN))


def cut(text: str, *, wildcards: bool = False) -> list[Token]:
    """The words of a text; `*` and `?` belong to them if `wildcards`."""
    expression = _TOKEN_OR_PATTERN if wildcards else _TOKEN
    return [Token(text=found[0], start=found.start()) for found in expression.finditer(text)]
