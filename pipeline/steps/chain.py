"""The stages in their order, and running them until nothing waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final, Protocol

from pipeline.models import Counts, Priority, Stage
from pipeline.steps import alert, annotate, clean, cluster, compare, index
from pipeline.steps.context import Context
from pipeline.store import articles, cleaning, work


class Run(Protocol):
    """A stage: works through what waits for it, down to a priority, until a deadline in monotonic seconds."""

    def __call__(  # noqa: D102 - as the class says
        self, context: Context, *, deadline: float | None = None, lowest: Priority = Priority.BACKLOG
    ) -> Counts: ...


STAGES: Final[dict[Stage, Run]] = {
    Stage.CLEAN: clean.run,
    Stage.COMPARE: compare.run,
    Stage.ANNOTATE: annotate.run,
    Stage.CLUSTER: cluster.run,
    Stage.INDEX: index.run,
    Stage.ALERT: alert.run,
}


def process(
    context: Context, *, start: Stage = Stage.CLEAN, follow: bool = False, wait: Callable[[float], None] = time.sleep
) -> Iterator[Counts]:
    """Run all stages from `start` on until nothing waits, and yield what each run of a stage did.

    With `follow` it goes on looking for work until it is stopped. Nothing else sleeps here: what is due
    later, a retry or the window of an alert, is left to a later run.
    """
    stages = list(STAGES)[list(STAGES).index(start) :]
    while True:
        worked = False
        for stage in stages:
            counts = STAGES[stage](context)
            worked = worked or counts.claimed > 0 or bool(counts.outcomes)
            yield counts
        if not worked:
            if not follow:
                return
            wait(1.0)


def again(context: Context, stage: Stage, *, outlets: tuple[str, ...] = (), since: datetime | None = None) -> int:
    """Let everything stored wait for a stage again, behind the news; how much that is."""
    with context.database.transaction() as connection:
        select = cleaning.select_for_again if stage is Stage.CLEAN else articles.select_for_again
        subjects = select(connection, outlets=outlets, since=since)
        if stage is Stage.INDEX:
            articles.touch(connection, [subject for subject, _, _ in subjects])
        else:
            work.enqueue(connection, stage, subjects)
    return len(subjects)
