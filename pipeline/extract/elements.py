"""One element of a page: its text, its lines, what the markup calls it, what follows it."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from itertools import takewhile
from typing import Final
from urllib.parse import urljoin

from lxml.html import HtmlElement

from pipeline.extract.decoding import line

MARKS: Final = ("class", "id", "itemprop", "data-testid", "rel")
INLINE: Final = frozenset(
    ["a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u"]
)


def text_of(element: HtmlElement) -> str:
    """The text of an element on one line."""
    return line("".join(element.itertext()))


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


def label_of(element: HtmlElement) -> str:
    """What the markup calls an element: its class, id, property and test marks, in lower case."""
    return " ".join(filter(None, map(element.get, MARKS))).lower()


def stands_in(
    element: HtmlElement, *, tags: Container[str], called: re.Pattern[str], near: int, home: Container[HtmlElement] = frozenset()
) -> bool:
    """Whether an element is inside of one of these tags, or one of the `near` elements around it, below the body, is called so.

    What stands around an element of `home` is not looked at.
    """
    return any(
        place.tag in tags or (number < near and place.tag not in {"body", "html"} and called.search(label_of(place)) is not None)
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
