"""Filters as edits of the query's own text: what a facet adds, and what is taken away again.

The query stays the one place that says what is searched for: it can be read, changed by hand, and saved
as an alert.
"""

from __future__ import annotations

import re
from typing import Final

from pipeline import query as syntax

# The query's parts side by side: groups in parentheses are found by counting, see `parts`.
_ATOM: Final = re.compile(r"""\s+|(?:[-~]?(?:\w+:)?"(?:[^"\\]|\\.)*"?)|[()]|[^\s()"]+""")
_SIMPLE: Final = re.compile(r"[^\W_]+")
_NEAR: Final = re.compile(r"O?NEAR(?:/\d+)?")
_OPERATORS: Final = frozenset({"AND", "OR", "NOT", "NEAR", "ONEAR"})


def filter_for(field: str, value: str) -> str:
    """The part of a query that asks for this value of a field."""
    if _SIMPLE.fullmatch(value) and value not in _OPERATORS:
        return f"{field}:{value}"
    return f"{field}:{syntax.quote(value)}"


def added(query: str, part: str) -> str:
    """The query, narrowed by a part; the same query if it has the part already."""
    found = parts(query)
    if part in found:
        return query
    if "OR" in found:
        # OR binds weakest: without parentheses the filter would bind to the last alternative only.
        return f"({query.strip()}) {part}"
    return f"{query.strip()} {part}".strip()


def without(query: str, part: str) -> str:
    """The query without a part that stands side by side with the others, and without the parentheses that only it needed."""
    kept: list[str] = []
    for found in parts(query):
        if found == part:
            if kept and kept[-1] == "AND":
                kept.pop()
        elif kept or found != "AND":
            kept.append(found)
    if len(kept) == 1 and kept[0].startswith("(") and kept[0].endswith(")"):
        return kept[0][1:-1].strip()
    return " ".join(kept)


def replaced(query: str, part: str, other: str) -> str:
    """The query with another part in the place of this one, the first time that it stands there."""
    kept = [part] if query == part else operands(query)
    place = kept.index(part)
    return " ".join([*kept[:place], other, *kept[place + 1 :]])


def operands(query: str) -> list[str]:
    """The parts that every article must fulfil, each as it is written; none where an OR stands between the parts."""
    found: list[str] = []
    goes_on = False
    for part in parts(query):
        if part == "OR":
            return []
        if part == "AND":
            continue
        is_near = _NEAR.fullmatch(part) is not None
        if found and (goes_on or is_near):
            found[-1] += f" {part}"
        else:
            found.append(part)
        goes_on = is_near or part == "NOT" or part.endswith(":")
    return found


def parts(query: str) -> list[str]:
    """The query cut at the spaces outside of quotes and parentheses."""
    found: list[str] = []
    current = ""
    depth = 0
    for atom in _ATOM.findall(query):
        if atom == "(":
            depth += 1
        elif atom == ")":
            depth -= 1
        if atom.isspace() and depth <= 0:
            if current:
                found.append(current)
            current = ""
        else:
            current += atom
    if current:
        found.append(current)
    return found
