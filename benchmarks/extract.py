"""Extraction measured on real pages, beside trafilatura with metadata.

Run `python benchmarks/extract.py [--set NAME] [--limit N] [--show FIELD]`. The pages come from the corpus, a folder
named by PRESSWATCH_CORPUS (default `../shared/corpus`). Body F1 is the mean over pages of precision and recall
of 4-word shingles (multisets), combined into one F1; for `multilingual` it is that of the text chunks that must
and must not be there. Titles compare after folding quotation marks, dashes and white space; authors as sets of
case-folded names; dates on the calendar day. Gold sets differ in which of a page's headlines they take: `headline` is right
with gold or with any of h1, og:title and JSON-LD, once the site's name is off. `people` are the authors of rows whose
gold names no organisation and no several people in one. The outlets are split by a hash of their host into a `work` and a
`look` half: rules are made from the first, and the second tells whether they hold.
"""

# Letters and marks of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import logging
import os
import re
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import trafilatura
from lxml.html import document_fromstring

from pipeline import dates, languages, urls
from pipeline.errors import PageError
from pipeline.extract import extract, extractor, titles
from pipeline.models import PageSource

SETS = ("articles-2019", "publishers", "multilingual", "dates")
FOLDED = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "\u00a0": " "})


@dataclass(frozen=True)
class Result:
    """What a tool says about a page."""

    title: str
    authors: frozenset[str]
    date: str
    body: str
    rejected: str | None = None


ORGANISATION = re.compile(
    r"\b(?:news\w*|agency|press\w*|media|times|post|daily|team|redaktion\w*|redacci[oó]n|editor\w*|staff|desk|online|tv|radio|dpa|afp|reuters|ap|efe)\b"
    r"|\.\w{2,3}\b|^[A-ZÄÖÜ]{2,5}$|[\u3040-\u9fff]{5,}",
    re.IGNORECASE,
)
JOINED = re.compile(r",|/|;|\s(?:and|und|y|et|e|mit|with)\s", re.IGNORECASE)
Gold = dict[str, Any]
Row = tuple[Gold, bytes]


def corpus() -> Path:
    """Folder of the corpus, or exit with what to do."""
    folder = Path(os.environ.get("PRESSWATCH_CORPUS") or Path(__file__).parents[2] / "shared" / "corpus")
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


def half(row: Gold) -> str:
    """Which half of the outlets a row belongs to; rows without URL by their id."""
    site = urls.site(row["url"]) or row["id"]
    return "work" if hashlib.sha256(site.encode()).digest()[0] % 2 else "look"


def presswatch(row: Gold, page: bytes) -> Result:
    """This product's extraction."""
    meta = row.get("meta") or {}
    crawled = meta.get("crawl_date")
    source = PageSource(
        url=row["url"],
        html=page,
        fetched_at=datetime.fromisoformat(crawled).replace(tzinfo=UTC) if crawled else datetime(2026, 1, 1, tzinfo=UTC),
        outlet_name=meta.get("publisher"),
        outlet_country=meta.get("cc"),
    )
    try:
        found = extract(source)
    except PageError as error:
        return Result("", frozenset(), "", "", str(error))
    date = found.published_at.isoformat()[:10] if found.published_at else ""
    return Result(found.title, frozenset(name.casefold() for name in found.authors), date, found.body, found.rejected_reason)


def baseline(row: Gold, page: bytes) -> Result:
    """Trafilatura with metadata."""
    found = trafilatura.bare_extraction(page, url=row["url"] or None, with_metadata=True, include_comments=False)
    if found is None:
        return Result("", frozenset(), "", "", "nothing")
    authors = frozenset(name.strip().casefold() for name in (found.author or "").split(";") if name.strip())
    return Result(found.title or "", authors, found.date or "", found.text or "")


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Multiset of 4-word shingles."""
    words = re.findall(r"\w+", text.lower())
    return Counter(tuple(words[start : start + 4]) for start in range(max(1, len(words) - 3)))


def body_scores(gold: Gold, body: str) -> tuple[float, float] | None:
    """Precision and recall of a body; None if the row has no gold."""
    if gold.get("with") is not None:
        text = " ".join(body.split())
        there = sum(" ".join(chunk.split()) in text for chunk in gold["with"])
        wrong = sum(" ".join(chunk.split()) in text for chunk in gold["without"])
        return there / max(1, there + wrong), there / max(1, len(gold["with"]))
    if not gold.get("body"):
        return None
    mine, theirs = shingles(body), shingles(gold["body"])
    shared = (mine & theirs).total()
    return shared / max(1, mine.total()), shared / max(1, theirs.total())


def fold_title(text: str) -> str:
    """A title with quotation marks, dashes and white space folded."""
    return " ".join(text.translate(FOLDED).split())


def headlines(row: Gold, page: bytes) -> set[str]:
    """What a page calls itself, folded: each of its headlines without the site's name at an end."""
    tree = document_fromstring(page)
    said = [*tree.xpath("//h1"), *tree.xpath("//meta[@property='og:title']/@content")]
    texts = [text if isinstance(text, str) else text.text_content() for text in said]
    for block in tree.xpath("//script[contains(@type,'ld+json')]/text()"):
        texts += [json.loads(f'"{text}"') for text in re.findall(r'"headline"\s*:\s*"((?:[^"\\\n]|\\["\\/bfnrtu])*)"', block)]
    site = urls.site(row["url"])
    names = [
        *tree.xpath("//meta[@property='og:site_name']/@content"),
        (row.get("meta") or {}).get("publisher") or "",
        site,
        site.split(".", maxsplit=1)[0],
    ]
    return {fold_title(titles.without_site(" ".join(text.split()), filter(None, names))) for text in texts}


