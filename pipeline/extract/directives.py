"""What a page asks robots to do with it: its meta elements and the X-Robots-Tag header, for all robots and for ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

AGENT: Final = "presswatch"
# Directives that have a value after a colon, which is no robot's name before one.
VALUED: Final = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
# Of the meta element and, with other words, of old archives.
NO_ARCHIVE: Final = frozenset({"noarchive", "nocache"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Directives:
    """What is asked of us."""

    noarchive: bool = False  # no copy is to be kept
    noindex: bool = False  # by our own name: the page is not to be taken at all


def read(*, everybody: Iterable[str], ours: Iterable[str], header: str | None) -> Directives:
    """The directives that concern us.

    Args:
        everybody: contents of `<meta name="robots">`.
        ours: contents of `<meta name="presswatch">`.
        header: values of X-Robots-Tag, one a line; each may begin with the name of the robot that it is for.

    """
    for_all = set(_words(everybody))
    for_us = set(_words(ours))
    for line in (header or "").splitlines():
        agent, _, rest = line.partition(":")
        name = agent.strip().lower()
        if not rest or "," in name or name in VALUED:
            for_all.update(_words([line]))
        elif name == AGENT:
            for_us.update(_words([rest]))
        elif name == "*":
            for_all.update(_words([rest]))
    return Directives(noarchive=bool(NO_ARCHIVE & (for_all | for_us)), noindex=bool({"noindex", "none"} & for_us))


def _words(contents: Iterable[str]) -> Iterator[str]:
    for content in contents:
        yield from (word.strip().lower() for word in content.split(","))
