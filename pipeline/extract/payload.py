"""Data that Nuxt puts into a page (`__NUXT_DATA__`): a flat list of values that name each other by number.

The first value is the root. A number inside of an object or list is the place of the value that belongs there; a list that begins with
a string is a type (`["ShallowReactive", 1]`, `["Date", "…"]`). Source: `parse.js` of devalue 5.
"""

from __future__ import annotations

from typing import Any, Final

MAX_DEPTH: Final = 100
FEWEST: Final = 3  # values


def is_flat(value: Any) -> bool:
    """Whether a JSON value is of this form."""
    if not isinstance(value, list) or len(value) < FEWEST or not isinstance(value[0], dict | list) or not value[0]:
        return False
    root = value[0].values() if isinstance(value[0], dict) else value[0][isinstance(value[0][0], str) :]
    return all(isinstance(number, int) and number < len(value) for number in root)


def revived(values: list[Any]) -> Any:
    """The root with its values in their places; one that holds itself is left out where it would come again."""
    known: dict[int, Any] = {}

    def value_at(number: Any, depth: int) -> Any:
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < len(values) or depth > MAX_DEPTH:
            return None
        if number not in known:
            known[number] = None
            known[number] = told(values[number], depth)
        return known[number]

    def told(value: Any, depth: int) -> Any:
        if isinstance(value, dict):
            return {name: value_at(number, depth + 1) for name, number in value.items()}
        if isinstance(value, list):
            inner = value[1:] if value and isinstance(value[0], str) else value
            return [value_at(number, depth + 1) for number in inner]
        return value

    return value_at(0, 0)
