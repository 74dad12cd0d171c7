"""`presswatch run`: the engines, Airflow and the web pages in the foreground, started and stopped together."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import dags
from honcho.manager import Manager

from pipeline.config import Settings
from pipeline.engine.secrets import secret_key
from pipeline.errors import EngineFailed
from pipeline.models import Endpoints
from pipeline.steps import system

AIRFLOW: Final = ("scheduler", "dag-processor", "api-server")
LOOPBACK: Final = "127.0.0.1,localhost"


def airflow_environment(settings: Settings, endpoints: Endpoints) -> dict[str, str]:
    """Airflow's settings, derived from ours; the same secret key gives the same keys on every machine."""
    folder = settings.home / "airflow"
    key = secret_key(settings)
    address = f"http://{settings.airflow_host}:{settings.airflow_port}"
    rest = endpoints.airflow_database_url.split("://", 1)[1]
    given = {
        "CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
        "CORE__DAGS_FOLDER": str(Path(dags.__file__).parent),
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "CORE__FERNET_KEY": _derived(key, "fernet"),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "CORE__PARALLELISM": str(max(4, 2 * settings.workers)),
        "CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(folder / "passwords.json"),
        "DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg://{rest}",
        "DATABASE__SQL_ALCHEMY_CONN_ASYNC": f"postgresql+psycopg_async://{rest}",
        "API__HOST": settings.airflow_host,
        "API__PORT": str(settings.airflow_port),
        "API__BASE_URL": address,
        "API__WORKERS": "1",
        "API__SECRET_KEY": _derived(key, "api"),
        "API_AUTH__JWT_SECRET": _derived(key, "jwt"),
        "DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "300",
        "LOGGING__BASE_LOG_FOLDER": str(folder / "logs"),
        "LOGGING__LOGGING_LEVEL": "WARNING",
        "SCHEDULER__CATCHUP_BY_DEFAULT": "False",
        "USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    return {
        **os.environ,
        **{f"AIRFLOW__{name}": value for name, value in given.items()},
        "AIRFLOW_HOME": str(folder),
        # Airflow's parts speak to each other on loopback, whatever proxy the crawl goes through.
        "NO_PROXY": ",".join(filter(None, (os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), LOOPBACK))),
        "no_proxy": ",".join(filter(None, (os.environ.get("NO_PROXY") or os.environ.get("no_proxy"), LOOPBACK))),
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
    }


def run(settings: Settings, *, on_ready: list[str] | None = None) -> int:
    """Start everything and stay until Ctrl-C, SIGTERM, or the end of any part, which ends all; the exit code.

    Raises:
        EngineFailed: an engine or Airflow's database could not be made ready.

    """
    endpoints = system.up(settings, die_with_parent=True)
    try:
        environment = airflow_environment(settings, endpoints)
        _migrate_airflow(settings, environment)
        manager = Manager()
        for name in AIRFLOW:
            manager.add_process(name, f"exec airflow {name} >>'{settings.home}/airflow/{name}.log' 2>&1", env=environment, quiet=True)
        manager.add_process("web", f"exec '{sys.executable}' -m pipeline.cli serve", env=environment)
        for line in on_ready or ():
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        manager.loop()
        return int(manager.returncode or 0)
    finally:
        system.down(settings)


def _migrate_airflow(settings: Settings, environment: dict[str, str]) -> None:
    folder = settings.home / "airflow"
    folder.mkdir(mode=0o700, exist_ok=True)
    log = folder / "migrate.log"
    with log.open("wb") as file:
        done = subprocess.run(["airflow", "db", "migrate"], env=environment, stdout=file, stderr=subprocess.STDOUT, check=False)  # noqa: S607 - of our own environment, first on its PATH
    if done.returncode:
        raise EngineFailed(engine="Airflow", problem="its database could not be migrated", log=log)


def _derived(key: bytes, purpose: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(key + b"/airflow/" + purpose.encode()).digest()).decode()
