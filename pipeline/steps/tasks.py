"""What a scheduler calls: each function is one task, opens its own connections, and returns counts.

`call` runs one in a process of its own: a scheduler's process has a main module and settings of its own, which
the processes of the extractor would inherit and fail on.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final

from pipeline import config, log
from pipeline.errors import PresswatchError
from pipeline.models import Counts, Priority, Stage
from pipeline.steps import alert, chain, maintain
from pipeline.steps import archive as archiving
from pipeline.steps import collect as collecting
from pipeline.steps import completeness as judging
from pipeline.steps.context import Context
from pipeline.store import work


def call(name: str, *arguments: object) -> Any:
    """Run a task by name in a process of its own; its counts. What it logs goes to stderr.

    Raises:
        subprocess.CalledProcessError: it failed; the sentence that says why is on stderr.

    """
    command = [sys.executable, "-m", "pipeline.steps.tasks", name, json.dumps(arguments)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


def collect(budget_s: float) -> dict[str, Any]:
    """Crawl what is due."""
    with _context() as context:
        return collecting.collect(context, max_seconds=budget_s).as_dict()


def stages(names: Iterable[str], budget_s: float, wait: bool = False) -> dict[str, Any]:
    """Run stages on live news and re-fetches; with `wait`, stay for windows of alerts that close within the budget."""
    deadline = time.monotonic() + budget_s
    with _context() as context:
        totals = _totals(chain.side_by_side(context, [Stage(name) for name in names], deadline=deadline, lowest=Priority.REFETCH))
        if wait:
            alert.deliver(context, deadline=deadline, wait=True)
        return totals


def backlog_parts() -> list[int]:
    """As many parts as there are workers, if any backlog waits."""
    with _context() as context, context.database.transaction() as connection:
        return list(range(context.settings.workers)) if work.has_backlog(connection) else []


def backlog(part: int, budget_s: float) -> dict[str, Any]:
    """Work through the backlog, all stages, until nothing waits or the budget is spent."""
    del part  # the parts share the work by claims
    with _context() as context:
        return _totals(chain.process(context, deadline=time.monotonic() + budget_s))


def partitions() -> None:
    """Make next month's partitions."""
    with _context() as context:
        context.database.ensure_partitions()


def retention() -> dict[str, Any]:
    """Drop captures that are older than the setting, and what clustering no longer compares with."""
    with _context() as context:
        return maintain.retention(context, now=datetime.now(UTC))


def completeness() -> dict[str, Any]:
    """Judge the days that are over: how many articles outlets had, and how many were collected."""
    with _context() as context:
        return judging.judge(context.database, now=datetime.now(UTC))


def refetch_plan() -> dict[str, Any]:
    """Learn how often each outlet's pages are to be looked at again."""
    with _context() as context:
        return maintain.refetch_plan(context, now=datetime.now(UTC))


def archive(budget_s: float) -> dict[str, Any]:
    """Move captures that are older than the setting to the archive, and remove from it what is dropped."""
    with _context() as context:
        return archiving.archive(context, now=datetime.now(UTC), deadline=time.monotonic() + budget_s)


def word_background() -> dict[str, Any]:
    """Count the words of recent articles anew."""
    with _context() as context:
        return maintain.word_background(context, since=datetime.now(UTC) - maintain.BACKGROUND)


def _context() -> Context:
    settings = config.load()
    log.set_up(settings.log_level, as_json=settings.log_format == "json")
    return Context.open(settings)


def _totals(turns: Iterable[Counts]) -> dict[str, Any]:
    """What the turns of each stage did together."""
    done: dict[Stage, Counts] = {}
    for counts in turns:
        chain.add(done, counts)
    return {
        stage: {"claimed": counts.claimed, "quarantined": counts.quarantined, "seconds": round(counts.seconds, 2), **counts.outcomes}
        for stage, counts in done.items()
    }


TASKS: Final[dict[str, Callable[..., Any]]] = {
    task.__name__: task
    for task in (collect, stages, backlog_parts, backlog, partitions, completeness, retention, refetch_plan, archive, word_background)
}


if __name__ == "__main__":
    try:
        sys.stdout.write(json.dumps(TASKS[sys.argv[1]](*json.loads(sys.argv[2]))) + "\n")
    except PresswatchError as error:
        sys.exit(f"presswatch: {error}")
