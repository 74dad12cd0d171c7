"""Times that count back from now ("3 hours ago", "gestern, 10:31")."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final

from dateparser.date import DateDataParser

from pipeline.dates import months
from pipeline.dates.sanity import timestamp
from pipeline.models import Precision, Timestamp

MAX_LENGTH: Final = 40  # characters
# "5 min" is how long a text is read, "10:31" a time of any day.
NO_AGE: Final = re.compile(r"[+-]?\d+\s?[^\W\d_]+(?<![前전])|\d{1,2}[:.]\d{2}(?:\s*[ap]\.?\s*m\.?)?", re.IGNORECASE)
DATE: Final = re.compile(r"\d{4}|\d[./-]\s?\d{1,2}[./-]")  # is absolute, if it is one
CLOCK: Final = re.compile(r"\d{1,2}\s*[:.h]\s*\d{2}(?!\d|\.\d)|\d\s*[ap]\.?m\b", re.IGNORECASE)


# What dateparser's tables lack, folded as the months are.
MINUTES: Final = "perce|min|λεπτ|мин|นาที|分鐘"
HOURS: Final = "oraja|sat|ur|ωρ|val|tund|сат|ชั่วโมง|小時"
DAYS: Final = "napja|dan|dn|μερ|ημερ|d\\b|dien|paev|дан|วัน|天"
UNIT: Final = rf"(?P<number>\d{{1,3}})\s?(?:(?P<minutes>{MINUTES})|(?P<hours>{HOURS})|(?P<days>{DAYS}))"
AGO: Final = (
    re.compile(rf"(?:pre|prije|pred|пре|πριν(?: απο)?|pries)\s{UNIT}[^\W\d_]{{0,6}}\.?"),
    re.compile(rf"{UNIT}[^\W\d_]{{0,6}}\s?(?:tagasi|ที่แล้ว|前)"),
    re.compile(r"(?P<number>\d{1,3}) (?:(?P<minutes>perce)|(?P<hours>oraja)|(?P<days>napja))"),
)
NAMED_DAY: Final = re.compile(
    r"(?:(?P<today>astazi|azi|danas|данас|danes|idag|i dag|tanaan|siandien|sodien|tana)|igar|i gar|eilen|jucer|juce|јуче|vceraj|vakar|eile|ieri|χθεσ)"
    r"(?:\W{1,3}(?:(?:kl|klo|ob|u|la)\.? )?(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d))?"
)


def _told(text: str, now: datetime) -> Timestamp | None:
    """The time that a folded text counts back from now, in words that the tables lack."""
    for pattern in AGO:
        if match := pattern.fullmatch(text):
            number = int(match["number"])
            if match["days"]:
                return Timestamp(at=datetime.combine(now - timedelta(days=number), time(), tzinfo=now.tzinfo), precision=Precision.DAY)
            return Timestamp(at=now - (timedelta(hours=number) if match["hours"] else timedelta(minutes=number)))
    match = NAMED_DAY.fullmatch(text)
    if match is None:
        return None
    day = now if match["today"] else now - timedelta(days=1)
    clock = time(int(match["hour"]), int(match["minute"])) if match["hour"] else time()
    return Timestamp(at=datetime.combine(day, clock, tzinfo=now.tzinfo), precision=Precision.MINUTE if match["hour"] else Precision.DAY)


@lru_cache(maxsize=128)
def _reader(languages: tuple[str, ...]) -> DateDataParser:
    tables = [table for language in languages for table in months.tables_of(language) if "-" not in table]
    return DateDataParser(languages=tables, settings={"PARSERS": ["relative-time"], "RETURN_TIME_AS_PERIOD": True})


def read(text: str, *, zone: tzinfo, latest: datetime, languages: tuple[str, ...]) -> Timestamp | None:
    """The time that a short text counts back from `latest`; None if it says no such thing."""
    if not text or len(text) > MAX_LENGTH:
        return None
    if told := _told(months.fold(text), latest.astimezone(zone)):
        return told if told.at <= latest else None
    if NO_AGE.fullmatch(text) or DATE.search(text) or not any(map(months.tables_of, languages)):
        return None
    reader = _reader(languages)
    reader._settings.RELATIVE_BASE = latest.astimezone(zone).replace(tzinfo=None)  # noqa: SLF001 - a new reader costs 40 ms
    found = reader.get_date_data(text)
    if found.date_obj is None:
        return None
    at = found.date_obj.replace(tzinfo=zone)
    if found.period == "time" or CLOCK.search(text):
        precision = Precision.MINUTE
    else:
        at, precision = datetime.combine(at, time(), tzinfo=zone), Precision.DAY
    return timestamp(at, zone=zone, latest=latest, precision=precision) if at <= latest else None
