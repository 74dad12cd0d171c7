"""The fields that a query can name."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final


class Kind(Enum):
    """How a field's value is read."""

    TEXT = auto()  # words, phrases, NEAR
    NAME = auto()  # a whole value
    PERSON = auto()  # a whole name, or words of it
    DATE = auto()  # days


FIELDS: Final = {
    "title": Kind.TEXT,
    "body": Kind.TEXT,
    "outlet": Kind.NAME,
    "author": Kind.PERSON,
    "language": Kind.NAME,
    "country": Kind.NAME,
    "label": Kind.NAME,
    "topic": Kind.NAME,
    "person": Kind.PERSON,
    "org": Kind.NAME,
    "place": Kind.NAME,
    "entity": Kind.PERSON,
    "story": Kind.NAME,
    "copies": Kind.NAME,
    "published": Kind.DATE,
    "seen": Kind.DATE,
}
# An article has one value of these, so that two of them joined by AND match nothing.
SINGLE: Final = frozenset({"outlet", "language", "country", "story"})
