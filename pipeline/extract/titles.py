"""The title: what h1, structured data, OpenGraph, feed and `<title>` agree on, without the site's name."""

# The patterns hold letters and marks of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from pipeline.extract.candidates import Decision, Found, shown
from pipeline.extract.decoding import line
from pipeline.extract.page import ParsedPage
from pipeline.extract.structured import first_text

SHORTEST: Final = 2  # letters of a name; shorter ones are found in any word
MAX_CHARACTERS: Final = 400
SEPARATOR: Final = re.compile(r"\s+[|–—―‒\-·•∙:»«›‹~/\\]{1,3}\s+|\s*[|│｜•»]\s*|\s+::\s+|:\s+(?=\S+$)")
# How much a source is believed. h1 is what readers see; a share title may be shortened or sharpened.
WEIGHTS: Final = {"h1": 1.0, "json-ld": 0.9, "og": 0.85, "feed": 0.6, "title": 0.55, "twitter": 0.4, "meta": 0.5}
UNMARKED_H1: Final = 0.7
LATER_H1: Final = 0.45
PART_OF_ANOTHER: Final = 0.3  # support for a title that another one repeats with something added
CUT_OFF: Final = 0.6  # support for a title from one that is cut off
CUT_SHORT: Final = re.compile(r"(?:\.\.\.|…)$")
DATE: Final = re.compile(r"[\d\s./:,-]{6,}(?:Uhr|h)?")  # as a whole part of a title
GENERIC: Final = frozenset({"home", "news", "index", "untitled", "startseite", "inicio", "accueil", "главная", "article", "blog"})


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
    changed = True
    while changed:
        changed = False
        cuts = list(SEPARATOR.finditer(title))
        if not cuts:
            break
        last, first = cuts[-1], cuts[0]
        if _is_site(title[last.end() :], names) or DATE.fullmatch(title[last.end() :]):
            title, changed = title[: last.start()], True
        elif _is_site(title[: first.start()], names):
            title, changed = title[first.end() :], True
    return title.strip()


def _raw(page: ParsedPage) -> Iterator[Found[str]]:
    weights = WEIGHTS
    for number, heading in enumerate(
        sorted((heading for heading in page.headings if not heading.is_logo), key=lambda heading: not heading.marked)
    ):
        yield Found(value=heading.text, source="h1", score=LATER_H1 if number else weights["h1"] if heading.marked else UNMARKED_H1)
    yield Found(value=first_text(page.article.get("headline") or page.article.get("name")), source="json-ld", score=weights["json-ld"])
    for source, names in (
        ("og", ("og:title",)),
        ("twitter", ("twitter:title",)),
        ("meta", ("parsely-title", "sailthru.title", "dc.title", "dcterms.title", "headline", "title")),
    ):
        for value in page.metas(*names)[:1]:
            yield Found(value=value, source=source, score=weights[source])
    yield Found(value=page.source.feed_title or "", source="feed", score=weights["feed"])
    yield Found(value=page.title_tag, source="title", score=weights["title"])


def _support(mine: str, theirs: str) -> float:
    """Share of another candidate's weight that supports a title."""
    if fold(mine) == fold(theirs):
        return 1.0
    short, long = sorted((mine, theirs), key=len)
    if not (fold(short) in fold(long) and len(fold(short)) > len(fold(long)) / 3):
        return 0.0
    cut = CUT_SHORT.search(short) or (long.startswith(short) and long[len(short)].isalnum())
    # Either the short one is cut off, or the long one carries furniture.
    return (CUT_OFF if mine is long else 0.0) if cut else (PART_OF_ANOTHER if mine is short else 0.0)


def _agreed(candidates: list[Found[str]]) -> list[Found[str]]:
    """Candidates with the support of the others added, best first."""
    supported = []
    for candidate in candidates:
        best: dict[str, float] = {}  # each source speaks once
        for other in candidates:
            share = _support(candidate.value, other.value) * other.score
            best[other.source] = max(best.get(other.source, 0.0), share)
        supported.append(Found(value=candidate.value, source=candidate.source, score=sum(best.values()) + candidate.score / 10))
    return sorted(supported, key=lambda candidate: -candidate.score)


def decide(page: ParsedPage) -> Decision[str]:
    """The title of the article; empty if nothing on the page is one."""
    names = page.site_names
    candidates = []
    for found in _raw(page):
        title = without_site(line(found.value)[: 2 * MAX_CHARACTERS], names)
        if title and len(title) <= MAX_CHARACTERS and fold(title) not in {fold(name) for name in names} | GENERIC and fold(title):
            candidates.append(Found(value=title, source=found.source, score=found.score))
    ranked = _agreed(candidates)
    return Decision(value=ranked[0].value if ranked else "", candidates=shown((found.value, found.source) for found in ranked))
