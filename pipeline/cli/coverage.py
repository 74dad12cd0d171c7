"""The share of an outlet's articles that was collected, as the commands show it."""

from __future__ import annotations

from typing import Any, Final

from pipeline.completeness import WORDS, Share, Unknown

LEGEND: Final = (
    "collected: at most this share of the articles of the last seven days that are over, by what feeds, sitemaps and sections have "
    "in common; ?: unknown."
)


def at_most(found: Share | Unknown) -> str:
    """In a table."""
    # Rounded down: a share just short of the whole is not the whole.
    return "?" if isinstance(found, Unknown) else f"\u2264{int(found.most * 100)}%"


def as_json(found: Share | Unknown) -> dict[str, Any]:
    """In a JSON document; what is unknown is null, and why is told."""
    if isinstance(found, Unknown):
        figures = dict.fromkeys(("first_day", "last_day", "days", "collected", "estimate", "low", "high", "share", "at_most"))
        return {**figures, "looks": [], "unknown": found.value, "unknown_because": WORDS[found]}
    return {
        "first_day": found.first.isoformat(),
        "last_day": found.last.isoformat(),
        "days": found.days,
        "collected": found.collected,
        "estimate": found.estimate.articles,
        "low": found.estimate.low,
        "high": found.estimate.high,
        "share": round(found.share, 4),
        "at_most": round(found.most, 4),
        "looks": list(found.looks),
        "unknown": None,
        "unknown_because": None,
    }
