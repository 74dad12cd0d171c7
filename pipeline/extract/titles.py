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

from pipeline.extract.candidates import Decision, Found, scored
from pipeline.extract.decoding import line, mended
from pipeline.extract.elements import text_of
from pipeline.extract.page import ParsedPage
from pipeline.extract.structured import first_text

SHORTEST: Final = 2  # letters of a name; shorter ones are found in any word
MAX_ADDED: Final = 12  # letters of what a name may carry
MAX_CHARACTERS: Final = 400
MAX_LESSER: Final = 200  # headings below h1 that are looked at
SEPARATOR: Final = re.compile(
    r"\s+[|–—―‒\-·•∙:»«›‹~/\\]{1,3}\s+|\s*[|│｜•»]\s*|\s+::\s+|:\s+(?=\S+$)"
    r"|(?<=[\u3000-\u9fff\uac00-\ud7af\uff00-\uff65])[-–—_：]{1,2}"  # scripts without spaces
)
BAR: Final = re.compile(r"[|│｜]")
# What is left of a separator where a part of a title is invisible or was cut off.
LOOSE: Final = re.compile(r"^(?:[|–—―‒\-·•∙:/\\]+\s+)+|(?:\s+[|–—―‒\-·•∙:/\\]+)+$")
# How much a source is believed. h1 is what readers see; a share title may be shortened or sharpened.
WEIGHTS: Final = {"h1": 1.2, "json-ld": 0.9, "og": 0.6, "feed": 0.5, "title": 0.4, "twitter": 0.3, "meta": 0.3}
SHOWN_AGAIN: Final = 1.5  # a heading below h1 that is what the page shares itself as: its h1 is written for search engines
UNKNOWN_H1: Final = 0.5  # one of several of which no title knows
ALIKE: Final = 0.2  # similarity from which a heading is known by another title
PART_OF_ANOTHER: Final = 0.3  # support for a title that another one repeats with something added
BROKEN_AT: Final = re.compile(r"[^\W_]|\s*\"")  # what follows where a title ends inside a word, or before the mark that ends an attribute
MIN_REST: Final = 0.3  # share of a heading that is left when its kicker goes
HEADINGS: Final = frozenset({"h1", "h2"})
WORD: Final = re.compile(r"\w+")
DATE: Final = re.compile(r"[\d\s./:,-]{6,}(?:Uhr|h)?")  # as a whole part of a title
# What pages write before a headline, or after it in brackets, of its time or its section. A dash is a separator only after what is
# all in capitals, or no word of its own.
_LIVE: Final = (
    r"live|live[ -]?(?:blog|ticker|updates?)|news ?blog|newsticker|(?:en )?direct|en directo|en vivo|(?:ao|al) (?:vivo|minuto)|(?:in )?diretta(?: live)?"
    r"|na żywo|uživo|canlı|онлайн|прямая трансляция|наживо|watch(?: live| now)?|breaking(?: news)?|just in|eilmeldung|última hora|urgent[e]?|ultim'ora"
    r"|flash info|срочно|терміново|pilne|son dakika|exclusive|exclusiv[aeo]?|exklusiv|esclusiva|эксклюзив|updated?|actualización|aktualisiert|速報|속보|عاجل"
)
_OPINION: Final = r"op-?ed|opinion|opini[oó]n|opinião|opinione|meinung|kommentar|commentary|editorial|мнение|köşe yazısı"
LABEL: Final = re.compile(
    rf"^\W*(?:(?:{_LIVE}|{_OPINION})\s*(?:[:|│｜：]|»|•)\s*|[\[(【［](?:{_LIVE})[\])】］]\s*[:|–—-]?\s*"
    rf"|(?:breaking news|live updates?|live ?blog|liveticker)\s+[-–—]\s+|(?-i:LIVE|WATCH|BREAKING|EXCLUSIVE|EN DIRECT|EN VIVO|UPDATE \d)\s*[-–—]\s*)",
    re.IGNORECASE,
)
LABEL_AT_END: Final = re.compile(r"\s*[\[(](?:updated?|live|aktualisiert|actualizad[oa]|mise? à jour|aggiornato)[\])]\s*$", re.IGNORECASE)
MIN_HEADLINE: Final = 8  # letters of what is left of a headline without its label
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


