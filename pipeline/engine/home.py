"""The state folder, and what it remembers of the engines: where they run, their passwords."""

from __future__ import annotations

import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from pipeline.engine.locks import Lock
from pipeline.engine.secrets import write_private
from pipeline.errors import HomeUnusable

PRIVATE: Final = 0o700
# What shows that a folder is a state folder of ours.
OURS: Final = frozenset({"engines.lock", "engines.json", "secret.key", "presswatch.toml", "postgres", "elasticsearch"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An embedded engine that was started, and perhaps still runs."""

    pid: int
    port: int
    version: str | None = None  # as the server told it; None while it is not ready yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Passwords:
    """Of the embedded PostgreSQL: its superuser's, and that of the role that presswatch works with."""

    superuser: str
    presswatch: str


def make(folder: Path) -> None:
    """Make the state folder, for its owner only.

    Raises:
        HomeUnusable: it belongs to somebody else, or holds other things and is open to others.

    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=PRIVATE, exist_ok=True)
        facts = folder.stat()
        if facts.st_uid != os.geteuid():
            raise HomeUnusable(folder=folder, problem="it belongs to another user: run presswatch as that user, or set PRESSWATCH_HOME")
        if stat.S_IMODE(facts.st_mode) != PRIVATE:
            # A slip in PRESSWATCH_HOME must not close a folder that other people or programs use.
            content = {entry.name for entry in folder.iterdir()}
            if content and not content & OURS:
                raise HomeUnusable(
                    folder=folder, problem="others can enter it, and it holds other things: set PRESSWATCH_HOME to a folder of its own"
                )
            folder.chmod(PRIVATE)
    except OSError as error:
        raise HomeUnusable(folder=folder, problem=str(error.strerror).lower()) from error


def alone(folder: Path) -> Lock:
    """Wait until no other process starts or stops engines of this folder."""
    return Lock(folder / "engines.lock").take()


def records(folder: Path) -> dict[str, Record]:
    """What was started, by engine."""
    try:
        content = json.loads((folder / "engines.json").read_bytes())
        return {name: Record(**facts) for name, facts in content.items()}
    except FileNotFoundError:
        return {}
    except PermissionError as error:
        raise HomeUnusable(
            folder=folder, problem="it belongs to another user: run presswatch as that user, or set PRESSWATCH_HOME"
        ) from error


def remember(folder: Path, changes: Mapping[str, Record | None]) -> None:
    """Note engines as started, or (None) as ended."""
    merged = {**records(folder), **changes}
    content = {name: asdict(record) for name, record in sorted(merged.items()) if record}
    write_private(folder / "engines.json", json.dumps(content, indent=2).encode() + b"\n")


def passwords(folder: Path) -> Passwords | None:
    """PostgreSQL's passwords, if it was ever set up here."""
    try:
        return Passwords(**json.loads((folder / "passwords.json").read_bytes()))
    except FileNotFoundError:
        return None


def new_passwords(folder: Path) -> Passwords:
    """Make and keep random passwords."""
    made = Passwords(superuser=secrets.token_urlsafe(24), presswatch=secrets.token_urlsafe(24))
    write_private(folder / "passwords.json", json.dumps(asdict(made), indent=2).encode() + b"\n")
    return made
