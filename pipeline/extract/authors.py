"""The authors: people only; none rather than a wrong one. An agency is a credit, not a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from lxml.html import HtmlElement

from pipeline.extract.candidates import Decision, shown
from pipeline.extract.decoding import line
from pipeline.extract.elements import following, label_of, lines_in, stands_in, text_of
from pipeline.extract.names import MIN_NAME, POSTED, names_in
from pipeline.extract.page import ParsedPage
from pipeline.extract.structured import as_list, first_text, types_of
from pipeline.extract.titles import fold

MAX_AUTHORS: Final = 20
MAX_BYLINES: Final = 60
MAX_SPOKEN: Final = 80
LOOK_AHEAD: Final = 60  # elements after the headline
BARE_BY: Final = frozenset({"by", "by:", "von", "von:", "por", "por:", "par", "автор", "автор:"})
MAX_BYLINE: Final = 200  # characters; longer elements are no bylines
META_NAMES: Final = (
    "author", "article:author", "parsely-author", "sailthru.author", "byl", "dc.creator", "dcterms.creator", "article:author_name",
    "citation_author", "dc.contributor", "twitter:data1",
)  # fmt: skip
LABELLED: Final = re.compile(r"^(?:autorin/autor|(?:autor(?:in)?|autore|auteur|author|автор)\s*:)\s*(?=\S)", re.IGNORECASE)
BARE_LABELS: Final = frozenset({"autorin/autor", "autor", "autorin", "auteur", "autore", "author", "автор"})
EMPHASIS: Final = frozenset({"strong", "b", "em", "i", "span"})
SPOKEN_BY: Final = re.compile(
    r"^(?:by|von|por|par|di|door|от|автор|автори|oleh)\s*:?\s+(?-i:(?=[^\W\d_a-z]))|^(?:автор|текст)\s*:", re.IGNORECASE
)
ORGANISATION_TYPES: Final = frozenset({"Organization", "NewsMediaOrganization", "Corporation"})
ELSEWHERE: Final = re.compile(
    r"comment|related|teaser|recommend|sidebar|promo|footer|bio\b|avatar|share|social|newsletter|listing|(?<!v)card"
)
COMMENT: Final = re.compile(r"comment|kommentar|comentario|disqus|reply")
APART: Final = re.compile(r"related|teaser|recommend|sidebar|promo|footer|widget|latest|most-?read")
APART_TRUST: Final = 3
NEAR: Final = 6  # elements around a byline that tell whose it is
BYLINE_ANCESTORS: Final = 4
BYLINE_CLASS: Final = re.compile(
    r"(?:^|[\s_-])(?:byline|author|autor|auteur|autore|signature|creator|writer|journalist)s?"
    r"(?:[\s_-]*(?:name|names|link|title|info|text))?(?=[\s_-]|$)|vcard"
)
AUTHOR_LINK: Final = re.compile(
    r"/(?:author|autor|auteur|autore|autori|authors|autoren|by|profile|people|staff|contributors?|journalist\w*|reporter\w*|columnists?)/[\w%.-]{4,}"
)
# What any of the patterns above needs; most class names fail it, and many elements share one.
MAY_NAME_AUTHOR: Final = re.compile(r"author|byline|aut[oe]|auteur|signature|creator|writer|journalist|vcard")


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple({fold(name): name for name in reversed(list(names))}.values())[::-1][:MAX_AUTHORS]


def _from_structured(value: Any, site_names: Iterable[str]) -> list[str]:
    """People among the authors of the structured data; what it calls an organisation is none."""
    people: list[str] = []
    for item in as_list(value):
        node = item if isinstance(item, dict) else {"name": item}
        kinds = set(types_of(node))
        if "Person" in kinds or not kinds & ORGANISATION_TYPES:
            for text in as_list(node.get("name")):
                # A blog may be called as the person who writes it.
                names = () if "Person" in kinds and len(first_text(text).split()) > 1 else site_names
                people += names_in(first_text(text), site_names=names, declared="Person" in kinds)
    return people


def _trust(element: HtmlElement) -> int | None:
    """How surely the markup names an author: 0 by relation, 1 by class, 2 by link; 3 more off the article. None: not at all."""
    marks, rel = label_of(element), (element.get("rel") or "").split()
    if ELSEWHERE.search(marks):
        return None
    if "author" in rel or (element.get("itemprop") or "") in {"author", "creator"}:
        trust = 0
    elif BYLINE_CLASS.search(marks):
        trust = 1
    elif element.tag == "a" and AUTHOR_LINK.search(element.get("href") or ""):
        trust = 2
    else:
        return None
    if stands_in(element, tags=(), called=COMMENT, near=NEAR):
        return None
    apart = stands_in(element, tags={"aside", "footer", "nav"}, called=APART, near=NEAR)
    return trust + APART_TRUST * apart


def _is_name_itself(element: HtmlElement, trust: int) -> bool:
    """Whether the markup says of an element that it holds nothing but the author's name."""
    classes = (element.get("class") or "").split()
    if trust % APART_TRUST == 0 or "fn" in classes:
        return True
    parent = element.getparent()
    marks = f"{label_of(element)} {label_of(parent) if parent is not None else ''}"
    return element.tag == "a" and AUTHOR_LINK.search(element.get("href") or "") is not None and BYLINE_CLASS.search(marks) is not None


