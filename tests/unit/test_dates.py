"""Dates keep the page's offset, take the outlet's zone without one, and are sane or absent."""

# Words of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import dates
from pipeline.dates import machine, months
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
        ("Tue Jan 14 10:31:05 2025", "2025-01-14T10:31:05+01:00", "minute"),
        ("Tue Jan 14 10:31:05 CEST 2025", "2025-01-14T10:31:05+02:00", "minute"),
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
        ("14-го января 2025 г., 10:31", "ru", "2025-01-14T10:31:00+01:00", "minute"),
        ("10:31, 14.01.2025", "de", "2025-01-14T10:31:00+01:00", "minute"),
        ("14/01/25 10:31", "fr", "2025-01-14T10:31:00+01:00", "minute"),
        ("Jan. 14, 2025 at 5:04 p.m.", "en", "2025-01-14T17:04:00+01:00", "minute"),
        ("January 14th, 2025 12 am", "en", "2025-01-14T00:00:00+01:00", "day"),
        ("2025年1月14日 下午3:15", "zh", "2025-01-14T15:15:00+01:00", "minute"),
        ("2025-01-14 в 10:31", "ru", "2025-01-14T10:31:00+01:00", "minute"),
        # The tables know them under other codes.
        ("tirsdag 14. januar 2025", "no", "2025-01-14T00:00:00+01:00", "day"),
        ("Enero 14, 2025", "tl", "2025-01-14T00:00:00+01:00", "day"),
        # The year or the month stands first.
        ("2025. január 14. 10:31", "hu", "2025-01-14T10:31:00+01:00", "minute"),
        ("2025. gada 14. janvāris", "lv", "2025-01-14T00:00:00+01:00", "day"),
        ("2025 m. sausio 14 d.", "lt", "2025-01-14T00:00:00+01:00", "day"),
        ("2025(e)ko urtarrilaren 14(a)", "eu", "2025-01-14T00:00:00+01:00", "day"),
        ("2025 оны нэгдүгээр сарын 14", "mn", "2025-01-14T00:00:00+01:00", "day"),
        ("ngày 14 tháng 01 năm 2025", "vi", "2025-01-14T00:00:00+01:00", "day"),
        ("14 كانون الثاني 2025", "ar", "2025-01-14T00:00:00+01:00", "day"),
        # Other calendars and digits.
        ("14 มกราคม 2568", "th", "2025-01-14T00:00:00+01:00", "day"),
        ("۲۵ دی ۱۴۰۳", "fa", "2025-01-14T00:00:00+01:00", "day"),
        ("1403/10/25", "fa", "2025-01-14T00:00:00+01:00", "day"),
        ("30 اسفند 1399", "fa", "2021-03-20T00:00:00+01:00", "day"),
        # A zone beside the clock.
        ("14 Jan 2025, 10:31 PM EST", "en", "2025-01-14T22:31:00-05:00", "minute"),
        ("14/1/2025, 10:31 (GMT+7)", "vi", "2025-01-14T10:31:00+07:00", "minute"),
    ],
)
def test_words(text: str, language: str, written: str, precision: str) -> None:
    assert read(text, languages=[language]) == (written, precision)


@pytest.mark.parametrize(
    ("text", "language", "written", "precision"),
    [
        ("3 hours ago", "en", "2025-01-20T10:00:00+01:00", "minute"),
        ("vor 2 Tagen", "de", "2025-01-18T00:00:00+01:00", "day"),
        ("3小时前", "zh", "2025-01-20T10:00:00+01:00", "minute"),
        ("gestern, 10:31 Uhr", "de", "2025-01-19T10:31:00+01:00", "minute"),
    ],
)
def test_ages_count_from_the_fetch(text: str, language: str, written: str, precision: str) -> None:
    assert read(text, languages=[language]) == (written, precision)


@pytest.mark.parametrize(
    "text", ["5 min", "5 min read", "Lesezeit 5 Min.", "in 3 hours", "10:31", "14 die in January 2025", "30 اسفند 1400"]
)
def test_what_looks_like_a_date_and_is_none(text: str) -> None:
    assert read(text, languages=["en", "de", "fa"]) is None


def test_a_zones_name_is_the_countrys_own_first() -> None:
    found = dates.parse("14 Jan 2025, 5:04 IST", zone=dates.zone_of("in"), latest=NOW, languages=["en"])
    assert found is not None
    assert found.isoformat() == "2025-01-14T05:04:00+05:30"


