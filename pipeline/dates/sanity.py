"""Which times an article can have, and what they are written as."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from pipeline.models import Precision, Timestamp

EARLIEST: Final = datetime(1995, 1, 1, tzinfo=UTC)  # news on the web is no older
LEEWAY: Final = timedelta(days=1)  # zones and wrong clocks


def plausible(at: datetime, *, latest: datetime) -> bool:
    """Whether an article can have been published then: not before the web, not more than a day after `latest`."""
    return EARLIEST <= at <= latest + LEEWAY


def timestamp(at: datetime, *, zone: tzinfo, latest: datetime, precision: Precision) -> Timestamp | None:
    """A time, read in a zone if it names none; None if it is not plausible."""
    try:
        if at.tzinfo is None:
            at = at.replace(tzinfo=zone)
        aware = at.astimezone(UTC)
    except (OverflowError, ValueError):  # at the very ends of the calendar
        return None
    return Timestamp(at=at, precision=precision) if plausible(aware, latest=latest) else None


def on_day(day: date, *, zone: tzinfo, latest: datetime) -> Timestamp | None:
    """A bare date: midnight in the outlet's zone; None if not plausible."""
    return timestamp(datetime(day.year, day.month, day.day), zone=zone, latest=latest, precision=Precision.DAY)  # noqa: DTZ001 - the zone follows
