"""`process`, `import`, `export`, `reindex`: articles through the stages, in and out."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import config
from pipeline.cli import importing
from pipeline.cli.app import app
from pipeline.cli.times import moment
from pipeline.errors import InputError
from pipeline.models import Counts, Stage

if TYPE_CHECKING:
    from rich.table import Table

    from pipeline.steps.context import Context


class Form(StrEnum):
    """What an export writes."""

    JSONL = "jsonl"
    CSV = "csv"
    RSS = "rss"


@app.command()
def process(
    start: Annotated[Stage, typer.Option("--from", help="The first stage to run.")] = Stage.CLEAN,
    again: Annotated[bool, typer.Option("--again", help="Run it on everything stored, behind the news.")] = False,
    outlet: Annotated[list[str] | None, typer.Option(help="With --again: only this outlet (repeatable).")] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="With --again: only what was seen since 2025-01-31, 2025-01-31T12:00 (UTC) or 7d ago."),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on until Ctrl-C.")] = False,
) -> None:
    """Run all stages until nothing waits, and send what is due."""
    if (outlet or since) and not again:
        raise typer.BadParameter("--outlet and --since say what to run again: add --again")
    begin = moment(since, "--since", now=datetime.now(UTC)) if since else None
    from rich.console import Console
    from rich.live import Live

    from pipeline.steps import chain
    from pipeline.steps.context import Context
    from pipeline.store import outlets

    console = Console(stderr=True)
    with Context.open(config.load()) as context:
        if again:
            if outlet:
                with context.database.transaction() as connection:
                    # What a removed outlet gave is still there.
                    outlets.by_names(connection, outlet, removed=True)
            count = chain.again(context, start, outlets=tuple(outlet or ()), since=begin)
            console.print(f"{count} wait for {start} again")
        done: dict[Stage, Counts] = {}
        turns = chain.process(context, start=start, follow=follow)
        try:
            with Live(console=console, get_renderable=lambda: _table(done), refresh_per_second=2):
                for counts in turns:
                    chain.add(done, counts)
        except KeyboardInterrupt:
            turns.close()
            if not follow:
                raise
        if Stage.INDEX in done:
            context.index.refresh()  # whoever searches next finds it all
        if not console.is_terminal:
            console.print()  # elsewhere the table has no end of line
        for line in () if follow else _left(context, chain.from_on(start)):
            console.print(line)


def _table(done: Mapping[Stage, Counts]) -> Table:
    """What the stages have done so far."""
    from rich.table import Column, Table

    table = Table("stage", Column("claimed", justify="right"), Column("seconds", justify="right"), "what came of it", box=None)
    for stage in Stage:
        if counts := done.get(stage):
            made = [f"{value} {name}" for name, value in counts.outcomes.items()]
            lost = [f"{counts.quarantined} quarantined"] if counts.quarantined else []
            table.add_row(stage, str(counts.claimed), f"{counts.seconds:.1f}", ", ".join(made + lost))
    return table


def _left(context: Context, stages: Sequence[Stage]) -> Iterator[str]:
    """What still waits for stages, and why it was left."""
    from pipeline.store import work

    with context.database.transaction() as connection:
        waiting = work.left(connection)
    for stage in stages:
        if stage in waiting and waiting[stage].claimed:
            yield f"{waiting[stage].claimed} wait for {stage}: another process works on them"
        if stage in waiting and waiting[stage].free:
            yield f"{waiting[stage].free} wait for {stage}: they came in at the end, run `presswatch process` again"


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help=".jsonl, .csv or .warc, each also with .gz")],
) -> None:
    """Take in articles that are extracted already, or pages from a WARC file. Run `presswatch process` afterwards."""
    from pipeline.steps.context import Context
    from pipeline.steps.imports import import_file

    with Context.open(config.load()) as context:
        went_well = importing.run(file, lambda progress: import_file(context, file, progress=progress))
    if not went_well:
        raise typer.Exit(1)


@app.command()
def export(
    query: Annotated[str, typer.Argument(help="What to export; everything by default.")] = "",
    form: Annotated[Form, typer.Option("--format")] = Form.JSONL,
    output: Annotated[Path | None, typer.Option(help="A file; standard output by default.")] = None,
) -> None:
    """Write any number of articles as JSON Lines, CSV or RSS."""
    from pipeline.query import parse
    from pipeline.steps import export as step
    from pipeline.steps.context import Context

    with Context.open(config.load()) as context:
        parse(query)  # a wrong one is told before a file is emptied for it
        try:
            with output.open("w", encoding="utf-8", newline="") if output else nullcontext(sys.stdout) as file:
                count = step.export(context, query, form, file, now=datetime.now(UTC))
        except OSError as error:
            if output is None:
                raise
            raise InputError(problem=f"{output} can't be written: {error.strerror or error}") from error
    typer.echo(f"{count} articles", err=True)


@app.command()
def reindex() -> None:
    """Build the search index anew from PostgreSQL; searches go on meanwhile."""
    from pipeline.steps import index
    from pipeline.steps.context import Context

    with Context.open(config.load()) as context:
        typer.echo(f"{index.reindex(context)} documents", err=True)
