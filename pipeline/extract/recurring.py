"""What recurs over an outlet's articles: which lines can be its furniture, when they are, and a text without them.

A single page can't tell a biography, a newsletter box or an appeal in its text from the text; many pages of an outlet can. Pure:
where lines were seen before is given, and kept elsewhere.

What recurs may be text as well: the same story at two addresses, an introduction of a series, a background paragraph, a quotation.
So a line must pass three tests. It is short, no row of a table and no quotation. Its words are those of no other part of the article
(an agency's background names what the article is about, a newsletter box does not). And it recurs as furniture does where it stands:
at the end of a text, where biographies, credits and appeals are, a few articles are enough; inside, most of the outlet's articles
must have it; an opening paragraph must be in nearly all.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from hashlib import blake2b
from itertools import pairwise
from typing import Final

from pipeline import words
from pipeline.extract.candidates import shown
from pipeline.models import Extraction

SOURCE: Final = "recurs at this outlet"
MAX_CHARACTERS: Final = 700  # of a line; boxes of an appeal have about 500
END_PARAGRAPHS: Final = 8
OPENING_PARAGRAPHS: Final = 3
OPENING_CHARACTERS: Final = 80  # a shorter line at the top is no introduction
TERM_LETTERS: Final = 5  # shorter words are in every text
STEM_LETTERS: Final = 6  # of a word in any inflection
SHARED_AT_MOST: Final = 0.4  # of a line's terms that other parts of its article have
LEAST_TEXT: Final = 8  # words that some paragraph has which stays
RECENT: Final = 24  # an outlet's articles among which a share is counted

SENTENCE_END: Final = re.compile(r"[.!?…。！？؟۔।]\W*$")  # noqa: RUF001 - of many scripts


class Standing(Enum):
    """Where a line stands: how many articles must have it there, and which share of the outlet's recent ones."""

    END = (b"end", 5, 0.0)
    INSIDE = (b"inside", 6, 0.5)
    OPENING = (b"opening", 18, 0.75)

    def __init__(self, salt: bytes, articles: int, share: float) -> None:
        """Its name in keys, and what furniture there needs."""
        self.salt = salt
        self.articles = articles
        self.share = share


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A paragraph of a text."""

    number: int  # of the paragraph in its text
    keys: tuple[int, ...]  # of its words where they stand, and inside a text: what is furniture there is furniture everywhere
    standing: Standing
    words: int
    is_sentence: bool
    teaches: bool  # whether it can be furniture, by its own text

    @property
    def key(self) -> int:
        """By which it is counted; signed 64-bit."""
        return self.keys[0]


def lines(title: str, body: str) -> tuple[Line, ...]:
    """The paragraphs of a text in order, without those that have no word.

    Args:
        title: of the article; its words are the article's own.
        body: paragraphs, separated by one empty line.

    """
    paragraphs = body.split("\n\n")
    folded = [words.split(paragraph) for paragraph in paragraphs]
    keys = [" ".join(tokens) for tokens in folded]
    end = max(len(paragraphs) - END_PARAGRAPHS, (len(paragraphs) + 1) // 2)
    # In how many different paragraphs before the end each term is; a line that is there twice speaks once.
    text = dict(zip(keys[:end], folded[:end], strict=True))
    spread = Counter(_terms(words.split(title)))
    for tokens in text.values():
        spread.update(_terms(tokens))
    found = []
    for number, (paragraph, tokens) in enumerate(zip(paragraphs, folded, strict=True)):
        if not tokens:
            continue
        if number >= max(len(paragraphs) - END_PARAGRAPHS, 1):
            standing = Standing.END
        elif number < OPENING_PARAGRAPHS and len(paragraph) > OPENING_CHARACTERS:
            standing = Standing.OPENING
        else:
            standing = Standing.INSIDE
        terms = _terms(tokens)
        shared = sum(spread[term] > (keys[number] in text) for term in terms)
        # In a short text the last paragraphs reach into its beginning: there they are only looked for. A table or a quotation recurs
        # as text does.
        teaches = (
            shared <= SHARED_AT_MOST * len(terms)
            and (number >= end or standing is not Standing.END)
            and len(paragraph) <= MAX_CHARACTERS
            and " | " not in paragraph
            and not _is_quotation(paragraph)
        )
        found.append(
            Line(
                number=number,
                keys=tuple(dict.fromkeys((_key(keys[number], standing), _key(keys[number], Standing.INSIDE)))),
                standing=standing,
                words=len(tokens),
                is_sentence=len(tokens) >= LEAST_TEXT and SENTENCE_END.search(paragraph) is not None,
                teaches=teaches,
            )
        )
    return tuple(found)


def _is_quotation(paragraph: str) -> bool:
    """Whether somebody's words fill a paragraph."""
    plain = words.plain(paragraph).rstrip(".,")
    return plain.startswith("'") and plain.endswith("'")


