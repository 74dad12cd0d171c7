"""`backfill`: articles of past times."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape

from pipeline import config
from pipeline.backfill import BackfillReport, Span
from pipeline.cli.app import JsonOption, app, print_json, shown
from pipeline.cli.times import moment
from pipeline.errors import UsageError


@app.command()
def backfill(
    since: Annotated[str, typer.Option(metavar="DATE", help="Published then or later: 2025-01-31, or 90d ago.")],
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Published until the end of this day; default: now.")] = None,
    outlet: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this outlet (repeatable).")] = None,
    undated: Annotated[bool, typer.Option("--undated", help="Also fetch what no sitemap and no address tells a time of.")] = False,
    max_seconds: Annotated[float | None, typer.Option(min=0, metavar="N", help="Begin nothing after so long; the rest stays due.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Find articles of past times in outlets' sitemaps and, page by page, in their feeds, and fetch them behind the news.

    What was looked at is kept: after Ctrl-C the same command goes on where it stopped.
    """
    asked = _asked(since, until, now=datetime.now(UTC))
    from pipeline.steps.backfill import backfill as step
    from pipeline.steps.context import Context

    with Context.open(config.load()) as context:
        report = step(
            context, asked, outlets=outlet or (), undated=undated, max_seconds=max_seconds, progress=sys.stderr.isatty()
        )  # fmt: skip
    if as_json:
        print_json(report.as_dict())
    else:
        _show(report)


def _asked(since: str, until: str | None, *, now: datetime) -> Span:
    asked = Span(since=moment(since, "--since", now=now), until=moment(until, "--until", now=now, is_end=True) if until else None)
    if asked.since is not None and asked.since >= (asked.until or now):
        raise UsageError(problem=f"--since {since} is not before {f'--until {until}' if until else 'now'}: nothing was published between")
    return asked


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
