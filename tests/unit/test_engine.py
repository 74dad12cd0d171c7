"""What the engine room decides without an engine: files, folders, names, keys."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import engine
from pipeline.config import Settings
from pipeline.engine import addresses, embedded, home, process, programs, secrets, servers
from pipeline.engine.account import Account
from pipeline.engine.elasticsearch import Elasticsearch
from pipeline.engine.home import Record
from pipeline.engine.locks import Lock
from pipeline.engine.postgresql import PostgreSQL
from pipeline.errors import (
    AlreadyRunning,
    DataOfOtherVersion,
    HomeUnusable,
    NotSetUp,
    NotStarted,
    SettingsError,
    WrongChecksum,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", cache=tmp_path / "cache", secret_key="")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# --- Programs ---


def jar_in(repository: Path, content: bytes, *, pinned: bytes) -> programs.Jar:
    folder = repository / "org/example/thing/1.0"
    folder.mkdir(parents=True)
    (folder / "thing-1.0.jar").write_bytes(content)
    return programs.Jar(group="org.example", name="thing", version="1.0", sha256=hashlib.sha256(pinned).hexdigest())


def test_the_pinned_jar_is_taken(tmp_path: Path) -> None:
    jar = jar_in(tmp_path, b"good", pinned=b"good")
    assert programs.fetch([jar], tmp_path) == {"thing": tmp_path / "org/example/thing/1.0/thing-1.0.jar"}


def test_another_jar_is_removed_and_named(tmp_path: Path) -> None:
    jar = jar_in(tmp_path, b"altered", pinned=b"good")
    with pytest.raises(WrongChecksum, match=r"thing-1\.0\.jar is not the file .* run `make setup` again"):
        programs.fetch([jar], tmp_path)
    assert not (tmp_path / "org/example/thing/1.0/thing-1.0.jar").exists()


def test_the_lock_pins_every_jar() -> None:
    jars = programs.read_lock((Path(programs.__file__).parent / "jars.lock").read_text())
    assert len({jar.coordinate for jar in jars}) == len(jars) > 50
    assert all(re.fullmatch("[0-9a-f]{64}", jar.sha256) for jar in jars)
    assert {jar.version for jar in jars if jar.group == "org.elasticsearch"} == {programs.VERSION}


def test_other_sources_get_another_folder(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = programs.folder(settings)
    monkeypatch.setattr(programs, "LAYOUT", programs.LAYOUT + 1)
    assert programs.folder(settings) != before
    assert programs.folder(settings).parent == settings.cache


def test_missing_programs_are_told(settings: Settings) -> None:
    with pytest.raises(NotSetUp, match="run `make setup`"):
        Elasticsearch(settings=settings).prepare(9290)


def test_what_is_installed_is_left_alone(settings: Settings) -> None:
    programs.folder(settings).mkdir(parents=True)
    said: list[str] = []
    assert programs.install(settings, report=said.append) == programs.folder(settings)
    assert said == []


# --- The state folder ---


def test_the_state_folder_is_private(settings: Settings) -> None:
    home.make(settings.home)
    assert mode(settings.home) == 0o700
    settings.home.chmod(0o755)
    home.make(settings.home)
    assert mode(settings.home) == 0o700


def test_a_folder_with_other_things_is_not_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    tmp_path.chmod(0o755)
    with pytest.raises(HomeUnusable, match="holds other things"):
        home.make(tmp_path)
    assert mode(tmp_path) == 0o755


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(HomeUnusable, match="file exists"):
        home.make(tmp_path / "home")


def test_records_are_kept_and_forgotten(tmp_path: Path) -> None:
    assert home.records(tmp_path) == {}
    home.remember(tmp_path, {"postgresql": Record(pid=1, port=2), "elasticsearch": Record(pid=3, port=4, version="9.5.3")})
    home.remember(tmp_path, {"postgresql": None})
    assert home.records(tmp_path) == {"elasticsearch": Record(pid=3, port=4, version="9.5.3")}
    assert mode(tmp_path / "engines.json") == 0o600


def test_passwords_are_random_and_private(tmp_path: Path) -> None:
    made = home.new_passwords(tmp_path)
    assert home.passwords(tmp_path) == made
    assert made.superuser != made.presswatch
    assert mode(tmp_path / "passwords.json") == 0o600


def test_data_of_another_version_is_refused(settings: Settings) -> None:
    data = settings.home / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("13\n")
    with pytest.raises(DataOfOtherVersion, match=r"was written by PostgreSQL 13, and this presswatch brings \d+"):
        PostgreSQL(settings=settings)._check_version()


# --- Where the engines are ---


def test_nothing_runs(settings: Settings) -> None:
    with pytest.raises(NotStarted, match=r"presswatch up"):
        engine.endpoints(settings)
    engine.stop(settings)
    found = engine.status(settings)
    assert (found.postgresql.running, found.elasticsearch.running) == (False, False)
    assert not settings.home.exists()


def test_a_pid_of_another_program_is_not_an_engine(settings: Settings) -> None:
    settings.home.mkdir()
    record = Record(pid=os.getpid(), port=5490, version="16.14")
    home.remember(settings.home, {"postgresql": record, "elasticsearch": record})
    with pytest.raises(NotStarted):
        engine.endpoints(settings)
    engine.stop(settings)  # and this process lives on
    assert home.records(settings.home) == {}


def test_own_servers_need_no_start(tmp_path: Path) -> None:
    own = Settings(home=tmp_path, database_url="postgresql://u:p@db.example/news?sslmode=require", elasticsearch_url="https://es.example:9200", elasticsearch_api_key="k")  # fmt: skip
    found = engine.endpoints(own)
    assert found.database_url == "postgresql://u:p@db.example/news?sslmode=require"
    assert found.airflow_database_url == "postgresql://u:p@db.example/airflow?sslmode=require"
    assert (found.elasticsearch.url, found.elasticsearch.api_key) == ("https://es.example:9200", "k")


@pytest.mark.parametrize("url", ["db.example/news", "mysql://db.example/news", "postgresql://db.example:port/news", "postgresql:///news"])
def test_a_database_url_that_is_none(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match="PRESSWATCH_DATABASE_URL is not a URL like postgresql://"):
        addresses.database(Settings(home=tmp_path, database_url=url))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://user:secret@db.example:5433/news?password=secret", "db.example:5433/news"),
        ("https://user:secret@es.example:9200/path?x=secret", "https://es.example:9200/path"),
    ],
)
def test_addresses_are_shown_without_secrets(url: str, shown: str) -> None:
    assert servers.address(url) == shown


# --- The secret key ---


def test_the_key_is_made_once_and_private(settings: Settings) -> None:
    settings.home.mkdir()
    with pytest.raises(NotStarted):
        secrets.secret_key(settings)
    secrets.make(settings)
    key = secrets.secret_key(settings)
    secrets.make(settings)
    assert secrets.secret_key(settings) == key
    assert len(key) == 44
    assert mode(secrets.path(settings)) == 0o600


def test_a_given_key_needs_no_file(tmp_path: Path) -> None:
    given = Settings(home=tmp_path, secret_key="k" * 32)
    secrets.make(given)
    assert secrets.secret_key(given) == b"k" * 32
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_others_can_read_is_refused(settings: Settings) -> None:
    settings.home.mkdir()
    secrets.make(settings)
    secrets.path(settings).chmod(0o640)
    with pytest.raises(SettingsError, match="chmod 600"):
        secrets.secret_key(settings)


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="PRESSWATCH_SECRET_KEY is too short"):
        secrets.secret_key(Settings(home=tmp_path, secret_key="secret"))


# --- Processes ---


def test_a_process_is_known_by_its_words() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()", "a mark"], stdin=subprocess.PIPE)
    try:
        assert process.wait_until(lambda: process.find(child.pid, ["a mark"]) is not None, seconds=5)
        assert process.find(child.pid, ["another mark"]) is None
    finally:
        child.kill()
    assert process.wait_until(lambda: process.find(child.pid, ["a mark"]) is None, seconds=5)
    child.wait()


def test_a_process_is_known_from_its_first_moment(tmp_path: Path) -> None:
    # Just started, it mostly has no command line yet.
    for _ in range(20):
        with Lock(tmp_path / "lock") as lock:
            pid = process.spawn(["/bin/sleep", "60"], output=tmp_path / "out", lock=lock)
        found = process.find(pid, ["60"])
        assert found
        found.kill()
        assert process.wait_until(lambda found=found: not process.alive(found), seconds=5)


def test_a_child_holds_the_lock_of_its_starter(tmp_path: Path) -> None:
    with Lock(tmp_path / "lock") as lock:
        lock.take()
        pid = process.spawn([sys.executable, "-c", "import time; time.sleep(60)"], output=tmp_path / "out", lock=lock)
    with Lock(tmp_path / "lock") as second:
        assert not second.try_take()
        found = process.find(pid, [])
        assert found
        process.end(found, PostgreSQL.stop_steps)
        assert second.try_take()


def test_a_folder_in_use_is_refused(settings: Settings) -> None:
    settings.home.mkdir()
    node = Elasticsearch(settings=settings)
    node.folder.mkdir()
    marked = [sys.executable, "-c", "import time; time.sleep(60)", *node.marks]
    with Lock(node.lock) as lock:
        lock.take()
        pid = process.spawn(marked, output=settings.home / "out", lock=lock)
    (node.folder / "node.pid").write_text(str(pid))
    try:
        with pytest.raises(AlreadyRunning, match=rf"Elasticsearch is already running on .*elasticsearch \(process {pid}\)"):
            embedded.start([node], settings.home, die_with_parent=False)
    finally:
        found = process.find(pid, node.marks)
        assert found
        found.kill()


def test_setpriv_says_why() -> None:
    assert Account.refusal("setpriv: apply capabilities: Operation not permitted\n")
    assert Account.refusal("FATAL: setpriv: is quoted here") is None


def test_engines_json_is_readable(tmp_path: Path) -> None:
    home.remember(tmp_path, {"postgresql": Record(pid=1, port=2, version="16.14")})
    assert json.loads((tmp_path / "engines.json").read_text()) == {"postgresql": {"pid": 1, "port": 2, "version": "16.14"}}
