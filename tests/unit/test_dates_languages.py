"""Dates of many languages and calendars, and which of a page's dates is the one of its publication."""

# Words and digits of many scripts.
# ruff: noqa: RUF001

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline import dates
from pipeline.extract.extraction import extract
from pipeline.models import PageSource
from tests.sentences import TEXT

NOW = datetime(2025, 1, 20, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
PROSE = "The ministers had met for the first time on 3 March 2021 in the customs house and had agreed on nothing at all that day."


def read(text: str, language: str) -> str | None:
    found = dates.parse(text, zone=BERLIN, latest=NOW, languages=(language,))
    return found.isoformat()[: 16 if found.precision.value == "minute" else 10] if found else None


def within(text: str, language: str, order: str = "") -> list[str]:
    return [one.when.isoformat()[:16] for one in dates.within(text, zone=BERLIN, latest=NOW, languages=(language,), order=order)]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("vor 3 Stunden", "de", "2025-01-20T10:00"),
        ("hace 2 horas", "es", "2025-01-20T11:00"),
        ("il y a 20 minutes", "fr", "2025-01-20T12:40"),
        ("3 小时前", "zh", "2025-01-20T10:00"),
        ("3 小時前", "zh", "2025-01-20T10:00"),
        ("5時間前", "ja", "2025-01-20T08:00"),
        ("3 часа назад", "ru", "2025-01-20T10:00"),
        ("pre 2 sata", "sr", "2025-01-20T11:00"),
        ("пре 45 минута", "sr", "2025-01-20T12:15"),
        ("prije 3 dana", "hr", "2025-01-17"),
        ("πριν από 2 ώρες", "el", "2025-01-20T11:00"),
        ("pred 10 min.", "sl", "2025-01-20T12:50"),
        ("2 tundi tagasi", "et", "2025-01-20T11:00"),
        ("2 ชั่วโมงที่แล้ว", "th", "2025-01-20T11:00"),
        ("2 órája", "hu", "2025-01-20T11:00"),
        ("danas, 09:15", "hr", "2025-01-20T09:15"),
        ("juče u 22.10", "sr", "2025-01-19T22:10"),
        ("I går kl. 21:05", "sv", "2025-01-19T21:05"),
        ("eilen klo 8.30", "fi", "2025-01-19T08:30"),
        ("χθες", "el", "2025-01-19"),
        # Later than the page was fetched.
        ("danas, 23:15", "hr", None),
        ("5 min", "en", None),
    ],
)  # fmt: skip
def test_ages(text: str, language: str, expected: str | None) -> None:
    assert read(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("令和6年12月3日", "ja", ["2024-12-03T00:00"]),
        ("令和元年5月1日", "ja", ["2019-05-01T00:00"]),
        ("平成30年2月9日", "ja", ["2018-02-09T00:00"]),
        ("民國113年12月3日", "zh", ["2024-12-03T00:00"]),
        ("12 มกราคม 2568", "th", ["2025-01-12T00:00"]),
        ("12 ม.ค. 68", "th", ["2025-01-12T00:00"]),
        ("١٤ يناير ٢٠٢٥", "ar", ["2025-01-14T00:00"]),
        ("14 كانون الثاني / يناير 2025", "ar", ["2025-01-14T00:00"]),
        ("15 مارس/آذار 2024", "ar", ["2024-03-15T00:00"]),
        ("१४ जनवरी २०२५", "hi", ["2025-01-14T00:00"]),
        ("14. marta 2024.", "sr", ["2024-03-14T00:00"]),
        ("5. maja 2024", "sl", ["2024-05-05T00:00"]),
        ("2024. gada 5. janvārī", "lv", None),
        ("14 janvārī 2025", "lv", ["2025-01-14T00:00"]),
        ("14 Ιανουαρίου 2025 9:30 μ.μ.", "el", ["2025-01-14T21:30"]),
        ("31.02.2024", "de", []),
        ("14 January 2031", "en", []),
    ],
)  # fmt: skip
def test_months_eras_and_digits(text: str, language: str, expected: list[str] | None) -> None:
    if expected is not None:
        assert within(text, language) == expected


def test_short_years_may_stand_first() -> None:
    assert within("25.01.14 10:31", "ko", "YMD") == ["2025-01-14T10:31"]


def dated(body: str, language: str = "en", head: str = "") -> tuple[str | None, str | None]:
    """When a page was published, and changed."""
    html = (
        f'<html lang="{language}"><head><title>The crossing opens</title>{head}</head><body><h1>The crossing opens</h1>{body}</body></html>'
    )
    found = extract(PageSource(url="https://example.com/news/story", html=html, fetched_at=NOW))
    published, modified = (when.isoformat()[:10] if when else None for when in (found.published_at, found.modified_at))
    return published, modified


@pytest.mark.parametrize(
    ("body", "language", "published"),
    [
        (f"<p>Published 14 January 2025</p><p>Updated 16 January 2025</p>{TEXT}", "en", "2025-01-14"),
        (f"<p>Updated 16 January 2025</p><p>Published 14 January 2025</p>{TEXT}", "en", "2025-01-14"),
        (f"<p>Stand: 16. Januar 2025</p>{TEXT}", "de", "2025-01-16"),
        (f"<p>Erstellt: 14.01.2025, Stand: 16.01.2025</p>{TEXT}", "de", "2025-01-14"),
        (f"<p>Avaldatud 14. jaanuar 2025</p>{TEXT}", "et", "2025-01-14"),
        (f"<p>公開日：2025年1月14日</p><p>更新日：2025年1月16日</p>{TEXT}", "ja", "2025-01-14"),
        (f"<p>등록 2025.01.14 10:31 수정 2025.01.16 11:00</p>{TEXT}", "ko", "2025-01-14"),
        # A sentence of the text is the last that is believed, and an event's days are not.
        (f"<p>14 January 2025</p>{TEXT}<p>{PROSE}</p>", "en", "2025-01-14"),
        (f"{TEXT}<p>14.-20. Januar 2025</p>", "de", None),
        # Of a comment, of the frame.
        (f'{TEXT}<div class="comments"><p>John, 15 January 2025</p></div>', "en", None),
        (f"{TEXT}<footer><p>14 January 2025</p></footer>", "en", "2025-01-14"),
    ],
)
def test_the_date_of_publication_among_those_that_a_page_shows(body: str, language: str, published: str | None) -> None:
    assert dated(body, language)[0] == published


def test_a_page_says_when_it_was_changed() -> None:
    assert dated(f"<p>Published 14 January 2025</p><p>Last updated: 16 January 2025</p>{TEXT}") == ("2025-01-14", "2025-01-16")
    assert dated(f"<p>Published 14 January 2025</p>{TEXT}<p>The law was updated on 3 March 2021 by the ministers.</p>")[1] is None
