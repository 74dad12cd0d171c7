"""From the grammar's tree to a query: fields, phrases, wildcards, dates and NEAR are checked and made plain."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from pipeline.errors import QueryError
from pipeline.query import limits, syntax, tree, values
from pipeline.query.fields import FIELDS, SINGLE, Kind
from pipeline.query.syntax import Branch, Literal, Operation
from pipeline.query.tokens import cut

_DISTANCE: Final = re.compile(r"(O?)NEAR/(\d{1,6})")


@lru_cache(maxsize=4_096)
def parse(text: str, *, for_alert: bool = False) -> tree.Query:
    """Read a query.

    Args:
        text: as a person typed it; nothing at all means every article.
        for_alert: refuse what would match nearly everything: no query, or one that only excludes.

    Raises:
        QueryError: with the character, counted from 1, and what is wrong there.

    """
    branch = syntax.read(text)
    root = tree.Everything() if branch is syntax.EMPTY else _Reader().node(branch, None)
    if for_alert and isinstance(root, tree.Everything):
        raise QueryError(position=1, problem="an alert needs something to look for")
    if for_alert and tree.is_negative(root):
        raise QueryError(position=1, problem="an alert that only excludes would match nearly everything: add what it looks for")
    return tree.Query(text=text, root=root)


def quote(value: str) -> str:
    """A value in quotation marks, with a backslash before what would mean something: for `outlet:` and its like."""
    return '"' + re.sub(r'([\\"*?])', r"\\\1", value) + '"'


class _Reader:
    """Reads one query and counts its words."""

    def __init__(self) -> None:
        self.terms = 0

    def node(self, branch: Branch, field: str | None) -> tree.Node:
        if isinstance(branch, Literal):
            return self.literal(branch, field)
        readers: dict[str, Callable[[], tree.Node]] = {
            "group": lambda: self.node(branch.parts[0], field),
            "negated": lambda: tree.Not(part=self.node(branch.parts[0], field)),
            "either": lambda: tree.Any(parts=tuple(self.node(part, field) for part in branch.parts)),
            "both": lambda: self.all(branch, field),
            "near": lambda: self.near(branch, field),
            "field": lambda: self.field(branch, field),
        }
        return readers[branch.kind]()

    def all(self, branch: Operation, field: str | None) -> tree.All:
        parts = tuple(self.node(part, field) for part in branch.parts)
        if field in SINGLE and sum(not tree.is_negative(part) for part in parts) > 1:
            problem = f"an article has only one {field}: join several with OR, and put a name of several words in quotation marks"
            raise QueryError(position=branch.at, problem=problem)
        return tree.All(parts=parts)

    def field(self, branch: Operation, outer: str | None) -> tree.Node:
        name, value = branch.word.lower(), branch.parts[0]
        if name not in FIELDS:
            known = ", ".join(f"{field}:" for field in FIELDS)
            problem = f"there is no field {branch.word}: (the fields are {known}; words with a colon go in quotation marks)"
            raise QueryError(position=branch.at, problem=problem)
        if outer is not None:
            raise QueryError(position=branch.at, problem=f"{name}: can't stand within {outer}:")
        if FIELDS[name] is Kind.DATE:
            if isinstance(value, Operation):
                raise QueryError(position=value.at, problem=f"{name}: takes one date or range, without parentheses")
            return values.days(value, name)
        return self.node(value, name)

    def literal(self, literal: Literal, field: str | None) -> tree.Node:
        kind = FIELDS[field] if field else Kind.TEXT
        if literal.stem:
            return self.stem(literal, field, kind)
        if kind is Kind.TEXT:
            return self.words(literal, field)
        self.count(1, literal.at)
        return values.value(literal, field or "", is_person=kind is Kind.PERSON)

    def stem(self, literal: Literal, field: str | None, kind: Kind) -> tree.Stem:
        if kind is not Kind.TEXT:
            raise QueryError(position=literal.at, problem=f"{field}: takes values as they are, so ~ does not work there")
        tokens = cut(literal.text, wildcards=True)
        if len(tokens) != 1 or tokens[0].is_pattern:
            raise QueryError(position=literal.at, problem="~ takes one word without wildcards")
        self.count(limits.STEM_TERMS, literal.at)
        return tree.Stem(at=literal.at, text=tokens[0].text, field=field)

    def words(self, literal: Literal, field: str | None) -> tree.Words:
        words = values.words(literal, field)
        self.count(words.count + (words.pattern is not None), literal.at)
        return words

    def count(self, terms: int, at: int) -> None:
        self.terms += terms
        if self.terms > limits.TERMS:
            problem = (
                f"from here on it is more than the {limits.TERMS:,} words that are allowed (a word with ~ counts for {limits.STEM_TERMS})"
            )
            raise QueryError(position=at, problem=problem)

    def near(self, branch: Operation, field: str | None) -> tree.Near:
        if field is not None and FIELDS[field] is not Kind.TEXT:
            raise QueryError(position=branch.at, problem=f"{branch.word} works in title: and body:, not in {field}:")
        found = _DISTANCE.fullmatch(branch.word)
        if found is None or not 1 <= int(found[2]) <= limits.DISTANCE:
            problem = f"{branch.word.split('/')[0]} needs a distance from 1 to {limits.DISTANCE}, such as NEAR/5"
            raise QueryError(position=branch.at, problem=f"{problem}; to search for the word itself, put it in quotation marks")
        left, right = (self.operand(part, branch.word, field) for part in branch.parts)
        if len(left) * len(right) > limits.NEAR_PAIRS:
            problem = f"{branch.word} would compare {len(left) * len(right):,} pairs, and at most {limits.NEAR_PAIRS} are allowed"
            raise QueryError(position=branch.at, problem=problem)
        return tree.Near(at=branch.at, distance=int(found[2]), ordered=bool(found[1]), left=left, right=right, field=field)

    def operand(self, branch: Branch, operator: str, field: str | None) -> tuple[tree.Words, ...]:
        if isinstance(branch, Literal) and not branch.stem:
            return (self.words(branch, field),)
        if isinstance(branch, Operation) and branch.kind == "group":
            return self.operand(branch.parts[0], operator, field)
        if isinstance(branch, Operation) and branch.kind == "either":
            return tuple(words for part in branch.parts for words in self.operand(part, operator, field))
        problem = f"{operator} takes a word, a prefix, a phrase, or a group of them joined by OR, and this is something else"
        raise QueryError(position=branch.at, problem=problem)
