"""Means over pages with their intervals, when the outlets are drawn anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1_000
SEED = 0
PERCENTILES = (2.5, 97.5)
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One page read by one tool: seconds of processor time, and the values of its measures."""

    outlet: str
    half: str
    seconds: float
    values: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def _totals(outlets: Sequence[str], values: Sequence[float | None]) -> tuple[Numbers, Numbers]:
    """Sum and number of the values that are there: first of all pages as they are, then of each resample.

    A resample draws as many outlets as there are, with replacement, each with all of its pages.
    """
    places = {outlet: place for place, outlet in enumerate(dict.fromkeys(outlets))}
    sums, counts = np.zeros(len(places)), np.zeros(len(places))
    for outlet, value in zip(outlets, values, strict=True):
        if value is not None:
            sums[places[outlet]] += value
            counts[places[outlet]] += 1
    drawn = np.random.default_rng(SEED).multinomial(len(places), [1 / len(places)] * len(places), size=RESAMPLES)
    weights = np.vstack([np.ones(len(places)), drawn])
    return weights @ sums, weights @ counts


def _figure(values: Numbers) -> Figure:
    low, high = np.nanpercentile(values[1:], PERCENTILES)
    return Figure(value=float(values[0]), low=float(low), high=float(high))


def figures(samples: Sequence[Sample]) -> dict[str, Figure]:
    """All measures over some pages of one tool, and its pages a second of processor time."""
    outlets = [sample.outlet for sample in samples]
    means: dict[str, Numbers] = {}
    with np.errstate(invalid="ignore"):  # a resample may have no page with some gold
        for name in dict.fromkeys(name for sample in samples for name in sample.values):
            sums, counts = _totals(outlets, [sample.values.get(name) for sample in samples])
            means[name] = sums / counts
        if "precision" in means:
            precision, recall = means.pop("precision"), means.pop("recall")
            means = {"body": 2 * precision * recall / np.maximum(precision + recall, np.finfo(float).tiny), **means}
        seconds, pages = _totals(outlets, [sample.seconds for sample in samples])
        means["pages/s"] = pages / seconds
    return {name: _figure(values) for name, values in means.items()}


def speed(mine: Sequence[Sample], theirs: Sequence[Sample]) -> Figure:
    """How many pages a tool reads in the time in which another reads one; both have read the same pages in the same order."""
    outlets = [sample.outlet for sample in mine]
    (my_seconds, _), (their_seconds, _) = (_totals(outlets, [sample.seconds for sample in samples]) for samples in (mine, theirs))
    return _figure(their_seconds / my_seconds)
