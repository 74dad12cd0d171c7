"""The embedded PostgreSQL and Elasticsearch of one state folder, or the user's own servers in their place.

`start` and `stop` are what `presswatch up` and `down` do; `endpoints` tells every other process where to
connect. An engine runs apart from the process that started it and holds a lock file as long as it lives.
"""

from __future__ import annotations

from pipeline.config import Settings
from pipeline.engine import embedded, home, secrets, servers
from pipeline.engine.addresses import AIRFLOW, endpoints, own_database, own_elasticsearch
from pipeline.engine.programs import install
from pipeline.engine.status import EngineStatus, Status, check_servers, status
from pipeline.models import Endpoints

__all__ = ["EngineStatus", "Status", "check_servers", "endpoints", "install", "make_airflow_database", "start", "status", "stop"]


def start(settings: Settings, *, die_with_parent: bool = False) -> Endpoints:
    """Make the state folder and its key, and start the embedded engines that don't run yet.

    A user's own server takes the place of the embedded one, and must answer. Several processes may do
    this at once: the first one starts, the others wait and use what runs.

    Args:
        settings: of this process.
        die_with_parent: engines started by this call close when the calling thread ends, however it ends;
            so call it from the main thread. Without it they run until `stop`.

    Raises:
        NotSetUp: the programs were never installed.
        HomeUnusable, AlreadyRunning, EngineFailed, RootRefused, DataOfOtherVersion: as their names say.
        DatabaseAway, DatabaseTooOld, SearchEngineAway, SearchEngineRefused, SearchEngineTooOld: a user's own server.

    """
    check_servers(settings)
    home.make(settings.home)
    node, server = embedded.engines(settings)
    wanted = [*([] if own_elasticsearch(settings) else [node]), *([] if own_database(settings) else [server])]
    with home.alone(settings.home):
        secrets.make(settings)
        embedded.start(wanted, settings.home, die_with_parent=die_with_parent)
    return endpoints(settings)


def stop(settings: Settings) -> None:
    """End the embedded engines of the state folder cleanly and wait for them; none running is fine."""
    if settings.home.is_dir():
        with home.alone(settings.home):
            embedded.stop(embedded.engines(settings), settings.home)


def make_airflow_database(places: Endpoints) -> str | None:
    """Make the database `airflow` on a user's own server if it is missing; where that is not allowed, tells what to do.

    Raises:
        DatabaseAway: the server can't be reached.

    """
    return servers.make_database(places.database_url, AIRFLOW)
