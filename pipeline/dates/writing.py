"""Dates as people write them: in digits, or in words of many languages."""

# Signs of many scripts.
# ruff: noqa: RUF001

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from functools import lru_cache
from typing import Final

from dateparser.timezone_parser import pop_tz_offset_from_string

from pipeline.dates import calendars, months
from pipeline.dates.sanity import LEEWAY, timestamp
from pipeline.models import Precision, Timestamp

NEAR: Final = 28  # characters around a month's name in which its day and year stand
AROUND: Final = 60  # characters around a date in which its time of day stands
CENTURY: Final = 100  # years
NOON: Final = 12

GAP: Final = r"[\s,.،、，\-–/'’|]{0,4}"
LINK: Final = r"(?:(?:de|del|of|di|da|d|do|na|al|e|a|den|der|nam|พศ|คศ)[\s'’]{1,2})?"
DAY: Final = r"(?<!\d)(?P<day>\d{1,2})(?!\d)(?:\.|[º°]|-?[^\W\d_]{1,3}(?![^\W_]))?"
YEAR: Final = r"(?<!\d)(?P<year>\d{4})(?!\d)"
# "m." (Lithuanian), "gada" (Latvian), "(e)ko" (Basque), "жылғы" (Kazakh): what may stand between a year and what follows it.
OF_YEAR: Final = r"(?:[.-]?\s?\(?[^\W\d_]{1,8}\)?[^\W\d_]{0,3})?"
OTHER_NAME: Final = r"(?:\s?/\s?[^\W\d_]{2,10}(?:\s[^\W\d_]{4,8})?)?"  # of the same month: "مارس/آذار"
# What stands before and after the month's name.
SHAPES: Final = tuple(
    (re.compile(before + "$"), re.compile(after))
    for before, after in (
        (f"{DAY}{GAP}{LINK}", f"{OTHER_NAME}{GAP}{LINK}{YEAR}"),
        ("", f"{GAP}{DAY}{GAP}{LINK}{YEAR}"),
        (f"{YEAR}{OF_YEAR}{GAP}", f"{GAP}{DAY}"),
        (f"{YEAR}{OF_YEAR}{GAP}{DAY}{GAP}{LINK}", ""),
    )
)
YEAR_FIRST: Final = re.compile(r"(?<![\d./-])(\d{4})(\s?[-./]\s?)(\d{1,2})\2(\d{1,2})(?!\d)")
EAST_ASIAN: Final = re.compile(r"(?<!\d)(\d{4})(\s?[年년]\s?)(\d{1,2})\s?[月월]\s?(\d{1,2})(?!\d)")
# Years of an era: since the Japanese emperor's accession, or of the Republic of China.
ERAS: Final = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}
OF_ERA: Final = re.compile(r"(令和|平成|民[國国])\s?(\d{1,3}|元)\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})(?!\d)")
YEAR_LAST: Final = re.compile(r"(?<![\d./-])(\d{1,2})(\s?[-./]\s?)(\d{1,2})\2(\d{4}|\d{2})(?![\d%]|[-./]\d)")

CLOCK: Final = (
    r"(?<![\d.:])(?P<hour>[01]?\d|2[0-3])(?:\s?[:.h時时點点시]\s?(?P<minute>[0-5]\d)(?!\d|\.\d)(?::[0-5]\d)?(?:\s?(?P<half>[ap] ?m)\b)?"
    r"|\s?(?P<hourly_half>[ap] ?m)\b)"
)
ZONE_NAME: Final = r"(?:\s?\(?(?P<zone>[a-z]{2,4}(?:[+-]\d{1,2}(?::?\d{2})?)?)(?=\s*(?:[),;|]|$)))?"
CLOCK_AFTER: Final = re.compile(rf"(?P<gap>\D{{0,20}}?){CLOCK}{ZONE_NAME}")
CLOCK_BEFORE: Final = re.compile(rf"(?P<gap>){CLOCK}\D{{0,16}}$")
AFTERNOON: Final = re.compile("下午|晚上|午後|오후")
AFTERNOON_AFTER: Final = re.compile(r"(?::\d\d)?\s?(?:م(?![^\W_])|مساء|পিএম|μ\.?μ|ch(?![^\W_]))")
# "12 มี.ค. 68": a year of the Thai calendar, short
SHORT_THAI: Final = (re.compile(rf"{DAY}\s?$"), re.compile(r"\s?(?P<year>\d{2})(?![\d:.])"))

