"""The headings that may be a page's headline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml.html import HtmlElement

from pipeline import urls
from pipeline.extract.decoding import line
from pipeline.extract.elements import absolute, label_of, lines_in, text_of

KICKER: Final = re.compile(
    r"kicker|badge|edit-?(?:section|link)|over-?line|roof-?line|top-?(?:line|title)|(?:over|pre|super)-?title|dachzeile|spitzmarke|eyebrow|sur-?titre|antetitulo|volanta|occhiello|category|rubri(?:k|que)"
)
BESIDE: Final = frozenset({"small", "time", "svg", "button", "script"})  # what a heading holds of these is beside its words
MAX_CHARACTERS: Final = 1_000  # of a heading or title; what goes on longer is none
HEADLINE_WORDS: Final = 3  # of a headline that is no h1


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """An h1 with what its markup says about it."""

    text: str
    marked: bool  # by a class or property such as `headline`
    is_logo: bool  # nothing but a link to the home page
    element: HtmlElement


def _is_beside(child: HtmlElement) -> bool:
    return child.tag in BESIDE or KICKER.search(label_of(child)) is not None


def _headline_of(element: HtmlElement) -> str:
    """The text of a heading without a kicker or date inside of it; lines are words apart."""
    inner = element
    while len(inner) == 1 and not (inner.text or "").strip() and not (inner[0].tail or "").strip():
        inner = inner[0]
    lines = ("".join(text for text, child in parts if child is None or not _is_beside(child)) for parts in lines_in(inner))
    return (line(" ".join(lines)) or text_of(element))[:MAX_CHARACTERS]


def heading(element: HtmlElement, base: str) -> Heading:
    """What a heading element of a page at an address says."""
    marks = label_of(element)
    text = _headline_of(element)
    links = [*element.iter("a"), *(ancestor for ancestor in element.iterancestors("a"))]
    return Heading(
        text=text,
        marked=bool(re.search(r"head|title|titel|titul|entry|article", marks)),
        is_logo=any(urls.is_home(absolute(base, link.get("href") or base)) and text_of(link) == text for link in links),
        element=element,
    )


def lesser_headlines(tree: HtmlElement, known: list[Heading], title_tag: str, base: str) -> Iterator[Heading]:
    """The heading below h1 that the page's title repeats, for a page whose headline is no h1."""
    if any(one.text and not one.is_logo for one in known):
        return
    for element in tree.iter("h2", "h3"):
        text = text_of(element)
        if len(text.split()) >= HEADLINE_WORDS and text in title_tag:
            yield heading(element, base)
            return
