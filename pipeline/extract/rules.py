"""What an outlet's rule finds on a page. Where it finds something it is believed; where not, general means decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, TypeVar, cast

from lxml import etree
from lxml.html import HtmlElement

from pipeline import rules
from pipeline.extract import extractor, region, times, topics
from pipeline.extract.candidates import Decision, shown
from pipeline.extract.decoding import line
from pipeline.extract.elements import text_of
from pipeline.extract.names import names_in
from pipeline.extract.page import ParsedPage
from pipeline.extract.titles import fold
from pipeline.models import Rule, Timestamp

SOURCE: Final = "rule"
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What a rule found; None where it says nothing or found nothing."""

    title: Decision[str] | None = None
    authors: Decision[tuple[str, ...]] | None = None
    published_at: Decision[Timestamp | None] | None = None
    body: Decision[str] | None = None
    topics: Decision[tuple[str, ...]] | None = None
    missed: tuple[str, ...] | None = None  # fields that it says something of and did not find; None: there is no rule


@lru_cache(maxsize=4_096)
def _compiled(selector: str) -> etree.XPath:
    return etree.XPath(rules.xpath(selector), smart_strings=False)


def _texts(tree: HtmlElement, selectors: Iterable[str], text: Callable[[HtmlElement | str], str]) -> list[str]:
    """The texts of what the first selector that finds any finds."""
    for selector in selectors:
        if found := list(filter(None, map(text, _chosen(tree, selector)))):
            return found
    return []


def _chosen(tree: HtmlElement, selector: str) -> list[HtmlElement | str]:
    return cast("list[HtmlElement | str]", _compiled(selector)(tree))


def remove(rule: Rule | None, tree: HtmlElement) -> None:
    """Take out of a tree what a rule says is to go; the text after an element stays."""
    for selector in rule.remove if rule else ():
        for element in _chosen(tree, selector):
            if not isinstance(element, str) and element.getparent() is not None:
                element.drop_tree()


def _text(item: HtmlElement | str) -> str:
    """What stands in an attribute or an element; a meta element holds it in one."""
    if isinstance(item, str):
        return line(item)
    return line(item.get("content")) if item.tag == "meta" else text_of(item)


def _time_text(item: HtmlElement | str) -> str:
    return _text(item) if isinstance(item, str) else line(item.get("datetime") or item.get("content")) or text_of(item)


def _paragraphs(tree: HtmlElement, selectors: Iterable[str]) -> list[str]:
    for selector in selectors:
        elements = [item for item in _chosen(tree, selector) if not isinstance(item, str)]
        chosen = set(elements)
        paragraphs: list[str] = []
        for element in elements:
            if chosen.isdisjoint(element.iterancestors()):  # else it is in one that is read anyway
                alone = deepcopy(element)
                alone.tail = None
                etree.strip_elements(alone, *region.NEVER_TEXT, with_tail=False)
                paragraphs += extractor.paragraphs_of(alone)
        if paragraphs:
            return paragraphs
    return []


def _decision(value: T, texts: Iterable[str]) -> Decision[T] | None:
    return Decision(value=value, candidates=shown((text, SOURCE) for text in texts)) if value else None


def find(page: ParsedPage) -> Ruled:
    """What the page's rule finds on it."""
    rule = page.source.rule
    if rule is None:
        return Ruled()

    tree = page.tree
    titles = _texts(tree, rule.title, _text)[:1]
    bylines = _texts(tree, rule.authors, _text)
    stamps = _texts(tree, rule.published_at, _time_text)
    subjects = _texts(tree, rule.topics, _text)
    paragraphs = _paragraphs(tree, rule.body)
    people = [name for text in bylines for name in names_in(text, sites=frozenset(map(fold, page.site_names)), declared=True)]
    at = times.read(page, stamps)
    found = {"title": titles, "authors": people, "published_at": at, "body": paragraphs, "topics": subjects}
    return Ruled(
        title=_decision("".join(titles), titles),
        authors=_decision(tuple(dict.fromkeys(people)), bylines),
        published_at=_decision(at, stamps),
        body=_decision("\n\n".join(paragraphs), [" ".join(paragraphs)]),
        topics=_decision(tuple(dict.fromkeys(subjects))[: topics.MAX_TOPICS], subjects),
        missed=tuple(field for field in rules.FIELDS if getattr(rule, field) and not found[field]),
    )


def over(ruled: Decision[T] | None, general: Decision[T]) -> Decision[T]:
    """What the rule found, else what general means decided; with the candidates of both, the rule's scored best."""
    if ruled is None:
        return general
    best = max((candidate.score for candidate in general.candidates), default=0.0)
    own = (replace(candidate, score=round(best + 1, 2)) for candidate in ruled.candidates)
    return Decision(value=ruled.value, candidates=(*own, *general.candidates))
