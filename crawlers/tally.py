"""What a crawl has done so far: counted by the spiders and the landing, shown and printed at the end."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from crawlers.outcomes import Failure
from pipeline.backfill import OutletReport, Showing
from pipeline.models import CrawlReport


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counters with the names of `CrawlReport`."""

    started: float = field(default_factory=time.monotonic)
    counts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    interrupted: bool = False

    def fail(self, failure: Failure) -> None:
        """Count a page that could not be fetched."""
        if failure.refused:
            self.refused[failure.reason] += 1
        else:
            self.counts["failed"] += 1

    def report(self) -> CrawlReport:
        """As it stands."""
        return CrawlReport(
            **self.counts,
            refused=dict(self.refused.most_common()),
            seconds=round(time.monotonic() - self.started, 3),
            interrupted=self.interrupted,
        )


@dataclass(slots=True, kw_only=True)
class Looks:
    """What a backfill has done for an outlet so far; counters with the names of `OutletReport`."""

    counts: Counter[str] = field(default_factory=Counter)
    failed: dict[int, str] = field(default_factory=dict)  # pages by id, with the reason of the last try
    unread: dict[str, str] = field(default_factory=dict)

    def add(self, showing: Showing, *, new: int, is_list: bool) -> None:
        """Count what a part showed; robots.txt is no list."""
        self.counts.update(
            looked_at=int(is_list), skipped=showing.skipped, found=showing.found, in_range=len(showing.items),
            undated=showing.undated, new=new,
        )  # fmt: skip

    def report(self, outlet: str, *, parts_left: int, pages_left: int) -> OutletReport:
        """As it stands."""
        return OutletReport(
            outlet=outlet,
            **self.counts,
            failed=dict(Counter(self.failed.values()).most_common()),
            unread=self.unread,
            parts_left=parts_left,
            pages_left=pages_left,
        )
