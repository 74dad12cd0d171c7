"""Whether what is measured of a thing hour by hour has changed for good lately: shares that fell, sizes that shifted.

The change is looked for where the log-likelihood ratio of two samples, before and since, is largest (Hinkley's estimate of a
change-point, Biometrika 57, 1970): of two shares, or of two normal means with one variance. Such a ratio takes pages for independent,
and those of one night or weekend resemble each other. So a change also has to be unlike what stretches of as many pages were before:
an outlet whose nights bring only agency texts has no drift every morning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from math import ceil, log, sqrt
from typing import Final

FEWEST: Final = 8  # pages since the change
FEWEST_BEFORE: Final = 40
EVIDENCE: Final = 14.0  # natural logarithm; by chance alone, about one in a million
SHARE_POINTS: Final = 0.2  # a share that fell by less matters only if it halved
FACTOR: Final = 2.0  # by which a size has to change to matter
ENOUGH: Final = 2 / 3  # of the pages since a change, for a stretch to be compared: no two weekends bring the same
OCCASIONS: Final = 3  # on which it was like that before, for it to be usual
APART: Final = timedelta(hours=12)  # occasions
DEVIATIONS: Final = 2.5  # standard errors within which a stretch was like the new one
LEAST_VARIANCE: Final = 0.05  # of logarithms; some outlets write to measure
LATEST: Final = 1 / 3  # of the pages since the change; these must still show it


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A measure over an hour: how many pages, and the sum of their values and of the values' squares."""

    at: datetime
    pages: int
    total: float
    squares: float = 0.0  # needed of sizes only: the values of a share are 0 and 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a measure is since a time, and what it was before: a share, or the mean of logarithms."""

    since: datetime
    pages: int
    total: float
    before: float

    @property
    def now(self) -> float:
        """The mean since then."""
        return self.total / self.pages


def fall(hours: Sequence[Measured], *, earliest: datetime) -> Change | None:
    """A share that fell, and is low still.

    Args:
        hours: in their order, those without pages left out.
        earliest: what changed before is usual by now.

    """
    if all(hour.total == hour.pages for hour in hours):
        return None  # as most shares are
    sums = _Sums(hours)
    everything, all_found = sums.pages[-1], sums.totals[-1]
    whole = _likelihood(all_found, everything)

    def evidence(start: int) -> float:
        before, found_before = sums.pages[start], sums.totals[start]
        now, found = everything - before, all_found - found_before
        if found * before >= found_before * now:
            return 0.0
        return _likelihood(found, now) + _likelihood(found_before, before) - whole

    def error(change: Change) -> float:
        share = (change.total + 1) / (change.pages + 2)
        return sqrt(share * (1 - share) / change.pages)

    start = _likeliest(hours, sums, evidence)
    if start and hours[start].at < earliest:
        return fall(hours[start:], earliest=earliest)
    change = _change(hours, sums, start, error)
    fell = change.before - change.now if change else 0.0
    return change if change and (fell >= SHARE_POINTS or fell >= change.before / 2) else None


def shift(hours: Sequence[Measured], *, earliest: datetime) -> Change | None:
    """A size, measured by its logarithm, that grew or shrank by a factor; arguments as for `fall`."""
    sums = _Sums(hours)
    everything, total = sums.pages[-1], sums.totals[-1]

    def variance(start: int) -> float:
        before = sums.pages[start]
        return max(sums.squares[start] / before - (sums.totals[start] / before) ** 2, LEAST_VARIANCE)

    def evidence(start: int) -> float:
        before = sums.pages[start]
        now = everything - before
        apart = sums.totals[start] / before - (total - sums.totals[start]) / now
        return before * now / everything * apart**2 / (2 * variance(start))

    def error(change: Change) -> float:
        return sqrt(variance(len(hours)) / change.pages)

    start = _likeliest(hours, sums, evidence)
    if start and hours[start].at < earliest:
        return shift(hours[start:], earliest=earliest)
    change = _change(hours, sums, start, error)
    return change if change and abs(change.now - change.before) >= log(FACTOR) else None


class _Sums:
    """Sums over the first hours: none, one, two, and so on."""

    def __init__(self, hours: Sequence[Measured]) -> None:
        self.pages = list(accumulate((hour.pages for hour in hours), initial=0))
        self.totals = list(accumulate((hour.total for hour in hours), initial=0.0))
        self.squares = list(accumulate((hour.squares for hour in hours), initial=0.0))

    def mean(self, start: int, end: int) -> float:
        return (self.totals[end] - self.totals[start]) / (self.pages[end] - self.pages[start])


def _likelihood(found: float, pages: float) -> float:
    """The logarithm of the greatest likelihood that a share can give to so many of so many."""
    missing = pages - found
    return (found * log(found / pages) if found > 0 else 0.0) + (missing * log(missing / pages) if missing > 0 else 0.0)


def _likeliest(hours: Sequence[Measured], sums: _Sums, evidence: Callable[[int], float]) -> int:
    """The number of the hour since which a change is likeliest; 0 if none is likely."""
    end = len(hours)
    best, most = 0, EVIDENCE
    for start in range(end - 1, 0, -1):
        if sums.pages[start] < FEWEST_BEFORE:
            break
        if sums.pages[end] - sums.pages[start] >= FEWEST and (found := evidence(start)) > most:
            best, most = start, found
    return best


def _change(hours: Sequence[Measured], sums: _Sums, start: int, error: Callable[[Change], float]) -> Change | None:
    """What changed with an hour, if that is unusual and not over."""
    if not start:
        return None
    change = Change(
        since=hours[start].at,
        pages=sums.pages[-1] - sums.pages[start],
        total=sums.totals[-1] - sums.totals[start],
        before=sums.mean(0, start),
    )
    return None if _is_usual(hours, sums, start, change, error(change)) or _is_over(sums, change) else change


def _stretches(sums: _Sums, end: int, pages: int) -> Iterator[tuple[int, float]]:
    """Beginnings and means of the shortest stretches of at least so many pages before an hour, one for each hour in which one begins."""
    stop = 0
    for start in range(end):
        while stop <= end and sums.pages[stop] - sums.pages[start] < pages:
            stop += 1
        if stop > end:
            return
        yield start, sums.mean(start, stop)


def _is_usual(hours: Sequence[Measured], sums: _Sums, end: int, change: Change, error: float) -> bool:
    """Whether there were stretches like this one before, on several occasions."""
    limit = change.now + DEVIATIONS * error * (1 if change.now < change.before else -1)
    occasions = 0
    last: datetime | None = None
    for start, mean in _stretches(sums, end, ceil(change.pages * ENOUGH)):
        if mean <= limit if change.now < change.before else mean >= limit:
            occasions += last is None or hours[start].at - last >= APART
            last = hours[start].at
    return occasions >= OCCASIONS


def _is_over(sums: _Sums, change: Change) -> bool:
    """Whether the newest pages are rather as they were before."""
    end = len(sums.pages) - 1
    wanted = max(FEWEST, change.pages * LATEST)
    begin = next(start for start in range(end, -1, -1) if sums.pages[end] - sums.pages[start] >= wanted)
    latest = sums.mean(begin, end)
    return abs(latest - change.before) < abs(latest - change.now)
