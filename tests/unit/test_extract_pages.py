"""Each page of tests/pages comes out as the file beside it says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline import examples
from pipeline.extract.extraction import extract
from pipeline.models import Extraction

PAGES = sorted((Path(__file__).parents[1] / "pages").glob("*.html"))
FETCHED_AT = datetime(2025, 1, 20, 12, tzinfo=UTC)


def extracted(path: Path) -> tuple[Extraction, Mapping[str, Any]]:
    example = examples.read(path, fetched_at=FETCHED_AT)
    return extract(example.source), example.expect


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page(path: Path) -> None:
    found, expect = extracted(path)
    assert list(examples.differences(found, expect)) == []


@pytest.mark.parametrize(
    "path", [path for path in PAGES if "rejected_reason" in path.with_suffix(".json").read_text()], ids=lambda path: path.stem
)
def test_body_is_clean(path: Path) -> None:
    found, _ = extracted(path)
    paragraphs = found.body.split("\n\n")
    assert found.body == found.body.strip()
    assert all(paragraph == " ".join(paragraph.split()) for paragraph in paragraphs)
    assert not found.title or paragraphs[0] != found.title


def test_candidates_tell_where_each_value_was_found() -> None:
    found, _ = extracted(next(path for path in PAGES if path.stem == "json-ld"))
    assert {candidate.source for candidate in found.candidates["title"]} >= {"h1", "og", "json-ld", "title"}
    assert ("2025-01-14T08:30:00+01:00", "json-ld") in {
        (candidate.value, candidate.source) for candidate in found.candidates["published_at"]
    }
    assert ("2025-01-14", "url") in {(candidate.value, candidate.source) for candidate in found.candidates["published_at"]}
    assert {candidate.source for candidate in found.candidates["authors"]} >= {"json-ld", "byline"}
