"""How an import of a file is shown: a bar while it runs, then what was wrong and what came of it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from pipeline.cli.app import shown

if TYPE_CHECKING:
    from pipeline.steps.import_report import Report

WARC: Final = (".warc", ".warc.gz")


def run(file: Path, importing: Callable[[Callable[[int], None]], Report]) -> bool:
    """Run an import that is given a function to tell its progress; whether nothing was wrong."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    is_warc = file.name.lower().endswith(WARC)
    columns = (BarColumn(), DownloadColumn()) if is_warc else (MofNCompleteColumn(),)
    bar = Progress(SpinnerColumn(), TextColumn("{task.description}", markup=False), *columns, console=Console(stderr=True), transient=True)
    with bar if sys.stderr.isatty() else nullcontext():
        task = bar.add_task(f"importing {shown(file.name)}", total=file.stat().st_size if is_warc else None)
        report = importing(lambda count: bar.advance(task, count))
    if report.resumed_at:
        typer.echo(f"presswatch: {file}: went on at byte {report.resumed_at:,}, where an import stopped before", err=True)
    for number, problem in report.errors:
        typer.echo(f"presswatch: {file}, {report.unit} {number}: {problem}", err=True)
    if report.unknown:
        typer.echo(f"presswatch: warning: fields that are not imported: {shown(', '.join(report.unknown))}", err=True)
    made = ", ".join(f"{count} {outcome}" for outcome, count in report.outcomes.items()) or "nothing"
    typer.echo(f"{report.read} read: {made}; {len(report.errors)} wrong", err=True)
    return not report.errors
