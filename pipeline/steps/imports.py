"""Imports: articles that are extracted already (JSON Lines or CSV), and pages from WARC files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final

from pipeline import urls
from pipeline.errors import InputError
from pipeline.models import Priority, Stage
from pipeline.steps import entries, warc_imports
from pipeline.steps.context import Context
from pipeline.steps.import_report import FORGOTTEN, Report
from pipeline.store import articles, forgotten, identities, imports, work

SIZE: Final = 200


def import_file(context: Context, path: Path, *, progress: Callable[[int], None] = lambda _: None) -> Report:
    """Import a file by its ending: `.jsonl`, `.csv` or `.warc`, each also with `.gz`.

    Batches are committed as they come; importing the file again continues where it stopped, since what
    is stored already changes nothing.

    Args:
        context: open.
        path: the file.
        progress: is told how many more lines are done, or bytes of a WARC file.

    Raises:
        InputError: the file can't be read, or its kind is unknown.

    """
    name = path.name.lower().removesuffix(".gz")
    report = Report()
    try:
        if name.endswith(".warc"):
            warc_imports.import_file(context, path, warc_imports.Wanted(), report, progress=progress)
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