def _names_of(element: HtmlElement, text: str, page: ParsedPage, *, declared: bool) -> list[str]:
    """People in a byline: those with links, else those of the whole text, else those of its parts."""
    links = [text_of(link) for link in element.iter("a") if link is not element]
    for pieces in (links, [text], list(element.itertext())):
        names = [name for piece in pieces for name in names_in(piece, site_names=page.site_names, declared=declared)]
        if names:
            return names
    return []


def _spoken(page: ParsedPage) -> Iterator[str]:
    """Short texts near the headline that begin with "By" or its like."""
    for heading in page.headings[:1]:
        for element in following(heading.element, LOOK_AHEAD):
            own = (element.text or "").strip()
            if SPOKEN_BY.match(own) or own.lower() in BARE_BY or POSTED.match(own):
                # Only its first line may be the byline.
                text = line("".join(part for part, _ in next(lines_in(element))))
                if len(text) <= MAX_SPOKEN:
                    yield text


def _labelled(page: ParsedPage) -> Iterator[str]:
    """Short texts anywhere that a label such as "Autor:" begins, which may be emphasised."""
    for element in page.marks:
        begin = (element.text or "").strip() or ((element[0].text or "").strip() if len(element) and element[0].tag in EMPHASIS else "")
        if begin and (LABELLED.match(begin) or begin.lower().rstrip(": ") in BARE_LABELS):
            text = text_of(element)
            if len(text) <= MAX_SPOKEN:
                yield text


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """An element that the markup calls a byline."""

    trust: int
    people: list[str]
    text: str
    element: HtmlElement


def _from_markup(page: ParsedPage) -> list[_Mark]:
    found: list[_Mark] = []
    for element in page.marked(MAY_NAME_AUTHOR, links=AUTHOR_LINK):
        trust = _trust(element)
        if trust is None:
            continue
        text = text_of(element)
        if MIN_NAME <= len(text) <= MAX_BYLINE:
            found.append(
                _Mark(
                    trust=trust, people=_names_of(element, text, page, declared=_is_name_itself(element, trust)), text=text, element=element
                )
            )
            if len(found) >= MAX_BYLINES:
                break
    return sorted(found, key=lambda mark: mark.trust)


def _first_byline(marks: Sequence[_Mark]) -> list[str]:
    """People of the surest mark and of those like it beside it; others further down are of boxes and of other articles."""
    first = next((mark for mark in marks if mark.people), None)
    if first is None:
        return []
    around = [place for place in islice(first.element.iterancestors(), BYLINE_ANCESTORS) if len(text_of(place)) <= MAX_BYLINE]
    near = {first.element, *(around[-1].iter() if around else ())}
    return [person for mark in marks if mark.trust == first.trust and mark.element in near for person in mark.people]


def decide(page: ParsedPage) -> Decision[tuple[str, ...]]:
    """The people who wrote the article, in the page's order; the first kind of source that names any decides."""
    names = page.site_names
    shown_pairs: list[tuple[str, str]] = []
    choices: list[list[str]] = []
    author = page.article.get("author") or page.article.get("creator")
    structured_people = _from_structured(author, names)
    shown_pairs += [(first_text(item), "json-ld") for item in as_list(author)]
    choices.append(structured_people)
    for name in META_NAMES:
        values = [value for value in page.meta.get(name, ()) if not value.startswith(("http://", "https://", "/"))]
        shown_pairs += [(value, "meta") for value in values]
        choices.append([person for value in values for person in names_in(value, site_names=names, declared=name != "twitter:data1")])
    markup = _from_markup(page)
    shown_pairs += [(mark.text, "byline") for mark in markup]
    choices.append(_first_byline([mark for mark in markup if mark.trust < APART_TRUST]))
    for text in (*_spoken(page), *_labelled(page)):
        shown_pairs.append((text, "text"))
        choices.append(names_in(text, site_names=names))
    choices.append(_first_byline([mark for mark in markup if mark.trust >= APART_TRUST]))
    people = next((choice for choice in choices if choice), [])
    return Decision(value=_unique(people), candidates=shown(shown_pairs))
