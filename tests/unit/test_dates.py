"""Dates keep the page's offset, take the outlet's zone without one, and are sane or absent."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import dates
from pipeline.models import Precision

NOW = datetime(2025, 1, 20, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def read(text: str, **options: object) -> tuple[str, str] | None:
    found = dates.parse(text, zone=BERLIN, latest=NOW, **options)  # type: ignore[arg-type]
    return (found.isoformat(), found.precision.value) if found else None


@pytest.mark.parametrize(
    ("text", "written", "precision"),
    [
        ("2025-01-14T10:31:05Z", "2025-01-14T10:31:05+00:00", "minute"),
        ("2025-01-14T10:31:05.123456+0530", "2025-01-14T10:31:05+05:30", "minute"),
        ("2025-01-14T10:31-3", "2025-01-14T10:31:00-03:00", "minute"),
        ("2025-01-14 10:31", "2025-01-14T10:31:00+01:00", "minute"),
        ("20250114T103105Z", "2025-01-14T10:31:05+00:00", "minute"),
        ("2025-01-14 10:31:05 UTC", "2025-01-14T10:31:05+00:00", "minute"),
        ("2025-01-14", "2025-01-14T00:00:00+01:00", "day"),
        ("20250114", "2025-01-14T00:00:00+01:00", "day"),
        ("2025-01-14T00:00:00Z", "2025-01-14T00:00:00+01:00", "day"),
        ("2025-01-14T00:00:00-05:00", "2025-01-14T00:00:00-05:00", "minute"),
        ("Tue, 14 Jan 2025 10:31:05 GMT", "2025-01-14T10:31:05+00:00", "minute"),
        ("14 Jan 2025 10:31:05 -0500", "2025-01-14T10:31:05-05:00", "minute"),
        ("1736850665", "2025-01-14T10:31:05+00:00", "minute"),
        ("1736850665000", "2025-01-14T10:31:05+00:00", "minute"),
    ],
)
def test_formats_for_machines(text: str, written: str, precision: str) -> None:
    assert read(text) == (written, precision)


@pytest.mark.parametrize(
    ("text", "language", "written", "precision"),
    [
        ("January 14, 2025", "en", "2025-01-14T00:00:00+01:00", "day"),
        ("Published: 14 January 2025", "en", "2025-01-14T00:00:00+01:00", "day"),
        ("14 de enero de 2025, 10:31", "es", "2025-01-14T10:31:00+01:00", "minute"),
        ("14. Januar 2025, 10:31 Uhr", "de", "2025-01-14T10:31:00+01:00", "minute"),
        ("14 января 2025, 10:31", "ru", "2025-01-14T10:31:00+01:00", "minute"),
        ("2025年1月14日", "zh", "2025-01-14T00:00:00+01:00", "day"),
        ("3 hours ago", "en", "2025-01-20T10:00:00+01:00", "minute"),
    ],
)
def test_words(text: str, language: str, written: str, precision: str) -> None:
    assert read(text, languages=[language]) == (written, precision)


def test_order_of_digits() -> None:
    assert read("03/01/2025", languages=["en"], order="DMY") == ("2025-01-03T00:00:00+01:00", "day")
    assert read("03/01/2025", languages=["en"], order="MDY") is None  # 1 March has not come yet
    assert read("01/03/2025", languages=["en"], order="MDY") == ("2025-01-03T00:00:00+01:00", "day")


@pytest.mark.parametrize(
    "text",
    ["", "2025-02-30", "2025-13-01T00:00", "2025", "January 2025", "2031-01-01", "1994-12-31", "0001-01-01T00:00:00+14:00", "x" * 500],
)
def test_no_date_rather_than_a_wrong_one(text: str) -> None:
    assert read(text, languages=["en"]) is None


def test_a_day_of_leeway_for_zones() -> None:
    assert read("2025-01-21T11:59:00Z") is not None
    assert read("2025-01-21T12:01:00Z") is None


@given(st.text(max_size=40) | st.from_regex(dates.ISO, fullmatch=True) | st.from_regex(dates.RFC_2822, fullmatch=True))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_plausible_date_or_none(text: str) -> None:
    found = dates.parse(text, zone=BERLIN, latest=NOW, languages=["en"])
    assert found is None or dates.plausible(found.at, latest=NOW)


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://example.org/2025/01/14/story", "2025-01-14"),
        ("https://example.org/news/2025-1-4-story", "2025-01-04"),
        ("https://example.org/story-20250114.html", "2025-01-14"),
        ("https://example.org/story/20251399", None),
        ("https://example.org/article/120250114", None),
        ("https://example.org/2025/01/story", None),
        ("https://example.org/2027/01/14/story", None),
        ("https://example.org/?d=2025-01-14", None),
    ],
)
def test_in_url(url: str, day: str | None) -> None:
    found = dates.in_url(url, zone=UTC, latest=NOW)
    assert (found.isoformat()[:10] if found else None) == day
    assert found is None or found.precision is Precision.DAY


@pytest.mark.parametrize(
    ("country", "zone"),
    [("de", "Europe/Berlin"), ("US", "America/New_York"), ("ru", "Europe/Moscow"), ("in", "Asia/Kolkata"), ("rs", "Europe/Belgrade")],
)
def test_zone_of_a_country(country: str, zone: str) -> None:
    assert str(dates.zone_of(country)) == zone


def test_unknown_country_is_utc() -> None:
    assert dates.zone_of(None) is UTC
    assert dates.zone_of("zz") is UTC
