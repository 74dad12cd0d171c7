"""The part of a page that holds its article, copied and freed of what is never text."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Final

from lxml.html import HtmlElement

from pipeline.extract.headings import Heading
from pipeline.extract.page import ParsedPage
from pipeline.extract.titles import fold

MIN_SENTENCE: Final = 60  # characters
MIN_DENSE: Final = 600  # characters of paragraphs that tell where the article is
ENOUGH_SHARE: Final = 0.8  # of the page's paragraphs that stand with the article
NEVER_TEXT: Final = frozenset([
    "script", "style", "noscript", "template", "svg", "iframe", "nav", "button", "select", "link", "object", "canvas", "input", "textarea",
])  # fmt: skip
BOXES: Final = frozenset(["span", "div", "section", "aside", "p", "ul", "ol", "details"])
HOVERING: Final = re.compile(r"(?:^|[\s_-])(?:tooltip|popover|rollover)(?:$|[\s_-])", re.IGNORECASE)
# Boxes that ask for something, and lines at the foot of a page, as their markup calls them.
ASKING: Final = re.compile(
    r"(?:^|[\s_-])(?:subscri(?:be|ption)|newsletter|sign-?up|donat(?:e|ion)|modal|dialog|pop-?up|lightbox|toast)(?:$|[\s_-])", re.IGNORECASE
)
FOOT: Final = re.compile(r"(?:^|[\s_-])(?:pied|pie|colophon)(?:$|[\s_-])", re.IGNORECASE)
MAX_ASKING: Final = 400  # characters; a longer one may hold the text
# What readers say, and the next articles below this one.
REMARKS: Final = re.compile(r"^comment(?!ary)|^(?:disqus_thread|dsq-comments)|(?:article|post)-comments", re.IGNORECASE)
FOLLOWING: Final = re.compile(r"infinite-?scroll", re.IGNORECASE)
MAX_NAME: Final = 300  # characters
KNOWN_NAMES: Final = 10_000  # pages of an outlet share them
EMBEDDED: Final = re.compile(r"embed|social|twitter|instagram|widget", re.IGNORECASE)
# What is copied of the elements around the article; a broken page's own names of tags and attributes may be no names at all.
SHELLS: Final = frozenset(["html", "body", "main", "article", "section", "div"])
CALLED: Final = ("class", "id", "itemprop", "role")
MAX_EMBEDDING: Final = 4  # elements around an embedded post that name what it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """Where the paragraphs of a page stand, those long enough to be text."""

    lengths: dict[HtmlElement, int]  # characters by paragraph
    dense: HtmlElement | None  # holds most of them as its own children
    characters: int  # of these children


def density(tree: HtmlElement) -> Density:
    """Measure the paragraphs of a page."""
    lengths: dict[HtmlElement, int] = {}
    sums: dict[HtmlElement, int] = {}
    for paragraph in tree.iter("p"):
        length = len("".join(paragraph.itertext()))
        parent = paragraph.getparent()
        if length > MIN_SENTENCE and parent is not None:
            lengths[paragraph] = length
            sums[parent] = sums.get(parent, 0) + length
    dense = max(sums, key=sums.__getitem__, default=None)
    return Density(lengths=lengths, dense=dense, characters=sums[dense] if dense is not None else 0)


def _heading_of(headings: tuple[Heading, ...], title: str) -> Heading | None:
    folded = fold(title)
    return next((heading for heading in headings if fold(heading.text) == folded), headings[0] if headings else None)


def _around(page: ParsedPage, found: Density, title: str) -> HtmlElement | None:
    """The smallest element with the headline and nearly all text, and one around it; None without headline."""
    heading = _heading_of(page.headings, title)
    if heading is None or found.dense is None:
        return None
    above = set(heading.element.iterancestors())
    wanted = ENOUGH_SHARE * sum(found.lengths.values())
    for place in (found.dense, *found.dense.iterancestors()):
        if place in above and sum(found.lengths.get(paragraph, 0) for paragraph in place.iter("p")) >= wanted:
            return place.getparent() if place.getparent() is not None else place
    return None


class Beside(Enum):
    """What an element that stands among the text and is none depends on."""

    NEVER = auto()
    ALWAYS = auto()
    IF_SHORT = auto()
    IF_WITHOUT_HEADLINE = auto()


@lru_cache(maxsize=KNOWN_NAMES)
def _beside(tag: str, called: str) -> Beside:
    """Whether a box of this name is no text: a tooltip, a box that asks for a subscription, a foot, comments."""
    if tag in {"span", "div"} and HOVERING.search(called):
        return Beside.ALWAYS
    if tag in {"div", "section", "details", "ol", "ul"} and REMARKS.search(called):
        return Beside.ALWAYS
    if tag in {"div", "section", "aside"} and FOLLOWING.search(called):
        return Beside.IF_WITHOUT_HEADLINE
    return Beside.IF_SHORT if (FOOT if tag in {"p", "ul"} else ASKING).search(called) else Beside.NEVER


def _is_unwanted(element: HtmlElement) -> bool:
    """Whether an element is never text, or a box whose name says that it is none."""
    if element.tag in NEVER_TEXT:
        return True
    for called in filter(None, (element.get("class"), element.get("id"))):
        match _beside(element.tag, called[:MAX_NAME]):
            case Beside.ALWAYS:
                return True
            case Beside.IF_SHORT if len("".join(element.itertext())) <= MAX_ASKING:
                return True
            case Beside.IF_WITHOUT_HEADLINE if element.find(".//h1") is None:
                return True
    return False


def prune(tree: HtmlElement) -> HtmlElement:
    """Take what is never text out of a tree that nobody else reads, and names that make the extractor skip quoted posts."""
    for element in [element for element in tree.iter(*NEVER_TEXT, *BOXES) if _is_unwanted(element)]:
        if element.getparent() is not None:
            element.drop_tree()
    for quote in tree.iter("blockquote"):
        place: HtmlElement | None = quote
        for _ in range(MAX_EMBEDDING):
            if place is not None and EMBEDDED.search(place.get("class") or ""):
                del place.attrib["class"]
            place = place.getparent() if place is not None else None
    return tree


def whole(page: ParsedPage) -> HtmlElement:
    """A pruned copy of the whole page."""
    return prune(deepcopy(page.tree))


def article_region(page: ParsedPage, found: Density, *, title: str) -> HtmlElement:
    """A pruned copy of the page's article, in the elements that it stands in but without what stands beside it.

    The less is walked, the sooner the extractor is done. Where headline and text don't tell the place, it is the page.
    """
    place = _around(page, found, title) if found.characters >= MIN_DENSE else None
    if place is None or place.tag in {"html", "body"}:
        return whole(page)
    copied = deepcopy(place)
    copied.tail = None
    for ancestor in place.iterancestors():
        # The extractor tells where an article is by what the elements around it are called.
        tag = ancestor.tag if ancestor.tag in SHELLS else "div"
        shell = page.tree.makeelement(tag, {name: ancestor.attrib[name] for name in CALLED if name in ancestor.attrib})
        shell.append(copied)
        copied = shell
    return prune(copied)
