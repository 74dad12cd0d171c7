"""The embedded engines for real: started, killed, ended with their parent, started again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import psycopg
import pytest

from pipeline import engine
from pipeline.config import Settings
from pipeline.engine import embedded, home, ports, postgresql, process, servers
from pipeline.errors import (
    AlreadyRunning,
    DatabaseAway,
    DatabaseTooOld,
    NotStarted,
    SearchEngineAway,
    SearchEngineRefused,
    SearchEngineTooOld,
)
from pipeline.models import Endpoints, SearchEndpoint
from pipeline.steps import system

# Each start is a JVM's; on a busy machine that takes its time.
pytestmark = pytest.mark.timeout(600)

NOBODY = "postgresql://u:secret@127.0.0.1:1/news"


@pytest.fixture(scope="module")
def taken() -> Iterator[tuple[int, int]]:
    """Two ports that other programs listen on."""
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        yield first.getsockname()[1], second.getsockname()[1]


@pytest.fixture(scope="module")
def own(taken: tuple[int, int]) -> Iterator[Settings]:
    """Settings of a state folder of this module's own, whose wanted ports are busy."""
    folder = Path(tempfile.mkdtemp(prefix="presswatch-engine-"))
    settings = Settings(home=folder / "home", database_port=taken[0], elasticsearch_port=taken[1])
    yield settings
    engine.stop(settings)
    shutil.rmtree(folder)


@pytest.fixture
def running(own: Settings, engines: Endpoints, monkeypatch: pytest.MonkeyPatch) -> Endpoints:
    """Started by the first test that needs it; a start of what runs costs nothing.

    When PostgreSQL is first given its port, the server of another state folder gets it at that moment.
    """
    pick, busy = ports.pick, urlsplit(engines.database_url).port

    def pick_late(wanted: int, *, engine: str) -> int:
        return busy if engine == postgresql.PostgreSQL.name and wanted == own.database_port and busy else pick(wanted, engine=engine)

    monkeypatch.setattr(ports, "pick", pick_late)
    return system.up(own, die_with_parent=True)


def pids(settings: Settings) -> dict[str, int]:
    return {name: record.pid for name, record in home.records(settings.home).items()}


def note(place: Endpoints, number: int) -> None:
    """A committed row and an acknowledged document."""
    with psycopg.connect(place.database_url) as database:
        database.execute("CREATE TABLE IF NOT EXISTS notes (number integer)")
        database.execute("INSERT INTO notes VALUES (%s)", (number,))
    with httpx.Client(base_url=place.elasticsearch.url, trust_env=False) as client:
        client.put("/notes").raise_for_status() if number == 1 else None
        client.put(f"/notes/_doc/{number}", json={"number": number}).raise_for_status()


def noted(place: Endpoints) -> tuple[set[int], set[int]]:
    """The numbers in both engines."""
    with psycopg.connect(place.database_url) as database:
        rows = {row[0] for row in database.execute("SELECT number FROM notes")}
    with httpx.Client(base_url=place.elasticsearch.url, trust_env=False) as client:
        client.post("/notes/_refresh").raise_for_status()
        hits = client.get("/notes/_search", params={"size": 100}).json()["hits"]["hits"]
    return rows, {hit["_source"]["number"] for hit in hits}


def test_first_start_makes_everything_private(own: Settings, running: Endpoints, engines: Endpoints, taken: tuple[int, int]) -> None:
    assert stat.S_IMODE(own.home.stat().st_mode) == 0o700
    for name in ("passwords.json", "engines.json", "secret.key"):
        facts = (own.home / name).stat()
        assert (stat.S_IMODE(facts.st_mode), facts.st_uid) == (0o600, os.geteuid())
    used = {record.port for record in home.records(own.home).values()}
    assert not used & {*taken, urlsplit(engines.database_url).port}
    for record in home.records(own.home).values():
        listening = {place.laddr.ip for place in psutil.Process(record.pid).net_connections("inet") if place.status == psutil.CONN_LISTEN}
        assert all(address.removeprefix("::ffff:") == "127.0.0.1" for address in listening)
        assert listening