def test_order_of_digits() -> None:
    assert read("03/01/2025", languages=["en"], order="DMY") == ("2025-01-03T00:00:00+01:00", "day")
    assert read("01/03/2025", languages=["en"], order="MDY") == ("2025-01-03T00:00:00+01:00", "day")
    assert read("01.02.2024", languages=["en"], order="MDY") == ("2024-02-01T00:00:00+01:00", "day")  # points are never American


def test_an_order_that_gives_a_day_to_come_is_the_wrong_one() -> None:
    assert read("03/01/2025", languages=["en"], order="MDY") == ("2025-01-03T00:00:00+01:00", "day")
    assert read("01/11/2025", languages=["de"], order="DMY") == ("2025-01-11T00:00:00+01:00", "day")


def test_dates_within_a_text_come_with_what_stands_around_them() -> None:
    text = "Published 14 January 2025, updated 15.01.2025 at 10:31 by the desk"
    found = list(dates.within(text, zone=BERLIN, latest=NOW, languages=("en",)))
    assert [written.when.isoformat() for written in found] == ["2025-01-14T00:00:00+01:00", "2025-01-15T10:31:00+01:00"]
    assert [written.before.strip() for written in found] == ["published", ", updated"]
    assert found[1].after == " at 10:31 by the desk"


def test_the_first_language_names_the_month() -> None:
    assert read("3 listopad 2024", languages=["hr", "pl"]) == ("2024-10-03T00:00:00+02:00", "day")
    assert read("3 listopad 2024", languages=["pl", "hr"]) == ("2024-11-03T00:00:00+01:00", "day")


def test_every_language_of_the_tables_has_its_months() -> None:
    """The library's tables are read by their names: a release that renames them fails here."""
    assert len(months.names("en")) > len(months.MONTHS)
    assert set(months.names("no").values()) == set(range(1, 13))
    assert {months.names("sr")[months.fold(name)] for name in ("januar", "јануар")} == {1}


@pytest.mark.parametrize(
    "text",
    ["", "2025-02-30", "2025-13-01T00:00", "2025", "January 2025", "2031-01-01", "1994-12-31", "0001-01-01T00:00:00+14:00", "x" * 500],
)
def test_no_date_rather_than_a_wrong_one(text: str) -> None:
    assert read(text, languages=["en"]) is None


def test_a_day_of_leeway_for_zones() -> None:
    assert read("2025-01-21T11:59:00Z") is not None
    assert read("2025-01-21T12:01:00Z") is None


@given(st.text(max_size=40) | st.from_regex(machine.ISO, fullmatch=True) | st.from_regex(machine.RFC_2822, fullmatch=True))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_plausible_date_or_none(text: str) -> None:
    found = dates.parse(text, zone=BERLIN, latest=NOW, languages=["en"])
    assert found is None or dates.plausible(found.at, latest=NOW)


NUMBERS = st.integers(0, 3000).map(str) | st.integers(0, 40).map("{:02}".format)
WORDS = st.sampled_from(["january", "mai", "дек", "1月", "დეკემბერი", "دی", "pm", "Uhr", "ago", "vor", "2 days", "GMT", "published", "de"])
PIECES = st.lists(NUMBERS | WORDS | st.sampled_from([" ", ".", "/", "-", ":", ", ", "年", "月", "日", "T", "+", "Z"]), max_size=14)


@given(PIECES.map("".join), st.sampled_from(["DMY", "MDY", ""]))
@settings(max_examples=300, deadline=None)
def test_any_pieces_of_dates_make_a_plausible_one_or_none(text: str, order: str) -> None:
    found = dates.parse(text, zone=BERLIN, latest=NOW, languages=["en", "de", "fa"], order=order)
    assert found is None or dates.plausible(found.at, latest=NOW)
    for written in dates.within(text, zone=BERLIN, latest=NOW, languages=("en", "ru", "zh"), order=order):
        assert dates.plausible(written.when.at, latest=NOW)


@given(st.text(max_size=60) | PIECES.map("/".join))
@settings(max_examples=200, deadline=None)
def test_any_url_carries_a_plausible_day_or_none(path: str) -> None:
    found = dates.in_url(f"https://example.org/{path}", zone=BERLIN, latest=NOW)
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
