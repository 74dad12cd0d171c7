"""Lines of articles that come in already extracted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.steps.entries import entry

NOW = datetime(2025, 1, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "said", "expected"),
    [
        ("https://www.example.de/a", "2025-01-14", "2025-01-14T00:00:00+01:00"),
        ("https://www.example.com.au/a", "2025-01-14", "2025-01-14T00:00:00+11:00"),
        ("https://www.example.com/a", "2025-01-14", "2025-01-14T00:00:00+00:00"),
        ("https://www.example.de/a", "2025-01-14T10:00:00-05:00", "2025-01-14T10:00:00-05:00"),
    ],
)
def test_a_bare_date_is_midnight_in_the_country_of_the_address(url: str, said: str, expected: str) -> None:
    read = entry({"url": url, "body": "The crossing is open.", "published_at": said}, NOW)
    assert read.extraction.published_at is not None
    assert read.extraction.published_at.isoformat() == expected


def test_a_date_that_cannot_be_is_left_out_and_said_so() -> None:
    read = entry({"url": "https://example.com/a", "body": "The crossing is open.", "published_at": "2099-01-01"}, NOW)
    assert read.extraction.published_at is None
    assert read.date_ignored
