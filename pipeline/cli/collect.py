"""`crawl`: fetch what is due."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from pipeline import config
from pipeline.cli.app import JsonOption, app, print_json


@app.command()
def crawl(
    outlet: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only this outlet (repeatable).")] = None,
    max_seconds: Annotated[float | None, typer.Option(min=0, metavar="N", help="Begin nothing after so long; the rest stays due.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Poll the feeds that are due, and fetch new articles and what else is due."""
    from pipeline.steps import completeness
    from pipeline.steps.collect import collect
    from pipeline.steps.context import Context

    with Context.open(config.load()) as context:
        report = collect(context, outlets=outlet or (), max_seconds=max_seconds, progress=sys.stderr.isatty())
        completeness.judge(context.database, now=datetime.now(UTC))
    if as_json:
        print_json(report.as_dict())
        return
    lines = [
        f"{report.feeds_polled} feeds polled, {report.feeds_not_modified} not modified, {report.feeds_failed} failed",
        f"{report.items} items seen, {report.new_pages} new",
        f"{report.fetched} pages fetched, {report.unchanged} unchanged, {report.failed} failed",
        f"{report.bytes / 1_000_000:.1f} MB in {report.seconds:.1f} s",
    ]
    if report.outlets_discovered:
        lines.insert(0, f"{report.outlets_discovered} outlets looked at, {report.feeds_found} feeds found")
    if report.pushes or report.hubs_asked:
        lines.append(f"{report.pushes} pushes of hubs taken in, {report.hubs_asked} hubs asked")
    if report.refused:
        lines.append("not fetched: " + ", ".join(f"{count} {reason}" for reason, count in report.refused.items()))
    if report.rendered:
        lines.append(f"{report.rendered} pages needed the browser")
    if report.unrendered:
        lines.append(f"{report.unrendered} pages wait for a browser; `presswatch trace` tells why")
    if report.postponed:
        lines.append(f"{report.postponed} pages postponed, because their host asked for it")
    if report.interrupted:
        lines.append("ended before all was done; the rest stays due")
    sys.stdout.write("\n".join(lines) + "\n")
