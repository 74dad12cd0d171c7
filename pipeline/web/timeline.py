"""The chart of articles over time: what is drawn, at which scale, and which days do not tell the whole.

A day that is not over, and a day on which nothing was watched, would look like a fall in the news. Each
bar therefore knows how much of its time counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final

WIDTH: Final = 720
HEIGHT: Final = 120
SHORTEST_DAYS: Final = 14
# Old articles that a feed still shows would squeeze the recent days to nothing: a finer scale is
# taken where it shows this share of all articles, and the others are told of in words.
SHOWN_SHARE: Final = 0.9


class Step(StrEnum):
    """How much time a bar stands for."""

    DAY = "day"
    WEEK = "week"  # from Monday
    MONTH = "month"
    YEAR = "year"


# The longest span that each scale draws, in days.
SPANS: Final = {Step.DAY: 62, Step.WEEK: 2 * 366, Step.MONTH: 10 * 366}


class Whole(StrEnum):
    """How much of a bar's time was watched."""

    WHOLE = "whole"
    SO_FAR = "so_far"  # its time is not over
    CUT = "cut"  # the search asks for some of its days only
    PARTLY = "partly"  # some hours were not watched
    UNWATCHED = "unwatched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The articles of a day, week, month or year, and where they are drawn."""

    first: date
    last: date
    articles: int
    whole: Whole
    label: str
    note: str  # in words what `whole` says; empty for WHOLE
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The chart."""

    step: Step
    bars: tuple[Bar, ...]
    most: int
    earlier: int  # articles before the first bar
    has_unwatched: bool
    has_cut: bool

    @property
    def first(self) -> date:
        """The first day that is drawn."""
        return self.bars[0].first

    @property
    def last(self) -> date:
        """The last day that is drawn."""
        return self.bars[-1].last


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The scale and the days that a chart shows."""

    step: Step
    first: date
    last: date
    since: date | None = None  # days before and after were not asked for
    until: date | None = None


def frame(counts: Mapping[date, int], *, today: date, since: date | None = None, until: date | None = None) -> Frame | None:
    """Choose the scale for these articles per UTC day; none if there are no articles.

    Args:
        counts: articles by UTC day.
        today: the day up to which a chart goes.
        since: the first day that was asked for; the days before it would look like days without news.
        until: the last day that was asked for, likewise.

    """
    days = sorted(day for day, count in counts.items() if count)
    if not days:
        return None
    last = max(days[-1], min(until or today, today))
    earliest = min(days[0], last - timedelta(days=SHORTEST_DAYS - 1))
    if since is not None:
        earliest = since if (last - since).days < SPANS[Step.DAY] else max(since, earliest)
    total = sum(counts.values())
    for step, span in SPANS.items():
        oldest = last - timedelta(days=span - 1)
        if sum(count for day, count in counts.items() if day >= oldest) >= SHOWN_SHARE * total:
            first = max(oldest, earliest)
            if step is not Step.DAY:
                # The days that an edge cuts off would make its bar look low.
                first = _following(_start(first, step), step) if first == oldest else _start(first, step)
            return Frame(step=step, first=first, last=last, since=since, until=until)
    return Frame(step=Step.YEAR, first=_start(days[0], Step.YEAR), last=last, since=since, until=until)


def draw(counts: Mapping[date, int], shown: Frame, *, now: datetime, watched_hours: Mapping[date, int], before: int = 0) -> Timeline:
    """Lay the chart out.

    Args:
        counts: articles by UTC day.
        shown: what `frame` chose.
        now: the current time, which tells what is not over yet.
        watched_hours: hours of each UTC day in which outlets were watched, 0 to 24.
        before: articles of days before those in `counts`.

    """
    today = now.astimezone(UTC).date()
    spans = _spans(shown)
    sums = [sum(counts.get(day, 0) for day in _days(first, last)) for first, last in spans]
    most = max(*sums, 1)
    width = WIDTH / len(spans)
    gap = min(2.0, width * 0.15)
    bars = []
    for place, ((first, last), articles) in enumerate(zip(spans, sums, strict=True)):
        whole, note = _judge(first, last, today, watched_hours)
        if cut := _cut(first, last, shown):
            whole, note = Whole.CUT, cut
        # One article among thousands is still seen.
        height = max(articles / most * (HEIGHT - 4), 2.0) if articles else 0.0
        bars.append(
            Bar(
                first=first,
                last=last,
                articles=articles,
                whole=whole,
                label=_label(first, shown.step),
                note=note,
                x=round(place * width + gap / 2, 2),
                y=round(HEIGHT - height, 2),
                width=round(width - gap, 2),
                height=round(height, 2),
            )
        )
    return Timeline(
        step=shown.step,
        bars=tuple(bars),
        most=most,
        earlier=before + sum(count for day, count in counts.items() if day < shown.first),
        has_unwatched=any(bar.whole in (Whole.PARTLY, Whole.UNWATCHED) for bar in bars),
        has_cut=any(bar.whole is Whole.CUT for bar in bars),
    )


def _cut(first: date, last: date, shown: Frame) -> str:
    """Which of a bar's days were asked for, if not all."""
    if shown.since is not None and first < shown.since <= last:
        return f"only from {_label(shown.since, Step.DAY)}"
    if shown.until is not None and first <= shown.until < last:
        return f"only to {_label(shown.until, Step.DAY)}"
    return ""


def _judge(first: date, last: date, today: date, watched_hours: Mapping[date, int]) -> tuple[Whole, str]:
    if last >= today:
        return Whole.SO_FAR, "so far"
    hours = sum(watched_hours.get(day, 0) for day in _days(first, last))
    possible = 24 * ((last - first).days + 1)
    if hours == 0:
        return Whole.UNWATCHED, "not watched"
    if hours < possible:
        return Whole.PARTLY, f"watched {hours} of {possible} hours"
    return Whole.WHOLE, ""


def _spans(shown: Frame) -> list[tuple[date, date]]:
    spans = []
    start = shown.first
    while start <= shown.last:
        following = _following(start, shown.step)
        spans.append((start, following - timedelta(days=1)))
        start = following
    return spans


def _start(day: date, step: Step) -> date:
    match step:
        case Step.DAY:
            return day
        case Step.WEEK:
            return day - timedelta(days=day.weekday())
        case Step.MONTH:
            return day.replace(day=1)
        case Step.YEAR:
            return day.replace(month=1, day=1)


def _following(start: date, step: Step) -> date:
    match step:
        case Step.DAY:
            return start + timedelta(days=1)
        case Step.WEEK:
            return start + timedelta(days=7)
        case Step.MONTH:
            return (start + timedelta(days=31)).replace(day=1)
        case Step.YEAR:
            return start.replace(year=start.year + 1)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _label(first: date, step: Step) -> str:
    match step:
        case Step.DAY:
            return f"{first.day} {first:%b %Y}"
        case Step.WEEK:
            return f"week of {first.day} {first:%b %Y}"
        case Step.MONTH:
            return f"{first:%B %Y}"
        case Step.YEAR:
            return f"{first.year}"
