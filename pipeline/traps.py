"""Addresses without end: what gives a trap away, and how many new pages of an outlet are taken in a day. Pure.

Sites make new addresses for one page for ever: links that are put after the path they stand on, calendars, lists sorted and
filtered in every way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final
from urllib.parse import parse_qsl, urlsplit

# A path with more parts, or a query with more parameters, is no article's.
MOST_PARTS: Final = 20
MOST_PARAMETERS: Final = 16
# Parts of a path, one or some in a row, that come so often one after the other.
REPEATED: Final = 3
LONGEST_ROUND: Final = 4
# Of one path, so many sets of parameters in one look are a list that can be filtered.
MOST_FILTERS: Final = 5
# What an outlet shows in a day may be so many times what it usually shows.
LEEWAY: Final = 2
USUAL_DAYS: Final = 14
# So many days' worth of new pages may wait.
MOST_WAITING_DAYS: Final = 7

CALENDAR: Final = re.compile(
    r"(?:calend[ar]{1,2}\w*|kalender|events?|agenda|termine|veranstaltungen|eventi|eventos|evenements|whats-?on)(?:/|$)", re.IGNORECASE
)
DATE_AT_END: Final = re.compile(r"/(?:19|20)\d\d(?:[/-](?:0?[1-9]|1[0-2]))?(?:[/-](?:0?[1-9]|[12]\d|3[01]))?/?$")
DATE_NAMES: Final = frozenset(
    {"date", "day", "month", "year", "week", "mes", "ano", "jahr", "monat", "tribe-bar-date", "eventdate", "ical"}
)


def trap(url: str, *, linked: bool) -> str | None:
    """Why an address looks like a trap's; null if it does not.

    Args:
        url: absolute.
        linked: it is one of a page's links or of a sitemap's entries, not one that a feed announces as an article.

    Returns:
        `repeated_path`, `deep_path`, `many_parameters`, `calendar`, or null.

    """
    parts = urlsplit(url)
    path = [part.lower() for part in parts.path.split("/") if part]
    names = [name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)]
    if len(path) > MOST_PARTS:
        return "deep_path"
    if _goes_round(path):
        return "repeated_path"
    if len(names) > MOST_PARAMETERS:
        return "many_parameters"
    if linked and CALENDAR.search(parts.path) and (DATE_AT_END.search(parts.path) or DATE_NAMES.intersection(names)):
        return "calendar"
    return None


def _goes_round(path: Sequence[str]) -> bool:
    """Whether some parts follow upon themselves again and again; numbers alone, as in dates, may."""
    for length in range(1, LONGEST_ROUND + 1):
        same = 0
        for before, part in zip(path, path[length:], strict=False):
            same = same + 1 if before == part and not (length == 1 and part.isdigit()) else 0
            if same >= (REPEATED - 1) * length:
                return True
    return False


def filtered(urls: Iterable[str]) -> set[str]:
    """Those of a look's addresses that only sort or filter a list anew: the same query in another order, or ever other parameters."""
    seen: set[tuple[str, str, tuple[tuple[str, str], ...]]] = set()
    filters: dict[tuple[str, str], set[frozenset[str]]] = {}
    found = set()
    for url in urls:
        parts = urlsplit(url)
        if not parts.query:
            continue
        query = tuple(sorted(parse_qsl(parts.query, keep_blank_values=True)))
        names = filters.setdefault((parts.netloc, parts.path), set())
        used = frozenset(name for name, _ in query)
        if (parts.netloc, parts.path, query) in seen or (used not in names and len(names) >= MOST_FILTERS):
            found.add(url)
        else:
            seen.add((parts.netloc, parts.path, query))
            names.add(used)
    return found


def allowance(least: int, by_day: Sequence[int]) -> int:
    """How many new pages of an outlet are taken in a day.

    Args:
        least: for any outlet.
        by_day: how many its feeds announced on the days before; days without any may be left out.

    """
    days = [*by_day, *[0] * (USUAL_DAYS - len(by_day))]
    return max(least, round(LEEWAY * median(days)))
