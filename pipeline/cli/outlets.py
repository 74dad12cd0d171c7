"""`outlets`: whom to monitor."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from pipeline import config
from pipeline.cli import coverage, sources
from pipeline.cli.app import JsonOption, app, print_json, shown
from pipeline.errors import InputError
from pipeline.models import OutletSpec

if TYPE_CHECKING:
    from pipeline.completeness import Share, Unknown
    from pipeline.store.reading.outlets import HubView, OutletView

outlets: Final = typer.Typer(help="Whom to monitor: add, import, list, check, export, remove.", no_args_is_help=True)
app.add_typer(outlets, name="outlets")

PIPE_WIDTH: Final = sources.PIPE_WIDTH
NamesArgument = Annotated[list[str], typer.Argument(metavar="NAME…", help="Outlets' names, as `outlets list` shows them.")]


class Form(StrEnum):
    """What outlets are exported as."""

    TOML = "toml"
    CSV = "csv"
    OPML = "opml"


@outlets.command()
def add(
    urls: Annotated[list[str], typer.Argument(metavar="URL…", help="Home pages.")],
    name: Annotated[str, typer.Option(help="Its name; default: as its home page says. For one outlet.")] = "",
    label: Annotated[list[str] | None, typer.Option(help="A label to search and filter by (repeatable).")] = None,
    country: Annotated[str | None, typer.Option(help="Its country's code, such as `rs`.")] = None,
    language: Annotated[str | None, typer.Option(help="Its language's code, such as `sr`.")] = None,
    group: Annotated[str | None, typer.Option(help="The publisher or network it belongs to.")] = None,
    check: Annotated[bool, typer.Option("--check/--no-check", help="Add only what can be reached and shows articles.")] = True,
    *,
    as_json: JsonOption = False,
) -> None:
    """Add outlets, and find their feeds, news sitemaps and sections at once."""
    from pipeline.steps import outlets as step
    from pipeline.steps.context import Context

    spec = OutletSpec(
        name=name,
        url="",
        labels=tuple(label or ()),
        country=country.lower() if country else None,
        language=language.lower() if language else None,
        group=group,
    )
    with Context.open(config.load()) as context:
        looked = step.add(context, urls, spec, check=check)
    sources.show(looked, as_json=as_json)


@outlets.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="TOML with [[outlet]], CSV with a header, or OPML.")],
) -> None:
    """Add or update the outlets of a file, all or none; their feeds are looked for by the next crawl."""
    from pipeline.steps import outlets as step
    from pipeline.steps.context import Context

    with Context.open(config.load()) as context:
        count = step.import_file(context, file)
    sys.stdout.write(f"Imported {count} outlets; `presswatch crawl` collects them.\n")


@outlets.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List the outlets with their feeds and what they last yielded."""
    from pipeline.completeness import over
    from pipeline.health import WEEK
    from pipeline.steps.context import Context
    from pipeline.store import completeness
    from pipeline.store import outlets as store
    from pipeline.store.reading import outlets as reading

    now = datetime.now(UTC)
    with Context.open(config.load()) as context, context.database.transaction() as connection:
        found = sorted(reading.outlets(connection, now), key=lambda outlet: outlet.name.lower())
        days = completeness.days(connection, (now - WEEK).date())
        shares = {outlet.id: over(days.get(outlet.id, [])) for outlet in found}
        counts = store.article_counts(connection)
        uncrawled = store.uncrawled(connection)
    if as_json:
        print_json([_json(outlet, counts.get(outlet.id, 0), shares[outlet.id]) for outlet in found])
        return
    if not found:
        sys.stdout.write("There are no outlets: add one with `presswatch outlets add URL`.\n")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(
        "outlet",
        "feed",
        "kind",
        "last poll",
        "items",
        "new",
        "articles",
        "collected",
        "state",
        box=None,
        pad_edge=False,
        header_style="bold",
    )
    for outlet in found:
        figures = (str(counts.get(outlet.id, 0)), coverage.at_most(shares[outlet.id]))
        if not outlet.feeds:
            state = outlet.discovery_error or "feeds are looked for by the next crawl"
            if outlet.id in uncrawled:
                state = "from an import, not crawled: `outlets check` looks for feeds"
            table.add_row(outlet.name, outlet.url, "", "", "", "", *figures, shown(state))
        for number, feed in enumerate(outlet.feeds):
            state = feed.error or ("ok" if feed.succeeded_at else "not polled yet")
            state += f"; {feed.hub.words(now)}" if feed.hub else ""
            name, *rest = (outlet.name, *figures) if number == 0 else ("", "", "")
            shows = ("" if value is None else str(value) for value in (feed.items, feed.new_items))
            table.add_row(name, feed.url, feed.kind, _at(feed.polled_at), *shows, *rest, shown(state))
    # A pipe has no width that would cut the addresses.
    Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH).print(table)
    sys.stdout.write(f"{coverage.LEGEND}\n")


