"""Text as words that compare: case, accents, punctuation and invisible signs folded away."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import regex

# Accents, points and signs that only decorate a letter, and signs that can't be seen. Vowel signs of Indic
# scripts are none of these: there they are the spelling.
_DECORATION: Final = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)

# Letters that Unicode does not take apart into a base letter and an accent.
_STROKED: Final = {
    "ø": "o",
    "đ": "d",
    "ł": "l",
    "\u0131": "i",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
    "ð": "d",
    "ħ": "h",
    "ŋ": "n",
    "ŧ": "t",
    "ə": "a",
}
_STROKED_LETTER: Final = re.compile(f"[{''.join(_STROKED)}]")

# Signs that editors and systems take for one another, and signs that can't be seen.
_TYPOGRAPHY: Final = str.maketrans(
    dict.fromkeys(
        "\"'`\u00ab\u00b4\u00bb\u02bc\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2032\u2033\u2039\u203a\u300c\u300d\u300e\u300f", "'"
    )
    | dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff")
)

# Scripts written without spaces between words: a character counts as a word.
_UNSPACED: Final = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_TOKEN: Final = regex.compile(rf"[{_UNSPACED}]\p{{M}}*+|[[\p{{L}}\p{{N}}\p{{M}}]--[{_UNSPACED}]]++", regex.V1)
# The standard library's expressions are four times as fast, and enough where no letter needs a mark of its own.
_PLAIN_TOKEN: Final = re.compile(r"[^\W_]+")
_NOT_PLAIN: Final = re.compile(
    "[\u0700-\u109f\u1780-\u18af\u1a00-\u1cff\u2e80-\uabff\uf900-\ufaff\U00010a00-\U00011fff\U00020000-\U000e01ef]"
)
_IS_UNSPACED: Final = regex.compile(rf"[{_UNSPACED}]", regex.V1)


def fold(text: str) -> str:
    """The text without case, accents and invisible signs: `Vučić` becomes `vucic`."""
    if text.isascii():
        return text.lower()
    bare = _DECORATION.sub("", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", _STROKED_LETTER.sub(lambda letter: _STROKED[letter[0]], bare))


def plain(text: str) -> str:
    """The text with one form of quotation marks, dashes and white space: what differs only in these reads the same."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY).split())


def split(text: str) -> list[str]:
    """The folded words of a text in their order; a text of a script without spaces yields its characters."""
    folded = fold(text)
    return _TOKEN.findall(folded) if _NOT_PLAIN.search(folded) else _PLAIN_TOKEN.findall(folded)


def count(text: str) -> int:
    """How many words a text has; in scripts without spaces each character is one."""
    return len(split(text))


def is_unspaced(word: str) -> bool:
    """Whether a word is a character of a script that puts no spaces between words."""
    return not word.isascii() and _IS_UNSPACED.match(word) is not None
