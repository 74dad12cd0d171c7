"""The stages in their order, and running them until nothing waits."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from math import inf
from queue import SimpleQueue
from threading import Event
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


# A stage looks up so often whether it is to stop.
TURN_S: Final = 2.0
# How long a stage without work waits before it looks again.
IDLE_S: Final = 0.2

STAGES: Final[dict[Stage, Run]] = {
    Stage.CLEAN: clean.run,
    Stage.COMPARE: compare.run,
    Stage.ANNOTATE: annotate.run,
    Stage.CLUSTER: cluster.run,
    Stage.INDEX: index.run,
    Stage.ALERT: alert.run,
}


def process(
    context: Context, *, start: Stage = Stage.CLEAN, deadline: float | None = None, follow: bool = False
) -> Generator[Counts, None, None]:
    """Run all stages from `start` on, side by side, until nothing waits; yields what each turn of a stage did.

    Args:
        context: open connections.
        start: the first stage.
        deadline: no turn is begun after it, in monotonic seconds.
        follow: go on looking for work until the iterator is closed.

    Nothing is waited for but work: what is due later, a retry or the window of an alert, is left to a later run.

    """
    yield from side_by_side(context, from_on(start), deadline=deadline, follow=follow)


def side_by_side(
    context: Context,
    stages: Sequence[Stage],
    *,
    deadline: float | None = None,
    lowest: Priority = Priority.BACKLOG,
    follow: bool = False,
) -> Generator[Counts, None, None]:
    """Run stages at the same time, each in a thread, so that the pools of processes work while others store.

    A stage ends when nothing waits for it and those before it have ended.

    Args:
        context: open connections.
        stages: in the order of the chain.
        deadline: no turn is begun after it, in monotonic seconds.
        lowest: work below this priority is left to others.
        follow: end only when the iterator is closed.

    """
    # Several threads use these: what is opened on first use is opened before there are several.
    context.database.open()
    if {Stage.INDEX, Stage.ALERT} & set(stages):
        _ = context.index
    stopping = Event()
    done: SimpleQueue[Counts | None] = SimpleQueue()
    threads = ThreadPoolExecutor(len(stages), thread_name_prefix="stage")
    ends: list[Future[None]] = []
    try:
        for stage in stages:
            turns = _Turns(context=context, stage=stage, earlier=tuple(ends), stopping=stopping, deadline=deadline, lowest=lowest)
            end = threads.submit(turns.take, done.put, follow=follow)
            end.add_done_callback(lambda _: done.put(None))
            ends.append(end)
        running = len(ends)
        while running:
            counts = done.get()
            if counts is None:
                running -= 1
                if any(end.done() and end.exception() for end in ends):
                    stopping.set()  # what one dies of ends all
            else:
                yield counts
        for end in ends:
            end.result()
    finally:
        stopping.set()
        threads.shutdown()


def from_on(start: Stage) -> list[Stage]:
    """A stage and those after it."""
    return list(STAGES)[list(STAGES).index(start) :]


def add(done: dict[Stage, Counts], counts: Counts) -> None:
    """Add what a turn of a stage did to what its earlier turns did."""
    done[counts.stage] = done[counts.stage] + counts if counts.stage in done else counts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turns:
    """The turns of one stage in its thread."""

    context: Context
    stage: Stage
    earlier: tuple[Future[None], ...]
    stopping: Event
    deadline: float | None
    lowest: Priority

    def take(self, report: Callable[[Counts], None], *, follow: bool) -> None:
        while not self.stopping.is_set():
            now = time.monotonic()
            if self.deadline is not None and now >= self.deadline:
                return
            last = not follow and all(end.done() for end in self.earlier)
            counts = STAGES[self.stage](self.context, deadline=min(now + TURN_S, self.deadline or inf), lowest=self.lowest)
            if counts.claimed or counts.outcomes:
                report(counts)
            elif last:
                return
            else:
                self.stopping.wait(IDLE_S)


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
