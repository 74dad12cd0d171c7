"""How many articles an outlet had, estimated from which of its looks showed which of them.

Feeds, sitemaps and sections are looks at the same flow, as in capture and recapture. Of two looks the estimate is Chapman's
(1951: "Some properties of the hypergeometric distribution with applications to zoological sample censuses"); of three it is
its like for more lists, by sample coverage (Chao and Tsay 1998: "A sample coverage approach to multiple-system estimation",
JASA 93:283-293), which for two lists is the same. The interval is by the logarithm of what nobody saw (Chao 1987: "Estimating
the population size for capture-recapture data with unequal catchability", Biometrics 43:783-791), with half an article added
to every cell, as Sadinle (2009) does for small populations: a plain interval would be empty where one look saw all.

Looks depend on each other: what a burst pushes out of the feed has often left the front page too, and what no look can show
is in none. So the estimate is rather too low: there were at least about so many articles, and the share collected is at most
about so much.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import combinations
from math import ceil, exp, floor, log, sqrt
from typing import Final

from pipeline.models import FeedKind

# Which look a source is part of, as a bit of a history: an article's history is the sum over the looks that showed it.
LOOKS: Final[Mapping[FeedKind, int]] = {FeedKind.FEED: 1, FeedKind.NEWS_SITEMAP: 2, FeedKind.SITEMAP: 2, FeedKind.SECTION: 4}
NAMES: Final[Mapping[int, str]] = {1: "feeds", 2: "sitemaps", 4: "sections"}
HISTORIES: Final = 8
# A look that showed fewer articles tells nothing of the others.
FEWEST_SHOWN: Final = 5
# With fewer hours in which a source could be read, what was published in the others may have been seen by no look.
FEWEST_HOURS: Final = 18
Z: Final = 1.96  # of a normal distribution, for 95 %


class Unknown(StrEnum):
    """Why there is no estimate."""

    NO_DAY = "no_day"
    NOT_WATCHED = "not_watched"
    ONE_LOOK = "one_look"
    FEW = "few"
    NO_OVERLAP = "no_overlap"


WORDS: Final[Mapping[Unknown, str]] = {
    Unknown.NO_DAY: "no day has been over for 12 hours since it was added",
    Unknown.NOT_WATCHED: "it was not watched for the whole of a day",
    Unknown.ONE_LOOK: "only one of feeds, sitemaps and sections showed articles, so that nothing can be compared",
    Unknown.FEW: f"fewer than two of feeds, sitemaps and sections showed {FEWEST_SHOWN} articles",
    Unknown.NO_OVERLAP: "no article was shown by two of feeds, sitemaps and sections",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """How many articles there were, rather too few than too many, with the 95 % interval."""

    articles: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What is known of an outlet's articles of a day."""

    outlet_id: int
    day: date  # of publication, by the page's own offset; of the first sighting (UTC) where that is unknown
    judged_at: datetime
    watched_hours: int  # of the UTC day, in which a source could be read
    gaps: int  # polls that showed nothing of the poll before
    unfilled_gaps: int  # that no sitemap filled
    collected: int  # articles stored
    histories: tuple[int, ...]  # known articles by history, collected or not; 0: those that no usual poll showed
    estimate: Estimate | None
    unknown: Unknown | None  # why there is no estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What was collected of the articles of some days."""

    first: date
    last: date
    days: int
    looks: tuple[str, ...]
    collected: int
    estimate: Estimate

    @property
    def share(self) -> float:
        """Of the estimated articles, from 0 to 1: rather too much."""
        return min(self.collected / self.estimate.articles, 1.0)

    @property
    def most(self) -> float:
        """Of the fewest articles that the interval allows."""
        return min(self.collected / self.estimate.low, 1.0)


