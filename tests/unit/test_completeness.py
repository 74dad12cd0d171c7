"""How many articles there were, from which looks showed which."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.completeness import HISTORIES, Day, Estimate, Share, Unknown, _by_coverage, estimate, over


def two(only_first: int, only_second: int, both: int) -> list[int]:
    """Histories of two looks."""
    return [0, only_first, only_second, both, 0, 0, 0, 0]


def found(histories: list[int]) -> Estimate:
    result = estimate(histories)
    assert isinstance(result, Estimate)
    return result


def judged(histories: list[int], *, number: int = 1, collected: int | None = None, unknown: Unknown | None = None) -> Day:
    return Day(
        outlet_id=1, day=date(2025, 3, number), judged_at=datetime(2025, 3, 31, tzinfo=UTC), watched_hours=24, gaps=0, unfilled_gaps=0,
        collected=sum(histories) if collected is None else collected, histories=tuple(histories), estimate=None, unknown=unknown,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "second", "both", "articles"),
    [
        (10, 15, 5, 28),  # 11 * 16 / 6 - 1 = 28.3
        (200, 100, 20, 965),  # 201 * 101 / 21 - 1 = 965.7
        (50, 100, 50, 100),  # the second saw all that the first did
        (7, 7, 7, 7),
    ],
)
def test_of_two_looks_it_is_chapmans(first: int, second: int, both: int, articles: int) -> None:
    assert found(two(first - both, second - both, both)).articles == articles


def test_of_three_looks_it_is_chaos_and_tsays() -> None:
    # Hepatitis A in Taiwan, the example of Chao and Tsay: 271 cases on three lists, coverage 51.3 %, estimate 407.
    histories = [0, 69, 55, 21, 63, 17, 18, 28]
    looks = (1, 2, 4)
    cells = {frozenset(look for look in looks if history & look): float(count) for history, count in enumerate(histories) if history}
    articles, _, coverage = _by_coverage(cells, looks)
    assert (round(articles), round(coverage, 3)) == (407, 0.513)
    # With the one article that keeps small numbers finite, and about the interval of their bootstrap.
    assert found(histories) == Estimate(articles=404, low=364, high=467)


@pytest.mark.parametrize(
    ("histories", "unknown"),
    [
        ([0] * HISTORIES, Unknown.ONE_LOOK),
        ([5, 0, 0, 0, 0, 0, 0, 0], Unknown.ONE_LOOK),
        (two(90, 0, 0), Unknown.ONE_LOOK),
        (two(90, 1, 2), Unknown.FEW),
        (two(2, 2, 2), Unknown.FEW),
        (two(90, 80, 0), Unknown.NO_OVERLAP),
    ],
)
def test_too_little_is_unknown_and_not_a_whole(histories: list[int], unknown: Unknown) -> None:
    assert estimate(histories) is unknown
    assert over([judged(histories)]) is unknown


def test_a_day_that_was_not_watched_is_unknown() -> None:
    assert estimate(two(1, 1, 50), watched_hours=17) is Unknown.NOT_WATCHED
    assert over([judged(two(1, 1, 50), unknown=Unknown.NOT_WATCHED)]) is Unknown.NOT_WATCHED
    assert over([]) is Unknown.NO_DAY


def test_a_look_that_showed_little_tells_nothing() -> None:
    # Of four articles in the section, three are in no other look: were it counted, there would be many more.
    assert found([0, 5, 5, 90, 3, 0, 0, 1]) == Estimate(articles=104, low=104, high=105)
    assert found([0, 5, 5, 90, 6, 0, 0, 2]).articles > 120


def test_what_only_filling_in_showed_is_known_but_no_look() -> None:
    alone, with_filled = found(two(20, 20, 40)), found([8, *two(20, 20, 40)[1:]])
    assert (alone.articles, with_filled.articles) == (89, 89)
    assert found([30, *two(20, 20, 40)[1:]]).articles == 110  # there are at least those that are known


@given(st.lists(st.integers(0, 300), min_size=HISTORIES, max_size=HISTORIES))
def test_it_is_never_less_than_what_is_known_and_the_interval_holds_it(histories: list[int]) -> None:
    result = estimate(histories)
    if isinstance(result, Estimate):
        assert sum(histories) <= result.low <= result.articles <= result.high


@pytest.mark.parametrize("chances", [(0.9, 0.8), (0.5, 0.5), (0.95, 0.3), (0.9, 0.8, 0.3), (0.5, 0.4, 0.3)])
@pytest.mark.parametrize("articles", [20, 100, 400])
def test_the_interval_holds_the_truth_where_looks_are_independent(chances: tuple[float, ...], articles: int) -> None:
    chance = random.Random(f"{chances} {articles}")
    held = below = total = 0
    for _ in range(400):
        histories = [0] * HISTORIES
        for _ in range(articles):
            histories[sum((chance.random() < share) << look for look, share in enumerate(chances))] += 1
        histories[0] = 0  # nobody knows of these
        result = estimate(histories)
        if isinstance(result, Estimate):
            total += 1
            held += result.low <= articles <= result.high
            below += result.low <= articles
    assert total > 300
    assert held / total >= 0.91
    assert below / total >= 0.92


def test_days_with_the_same_looks_are_added_up() -> None:
    quiet = [judged(two(1, 1, 2), number=number, collected=3, unknown=Unknown.FEW) for number in range(1, 6)]
    alone = judged(two(400, 0, 0), number=6, unknown=Unknown.ONE_LOOK)
    result = over([*quiet, alone])
    assert isinstance(result, Share)
    assert (result.first, result.last, result.days, result.looks) == (date(2025, 3, 1), date(2025, 3, 5), 5, ("feeds", "sitemaps"))
    assert (result.collected, result.estimate) == (15, found(two(5, 5, 10)))
    assert result.share == 15 / result.estimate.articles
    assert result.share <= result.most <= 1
