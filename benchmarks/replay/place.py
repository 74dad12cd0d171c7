"""A presswatch of its own for a measurement: state folder, replayed outlets, webhook receiver, memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil

PRESSWATCH = Path(sys.executable).parent / "presswatch"
CORPUS = Path(os.environ.get("PRESSWATCH_CORPUS", "../shared/corpus"))
REPLAY = Path(os.environ.get("PRESSWATCH_REPLAY", str(CORPUS.parent / "replay" / "replay.py")))


def pages_of(name: str) -> Path:
    """The tar of a set of pages; ends the program with a sentence if it is not there."""
    tar = CORPUS / f"{name}.tar"
    for path in (tar, REPLAY):
        if not path.exists():
            sys.exit(f"benchmarks: {path} is missing; PRESSWATCH_CORPUS and PRESSWATCH_REPLAY say where the corpus and replay.py are")
    return tar


@dataclass(kw_only=True)
class Received:
    """What the webhook got: seconds since the epoch, and the body."""

    at: float
    body: dict[str, object]


@dataclass
class Receiver:
    """A webhook on loopback that remembers when what arrived."""

    port: int = 0
    received: list[Received] = field(default_factory=list)

    @contextmanager
    def listening(self) -> Iterator[Receiver]:
        """Serve until the end of the block."""
        received = self.received

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received.append(Received(at=time.time(), body=json.loads(body)))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            server.shutdown()


@dataclass(frozen=True, kw_only=True)
class Place:
    """A running replay and a state folder with engines that are up."""

    home: Path
    environment: dict[str, str]
    replay_log: Path
    served: str
    started_at: float

    def presswatch(self, *arguments: str, quiet: bool = True) -> str:
        """Run a command to its end; what it printed."""
        done = subprocess.run(
            [PRESSWATCH, *arguments], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE if quiet else None,
            text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            sys.exit(f"presswatch {' '.join(arguments)} failed: {done.stderr}")
        return done.stdout

    def released(self) -> dict[str, float]:
        """When each page first appeared in its feed, in seconds since the epoch."""
        rows = map(json.loads, Path(f"{self.replay_log}.pages").read_text().splitlines())
        return {row["url"]: row["released"] for row in rows}


@contextmanager
def place(tar: Path, *replay_options: str, outlets: str = "toml", **settings: object) -> Iterator[Place]:
    """Replay a tar, and bring up presswatch with its outlets imported; everything ends with the block."""
    with tempfile.TemporaryDirectory(prefix="presswatch-bench-", ignore_cleanup_errors=True) as folder:
        home, log = Path(folder) / "home", Path(folder) / "requests.jsonl"
        proxy = subprocess.Popen(
            [sys.executable, REPLAY, "serve", "--corpus", tar, "--port", "0", "--log", log, *replay_options],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert proxy.stdout is not None
            served = proxy.stdout.readline().strip()
            address = served.rsplit(" ", 1)[-1]
            environment = {
                **{name: value for name, value in os.environ.items() if not name.startswith("PRESSWATCH_")},
                **dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), address),
                "PRESSWATCH_HOME": str(home),
                "PRESSWATCH_ALLOW_HOSTS": "127.0.0.1",
                **{f"PRESSWATCH_{name.upper()}": str(value) for name, value in settings.items()},
            }
            ready = Place(home=home, environment=environment, replay_log=log, served=served, started_at=time.time())
            ready.presswatch("up")
            try:
                listing = Path(folder) / f"outlets.{outlets}"
                listing.write_text(
                    subprocess.run(
                        [sys.executable, REPLAY, "outlets", "--corpus", tar, "--format", outlets],
                        capture_output=True,
                        text=True,
                        check=True,
                    ).stdout
                )
                ready.presswatch("outlets", "import", str(listing))
                yield ready
            finally:
                ready.presswatch("down")
        finally:
            proxy.terminate()
            proxy.wait()


def processes(home: Path) -> list[psutil.Process]:
    """All processes that work for a state folder: those that have it in their environment or command line."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("PRESSWATCH_HOME") == str(home) or str(home) in " ".join(process.cmdline()):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            continue  # it ended while we looked, or is the kernel's
    known = {process.pid for process in found}
    children = [child for process in found if process.is_running() for child in process.children(recursive=True) if child.pid not in known]
    return [*found, *{child.pid: child for child in children}.values()]


def pss_bytes(home: Path) -> int:
    """Their memory, shared pages counted once."""
    total = 0
    for process in processes(home):
        try:
            total += process.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue  # it ended while we looked
    return total


def cpu_s(home: Path) -> float:
    """Seconds of CPU that this process and those of a state folder have used so far."""
    me = psutil.Process()
    total = 0.0
    for process in {found.pid: found for found in (me, *me.children(recursive=True), *processes(home))}.values():
        try:
            times = process.cpu_times()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue  # it ended while we looked
        total += times.user + times.system
    return total


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of them lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
