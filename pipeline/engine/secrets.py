"""The secret key: encrypts channel secrets, and Airflow's keys are derived from it."""

from __future__ import annotations

import base64
import os
import secrets
import stat
from pathlib import Path
from typing import Final

from pipeline.config import Settings
from pipeline.errors import NotStarted, SettingsError

KEY_BYTES: Final = 32


def path(settings: Settings) -> Path:
    """Where the key is kept unless a setting gives it."""
    return settings.home / "secret.key"


def make(settings: Settings) -> None:
    """Make the key file if there is none and the settings give no key. The state folder is there already."""
    if settings.secret_key.get_secret_value() or path(settings).exists():
        return
    write_private(path(settings), base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")


def secret_key(settings: Settings) -> bytes:
    """The key, to derive others from: as given by setting, else 32 random bytes in URL-safe base64.

    Raises:
        NotStarted: there is no key yet.
        SettingsError: the key is too short, or others can read it.

    """
    given = settings.secret_key.get_secret_value()
    if given:
        return _long_enough(given.encode(), "PRESSWATCH_SECRET_KEY")
    try:
        with path(settings).open("rb") as file:
            facts = os.fstat(file.fileno())
            key = file.read(1000)
    except FileNotFoundError as error:
        raise NotStarted(home=settings.home) from error
    except OSError as error:
        raise SettingsError(problem=f"{path(settings)} can't be read ({error.strerror})") from error
    if facts.st_uid != os.geteuid():
        raise SettingsError(problem=f"{path(settings)} belongs to another user: run presswatch as that user")
    if stat.S_IMODE(facts.st_mode) & 0o077:
        raise SettingsError(problem=f"{path(settings)} can be read by others: make it private with `chmod 600`, or replace it")
    return _long_enough(key.strip(), str(path(settings)))


def _long_enough(key: bytes, where: str) -> bytes:
    if len(key) < KEY_BYTES:
        raise SettingsError(problem=f"{where} is too short for a key: take {KEY_BYTES} random characters or more")
    return key


def write_private(target: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all, and safe from a power cut."""
    draft = target.with_name(f".{target.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
