"""An engine that goes away in the middle: one sentence, nothing lost, the next run continues."""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.config import Settings
from pipeline.steps import imports
from pipeline.steps.context import Context

ARTICLES = 80


class Line:
    """A TCP line to a server that is cut once it has carried so many bytes, and can be mended."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.target = target
        self.whole = True
        self.carried = 0
        self.cut_after = float("inf")
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self.listening.accept()
            except OSError:
                return
            if self.whole:
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()
            else:
                near.close()

    def _carry(self, near: socket.socket) -> None:
        with near, socket.create_connection(self.target) as far:
            while self.whole:
                ready, _, _ = select.select([near, far], [], [], 0.05)
                for end in ready:
                    data = end.recv(65536)
                    if not data:
                        return
                    self.carried += len(data)
                    if self.carried > self.cut_after:
                        self.whole = False
                        return
                    (far if end is near else near).sendall(data)


@pytest.fixture
def lines(settings: Settings) -> Iterator[dict[str, Line]]:
    database, search = urlsplit(settings.database_url.get_secret_value()), urlsplit(settings.elasticsearch_url)
    made = {name: Line((parts.hostname or "", parts.port or 0)) for name, parts in (("database", database), ("elasticsearch", search))}
    yield made
    for line in made.values():
        line.listening.close()


@pytest.mark.parametrize("engine", ["database", "elasticsearch"])
def test_the_next_run_continues(
    engine: str, lines: dict[str, Line], context: Context, settings: Settings, environment: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "articles.jsonl"
    text = "The council of {} met on Tuesday and decided to repair the old bridge over the river {}. "
    file.write_text(
        "".join(
            json.dumps({"url": f"https://paper.example/{number}", "title": f"Bridge {number}", "body": text.format(number, -number) * 20})
            + "\n"
            for number in range(ARTICLES)
        )
    )
    imports.import_file(context, file)
    database = urlsplit(settings.database_url.get_secret_value())
    through = environment | {
        "PRESSWATCH_DATABASE_URL": database._replace(
            netloc=f"{database.username}:{database.password}@127.0.0.1:{lines['database'].port}"
        ).geturl(),
        "PRESSWATCH_ELASTICSEARCH_URL": f"http://127.0.0.1:{lines['elasticsearch'].port}",
    }
    command = [sys.executable, "-m", "pipeline.cli", "process"]
    line = lines[engine]
    line.cut_after = 50_000
    interrupted = subprocess.run(command, env=through, capture_output=True, text=True, check=False, timeout=120)
    stderr = interrupted.stderr
    assert interrupted.returncode == 1, stderr
    assert {"database": "PostgreSQL at", "elasticsearch": "Elasticsearch at"}[engine] in stderr
    assert "Traceback" not in stderr

    line.whole, line.cut_after = True, float("inf")
    done = subprocess.run(command, env=through, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with context.database.transaction() as connection:
        assert connection.execute("SELECT count(*) FROM work").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM quarantine").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM articles WHERE indexed_revision = revision").fetchone() == (ARTICLES,)
    context.index.refresh()
    assert context.index.health().documents == ARTICLES
