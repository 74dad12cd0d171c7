"""Text as the index cuts it; `pipeline.index.mapping` says the same to the engine, and a test compares the two.

A query needs to know before it reaches the engine how many words something is, and which of them has a wildcard.
Case and accents are left to the engine.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

import regex

# Signs that can't be seen and would cut words (soft hyphen, zero-width space, word joiner, byte order mark), and the
# two of private use that mark highlights.
MARKS: Final = ("\ue000", "\ue001")
_UNSEEN: Final = dict.fromkeys(map(ord, ("\u00ad", "\u200b", "\u2060", "\ufeff", *MARKS)))

# Blocks of scripts that put no spaces between words; a letter there, with its marks, is a word of its own.
UNSPACED: Final = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x30FF),  # Han radicals and signs, Hiragana, Katakana
    (0x31F0, 0x31FF),  # Katakana
    (0x3400, 0x9FFF),  # Han
    (0xA9E0, 0xA9FF),  # Myanmar
    (0xAA60, 0xAA7F),  # Myanmar
    (0xF900, 0xFAFF),  # Han
    (0xFF66, 0xFF9F),  # Katakana of half width
    (0x1AFF0, 0x1B16F),  # Kana
    (0x20000, 0x323AF),  # Han
)
# Longer runs of letters are cut, because the engine refuses whole documents for terms of more than 32,766 bytes.
RUN: Final = 200
PARTS: Final = 11  # of a word with inner `.` `,` `'`

_LETTER: Final = r"\p{L}\p{N}\p{M}"
_LONG: Final = re.compile(rf"\S{{{RUN + 1}}}")
_LONG_RUN: Final = regex.compile(rf"[{_LETTER}]{{{RUN}}}(?=[{_LETTER}])")


def _expression(letter: str) -> regex.Pattern[str]:
    unspaced = "".join(f"{chr(first)}-{chr(last)}" for first, last in UNSPACED)
    run = rf"[[{letter}]--[{unspaced}]]++"
    return regex.compile(rf"{run}(?:[.,'\u2019]{run}){{0,{PARTS - 1}}}+|[[{unspaced}]&&[{_LETTER}]]\p{{M}}*+", regex.V1)


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
    """Text in composed form and without signs that can't be seen, so that it is cut as a reader would.

    A run of more letters than any word has gets a space of no width into it.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_UNSEEN))
    return _LONG_RUN.sub("\\g<0>\u200b", text) if _LONG.search(text) else text


def cut(text: str, *, wildcards: bool = False) -> list[Token]:
    """The words of a text; `*` and `?` belong to them if `wildcards`."""
    expression = _TOKEN_OR_PATTERN if wildcards else _TOKEN
    return [Token(text=found[0], start=found.start()) for found in expression.finditer(text)]
