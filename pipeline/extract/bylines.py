"""Bylines by the page's markup: relations, classes and links that tell of an author."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from pipeline.extract.decoding import line
from pipeline.extract.elements import has_more_than, marks_of, spelled
from pipeline.extract.names import ReadNames
from pipeline.extract.vicinity import Vicinity

MIN_BYLINE: Final = 2  # characters
MAX_BYLINE: Final = 200  # longer elements are no bylines
MAX_BYLINES: Final = 40
ANCESTORS: Final = 4  # in which bylines that belong together stand
BY_RELATION, BY_CLASS, BY_LINK = range(3)  # how surely the markup names an author
CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
AUTHOR_WORDS: Final = (
    "byline|author|autore?|auteur|avtor|signature|firma|creator|writer|journalist|reporter|columnist|contributor|redactor|redakteur|skribent|forfatter"
    "|kirjoittaja|toimittaja|yazar|szerzo|penulis|username|poster|writ(?:e|ten)-?by|posted-?by"
)
BYLINE: Final = re.compile(
    rf"(?:^|[\s_-]|post|article|entry|news|story)(?:{AUTHOR_WORDS})s?(?:[\s_-]*(?:name|names|link|title|info|text))?(?=[\s_-]|$)|vcard"
)
# What the pattern above and the relations need; most marks fail it, and many elements share one.
MAY_NAME_AUTHOR: Final = re.compile(f"{AUTHOR_WORDS}|vcard")
NO_BYLINE: Final = re.compile(
    r"comment|related|teaser|recommend|sidebar|promo|footer|bio\b|avatar|share|social|newsletter|listing|location|[_-](?:city|place|role|position|job|cargo)\b|(?<!v)(?<!h-)card"
)
AUTHOR_LINK: Final = re.compile(
    r"/(?:author|autor|auteur|autore|autori|authors|autoren|avtor\w*|profile|staff|firmas?|contributors?|writers?|journalist\w*|periodistas?|reporter\w*"
    r"|columnist\w*|redaktor\w*|redakteur\w*|skribent\w*|forfatter\w*|kirjoittaja\w*|toimittaja\w*|yazar\w*|szerzo\w*|penulis)/(?:\d{1,9}/)?[\w%.-]{2,}"
)
# Profiles of users; near the headline they are the author's.
USER_LINK: Final = re.compile(r"(?:^|[/,?&=.-])(?:users?|userinfo|members?|memberlist|profiles?|profil|redaktion|autoren)\b", re.IGNORECASE)
ENTRANCE: Final = re.compile(r"\breg(?:ist|[_/-]|$)|log-?(?:in|out)|sign-?(?:in|up)|password|edit|abo\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """An element that the markup calls an author."""

    element: HtmlElement
    text: str
    trust: int
    is_near: bool  # to the headline
    is_apart: bool  # in a box of its own

    def people(self, read: ReadNames) -> Sequence[str]:
        """Who is named: by what the markup calls a name, else by links, else by the whole text."""
        inner = [self.element]
        if self.trust < BY_LINK:
            inner = [one for one in self.element.iter("*") if self._is_name(one)] or (inner if self.trust == BY_RELATION else [])
        links = [link for link in self.element.iter("a") if link is not self.element]
        for parts, is_name in ((inner, self.trust < BY_LINK or self.is_near), (links, False)):
            if people := [name for part in parts for name in read(_text(part), is_name)]:
                return people
        # A single word may be a pen name where nothing else stands in an author's element.
        return read(self.text, self.is_near and self.trust == BY_CLASS and self.text[:1].isupper() and self.text.isalpha())

    def _is_name(self, element: HtmlElement) -> bool:
        """Whether the markup says of an element that it holds nothing but a person's name."""
        if element.get("itemprop") == "name" or "author" in (element.get("rel") or "").split():
            return True
        classes = element.get("class") or ""
        if "fn" in classes.split() or (self.is_near and "username" in classes):
            return True
        return element.tag == "a" and _is_author_link(element, is_near=self.is_near) and (self.is_near or self.trust == BY_CLASS)


def _text(element: HtmlElement) -> str:
    """What an element shows, else what its metadata say."""
    return spelled(element) or line(
        " | ".join(meta.get("content") or "" for meta in element.iter("meta") if meta.get("itemprop") == "name")
    )


def _is_author_link(element: HtmlElement, *, is_near: bool) -> bool:
    address = element.get("href") or ""
    return AUTHOR_LINK.search(address) is not None or (
        is_near and USER_LINK.search(address) is not None and ENTRANCE.search(address) is None
    )


@lru_cache(maxsize=4_096)  # many elements share their marks
def _calls_author(marks: str) -> bool | None:
    """Whether marks are an author's; None if they are of what holds no byline of the article's."""
    if NO_BYLINE.search(marks.lower()):
        return None
    return MAY_NAME_AUTHOR.search(marks.lower()) is not None and BYLINE.search(CAMEL.sub("-", marks).lower()) is not None


def _trust(element: HtmlElement, *, is_near: bool) -> int | None:
    """How surely the markup names an author; None: not at all."""
    marks = marks_of(element)
    called = _calls_author(marks) if marks else False
    if called is None or "Organization" in (element.get("itemtype") or ""):
        return None
    if marks and ("author" in (element.get("rel") or "").split() or element.get("itemprop") in {"author", "creator"}):
        return BY_RELATION
    if called:
        return BY_CLASS
    return BY_LINK if element.tag == "a" and _is_author_link(element, is_near=is_near) else None


def bylines(elements: Iterable[HtmlElement], vicinity: Vicinity, *, is_near: bool) -> list[Byline]:
    """The bylines among some elements, the surest first.

    Args:
        elements: in the page's order.
        vicinity: what stands near the page's headline.
        is_near: these elements do.

    """
    return sorted(islice(_found(elements, vicinity, is_near=is_near), MAX_BYLINES), key=lambda byline: byline.trust)


def _found(elements: Iterable[HtmlElement], vicinity: Vicinity, *, is_near: bool) -> Iterator[Byline]:
    for element in elements:
        trust = _trust(element, is_near=is_near)
        if trust is None or has_more_than(element, MAX_BYLINE):
            continue
        text = _text(element)
        if len(text) >= MIN_BYLINE and not vicinity.is_strange(element):
            yield Byline(element=element, text=text, trust=trust, is_near=is_near, is_apart=vicinity.is_apart(element))


def first_people(found: Sequence[Byline], read: ReadNames) -> list[str]:
    """People of the surest byline that names any, and of those like it beside it; others are of boxes and of other articles."""
    named = [(byline, people) for byline in found if (people := byline.people(read))]
    if not named:
        return []
    first = named[0][0]
    around = first.element
    for place in islice(first.element.iterancestors(), ANCESTORS):
        if has_more_than(place, MAX_BYLINE):
            break
        around = place
    beside = set(around.iter("*"))
    return [person for byline, people in named if byline.trust == first.trust and byline.element in beside for person in people]
