"""The gazetteer: well-known names whose type is not left to the models."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pipeline.models import EntityType


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A thing that the gazetteer knows."""

    name: str
    type: EntityType


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """Known things by folded name, and words that are none."""

    known: Mapping[str, Known]
    ignored: frozenset[str]  # folded
    titles: frozenset[str]  # lower case, before a person's name
    verbs: frozenset[str]  # lower case, after a name in a headline


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer of the package, read at the first use."""
    from pipeline.entities.names import fold

    data = tomllib.loads(resources.files("pipeline.entities").joinpath("gazetteer.toml").read_text("utf-8"))
    known: dict[str, Known] = {}
    for kind in (EntityType.PERSON, EntityType.ORG, EntityType.PLACE):
        for name, others in data[kind.value].items():
            thing = Known(name=name, type=kind)
            for form in (name, *others):
                known.setdefault(fold(form), thing)
    ignored = data["ignored"]
    return Gazetteer(
        known=known,
        ignored=frozenset(fold(word) for word in (*ignored["peoples"], *ignored["words"])),
        titles=frozenset(ignored["titles"]),
        verbs=frozenset(ignored["verbs"]),
    )