def test_the_working_role_reaches_no_files(running: Endpoints) -> None:
    with psycopg.connect(running.database_url, autocommit=True) as database:
        assert database.info.parameter_status("is_superuser") == "off"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.execute("SELECT pg_read_file('/etc/passwd')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.execute("COPY pg_class TO PROGRAM 'cat'")
        assert database.execute("SHOW fsync").fetchone() == ("on",)
        assert database.execute("SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'airflow'").fetchone() == ("C.UTF-8", "UTF8")  # fmt: skip
    psycopg.connect(running.airflow_database_url).close()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(running.database_url.replace("presswatch:", "presswatch:x"))


def test_a_second_start_uses_what_runs(own: Settings, running: Endpoints) -> None:
    before = pids(own)
    began = time.monotonic()
    assert system.up(own) == running
    assert time.monotonic() - began < 10
    assert pids(own) == before
    found = system.status(own)
    assert found.running
    assert (found.postgresql.health, found.elasticsearch.health) == ("accepting", "green")
    assert found.elasticsearch.version == "9.5.3"
    assert found.postgresql.pid == before["postgresql"]
    assert (found.postgresql.memory_bytes or 0) > 1_000_000
    assert (found.postgresql.disk_bytes or 0) > 1_000_000


def test_a_start_that_can_not_see_what_runs_is_refused(own: Settings, running: Endpoints) -> None:
    before = home.records(own.home)
    (own.home / "engines.json").unlink()
    try:
        with pytest.raises(AlreadyRunning, match="Elasticsearch is already running on"):
            engine.start(own)
    finally:
        home.remember(own.home, before)
    assert pids(own) == {name: record.pid for name, record in before.items() if psutil.pid_exists(record.pid)}


def test_killed_engines_keep_what_they_acknowledged(own: Settings, running: Endpoints) -> None:
    note(running, 1)
    before = pids(own)
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    for name, pid in before.items():
        marks = {"postgresql": own.home / "postgres" / "data", "elasticsearch": own.home / "elasticsearch"}[name]
        assert process.wait_until(lambda pid=pid, marks=marks: process.find(pid, [str(marks)]) is None, seconds=60)
    # The pid files are still there, and name processes that are not.
    assert (own.home / "elasticsearch" / "node.pid").exists()
    assert (own.home / "postgres" / "data" / "postmaster.pid").exists()
    with pytest.raises(NotStarted):
        engine.endpoints(own)
    again = engine.start(own, die_with_parent=True)
    assert noted(again) == ({1}, {1})
    assert not set(pids(own).values()) & set(before.values())


def test_engines_end_with_their_parent_and_keep_their_data(own: Settings) -> None:
    engine.stop(own)
    assert pids(own) == {}
    program = "import json, sys; from pipeline import engine; from pipeline.config import Settings\n"
    program += "engine.start(Settings(**json.loads(sys.argv[1])), die_with_parent=True); print('up', flush=True); sys.stdin.read()"
    given = json.dumps({"home": str(own.home), "database_port": own.database_port, "elasticsearch_port": own.elasticsearch_port})
    with subprocess.Popen([sys.executable, "-c", program, given], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == "up\n"
        note(engine.endpoints(own), 2)
        ended = pids(own)
        parent.kill()
    node, server = embedded.engines(own)
    assert process.wait_until(lambda: not (embedded.find(node, None) or embedded.find(server, None)), seconds=60)
    # Closed cleanly, both of them: they took their pid files with them.
    assert not (own.home / "elasticsearch" / "node.pid").exists()
    assert not (own.home / "postgres" / "data" / "postmaster.pid").exists()
    rows, documents = noted(engine.start(own, die_with_parent=True))
    assert 2 in rows
    assert 2 in documents
    assert not set(pids(own).values()) & set(ended.values())


def test_airflow_gets_its_database_where_that_is_allowed(own: Settings, running: Endpoints) -> None:
    assert servers.make_database(running.database_url, "airflow") is None
    assert servers.make_database(running.database_url, "airflow_two") is None
    psycopg.connect(servers.with_database(running.database_url, "airflow_two")).close()
    passwords = home.passwords(own.home)
    assert passwords
    port = home.records(own.home)["postgresql"].port
    with psycopg.connect(postgresql.url(port, passwords.superuser, "postgres", user="postgres"), autocommit=True) as server:
        server.execute("DROP ROLE IF EXISTS humble")
        server.execute("CREATE ROLE humble LOGIN PASSWORD 'humble'")
    advice = servers.make_database(postgresql.url(port, "humble", "postgres", user="humble"), "airflow_three")
    assert advice
    assert "have `airflow_three` made at 127.0.0.1" in advice


# --- A user's own servers ---


def test_own_servers_are_used_and_told(own: Settings, running: Endpoints, tmp_path: Path) -> None:
    user = Settings(home=tmp_path / "home", database_url=running.database_url, elasticsearch_url=running.elasticsearch.url)
    assert system.up(user) == running
    assert home.records(user.home) == {}
    found = engine.status(user)
    assert (found.postgresql.embedded, found.postgresql.running, found.postgresql.pid) == (False, True, None)
    assert "@" not in (found.postgresql.where or "@")
    assert found.elasticsearch.version == "9.5.3"


def test_servers_that_are_away(tmp_path: Path) -> None:
    with pytest.raises(DatabaseAway, match=r"^PostgreSQL at 127\.0\.0\.1:1/news can't be reached \(.*refused.*PRESSWATCH_DATABASE_URL"):
        engine.start(Settings(home=tmp_path, database_url=NOBODY, elasticsearch_url="http://127.0.0.1:1"))
    found = engine.status(Settings(home=tmp_path, database_url=NOBODY, elasticsearch_url="http://u:secret@127.0.0.1:1"))
    assert "can't be reached" in (found.postgresql.problem or "")
    assert "can't be reached" in (found.elasticsearch.problem or "")
    assert "secret" not in repr(found)
    with pytest.raises(SearchEngineAway, match=r"^Elasticsearch at http://127\.0\.0\.1:1 can't be reached .*PRESSWATCH_ELASTICSEARCH_URL"):
        servers.ask_elasticsearch(SearchEndpoint(url="http://127.0.0.1:1"))
    with pytest.raises(SearchEngineAway, match=r"missing\.pem"):
        servers.ask_elasticsearch(SearchEndpoint(url="https://127.0.0.1:1", ca="/missing.pem"))


def test_servers_that_are_too_old(running: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "OLDEST_POSTGRESQL", 99)
    monkeypatch.setattr(servers, "OLDEST_ELASTICSEARCH", (9, 99))
    with pytest.raises(DatabaseTooOld, match=r"is version 16, and presswatch needs 99 or newer"):
        servers.ask_postgresql(running.database_url)
    with pytest.raises(SearchEngineTooOld, match=r"is version 9\.5\.3, and presswatch needs 9\.99 or newer"):
        servers.ask_elasticsearch(running.elasticsearch)


def test_a_server_that_is_something_else(own: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as web:
        port = web.getsockname()[1]
        program = f"import socket; s = socket.socket(fileno={web.fileno()}); c, _ = s.accept(); c.recv(9999); c.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n{{}}'); c.close()"
        with (
            subprocess.Popen([sys.executable, "-c", program], pass_fds=[web.fileno()]),
            pytest.raises(SearchEngineRefused, match="it is not Elasticsearch"),
        ):
            servers.ask_elasticsearch(SearchEndpoint(url=f"http://127.0.0.1:{port}"))