def grade(row: Gold, result: Result, page: bytes) -> Iterator[tuple[str, float]]:
    """Name and value of each measure that the gold allows."""
    gold = row["gold"]
    scores = body_scores(gold, result.body)
    if scores:
        yield from zip(("precision", "recall"), scores, strict=True)
    if isinstance(gold.get("title"), str):
        title = fold_title(result.title)
        yield "title", fold_title(gold["title"]) == title
        yield "headline", title in {fold_title(gold["title"]), *(headlines(row, page) if title else ())}
    if gold.get("authors") is not None:
        right = frozenset(name.casefold() for name in gold["authors"]) == result.authors
        yield "authors", right
        if not any(ORGANISATION.search(name) or JOINED.search(name) for name in gold["authors"]):
            yield "people", right
    if isinstance(gold.get("date"), str):
        yield "date", gold["date"][:10] == result.date
    yield "accepted", result.rejected is None


def show(row: Gold, result: Result, page: bytes, field: str) -> None:
    """Print a row whose field is wrong."""
    graded = dict(grade(row, result, page))
    if field == "accepted" and result.rejected:
        print(f"    {row['id']} {row['url']}: {result.rejected}; {result.title!r}; {len(result.body.split())} words")
    elif field == "body" and min(graded.get("precision", 1), graded.get("recall", 1)) < 0.9:
        print(f"    {row['id']} {row['url']}: precision {graded['precision']:.2f}, recall {graded['recall']:.2f}")
    elif field in {"title", "authors", "date"} and graded.get(field) == 0:
        mine = {"title": result.title, "authors": sorted(result.authors), "date": result.date}[field]
        print(f"    {row['id']} {row['url']}: gold {row['gold'][field]!r}, found {mine!r}")


def measure(rows: list[Row], tool: Callable[[Gold, bytes], Result], field: str | None) -> dict[str, float]:
    """Means of all measures over some rows, and pages a second of processor time."""
    sums: dict[str, list[float]] = {}
    seconds = 0.0
    for row, page in rows:
        start = time.process_time()
        result = tool(row, page)
        seconds += time.process_time() - start
        for name, value in grade(row, result, page):
            sums.setdefault(name, []).append(value)
        if field:
            show(row, result, page, field)
    means = {name: sum(values) / len(values) for name, values in sums.items()}
    if "precision" in means:
        precision, recall = means.pop("precision"), means.pop("recall")
        means = {"body_f1": 2 * precision * recall / (precision + recall), **means}
    return {**means, "pages_per_s": len(rows) / seconds}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--set", dest="sets", action="append", choices=SETS, help="one set; may be given again; default: all")
    parser.add_argument("--limit", type=int, help="at most so many pages a set")
    parser.add_argument(
        "--show", choices=("title", "authors", "date", "body", "accepted"), help="print the `work` rows wrong in this field"
    )
    parser.add_argument("--no-baseline", action="store_true", help="leave trafilatura out")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    languages.preload()
    dates.preload()
    extractor.preload()
    tools = {"presswatch": presswatch} if options.no_baseline else {"presswatch": presswatch, "trafilatura": baseline}
    for name in options.sets or SETS:
        rows = load(name)[: options.limit]
        for tool_name, tool in tools.items():
            tool(*rows[0])  # models and rules are read once, outside the figures
            for part in ("work", "look"):
                chosen = [row for row in rows if half(row[0]) == part]
                if chosen:
                    figures = measure(chosen, tool, options.show if part == "work" and tool_name == "presswatch" else None)
                    values = "  ".join(
                        f"{key} {value:.1f}" if key == "pages_per_s" else f"{key} {value:.3f}" for key, value in figures.items()
                    )
                    print(f"{name:14} {part} {len(chosen):4} pages  {tool_name:11}  {values}", flush=True)


if __name__ == "__main__":
    main()
