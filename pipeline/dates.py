"""Dates as pages write them: parsed, given a zone, and checked for sanity."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from importlib import resources
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dateparser.date import DateDataParser
from dateparser.languages.loader import default_loader

from pipeline.models import Precision, Timestamp

EARLIEST: Final = datetime(1995, 1, 1, tzinfo=UTC)  # news on the web is no older
LEEWAY: Final = timedelta(days=1)  # zones and wrong clocks
MAX_LENGTH: Final = 120  # characters; longer texts are no dates
MAX_LABEL_WORDS: Final = 4

# Where a country's media sit, for countries with several zones. All others come from the zone database.
MEDIA_ZONES: Final = {
    "ar": "America/Argentina/Buenos_Aires", "au": "Australia/Sydney", "br": "America/Sao_Paulo", "ca": "America/Toronto",
    "cd": "Africa/Kinshasa", "cl": "America/Santiago", "cn": "Asia/Shanghai", "cy": "Asia/Nicosia", "de": "Europe/Berlin",
    "ec": "America/Guayaquil", "es": "Europe/Madrid", "id": "Asia/Jakarta", "kz": "Asia/Almaty", "mn": "Asia/Ulaanbaatar",
    "mx": "America/Mexico_City", "my": "Asia/Kuala_Lumpur", "nz": "Pacific/Auckland", "ps": "Asia/Gaza", "pt": "Europe/Lisbon",
    "ru": "Europe/Moscow", "ua": "Europe/Kyiv", "uk": "Europe/London", "us": "America/New_York", "uz": "Asia/Tashkent",
}  # fmt: skip

ISO: Final = re.compile(
    r"(?P<year>\d{4})-?(?P<month>\d{2})-?(?P<day>\d{2})"
    r"(?:[T\s]\s*(?P<hour>\d{1,2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2}))?(?:[.,]\d+)?"
    r"\s*(?P<offset>Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?)?",
    re.IGNORECASE,
)
RFC_2822: Final = re.compile(r"(?:\w{3,9},\s*)?\d{1,2}\s+\w{3,9}\s+\d{4}\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s+(?:[A-Z]{1,5}|[+-]\d{4}))?$")
EPOCH: Final = re.compile(r"\d{10}(?:\d{3})?")
# As Java writes one: "Mon Oct 11 14:57:21 CEST 2021".
JAVA: Final = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{1,2}) (\d{2}:\d{2}:\d{2}) ([A-Z]{3,5}) (\d{4})")
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
DOTTED_IN_URL: Final = re.compile(r"(?<!\d)(0?[1-9]|[12]\d|3[01])[._-](0?[1-9]|1[0-2])[._-](20\d{2})(?!\d)")
MONTH_IN_URL: Final = re.compile(r"/((?:19|20)\d{2})/(0?[1-9]|1[0-2])/(?!\d{1,2}/)")
IN_URL: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})([/_.-]?)(0?[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01]|[1-9])(?!\d)")
CLOCK: Final = re.compile(r"\d{1,2}\s*[:.h]\s*\d{2}(?!\d|\.\d)|\d\s*[ap]\.?m\b", re.IGNORECASE)


@cache
def _single_zones() -> dict[str, str]:
    """Country to its zone, from the zone database's own table; of several, the first."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    zones: dict[str, str] = {}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _, name = line.split("\t")[:3]
            zones.setdefault(country.lower(), name)
    return zones


@lru_cache(maxsize=512)
def zone_of(country: str | None) -> tzinfo:
    """The zone in which a country's media write their dates; UTC if the country is unknown.

    Args:
        country: ISO 3166-1 alpha-2 code, in any case.

    """
    code = (country or "").lower()
    name = MEDIA_ZONES.get(code) or _single_zones().get(code)
    return ZoneInfo(name) if name else UTC


def plausible(at: datetime, *, latest: datetime) -> bool:
    """Whether an article can have been published then: not before the web, not more than a day after `latest`."""
    return EARLIEST <= at <= latest + LEEWAY


def _timestamp(at: datetime, *, zone: tzinfo, latest: datetime, precision: Precision) -> Timestamp | None:
    try:
        if at.tzinfo is None:
            at = at.replace(tzinfo=zone)
        aware = at.astimezone(UTC)
    except (OverflowError, ValueError):  # at the very ends of the calendar
        return None
    return Timestamp(at=at, precision=precision) if plausible(aware, latest=latest) else None


def on_day(day: date, *, zone: tzinfo, latest: datetime) -> Timestamp | None:
    """A bare date: midnight in the outlet's zone; None if not plausible."""
    return _timestamp(datetime(day.year, day.month, day.day), zone=zone, latest=latest, precision=Precision.DAY)  # noqa: DTZ001 - the zone follows


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
        return _timestamp(at, zone=zone, latest=latest, precision=Precision.DAY)
    if not (at.hour or at.minute or at.second) and not zoned.utcoffset():
        # Midnight of no zone or of UTC is how programs write a bare date.
        return _timestamp(at, zone=zone, latest=latest, precision=Precision.DAY)
    return _timestamp(zoned, zone=zone, latest=latest, precision=Precision.MINUTE)


