"""What a scheduler calls: each function is one task, opens its own connections, and returns counts."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline import config, log
from pipeline.models import Counts, Priority, Stage
from pipeline.steps import alert, maintain
from pipeline.steps import collect as collecting
from pipeline.steps.chain import STAGES
from pipeline.steps.context import Context
from pipeline.store import work


def collect(budget_s: float) -> dict[str, Any]:
    """Crawl what is due."""
    with _context() as context:
        return collecting.collect(context, max_seconds=budget_s).as_dict()


def stages(names: Iterable[str], budget_s: float, *, wait: bool = False) -> dict[str, Any]:
    """Run stages on live news and re-fetches; with `wait`, stay for windows of alerts that close within the budget."""
    deadline = time.monotonic() + budget_s
    with _context() as context:
        done = {name: _short(STAGES[Stage(name)](context, deadline=deadline, lowest=Priority.REFETCH)) for name in names}
        if wait:
            alert.deliver(context, deadline=deadline, wait=True)
        return done


def backlog_parts() -> list[int]:
    """As many parts as there are workers, if any backlog waits."""
    with _context() as context, context.database.transaction() as connection:
        return list(range(context.settings.workers)) if work.has_backlog(connection) else []


def backlog(part: int, budget_s: float) -> dict[str, Any]:
    """Work through the backlog, all stages in turn, until nothing waits or the budget is spent."""
    del part  # the parts share the work by claims
    deadline = time.monotonic() + budget_s
    totals: dict[str, int] = dict.fromkeys(Stage, 0)
    with _context() as context:
        claimed = -1
        while claimed and time.monotonic() < deadline:
            claimed = 0
            for stage, run in STAGES.items():
                # Short turns, so that what is cleaned also gets through before the budget ends.
                counts = run(context, deadline=min(deadline, time.monotonic() + budget_s / 8))
                totals[stage] += counts.claimed
                claimed += counts.claimed
    return totals


def partitions() -> None:
    """Make next month's partitions."""
    with _context() as context:
        context.database.ensure_partitions()


def retention() -> dict[str, Any]:
    """Drop captures that are older than the setting, and what clustering no longer compares with."""
    with _context() as context:
        return maintain.retention(context, now=datetime.now(UTC))


def word_background() -> dict[str, Any]:
    """Count the words of recent articles anew."""
    with _context() as context:
        return maintain.word_background(context, since=datetime.now(UTC) - timedelta(days=30))


def _context() -> Context:
    settings = config.load()
    log.set_up(settings.log_level, as_json=settings.log_format == "json")
    return Context.open(settings)


def _short(counts: Counts) -> dict[str, Any]:
    return {"claimed": counts.claimed, "quarantined": counts.quarantined, "seconds": round(counts.seconds, 2), **counts.outcomes}
