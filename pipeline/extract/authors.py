"""The authors: people; a declared desk or organisation only where no person is named. An agency is a credit, not an author."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Final

from pipeline.extract import bywords, declared, portraits, reporters
from pipeline.extract.bylines import BY_RELATION, MAY_NAME_AUTHOR, Byline, bylines, first_people
from pipeline.extract.candidates import Decision, shown
from pipeline.extract.names import ReadNames, is_outlet, names_in
from pipeline.extract.page import ParsedPage
from pipeline.extract.structured import first_text, types_of
from pipeline.extract.titles import fold
from pipeline.extract.vicinity import Vicinity

MAX_AUTHORS: Final = 20
SHOWN_BYLINES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """What is read of every page; the rest only where this names nobody."""

    nodes: list[declared.Node]
    bylines: list[Byline]  # near the headline
    spoken: list[bywords.Line]  # near the headline too
    fed: list[str]  # what the feed says
    metas: list[tuple[str, str]]
    vicinity: Vicinity
    declares: bool  # an author, and not only the outlet's own account as a person

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Values and sources, in the order of trust."""
        yield from ((first_text(node), "json-ld") for node in self.nodes)
        yield from ((text, "byline") for text in islice(dict.fromkeys(byline.text for byline in self.bylines), SHOWN_BYLINES))
        yield from ((text, "text") for text, _ in self.spoken)
        yield from ((text, "feed") for text in self.fed)
        yield from ((value, "meta") for _, value in self.metas)


def _gathered(page: ParsedPage, read: ReadNames, sites: frozenset[str]) -> _Evidence:
    vicinity = Vicinity(page)
    nodes = declared.author_nodes(page)
    return _Evidence(
        nodes=nodes,
        declares=any("Person" not in types_of(node) or not is_outlet(first_text(node), sites) for node in nodes),
        # A page without a headline is all near.
        bylines=bylines(vicinity.near if vicinity.has_headline else page.marked(MAY_NAME_AUTHOR), vicinity, is_near=True),
        spoken=list(bywords.near_headline(vicinity.ahead, read, is_strange=vicinity.is_strange)),
        fed=list(page.source.feed_authors),
        metas=declared.metas(page),
        vicinity=vicinity,
    )


def _far_bylines(page: ParsedPage, evidence: _Evidence) -> list[Byline]:
    """Bylines that stand not near the headline; where the page declares an author, though no person, only the plainest."""
    if not evidence.vicinity.has_headline:
        return []
    near = set(evidence.vicinity.near)
    found = bylines((element for element in page.marked(MAY_NAME_AUTHOR) if element not in near), evidence.vicinity, is_near=False)
    return [one for one in found if not evidence.declares or one.trust == BY_RELATION or bywords.begins_byline(one.text)]


def _agreed(found: Sequence[Byline], read: ReadNames) -> list[str]:
    """People of the surest byline if the others name nobody else: those of teasers do."""
    people = first_people(found, read)
    return people if {fold(name) for byline in found for name in byline.people(read)} <= set(map(fold, people)) else []


def _credited(page: ParsedPage, evidence: _Evidence, read: ReadNames) -> Sequence[str]:
    """Whom a line near the headline credits, else all lines that credit anybody."""
    if not any(word in page.lower_text for word in reporters.TRIGGERS):
        return ()
    is_strange = evidence.vicinity.is_strange
    near = next(reporters.credited(evidence.vicinity.ahead, read, is_strange=is_strange), ())
    found = () if near else tuple(map(tuple, islice(reporters.credited(page.marks, read, is_strange=is_strange), MAX_AUTHORS)))
    return near or (found[0] if len(set(found)) == 1 else ())


def _choices(page: ParsedPage, evidence: _Evidence, read: ReadNames) -> Iterator[Sequence[str]]:
    """Whom each kind of evidence names, the surest kind first."""
    marked = first_people([byline for byline in evidence.bylines if not byline.is_apart], read)
    spoken = next((people for _, people in evidence.spoken if people), ())
    # What is both marked and written as a byline knows better than structured data, which may name who put the text online.
    yield spoken if set(map(fold, marked)) == set(map(fold, spoken)) else ()
    yield declared.people_of(evidence.nodes, read)
    # Where only some of the names in a written byline are marked, it knows all.
    yield spoken if set(map(fold, marked)) < set(map(fold, spoken)) else marked
    yield spoken
    yield next((people for _, people in bywords.labelled(page.marks, read, is_strange=evidence.vicinity.is_strange) if people), ())
    yield first_people([byline for byline in evidence.bylines if byline.is_apart], read)
    yield [name for text in evidence.fed for name in read(text, True)]
    yield declared.people_in(evidence.metas, read)
    yield _credited(page, evidence, read)
    far = _far_bylines(page, evidence)
    yield _agreed([byline for byline in far if not byline.is_apart], read)
    yield bywords.signed(evidence.vicinity.ahead, read)
    yield portraits.portrayed(evidence.vicinity.ahead, read, shown=page.lower_text, is_strange=evidence.vicinity.is_strange)
    yield bywords.alone(page.marks, read, is_apart=lambda one: evidence.vicinity.is_apart(one) or evidence.vicinity.is_strange(one))
    yield declared.collectives_of(evidence.nodes)
    yield bywords.desks(evidence.spoken)
    yield first_people([byline for byline in far if byline.is_apart and byline.trust == BY_RELATION], read)
    # Who writes alone may call the whole site by the own name.
    yield declared.people_in(evidence.metas, lambda text, is_name: names_in(text, declared=is_name))


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple({fold(name): name for name in reversed(list(names))}.values())[::-1][:MAX_AUTHORS]


def decide(page: ParsedPage) -> Decision[tuple[str, ...]]:
    """The people who wrote the article, in the page's order; the first kind of evidence that names any decides."""
    names = set(map(fold, page.site_names))
    sites = frozenset(names | {name.replace(" ", "") for name in names})

    @cache  # many elements share a text
    def read(text: str, is_name: bool) -> Sequence[str]:
        return names_in(text, sites=sites, declared=is_name)

    evidence = _gathered(page, read, sites)
    people = next(filter(None, _choices(page, evidence, read)), ())
    return Decision(value=_unique(people), candidates=shown(evidence.pairs()))
