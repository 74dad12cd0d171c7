"""From a query to Elasticsearch's DSL, by the field names of `pipeline.index.mapping`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, TypeAlias

from pipeline.query import limits, tree

Dsl: TypeAlias = dict[str, Any]

# Whole values: the query's field → the index's fields. The folded ones fold the query's value as well.
_NAMES: Final = {
    "outlet": ("outlet.folded",),
    "author": ("authors.folded",),
    "language": ("language",),
    "country": ("country",),
    "label": ("labels.folded",),
    "topic": ("topics.folded",),
    "person": ("persons.folded",),
    "org": ("orgs.folded",),
    "place": ("places.folded",),
    "entity": ("persons.folded", "orgs.folded", "places.folded"),
    "story": ("story_id",),
}
# An entity's id says its type, so that `person:` never finds a place by its id.
_IDS: Final = {"person": ("person:",), "org": ("org:",), "place": ("place:",), "entity": ("person:", "org:", "place:")}
_NAME_WORDS: Final = {"author": "authors.words", "person": "persons.words", "entity": "persons.words"}
# `date` is when an article was published, or first seen where that is unknown.
_DATES: Final = {"published": "date", "seen": "seen_at"}
_TEXTS: Final = ("title", "body")
_TITLE_BOOST: Final = 3
_KINDS: Final = ("copy", "derived")
EVERYTHING: Final[Dsl] = {"match_all": {}}


def compile(query: tree.Query, *, now: datetime) -> Dsl:  # noqa: A001 - called as `query.compile`
    """The query as DSL; the same for searches and alerts.

    Args:
        query: as parsed.
        now: for what is said relative to today.

    """
    return _node(query.root, now)


def clauses(query: tree.Query) -> int:
    """How many clauses the engine counts at most; it refuses requests with too many."""
    return sum(_cost(leaf) for leaf in leaves(query.root))


def uses_stems(query: tree.Query) -> bool:
    """Whether `~word` occurs, so that highlights need the stemmed fields."""
    return any(isinstance(leaf, tree.Stem) for leaf in leaves(query.root))


def leaves(node: tree.Node) -> Iterator[tree.Leaf]:
    """All parts that are no AND, OR or NOT."""
    match node:
        case tree.Not(part=part):
            yield from leaves(part)
        case tree.All(parts=parts) | tree.Any(parts=parts):
            for part in parts:
                yield from leaves(part)
        case _:
            yield node


def _cost(leaf: tree.Leaf) -> int:
    match leaf:
        case tree.Words():
            return 2 * (leaf.count + 1)
        case tree.Stem():
            return 2 * (limits.STEM_TERMS + 1)
        case tree.Near():
            widths = sum(one.count + 1 + other.count + 1 for one in leaf.left for other in leaf.right)
            return 2 * widths * (1 if leaf.ordered else 2)
        case tree.Value():
            return 6 + (leaf.words.count if leaf.words else 0)
        case _:
            return 1


def _node(node: tree.Node, now: datetime) -> Dsl:
    match node:
        case tree.Not(part=part):
            return {"bool": {"must_not": [_node(part, now)]}}
        case tree.Any(parts=parts):
            return {"bool": {"should": [_node(part, now) for part in parts], "minimum_should_match": 1}}
        case tree.All(parts=parts):
            return _all(parts, now)
        case tree.Value() | tree.Days() | tree.LastDays():
            return {"constant_score": {"filter": _condition(node, now), "boost": 0}}
        case _:
            return _text(node)


def _text(node: tree.Everything | tree.Words | tree.Stem | tree.Near) -> Dsl:
    """What is looked for in title and body."""
    match node:
        case tree.Everything():
            return EVERYTHING
        case tree.Words():
            return _in_fields(node.field, lambda field: _words(node, field))
        case tree.Near():
            return _in_fields(node.field, lambda field: {"intervals": {field: _near(node)}})
        case tree.Stem():
            return _stem(node)


def _condition(node: tree.Value | tree.Days | tree.LastDays, now: datetime) -> Dsl:
    """What decides, but says nothing about how well an article fits."""
    match node:
        case tree.Value():
            return _copies(node) if node.field == "copies" else _value(node)
        case tree.Days(first=first, last=last):
            bounds = {} if first is None else {"gte": _midnight(first)}
            if last is not None and last < date.max:
                bounds["lt"] = _midnight(last + timedelta(days=1))
        case tree.LastDays(days=days):
            today = now.astimezone(UTC).date()
            bounds = {"gte": _midnight(today - timedelta(days=min(days, today.toordinal() - 1)))}
    return {"range": {_DATES[node.field]: bounds}}


def _all(parts: tuple[tree.Node, ...], now: datetime) -> Dsl:
    body: dict[str, list[Dsl]] = {}
    for part in parts:
        match part:
            case tree.Not(part=excluded):
                body.setdefault("must_not", []).append(_node(excluded, now))
            case tree.Value() | tree.Days() | tree.LastDays():
                body.setdefault("filter", []).append(_node(part, now))
            case _:
                body.setdefault("must", []).append(_node(part, now))
    return {"bool": body}


def _in_fields(field: str | None, make: Callable[[str], Dsl]) -> Dsl:
    """A query in title or body, whichever fits better; never across the two."""
    if field is not None:
        return make(field)
    return {"dis_max": {"queries": [make(name) for name in _TEXTS], "tie_breaker": 0.3}}


def _words(words: tree.Words, field: str) -> Dsl:
    boost = {"boost": _TITLE_BOOST} if field == "title" else {}
    if words.pattern is None:
        return {"match_phrase": {field: {"query": words.text} | boost}}
    if words.text:
        return {"intervals": {field: _interval(words) | boost}}
    # `query_string` is the query that folds a pattern's case and accents and matches however many words it stands for.
    return {"query_string": {"query": _escaped(words.pattern), "default_field": field} | boost}


def _escaped(pattern: str) -> str:
    return re.sub(r"([^\w*?])", r"\\\1", pattern)


def _interval(words: tree.Words) -> Dsl:
    """Side by side, as a rule of an intervals query."""
    parts: list[Dsl] = []
    if words.text:
        parts.append({"match": {"query": words.text, "ordered": True, "max_gaps": 0}})
    if words.pattern is not None:
        start = words.pattern[:-1]
        is_prefix = words.pattern.endswith("*") and "*" not in start and "?" not in start
        parts.append({"prefix": {"prefix": start}} if is_prefix else {"wildcard": {"pattern": words.pattern}})
    return parts[0] if len(parts) == 1 else {"all_of": {"ordered": True, "max_gaps": 0, "intervals": parts}}


def _near(near: tree.Near) -> Dsl:
    """Ordered rules only, since the operands of an unordered one may overlap."""
    left, right = _one_of(near.left), _one_of(near.right)
    orders = [[left, right]] if near.ordered else [[left, right], [right, left]]
    rules: list[Dsl] = [{"all_of": {"ordered": True, "max_gaps": near.distance - 1, "intervals": order}} for order in orders]
    return rules[0] if len(rules) == 1 else {"any_of": {"intervals": rules}}


def _one_of(operands: tuple[tree.Words, ...]) -> Dsl:
    rules = [_interval(words) for words in operands]
    return rules[0] if len(rules) == 1 else {"any_of": {"intervals": rules}}


def _stem(stem: tree.Stem) -> Dsl:
    """The word as it is, or reduced by the stemmer of each language in that language's field."""
    texts = (stem.field,) if stem.field else _TEXTS
    fields = [name for text in texts for name in (text, f"{text}_stem.*")]
    return {"multi_match": {"query": stem.text, "fields": fields, "type": "best_fields", "tie_breaker": 0.3, "operator": "and"}}


def _value(value: tree.Value) -> Dsl:
    wanted = [_exactly(name, value) for name in _NAMES[value.field]]
    if value.text.casefold().startswith(_IDS.get(value.field, ())):
        wanted.append(_exactly("entity_ids", value))
    if value.words is not None:
        wanted.append(_words(value.words, _NAME_WORDS[value.field]))
    return wanted[0] if len(wanted) == 1 else {"bool": {"should": wanted, "minimum_should_match": 1}}


def _exactly(field: str, value: tree.Value) -> Dsl:
    return {"term": {field: value.text}} if value.pattern is None else {"wildcard": {field: {"value": value.pattern}}}


def _copies(value: tree.Value) -> Dsl:
    """`copies:ID`: the article and what repeats it; `copies:none`, `copies:copy`, `copies:derived`: by kind."""
    text = value.text.lower()
    if text == "none":
        return {"bool": {"must_not": [{"exists": {"field": "duplicate_of"}}]}}
    if text in _KINDS:
        return {"term": {"copy_kind": text}}
    return {"bool": {"should": [{"ids": {"values": [value.text]}}, {"term": {"duplicate_of": value.text}}], "minimum_should_match": 1}}


def _midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
