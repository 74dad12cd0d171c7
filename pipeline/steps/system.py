"""The whole system up, down, and how it is: engines, database schema, index."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline import engine, log
from pipeline.config import Settings
from pipeline.engine import EngineStatus, addresses
from pipeline.errors import InfrastructureError
from pipeline.index import Index
from pipeline.models import Endpoints, SearchEndpoint
from pipeline.steps.context import Context
from pipeline.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseStatus:
    """The store."""

    migrated: bool
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStatus:
    """The index of articles."""

    name: str | None = None  # None: there is none yet
    documents: int = 0
    size_bytes: int = 0
    health: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemStatus:
    """What runs where, and what is in it."""

    home: str
    postgresql: EngineStatus
    elasticsearch: EngineStatus
    database: DatabaseStatus | None  # None: PostgreSQL does not run
    index: IndexStatus | None  # None: Elasticsearch does not run

    @property
    def running(self) -> bool:
        """Whether all is up."""
        return bool(self.database and self.database.migrated and self.index and self.index.name)


def up(settings: Settings, *, die_with_parent: bool = False) -> Endpoints:
    """Start the engines, bring the schema up to date, make the index. What is done already is left as it is.

    Args:
        settings: of this process.
        die_with_parent: the engines close when the calling thread ends; otherwise they run until `down`.

    Raises:
        InfrastructureError: an engine does not start or answer, or the index is of another version.

    """
    endpoints = engine.start(settings, die_with_parent=die_with_parent)
    with Context(settings=settings, endpoints=endpoints) as context:
        context.database.migrate()
        context.index.ensure()
    if settings.database_url.get_secret_value() and not settings.airflow_database_url.get_secret_value():
        advice = engine.make_airflow_database(endpoints)
        if advice:
            log.logger("system").warning("airflow_database_missing", advice=advice)
    return endpoints


def down(settings: Settings) -> None:
    """Stop the embedded engines; nothing running is fine."""
    engine.stop(settings)


def status(settings: Settings) -> SystemStatus:
    """Ask everything how it is; what does not run or answer is told, not raised."""
    engines = engine.status(settings)
    return SystemStatus(
        home=engines.home,
        postgresql=engines.postgresql,
        elasticsearch=engines.elasticsearch,
        database=_database(addresses.database(settings)) if engines.postgresql.health else None,
        index=_index(addresses.elasticsearch(settings), settings) if engines.elasticsearch.health else None,
    )


def _database(url: str) -> DatabaseStatus:
    with Database(url) as database:
        try:
            database.check()
        except InfrastructureError as error:
            return DatabaseStatus(migrated=False, problem=str(error))
    return DatabaseStatus(migrated=True)


def _index(endpoint: SearchEndpoint, settings: Settings) -> IndexStatus:
    try:
        with Index.connect(endpoint, settings) as index:
            health = index.health()
    except InfrastructureError as error:
        return IndexStatus(problem=str(error))
    return IndexStatus(name=health.index, documents=health.documents, size_bytes=health.size_bytes, health=health.status)
