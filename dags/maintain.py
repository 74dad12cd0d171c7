"""`maintain`, hourly: month partitions, the days that are over; at three in the morning (UTC) retention, re-fetch plan, archive, word background, Airflow's own history."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pendulum
from airflow.sdk import dag, task

DAILY_HOUR = 3
ARCHIVE_S = 1_200


@dag(
    schedule="7 * * * *",
    start_date=pendulum.datetime(2020, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=1),
    default_args={"retries": 2, "retry_delay": timedelta(minutes=1), "execution_timeout": timedelta(minutes=30)},
    doc_md=__doc__,
    tags=["presswatch"],
)
def maintain() -> None:
    """Declare the tasks and their order."""

    @task
    def partitions() -> None:
        from pipeline.steps import tasks

        tasks.call("partitions")

    @task
    def completeness() -> Any:
        from pipeline.steps import tasks

        return tasks.call("completeness")

    @task.short_circuit
    def daily(logical_date: datetime | None = None) -> bool:
        # A run by hand has no logical date and does everything.
        return logical_date is None or logical_date.hour == DAILY_HOUR

    @task
    def retention() -> Any:
        from pipeline.steps import tasks

        return tasks.call("retention")

    @task
    def refetch_plan() -> Any:
        from pipeline.steps import tasks

        return tasks.call("refetch_plan")

    @task
    def archive() -> Any:
        from pipeline.steps import tasks

        return tasks.call("archive", ARCHIVE_S)

    @task
    def word_background() -> Any:
        from pipeline.steps import tasks

        return tasks.call("word_background")

    @task.bash
    def airflow_history() -> str:
        return "airflow db clean --clean-before-timestamp '{{ macros.datetime.now() - macros.timedelta(days=14) }}' --skip-archive --yes && find \"$AIRFLOW_HOME/logs\" -type f -mtime +14 -delete"

    ready = partitions()
    ready >> completeness()
    ready >> daily() >> retention() >> refetch_plan() >> archive() >> word_background() >> airflow_history()


maintain()
