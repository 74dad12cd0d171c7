"""Dates in the formats of machines: ISO 8601 and its kin, RFC 2822, seconds since 1970, C's and Java's."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final

from pipeline.dates.sanity import timestamp
from pipeline.models import Precision, Timestamp

ISO: Final = re.compile(
    r"(?P<year>\d{4})-?(?P<month>\d{2})-?(?P<day>\d{2})"
    r"(?:[T\s]\s*(?P<hour>\d{1,2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2}))?(?:[.,]\d+)?"
    r"\s*(?P<offset>Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?)?",
    re.IGNORECASE,
)
RFC_2822: Final = re.compile(r"(?:\w{3,9},\s*)?\d{1,2}\s+\w{3,9}\s+\d{4}\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s+(?:[A-Z]{1,5}|[+-]\d{4}))?$")
EPOCH: Final = re.compile(r"\d{10}(?:\d{3})?")
# As C and Java write one: "Mon Oct 11 14:57:21 2021", "Mon Oct 11 14:57:21 CEST 2021".
ASCTIME: Final = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{2}:\d{2}:\d{2})(?: ([A-Z]{3,5}))? (\d{4})")
NAMED_OFFSETS: Final = {
    "CEST": "+0200",
    "CET": "+0100",
    "BST": "+0100",
    "EEST": "+0300",
    "EET": "+0200",
    "MSK": "+0300",
    "JST": "+0900",
    "IST": "+0530",
}


def _offset(text: str) -> tzinfo | None:
    """Zone of `Z`, `+2`, `-03`, `+0530` or `+05:30`; None if no place on Earth has it."""
    hours, minutes = re.fullmatch(r"(?:[+-](\d{1,2}?):?(\d{2})?|\D+)", text).groups(default="0")  # type: ignore[union-attr] # as in ISO
    shift = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-shift if text.startswith("-") else shift) if shift <= timedelta(hours=14) else None


def _clock(match: re.Match[str]) -> datetime | None:
    """Date and time of a match of ISO, without its offset; None for a day or an hour that does not exist."""
    try:
        return datetime(*(int(match[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")))  # type: ignore[arg-type] # noqa: DTZ001 - the zone follows
    except ValueError:
        return None


def _iso(text: str, *, zone: tzinfo, latest: datetime) -> Timestamp | None:
    """ISO 8601 and its near kin; what follows a complete date is ignored."""
    match = ISO.match(text)
    if not match:
        return None
    part, at = match.groupdict(), _clock(match)
    if at is None:
        return None
    has_offset = bool(part["offset"])
    zoned = at.replace(tzinfo=_offset(part["offset"])) if has_offset else at
    if part["hour"] is None:
        return timestamp(at, zone=zone, latest=latest, precision=Precision.DAY)
    if not (at.hour or at.minute or at.second) and not zoned.utcoffset():
        # Midnight of no zone or of UTC is how programs write a bare date.
        return timestamp(at, zone=zone, latest=latest, precision=Precision.DAY)
    return timestamp(zoned, zone=zone, latest=latest, precision=Precision.MINUTE)


def read(text: str, *, zone: tzinfo, latest: datetime) -> Timestamp | None:
    """The time that a text in a format of machines says; None if it is none or not plausible."""
    if EPOCH.fullmatch(text):
        return timestamp(datetime.fromtimestamp(int(text[:10]), tz=UTC), zone=zone, latest=latest, precision=Precision.MINUTE)
    if ISO.match(text):
        return _iso(text, zone=zone, latest=latest)
    if asctime := ASCTIME.fullmatch(text):
        month, day, clock, zone_name, year = asctime.groups(default="")
        text = f"{day} {month} {year} {clock} {NAMED_OFFSETS.get(zone_name, zone_name)}".strip()
    if RFC_2822.fullmatch(text):
        clock, _, zone_name = text.rpartition(" ")
        text = f"{clock} {NAMED_OFFSETS.get(zone_name, zone_name)}"
        try:
            return timestamp(parsedate_to_datetime(text), zone=zone, latest=latest, precision=Precision.MINUTE)
        except ValueError:  # a month in another language: words
            pass
    return None


def wall_clock(text: str) -> datetime | None:
    """Date and time of an ISO text that names no offset, without one."""
    match = ISO.match(" ".join(text.split()))
    if not match or match["offset"] or match["hour"] is None:
        return None
    return _clock(match)
