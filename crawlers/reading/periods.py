"""Times that addresses of archives carry: `sitemap-2024-03.xml`, `?yyyy=2024&mm=03&dd=15`. Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final
from urllib.parse import parse_qs, urlsplit

from pipeline.backfill import Span
from pipeline.dates import EARLIEST

YEAR: Final = r"(?P<year>(?:19|20)\d\d)"
DAY_IN_URL: Final = re.compile(rf"(?<!\d){YEAR}(?P<sep>[-_/.]?)(?P<month>0[1-9]|1[0-2])(?P=sep)(?P<day>0[1-9]|[12]\d|3[01])(?!\d)")
MONTH_IN_URL: Final = re.compile(rf"(?<!\d){YEAR}[-_/.]?(?P<month>0[1-9]|1[0-2])(?!\d)")
YEAR_IN_URL: Final = re.compile(rf"(?<!\d){YEAR}(?!\d)")
COMPACT: Final = re.compile(rf"{YEAR}(?:0[1-9]|1[0-2])")
NUMBER: Final = re.compile(r"(?<!\d)\d+(?!\d)")
MONTHS: Final = frozenset(f"{month:02}" for month in range(1, 13))
QUERY: Final = {"year": ("yyyy", "year", "y"), "month": ("mm", "month", "m"), "day": ("dd", "day", "d")}


def of_each(urls: Iterable[str], *, latest: datetime) -> dict[str, Span]:
    """The periods of archives of one index, of those whose addresses tell one.

    Numbers that count the archives may look like years and months: one is believed only if the numbers that stand in its
    place in the other addresses are years or months, too.

    Args:
        urls: the addresses of the index.
        latest: later years are none.

    """
    addresses = list(dict.fromkeys(urls))
    beside: dict[tuple[str, str], set[str]] = defaultdict(set)
    for url in addresses:
        for number in NUMBER.finditer(url):
            beside[_around(url, number.start(), number.end())].add(number[0])
    spans = {url: _period(url, beside, latest=latest) for url in addresses}
    return {url: span for url, span in spans.items() if span is not None}


def _period(url: str, beside: Mapping[tuple[str, str], set[str]], *, latest: datetime) -> Span | None:
    parts = urlsplit(url)
    asked = _asked(parts.query)
    if asked is not None:
        return span(*asked, latest=latest)
    start = url.find(parts.path, len(parts.scheme) + 3) if parts.path else len(url)
    if match := DAY_IN_URL.search(url, start):
        return span(int(match["year"]), int(match["month"]), int(match["day"]), latest=latest)
    if match := MONTH_IN_URL.search(url, start):
        whole = match.end("year") == match.start("month")
        numbers = beside[_around(url, match.start("year" if whole else "month"), match.end("month"))]
        is_month = all(map(COMPACT.fullmatch, numbers)) if whole else numbers <= MONTHS
        return span(int(match["year"]), int(match["month"]) if is_month else None, latest=latest) if is_month or not whole else None
    match = YEAR_IN_URL.search(url, start)
    if match and all(_is_year(number, latest) for number in beside[_around(url, match.start(), match.end())]):
        return span(int(match["year"]), latest=latest)
    return None


def span(year: int, month: int | None = None, day: int | None = None, *, latest: datetime) -> Span | None:
    """A year, a month or a day (UTC); null if there is none such."""
    if not EARLIEST.year <= year <= latest.year + 1:
        return None
    try:
        first = date(year, month or 1, day or 1)
        last = date(year, month or 12, day or monthrange(year, month or 12)[1])
    except ValueError:
        return None
    begin, end = (datetime(at.year, at.month, at.day, tzinfo=UTC) for at in (first, last))
    return Span(since=begin, until=end + timedelta(days=1))


def _asked(query: str) -> tuple[int, int | None, int | None] | None:
    """The year, month and day that a query asks for, such as `yyyy=2024&mm=03`."""
    fields = parse_qs(query)
    numbers: list[int | None] = []
    for names in QUERY.values():
        text = next((fields[name][0] for name in names if name in fields), "")
        numbers.append(int(text) if re.fullmatch(r"\d{1,4}", text) else None)
    year, month, day = numbers
    if year is None or len(str(year)) != len("2024"):
        return None
    return year, month, day if month else None


def _around(url: str, start: int, end: int) -> tuple[str, str]:
    return url[:start], url[end:]


def _is_year(number: str, latest: datetime) -> bool:
    return len(number) == len("2024") and EARLIEST.year <= int(number) <= latest.year + 1
