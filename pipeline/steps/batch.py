"""How a stage works through what waits for it: claim, compute, store, and what happens to failures."""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential

from pipeline import log
from pipeline.errors import DatabaseAway, InfrastructureError
from pipeline.models import Counts, Job, Priority, Stage
from pipeline.steps.context import Context
from pipeline.store import work

logger = log.logger("steps")
Result = TypeVar("Result")
# How long a claim is tried to be given back to a database that is away.
GIVE_BACK_S: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a stage did with a batch: counted outcomes, and the jobs that failed on their own."""

    outcomes: Mapping[str, int] = field(default_factory=dict)
    failures: Sequence[tuple[Job, BaseException]] = ()


def run(
    context: Context, stage: Stage, step: Callable[[Sequence[Job]], Done], *, size: int, deadline: float | None, lowest: Priority
) -> Counts:
    """Let `step` work on batches of at most `size` jobs until nothing waits or the deadline (monotonic seconds) has passed.

    There is always a look at what waits, so that an empty count means that nothing does, however slow the machine.
    Work below the priority `lowest` is left to others.

    `step` finishes its jobs in the transaction in which it writes their results. A job that fails is
    tried again, later alone, and at last quarantined. Trouble with an engine gives the claim back and rises.
    """
    started, outcomes, claimed, failed = time.monotonic(), Counter[str](), 0, 0
    quarantined = 0
    while True:
        worker = context.database.worker()
        with context.database.transaction() as connection:
            jobs = work.claim(connection, stage, worker, size, lowest)
        if not jobs:
            break
        claimed += len(jobs)
        try:
            done = step(jobs)
        except InfrastructureError:
            _give_back(context, jobs)
            raise
        except Exception as error:  # noqa: BLE001 - any fault of the batch is counted against its jobs
            done = Done(failures=[(job, error) for job in jobs])
        outcomes.update(done.outcomes)
        failed += len(done.failures)
        quarantined += _count_failures(context, done.failures)
        if deadline is not None and time.monotonic() >= deadline:
            break
    return Counts(
        stage=stage,
        claimed=claimed,
        done=claimed - failed,
        quarantined=quarantined,
        outcomes=dict(outcomes),
        seconds=time.monotonic() - started,
    )


def each(jobs: Sequence[Job], function: Callable[[Job], Result]) -> tuple[list[tuple[Job, Result]], list[tuple[Job, BaseException]]]:
    """Apply a pure function to each job: results, and failures with what they died of."""
    results: list[tuple[Job, Result]] = []
    failures: list[tuple[Job, BaseException]] = []
    for job in jobs:
        try:
            results.append((job, function(job)))
        except Exception as error:  # noqa: BLE001 - becomes a counted failure of this job alone
            failures.append((job, error))
    return results, failures


def _count_failures(context: Context, failures: Sequence[tuple[Job, BaseException]]) -> int:
    quarantined = 0
    if failures:
        with context.database.transaction() as connection:
            for job, error in failures:
                text = f"{type(error).__name__}: {error}"
                logger.warning("job_failed", stage=job.stage, subject=job.subject_id, attempt=job.attempts, error=text)
                quarantined += work.fail(connection, job, error=text, traceback="".join(traceback.format_exception(error)))
    return quarantined


def _give_back(context: Context, jobs: Sequence[Job]) -> None:
    try:
        for attempt in Retrying(
            retry=retry_if_exception_type(DatabaseAway), stop=stop_after_delay(GIVE_BACK_S), wait=wait_exponential(max=4), reraise=True
        ):
            with attempt, context.database.transaction() as connection:
                work.give_back(connection, jobs)
    except DatabaseAway:
        # The claim ends with this process; only the attempt stays counted.
        logger.warning("claims_not_given_back", stage=jobs[0].stage, jobs=len(jobs))
