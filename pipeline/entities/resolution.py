"""Resolution: from the passages that a model found to the entities of a document."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from pipeline.entities import names
from pipeline.entities.gazetteer import Gazetteer, Known
from pipeline.models import EntityType, Mention

_SUFFIXES: Final = frozenset({"jr", "sr", "ii", "iii", "iv"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A passage that a model took for a name."""

    text: str
    type: EntityType | None  # None: a date, a people, a number…
    titled: bool  # a title such as `President` stands before it


@dataclass(slots=True, kw_only=True)
class _Group:
    """All mentions of one name."""

    votes: Counter[EntityType | None] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    known: Known | None = None
    is_person: bool = False  # a full name and its parts: whatever the parts alone were taken for

    @property
    def count(self) -> int:
        return self.forms.total()

    @property
    def type(self) -> EntityType | None:
        """Decided once for the document; the first found wins a draw."""
        if self.known:
            return self.known.type
        return EntityType.PERSON if self.is_person else self.votes.most_common(1)[0][0]

    @property
    def name(self) -> str:
        """The gazetteer's name, else the fullest form, in capitals only if it never comes otherwise."""
        if self.known:
            return self.known.name
        return max(self.forms, key=lambda form: (len(form.split()), not form.isupper(), self.forms[form]))

    def absorb(self, other: _Group) -> None:
        self.votes.update(other.votes)
        self.forms.update(other.forms)
        self.known = self.known or other.known


def resolve(found: Iterable[Found], title: str, gazetteer: Gazetteer) -> tuple[Mention, ...]:
    """Decide types and merge names.

    Args:
        found: the passages of the body, in their order.
        title: the headline, where the body's names are counted too.
        gazetteer: the names that are known.

    Returns:
        The mentions, the most frequent first, then the first named.

    """
    groups = _grouped(found, gazetteer)
    _merge_persons(groups)
    kept = [(kind, group) for group in groups.values() if (kind := group.type) is not None]
    _count_in_title([group for _, group in kept], title)
    kept.sort(key=lambda pair: -pair[1].count)
    return tuple(
        Mention(name=group.name, type=kind, count=group.count, forms=tuple(form for form, _ in group.forms.most_common()))
        for kind, group in kept
    )


def _grouped(found: Iterable[Found], gazetteer: Gazetteer) -> dict[str, _Group]:
    groups: dict[str, _Group] = {}
    for passage in found:
        name = names.clean(passage.text, gazetteer)
        if name is None:
            continue
        key = names.fold(name)
        owner = names.owner(name)
        if owner and key not in gazetteer.known and names.fold(owner) in gazetteer.known:
            name, key = owner, names.fold(owner)
        if key not in gazetteer.known and passage.type is EntityType.PERSON:
            name = names.person(name, gazetteer)
            if name is None:
                continue
            key = names.fold(name)
        if key in gazetteer.ignored:
            continue
        group = groups.setdefault(key, _Group(known=gazetteer.known.get(key)))
        group.forms[name] += 1
        group.votes[passage.type] += 1
        if passage.titled:
            group.votes[EntityType.PERSON] += 1
    return groups


def _merge_persons(groups: dict[str, _Group]) -> None:
    """Count parts of names and other spellings for the fullest name, wherever it can mean only one person."""
    full = {key: tuple(key.split()) for key, group in groups.items() if " " in key and group.type is EntityType.PERSON}
    targets: dict[str, str] = {}
    for key, group in groups.items():
        target = _meant(key, group, full, groups)
        if target is not None:
            targets[key] = target
    for key in sorted(targets, key=lambda key: -len(key)):
        target = targets[key]
        while target in targets:
            target = targets[target]
        groups[target].absorb(groups.pop(key))
        groups[target].is_person = True
    # One thing under several of its known names.
    same: dict[Known, list[str]] = defaultdict(list)
    for key, group in groups.items():
        if group.known:
            same[group.known].append(key)
    for first, *others in same.values():
        for key in others:
            groups[first].absorb(groups.pop(key))


def _meant(key: str, group: _Group, full: dict[str, tuple[str, ...]], groups: dict[str, _Group]) -> str | None:
    """The full name that a shorter or other form stands for, None if there is none or more than one."""
    parts = tuple(key.split())
    fuller = [other for other, name in full.items() if len(name) > len(parts) and _is_same_person(parts, name)]
    if fuller and len(parts) > 1 and group.type is EntityType.PERSON:
        return _only(fuller, groups)
    by_surname = [other for other, name in full.items() if len(name) > len(parts) and _bare(name)[-len(parts) :] == parts]
    if by_surname and _may_be_person(group):
        if group.known and any(groups[other].known is group.known for other in by_surname):
            return None  # the gazetteer says which of them is meant, and both are joined by it
        target = _only(by_surname, groups)
        if target is not None and group.known:
            group.known = None  # another person of that surname is the one in this text
        return target
    if len(parts) == 1 and group.type is EntityType.PERSON and not group.known:
        return _only([other for other, name in full.items() if name[0] == key], groups)
    return None


def _may_be_person(group: _Group) -> bool:
    """Small models take a bare surname for an organisation or a place; what is known as one must look like a person."""
    if group.known:
        return group.known.type is EntityType.PERSON or 2 * group.votes[EntityType.PERSON] > group.votes.total()
    return group.type is not None


def _only(candidates: list[str], groups: dict[str, _Group]) -> str | None:
    """The one person that all candidates name."""
    if not candidates:
        return None
    fullest = max(candidates, key=lambda key: (len(key.split()), groups[key].count, key))
    whole = tuple(fullest.split())
    for other in candidates:
        joined = groups[other].known is not None and groups[other].known is groups[fullest].known
        if other != fullest and not joined and not _is_same_person(tuple(other.split()), whole):
            return None
    return fullest


def _bare(name: tuple[str, ...]) -> tuple[str, ...]:
    return name[:-1] if len(name) > 1 and name[-1] in _SUFFIXES else name


def _is_same_person(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two full names differ by middle names, initials or `Jr.` alone."""
    one, other = _bare(one), _bare(other)
    return (
        len(one) > 1
        and len(other) > 1
        and one[0] == other[0]
        and one[-1] == other[-1]
        and (set(one) <= set(other) or set(other) <= set(one))
    )


def _count_in_title(groups: list[_Group], title: str) -> None:
    by_form = {form: group for group in groups for form in group.forms}
    if not by_form or not title:
        return
    longest_first = sorted(by_form, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    for match in pattern.finditer(names.straight(title)):
        by_form[match[0]].forms[match[0]] += 1
