"""Days of the calendars that news are dated by."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

BUDDHIST: Final = 543  # years before the common era that the Thai calendar begins
BUDDHIST_YEARS: Final = range(2500, 2700)
PERSIAN_YEARS: Final = range(1374, 1473)  # from 1995 on; the leap years below hold until then
PERSIAN_EPOCH: Final = date(1995, 3, 21)  # 1 Farvardin 1374
PERSIAN_LEAPS: Final = frozenset({1, 5, 9, 13, 17, 22, 26, 30})  # of a cycle of 33 years
LONG_MONTHS: Final = 6  # of 31 days; the others have 30, the last 29 in common years


def _persian(year: int, month: int, day: int) -> date | None:
    """Day of the Solar Hijri calendar, by its cycle of 33 years (exact for 1343 to 1472)."""
    leap = year % 33 in PERSIAN_LEAPS
    length = 31 if month <= LONG_MONTHS else 30 if month < 12 or leap else 29  # noqa: PLR2004 - months
    if not (1 <= month <= 12 and 1 <= day <= length):  # noqa: PLR2004 - months
        return None
    passed = sum(366 if past % 33 in PERSIAN_LEAPS else 365 for past in range(PERSIAN_YEARS.start, year))
    return PERSIAN_EPOCH + timedelta(days=passed + (month - 1) * 30 + min(month - 1, LONG_MONTHS) + day - 1)


def day(year: int, month: int, day_of_month: int) -> date | None:
    """The day that a year, a month and a day mean; the year tells the calendar. None if there is no such day."""
    if year in PERSIAN_YEARS:
        return _persian(year, month, day_of_month)
    try:
        return date(year - BUDDHIST if year in BUDDHIST_YEARS else year, month, day_of_month)
    except ValueError:
        return None
