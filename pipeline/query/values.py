"""What a single word, phrase, value or date means."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from pipeline.errors import QueryError
from pipeline.query import limits, tree
from pipeline.query.syntax import Literal
from pipeline.query.tokens import Token, composed, cut

_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_DAY: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_COPIES: Final = re.compile(r"\d{1,19}|none|copy|derived", re.ASCII | re.IGNORECASE)
_AGE: Final = re.compile(r"(\d{1,9})d", re.ASCII)
_COMPARED: Final = re.compile(r"([<>]=?)(.*)", re.DOTALL)
_DATE_HELP: Final = "a date looks like 2025-01-31, a range like 2025-01-01..2025-01-31, >=2025-01-01 or 7d"


def words(literal: Literal, field: str | None) -> tree.Words:
    """Words that stand side by side, the last perhaps a pattern."""
    # A backslash in quotation marks takes the meaning from the next sign; blanks keep the places right.
    text = _ESCAPE.sub(lambda pair: f" {' ' if pair[1] in '*?' else pair[1]}", literal.text) if literal.quoted else literal.text
    text, begin = composed(text), literal.at + literal.quoted
    tokens = cut(text, wildcards=True)
    if not tokens:
        raise QueryError(position=literal.at, problem=f"{_shown(literal)} has no letter or digit to search for")
    last = tokens[-1]
    for token in tokens[:-1]:
        if token.is_pattern:
            raise QueryError(position=begin + token.start, problem="only the last word of a phrase can have a wildcard")
    if not last.is_pattern:
        return tree.Words(at=literal.at, text=text.strip(), count=len(tokens), field=field)
    _check_pattern(last, begin)
    return tree.Words(at=literal.at, text=text[: last.start].strip(), count=len(tokens) - 1, pattern=last.text, field=field)


def value(literal: Literal, field: str, *, is_person: bool) -> tree.Value:
    """A field's whole value, or a pattern for it."""
    text = composed(_ESCAPE.sub(r"\1", literal.text) if literal.quoted else literal.text).strip()
    if not text:
        raise QueryError(position=literal.at, problem=f"{field}: needs a value")
    if len(text) > limits.VALUE:
        raise QueryError(position=literal.at, problem=f"the value of {field}: has more than {limits.VALUE} characters")
    if field == "copies" and _COPIES.fullmatch(text) is None:
        raise QueryError(position=literal.at, problem="copies: takes an article's id, or one of none, copy, derived")
    # What is escaped stays so; every other backslash is none of Elasticsearch's.
    pattern = composed(literal.text if literal.quoted else literal.text.replace("\\", "\\\\")).strip()
    start = re.search(r"(?<!\\)(?:\\\\)*[*?]", pattern)
    if start is None:
        return tree.Value(at=literal.at, field=field, text=text, words=_name(literal, field) if is_person else None)
    if not start.start() and start[0] in "*?":
        raise QueryError(position=literal.at, problem=f"the value of {field}: can't begin with a wildcard")
    if len(re.findall(r"(?<!\\)(?:\\\\)*[*?]", pattern)) > limits.WILDCARDS:
        raise QueryError(position=literal.at, problem=f"a value can have at most {limits.WILDCARDS} wildcards")
    return tree.Value(at=literal.at, field=field, text=text, pattern=pattern, words=_name(literal, field) if is_person else None)


def _name(literal: Literal, field: str) -> tree.Words | None:
    """A person's name as words; None if it can't be read so, which a whole name need not."""
    try:
        return words(literal, field)
    except QueryError:
        return None


def _check_pattern(token: Token, begin: int) -> None:
    at, wildcards = begin + token.start, len(re.findall(r"[*?]", token.text))
    start = len(re.split(r"[*?]", token.text, maxsplit=1)[0])
    if len(token.text) > limits.WORD:
        raise QueryError(position=at, problem=f"a word with a wildcard can have at most {limits.WORD} characters")
    if wildcards > limits.WILDCARDS:
        raise QueryError(position=at, problem=f"a word can have at most {limits.WILDCARDS} wildcards, and {token.text} has {wildcards}")
    if start < limits.WILDCARD_START:
        problem = f"a word needs at least {limits.WILDCARD_START} letters before its first wildcard, and {token.text} has {start}"
        raise QueryError(position=at, problem=problem)


def days(literal: Literal, field: str) -> tree.Days | tree.LastDays:
    """A day, month or year, a range of them, or the last days."""
    text = literal.text.strip()
    if literal.stem:
        raise QueryError(position=literal.at, problem=f"{field}: takes dates, so ~ does not work there")
    if age := _AGE.fullmatch(text):
        if int(age[1]) > limits.DAYS:
            raise QueryError(position=literal.at, problem=f"{text} is more than the {limits.DAYS:,} days that are allowed")
        return tree.LastDays(at=literal.at, field=field, days=int(age[1]))
    if compared := _COMPARED.fullmatch(text):
        first, last = _compared(compared[1], compared[2], literal)
    else:
        first, last = _range(text, literal)
    return tree.Days(at=literal.at, field=field, first=first, last=last)


def _compared(operator: str, text: str, literal: Literal) -> tuple[date | None, date | None]:
    first, last = _span(text, literal)
    match operator:
        case ">=":
            return first, None
        case "<=":
            return None, last
        case ">":
            return _shifted(last, 1, literal), None
        case _:
            return None, _shifted(first, -1, literal)


def _range(text: str, literal: Literal) -> tuple[date | None, date | None]:
    begin, dots, end = text.partition("..")
    if not dots:
        return _span(text, literal)
    if not begin and not end:
        raise QueryError(position=literal.at, problem=f"a range needs a date on at least one side ({_DATE_HELP})")
    first, last = (_span(begin, literal)[0] if begin else None), (_span(end, literal)[1] if end else None)
    if first and last and first > last:
        raise QueryError(position=literal.at, problem=f"the range {text} ends before it begins")
    return first, last


def _span(text: str, literal: Literal) -> tuple[date, date]:
    """The first and the last day of what is written as a year, a month or a day."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        raise QueryError(position=literal.at, problem=f"{text or literal.text} is no date ({_DATE_HELP})")
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        if day:
            return first, first
        if month:
            return first, (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        return first, date(first.year, 12, 31)
    except (ValueError, OverflowError):
        raise QueryError(position=literal.at, problem=f"there is no date {text} ({_DATE_HELP})") from None


def _shifted(day: date, by: int, literal: Literal) -> date:
    try:
        return day + timedelta(days=by)
    except OverflowError:
        raise QueryError(position=literal.at, problem=f"no date lies beyond {day}") from None


def _shown(literal: Literal) -> str:
    return f'"{literal.text}"' if literal.quoted else literal.text
