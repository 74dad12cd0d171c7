"""`presswatch run`: the engines, Airflow and the web pages in the foreground, started and stopped together."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Final

import psutil
from honcho.manager import SIGNALS, Manager
from honcho.printer import Printer

from pipeline.config import Settings
from pipeline.engine.secrets import secret_key
from pipeline.errors import EngineFailed, UsageError
from pipeline.models import Endpoints
from pipeline.steps import outlets, system
from pipeline.steps.context import Context

AIRFLOW: Final = ("scheduler", "dag-processor", "api-server")
LOOPBACK: Final = "127.0.0.1,localhost"
PATIENCE_S: Final = 5.0  # with tasks that are told to end


class _Parts(Manager):  # type: ignore[misc]
    """Airflow's parts and the web server; the tasks that they have started end with them."""

    def __init__(self, printer: Printer) -> None:
        super().__init__(printer)
        self._offspring: list[psutil.Process] = []

    @property
    def was_told(self) -> bool:
        """Whether a signal ended them, and not the end of one of them."""
        return self.returncode in {SIGNALS[number]["rc"] for number in (signal.SIGINT, signal.SIGTERM)}

    def terminate(self) -> None:
        """Ask all to end. What they started is noted first: it would be nobody's child afterwards."""
        for part in self._processes.values():
            with suppress(psutil.NoSuchProcess):
                self._offspring += psutil.Process(part["pid"]).children(recursive=True) if "pid" in part else []
        super().terminate()

    def end_offspring(self) -> None:
        """End what is left of the tasks; their claims are free then, and the next start goes on with them."""
        for patience_s, ask in ((PATIENCE_S, psutil.Process.terminate), (1, psutil.Process.kill)):
            left = [process for process in self._offspring if process.is_running()]
            for process in left:
                with suppress(psutil.NoSuchProcess):
                    ask(process)
            psutil.wait_procs(left, timeout=patience_s)


def airflow_environment(settings: Settings, endpoints: Endpoints) -> dict[str, str]:
    """Airflow's settings, derived from ours; the same secret key gives the same keys on every machine."""
    folder = settings.home / "airflow"
    key = secret_key(settings)
    address = f"http://{settings.airflow_host}:{settings.airflow_port}"
    rest = endpoints.airflow_database_url.split("://", 1)[1]
    given = {
        "CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
        "CORE__DAGS_FOLDER": str(resources.files("dags")),
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
        # Four tasks follow each other every minute: what the scheduler sleeps between them delays every alert.
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.3",
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


def run(settings: Settings, *, starter: Path) -> int:
    """Start everything and stay until Ctrl-C, SIGTERM, or the end of any part, which ends all; the exit code.

    A store without outlets gets those of the `starter` file.

    Raises:
        EngineFailed: an engine or Airflow's database could not be made ready.

    """
    _require_free(settings.web_host, settings.web_port, "PRESSWATCH_WEB_PORT")
    _require_free(settings.airflow_host, settings.airflow_port, "PRESSWATCH_AIRFLOW_PORT")
    # A SIGTERM from here on must stop what has been started.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        _say("Starting PostgreSQL and Elasticsearch …")
        endpoints = system.up(settings, die_with_parent=True)
        with Context(settings=settings, endpoints=endpoints) as context:
            if not outlets.known(context):
                _say(f"Loaded {outlets.import_file(context, starter)} outlets; add your own with `presswatch outlets add URL`.")
        environment = airflow_environment(settings, endpoints)
        _say("Starting Airflow …")
        _migrate_airflow(settings, environment)
        manager = _Parts(Printer(sys.stderr))
        for name in AIRFLOW:
            manager.add_process(name, f"exec airflow {name} >>'{settings.home}/airflow/{name}.log' 2>&1", env=environment, quiet=True)
        manager.add_process("web", f"exec '{sys.executable}' -m pipeline.cli serve", env=environment, quiet=True)
        for line in _greeting(settings):
            _say(line)
        manager.loop()
        manager.end_offspring()
        return 0 if manager.was_told else int(manager.returncode or 0)
    except KeyboardInterrupt:
        return 0
    finally:
        _say("Stopping …")
        system.down(settings)


def _greeting(settings: Settings) -> list[str]:
    return [
        "",
        f"  presswatch   {settings.public_url}",
        f"  API          {settings.public_url}/api/search?q=…",
        f"  Airflow      http://{settings.airflow_host}:{settings.airflow_port}  (user admin, password in {settings.home}/airflow/passwords.json)",
        f"  state, logs  {settings.home}",
        "",
        "The first articles come in within a few minutes. Try next, in another terminal:",
        "  .venv/bin/presswatch outlets list",
        "  .venv/bin/presswatch search 'election OR vote'",
        "  .venv/bin/presswatch alerts add ceasefire 'ceasefire OR truce' --to https://example.org/hook",
        "Ctrl-C stops everything; the next start continues.",
        "",
    ]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _require_free(host: str, port: int, variable: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UsageError(problem=f"{host}:{port} can't be used ({error.strerror}): stop what runs there, or set {variable}") from error


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
