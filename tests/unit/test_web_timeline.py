"""The chart of articles over time: its scale, and which bars say that they do not tell the whole."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.web import timeline
from pipeline.web.timeline import Step, Whole

NOW = datetime(2025, 3, 10, 15, 30, tzinfo=UTC)
TODAY = NOW.date()


def days_ago(number: int) -> date:
    return TODAY - timedelta(days=number)


def all_hours(days: int = 2000) -> dict[date, int]:
    return {days_ago(number): 24 for number in range(days)}


def drawn(
    counts: dict[date, int], *, watched: dict[date, int] | None = None, since: date | None = None, until: date | None = None
) -> timeline.Timeline:
    shown = timeline.frame(counts, today=TODAY, since=since, until=until)
    assert shown is not None
    return timeline.draw(counts, shown, now=NOW, watched_hours=all_hours() if watched is None else watched)


def test_nothing_found_draws_nothing() -> None:
    assert timeline.frame({}, today=TODAY) is None
    assert timeline.frame({TODAY: 0}, today=TODAY) is None


def test_the_day_that_is_not_over_says_so_and_no_other_does() -> None:
    chart = drawn({TODAY: 2, days_ago(1): 9})
    assert [bar.whole for bar in chart.bars[-2:]] == [Whole.WHOLE, Whole.SO_FAR]
    assert chart.bars[-1].note == "so far"
    assert chart.bars[-2].note == ""


def test_today_is_drawn_even_without_articles() -> None:
    chart = drawn({days_ago(3): 5})
    assert chart.last == TODAY
    assert chart.bars[-1].articles == 0
    assert chart.bars[-1].whole is Whole.SO_FAR


def test_only_the_days_that_were_asked_for_are_drawn() -> None:
    chart = drawn({days_ago(30): 5, days_ago(28): 1}, since=days_ago(31), until=days_ago(25))
    assert (chart.first, chart.last) == (days_ago(31), days_ago(25))
    assert {bar.whole for bar in chart.bars} == {Whole.WHOLE}
    # What was asked for is drawn though it has no articles, and tomorrow is not.
    chart = drawn({TODAY: 1}, since=days_ago(40), until=TODAY + timedelta(days=9))
    assert (chart.first, chart.last) == (days_ago(40), TODAY)


def test_a_bar_of_which_only_some_days_were_asked_for_says_so() -> None:
    counts = {days_ago(number): 1 for number in range(4, 299)}
    chart = drawn(counts, since=days_ago(298), until=days_ago(4))
    assert chart.step is Step.WEEK
    assert chart.has_cut
    assert (chart.bars[0].whole, chart.bars[0].note) == (Whole.CUT, "only from 16 May 2024")
    assert (chart.bars[-1].whole, chart.bars[-1].note) == (Whole.CUT, "only to 6 Mar 2025")
    assert {bar.whole for bar in chart.bars[1:-1]} == {Whole.WHOLE}


def test_days_without_a_watch_are_told_apart_from_days_without_news() -> None:
    watched = all_hours() | {days_ago(2): 0, days_ago(3): 11}
    chart = drawn({TODAY: 4, days_ago(3): 1}, watched=watched)
    by_day = {bar.first: bar for bar in chart.bars}
    assert (by_day[days_ago(1)].articles, by_day[days_ago(1)].whole) == (0, Whole.WHOLE)
    assert (by_day[days_ago(2)].whole, by_day[days_ago(2)].note) == (Whole.UNWATCHED, "not watched")
    assert (by_day[days_ago(3)].whole, by_day[days_ago(3)].note) == (Whole.PARTLY, "watched 11 of 24 hours")
    assert chart.has_unwatched


def test_a_few_old_articles_do_not_squeeze_the_recent_days() -> None:
    counts = {days_ago(number): 10 for number in range(20)} | {date(2009, 5, 1): 3}
    chart = drawn(counts)
    assert chart.step is Step.DAY
    assert chart.earlier == 3
    assert sum(bar.articles for bar in chart.bars) == 200


def test_weeks_months_and_years_for_longer_spans() -> None:
    assert drawn({days_ago(number): 1 for number in range(300)}).step is Step.WEEK
    assert drawn({days_ago(number): 1 for number in range(1500)}).step is Step.MONTH
    assert drawn({days_ago(number * 30): 1 for number in range(300)}).step is Step.YEAR
    assert all(bar.first.weekday() == 0 for bar in drawn({days_ago(number): 1 for number in range(300)}).bars)


def test_the_current_month_counts_as_so_far() -> None:
    chart = drawn({days_ago(number): 1 for number in range(1500)})
    assert (chart.bars[-1].label, chart.bars[-1].whole) == ("March 2025", Whole.SO_FAR)
    assert chart.bars[-2].whole is Whole.WHOLE


@settings(max_examples=40)
@given(st.dictionaries(st.integers(0, 9000).map(days_ago), st.integers(1, 5000), min_size=1, max_size=60))
def test_every_article_is_drawn_or_counted_as_earlier(counts: dict[date, int]) -> None:
    chart = drawn(counts, watched={})
    assert sum(bar.articles for bar in chart.bars) + chart.earlier == sum(counts.values())
    assert len(chart.bars) <= 125
    assert all(0 <= bar.y <= timeline.HEIGHT and bar.y + bar.height <= timeline.HEIGHT + 0.02 for bar in chart.bars)
    assert all(bar.height >= 2 for bar in chart.bars if bar.articles)
    assert all(first.last + timedelta(days=1) == second.first for first, second in zip(chart.bars, chart.bars[1:], strict=False))