def _is_site(part: str, known: Collection[str], shown: Collection[str] = ()) -> bool:
    """Whether a part of a title is one of the outlet's folded names, its initials, or an edition or section of it (`BBC News`).

    Args:
        part: of a title.
        known: the outlet's folded names.
        shown: folded headlines of the page; what stands in one of them may begin or end like a name: `Time to go`.

    """
    folded = fold(part)
    if folded in known:
        return True
    if any(folded in headline and folded != headline for headline in shown):
        return False
    initials = "".join(word[0] for word in WORD.findall(part)).casefold()
    return any(
        (len(name) > SHORTEST and initials == name)
        or (len(name) > SHORTEST and len(folded) - len(name) <= MAX_ADDED and (folded.startswith(name) or folded.endswith(name)))
        or (len(folded) > SHORTEST and len(folded) >= len(name) / 2 and name.startswith(folded))
        for name in known
    )


def without_site(title: str, known: Collection[str], shown: Collection[str] = ()) -> str:
    """A title without the outlet's folded names at its ends, whatever the separator; real colons and dashes stay.

    What stands on the far side of a name goes with it: sections, a motto.

    Args:
        title: of a page.
        known: the outlet's folded names.
        shown: folded headlines of the page, whose parts only a bar sets off or the very name.

    """
    cuts = list(SEPARATOR.finditer(title))
    if not cuts:
        return title.strip()
    starts = [0, *(cut.end() for cut in cuts)]
    ends = [*(cut.start() for cut in cuts), len(title)]
    parts = [title[start:end] for start, end in zip(starts, ends, strict=True)]
    # A name may hold separators itself.
    kept = [() if BAR.search(cut[0]) else shown for cut in cuts]
    last = next(
        (n for n in range(1, len(parts)) if _is_site(parts[n], known, kept[n - 1]) or fold(title[starts[n] :]) in known), len(parts)
    )
    while last > 1 and DATE.fullmatch(parts[last - 1]):
        last -= 1
    first = next((n for n in range(last - 1) if not _is_site(parts[n], known, kept[n])), last - 1)
    return title[starts[first] : ends[last - 1]].strip()


def _without_label(title: str) -> str:
    """A title without a word of its time or its section: `Live: …`, `Exclusive | …`, `… [Updated]`."""
    shorter = LABEL_AT_END.sub("", LABEL.sub("", title, count=1))
    return shorter if len(fold(shorter)) >= MIN_HEADLINE else title


def _title(text: str, source: str, weight: float, known: Collection[str], shown: Collection[str] = ()) -> _Title | None:
    """What a source calls the page, without the outlet's folded names and labels; None if that is no title."""
    text = without_site(mended(line(text)[: 2 * MAX_CHARACTERS]), known, shown)
    name, _, rest = text.partition(": ")
    # Elsewhere a colon after the name is a real one: `The Harbour Post: how it began`.
    text = _without_label(LOOSE.sub("", rest if rest and source == "title" and fold(name) in known and fold(text) not in shown else text))
    folded = fold(text)
    if not folded or folded in GENERIC or folded in known or len(text) > MAX_CHARACTERS:
        return None
    return _Title(text=text, folded=folded, source=source, weight=weight)


def _sources(page: ParsedPage) -> Iterator[tuple[str, str]]:
    """Name and text of each title that the page tells in other places than its headings."""
    yield "json-ld", first_text(page.article.get("headline") or page.article.get("name"))
    shared = page.metas("og:title")[:1]
    yield from (("og", text) for text in shared)
    yield from (("twitter", text) for text in page.metas("twitter:title")[:1] if not shared)
    yield from (
        ("meta", text) for text in page.metas("parsely-title", "sailthru.title", "dc.title", "dcterms.title", "headline", "title")[:1]
    )
    yield "feed", page.source.feed_title or ""
    yield "title", page.title_tag


