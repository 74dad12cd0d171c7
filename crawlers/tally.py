"""What a crawl has done so far: counted by the spiders and the landing, shown and printed at the end."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from crawlers.outcomes import Failure
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
