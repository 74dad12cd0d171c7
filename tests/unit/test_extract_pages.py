"""Each page of tests/pages comes out as the file beside it says."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.extract.extraction import extract
from pipeline.models import Extraction, PageSource

PAGES = sorted((Path(__file__).parents[1] / "pages").glob("*.html"))
FETCHED_AT = datetime(2025, 1, 20, 12, tzinfo=UTC)


def extracted(path: Path) -> tuple[Extraction, dict[str, Any]]:
    told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    source = dict(told["source"])
    if "feed_published_at" in source:
        source["feed_published_at"] = datetime.fromisoformat(source["feed_published_at"])
    return extract(PageSource(html=path.read_bytes(), fetched_at=FETCHED_AT, **source)), told["expect"]


def shown(found: Extraction, field: str) -> Any:
    """A field in the form of the JSON files."""
    match field:
        case "published_at" | "modified_at":
            time = getattr(found, field)
            return time.isoformat() if time else None
        case "precision":
            return found.published_at.precision.value if found.published_at else None
        case "syndicated_from":
            origin = found.syndicated_from
            return {"name": origin.name, "url": origin.url} if origin else None
        case "authors" | "topics":
            return list(getattr(found, field))
        case _:
            return getattr(found, field)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_page(path: Path) -> None:
    found, expect = extracted(path)
    fields = {field: value for field, value in expect.items() if not field.startswith("body_")}
    assert {field: shown(found, field) for field in fields} == fields
    assert found.body.startswith(expect.get("body_starts", ""))
    assert found.body.endswith(expect.get("body_ends", ""))
    for text in expect.get("body_has", ()):
        assert text in found.body
    for text in expect.get("body_lacks", ()):
        assert text not in found.body


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
