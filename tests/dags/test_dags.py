"""The DAGs: sound, and run for real by Airflow on a database of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.config import Settings
from pipeline.models import Endpoints, SearchEndpoint
from pipeline.steps import imports, supervisor
from pipeline.steps.context import Context
from tests import databases

AIRFLOW = Path(sys.executable).parent / "airflow"
SOUND = """
import json
from airflow.dag_processing.dagbag import DagBag
bag = DagBag()
print(json.dumps({"errors": {str(k): str(v) for k, v in bag.import_errors.items()}, "dags": {
    dag.dag_id: {"catchup": dag.catchup, "max_active_runs": dag.max_active_runs, "timeout": bool(dag.dagrun_timeout),
    "tasks": {task.task_id: sorted(task.upstream_task_ids) for task in dag.tasks}} for dag in bag.dags.values()}}))
"""


@pytest.fixture(scope="module")
def airflow(engines: Endpoints, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Airflow's environment, with a migrated metadata database that ends with the module."""
    name = f"airflow_{os.getpid()}"
    home = tmp_path_factory.mktemp("airflow")
    with databases.created(engines.database_url, name) as url:
        settings = Settings(home=home, secret_key="test-key-of-thirty-two-characters")
        environment = supervisor.airflow_environment(
            settings, Endpoints(database_url=url, airflow_database_url=url, elasticsearch=SearchEndpoint(url=""))
        )
        subprocess.run([AIRFLOW, "db", "migrate"], env=environment, check=True, capture_output=True)
        yield environment


def test_dags_are_sound(airflow: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, "-c", SOUND], env=airflow, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["errors"] == {}
    assert set(found["dags"]) == {"monitor", "backlog", "maintain"}
    for dag in found["dags"].values():
        assert (dag["catchup"], dag["max_active_runs"], dag["timeout"]) == (False, 1, True)
    assert found["dags"]["monitor"]["tasks"] == {
        "collect": [],
        "clean_and_compare": ["collect"],
        "annotate_and_cluster": ["clean_and_compare"],
        "index_and_alert": ["annotate_and_cluster"],
    }


def run(dag: str, airflow: dict[str, str], environment: dict[str, str]) -> None:
    ours = {name: value for name, value in environment.items() if name.startswith("PRESSWATCH_")}
    done = subprocess.run([AIRFLOW, "dags", "test", dag], env={**airflow, **ours}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_news_goes_through_monitor_and_an_import_through_backlog(
    airflow: dict[str, str], context: Context, environment: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "articles.jsonl"
    text = "The harbour council voted on Tuesday to close the old swing bridge for two years. " * 8
    file.write_text(
        "".join(json.dumps({"url": f"https://paper.example/{name}", "title": name, "body": name + text}) + "\n" for name in "ab")
    )
    imports.import_file(context, file)
    with context.database.transaction() as connection:
        # The first of the two is news.
        connection.execute("UPDATE articles SET priority = 0 WHERE url LIKE '%/a'")
        connection.execute("UPDATE work SET priority = 0 WHERE subject_id = (SELECT id FROM articles WHERE url LIKE '%/a')")

    run("monitor", airflow, environment)
    with context.database.transaction() as connection:
        indexed = connection.execute("SELECT url FROM articles WHERE indexed_revision = revision").fetchall()
    assert indexed == [("https://paper.example/a",)]

    run("backlog", airflow, environment)
    with context.database.transaction() as connection:
        assert connection.execute("SELECT count(*) FROM articles WHERE indexed_revision = revision").fetchone() == (2,)
        assert connection.execute("SELECT count(*) FROM work").fetchone() == (0,)
