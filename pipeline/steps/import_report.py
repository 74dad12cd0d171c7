"""What an import did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

FORGOTTEN: Final = "skipped: forgotten"


@dataclass(kw_only=True)
class Report:
    """Counts of outcomes, and errors by line number (JSON Lines, CSV) or record number (WARC)."""

    unit: str = "line"
    read: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    errors: list[tuple[int, str]] = field(default_factory=list)
    resumed_at: int = 0  # bytes of the file that an import before had read
    # Fields that were left out, because an import has no use for them, in the order in which they occurred.
    unknown: dict[str, None] = field(default_factory=dict)

    def count(self, outcome: str) -> None:
        """One more."""
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
