"""Writes `jars.lock` for another version of Elasticsearch: `python -m pipeline.engine.lock 9.6.0 > jars.lock`."""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path
from typing import Final

COMPILER: Final = "org.eclipse.jdt:ecj:3.43.0"


def lock(version: str) -> list[str]:
    """The lines of the lock: the server, its transport, all that they need, and the compiler, with their hashes."""
    from jgo.maven import MavenContext

    with tempfile.TemporaryDirectory() as folder:
        maven = MavenContext(repo_cache=Path(folder), timeout=60)
        roots = [f"org.elasticsearch:elasticsearch:{version}", f"org.elasticsearch.plugin:transport-netty4:{version}", COMPILER]
        inputs, needed = maven.resolver.resolve([maven.create_dependency(root) for root in roots])
        artifacts = [item.artifact for item in (*inputs, *(item for item in needed if item.scope in ("compile", "runtime")))]
        return [
            f"{artifact.groupId}:{artifact.artifactId}:{artifact.version} sha256:{hashlib.sha256(artifact.resolve().read_bytes()).hexdigest()}"
            for artifact in sorted(artifacts, key=lambda artifact: (artifact.groupId, artifact.artifactId))
        ]


if __name__ == "__main__":
    sys.stdout.write("\n".join(lock(sys.argv[1])) + "\n")
