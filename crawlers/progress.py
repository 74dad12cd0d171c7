"""A progress bar on the terminal."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Mapping
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from crawlers.tally import Looks, Tally

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
        self._task = self._bar.add_task("", total=None) if self._bar else None
        self._next_at = 0.0

    def show(self, tally: Tally, *, waiting: int) -> None:
        """Draw the state, at most a few times a second."""
        if self._bar is None or self._task is None or time.monotonic() < self._next_at:
            return
        self._bar.start()
        self._next_at = time.monotonic() + EVERY_S
        text, ended, total = self.measure(tally, waiting)
        self._bar.update(self._task, description=text, completed=ended, total=total)

    def measure(self, tally: Tally, waiting: int) -> tuple[str, int, int]:
        """What is said beside the bar, how much has ended, and of how much."""
        counts = tally.counts
        ended = counts["feeds_polled"] + counts["fetched"] + counts["unchanged"] + counts["failed"] + tally.refused.total()
        return f"{counts['feeds_polled']} feeds, {counts['new_pages']} new, {counts['fetched']} fetched", ended, ended + waiting

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()


class BackfillProgress(Progress):
    """Shows how far a backfill has come."""

    def __init__(self, looks: Mapping[int, Looks], *, shown: bool) -> None:
        super().__init__(shown=shown)
        self.looks = looks
        self.before = 0  # pages that waited when it began

    def measure(self, tally: Tally, waiting: int) -> tuple[str, int, int]:
        """Pages fetched, of those that were found and not yet known."""
        del tally, waiting
        counts = sum((look.counts for look in self.looks.values()), Counter[str]())
        failed = sum(len(look.failed) for look in self.looks.values())
        ended = counts["fetched"] + counts["unchanged"] + failed
        text = f"{counts['looked_at']} sitemaps and feed pages, {counts['in_range']} articles of that time, {counts['new']} new"
        return text, ended, max(ended, self.before + counts["new"])
