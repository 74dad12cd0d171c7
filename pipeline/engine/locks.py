"""Locks on files. A child that inherits the opening holds the lock too, until it and the opener have closed it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Self


class Lock:
    """The exclusive lock of one file; freed by `close`, or by the end of every process that has the opening."""

    def __init__(self, path: Path) -> None:
        """Open the file, making it if need be; nothing is locked yet."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self) -> Self:
        """Wait for the lock."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        return self

    def try_take(self) -> bool:
        """Take the lock if it is free."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def fileno(self) -> int:
        """The opening, to be handed to a child."""
        return self._file

    def close(self) -> None:
        """Let go."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
