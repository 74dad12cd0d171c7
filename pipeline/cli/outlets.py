"""`outlets`: whom to monitor."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from pipeline import config
from pipeline.cli.app import JsonOption, app, print_json, shown
from pipeline.models import OutletSpec

if TYPE_CHECKING:
    from pipeline.steps.outlets import Looked
    from pipeline.store.reading.outlets import HubView, OutletView

outlets: Final = typer.Typer(help="Whom to monitor: add, import, list, check, remove.", no_args_is_help=True)
app.add_typer(outlets, name="outlets")

PIPE_WIDTH: Final = 240
NamesArgument = Annotated[list[str], typer.Argument(metavar="NAME…", help="Outlets' names, as `outlets list` shows them.")]


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
        name=" ".join(name.split()),
        url="",
        labels=tuple(label or ()),
        country=country.lower() if country else None,
        language=language.lower() if language else None,
        group=group or None,
    )
    with Context.open(config.load()) as context:
        looked = step.add(context, urls, spec, check=check)
    _show(looked, as_json=as_json)


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
    from pipeline.steps.context import Context
    from pipeline.store import outlets as store
    from pipeline.store.reading import outlets as reading

    with Context.open(config.load()) as context, context.database.transaction() as connection:
        found = sorted(reading.outlets(connection, datetime.now(UTC)), key=lambda outlet: outlet.name.lower())
        counts = store.article_counts(connection)
        uncrawled = store.uncrawled(connection)
    if as_json:
        print_json([_json(outlet, counts.get(outlet.id, 0)) for outlet in found])
        return
    if not found:
        sys.stdout.write("There are no outlets: add one with `presswatch outlets add URL`.\n")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("outlet", "feed", "kind", "last poll", "items", "new", "articles", "state", box=None, pad_edge=False, header_style="bold")
    for outlet in found:
        articles = str(counts.get(outlet.id, 0))
        if not outlet.feeds:
            state = outlet.discovery_error or "feeds are looked for by the next crawl"
            if outlet.id in uncrawled:
                state = "from an import, not crawled: `outlets check` looks for feeds"
            table.add_row(outlet.name, outlet.url, "", "", "", "", articles, shown(state))
        for number, feed in enumerate(outlet.feeds):
            state = feed.error or ("ok" if feed.succeeded_at else "not polled yet")
            state += f"; {feed.hub.words(datetime.now(UTC))}" if feed.hub else ""
            first = (outlet.name, articles) if number == 0 else ("", "")
            figures = ("" if value is None else str(value) for value in (feed.items, feed.new_items))
            table.add_row(first[0], feed.url, feed.kind, _at(feed.polled_at), *figures, first[1], shown(state))
    # A pipe has no width that would cut the addresses.
    Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH).print(table)


@outlets.command()
def check(names: NamesArgument, *, as_json: JsonOption = False) -> None:
    """Look again for outlets' feeds, sitemaps and sections; new ones are added."""
    from pipeline.steps import outlets as step
    from pipeline.steps.context import Context

    with Context.open(config.load()) as context:
        looked = step.check(context, names)
    _show(looked, as_json=as_json)
    if any(one.discovery.error for one in looked):
        raise typer.Exit(1)


@outlets.command()
def remove(names: NamesArgument) -> None:
    """Stop collecting outlets; their articles stay."""
    from pipeline.steps import outlets as step
    from pipeline.steps.context import Context

    with Context.open(config.load()) as context:
        step.remove(context, names)
    sys.stdout.write(f"Removed {', '.join(names)}; the articles stay.\n")


def _show(looked: Sequence[Looked], *, as_json: bool) -> None:
    if as_json:
        print_json([_looked_json(one) for one in looked])
        return
    for one in looked:
        sys.stdout.write(f"{one.outlet.name} ({one.outlet.url}), {one.new} new sources\n")
        if one.discovery.error:
            sys.stdout.write(f"  {shown(one.discovery.error)}\n")
        for source in one.discovery.sources:
            newest = f", newest {_at(source.newest_at)}" if source.newest_at else ""
            sys.stdout.write(f"  {source.kind:<13}{source.url}: {source.items} items{newest}\n")


def _looked_json(one: Looked) -> dict[str, Any]:
    sources = [
        {"url": source.url, "kind": source.kind, "items": source.items, "newest_at": _iso(source.newest_at)}
        for source in one.discovery.sources
    ]
    return {"name": one.outlet.name, "url": one.outlet.url, "new": one.new, "error": one.discovery.error, "sources": sources}


def _json(outlet: OutletView, articles: int) -> dict[str, Any]:
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
