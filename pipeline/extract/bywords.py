"""Bylines by what the page writes: names after "By" and its like, and after labels such as "Autor:"."""

# The patterns hold words of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from lxml.html import HtmlElement

from pipeline.extract.decoding import line
from pipeline.extract.elements import INLINE, has_more_than, spelled
from pipeline.extract.names import ReadNames

MAX_LINE: Final = 80  # characters of a byline
MAX_NAMES_LINE: Final = 60  # of a line that holds nothing but names
LONG_PARAGRAPH: Final = 100
# Words before names. The prepositions begin sentences too, so they count near the headline only.
BY: Final = frozenset("by von vom por par di door av af oleh от від bởi".split())
WROTE: Final = frozenset(
    "written reported posted published filed submitted created story text words geschrieben verfasst erstellt eingestellt veröffentlicht publiziert"
    " escrito publicado écrit publié rédigé scritto skrevet skriven".split()
)
LABELS: Final = frozenset(
    "autor autorin autor:in autor*in autor/in autorin/autor autoren autore autori autora autorka auteur author authors text texto texte testo tekst teksti"
    " penulis yazar szerző írta автор автори авторы текст tác-giả 作者 記者 记者 撰文 執筆 著者 글 بقلم الكاتب מאת".split()
)
COLON: Final = ":："
CAPITAL: Final = re.compile(r"\s*[:：]?\s*[^\W\d_a-z]")
# A single word after "By", with a date behind it or nothing: it may be a pen name.
ONE_WORD: Final = re.compile(r"\s*[:：]?\s+(?P<who>[\w.-]+)(?:$|\s+(?=(?:on|am|um|at|le|el)\s|[@|\d]).*\d)", re.IGNORECASE)
DATED: Final = re.compile(
    r"(?:\d{4}|\d:\d\d)\W{1,3}(?:(?:uhr|h)\b\W*)?(?:by|von|por|par)\s+(?P<who>[^\d|]+)$", re.IGNORECASE
)
EMPHASIS: Final = frozenset({"strong", "b", "em", "i", "span"})

Line = tuple[str, list[str]]


def _is_one(text: str) -> bool:
    return len(text.split()) == 1


def _begin(text: str) -> tuple[str, str]:
    """The word that a text begins with, in lower case and with its colon, and the rest."""
    words = text.split(None, 1)
    return (words[0].lower(), words[1] if len(words) > 1 else "") if words else ("", "")


def _first_line(text: str) -> str:
    """The first line of a byline; with a label on a line of its own, that and the next one."""
    lines = text.split(" | ", 2)
    bare = len(lines) > 1 and lines[0].lower().rstrip(f"{COLON} ") in BY | LABELS
    return " ".join(lines[:2]) if bare else lines[0]


def _rest_of_line(element: HtmlElement) -> str:
    """What follows an element in its line."""
    parts = [element.tail or ""]
    for place in element.itersiblings():
        if place.tag not in INLINE or has_more_than(place, MAX_LINE):
            break
        parts += (spelled(place), place.tail or "")
    return line(" ".join(parts))[:MAX_LINE]


def _word_before(element: HtmlElement) -> str:
    """The word directly before an element, in its parent's text or in an element of its own; in lower case."""
    previous = element.getprevious()
    if previous is None:
        parent = element.getparent()
        text = parent.text if parent is not None else ""
    elif (previous.tail or "").strip() or previous.tag == "br" or not isinstance(previous.tag, str) or len(previous):
        text = previous.tail
    else:
        text = previous.text
    words = (text or "")[-MAX_LINE:].lower().split()
    return words[-1].rstrip(COLON) or words[-2] if len(words) > 1 else words[0].rstrip(COLON) if words else ""


def near_headline(elements: Iterable[HtmlElement], read: ReadNames) -> Iterator[Line]:
    """Short texts among the elements after a headline that name somebody after "By" or a label, and whom they name."""
    for element in elements:
        own = element.text
        if not own or own.isspace():
            continue
        word, rest = _begin(own)
        word_ = word.rstrip(COLON)
        if word_ in WROTE or ((word_ in BY or (word_ in LABELS and (word != word_ or rest[:1] in COLON))) and CAPITAL.match(rest)) or (word_ in BY and ONE_WORD.match(" " + rest)):
            if not has_more_than(element, MAX_LINE * 3):
                text = _first_line(spelled(element))
                if len(text) <= MAX_LINE:
                    one = ONE_WORD.match(" " + _begin(text)[1]) if word_ in BY else None
                    yield text, read(text, False) or (read(one["who"], True) if one else [])
        elif len(own) <= MAX_LINE:
            if dated := DATED.search(own.strip()):
                yield line(own), read(dated["who"], _is_one(dated["who"]))
            elif (before := _word_before(element)) in BY or before in LABELS:
                text = _first_line(line(f"{spelled(element)} {_rest_of_line(element)}"))
                if len(text) <= MAX_LINE:
                    yield text, read(text, _is_one(text))


def labelled(elements: Iterable[HtmlElement], read: ReadNames) -> Iterator[Line]:
    """Short texts anywhere that a label begins, which may be emphasised, and whom they name."""
    for element in elements:
        own = element.text
        if not own or own.isspace():
            own = element[0].text if len(element) and element[0].tag in EMPHASIS else None
        if not own:
            continue
        word, rest = _begin(own)
        label = word.rstrip(COLON)
        if label not in LABELS or not (rest == "" or rest[0] in COLON or word != label or "/" in label):
            continue
        if has_more_than(element, MAX_LINE):
            continue
        text = spelled(element)
        if text.lower().rstrip(f"{COLON} ") in LABELS:
            text = _rest_of_line(element) if text[-1] in COLON else ""
            yield text, read(text, _is_one(text))
        else:
            yield text, read(text, False)


def signed(elements: Iterable[HtmlElement], read: ReadNames) -> list[str]:
    """Whom the first or the last paragraph of a text names if it is emphasised as a whole and holds nothing but names."""
    for element in elements:
        if element.tag != "p" or len(element) != 1 or element[0].tag not in EMPHASIS or has_more_than(element, MAX_NAMES_LINE):
            continue
        text = spelled(element)
        people = read(text, False)
        if not people or sum(map(len, "".join(people).split())) < 0.8 * sum(map(len, text.split())) or text != spelled(element[0]):
            continue
        before = any(has_more_than(place, LONG_PARAGRAPH) for place in element.itersiblings("p", preceding=True))
        after = any(has_more_than(place, LONG_PARAGRAPH) for place in element.itersiblings("p"))
        if before != after:
            return people
    return []
