"""From text to the grammar's tree. The parser builds it bottom-up, so that no depth of nesting exhausts the stack."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias, cast

from lark import Lark, Token, UnexpectedCharacters, UnexpectedToken, v_args
from lark.visitors import Transformer

from pipeline.errors import QueryError
from pipeline.query import limits

# What ends a word besides white space; `grammar.lark` says the same.
_QUOTATION_MARKS: Final = '"“”„«»'
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """A word, a phrase or an inflected word, as typed."""

    at: int
    text: str
    quoted: bool = False
    stem: bool = False
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`either` and `both` (with any number of parts), `negated`, `group`, `near`, `field`."""

    kind: str
    at: int
    parts: tuple[Branch, ...]
    word: str = ""  # the operator or the field as typed
    depth: int


Branch: TypeAlias = Literal | Operation

EMPTY: Final = Operation(kind="both", at=1, parts=(), depth=0)


@v_args(inline=True)
class _Builder(Transformer[Token, Branch]):
    def word(self, token: Token) -> Branch:
        return Literal(at=_at(token), text=str(token))

    def quoted(self, token: Token) -> Branch:
        return Literal(at=_at(token), text=token[1:-1], quoted=True)

    def stem(self, tilde: Token, token: Token) -> Branch:
        return Literal(at=_at(tilde), text=str(token), stem=True)

    def either(self, left: Branch, operator: Token, right: Branch) -> Branch:
        return _chain("either", left, right, str(operator))

    def both(self, left: Branch, right: Branch) -> Branch:
        return _chain("both", left, right, "")

    def both_said(self, left: Branch, operator: Token, right: Branch) -> Branch:
        return _chain("both", left, right, str(operator))

    def negated(self, operator: Token, part: Branch) -> Branch:
        return _deeper("negated", _at(operator), (part,), str(operator))

    def near(self, left: Branch, operator: Token, right: Branch) -> Branch:
        if isinstance(left, Operation) and left.kind == "near":
            raise QueryError(position=_at(operator), problem=f"{operator} joins two operands only, and this would be a third")
        return Operation(kind="near", at=_at(operator), parts=(left, right), word=str(operator), depth=max(left.depth, right.depth))

    def group(self, opening: Token, inside: Branch, _closing: Token) -> Branch:
        return _deeper("group", _at(opening), (inside,), "")

    def field(self, name: Token, value: Branch) -> Branch:
        return Operation(kind="field", at=_at(name), parts=(value,), word=name[:-1], depth=value.depth)

    def field_group(self, name: Token, _opening: Token, inside: Branch, _closing: Token) -> Branch:
        return _deeper("field", _at(name), (inside,), name[:-1])


def read(text: str) -> Branch:
    """The grammar's tree of a text; `EMPTY` if there is nothing in it.

    Raises:
        QueryError: the text does not follow the grammar, or is too long or too deep.

    """
    if len(text) > limits.LENGTH:
        raise QueryError(position=limits.LENGTH + 1, problem=f"it has {len(text):,} characters, and at most {limits.LENGTH:,} are allowed")
    if broken := _SURROGATE.search(text):
        raise QueryError(position=broken.start() + 1, problem="this is no character (a broken byte sequence)")
    if not text.strip():
        return EMPTY
    try:
        return _parser().parse(text)  # type: ignore[return-value] # the embedded builder makes branches of the tree
    except UnexpectedCharacters as error:
        raise _unreadable(text, cast("int", error.pos_in_stream)) from None
    except UnexpectedToken as error:
        raise _explained(error, text) from None


@cache
def _parser() -> Lark:
    return Lark.open("grammar.lark", rel_to=__file__, parser="lalr", transformer=_Builder())


def _at(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _chain(kind: str, left: Branch, right: Branch, operator: str) -> Branch:
    """`a OR b OR c` has three parts; parentheses are kept apart from it."""
    parts = left.parts if isinstance(left, Operation) and left.kind == kind else (left,)
    return Operation(kind=kind, at=left.at, parts=(*parts, right), word=operator, depth=max(left.depth, right.depth))


def _deeper(kind: str, at: int, parts: tuple[Branch, ...], word: str) -> Branch:
    depth = 1 + max(part.depth for part in parts)
    if depth > limits.DEPTH:
        raise QueryError(position=at, problem=f"parentheses and negations go deeper than the {limits.DEPTH} levels that are allowed")
    return Operation(kind=kind, at=at, parts=parts, word=word, depth=depth)


def _unreadable(text: str, place: int) -> QueryError:
    if text[place] in _QUOTATION_MARKS:
        return QueryError(position=place + 1, problem="the quotation mark here has no partner")
    return QueryError(position=place + 1, problem=f"{text[place]!r} can't stand here")


def _explained(error: UnexpectedToken, text: str) -> QueryError:
    token = error.token
    if token.type == "$END":
        opening = _unclosed(text)
        if opening is not None:
            return QueryError(position=opening + 1, problem="the parenthesis that opens here is never closed")
        return QueryError(position=len(text.rstrip()) + 1, problem=f"something to search for must follow {text.rsplit(maxsplit=1)[-1]}")
    if token.type == "RPAR" and _unclosed(text[: token.start_pos]) is None:
        return QueryError(position=_at(token), problem="this parenthesis closes nothing")
    before = text[: token.start_pos].split()
    if before:
        return QueryError(position=_at(token), problem=f"something to search for must stand between {before[-1]} and {token}")
    return QueryError(position=_at(token), problem=f"something to search for must stand before {token}")


def _unclosed(text: str) -> int | None:
    """Where the innermost parenthesis opens that is not closed, from 0."""
    opened: list[int] = []
    quoted = escaped = False
    for place, letter in enumerate(text):
        if quoted:
            quoted, escaped = letter != '"' or escaped, letter == "\\" and not escaped
        elif letter == '"':
            quoted = True
        elif letter == "(":
            opened.append(place)
        elif letter == ")" and opened:
            opened.pop()
    return opened[-1] if opened else None