def _terms(tokens: Sequence[str]) -> set[str]:
    """Words that tell what a text is about: long ones, and pairs of characters where words are not parted."""
    pairs = (one + other for one, other in pairwise(tokens) if words.is_unspaced(one) and words.is_unspaced(other))
    return {token[:STEM_LETTERS] for token in tokens if len(token) >= TERM_LETTERS}.union(pairs)


def _key(text: str, standing: Standing) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8, salt=standing.salt).digest(), "little", signed=True)


def taught(found: Sequence[Line], known: Collection[int]) -> tuple[Line, ...]:
    """The lines that count as seen, none of a text that mostly repeats another one of its outlet.

    A line at the end that other articles have counts again only if no sentence of the article's own follows it: a paragraph of
    background is followed by text now and then, a biography by other furniture.

    Args:
        found: the lines of a text that are no furniture yet.
        known: keys of the lines that other articles of the outlet have.

    """
    if is_reprint(found, known):
        return ()
    last = max((line.number for line in found if line.is_sentence and line.key not in known), default=-1)
    return tuple(
        line for line in found if line.teaches and (line.standing is not Standing.END or line.key not in known or line.number > last)
    )


def is_reprint(found: Sequence[Line], known: Collection[int]) -> bool:
    """Whether a text mostly repeats another one of its outlet, and so tells nothing about furniture; parameters as of `taught`."""
    return 2 * sum(line.words for line in found if line.key in known) > sum(line.words for line in found)


def is_furniture(standing: Standing, pages: Collection[int], recent: Collection[int]) -> bool:
    """Whether a line is the outlet's and not the articles'.

    Args:
        standing: where it stands.
        pages: the last pages that taught it.
        recent: the last pages of the outlet.

    """
    return len(pages) >= standing.articles and len(set(pages) & set(recent)) >= standing.share * len(recent)


def split(body: str, found: Sequence[Line], furniture: Collection[int]) -> tuple[str, tuple[str, ...]]:
    """A text without its furniture, and what that was. A text of which nothing would stay is left as it is.

    Args:
        body: paragraphs, separated by one empty line.
        found: its lines.
        furniture: keys of the outlet's furniture.

    """
    gone = {line.number for line in found if any(key in furniture for key in line.keys)}
    if not gone:
        return body, ()
    paragraphs = body.split("\n\n")
    kept = [paragraph for number, paragraph in enumerate(paragraphs) if number not in gone]
    if not any(len(words.split(paragraph)) >= LEAST_TEXT for paragraph in kept):
        return body, ()
    return "\n\n".join(kept), tuple(paragraphs[number] for number in sorted(gone))


def without(extraction: Extraction, found: Sequence[Line], furniture: Collection[int]) -> Extraction:
    """An extraction whose body has no furniture; what went stands among the body's candidates."""
    body, gone = split(extraction.body, found, furniture)
    if not gone:
        return extraction
    told = [(found.value, found.source) for found in extraction.candidates.get("body", ())]
    candidates = {**extraction.candidates, "body": shown([*told, *((line, SOURCE) for line in gone)])}
    return replace(extraction, body=body, candidates=candidates)
