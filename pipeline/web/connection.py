"""The engines as the web server uses them: opened at the first request, checked, and found again after a restart."""

from __future__ import annotations

import threading
import time
from typing import Final

from pipeline import engine
from pipeline.config import Settings
from pipeline.errors import InfrastructureError
from pipeline.steps.context import Context

# A pool waits half a minute for a server that is away; a fresh connection tells at once.
CHECK_EVERY_S: Final = 5.0


class Engines:
    """The one context of this server. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is opened before the first use."""
        self.settings = settings
        self._context: Context | None = None
        self._checked_s = 0.0
        self._lock = threading.Lock()

    def context(self) -> Context:
        """Open connections to engines that were there a moment ago.

        Raises:
            InfrastructureError: the engines are not up, can't be reached, or are not migrated.

        """
        with self._lock:
            if self._context is None:
                self._context = Context.open(self.settings)
                # Both are made here, where no other thread can make them a second time.
                _ = self._context.database, self._context.index
                self._checked_s = 0.0
            if time.monotonic() - self._checked_s > CHECK_EVERY_S or not self._checked_s:
                try:
                    self._context.database.check()
                except InfrastructureError:
                    self._forget()
                    raise
                self._checked_s = time.monotonic()
            return self._context

    def suspect(self) -> None:
        """An engine was away: if the engines now run elsewhere, or not at all, the next request opens them anew."""
        with self._lock:
            self._checked_s = 0.0
            if self._context is None:
                return
            try:
                moved = engine.endpoints(self.settings) != self._context.endpoints
            except InfrastructureError:
                moved = True
            if moved:
                self._forget()

    def close(self) -> None:
        """Close what was opened."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        if self._context is not None:
            self._context.close()
            self._context = None
