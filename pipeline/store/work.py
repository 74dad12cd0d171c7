"""What waits for a stage: claim, finish, give back, quarantine.

A claim is a short transaction that names the worker; a claim whose worker died is free at once. A row
that was tried `ALONE_AFTER` times is claimed alone, so that it can't take others with it; after
`QUARANTINE_AFTER` tries it is quarantined.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pipeline.models import Job, Priority, Stage
from pipeline.store.database import LIVE_WORKERS, Connection

ALONE_AFTER: Final = 3
QUARANTINE_AFTER: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """Work that was given up, and what it died of."""

    id: int
    stage: Stage
    subject_id: int
    version: int
    error: str
    traceback: str
    quarantined_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What waits for a stage."""

    claimed: int  # by workers that are alive
    free: int


def claim(connection: Connection, stage: Stage, worker: int, limit: int, lowest: Priority = Priority.BACKLOG) -> list[Job]:
    """Up to `limit` jobs of a stage for this worker, in order, none below `lowest`; a suspect one comes alone.

    Jobs that a dead worker has tried `QUARANTINE_AFTER` times go to the quarantine as `worker_died`
    instead of being claimed again.
    """
    with connection.transaction():
        rows = connection.execute(
            f"""
            WITH free AS MATERIALIZED (
                SELECT id, subject_id, version, priority, attempts FROM work
                WHERE stage = %(stage)s AND priority <= %(lowest)s
                  AND (claimed_by IS NULL OR claimed_by <> ALL (ARRAY({LIVE_WORKERS})))
                ORDER BY priority, id LIMIT %(limit)s
                FOR UPDATE SKIP LOCKED
            ), first AS (
                SELECT id, attempts FROM free ORDER BY priority, id LIMIT 1
            ), chosen AS (
                SELECT free.* FROM free, first
                WHERE CASE WHEN first.attempts >= %(alone)s THEN free.id = first.id ELSE free.attempts < %(alone)s END
            )
            UPDATE work SET attempts = work.attempts + 1, claimed_by = %(worker)s
            FROM chosen WHERE work.stage = %(stage)s AND work.subject_id = chosen.subject_id AND work.version = chosen.version
            RETURNING work.id, work.subject_id, work.version, work.priority, work.attempts
            """,
            {"stage": stage, "limit": limit, "lowest": lowest, "alone": ALONE_AFTER, "worker": worker},
        ).fetchall()
        jobs = sorted(
            (Job(id=row[0], stage=stage, subject_id=row[1], version=row[2], priority=Priority(row[3]), attempts=row[4]) for row in rows),
            key=lambda job: (job.priority, job.id),
        )
        lost = [job for job in jobs if job.attempts > QUARANTINE_AFTER]
        if lost:
            for job in lost:
                quarantine(connection, job, error="worker_died", traceback="")
            return claim(connection, stage, worker, limit, lowest)
        return jobs


def enqueue(connection: Connection, stage: Stage, subjects: Iterable[tuple[int, int, int]]) -> None:
    """Let (subject id, version, priority) wait for a stage; what waits there already keeps the better priority."""
    ids, versions, priorities = _columns(subjects)
    connection.execute(
        """
        INSERT INTO work (stage, subject_id, version, priority)
        SELECT %s, * FROM unnest(%s::bigint[], %s::integer[], %s::smallint[])
        ON CONFLICT (stage, subject_id, version) DO UPDATE
        SET priority = least(work.priority, excluded.priority), claimed_by = NULL, attempts = 0, error = NULL
        WHERE work.claimed_by IS NULL
        """,
        (stage, ids, versions, priorities),
    )


def finish(connection: Connection, jobs: Sequence[Job], next_stage: Stage | None = None) -> None:
    """End jobs, and let their subjects wait for the next stage in the same transaction."""
    if not jobs:
        return
    connection.execute("DELETE FROM work WHERE stage = %s AND id = ANY (%s)", (jobs[0].stage, [job.id for job in jobs]))
    if next_stage is not None:
        enqueue(connection, next_stage, ((job.subject_id, job.version, job.priority) for job in jobs))


def give_back(connection: Connection, jobs: Sequence[Job]) -> None:
    """Undo a claim: nothing is wrong with the jobs, an engine was away."""
    if jobs:
        connection.execute(
            "UPDATE work SET claimed_by = NULL, attempts = greatest(attempts - 1, 0) WHERE stage = %s AND id = ANY (%s)",
            (jobs[0].stage, [job.id for job in jobs]),
        )


