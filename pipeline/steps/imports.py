"""Imports: articles that are extracted already (JSON Lines or CSV), and pages from WARC files."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

from warcio.archiveiterator import ArchiveIterator

from pipeline import dates, languages, urls
from pipeline.errors import InputError
from pipeline.models import Extraction, Priority, Stage
from pipeline.steps.context import Context
from pipeline.store import articles, imports, work

SIZE: Final = 200
FIELDS: Final = ("url", "title", "body", "authors", "published_at", "outlet", "language")
OK: Final = 200


@dataclass(kw_only=True)
class Report:
    """What an import did; errors by line number (JSON Lines, CSV) or record number (WARC)."""

    read: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    errors: list[tuple[int, str]] = field(default_factory=list)

    def count(self, outcome: str) -> None:
        """One more."""
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of an import, checked."""

    extraction: Extraction
    outlet: str | None
    date_ignored: bool  # `published_at` was given and is no time that can be


def import_file(context: Context, path: Path, *, progress: Callable[[int], None] = lambda _: None) -> Report:
    """Import a file by its ending: `.jsonl`, `.csv` or `.warc`, each also with `.gz`.

    Batches are committed as they come; importing the file again continues where it stopped, since what
    is stored already changes nothing.

    Raises:
        InputError: the file can't be read, or its kind is unknown.

    """
    name = path.name.lower().removesuffix(".gz")
    report = Report()
    try:
        if name.endswith(".warc"):
            _import_pages(context, path, report, progress)
        elif name.endswith((".jsonl", ".ndjson", ".json")):
            _import_entries(context, _json_lines(path), report, progress)
        elif name.endswith(".csv"):
            _import_entries(context, _csv_lines(path), report, progress)
        else:
            raise InputError(problem=f"{path} can't be imported: its name must end in .jsonl, .csv or .warc (or these with .gz)")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(problem=f"{path} can't be read: {error}") from error
    return report


def entry(row: object, now: datetime) -> Entry:
    """A checked line.

    Raises:
        ValueError: it is not usable, with the reason in words.

    """
    if not isinstance(row, dict):
        raise ValueError("it is not a JSON object")  # noqa: TRY004 - one kind of error for a wrong line
    unknown = sorted(set(row) - set(FIELDS) - {"id"})
    if unknown:
        raise ValueError(f"unknown field {unknown[0]!r}; the fields are {', '.join(FIELDS)}")
    url, body = row.get("url"), row.get("body")
    if not isinstance(url, str) or not urls.is_fetchable(url):
        raise ValueError("`url` must be an http(s) address")
    if not isinstance(body, str) or not body.strip():
        raise ValueError("`body` must be a text that is not empty")
    for name in ("title", "outlet", "language"):
        if not isinstance(row.get(name) or "", str):
            raise ValueError(f"`{name}` must be a text")  # noqa: TRY004 - one kind of error for a wrong line
    authors = row.get("authors") or []
    if isinstance(authors, str):
        authors = [part.strip() for part in authors.split(",")]
    if not isinstance(authors, list) or not all(isinstance(author, str) for author in authors):
        raise ValueError("`authors` must be a list of texts")
    body = clean_text(body).strip()
    published_at = dates.parse(str(row["published_at"]), zone=UTC, latest=now) if row.get("published_at") else None
    return Entry(
        date_ignored=bool(row.get("published_at")) and published_at is None,
        outlet=clean_text(row.get("outlet") or "").strip() or None,
        extraction=Extraction(
            url=url,
            canonical_url=urls.canonical(url),
            title=clean_text(row.get("title") or "").strip(),
            authors=tuple(clean_text(author) for author in authors if author.strip()),
            published_at=published_at,
            modified_at=None,
            language=row.get("language") or languages.identify(body),
            body=body,
            topics=(),
            syndicated_from=None,
            rejected_reason=None,
        ),
    )


def clean_text(text: str) -> str:
    """Without NUL and lone surrogates, which PostgreSQL can't store."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _import_entries(context: Context, lines: Iterable[tuple[int, object]], report: Report, progress: Callable[[int], None]) -> None:
    lines = iter(lines)
    while batch := list(islice(lines, SIZE)):
        now = datetime.now(UTC)
        with context.database.transaction() as connection:
            onward: list[tuple[int, int, int]] = []
            for number, row in batch:
                report.read += 1
                try:
                    if isinstance(row, ValueError):
                        raise row
                    checked = entry(row, now)
                except ValueError as error:
                    report.errors.append((number, str(error)))
                    continue
                saved = articles.save(
                    connection,
                    checked.extraction,
                    articles.Origin(
                        outlet_id=imports.outlet_id(connection, checked.outlet, urls.host(checked.extraction.url)),
                        url=checked.extraction.url,
                        first_seen_at=now,
                        priority=Priority.BACKLOG,
                    ),
                )
                report.count(saved.outcome)
                if checked.date_ignored:
                    report.count("stored without their published_at, which is no possible time")
                if saved.goes_on:
                    onward.append((saved.article_id, saved.version, Priority.BACKLOG))
            work.enqueue(connection, Stage.COMPARE, onward)
        progress(len(batch))


def _json_lines(path: Path) -> Iterator[tuple[int, object]]:
    with _open(path) as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                try:
                    yield number, json.loads(line)
                except ValueError as error:
                    yield number, ValueError(f"it is not JSON ({error})")


def _csv_lines(path: Path) -> Iterator[tuple[int, object]]:
    csv.field_size_limit(10_000_000)
    with _open(path) as file:
        reader = csv.DictReader(file)
        missing = {"url", "body"} - set(reader.fieldnames or ())
        if missing:
            raise InputError(
                problem=f"{path} has no column {' and no column '.join(sorted(missing))}: its first line must name the columns"
            )
        for row in reader:
            extra: Mapping[Any, Any] = row
            if None in extra:
                yield reader.line_num, ValueError("it has more cells than the first line names")
            else:
                yield reader.line_num, {name: value for name, value in row.items() if value}


def _open(path: Path) -> IO[str]:
    """The text of a file, unpacked; lines end as they are, which CSV needs."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _import_pages(context: Context, path: Path, report: Report, progress: Callable[[int], None]) -> None:
    with path.open("rb") as file:
        for number, record in enumerate(ArchiveIterator(file), start=1):
            if record.rec_type not in {"response", "resource"}:
                continue
            report.read += 1
            url = record.rec_headers.get_header("WARC-Target-URI") or ""
            status = int(record.http_headers.get_statuscode()) if record.http_headers else OK
            if not urls.is_fetchable(url) or status != OK:
                report.count(f"skipped: status {status}" if status != OK else "skipped: no web page")
                continue
            fetched_at = datetime.fromisoformat(record.rec_headers.get_header("WARC-Date"))
            body = record.content_stream().read(context.settings.page_max_bytes + 1)
            if len(body) > context.settings.page_max_bytes:
                report.errors.append((number, f"{url} is larger than {context.settings.page_max_bytes} bytes"))
                continue
            context.database.ensure_partitions([fetched_at])
            with context.database.transaction() as connection:
                stored = imports.save_capture(
                    connection,
                    outlet=imports.outlet_id(connection, None, urls.host(url)),
                    url=url,
                    host=urls.host(url),
                    fetched_at=fetched_at,
                    status=status,
                    content_type=(record.http_headers.get_header("Content-Type") if record.http_headers else None) or "",
                    body=body,
                )
            report.count("page" if stored else "unchanged")
            progress(1)
