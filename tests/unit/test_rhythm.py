"""When a feed is looked at again."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.models import Rhythm
from pipeline.rhythm import HOURS, hour_of_week, interval_s, observed, rates

MONDAY = datetime(2025, 3, 3, tzinfo=UTC)
LIMITS = {"shortest_s": 300.0, "longest_s": 14_400.0}


def watched(days: int, rate: object, *, every_s: float = 600, start: datetime = MONDAY) -> Rhythm:
    """The rhythm of a feed after some days, with new items an hour as a function of the time."""
    chance = random.Random(1)
    rhythm, at, due = Rhythm(), start, 0.0
    while at < start + timedelta(days=days):
        following = at + timedelta(seconds=every_s)
        due += rate(at) * every_s / 3600 * chance.uniform(0.5, 1.5)  # type: ignore[operator]
        rhythm = observed(rhythm, since=at, until=following, items=int(due))
        due -= int(due)
        at = following
    return rhythm


def test_a_new_feed_is_looked_at_as_often_as_may_be() -> None:
    assert interval_s(Rhythm(), at=MONDAY, length=20, **LIMITS) == LIMITS["shortest_s"]


def test_a_busy_feed_stays_at_the_shortest_and_a_silent_one_goes_to_the_longest() -> None:
    assert interval_s(watched(7, lambda _: 20), at=MONDAY, length=50, **LIMITS) == LIMITS["shortest_s"]
    assert interval_s(watched(14, lambda _: 0), at=MONDAY, length=50, **LIMITS) == LIMITS["longest_s"]


def test_hours_of_the_day_are_learned() -> None:
    rhythm = watched(10, lambda at: 6 if 6 <= at.hour < 18 else 0)
    noon, night = (interval_s(rhythm, at=MONDAY + timedelta(hours=hour), length=50, **LIMITS) for hour in (12, 20))
    assert noon < 600
    assert night > 4 * noon
    # A look just before the morning comes in time for it.
    assert interval_s(rhythm, at=MONDAY + timedelta(hours=5, minutes=30), length=50, **LIMITS) < 3_600


def test_weekdays_are_learned() -> None:
    rhythm = watched(28, lambda at: 4 if at.weekday() < 5 else 0, every_s=1_800)
    weekday, sunday = (interval_s(rhythm, at=MONDAY + timedelta(days=day, hours=10), length=50, **LIMITS) for day in (1, 6))
    assert sunday > 2.5 * weekday


def test_a_change_of_rhythm_is_followed() -> None:
    silent = watched(21, lambda _: 0)
    later = MONDAY + timedelta(days=21)
    rhythm = silent
    for hour in range(12):
        rhythm = observed(rhythm, since=later + timedelta(hours=hour), until=later + timedelta(hours=hour + 1), items=10)
    at = later + timedelta(hours=12)
    assert interval_s(rhythm, at=at, length=50, **LIMITS) < interval_s(silent, at=at, length=50, **LIMITS) / 3


def test_a_short_feed_is_looked_at_before_its_items_are_pushed_out() -> None:
    rhythm = watched(7, lambda _: 1)
    assert interval_s(rhythm, at=MONDAY, length=1, **LIMITS) < interval_s(rhythm, at=MONDAY, length=30, **LIMITS)


def test_items_are_spread_over_the_hours_since_the_last_look() -> None:
    rhythm = observed(Rhythm(), since=MONDAY + timedelta(minutes=30), until=MONDAY + timedelta(hours=2), items=3)
    assert rhythm.items[:3] == pytest.approx((1, 2, 0))
    assert rhythm.hours[:3] == pytest.approx((0.5, 1, 0))


@pytest.mark.parametrize("back", [timedelta(0), timedelta(seconds=1), timedelta(days=400)])
def test_a_clock_that_is_set_back_teaches_nothing(back: timedelta) -> None:
    assert observed(Rhythm(), since=MONDAY, until=MONDAY - back, items=5) == Rhythm()


def test_a_clock_that_leaps_forward_teaches_two_days_at_most() -> None:
    assert sum(observed(Rhythm(), since=MONDAY, until=MONDAY + timedelta(days=900), items=5).hours) == pytest.approx(48)


def test_summer_time_changes_nothing() -> None:
    winter, summer = timezone(timedelta(hours=1)), timezone(timedelta(hours=2))
    at = datetime(2025, 3, 30, 1, 30, tzinfo=UTC)  # clocks in Berlin jump from 2:00 to 3:00 at 1:00 UTC
    assert hour_of_week(at.astimezone(winter)) == hour_of_week(at.astimezone(summer)) == hour_of_week(at)
    rhythm = observed(Rhythm(), since=(at - timedelta(hours=1)).astimezone(winter), until=at.astimezone(summer), items=2)
    assert sum(rhythm.hours) == pytest.approx(1)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_around_the_change_of_clocks_intervals_are_as_on_any_day(zone: str) -> None:
    rhythm = watched(14, lambda at: 6 if 6 <= at.hour < 18 else 0.5)
    day = datetime(2025, 3, 30, tzinfo=UTC)
    for hour in range(-48, 72):
        at = day + timedelta(hours=hour)
        assert interval_s(rhythm, at=at.astimezone(ZoneInfo(zone)), length=30, **LIMITS) == interval_s(rhythm, at=at, length=30, **LIMITS)


def test_a_clock_that_leaps_changes_no_interval_by_more_than_its_limits() -> None:
    rhythm = watched(14, lambda _: 3)
    for leap in (timedelta(hours=-7), timedelta(hours=7), timedelta(days=-800), timedelta(days=800)):
        leapt = observed(rhythm, since=MONDAY, until=MONDAY + leap, items=2)
        at = MONDAY + leap
        assert LIMITS["shortest_s"] <= interval_s(leapt, at=at, length=30, **LIMITS) <= LIMITS["longest_s"]


@given(
    steps=st.lists(st.tuples(st.integers(-7_200, 400_000), st.integers(0, 500)), max_size=8),
    length=st.integers(0, 1_000),
    shortest_s=st.floats(10, 5_000),
    longest_s=st.floats(10, 90_000),
)
def test_intervals_keep_their_limits(steps: list[tuple[int, int]], length: int, shortest_s: float, longest_s: float) -> None:
    rhythm, at = Rhythm(), MONDAY
    for seconds, items in steps:
        rhythm = observed(rhythm, since=at, until=at + timedelta(seconds=seconds), items=items)
        at += timedelta(seconds=seconds)
    assert len(rates(rhythm, shortest_s=shortest_s)) == HOURS
    assert shortest_s <= interval_s(rhythm, at=at, length=length, shortest_s=shortest_s, longest_s=longest_s) <= max(shortest_s, longest_s)
