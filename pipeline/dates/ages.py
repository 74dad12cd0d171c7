"""Times that count back from now ("3 hours ago", "gestern, 10:31")."""

from __future__ import annotations

import re
from datetime import datetime, time, tzinfo
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


@lru_cache(maxsize=128)
def _reader(languages: tuple[str, ...]) -> DateDataParser:
    tables = [table for language in languages for table in months.tables_of(language) if "-" not in table]
    return DateDataParser(languages=tables, settings={"PARSERS": ["relative-time"], "RETURN_TIME_AS_PERIOD": True})


def read(text: str, *, zone: tzinfo, latest: datetime, languages: tuple[str, ...]) -> Timestamp | None:
    """The time that a short text counts back from `latest`; None if it says no such thing."""
    if not text or len(text) > MAX_LENGTH or NO_AGE.fullmatch(text) or DATE.search(text) or not any(map(months.tables_of, languages)):
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
