"""`health`: how the outlets do, and which of them need somebody to look."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipeline import config
from pipeline.cli import coverage
from pipeline.cli.app import JsonOption, app, print_json, shown
from pipeline.errors import InputError

if TYPE_CHECKING:
    from pipeline.health import OutletHealth
    from pipeline.steps.context import Context


@app.command()
def health(*, as_json: JsonOption = False) -> None:
    """Show what the outlets yielded in the last three days, and warn where it is not what they usually yield."""
    from pipeline import health as room
    from pipeline.steps.context import Context

    with Context.open(config.load()) as context:
        found = room.health(context.database, datetime.now(UTC))
        problem = _problem_of_rules(context)
    if as_json:
        hours = int(room.RECENT.total_seconds() // 3600)
        print_json({"hours": hours, "cleaning_stopped": problem, "outlets": [_json(outlet) for outlet in found]})
        return
    if problem:
        sys.stdout.write(f"! Nothing is cleaned, fetched pages wait: {shown(problem)}\n")
    if not found:
        sys.stdout.write("There are no outlets: add one with `presswatch outlets add URL`.\n")
        return
    _show(found, is_usual=problem is None)


def _problem_of_rules(context: Context) -> str | None:
    """What is wrong with the outlet rules; one wrong file stops cleaning."""
    try:
        _ = context.rules
    except InputError as error:
        return str(error)
    return None


def _show(found: list[OutletHealth], *, is_usual: bool) -> None:
    width = max(len(outlet.name) for outlet in found)
    sys.stdout.write(
        f"{'outlet':<{width}}  {'pages':>6} {'articles':>9} {'title':>6} {'author':>6} {'time':>6} {'characters':>11} {'collected':>10}  last new\n"
    )
    for outlet in found:
        shares = [_share(part, outlet.articles) for part in (outlet.titles, outlet.authors, outlet.dates)]
        last = outlet.last_new_at.strftime("%Y-%m-%d %H:%M") if outlet.last_new_at else ""
        line = f"{outlet.name:<{width}}  {outlet.pages:>6} {_share(outlet.articles, outlet.pages):>9} {shares[0]:>6} {shares[1]:>6} {shares[2]:>6} {outlet.characters or '':>11} {coverage.at_most(outlet.completeness):>10}  {last}"
        sys.stdout.write(f"{shown(line).rstrip()}\n")
        for warning in outlet.warnings:
            sys.stdout.write(f"  ! {shown(warning.text)}.\n")
    sys.stdout.write(f"{coverage.LEGEND}\n")
    troubled = sum(bool(outlet.warnings) for outlet in found)
    if troubled or is_usual:
        sys.stdout.write(f"{troubled} of {len(found)} outlets need a look.\n" if troubled else "All is as usual.\n")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else ""


def _json(outlet: OutletHealth) -> dict[str, Any]:
    return {
        "name": outlet.name,
        "url": outlet.url,
        "pages": outlet.pages,
        "articles": outlet.articles,
        "titles": outlet.titles,
        "authors": outlet.authors,
        "published_at": outlet.dates,
        "characters": outlet.characters,
        "rejected": dict(outlet.rejected),
        "last_new_at": _iso(outlet.last_new_at),
        "completeness": coverage.as_json(outlet.completeness),
        "unfilled_gaps": outlet.gaps.count if outlet.gaps else 0,
        "warnings": [
            {"kind": warning.kind, "field": warning.field, "since": _iso(warning.since), "text": warning.text}
            for warning in outlet.warnings
        ],
    }


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None
