"""The title: what h1, structured data, OpenGraph, feed and `<title>` agree on, without the site's name."""

# The patterns hold letters and marks of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from pipeline.extract.candidates import Decision, shown
from pipeline.extract.decoding import line
from pipeline.extract.elements import text_of
from pipeline.extract.page import ParsedPage
from pipeline.extract.structured import first_text

SHORTEST: Final = 2  # letters of a name; shorter ones are found in any word
MAX_CHARACTERS: Final = 400
MAX_LESSER: Final = 200  # headings below h1 that are looked at
SEPARATOR: Final = re.compile(r"\s+[|–—―‒\-·•∙:»«›‹~/\\]{1,3}\s+|\s*[|│｜•»]\s*|\s+::\s+|:\s+(?=\S+$)")
# What is left of a separator where a part of a title is invisible or was cut off.
LOOSE: Final = re.compile(r"^(?:[|–—―‒\-·•∙:/\\]+\s+)+|(?:\s+[|–—―‒\-·•∙:/\\]+)+$")
# How much a source is believed. h1 is what readers see; a share title may be shortened or sharpened.
WEIGHTS: Final = {"h1": 1.2, "json-ld": 0.9, "og": 0.6, "feed": 0.5, "title": 0.4, "twitter": 0.3, "meta": 0.3}
SHOWN_AGAIN: Final = 1.5  # a heading below h1 that is what the page shares itself as: its h1 is written for search engines
UNKNOWN_H1: Final = 0.5  # one of several of which no title knows
ALIKE: Final = 0.2  # similarity from which a heading is known by another title
PART_OF_ANOTHER: Final = 0.3  # support for a title that another one repeats with something added
CUT_OFF: Final = 0.6  # support for a title from one that is cut off
CUT_SHORT: Final = re.compile(r"(?:\.\.\.|…|:)$")
BROKEN_AT: Final = re.compile(r"\w|\s*[\"'“”„«»‘’]")  # what is left out after a title that ends inside a word or before a quotation mark
MIN_REST: Final = 0.3  # share of a heading that is left when its kicker goes
HEADINGS: Final = frozenset({"h1", "h2", "h3"})
WORD: Final = re.compile(r"\w+")
DATE: Final = re.compile(r"[\d\s./:,-]{6,}(?:Uhr|h)?")  # as a whole part of a title
GENERIC: Final = frozenset({"home", "news", "index", "untitled", "startseite", "inicio", "accueil", "главная", "article", "blog"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Title:
    """What one source calls the page."""

    text: str
    folded: str
    source: str
    weight: float


def fold(text: str) -> str:
    """A title reduced to its letters and digits, for comparing."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text).casefold()))


def _is_site(part: str, names: Iterable[str]) -> bool:
    """Whether a part of a title is the outlet's name or an edition or section of it (`BBC News`)."""
    folded = fold(part)
    for name in names:
        known = fold(name)
        if folded == known:
            return True
        if len(known) > SHORTEST and (folded.startswith(known) or folded.endswith(known)) and len(part.split()) <= len(name.split()) + 2:
            return True
        if len(folded) > SHORTEST and known.startswith(folded) and len(folded) >= len(known) / 2:
            return True
    return False


def without_site(title: str, names: Iterable[str]) -> str:
    """A title without the outlet's name at its ends, whatever the separator; real colons and dashes stay."""
    names = tuple(names)
    folded = {fold(name) for name in names}
    cuts = list(SEPARATOR.finditer(title))
    for cut in cuts:  # a name may hold separators itself
        if fold(title[cut.end() :]) in folded:
            title = title[: cut.start()]
            break
    while cuts := list(SEPARATOR.finditer(title)):
        first, last = cuts[0], cuts[-1]
        if _is_site(title[last.end() :], names) or DATE.fullmatch(title[last.end() :]):
            title = title[: last.start()]
        elif _is_site(title[: first.start()], names):
            title = title[first.end() :]
        else:
            break
    return title.strip()


def _title(text: str, source: str, weight: float, names: Collection[str]) -> _Title | None:
    """A source's title on its own; None if it is none."""
    text = LOOSE.sub("", without_site(line(text)[: 2 * MAX_CHARACTERS], names))
    folded = fold(text)
    if not folded or folded in GENERIC or len(text) > MAX_CHARACTERS or folded in map(fold, names):
        return None
    return _Title(text=text, folded=folded, source=source, weight=weight)


def _sources(page: ParsedPage) -> Iterator[tuple[str, str]]:
    """Name and text of each title that the page tells in other places than its headings."""
    yield "json-ld", first_text(page.article.get("headline") or page.article.get("name"))
    shared = page.metas("og:title")[:1]
    yield from (("og", text) for text in shared)
    yield from (("twitter", text) for text in page.metas("twitter:title")[:1] if not shared)
    yield from (("meta", text) for text in page.metas("parsely-title", "sailthru.title", "dc.title", "dcterms.title", "headline", "title")[:1])
    yield "feed", page.source.feed_title or ""
    yield "title", page.title_tag


def _pieces(folded: str) -> set[str]:
    return {folded[at : at + 3] for at in range(max(1, len(folded) - 2))}


def _likeness(folded: str, told: Iterable[set[str]]) -> float:
    """The best Jaccard similarity of a title's trigrams with those of others."""
    pieces = _pieces(folded)
    return max((len(pieces & others) / len(pieces | others) for others in told), default=0.0)


def _headings(page: ParsedPage, told: Sequence[_Title]) -> Iterator[_Title]:
    """The h1 that the other titles know best, and a lesser heading where that is the headline."""
    names = page.site_names
    pieces = [_pieces(title.folded) for title in told]
    tops = []
    for heading in page.headings:
        title = None if heading.is_logo or heading.element.tag != "h1" else _title(heading.text, "h1", WEIGHTS["h1"], names)
        if title:
            tops.append((_likeness(title.folded, pieces), heading.marked, title))
    lesser = islice(page.tree.iter("h2", "h3"), MAX_LESSER)
    if tops:
        likeness, _, best = max(tops, key=lambda top: top[:2])
        single = len({top.folded for *_, top in tops}) == 1
        yield best if likeness >= ALIKE or single else replace(best, weight=UNKNOWN_H1)
        shared = {title.folded: title for title in told if title.source != "title" and title.folded not in {top.folded for *_, top in tops}}
        for element in lesser if shared else ():
            same = shared.get(fold(text_of(element)))
            if same:
                yield replace(same, source=element.tag, weight=SHOWN_AGAIN)
                return
    else:
        found = [title for element in lesser if (title := _title(text_of(element), element.tag, WEIGHTS["h1"], names))]
        best = max(found, key=lambda title: _likeness(title.folded, pieces), default=None)
        if best and _likeness(best.folded, pieces) >= ALIKE:
            yield best


def _support(mine: _Title, theirs: _Title) -> float:
    """Share of another title's weight that supports a title."""
    if mine.folded == theirs.folded:
        return 1.0
    short, long = sorted((mine, theirs), key=lambda title: len(title.folded))
    if not (short.folded in long.folded and len(short.folded) > len(long.folded) / 3):
        return 0.0
    rest = long.text.removeprefix(short.text)
    cut = CUT_SHORT.search(short.text) or (rest != long.text and BROKEN_AT.match(rest))
    # Either the short one is cut off, or the long one carries furniture.
    if cut:
        return CUT_OFF if mine is long else 0.0
    return PART_OF_ANOTHER if mine is short and theirs.source not in HEADINGS else 0.0


def _agreed(titles: Sequence[_Title]) -> list[_Title]:
    """Titles with the support of the others added, best first."""
    supported = []
    for title in titles:
        best: dict[str, float] = {}  # each source speaks once
        for other in titles:
            best[other.source] = max(best.get(other.source, 0.0), _support(title, other) * other.weight)
        supported.append(replace(title, weight=sum(best.values()) + title.weight / 10))
    return sorted(supported, key=lambda title: -title.weight)


def _without_kicker(title: _Title, others: Sequence[_Title]) -> _Title:
    """What is left of a heading that nothing else repeats, and whose end is what others call the page."""
    if title.source not in HEADINGS or any(other.folded == title.folded and other is not title for other in others):
        return title
    ends = [other for other in others if title.folded.endswith(other.folded) and len(other.folded) > MIN_REST * len(title.folded)]
    return min(ends, key=lambda other: len(other.folded))


def decide(page: ParsedPage) -> Decision[str]:
    """The title of the article; empty if nothing on the page is one."""
    told = [title for source, text in _sources(page) if (title := _title(text, source, WEIGHTS[source], page.site_names))]
    ranked = _agreed([*_headings(page, told), *told])
    if not ranked:
        return Decision(value="", candidates=())
    best = _without_kicker(ranked[0], ranked)
    # Markup may set the words of a heading apart where its text does not.
    best = max((title for title in ranked if title.folded == best.folded), key=lambda title: len(WORD.findall(title.text)))
    ranked.sort(key=lambda title: title is not best)
    return Decision(value=best.text, candidates=shown((title.text, title.source) for title in ranked))
