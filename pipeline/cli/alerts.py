"""`alerts`: saved queries that tell of new articles."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from pipeline import config
from pipeline.cli.app import JsonOption, app, print_json, shown
from pipeline.models import Every

if TYPE_CHECKING:
    from pipeline.store.alerts import Account, Watched

alerts: Final = typer.Typer(help="Saved queries that tell of new articles, each story once.", no_args_is_help=True)
app.add_typer(alerts, name="alerts")

NameArgument = Annotated[str, typer.Argument(help="The alert's name.")]


@alerts.command()
def add(
    name: Annotated[str, typer.Argument(help="How you call it; unique.")],
    query: Annotated[str, typer.Argument(help="What to look for, in the query syntax.")],
    every: Annotated[
        Every, typer.Option(help="Send at once, or a digest each full hour, each day or each Monday at 06:00 UTC.")
    ] = Every.NOW,
    max_age: Annotated[str, typer.Option(help="Mute what was published longer before it was first seen: 7d, 12h, 2w or none.")] = "7d",
    to: Annotated[
        list[str] | None,
        typer.Option(metavar="URL", help="https://… is a webhook, mailto://name@example.org e-mail, else any apprise URL (repeatable)."),
    ] = None,
) -> None:
    """Save a query. It tells of the articles that come in from now on."""
    from pipeline.steps import alert as step
    from pipeline.steps.context import Context

    with Context.open(config.load()) as context:
        saved = step.add(context, name=name, query_text=query, every=every, max_age=max_age, to=to or ())
        named = step.describe_channels(context, saved)
    where = ", ".join(named) or "nobody (it is only shown in the application; add --to for messages)"
    sys.stderr.write(f"Saved alert {saved.name!r}; it tells {where}.\n")


@alerts.command("list")
def list_(as_json: JsonOption = False) -> None:
    """List the alerts with what became of their matches."""
    from pipeline.steps.context import Context
    from pipeline.store import alerts as store

    with Context.open(config.load()) as context, context.database.transaction() as connection:
        found = store.overview(connection, deliveries=0)
    if as_json:
        print_json([_json(one.alert, one.account) for one in found])
        return
    if not found:
        sys.stdout.write("There are no alerts: add one with `presswatch alerts add NAME QUERY`.\n")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("name", "query", "every", *FIGURES, "broken", box=None, pad_edge=False, header_style="bold")
    for one in found:
        row = _json(one.alert, one.account)
        table.add_row(
            one.alert.name, shown(one.alert.query), one.alert.every, *(str(row[figure]) for figure in FIGURES), shown(row["broken"] or "")
        )
    Console(markup=False, highlight=False).print(table)


@alerts.command()
def show(name: NameArgument, as_json: JsonOption = False) -> None:
    """Show an alert: its query, its channels, what became of its matches, and its newest messages."""
    from pipeline.steps.context import Context
    from pipeline.store import alerts as store

    with Context.open(config.load()) as context:
        with context.database.transaction() as connection:
            alert = store.by_name(connection, name)
            detail = store.alert_detail(connection, alert.alert_id)
            account = store.accounts(connection, [alert.alert_id])[alert.alert_id]
        if as_json:
            print_json(_json(alert, account))
            return
        from pipeline.steps import alert as step

        named = step.describe_channels(context, alert)
    lines = [f"{key:<9}{value}" for key, value in _json(alert, account).items() if value is not None]
    lines.insert(3, f"{'every':<9}{alert.every}")
    lines.insert(4, f"{'max age':<9}{_age(alert.max_age)}")
    lines += [f"channel  {place}: {channel}" for place, channel in enumerate(named)] or ["channel  none"]
    now = datetime.now(UTC)
    for delivery in detail.deliveries[:SHOWN] if detail else ():
        what = f" ({delivery.error})" if delivery.error else ""
        at = delivery.sent_at or delivery.created_at
        lines.append(f"{_at(at)}  message to channel {delivery.channel} {delivery.state}, attempt {delivery.attempts}{what}")
    for match in detail.matches[:SHOWN] if detail else ():
        why = f" ({match.reason})" if match.reason else ""
        due = f" until {_at(match.due_at)}" if match.state == "waiting" and match.due_at > now else ""
        lines.append(f"{_at(match.matched_at)}  {match.state}{why}{due}  {match.outlet}: {match.title}")
    sys.stdout.write("".join(f"{shown(line)}\n" for line in lines))


FIGURES: Final = ("matched", "sent", "grouped", "muted", "failed", "waiting")
SHOWN: Final = 10


def _json(alert: Watched, account: Account) -> dict[str, Any]:
    figures = {figure: getattr(account, figure) for figure in FIGURES}
    return {"name": alert.name, "query": alert.query, "version": alert.version, **figures, "broken": alert.broken}


def _age(age: timedelta | None) -> str:
    return "none" if age is None else str(age).removesuffix(", 0:00:00")


def _at(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
