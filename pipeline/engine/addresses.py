"""Where the engines are: the user's own servers by setting, else the embedded ones by what the state folder remembers."""

from __future__ import annotations

from typing import Final

from pipeline.config import Settings
from pipeline.engine import home, ports, postgresql, process, servers
from pipeline.engine.elasticsearch import Elasticsearch
from pipeline.engine.embedded import Engine
from pipeline.engine.home import Record
from pipeline.engine.postgresql import PostgreSQL
from pipeline.errors import NotStarted
from pipeline.models import Endpoints, SearchEndpoint

AIRFLOW: Final = "airflow"


def endpoints(settings: Settings) -> Endpoints:
    """Where both engines are.

    Raises:
        NotStarted: an embedded one is wanted and does not run, or not yet.
        SettingsError: a URL among the settings is none.

    """
    url = database(settings)
    return Endpoints(
        database_url=url,
        airflow_database_url=settings.airflow_database_url.get_secret_value() or servers.with_database(url, AIRFLOW),
        elasticsearch=elasticsearch(settings),
    )


def database(settings: Settings) -> str:
    """URL of the database; raises as `endpoints` does."""
    return own_database(settings) or _embedded_database(settings)


def elasticsearch(settings: Settings) -> SearchEndpoint:
    """The cluster or node; raises as `endpoints` does."""
    return own_elasticsearch(settings) or _embedded_elasticsearch(settings)


def own_database(settings: Settings) -> str | None:
    """The user's own database by its setting."""
    url = settings.database_url.get_secret_value()
    if not url:
        return None
    example = "postgresql://user:password@host:port/name"
    return servers.check_url(url, schemes=("postgresql", "postgres"), setting="PRESSWATCH_DATABASE_URL", example=example)


def own_elasticsearch(settings: Settings) -> SearchEndpoint | None:
    """The user's own cluster by its settings."""
    if not settings.elasticsearch_url:
        return None
    schemes, example = ("http", "https"), "https://host:9200"
    return SearchEndpoint(
        url=servers.check_url(settings.elasticsearch_url, schemes=schemes, setting="PRESSWATCH_ELASTICSEARCH_URL", example=example),
        user=settings.elasticsearch_user,
        password=settings.elasticsearch_password.get_secret_value(),
        api_key=settings.elasticsearch_api_key.get_secret_value(),
        ca=str(settings.elasticsearch_ca) if settings.elasticsearch_ca else None,
    )


def _embedded_database(settings: Settings) -> str:
    record = _running(PostgreSQL(settings=settings))
    passwords = home.passwords(settings.home)
    if passwords is None:
        raise NotStarted(home=settings.home)
    return postgresql.url(record.port, passwords.presswatch, postgresql.DATABASES[0])


def _embedded_elasticsearch(settings: Settings) -> SearchEndpoint:
    return SearchEndpoint(url=f"http://{ports.HOST}:{_running(Elasticsearch(settings=settings)).port}")


def _running(engine: Engine) -> Record:
    folder = engine.settings.home
    record = home.records(folder).get(engine.key)
    if record is None or record.version is None or process.find(record.pid, engine.marks) is None:
        raise NotStarted(home=folder)
    return record
