"""Imports: articles that are extracted already (JSON Lines or CSV), and pages from WARC files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from pipeline import dates, urls
from pipeline.errors import InputError
from pipeline.models import Priority, Stage
from pipeline.steps import entries
from pipeline.steps.context import Context
from pipeline.store import articles, forgotten, identities, imports, work

SIZE: Final = 200
OK: Final = 200
FORGOTTEN: Final = "skipped: forgotten"


@dataclass(kw_only=True)
class Report:
    """What an import did; errors by line number (JSON Lines, CSV) or record number (WARC)."""

    unit: str = "line"
    read: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    errors: list[tuple[int, str]] = field(default_factory=list)
    # Fields that were left out, because an import has no use for them, in the order in which they occurred.
    unknown: dict[str, None] = field(default_factory=dict)

    def count(self, outcome: str) -> None:
        """One more."""
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1


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
            report.unit = "record"
            _import_pages(context, path, report, progress)
        elif name.endswith((".jsonl", ".ndjson", ".json", ".csv")):
            _import_entries(context, entries.read(path, "csv" if name.endswith(".csv") else "jsonl"), report, progress)
        else:
            raise InputError(problem=f"{path} can't be imported: its name must end in .jsonl, .csv or .warc (or these with .gz)")
    except OSError as error:
        raise InputError(problem=f"{path} can't be read: {error.strerror or error}") from error
    return report


def _import_entries(context: Context, lines: Iterable[entries.Line], report: Report, progress: Callable[[int], None]) -> None:
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
                    checked = entries.entry(row, now)
                except ValueError as error:
                    report.errors.append((number, str(error)))
                    continue
                if forgotten.among(connection, [checked.extraction.url]):
                    report.count(FORGOTTEN)
                    continue
                saved = articles.save(
                    connection,
                    checked.extraction,
                    identities.Origin(
                        outlet_id=imports.outlet_id(connection, checked.outlet, urls.host(checked.extraction.url)),
                        url=checked.extraction.url,
                        first_seen_at=now,
                        priority=Priority.BACKLOG,
                    ),
                )
                report.count(saved.outcome)
                report.unknown |= dict.fromkeys(checked.unknown)
                if checked.date_ignored:
                    report.count("stored without their published_at, which is no possible time")
                if saved.goes_on:
                    onward.append((saved.article_id, saved.version, Priority.BACKLOG))
            work.enqueue(connection, Stage.COMPARE, onward)
        progress(len(batch))


def _import_pages(context: Context, path: Path, report: Report, progress: Callable[[int], None]) -> None:
    number = 0
    with path.open("rb") as file:
        try:
            for number, record in enumerate(ArchiveIterator(file), start=1):
                if record.rec_type not in {"response", "resource"}:
                    continue
                report.read += 1
                try:
                    report.count(_import_page(context, record))
                except ValueError as error:
                    report.errors.append((number, str(error)))
                progress(1)
        except (ArchiveLoadFailed, EOFError) as error:
            if number == 0:
                raise InputError(problem=f"{path} is no WARC file ({error})") from error
            report.errors.append((number + 1, f"from here on the file is cut off or damaged ({error})"))


def _import_page(context: Context, record: Any) -> str:
    """Keep the page of a record; says what became of it.

    Raises:
        ValueError: the record is broken, with the reason in words.

    """
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    code = record.http_headers.get_statuscode() if record.http_headers else str(OK)
    if not code.isdecimal():
        raise ValueError("its answer has no status")
    if int(code) != OK:
        return f"skipped: status {code}"
    if entries.UNSTORABLE.search(url) or not urls.is_fetchable(url):
        return "skipped: no web page"
    fetched_at = _time(record.rec_headers.get_header("WARC-Date"))
    limit = context.settings.page_max_bytes
    body = record.content_stream().read(limit + 1)
    if len(body) > limit:
        raise ValueError(f"{url} is larger than {limit} bytes")
    record.raw_stream.read()
    if getattr(record.raw_stream, "limit", 0) > 0:
        raise ValueError(f"{url} breaks off: the record says that it is longer")
    context.database.ensure_partitions([fetched_at])
    with context.database.transaction() as connection:
        if forgotten.among(connection, [url]):
            return FORGOTTEN
        stored = imports.save_capture(
            connection,
            outlet=imports.outlet_id(connection, None, urls.host(url)),
            url=url,
            host=urls.host(url),
            fetched_at=fetched_at,
            status=OK,
            content_type=entries.clean_text((record.http_headers.get_header("Content-Type") if record.http_headers else None) or ""),
            body=body,
        )
    return "page" if stored else "unchanged"


def _time(text: str | None) -> datetime:
    """When a record was fetched.

    Raises:
        ValueError: that is missing, or no time that can be.

    """
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        raise ValueError(f"its WARC-Date is no time: {text!r}") from None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if not dates.plausible(at, latest=datetime.now(UTC)):
        raise ValueError(f"its WARC-Date is no possible time: {text!r}")
    return at
