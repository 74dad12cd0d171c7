"""Teasers: small blocks that name another article and may show its authors and its date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, takewhile
from typing import Final

from lxml.html import HtmlElement

from pipeline.extract.elements import UNSEEN, text_of
from pipeline.extract.page import ParsedPage
from pipeline.extract.titles import fold

MAX_TEASER: Final = 400  # characters
MAX_ELEMENTS: Final = 100  # in a teaser
AROUND: Final = 6  # elements around one that may be the teaser
TITLE_WORDS: Final = 4
TITLE_CHARACTERS: Final = 24
UNSPACED_TITLE: Final = 12  # characters of scripts without spaces
HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What holds a page's headline, and what the page is called: neither is another article's."""

    elements: frozenset[HtmlElement]
    titles: str  # folded
    path: str  # of its address
    known: dict[HtmlElement, bool | None]  # blocks that were looked at, by whether they are teasers; None: too large for one

    def __contains__(self, element: object) -> bool:
        """Whether an element holds the headline."""
        return element in self.elements


def home(page: ParsedPage, headline: HtmlElement | None) -> Home:
    """What is a page's own.

    Args:
        page: the page.
        headline: its heading, if it has one.

    """
    elements = frozenset(headline.iterancestors()) if headline is not None else frozenset()
    titles = " | ".join(map(fold, (page.title_tag, *page.metas("og:title"))))
    return Home(elements=elements, titles=titles, path=_path(page.url), known={})


def _path(url: str) -> str:
    """The path of an address with its slash; empty for a home page."""
    path = url.split("?", 1)[0].split("#", 1)[0].partition("://")[2].partition("/")[2].rstrip("/")
    return f"/{path}" if path else ""


def _leads_home(link: HtmlElement, own: Home) -> bool:
    """Whether a link leads nowhere or to the page itself."""
    address = (link.get("href") or "").split("#")[0].rstrip("/")
    return not address or (own.path != "" and address.endswith(own.path))


def _is_title(text: str) -> bool:
    """Whether a text is as long as titles are and names are not."""
    if len(text) < UNSPACED_TITLE:
        return False
    if sum("\u0e00" <= letter <= "\u0eff" or "\u3040" <= letter <= "\ud7a3" for letter in text) >= UNSPACED_TITLE:
        return True
    return len(text) >= TITLE_CHARACTERS and len(text.split()) >= TITLE_WORDS


def _inner(place: HtmlElement) -> list[HtmlElement] | None:
    """The elements of a block; None if it is larger than a teaser."""
    inner: list[HtmlElement] = []
    length = 0
    for element in place.iter():
        inner.append(element)
        if isinstance(element.tag, str) and element.tag not in UNSEEN:
            length += len((element.text or "").strip())
        if element is not place:
            length += len((element.tail or "").strip())
        if length > MAX_TEASER or len(inner) > MAX_ELEMENTS:
            return None
    return inner


def _stands_alone(link: HtmlElement) -> bool:
    """Whether a link is no part of a sentence."""
    previous, parent = link.getprevious(), link.getparent()
    before = previous.tail if previous is not None else parent.text if parent is not None else None
    return not (before or "").strip() and not (link.tail or "").strip()


def _titles(inner: list[HtmlElement], own: Home) -> Iterator[bool]:
    """For each link in a block that is called what articles are called: whether it is a heading."""
    for link in inner:
        if link.tag != "a" or _leads_home(link, own):
            continue
        inside = next((one for one in islice(link.iter(), MAX_ELEMENTS) if one.tag in HEADINGS), None)
        is_heading = inside is not None or any(one.tag in HEADINGS for one in islice(link.iterancestors(), 2))
        text = text_of(link if inside is None else inside)
        if _is_title(text) and fold(text) not in own.titles and (is_heading or _stands_alone(link)):
            yield is_heading


def _has_like_neighbour(place: HtmlElement, own: Home) -> bool:
    for sibling in (place.getnext(), place.getprevious()):
        inner = _inner(sibling) if sibling is not None else None
        if inner and next(_titles(inner, own), None) is not None:
            return True
    return False


def is_in_teaser(element: HtmlElement, own: Home) -> bool:
    """Whether an element stands in a small block with the title of another article.

    The title is a link; one that is no heading counts only in a list of such blocks, for an article has links of its own.

    Args:
        element: what may be a byline or a date.
        own: what is none of another article's.

    """
    if not own.elements:
        return False  # nothing tells what is the page's own
    for place in takewhile(lambda place: place not in own, islice(chain([element], element.iterancestors()), AROUND)):
        if place not in own.known:
            inner = _inner(place)
            titles = _titles(inner, own) if inner is not None else ()
            own.known[place] = any(is_heading or _has_like_neighbour(place, own) for is_heading in titles) if inner is not None else None
        if own.known[place] is not False:
            return own.known[place] is True
    return False
