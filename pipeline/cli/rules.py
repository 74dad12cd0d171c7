"""`rules`: outlet rules, looked at before they go live."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from pipeline import config
from pipeline.cli.app import JsonOption, app, print_json, shown

if TYPE_CHECKING:
    from pipeline.steps.rules import Replay

rules: Final = typer.Typer(help="Outlet rules: check their test pages, try them on stored pages.", no_args_is_help=True)
app.add_typer(rules, name="rules")

MAX_CHARACTERS: Final = 300


@rules.command()
def check(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE…", help="Rule files; nothing: all that are in use.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Read rule files, and run each rule on its test page."""
    from pipeline import rules as reading
    from pipeline.steps import rules as step

    folders = [reading.SHIPPED, *filter(None, [config.load().rules_folder])]
    checked = step.check(files or [path for folder in folders for path in reading.paths(folder)])
    if as_json:
        print_json([{"rule": one.name, "test": str(one.test) if one.test else None, "problems": list(one.problems)} for one in checked])
    else:
        for one in checked:
            sound = f"its test page {one.test} comes out right" if one.test else "it is sound, and has no selectors to test"
            sys.stdout.write(shown(f"{one.name}: {'; '.join(one.problems) or sound}") + "\n")
        if not checked:
            sys.stdout.write("There are no outlet rules.\n")
    if any(one.problems for one in checked):
        raise typer.Exit(1)


@rules.command("try")
def try_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A rule file; it need not be in the folder of rules.")],
    outlet: Annotated[list[str] | None, typer.Option(help="Pages of this outlet (repeatable); default: of the rule's hosts.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Pages at most, the newest first.")] = 50,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show what a rule would change in stored pages, field by field. Writes nothing."""
    from pipeline.steps import rules as step
    from pipeline.steps.context import Context

    with Context.open(config.load()) as context:
        found = step.replay(context, file, names=outlet or (), limit=limit)
    if as_json:
        print_json(asdict(found))
    else:
        for line in _lines(found):
            sys.stdout.write(shown(line) + "\n")


def _lines(found: Replay) -> Iterator[str]:
    yield f"The rule is for {found.ruled} of the {found.pages} newest stored pages."
    yield from (f"{count} could not be read ({error})." for error, count in found.failed.items())
    yield f"{'':<14}{'same':>8}{'gained':>8}{'lost':>8}{'changed':>9}   rule found nothing"
    for field, counts in found.counts.items():
        figures = [counts.get(kind, 0) for kind in ("same", "gained", "lost", "changed")]
        yield f"{field:<14}{figures[0]:>8}{figures[1]:>8}{figures[2]:>8}{figures[3]:>9}   {found.missed.get(field, 0) or ''}".rstrip()
    for field, changes in found.examples.items():
        for change in changes:
            yield f"{field} of {change.url}"
            yield f"  without: {_cut(change.before)}"
            yield f"  with:    {_cut(change.after)}"


def _cut(text: str) -> str:
    return (text if len(text) <= MAX_CHARACTERS else f"{text[:MAX_CHARACTERS]}… ({len(text):,} characters)") or "nothing"
