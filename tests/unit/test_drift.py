"""Drift: changes for good are found with the time when they began; what is usual, small or over is none."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import log

from pipeline import drift
from pipeline.drift import Measured

BEGIN = datetime(2025, 10, 1, tzinfo=UTC)
DAYS = 44
EARLIEST = BEGIN + timedelta(days=30)


def hours(share: Callable[[datetime], float], pages: Callable[[datetime], int] = lambda _: 4, seed: int = 1) -> list[Measured]:
    """Six weeks of an outlet, with as many pages an hour and as large a share of them with a field as told."""
    chance = random.Random(seed)
    found = []
    for number in range(24 * DAYS):
        at = BEGIN + timedelta(hours=number)
        count = pages(at)
        if count:
            found.append(Measured(at=at, pages=count, total=sum(chance.random() < share(at) for _ in range(count))))
    return found


def after(days: float) -> datetime:
    return BEGIN + timedelta(days=days)


def test_a_share_that_fell_is_found_with_its_hour() -> None:
    change = drift.fall(hours(lambda at: 0.05 if at >= after(42.5) else 0.9), earliest=EARLIEST)
    assert change
    assert abs(change.since - after(42.5)) <= timedelta(hours=1)
    assert change.now < 0.1
    assert round(change.before, 1) == 0.9


def test_a_few_hours_are_enough_where_the_share_was_steady() -> None:
    assert drift.fall(hours(lambda at: 0.0 if at >= after(DAYS - 0.125) else 1.0), earliest=EARLIEST)


def test_eight_pages_must_be_quite_unlike_the_others() -> None:
    before = [Measured(at=after(number / 2), pages=1, total=int(number % 10 != 0)) for number in range(80)]

    def then(found: int) -> list[Measured]:
        return [*before, *(Measured(at=after(41 + number / 8), pages=1, total=int(number < found)) for number in range(8))]

    assert drift.fall(then(3), earliest=EARLIEST) is None
    assert drift.fall(then(0), earliest=EARLIEST)


def test_one_template_of_several_is_enough() -> None:
    assert drift.fall(hours(lambda at: 0.6 if at >= after(42) else 0.95), earliest=EARLIEST)


def test_small_numbers_are_no_drift() -> None:
    def one_a_day(at: datetime) -> int:
        return int(at.hour == 12)

    assert drift.fall(hours(lambda at: 0.0 if at >= after(DAYS - 5) else 0.9, one_a_day), earliest=EARLIEST) is None
    for seed in range(30):
        for pages in (lambda _: 4, lambda at: int(at.hour % 8 == 0)):
            assert drift.fall(hours(lambda _: 0.5, pages, seed), earliest=EARLIEST) is None


def test_what_an_outlet_does_every_night_or_weekend_is_no_drift() -> None:
    for seed in range(5):
        nights = hours(lambda at: 0.05 if at.hour < 7 else 0.9, seed=seed)
        assert all(drift.fall(nights[:end], earliest=EARLIEST) is None for end in range(24 * 40, 24 * DAYS, 7))
        weekends = hours(lambda at: 0.2 if at.weekday() >= 5 else 0.9, seed=seed)
        assert all(drift.fall(weekends[:end], earliest=EARLIEST) is None for end in range(24 * 40, 24 * DAYS, 7))


def test_a_nightly_lull_hides_no_change_for_good() -> None:
    assert drift.fall(hours(lambda at: 0.05 if at.hour < 7 or at >= after(41) else 0.9), earliest=EARLIEST)


def test_what_is_over_or_long_ago_is_no_drift() -> None:
    assert drift.fall(hours(lambda at: 0.0 if after(39) <= at < after(41) else 0.9), earliest=EARLIEST) is None
    assert drift.fall(hours(lambda at: 0.4 if at >= after(15) else 0.9), earliest=EARLIEST) is None
    change = drift.fall(hours(lambda at: 0.05 if at >= after(42) else 0.4 if at >= after(15) else 0.9), earliest=EARLIEST)
    assert change
    assert abs(change.since - after(42)) <= timedelta(hours=1)
    assert round(change.before, 1) == 0.4


def test_a_share_that_rose_or_hardly_fell_is_no_drift() -> None:
    assert drift.fall(hours(lambda at: 0.9 if at >= after(42) else 0.3), earliest=EARLIEST) is None
    many = hours(lambda at: 0.85 if at >= after(42) else 0.95, lambda _: 100)
    assert drift.fall(many, earliest=EARLIEST) is None


def test_sizes_shift_by_a_factor_either_way() -> None:
    def lengths(factor: float) -> list[Measured]:
        chance = random.Random(3)
        found = []
        for number in range(24 * DAYS):
            at = BEGIN + timedelta(hours=number)
            logs = [chance.gauss(log(3000), 0.6) + (log(factor) if at >= after(42) else 0.0) for _ in range(3)]
            found.append(Measured(at=at, pages=3, total=sum(logs), squares=sum(one**2 for one in logs)))
        return found

    for factor in (0.2, 3.0):
        change = drift.shift(lengths(factor), earliest=EARLIEST)
        assert change
        assert abs(change.since - after(42)) <= timedelta(hours=1)
    assert drift.shift(lengths(0.8), earliest=EARLIEST) is None
    assert drift.shift([], earliest=EARLIEST) is None
