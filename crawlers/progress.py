"""A progress bar on the terminal."""

from __future__ import annotations

import sys
import time
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from crawlers.tally import Tally

EVERY_S: Final = 0.2


class Progress:
    """Shows a tally on stderr; does nothing unless asked to."""

    def __init__(self, *, shown: bool) -> None:
        self._bar = (
            Bar(
                TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                console=Console(file=sys.stderr), transient=True,
            )
            if shown
            else None
        )  # fmt: skip
        self._task = self._bar.add_task("feeds and pages", total=None) if self._bar else None
        self._next_at = 0.0

    def show(self, tally: Tally, *, waiting: int) -> None:
        """Draw the state, at most a few times a second."""
        if self._bar is None or self._task is None or time.monotonic() < self._next_at:
            return
        self._bar.start()
        self._next_at = time.monotonic() + EVERY_S
        counts = tally.counts
        ended = counts["feeds_polled"] + counts["fetched"] + counts["unchanged"] + counts["failed"] + tally.refused.total()
        text = f"{counts['feeds_polled']} feeds, {counts['new_pages']} new, {counts['fetched']} fetched"
        self._bar.update(self._task, description=text, completed=ended, total=ended + waiting)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
