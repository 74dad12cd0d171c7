"""When to look at a feed again: by how many new items it has shown at each hour of the week.

New items arrive as a Poisson process whose rate differs by hour and weekday. The rate of an hour of the week is estimated
from that hour, shrunk towards the same hour of all days, and this towards the mean of all hours, so that little evidence
changes little (empirical Bayes with gamma priors). What the last hours brought beside what was expected of them scales it:
a feed that wakes up, or falls silent, is followed within hours.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from pipeline.models import Rhythm

HOURS: Final = 168  # of a week, from Monday 0:00 UTC
DAY: Final = 24
HALF_LIFE_S: Final = 14 * 86_400.0
# How many hours' worth of evidence the wider estimate counts for.
MEAN_WEIGHT_H: Final = 3.0
DAY_WEIGHT_H: Final = 3.0
WEEK_WEIGHT_H: Final = 1.5
# How fast the last hours fade, and how many items as expected they are taken to have brought besides.
RECENT_HALF_LIFE_S: Final = 6 * 3600.0
RECENT_WEIGHT: Final = 1.0
# Silence may be over at any time: it slows the looks down by no more than this.
LOWEST_LEVEL: Final = 0.5
# A feed is looked at when so many new items are to be expected.
EXPECTED_ITEMS: Final = 0.5
# And before its new items push out those not seen yet: when this share of its length is to be expected.
EXPECTED_SHARE: Final = 0.25
# What happened in a longer time without a look can't be told apart by hours.
LONGEST_LOOK: Final = timedelta(days=2)


def hour_of_week(at: datetime) -> int:
    """The hour since Monday 0:00 UTC, from 0 to 167."""
    moment = at.astimezone(UTC)
    return moment.weekday() * DAY + moment.hour


def observed(rhythm: Rhythm, *, since: datetime, until: datetime, items: int) -> Rhythm:
    """The rhythm with what a poll showed: so many new items since the poll before.

    A clock that was set back gives no time to spread them over: then nothing is learned.
    """
    since = max(since, until - LONGEST_LOOK)
    seconds = (until - since).total_seconds()
    if seconds <= 0:
        return rhythm
    fade, recent_fade = 0.5 ** (seconds / HALF_LIFE_S), 0.5 ** (seconds / RECENT_HALF_LIFE_S)
    usual = _usual(rhythm, prior=0.0)
    expected = 0.0
    counts = [count * fade for count in rhythm.items] or [0.0] * HOURS
    hours = [hour * fade for hour in rhythm.hours] or [0.0] * HOURS
    at = since
    while at < until:
        end = min(until, at.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1))
        share = (end - at).total_seconds()
        bucket = hour_of_week(at)
        expected += usual[bucket] * share / 3600
        counts[bucket] += items * share / seconds
        hours[bucket] += share / 3600
        at = end
    return Rhythm(
        items=tuple(counts),
        hours=tuple(hours),
        recent_items=rhythm.recent_items * recent_fade + items,
        recent_expected=rhythm.recent_expected * recent_fade + expected,
    )


def rates(rhythm: Rhythm, *, shortest_s: float) -> list[float]:
    """Expected new items an hour, by hour of the week. A feed of which nothing is known is looked at as often as may be."""
    level = max((rhythm.recent_items + RECENT_WEIGHT) / (rhythm.recent_expected + RECENT_WEIGHT), LOWEST_LEVEL)
    return [rate * level for rate in _usual(rhythm, prior=EXPECTED_ITEMS * 3600 / shortest_s)]


def _usual(rhythm: Rhythm, *, prior: float) -> list[float]:
    """New items an hour, by hour of the week, as far as hours and weekdays tell."""
    counts, hours = rhythm.items or (0.0,) * HOURS, rhythm.hours or (0.0,) * HOURS
    mean = (sum(counts) + MEAN_WEIGHT_H * prior) / (sum(hours) + MEAN_WEIGHT_H)
    by_hour = [(sum(counts[hour::DAY]) + DAY_WEIGHT_H * mean) / (sum(hours[hour::DAY]) + DAY_WEIGHT_H) for hour in range(DAY)]
    return [(counts[bucket] + WEEK_WEIGHT_H * by_hour[bucket % DAY]) / (hours[bucket] + WEEK_WEIGHT_H) for bucket in range(HOURS)]


def interval_s(rhythm: Rhythm, *, at: datetime, length: int, shortest_s: float, longest_s: float) -> float:
    """Seconds until the next look.

    Args:
        rhythm: of the feed.
        at: the time of this look.
        length: items that the feed shows at a time.
        shortest_s: the shortest interval.
        longest_s: the longest one.

    """
    expected = min(EXPECTED_ITEMS, EXPECTED_SHARE * length) if length else EXPECTED_ITEMS
    by_hour = rates(rhythm, shortest_s=shortest_s)
    waited = 0.0
    moment = at.astimezone(UTC)
    while waited < longest_s:
        left = 3600.0 - (moment.minute * 60 + moment.second + moment.microsecond / 1e6)
        rate = by_hour[hour_of_week(moment)] / 3600
        if rate * left >= expected:
            waited += expected / rate
            break
        expected -= rate * left
        waited += left
        moment += timedelta(seconds=left)
    return min(max(waited, shortest_s), max(longest_s, shortest_s))