def _pieces(folded: str) -> set[str]:
    return {folded[at : at + 3] for at in range(max(1, len(folded) - 2))}


def _likeness(folded: str, told: Iterable[set[str]]) -> float:
    """The best Jaccard similarity of a title's trigrams with those of others."""
    pieces = _pieces(folded)
    return max((len(pieces & others) / len(pieces | others) for others in told), default=0.0)


def _top(page: ParsedPage, pieces: Sequence[set[str]], known: Collection[str]) -> tuple[_Title | None, set[str]]:
    """The h1 that the other titles know best, and the folded texts of all."""
    tops = []
    for heading in page.headings:
        own = {fold(heading.text)}
        title = None if heading.is_logo or heading.element.tag != "h1" else _title(heading.text, "h1", WEIGHTS["h1"], known, own)
        likeness = _likeness(title.folded, pieces) if title else 0.0
        if title and (likeness >= ALIKE or not _is_site(title.text, known)):
            tops.append((likeness, heading.marked, title))
    if not tops:
        return None, set()
    likeness, _, best = max(tops, key=lambda top: top[:2])
    texts = {top.folded for *_, top in tops}
    return (best if likeness >= ALIKE or len(texts) == 1 else replace(best, weight=UNKNOWN_H1)), texts


def _headings(page: ParsedPage, told: Sequence[_Title], known: Collection[str]) -> Iterator[_Title]:
    """The h1, and the lesser heading that is the headline, or one beside that of an h1 for search engines."""
    pieces = [_pieces(title.folded) for title in told]
    lesser = islice(page.tree.iter("h2", "h3"), MAX_LESSER)
    top, texts = _top(page, pieces, known)
    if top:
        yield top
        shared = {title.folded: title for title in told if title.source != "title" and title.folded not in texts}
        same = next((title for element in lesser if (title := shared.get(fold(text_of(element))))), None) if shared else None
        if same:
            yield replace(same, source="h2", weight=SHOWN_AGAIN)
        return
    found = [title for element in lesser if (title := _title(text_of(element), "h2", WEIGHTS["h1"], known))]
    best = max(found, key=lambda title: _likeness(title.folded, pieces), default=None)
    if best and _likeness(best.folded, pieces) >= ALIKE:
        yield best


def _is_cut_off(short: str, long: str) -> bool:
    """Whether a title ends before its end, which another one tells; else the longer one carries furniture."""
    rest = long.removeprefix(short)
    return short.endswith(("...", "…")) if rest == long else short.endswith(":") or BROKEN_AT.match(rest) is not None


def _support(mine: _Title, theirs: _Title) -> float:
    """Share of another title's weight that supports a title."""
    if mine.folded == theirs.folded:
        return 1.0
    short, long = sorted((mine, theirs), key=lambda title: len(title.folded))
    if not (short.folded in long.folded and len(short.folded) > len(long.folded) / 3):
        return 0.0
    if _is_cut_off(short.text, long.text):
        return float(mine is long)
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
    ends = [other for other in others if title.text.endswith(other.text) and len(other.folded) > MIN_REST * len(title.folded)]
    return min(ends, key=lambda other: len(other.folded))  # the heading itself is among them


def decide(page: ParsedPage) -> Decision[str]:
    """The title of the article; empty if nothing on the page is one."""
    known = {fold(name) for name in page.site_names}
    shown = {fold(one.text) for one in page.headings if not one.is_logo and one.element.tag == "h1"}
    told = [title for source, text in _sources(page) if (title := _title(text, source, WEIGHTS[source], known, shown))]
    ranked = _agreed([*_headings(page, told, known), *told])
    if not ranked:
        return Decision(value="", candidates=())
    most = ranked[0].weight
    best = _without_kicker(ranked[0], ranked)
    # Markup may set the words of a heading apart where its text does not.
    best = max((title for title in ranked if title.folded == best.folded), key=lambda title: len(WORD.findall(title.text)))
    ranked.sort(key=lambda title: title is not best)
    return Decision(
        value=best.text,
        candidates=scored(Found(value=title.text, source=title.source, score=most if title is best else title.weight) for title in ranked),
    )
