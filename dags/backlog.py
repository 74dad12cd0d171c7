"""`backlog`, every five minutes: imports, backfill and re-runs, in parallel parts, beside the news.

The parts share the work by claims, so their number is only how many processes work at a time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import dag, task

BUDGET_S = 240


@dag(
    schedule="*/5 * * * *",
    start_date=pendulum.datetime(2020, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=15),
    default_args={"retries": 1, "retry_delay": timedelta(seconds=30), "execution_timeout": timedelta(minutes=10)},
    doc_md=__doc__,
    tags=["presswatch"],
)
def backlog() -> None:
    """Declare the tasks and their order."""

    @task
    def parts() -> Any:
        from pipeline.steps import tasks

        return tasks.call("backlog_parts")

    @task
    def work_through(part: int) -> Any:
        from pipeline.steps import tasks

        return tasks.call("backlog", part, BUDGET_S)

    work_through.expand(part=parts())


backlog()
