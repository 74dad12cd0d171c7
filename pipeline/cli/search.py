"""`search`: what the index finds, as a table, JSON or CSV."""

from __future__ import annotations

import csv
import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import config
from pipeline.cli.app import JsonOption, app, print_json, shown

if TYPE_CHECKING:
    from pipeline.search import SearchResult


class Sort(StrEnum):
    """The order of hits."""

    DATE = "date"
    RELEVANCE = "relevance"


class Group(StrEnum):
    """What is shown as one hit."""

    STORY = "story"
    COPIES = "copies"
    NONE = "none"


@app.command()
def search(
    query: Annotated[
        str, typer.Argument(help='Words, "phrases", AND OR NOT, tariff*, ~inflected, NEAR/5, outlet:…, published:7d; empty: all.')
    ],
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many hits at most.")] = 20,
    sort: Annotated[Sort, typer.Option(help="The newest or the best first.")] = Sort.DATE,
    group: Annotated[Group, typer.Option(help="One hit for a story, for an article with its copies, or for each article.")] = Group.NONE,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a line for each hit, under a line of names.")] = False,
) -> None:
    """Search the articles. A query that begins with a minus goes after `--`."""
    if as_json and as_csv:
        raise typer.BadParameter("--json and --csv exclude each other")
    from pipeline import search as engine
    from pipeline.steps.context import Context

    with Context.open(config.load()) as context:
        found = engine.search(context.index, query, now=datetime.now(UTC), limit=limit, sort=sort.value, group=group.value, facets=as_json)
    for warning in found.warnings:
        typer.echo(f"presswatch: {warning}", err=True)
    if as_json:
        print_json(found.as_json())
        return
    if as_csv:
        _print_csv(found)
    else:
        _print_table(found)
    groups = "" if found.groups is None else f" in {found.groups:,} {'stories' if group is Group.STORY else 'groups of copies'}"
    typer.echo(f"{found.total:,} article{'' if found.total == 1 else 's'}{groups}, {len(found.hits):,} shown", err=True)


def _print_csv(found: SearchResult) -> None:
    from pipeline.spreadsheets import cell

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("id", "url", "outlet", "title", "published_at", "highlights", "story_id", "duplicate_of"))
    for hit in found.hits:
        fields = hit.as_json()
        writer.writerow(cell(" … ".join(value) if isinstance(value, list) else value) for value in fields.values())


def _print_table(found: SearchResult) -> None:
    """The date is the page's own; in brackets when the page was first seen, where it gives none."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from pipeline.search.results import marked_parts

    def marked(text: str) -> Text:
        return Text.assemble(*((shown(part), "bold yellow" if is_marked else "") for part, is_marked in marked_parts(text)))

    if not found.hits:
        return
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("Published", no_wrap=True)
    table.add_column("Outlet", max_width=24)
    table.add_column("Article", ratio=1, overflow="fold")
    for hit in found.hits:
        # In the reader's own zone: times of several zones below each other would look out of order.
        at = datetime.fromisoformat(hit.published_at or hit.date).astimezone()
        when = f"{at:%Y-%m-%d %H:%M}" if hit.published_at else f"({at:%Y-%m-%d %H:%M})"
        article = Text.assemble(marked(hit.marked_title), "\n", (shown(hit.url), "dim"))
        if hit.group_size > 1:
            article.append(f"\nand {hit.group_size - 1:,} more", "dim")
        for fragment in hit.marked_highlights[:1]:
            article.append("\n").append_text(marked(fragment))
        table.add_row(when, Text(shown(hit.outlet)), article)
    Console(soft_wrap=not sys.stdout.isatty()).print(table)