@lru_cache(maxsize=128)
def _reader(languages: tuple[str, ...], order: str) -> DateDataParser:
    settings = {"REQUIRE_PARTS": ["day", "month", "year"], "RETURN_TIME_AS_PERIOD": True}
    if order:
        settings["DATE_ORDER"] = order
    return DateDataParser(languages=list(languages) or None, settings=settings)


@cache
def _known_languages() -> frozenset[str]:
    return frozenset(default_loader.get_locale_map().keys())


def preload() -> None:
    """Read the languages' tables (0.3 s), so that the first date in words does not wait for them."""
    _known_languages()


def _prose(text: str, *, zone: tzinfo, latest: datetime, languages: tuple[str, ...], order: str) -> Timestamp | None:
    """A date in words, or relative to `latest`."""
    reader = _reader(languages, order)
    reader._settings.RELATIVE_BASE = latest.astimezone(zone).replace(tzinfo=None)  # noqa: SLF001 - a new reader costs 40 ms
    words = text.split()
    # Labels such as "Published:" or "Updated on" stand before the date.
    for start in range(min(len(words), MAX_LABEL_WORDS + 1)):
        rest = " ".join(words[start:])
        if not re.search(r"\d", rest):
            break
        found = reader.get_date_data(rest)
        if found.date_obj is not None:
            exact = found.period == "time" or bool(CLOCK.search(rest))
            return _timestamp(found.date_obj, zone=zone, latest=latest, precision=Precision.MINUTE if exact else Precision.DAY)
    return None


def parse(text: str, *, zone: tzinfo, latest: datetime, languages: Iterable[str] = (), order: str = "") -> Timestamp | None:
    """The time that a text says, with the text's own offset.

    Args:
        text: ISO 8601, RFC 2822, seconds since 1970, or words ("14 de enero de 2025, 10:30", "2 hours ago").
        zone: where a time without offset is read; a bare date is midnight there.
        latest: when the page was fetched; relative dates count from it, later dates are none.
        languages: ISO 639-1 codes that words may be in; without one only formats for machines are read.
        order: `DMY` or `MDY` for dates in digits; by the language if empty.

    Returns:
        None if the text holds no complete date or the date is not plausible.

    """
    text = " ".join(text.split())
    if not text or len(text) > MAX_LENGTH:
        return None
    if ISO.match(text) and not EPOCH.fullmatch(text):
        return _iso(text, zone=zone, latest=latest)
    if EPOCH.fullmatch(text):
        return _timestamp(datetime.fromtimestamp(int(text[:10]), tz=UTC), zone=zone, latest=latest, precision=Precision.MINUTE)
    if java := JAVA.fullmatch(text):
        month, day, clock, zone_name, year = java.groups()
        text = f"{day} {month} {year} {clock} {NAMED_OFFSETS.get(zone_name, zone_name)}"
    if RFC_2822.fullmatch(text):
        try:
            return _timestamp(parsedate_to_datetime(text), zone=zone, latest=latest, precision=Precision.MINUTE)
        except ValueError:  # a month in another language: words
            pass
    known = tuple(language for language in languages if language in _known_languages())
    return _prose(text, zone=zone, latest=latest, languages=known, order=order) if known else None


def in_url(url: str, *, zone: tzinfo, latest: datetime) -> Timestamp | None:
    """The day that a URL's path carries, such as `/2025/01/14/` or `-20250114.html`."""
    for match in IN_URL.finditer(urlsplit(url).path):
        if match[2] == "" and len(match[0]) != len("20250114"):
            continue
        try:
            day = date(int(match[1]), int(match[3]), int(match[4]))
        except ValueError:
            continue
        found = on_day(day, zone=zone, latest=latest)
        if found:
            return found
    dotted = DOTTED_IN_URL.search(urlsplit(url).path)
    try:
        return on_day(date(int(dotted[3]), int(dotted[2]), int(dotted[1])), zone=zone, latest=latest) if dotted else None
    except ValueError:
        return None


def is_near_month_in_url(at: datetime, url: str) -> bool:
    """Whether a time is within a month of the one that a URL's path carries (`/2025/01/`); true if it carries none."""
    month = MONTH_IN_URL.search(urlsplit(url).path)
    return month is None or abs((at.year - int(month[1])) * 12 + at.month - int(month[2])) <= 1


def wall_clock(text: str) -> datetime | None:
    """Date and time of an ISO text that names no offset, without one."""
    match = ISO.match(" ".join(text.split()))
    if not match or match["offset"] or match["hour"] is None:
        return None
    return _clock(match)
