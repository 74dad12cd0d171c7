"""`backfill`: articles of past times."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from pipeline import config
from pipeline.backfill import BackfillReport, Span
from pipeline.cli import importing
from pipeline.cli.app import JsonOption, app, print_json, shown
from pipeline.cli.times import moment
from pipeline.errors import UsageError


@app.command()
def backfill(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FILE…", exists=True, dir_okay=False, help="WARC files to take the outlets' pages from, instead of fetching."
        ),
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Published then or later: 2025-01-31, or 90d ago.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Published until the end of this day; default: now.")] = None,
    outlet: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this outlet (repeatable).")] = None,
    undated: Annotated[bool, typer.Option("--undated", help="Also fetch what no sitemap and no address tells a time of.")] = False,
    max_seconds: Annotated[float | None, typer.Option(min=0, metavar="N", help="Begin nothing after so long; the rest stays due.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Find articles of past times in outlets' sitemaps and, page by page, in their feeds, and fetch them behind the news.

    What was looked at is kept: after Ctrl-C the same command goes on where it stopped. WARC files, such as those of CC-NEWS,
    give the pages of outlets that are watched, those fetched between the dates.
    """
    asked = _asked(since, until, now=datetime.now(UTC))
    if files:
        if undated or max_seconds is not None or as_json:
            raise UsageError(problem="--undated, --max-seconds and --json are for fetching: leave them out for files")
        _import(files, asked, tuple(outlet or ()))
        return
    if asked.since is None:
        raise UsageError(problem="a backfill needs --since DATE, or WARC files to read")
    from pipeline.steps.backfill import backfill as step
    from pipeline.steps.context import Context

    with Context.open(config.load()) as context:
        report = step(context, asked, outlets=outlet or (), undated=undated, max_seconds=max_seconds, progress=sys.stderr.isatty())
    if as_json:
        print_json(report.as_dict())
    else:
        _show(report)


def _asked(since: str | None, until: str | None, *, now: datetime) -> Span:
    begin = moment(since, "--since", now=now) if since else None
    asked = Span(since=begin, until=moment(until, "--until", now=now, is_end=True) if until else None)
    if asked.since is not None and asked.since >= (asked.until or now):
        raise UsageError(problem=f"--since {since} is not before {f'--until {until}' if until else 'now'}: nothing was published between")
    return asked


def _import(files: Sequence[Path], asked: Span, outlets: tuple[str, ...]) -> None:
    from pipeline.steps.context import Context
    from pipeline.steps.import_report import Report
    from pipeline.steps.warc_imports import Wanted, import_file

    wanted = Wanted(span=asked, outlets=outlets, known=True)

    def take(file: Path, progress: Callable[[int], None]) -> Report:
        report = Report()
        import_file(context, file, wanted, report, progress=progress)
        return report

    with Context.open(config.load()) as context:
        went_well = [importing.run(file, partial(take, file)) for file in files]
    if not all(went_well):
        raise typer.Exit(1)


def _show(report: BackfillReport) -> None:
    """A line an outlet, then why something is missing."""
    from rich.console import Console
    from rich.table import Column, Table

    names = ("looked at", "found", "in range", "new", "fetched", "failed", "left")
    table = Table("outlet", *(Column(name, justify="right") for name in names), box=None, pad_edge=False, header_style="bold")
    notes = []
    for one in report.outlets:
        figures = (one.looked_at, one.found, one.in_range, one.new, one.fetched, sum(one.failed.values()), one.parts_left + one.pages_left)
        table.add_row(escape(shown(one.outlet)), *map(str, figures))
        if one.undated:
            notes.append(f"{one.outlet}: {one.undated} addresses left out, since nothing tells their time; --undated takes them")
        if one.failed:
            notes.append(f"{one.outlet}: not fetched: " + ", ".join(f"{count} {reason}" for reason, count in one.failed.items()))
        notes += [f"{one.outlet}: {url} can't be read: {reason}" for url, reason in one.unread.items()]
    if report.crawl.interrupted:
        notes.append("ended before all was done; the same command goes on")
    Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else 160).print(table)
    sys.stdout.writelines(f"{shown(note)}\n" for note in notes)
