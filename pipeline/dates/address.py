"""Dates that URLs carry."""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo
from typing import Final
from urllib.parse import urlsplit

from pipeline.dates.sanity import on_day
from pipeline.models import Timestamp

DOTTED_IN_URL: Final = re.compile(r"(?<!\d)(0?[1-9]|[12]\d|3[01])[._-](0?[1-9]|1[0-2])[._-](20\d{2})(?!\d)")
MONTH_IN_URL: Final = re.compile(r"/((?:19|20)\d{2})/(0?[1-9]|1[0-2])/(?!\d{1,2}/)")
IN_URL: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})([/_.-]?)(0?[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01]|[1-9])(?!\d)")


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
