"""`monitor`, every minute: collect what is due, then clean, compare, annotate, cluster, index and alert.

Each task has a time budget and takes live news and re-fetches only; imports and re-runs are `backlog`'s.
A task runs whether or not the one before succeeded: what waits must not wait for a crawl that failed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import CronTriggerTimetable, dag, task

BUDGET_S = {"collect": 45, "clean": 40, "annotate": 40, "index": 40}


@dag(
    # Once at the very first start, so that nobody waits for the full minute to see something.
    schedule=CronTriggerTimetable("* * * * *", timezone="UTC", run_immediately=True),
    start_date=pendulum.datetime(2020, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=10),
    default_args={"retries": 1, "retry_delay": timedelta(seconds=5), "execution_timeout": timedelta(minutes=4)},
    doc_md=__doc__,
    tags=["presswatch"],
)
def monitor() -> None:
    """Declare the tasks and their order."""

    @task(retries=0)
    def collect() -> Any:
        from pipeline.steps import tasks

        return tasks.call("collect", BUDGET_S["collect"])

    @task(trigger_rule="all_done")
    def clean_and_compare() -> Any:
        from pipeline.steps import tasks

        return tasks.call("stages", ["clean", "compare"], BUDGET_S["clean"])

    @task(trigger_rule="all_done")
    def annotate_and_cluster() -> Any:
        from pipeline.steps import tasks

        return tasks.call("stages", ["annotate", "cluster"], BUDGET_S["annotate"])

    @task(trigger_rule="all_done")
    def index_and_alert() -> Any:
        from pipeline.steps import tasks

        return tasks.call("stages", ["index", "alert"], BUDGET_S["index"], True)

    collect() >> clean_and_compare() >> annotate_and_cluster() >> index_and_alert()


monitor()
