"""From when on what a rule file says holds: until the next of its kind begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Final, Protocol, TypeVar

EARLIEST: Final = datetime.min.replace(tzinfo=UTC)


class Dated(Protocol):
    """Something that holds from a time on; None: since ever."""

    @property
    def valid_from(self) -> datetime | None:
        """The time."""


T = TypeVar("T", bound=Dated)


def read(value: object, where: str, problems: list[str]) -> datetime | None:
    """The time that a key `valid_from` gives; a value that is none is added to `problems`."""
    match value:
        case None:
            return None
        case datetime():
            return value if value.tzinfo else value.replace(tzinfo=UTC)
        case date():
            return datetime.combine(value, time(), tzinfo=UTC)
        case _:
            problems.append(f"{where}`valid_from` is no time: write 2025-11-24 or 2025-11-24T14:00:00Z, without quotation marks")
            return None


def ordered(dated: Sequence[T], name: str, problems: list[str]) -> tuple[T, ...]:
    """The oldest first; two that begin at the same time are added to `problems`."""
    known: set[datetime] = set()
    for one in dated:
        begin = one.valid_from or EARLIEST
        if begin in known:
            when = begin.isoformat() if one.valid_from else "no time, which is since ever"
            problems.append(f"two {name} have the same `valid_from` ({when}): give each the time when it began")
        known.add(begin)
    return tuple(sorted(dated, key=lambda one: one.valid_from or EARLIEST))


def at(dated: Sequence[T], when: datetime) -> T | None:
    """The one that holds at a time, of an ordered sequence."""
    return next((one for one in reversed(dated) if (one.valid_from or EARLIEST) <= when), None)
