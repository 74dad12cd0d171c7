"""Imports of WARC files: their pages become captures that wait for `clean`, behind the news."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pipeline import urls
from pipeline.backfill import Span
from pipeline.steps import warc_records
from pipeline.steps.context import Context
from pipeline.steps.import_report import FORGOTTEN, Report
from pipeline.steps.warc_records import ArchivedPage, Entry
from pipeline.store import forgotten, imports
from pipeline.store.database import Connection

# What goes into the store together: so many records, or so many bytes.
SIZE: Final = 100
BYTES: Final = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which pages of a file are taken."""

    span: Span = field(default_factory=Span)  # fetched then
    outlets: tuple[str, ...] = ()  # by name; empty: all
    known: bool = False  # only those of outlets that are watched; else outlets are made for other hosts


def import_file(context: Context, path: Path, wanted: Wanted, report: Report, *, progress: Callable[[int], None]) -> None:
    """Take in the pages of a file. If that is killed, the same import goes on where it stopped.

    Args:
        context: open.
        path: the file.
        wanted: what is taken of it.
        report: is filled.
        progress: is told how many more bytes of the file are done.

    Raises:
        InputError: it is no WARC file.
        UnknownName: an outlet that is wanted is not there.
        OSError: it can't be read.

    """
    report.unit = "record"
    name = json.dumps([str(path.resolve()), path.stat().st_size, str(wanted)])
    hosts: dict[str, int] = {}
    with context.database.transaction() as connection:
        begin, number = imports.resumed(connection, name)
        if wanted.known or wanted.outlets:
            hosts |= imports.hosts(connection, wanted.outlets)
    report.resumed_at = begin
    progress(begin)
    records = warc_records.read(path, most_bytes=context.settings.page_max_bytes, begin=begin, number=number)
    months: set[tuple[int, int]] = set()
    for batch in _batches(records):
        skipped = {entry.number: _skipped(entry, wanted, hosts) for entry in batch if not entry.problem}
        pages = [entry.page for entry in batch if entry.page is not None and not skipped[entry.number]]
        new = {(page.fetched_at.year, page.fetched_at.month): page.fetched_at for page in pages}
        context.database.ensure_partitions(at for month, at in new.items() if month not in months)
        months |= set(new)
        with context.database.transaction() as connection:
            # In the order of URLs, so that a poll with the same ones and this can't wait for each other.
            left_out = forgotten.among(connection, [page.url for page in pages])
            pages.sort(key=lambda page: (page.url, page.fetched_at))
            stored = {id(page): _store(connection, page, hosts) for page in pages if page.url not in left_out}
            imports.keep_place(connection, name, read_bytes=batch[-1].resume_at, read_records=batch[-1].number)
        for entry in batch:
            if entry.problem:
                report.errors.append((entry.number, entry.problem))
            else:
                kept = stored.get(id(entry.page))
                report.count(skipped[entry.number] or (FORGOTTEN if kept is None else "page" if kept else "unchanged"))
        report.read += len(batch)
        progress(batch[-1].resume_at - begin)
        begin = batch[-1].resume_at
    with context.database.transaction() as connection:
        imports.forget_place(connection, name)


def _batches(records: Iterator[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    size = 0
    for entry in records:
        batch.append(entry)
        size += len(entry.page.body) if entry.page else 0
        if len(batch) >= SIZE or size >= BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _skipped(entry: Entry, wanted: Wanted, hosts: Mapping[str, int]) -> str:
    """Why the page of a record is not taken; empty if it is."""
    if entry.page is None:
        return f"skipped: {entry.skipped}"
    if entry.page.fetched_at not in wanted.span:
        return "skipped: of another time"
    if (wanted.known or wanted.outlets) and urls.host(entry.page.url) not in hosts:
        return "skipped: of another outlet" if wanted.outlets else "skipped: of no outlet that is watched"
    return ""


def _store(connection: Connection, page: ArchivedPage, hosts: dict[str, int]) -> bool:
    host = urls.host(page.url)
    if host not in hosts:
        hosts[host] = imports.outlet_id(connection, None, host)
    return imports.save_capture(
        connection,
        outlet=hosts[host],
        url=page.url,
        host=host,
        fetched_at=page.fetched_at,
        status=warc_records.OK,
        content_type=page.content_type,
        body=page.body,
    )
