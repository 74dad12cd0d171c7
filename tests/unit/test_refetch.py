"""When pages are fetched again to find edits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.refetch import ages_s, next_at

NOW = datetime(2025, 3, 30, 1, tzinfo=UTC)  # clocks in Berlin jump at this hour
PLAN = (3_600.0, 21_600.0, 86_400.0, 259_200.0, 604_800.0)


def looks(ages: list[float], *, first_seen_at: datetime = NOW, published_at: datetime | None = None, page_id: int = 1) -> list[datetime]:
    """All times at which a page is fetched again, each right when it is due."""
    found, at = [], first_seen_at
    while (following := next_at(ages, first_seen_at=first_seen_at, published_at=published_at, now=at, page_id=page_id)) is not None:
        found.append(following)
        at = following
    return found


def test_the_plan_is_for_outlets_that_edit_as_most_do_and_those_of_which_little_is_known() -> None:
    assert ages_s(PLAN, articles=0, edited=0) == ages_s(PLAN, articles=3, edited=3) == ages_s(PLAN, articles=500, edited=50) == list(PLAN)


def test_an_outlet_that_edits_much_is_looked_at_more_often_on_the_first_day() -> None:
    ages = ages_s(PLAN, articles=100, edited=30)
    assert set(PLAN) < set(ages)
    assert sum(age <= 86_400 for age in ages) == 6
    assert ages[0] == 1_800


def test_an_outlet_that_never_edits_is_looked_at_less_often_and_last_all_the_same() -> None:
    assert ages_s(PLAN, articles=1_000, edited=2) == [3_600, 86_400, 604_800]
    assert ages_s((), articles=1_000, edited=900) == ages_s((), articles=1_000, edited=0) == []


def test_pages_of_a_batch_are_spread() -> None:
    times = sorted(looks(list(PLAN), page_id=page)[0] - NOW for page in range(1, 1_001))
    assert timedelta(minutes=54) <= times[0] < timedelta(minutes=55)
    assert timedelta(minutes=65) < times[-1] <= timedelta(minutes=66)
    assert max(later - earlier for earlier, later in pairwise(times)) < timedelta(seconds=20)


def test_each_age_once() -> None:
    assert len(looks(list(PLAN))) == 5


@pytest.mark.parametrize(
    ("before_seen", "count"),
    [(timedelta(hours=1), 5), (timedelta(hours=30), 5), (timedelta(days=2), 5), (timedelta(days=5), 1), (timedelta(days=900), 0),
     (timedelta(days=-30), 5)],
)  # fmt: skip
def test_pages_that_are_seen_late_are_as_old_as_they_are(before_seen: timedelta, count: int) -> None:
    assert len(looks(list(PLAN), published_at=NOW - before_seen)) == count


def test_a_page_from_a_backlog_counts_as_old_unless_it_is_known_to_be_new() -> None:
    def due(published_at: datetime | None) -> datetime | None:
        return next_at(PLAN, first_seen_at=NOW, published_at=published_at, now=NOW, page_id=1, is_backlog=True)

    undated, new = due(None), due(NOW - timedelta(hours=2))
    assert undated is not None
    assert undated > NOW + timedelta(days=6)
    assert new is not None
    assert new < NOW + timedelta(hours=2)
    assert due(NOW - timedelta(days=400)) is None


@given(
    ages=st.lists(st.floats(1, 1e7), max_size=8),
    seen_s=st.integers(-(10**8), 10**8),
    published_s=st.none() | st.integers(-(10**9), 10**9),
    page_id=st.integers(1, 2**62),
)
def test_whatever_the_clocks_say_it_is_later_and_not_later_than_the_last_age(
    ages: list[float], seen_s: int, published_s: int | None, page_id: int
) -> None:
    published_at = None if published_s is None else NOW + timedelta(seconds=published_s)
    due = next_at(ages, first_seen_at=NOW + timedelta(seconds=seen_s), published_at=published_at, now=NOW, page_id=page_id)
    assert due is None or NOW < due <= NOW + timedelta(seconds=max(ages) * 1.1 + 1)