def fail(connection: Connection, job: Job, *, error: str, traceback: str) -> bool:
    """Count a failed attempt; tells whether the job went to the quarantine."""
    if job.attempts >= QUARANTINE_AFTER:
        quarantine(connection, job, error=error, traceback=traceback)
        return True
    connection.execute(
        "UPDATE work SET claimed_by = NULL, error = %s WHERE stage = %s AND id = %s",
        (error[:2000], job.stage, job.id),
    )
    return False


def quarantine(connection: Connection, job: Job, *, error: str, traceback: str) -> None:
    """Take a job out of the work, with what it died of; it can be replayed."""
    connection.execute(
        """
        INSERT INTO quarantine (stage, subject_id, version, priority, attempts, error, traceback)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (stage, subject_id, version) DO UPDATE
        SET attempts = excluded.attempts, error = excluded.error, traceback = excluded.traceback, quarantined_at = now()
        """,
        (job.stage, job.subject_id, job.version, job.priority, job.attempts, error[:2000], traceback[:20_000]),
    )
    connection.execute("DELETE FROM work WHERE stage = %s AND subject_id = %s AND version = %s", (job.stage, job.subject_id, job.version))


def waiting(connection: Connection) -> dict[Stage, int]:
    """How many jobs wait for each stage, whether claimed or not."""
    counted = {Stage(row[0]): int(row[1]) for row in connection.execute("SELECT stage, count(*) FROM work GROUP BY stage")}
    return {stage: counted.get(stage, 0) for stage in Stage}


def left(connection: Connection) -> dict[Stage, Left]:
    """What waits, by stage; stages without work are left out."""
    rows = connection.execute(
        f"""
        WITH live AS MATERIALIZED (SELECT ARRAY({LIVE_WORKERS}) AS workers)
        SELECT stage, count(*) FILTER (WHERE claimed_by = ANY (workers)), count(*) FILTER (WHERE (claimed_by = ANY (workers)) IS NOT TRUE)
        FROM work, live GROUP BY stage
        """
    )
    found = {Stage(row[0]): Left(claimed=row[1], free=row[2]) for row in rows}
    return {stage: found[stage] for stage in Stage if stage in found}


def waits_for(
    connection: Connection, stage_subjects: Sequence[tuple[Stage, int]]
) -> list[tuple[Stage, int, int, int, datetime, str | None]]:
    """The waiting jobs of the given (stage, subject): stage, version, priority, attempts, since when, last error."""
    rows = connection.execute(
        """
        SELECT stage, version, priority, attempts, queued_at, error FROM work
        JOIN unnest(%s::text[], %s::bigint[]) AS wanted (wanted_stage, wanted_id)
          ON stage = wanted_stage AND subject_id = wanted_id
        ORDER BY id
        """,
        ([stage for stage, _ in stage_subjects], [subject for _, subject in stage_subjects]),
    )
    return [(Stage(row[0]), row[1], row[2], row[3], row[4], row[5]) for row in rows]


def quarantined(connection: Connection, stage_subjects: Sequence[tuple[Stage, int]] | None = None) -> list[Quarantined]:
    """What is quarantined, newest first; all of it, or that of the given (stage, subject)."""
    rows = connection.execute(
        """
        SELECT id, stage, subject_id, version, error, traceback, quarantined_at FROM quarantine
        WHERE %(all)s OR (stage, subject_id) IN (SELECT * FROM unnest(%(stages)s::text[], %(ids)s::bigint[]))
        ORDER BY id DESC
        """,
        {
            "all": stage_subjects is None,
            "stages": [stage for stage, _ in stage_subjects or ()],
            "ids": [subject for _, subject in stage_subjects or ()],
        },
    )
    return [
        Quarantined(
            id=row[0], stage=Stage(row[1]), subject_id=row[2], version=row[3], error=row[4], traceback=row[5], quarantined_at=row[6]
        )
        for row in rows
    ]


def _columns(subjects: Iterable[tuple[int, int, int]]) -> tuple[list[int], list[int], list[int]]:
    rows = {(subject, version): priority for subject, version, priority in subjects}
    return [subject for subject, _ in rows], [version for _, version in rows], list(rows.values())


def has_backlog(connection: Connection) -> bool:
    """Whether anything waits behind the news."""
    row = connection.execute(
        """
        SELECT EXISTS (SELECT FROM work WHERE priority = %(backlog)s)
            OR EXISTS (SELECT FROM articles WHERE revision > indexed_revision AND priority = %(backlog)s)
        """,
        {"backlog": Priority.BACKLOG},
    ).fetchone()
    return bool(row and row[0])
