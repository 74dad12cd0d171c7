"""Real engines, started once a run; a clone of the migrated database and an index of its own for each test."""

from __future__ import annotations

import itertools
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import engine
from pipeline.config import Settings
from pipeline.index import Index
from pipeline.models import Endpoints, SearchEndpoint
from pipeline.steps.context import Context
from pipeline.store.database import Database
from tests import databases

RUN = secrets.token_hex(3)
NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def engines() -> Iterator[Endpoints]:
    """Servers given by PRESSWATCH_TEST_DATABASE_URL and PRESSWATCH_TEST_ELASTICSEARCH_URL, else embedded ones for this run."""
    database_url = os.environ.get("PRESSWATCH_TEST_DATABASE_URL", "")
    elasticsearch_url = os.environ.get("PRESSWATCH_TEST_ELASTICSEARCH_URL", "")
    if database_url and elasticsearch_url:
        yield Endpoints(database_url=database_url, airflow_database_url=database_url, elasticsearch=SearchEndpoint(url=elasticsearch_url))
        return
    home = Path(tempfile.mkdtemp(prefix="presswatch-tests-"))
    settings = Settings(home=home)
    yield engine.start(settings, die_with_parent=True)
    engine.stop(settings)
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def template(engines: Endpoints) -> Iterator[str]:
    """The name of a migrated database that tests clone."""
    name = f"template_{RUN}"
    with databases.created(engines.database_url, name) as url:
        with Database(url) as database:
            database.migrate()
        yield name


@pytest.fixture
def settings(engines: Endpoints, template: str, tmp_path: Path) -> Iterator[Settings]:
    """Settings with a state folder, a database and an index prefix of their own."""
    name = f"test_{RUN}_{next(NUMBERS)}"
    with databases.created(engines.database_url, name, template=template) as url:
        yield Settings(
            home=tmp_path,
            database_url=url,
            elasticsearch_url=engines.elasticsearch.url,
            index_prefix=f"{name.replace('_', '-')}-",
            delay_s=0,
            workers=1,
        )


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """Variables for running the command line with these settings in a process of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PRESSWATCH_") and "proxy" not in name.lower()}
    return kept | {
        "PRESSWATCH_HOME": str(settings.home),
        "PRESSWATCH_DATABASE_URL": settings.database_url.get_secret_value(),
        "PRESSWATCH_ELASTICSEARCH_URL": settings.elasticsearch_url,
        "PRESSWATCH_INDEX_PREFIX": settings.index_prefix,
        "PRESSWATCH_DELAY_S": "0",
        "PRESSWATCH_WORKERS": "1",
    }


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """A migrated database of the test's own."""
    with Database(settings.database_url.get_secret_value()) as opened:
        yield opened


@pytest.fixture
def index(settings: Settings) -> Iterator[Index]:
    """An empty index of the test's own."""
    opened = Index.connect(SearchEndpoint(url=settings.elasticsearch_url), settings)
    opened.ensure()
    yield opened
    opened.drop()
    opened.close()


@pytest.fixture
def context(settings: Settings, index: Index) -> Iterator[Context]:
    """Both, as the steps use them."""
    del index  # made and removed by its own fixture
    with Context.open(settings) as opened:
        yield opened
