"""What of an address outlives a new headline or another section, and whether two texts are one article's."""

from __future__ import annotations

import pytest

from pipeline import identity

A = "https://paper.example"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{A}/news/bridge-closes-for-two-years-4711234", f"{A}/news/bridge-stays-open-after-all-4711234"),
        (f"{A}/a48213377/old-title", f"{A}/a48213377/new-title"),
        (f"{A}/story?id=4711234&title=old", f"{A}/story?id=4711234&title=new"),
        (f"{A}/2025/11/20/news/old.4711234.html", f"{A}/2025/11/20/city/new.4711234.html"),
        (f"{A}/x-5f0c1b2e-8a4d-4c1e-9b57-0a1b2c3d4e5f", f"{A}/y-5f0c1b2e-8a4d-4c1e-9b57-0a1b2c3d4e5f"),
    ],
)
def test_a_number_outlives_a_headline(one: str, other: str) -> None:
    assert identity.keys(one).number is not None
    assert identity.keys(one).number == identity.keys(other).number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"{A}/news/harbour-bridge-closes-for-two-years", f"{A}/city/politics/harbour-bridge-closes-for-two-years.html"),
        (f"{A}/2025/11/20/harbour-bridge-closes-today", f"{A}/city/2025-11-20/harbour-bridge-closes-today"),
    ],
)
def test_a_slug_outlives_a_section(one: str, other: str) -> None:
    assert identity.keys(one).slug is not None
    assert identity.keys(one).slug == identity.keys(other).slug


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # What appears every day under one name.
        (f"{A}/2025/11/20/todays-prices-of-diesel-and-petrol", f"{A}/2025/11/21/todays-prices-of-diesel-and-petrol"),
        (f"{A}/horoscope-4711234/2025-11-20", f"{A}/horoscope-4711234/2025-11-21"),
        (f"{A}/horoscope-4711234/20251120", f"{A}/horoscope-4711234/20251121"),
        # Another number, another article; another site, another article.
        (f"{A}/harbour-bridge-closes-for-years-4711234", f"{A}/harbour-bridge-closes-for-years-4711235"),
        (f"{A}/harbour-bridge-closes-for-years", "https://gazette.example/harbour-bridge-closes-for-years"),
    ],
)
def test_days_numbers_and_sites_tell_articles_apart(one: str, other: str) -> None:
    first, second = identity.keys(one), identity.keys(other)
    assert first != identity.Keys()
    assert first.number is None or first.number != second.number
    assert first.slug is None or first.slug != second.slug


@pytest.mark.parametrize(
    "url",
    [f"{A}/news", f"{A}/2025/11/20/", f"{A}/20251120", f"{A}/page/12", f"{A}/the-daily-briefing", f"{A}/", "mailto:desk@paper.example"],
)
def test_what_names_no_article_has_no_key(url: str) -> None:
    assert identity.keys(url) == identity.Keys()


def test_alike_is_the_share_of_the_shorter_text() -> None:
    words = [f"word{n}" for n in range(100)]
    assert identity.are_alike(" ".join(words[:40]), " ".join(words), least=0.99)
    assert identity.are_alike(" ".join(words[:60]), " ".join(words[30:]), least=0.4)
    assert not identity.are_alike(" ".join(words[:60]), " ".join(words[30:]), least=0.6)
    assert not identity.are_alike("", " ".join(words), least=0.2)
