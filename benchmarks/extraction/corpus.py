"""Pages with gold, and the two halves of their outlets."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sys
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline import urls
from pipeline.models import PageSource

SETS = ("articles-2019", "publishers", "multilingual", "dates")
Gold = dict[str, Any]
Row = tuple[Gold, bytes]


def corpus() -> Path:
    """Folder of the corpus, or exit with what to do."""
    folder = Path(os.environ.get("PRESSWATCH_CORPUS") or Path(__file__).parents[3] / "shared" / "corpus")
    if not folder.is_dir():
        sys.exit(f"The corpus is not at {folder}: set PRESSWATCH_CORPUS to the folder that holds articles-2019.tar and the other sets.")
    return folder


def load(name: str) -> list[Row]:
    """Gold and page of each row of a set."""
    path = corpus() / f"{name}.tar"
    if not path.exists():
        sys.exit(f"{path} is missing: PRESSWATCH_CORPUS must be the folder that holds {name}.tar.")
    pages: dict[str, bytes] = {}
    gold: list[Gold] = []
    with tarfile.open(path) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content and member.name.endswith(".html.gz"):
                pages[Path(member.name).name.removesuffix(".html.gz")] = gzip.decompress(content.read())
            elif content and member.name.endswith("gold.jsonl"):
                gold = [json.loads(line) for line in content.read().decode().splitlines()]
    return [(row, pages[row["id"]]) for row in gold]


def outlet(row: Gold) -> str:
    """The site a row belongs to; rows without URL by their id."""
    return urls.site(row["url"]) or str(row["id"])


def half(row: Gold) -> str:
    """Which half of the outlets a row belongs to."""
    return "work" if hashlib.sha256(outlet(row).encode()).digest()[0] % 2 else "look"


def page_source(row: Gold, page: bytes) -> PageSource:
    """A row as this product's crawler would give it."""
    meta = row.get("meta") or {}
    crawled = meta.get("crawl_date")
    return PageSource(
        url=row["url"],
        html=page,
        fetched_at=datetime.fromisoformat(crawled).replace(tzinfo=UTC) if crawled else datetime(2026, 1, 1, tzinfo=UTC),
        outlet_name=meta.get("publisher"),
        outlet_country=meta.get("cc"),
    )
