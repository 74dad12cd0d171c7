"""Step `completeness`: how many articles outlets had on the days that are over, and how many of them were collected."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from pipeline.completeness import Day, Unknown, estimate
from pipeline.store import completeness as store
from pipeline.store.database import Database

# Days are judged and kept in transactions of so many.
BATCH: Final = 50


def judge(database: Database, *, now: datetime) -> dict[str, Any]:
    """Judge the days that are due; how many, and of how many it is unknown what share was collected."""
    with database.transaction() as connection:
        due = store.due(connection, now)
    unknown = 0
    for start in range(0, len(due), BATCH):
        with database.transaction() as connection:
            judged = [
                _judged(store.counts(connection, outlet_id, day), outlet_id, day, now) for outlet_id, day in due[start : start + BATCH]
            ]
            store.save(connection, judged)
        unknown += sum(day.estimate is None for day in judged)
    return {"days": len(due), "unknown": unknown}


def _judged(found: store.Counts, outlet_id: int, day: date, now: datetime) -> Day:
    result = estimate(found.histories, watched_hours=found.watched_hours)
    return Day(
        outlet_id=outlet_id,
        day=day,
        judged_at=now,
        watched_hours=found.watched_hours,
        gaps=found.gaps,
        unfilled_gaps=found.unfilled_gaps,
        collected=found.collected,
        histories=found.histories,
        estimate=None if isinstance(result, Unknown) else result,
        unknown=result if isinstance(result, Unknown) else None,
    )
