"""Bylines by what the page writes: names after "By" and its like, after labels such as "Autor:", and as a signature."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from pipeline.extract.agencies import agency_of
from pipeline.extract.decoding import line
from pipeline.extract.elements import INLINE, has_more_than, spelled
from pipeline.extract.names import BETWEEN, COLONS, LABELS, ORGANISATION, PHRASE, PREPOSITIONS, TEXT_AND_PICTURES, WROTE, ReadNames

MAX_LINE: Final = 80  # characters of a byline
MAX_BLOCK: Final = 240  # of a block that begins with one
MAX_SIGNATURE: Final = 60
MAX_SIBLINGS: Final = 20  # after a label
LONG_PARAGRAPH: Final = 100
FEW_WORDS: Final = 5  # before a name; more are a sentence
MOSTLY: Final = 0.8  # share of a signature's letters that are of names
EMPHASIS: Final = frozenset({"strong", "b", "em", "i", "span"})
BEFORE: Final = PREPOSITIONS | LABELS  # a name
BEGINNINGS: Final = BEFORE | WROTE  # of bylines
LABEL_STARTS: Final = frozenset(label[:2] for label in LABELS)  # most texts begin otherwise
FIRST_WORD: Final = re.compile(r"\s*(autor(?:in)?[/:*](?:in|autor)\b|tác giả|[\w\u0900-\u0dff\u0e00-\u0eff]+)", re.IGNORECASE)
DESK_WORDS: Final = 4
NOBODY: Final = re.compile("(?:site )?(?:editor|admin|author|user|guest)s?", re.IGNORECASE)
ACRONYM: Final = re.compile(r"[A-Z]{2,6}")
CAPITAL: Final = re.compile(r"[^\W\d_a-z]")
# A single word, which may be a pen name, with a date behind it or nothing.
ONE_WORD: Final = re.compile(r"(?P<who>[\w.-]+)(?:$|\s+(?=(?:on|am|um|at|le|el)\s|[@|\d]).*\d)", re.IGNORECASE)
# "3 May 2024 by Jane Roe"
DATED: Final = re.compile(r"(?:\d{4}|\d:\d\d)\W{1,3}(?:(?:uhr|h)\b\W*)?(?:by|von|por|par)\s+(?P<who>[^\d|]+)$", re.IGNORECASE)

Line = tuple[str, Sequence[str]]  # a text and whom it names


def _is_one(text: str) -> bool:
    return len(text.split()) == 1


def _first_word(text: str) -> str:
    """The word that a text begins with, in lower case."""
    match = FIRST_WORD.match(text)
    return match[1].lower() if match else ""


def _begin(text: str) -> tuple[str, bool, str]:
    """The word that a text begins with, in lower case; whether a colon follows; the rest."""
    match = FIRST_WORD.match(text)
    if not match:
        return "", False, text
    rest = text[match.end() :].strip()
    return match[1].lower(), rest.startswith(tuple(COLONS)), rest.lstrip(f"{COLONS} ")


def _is_bare(text: str) -> bool:
    """Whether a text is nothing but "By" or a label."""
    word, _, rest = _begin(text)
    return not rest and word in BEFORE


def begins_byline(text: str) -> bool:
    """Whether a text begins as bylines do."""
    if PHRASE.match(text) or TEXT_AND_PICTURES.match(text):
        return True
    word, has_colon, rest = _begin(text)
    if word in PREPOSITIONS:
        return CAPITAL.match(rest) is not None or ONE_WORD.match(rest) is not None
    return word in WROTE or (word in LABELS and has_colon and bool(rest))


def _pen_name(text: str, read: ReadNames) -> Sequence[str]:
    """The single word after "By"."""
    word, _, rest = _begin(text)
    one = ONE_WORD.match(rest) if word in PREPOSITIONS else None
    return read(one["who"], True) if one else ()


def _first_line(text: str) -> str:
    """The first line of a byline; after a label on a line of its own the next one too."""
    lines = text.split(" | ", 2)
    return " ".join(lines[:2]) if _is_bare(lines[0]) else lines[0]


def _rest_of_line(element: HtmlElement) -> str:
    """What follows an element in its line."""
    parts = [element.tail or ""]
    for place in islice(element.itersiblings(), MAX_SIBLINGS):
        if place.tag not in INLINE or has_more_than(place, MAX_LINE):
            break
        parts += (spelled(place), place.tail or "")
    return line(" ".join(parts))[:MAX_LINE]


def _outermost(element: HtmlElement) -> HtmlElement:
    """The largest inline element that begins with this one."""
    while (
        element.getprevious() is None
        and (parent := element.getparent()) is not None
        and parent.tag in INLINE
        and not (parent.text or "").strip()
    ):
        element = parent
    return element


def _word_before(element: HtmlElement) -> str:
    """The word directly before an element, in lower case and without its colon."""
    previous, parent = element.getprevious(), element.getparent()
    if previous is None:
        text = parent.text if parent is not None else None
    elif (previous.tail and not previous.tail.isspace()) or len(previous) or not isinstance(previous.tag, str):
        text = previous.tail
    else:
        text = previous.text
    words = (text or "").strip().rstrip(COLONS).split()
    return words[-1].lower() if 0 < len(words) <= FEW_WORDS else ""


def near_headline(elements: Iterable[HtmlElement], read: ReadNames, *, is_strange: Callable[[HtmlElement], bool]) -> Iterator[Line]:
    """Short texts among the elements after a headline that a byline begins, or that follow "By" or a label.

    Args:
        elements: in the page's order.
        read: reads names.
        is_strange: whether an element belongs to a comment or to another article.

    """
    for element in elements:
        found = _near(element, read)
        if found and not is_strange(element):
            yield found


def _near(element: HtmlElement, read: ReadNames) -> Line | None:
    own = element.text
    if not own or own.isspace():
        return None
    if begins_byline(own):
        text = "" if has_more_than(element, MAX_BLOCK) else _first_line(spelled(element))
        if len(element) and "," in own and not 0 < len(text) <= MAX_LINE:
            # Links to sections stand behind the name.
            text = line(own.split(",", 1)[0])
            return text, read(text, False)
        if 0 < len(text) <= MAX_LINE:
            return text, read(text, False) or _pen_name(text, read)
    elif len(own) <= MAX_LINE:
        if dated := DATED.search(own.strip()):
            return line(own), read(dated["who"], _is_one(dated["who"]))
        begun = _outermost(element)
        if _word_before(begun) in BEFORE and not has_more_than(begun, MAX_LINE):
            text = _first_line(line(f"{spelled(begun)} {_rest_of_line(begun)}"))
            if len(text) <= MAX_LINE:
                return text, read(text, _is_one(text))
    return None


def desks(lines: Iterable[Line]) -> list[str]:
    """The desk or the organisation that the first line after "By" names; no agency."""
    for text, _ in lines:
        word, _, rest = _begin(text)
        name = BETWEEN.split(rest, maxsplit=1)[0].rstrip(" .:")
        if word in PREPOSITIONS and (ACRONYM.fullmatch(name) or (ORGANISATION.search(name) and len(name.split()) <= DESK_WORDS)):
            return [] if agency_of(name) or NOBODY.fullmatch(name) else [name]
    return []


def labelled(elements: Iterable[HtmlElement], read: ReadNames, *, is_strange: Callable[[HtmlElement], bool]) -> Iterator[Line]:
    """Short texts anywhere that a label begins, which may be emphasised; in no comment and beside no other article."""
    for element in elements:
        own = element.text
        if not own or own.isspace():
            own = element[0].text if len(element) and element[0].tag in EMPHASIS else None
        if not own or own.lstrip()[:2].lower() not in LABEL_STARTS or _first_word(own) not in LABELS:
            continue
        word, has_colon, rest = _begin(own)
        # Without a colon only what can be no other word is a label, or what stands alone.
        if not (has_colon or not rest or "/" in word) or has_more_than(element, MAX_LINE) or is_strange(element):
            continue
        text = spelled(element)
        if not _is_bare(text):
            yield text, read(text, False)
        elif has_colon:
            text = _rest_of_line(element)
            yield text, read(text, _is_one(text))


def alone(elements: Iterable[HtmlElement], read: ReadNames, *, is_apart: Callable[[HtmlElement], bool]) -> Sequence[str]:
    """Whom the only line of the page names that is nothing but "By" and a name, and stands in no box beside the article."""
    found: dict[str, Sequence[str]] = {}
    for element in elements:
        own = element.text
        if not own or own.isspace():
            own = element[0].text if len(element) and element[0].tag in EMPHASIS else None
        if not own or _first_word(own) not in PREPOSITIONS or has_more_than(element, MAX_SIGNATURE) or is_apart(element):
            continue
        text = spelled(element)
        word, _, rest = _begin(text)
        people = read(text, False)
        if word in PREPOSITIONS and len(people) == 1 and people[0].casefold() == rest.casefold():
            found[text] = people
    return next(iter(found.values())) if len(found) == 1 else ()


def signed(elements: Iterable[HtmlElement], read: ReadNames) -> Sequence[str]:
    """Whom a paragraph before or after all long ones names, if it is emphasised as a whole and holds nothing but names."""
    for element in elements:
        if element.tag != "p" or len(element) != 1 or element[0].tag not in EMPHASIS or has_more_than(element, MAX_SIGNATURE):
            continue
        text = spelled(element)
        people = read(text, False)
        letters = sum(map(str.isalpha, text))
        if not people or sum(map(str.isalpha, "".join(people))) < MOSTLY * letters or text != spelled(element[0]):
            continue
        before, after = (
            any(has_more_than(place, LONG_PARAGRAPH) for place in element.itersiblings("p", preceding=preceding))
            for preceding in (True, False)
        )
        if before != after:
            return people
    return ()