@outlets.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME…", help="Outlets' names; default: all.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Look again at outlets and each of their sources: add new ones, poll dead ones no more, show what they yield now and lately."""
    from pipeline.steps import outlets as step
    from pipeline.steps.context import Context

    with Context.open(config.load()) as context:
        looked = step.check(context, names or ())
    sources.show(looked, as_json=as_json)
    if any(one.discovery.error for one in looked):
        raise typer.Exit(1)


@outlets.command()
def export(
    form: Annotated[Form | None, typer.Option("--format", help="Default: as the file's name ends, else toml.")] = None,
    output: Annotated[Path | None, typer.Option(help="A file; standard output by default.")] = None,
) -> None:
    """Write the outlets with their sources as TOML, CSV or OPML; `outlets import` reads them back."""
    from pipeline import outlet_files
    from pipeline.steps import outlets as step
    from pipeline.steps.context import Context

    ending = output.suffix.lower().removeprefix(".") if output else ""
    chosen = form or (Form(ending) if ending in list(Form) else Form.TOML)
    with Context.open(config.load()) as context:
        specs = step.specs(context)
    text = outlet_files.FORMATS[chosen](specs)
    if output is None:
        sys.stdout.write(text)
    else:
        try:
            output.write_text(text, encoding="utf-8", newline="")
        except OSError as error:
            raise InputError(problem=f"{output} can't be written: {error.strerror or error}") from error
    typer.echo(f"{len(specs)} outlets", err=True)


@outlets.command()
def remove(names: NamesArgument) -> None:
    """Stop collecting outlets; their articles stay."""
    from pipeline.steps import outlets as step
    from pipeline.steps.context import Context

    with Context.open(config.load()) as context:
        step.remove(context, names)
    sys.stdout.write(f"Removed {', '.join(names)}; the articles stay.\n")


def _json(outlet: OutletView, articles: int, share: Share | Unknown) -> dict[str, Any]:
    return {
        "name": outlet.name,
        "url": outlet.url,
        "labels": list(outlet.labels),
        "country": outlet.country,
        "language": outlet.language,
        "group": outlet.group,
        "feeds": [
            {
                "url": feed.url,
                "kind": feed.kind,
                "polled_at": _iso(feed.polled_at),
                "succeeded_at": _iso(feed.succeeded_at),
                "items": feed.items,
                "new_items": feed.new_items,
                "error": feed.error,
                "hub": _hub(feed.hub) if feed.hub else None,
            }
            for feed in outlet.feeds
        ],
        "discovery_error": outlet.discovery_error,
        "articles": articles,
        "completeness": coverage.as_json(share),
        "last_article_at": _iso(outlet.last_article_at),
    }


def _hub(hub: HubView) -> dict[str, Any]:
    return {
        "url": hub.url,
        "until": _iso(hub.until),
        "pushes": hub.pushes,
        "pushed_at": _iso(hub.pushed_at),
        "refused": hub.refused,
        "failures": hub.failures,
        "error": hub.error,
    }


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None


def _at(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if at else ""