type_of_place = tuple[int, int, date | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A date in a text, with what stands before and after it there, folded."""

    when: Timestamp
    before: str
    after: str


def _ordered(first: int, second: int, year: int, *, month_first: bool, last: date) -> date | None:
    """The day of two numbers and a year: in the usual order, unless that makes no day or one to come."""
    days = [calendars.day(year, second, first), calendars.day(year, first, second)]
    if month_first:
        days.reverse()
    return next((day for day in days if day and day <= last), None)


def _in_digits(text: str, order: str, last: date) -> Iterator[type_of_place]:
    """Start, end and day of the dates in digits."""
    for pattern in (YEAR_FIRST, EAST_ASIAN):
        for match in pattern.finditer(text):
            yield match.start(), match.end(), calendars.day(int(match[1]), int(match[3]), int(match[4]))
    for match in OF_ERA.finditer(text):
        years = 1 if match[2] == "元" else int(match[2])
        yield match.start(), match.end(), calendars.day(ERAS[match[1]] + years, int(match[3]), int(match[4]))
    for match in YEAR_LAST.finditer(text):
        year = int(match[4])
        if year < CENTURY:
            if len(text) > AROUND:
                continue  # more likely another thing, such as a version
            if order == "YMD":
                yield match.start(), match.end(), calendars.day(last.year // CENTURY * CENTURY + int(match[1]), int(match[3]), year)
                continue
            year += last.year // CENTURY * CENTURY
        month_first = order == "MDY" and "." not in match[2]
        yield match.start(), match.end(), _ordered(int(match[1]), int(match[3]), year, month_first=month_first, last=last)


def _in_words(text: str, languages: tuple[str, ...]) -> Iterator[type_of_place]:
    """Start, end and day of the dates whose month is a word."""
    pattern, numbers = months.known(languages)
    for match in pattern.finditer(text):
        start, end = match.span()
        before, after = text[max(0, start - NEAR) : start], text[end : end + NEAR]
        for pattern_before, pattern_after in SHAPES:
            left, right = pattern_before.search(before), pattern_after.match(after)
            if left and right:
                part = {**left.groupdict(), **right.groupdict()}
                day = calendars.day(int(part["year"]), months.number_of(match[0], numbers), int(part["day"]))
                yield start - len(before) + left.start(), end + right.end(), day
                break
        else:
            left, right = SHORT_THAI[0].search(before), SHORT_THAI[1].match(after)
            if left and right and "th" in languages:
                day = calendars.day(
                    calendars.BUDDHIST_YEARS.start + int(right["year"]), months.number_of(match[0], numbers), int(left["day"])
                )
                yield start - len(before) + left.start(), end + right.end(), day


@lru_cache(maxsize=256)
def _zone_called(name: str) -> tzinfo | None:
    return pop_tz_offset_from_string(f"00:00 {name.upper()}", as_offset=True)[1]  # type: ignore[no-any-return] # a library without types


def _with_clock(day: date, before: str, after: str, zone: tzinfo) -> tuple[datetime, Precision]:
    """A day with the time that stands beside it, if one does."""
    match = CLOCK_AFTER.match(after) or CLOCK_BEFORE.search(before)
    if match is None:
        return datetime.combine(day, time(), tzinfo=zone), Precision.DAY
    part = match.groupdict()
    rest = match.string[max(match.end("hour"), match.end("minute")) :]
    is_late = AFTERNOON.search(part["gap"] + before[-NEAR:]) or AFTERNOON_AFTER.match(rest)
    half = (part["half"] or part["hourly_half"] or ("p" if is_late else ""))[:1]
    hour, minute = int(part["hour"]), int(part["minute"] or 0)
    if half and hour <= NOON:
        hour = hour % NOON + (NOON if half == "p" else 0)
    at = datetime.combine(day, time(hour, minute), tzinfo=zone)
    name = part.get("zone") or ""
    # The zone of the outlet's country may go by a name that others use too, such as IST.
    if name and name != (at.tzname() or "").lower() and (named := _zone_called(name)):
        at = at.replace(tzinfo=named)
    # Midnight is how programs write a bare date.
    return at, Precision.MINUTE if hour or minute else Precision.DAY


def within(text: str, *, zone: tzinfo, latest: datetime, languages: tuple[str, ...] = (), order: str = "") -> Iterator[Written]:
    """The plausible complete dates in a text, in their order, with the time of day beside them.

    Args:
        text: a line or a few; the work grows with its dates times its length.
        zone: where they are read, unless a zone stands beside the time.
        latest: when the page was fetched; later dates are none.
        languages: ISO 639-1 codes of the languages that months may be named in, the likeliest first.
        order: `MDY` or, else, `DMY`, for days and months in digits; `YMD` where short years stand first.

    """
    text = months.fold(text)
    last = (latest.astimezone(zone) + LEEWAY).date()
    reached = 0
    for start, end, day in sorted([*_in_digits(text, order, last), *_in_words(text, languages)], key=lambda place: place[:2]):
        if day is None or start < reached:
            continue
        before, after = text[reached:start], text[end:]
        at, precision = _with_clock(day, before[-AROUND:], after[:AROUND], zone)
        when = timestamp(at, zone=zone, latest=latest, precision=precision)
        if when:
            yield Written(when=when, before=before, after=after)
            reached = end