def estimate(histories: Sequence[int], *, watched_hours: int = 24) -> Estimate | Unknown:
    """How many articles there were.

    Args:
        histories: known articles by history (see LOOKS).
        watched_hours: hours of the day in which a source could be read.

    Returns:
        The estimate, or why there is none: an unknown share is not a whole one.

    """
    if watched_hours < FEWEST_HOURS:
        return Unknown.NOT_WATCHED
    shown = {bit: sum(count for history, count in enumerate(histories) if history & bit) for bit in NAMES}
    if sum(map(bool, shown.values())) < 2:  # noqa: PLR2004 - two are compared
        return Unknown.ONE_LOOK
    looks = [bit for bit, count in shown.items() if count >= FEWEST_SHOWN]
    if len(looks) < 2:  # noqa: PLR2004
        return Unknown.FEW
    cells = _cells(histories, looks)
    if not sum(count for cell, count in cells.items() if len(cell) > 1):
        return Unknown.NO_OVERLAP
    known, seen = sum(histories), sum(cells.values())
    everywhere = frozenset(looks)
    # Chapman's correction: one article more that all have seen, and one less in the end.
    articles = _by_coverage(cells | {everywhere: cells[everywhere] + 1}, looks)[0] - 1
    unseen, variance = _unseen({cell: count + 0.5 for cell, count in cells.items()}, looks)
    factor = exp(Z * sqrt(log(1 + variance / unseen**2)))
    low, high = seen + unseen / factor, seen + unseen * factor
    # The tiny fraction that rounding errors add is no article.
    number = max(floor(articles + 1e-9), known)
    return Estimate(articles=number, low=min(max(floor(low), known), number), high=max(ceil(high), number))


def over(days: Sequence[Day]) -> Share | Unknown:
    """What was collected over several days: of those with the same looks, as only these can be added up."""
    if not days:
        return Unknown.NO_DAY
    alike: dict[frozenset[int], list[Day]] = defaultdict(list)
    for day in days:
        looks = frozenset(bit for bit in NAMES if any(count for history, count in enumerate(day.histories) if history & bit))
        if day.unknown is not Unknown.NOT_WATCHED:
            alike[looks].append(day)
    if not alike:
        return Unknown.NOT_WATCHED
    looks, chosen = max(alike.items(), key=lambda item: (len(item[0]) > 1, sum(day.collected for day in item[1])))
    found = estimate([sum(counts) for counts in zip(*(day.histories for day in chosen), strict=True)])
    if isinstance(found, Unknown):
        return found
    return Share(
        first=min(day.day for day in chosen),
        last=max(day.day for day in chosen),
        days=len(chosen),
        looks=tuple(NAMES[bit] for bit in sorted(looks)),
        collected=sum(day.collected for day in chosen),
        estimate=found,
    )


def _cells(histories: Sequence[int], looks: Sequence[int]) -> dict[frozenset[int], float]:
    """Articles by the looks, of those that count, that showed them; without those that none of them showed."""
    cells = {frozenset(cell): 0.0 for size in range(1, len(looks) + 1) for cell in combinations(looks, size)}
    for history, count in enumerate(histories):
        if cell := frozenset(bit for bit in looks if history & bit):
            cells[cell] += count
    return cells


def _by_coverage(cells: Mapping[frozenset[int], float], looks: Sequence[int]) -> tuple[float, float, float]:
    """The estimate by sample coverage, and what it is the quotient of: articles in overlaps, and the coverage."""
    shown = {look: sum(count for cell, count in cells.items() if look in cell) for look in looks}
    single = {look: cells[frozenset({look})] for look in looks}
    overlaps = sum(cells.values()) - sum(single.values()) / len(looks)
    coverage = 1 - sum(single[look] / shown[look] for look in looks) / len(looks)
    return overlaps / coverage, overlaps, coverage


def _unseen(cells: Mapping[frozenset[int], float], looks: Sequence[int]) -> tuple[float, float]:
    """How many articles nobody saw, and the variance of that, by the delta method on multinomial counts."""
    articles, overlaps, coverage = _by_coverage(cells, looks)
    shown = {look: sum(count for cell, count in cells.items() if look in cell) for look in looks}
    single = {look: cells[frozenset({look})] for look in looks}
    first, second = 0.0, 0.0
    for cell, count in cells.items():
        is_single = len(cell) == 1
        of_overlaps = 1 - is_single / len(looks)
        of_coverage = -sum(is_single / shown[look] - single[look] / shown[look] ** 2 for look in cell) / len(looks)
        slope = (of_overlaps * coverage - overlaps * of_coverage) / coverage**2
        first += count * slope
        second += count * slope**2
    return max(articles - sum(cells.values()), 1e-9), max(second - first**2 / articles, 0.0)
