"""`maintain` and `forget`: what is kept, for how long, and what must go at once."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from pipeline import config
from pipeline.cli.app import JsonOption, app, print_json
from pipeline.errors import UsageError


@app.command()
def maintain(*, as_json: JsonOption = False) -> None:
    """Do the housekeeping that the schedule does daily: retention, the re-fetch plan, the archive, the word background of stories."""
    from pipeline.steps import archive
    from pipeline.steps import maintain as steps
    from pipeline.steps.context import Context

    now = datetime.now(UTC)
    with Context.open(config.load()) as context:
        context.database.ensure_partitions()
        done: dict[str, dict[str, Any]] = {
            "retention": steps.retention(context, now=now),
            "refetch_plan": steps.refetch_plan(context, now=now),
            "archive": archive.archive(context, now=now),
            "word_background": steps.word_background(context, since=now - steps.BACKGROUND),
        }
    if as_json:
        print_json(done)
        return
    for part, counts in done.items():
        told = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items() if count)
        sys.stdout.write(f"{part.replace('_', ' '):<16} {told or 'nothing to do'}\n")


@app.command()
def forget(
    url: Annotated[str, typer.Argument(help="The address of a page, as fetched or canonical.")], *, as_json: JsonOption = False
) -> None:
    """Erase all that is stored of a URL, in the database, the index and the archive, and never fetch or import it again."""
    from pipeline import urls
    from pipeline.steps import forget as step
    from pipeline.steps.context import Context

    if not urls.is_fetchable(url):
        raise UsageError(problem=f"{url!r} is no http or https address: give the address of a page")
    with Context.open(config.load()) as context:
        done = step.forget(context, url)
    if as_json:
        print_json(
            {
                "url": done.url,
                "canonical_url": done.canonical_url,
                "forgotten_at": done.forgotten_at.astimezone(UTC).isoformat(timespec="seconds"),
                "again": done.again,
                "pages": done.pages,
                "captures": done.captures,
                "articles": done.articles,
                "versions": done.versions,
            }
        )
    elif done.again:
        sys.stdout.write(f"It was forgotten at {done.forgotten_at:%Y-%m-%d %H:%M:%S} UTC, and nothing of it is stored.\n")
    else:
        sys.stdout.write(f"Erased: {done.pages} pages, {done.captures} captures, {done.articles} articles, {done.versions} versions.\n")
