"""The embedded Elasticsearch: one node on the JVM of a wheel, its data in HOME/elasticsearch."""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from pipeline import log as logging
from pipeline.config import Settings
from pipeline.engine import ports, process, programs
from pipeline.errors import EngineFailed

# Ample: a start takes many times longer where all cores are busy.
START_S: Final = 300.0
# Recovery of the indices after the node answers; without it searches would miss documents.
RECOVERY_S: Final = 60
CLUSTER: Final = "presswatch"

JVM: Final = (
    # Under SerialGC the memory breaker counts garbage and refuses requests at random.
    "-XX:+UseG1GC",
    "-XX:G1ReservePercent=25",
    "-XX:InitiatingHeapOccupancyPercent=30",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-OmitStackTraceInFastThrow",
    "-XX:+UseCompactObjectHeaders",
    "-XX:-UsePerfData",  # no files outside the node's folder
    "-Djava.awt.headless=true",
    "-Dfile.encoding=UTF-8",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "-Dio.netty.noUnsafe=true",
    "-Dio.netty.recycler.maxCapacityPerThread=0",
    "-Dlog4j2.disable.jmx=true",
    "-Dlog4j.shutdownHookEnabled=false",
    "-Des.distribution.type=tar",
)

LOGGING: Final = """\
status = error
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = ${sys:es.logs.base_path}/${sys:es.logs.cluster_name}.log
appender.file.filePattern = ${sys:es.logs.base_path}/${sys:es.logs.cluster_name}-%i.log.gz
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{ISO8601} %-5p %c{1.}: %m%n
appender.file.policies.type = Policies
appender.file.policies.size.type = SizeBasedTriggeringPolicy
appender.file.policies.size.size = 10MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 5
rootLogger.level = info
rootLogger.appenderRef.file.ref = file
# This JVM has no vector module and this machine perhaps no libzstd: known, and nothing here needs them.
logger.vector.name = org.apache.lucene.internal.vectorization
logger.vector.level = error
logger.esvector.name = org.elasticsearch.simdvec
logger.esvector.level = error
logger.native.name = org.elasticsearch.nativeaccess
logger.native.level = error
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elasticsearch:
    """One embedded node on one state folder."""

    settings: Settings

    name: ClassVar[str] = "Elasticsearch"
    key: ClassVar[str] = "elasticsearch"
    death_signal: ClassVar[signal.Signals] = signal.SIGTERM
    # An acknowledged write is in the translog on disk, so the last resort loses none.
    stop_steps: ClassVar = ((signal.SIGTERM, 60.0), (signal.SIGKILL, 10.0))
    prefix: ClassVar[tuple[str, ...]] = ()

    @property
    def folder(self) -> Path:
        """All that belongs to the node."""
        return self.settings.home / "elasticsearch"

    @property
    def output(self) -> Path:
        """The line in which it says why it can't start."""
        return self.settings.home / "elasticsearch-start.log"

    @property
    def lock(self) -> Path:
        """Held as long as the node lives."""
        return self.settings.home / "elasticsearch.lock"

    @property
    def marks(self) -> tuple[str, ...]:
        """Words of the node's command line that no other process has."""
        return ("SearchNode", str(self.folder))

    @property
    def wanted_port(self) -> int:
        """The port to try first."""
        return self.settings.elasticsearch_port

    @property
    def log(self) -> Path:
        """The log file that is written to now."""
        return self.folder / "logs" / f"{CLUSTER}.log"

    @property
    def claimed_pid(self) -> int | None:
        """The pid that the folder itself names."""
        try:
            return int((self.folder / "node.pid").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def prepare(self, port: int) -> list[str]:
        """Write the configuration; gives the command that runs the node.

        Raises:
            NotSetUp: the programs are missing.

        """
        installed = programs.installed(self.settings)
        for name in ("config", "tmp", "logs"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "node.pid").unlink(missing_ok=True)
        facts = {
            "cluster.name": CLUSTER,
            "node.name": CLUSTER,
            "node.roles": "[master, data, ingest]",
            "discovery.type": "single-node",
            "path.home": installed,
            "path.data": self.folder / "data",
            "path.logs": self.folder / "logs",
            "path.repo": self.folder / "snapshots",
            "network.host": ports.HOST,
            "http.port": port,
            "transport.port": f"{port + ports.REACH}-{port + 2 * ports.REACH}",
            "action.auto_create_index": "false",
            # Absolute, because a share of a large disk says nothing; a full disk must still be noticed.
            "cluster.routing.allocation.disk.watermark.low": "2gb",
            "cluster.routing.allocation.disk.watermark.high": "1500mb",
            "cluster.routing.allocation.disk.watermark.flood_stage": "1gb",
        }
        lines = (f"{key}: {_yaml(value)}\n" for key, value in facts.items())
        (self.folder / "config" / "elasticsearch.yml").write_text("".join(lines))
        (self.folder / "config" / "log4j2.properties").write_text(LOGGING)
        heap = self.settings.elasticsearch_heap
        return [
            programs.java(),
            f"-Xms{heap}",
            f"-Xmx{heap}",
            *JVM,
            f"-Djava.io.tmpdir={self.folder / 'tmp'}",
            f"-XX:ErrorFile={self.folder / 'logs' / 'crash-%p.log'}",
            f"-Des.path.home={installed}",
            "-cp",
            f"{installed}/lib/*",
            *self.marks,
        ]

    def wait(self, pid: int, port: int) -> str:
        """Wait until the node answers and its indices are recovered; gives its version.

        Raises:
            EngineFailed: it ended, or takes too long.

        """
        ended = False

        def answers() -> bool:
            nonlocal ended
            ended = process.find(pid, self.marks) is None
            # The node writes its pid once its port is open, so what answers then is this node.
            return ended or self.claimed_pid == pid

        answered = process.wait_until(answers, seconds=START_S)
        if ended:
            lines = self.output.read_text(errors="replace").split("\n")
            raise EngineFailed(engine=self.name, problem=lines[0].strip() or "it ended without a word", log=self.log)
        if not answered:
            raise EngineFailed(engine=self.name, problem=f"it does not answer after {START_S:.0f} s", log=self.log)
        return _recovered(port)


def _yaml(value: object) -> str:
    # A JSON string is a YAML string; a folder may have any name.
    return json.dumps(str(value)) if isinstance(value, Path) else str(value)


def _recovered(port: int) -> str:
    import httpx

    with httpx.Client(base_url=f"http://{ports.HOST}:{port}", trust_env=False, timeout=RECOVERY_S + 10) as client:
        health = client.get("/_cluster/health", params={"wait_for_status": "yellow", "timeout": f"{RECOVERY_S}s"}).json()
        if health["status"] == "red":
            # Searching goes on with what there is; the index can be rebuilt.
            logging.logger("engine").warning("index_not_recovered", waited_s=RECOVERY_S)
        nodes: dict[str, Any] = client.get("/_nodes/_local", params={"filter_path": "nodes.*.version"}).json()["nodes"]
    return str(next(iter(nodes.values()))["version"])
