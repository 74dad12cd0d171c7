"""One element of a page: its text, its lines, what the markup calls it, what follows it."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from functools import lru_cache
from itertools import takewhile
from typing import Final
from urllib.parse import urljoin

from lxml.html import HtmlElement

from pipeline.extract.decoding import line

MAX_LABEL: Final = 400  # characters
KNOWN_LABELS: Final = 20_000  # the elements of a page, and the pages of an outlet, share them
MARKS: Final = frozenset(["class", "id", "itemprop", "data-component", "data-testid", "rel"])
UNSEEN: Final = frozenset({"script", "style", "noscript", "template", "svg"})
BARS: Final = re.compile(r"(?:\s*\|)+\s*")
INLINE: Final = frozenset(
    ["a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u"]
)


def text_of(element: HtmlElement) -> str:
    """The text of an element on one line."""
    return line("".join(element.itertext()) if len(element) else element.text)


def has_more_than(element: HtmlElement, characters: int) -> bool:
    """Whether the text of an element is longer than this; of a long one no more is read."""
    length = 0
    for text in element.itertext():
        length += len(text) if not text.isspace() else 1
        if length > characters:
            return True
    return False


def spelled(element: HtmlElement) -> str:
    """The text of a short element on one line; what stands in blocks of its own is set off by bars."""
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in UNSEEN:
            gap = " " if child.tag in INLINE else " | "
            parts += (gap, spelled(child), gap)
        parts.append(child.tail or "")
    return BARS.sub(" | ", line("".join(parts))).strip(" |")


def lines_in(element: HtmlElement) -> Iterator[list[tuple[str, HtmlElement | None]]]:
    """The lines between an element's own breaks: each a list of texts, with the child that a text stands in."""
    parts: list[tuple[str, HtmlElement | None]] = [(element.text or "", None)]
    for child in element:
        if child.tag == "br":
            yield parts
            parts = []
        else:
            parts.append(("".join(child.itertext()), child))
        parts.append((child.tail or "", None))
    yield parts


def marks_of(element: HtmlElement) -> str:
    """What the markup calls an element: its class, id, property, relation, and marks for scripts and tests."""
    return " ".join([value for name, value in element.items() if name in MARKS and value])


def label_of(element: HtmlElement) -> str:
    """The marks of an element in lower case."""
    return marks_of(element).lower()[:MAX_LABEL]


@lru_cache(maxsize=KNOWN_LABELS)
def _finds(pattern: re.Pattern[str], label: str) -> bool:
    return pattern.search(label) is not None


def is_called(element: HtmlElement, pattern: re.Pattern[str]) -> bool:
    """Whether what the markup calls an element matches a pattern."""
    label = label_of(element)
    return label != "" and _finds(pattern, label)


def stands_in(
    element: HtmlElement, *, tags: Container[str], called: re.Pattern[str], near: int, home: Container[HtmlElement] = frozenset()
) -> bool:
    """Whether an element is inside of one of these tags, or one of the `near` elements around it, below the body, is called so.

    What stands around an element of `home` is not looked at.
    """
    return any(
        place.tag in tags or (number < near and place.tag not in {"body", "html"} and is_called(place, called))
        for number, place in enumerate(takewhile(lambda place: place not in home, element.iterancestors()))
    )


def following(element: HtmlElement, most: int) -> Iterator[HtmlElement]:
    """At most so many elements after one and outside of it, in document order."""
    left = most
    place: HtmlElement | None = element
    while place is not None and left:
        sibling = place.getnext()
        for inner in sibling.iter("*") if sibling is not None else ():
            yield inner
            left -= 1
            if not left:
                break
        place = sibling if sibling is not None else place.getparent()


def absolute(base: str, href: str) -> str:
    """An address in a page at an address; empty if it is none."""
    try:
        return urljoin(base, href)
    except ValueError:  # a bracket that makes no host
        return ""
