"""Dates as pages write them: parsed, given a zone, and checked for sanity."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from typing import Final

from pipeline.dates import ages, machine, months
from pipeline.dates.address import in_url, is_near_month_in_url
from pipeline.dates.machine import wall_clock
from pipeline.dates.sanity import EARLIEST, plausible
from pipeline.dates.writing import Written, within
from pipeline.dates.zones import zone_of
from pipeline.models import Precision, Timestamp

__all__ = ["EARLIEST", "Written", "in_url", "is_near_month_in_url", "parse", "plausible", "preload", "wall_clock", "within", "zone_of"]

MAX_LENGTH: Final = 120  # characters; longer texts are no dates
DAY_LENGTH: Final = len("2025-01-14")


def preload() -> None:
    """Read the languages' tables (0.9 s), so that the first date in words does not wait for them."""
    months.known(("en",))
    ages.read("1 hour ago", zone=UTC, latest=EARLIEST, languages=("en",))


def parse(text: str, *, zone: tzinfo, latest: datetime, languages: Iterable[str] = (), order: str = "") -> Timestamp | None:
    """The time that a text says, with the text's own offset.

    Args:
        text: ISO 8601, RFC 2822, seconds since 1970, or words ("14 de enero de 2025, 10:30", "2 hours ago").
        zone: where a time without offset is read; a bare date is midnight there.
        latest: when the page was fetched; relative dates count from it, later dates are none.
        languages: ISO 639-1 codes that words may be in; without one only formats for machines are read.
        order: `MDY` for dates in digits where the month stands first, else the day does.

    Returns:
        None if the text holds no complete date or the date is not plausible.

    """
    text = " ".join(text.split())
    if not text or len(text) > MAX_LENGTH:
        return None
    found = machine.read(text, zone=zone, latest=latest)
    spoken = tuple(languages)
    if not spoken or (found and (found.precision is Precision.MINUTE or len(text) <= DAY_LENGTH)):
        return found
    written = next(within(text, zone=zone, latest=latest, languages=spoken, order=order), None)
    if written or found:
        return written.when if written else found
    return ages.read(text, zone=zone, latest=latest, languages=spoken)
