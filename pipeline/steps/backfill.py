"""Step `backfill`: articles of past times from outlets' archives, by the crawler as a process of its own."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.backfill import BackfillReport, Span
from pipeline.steps import collect
from pipeline.steps.context import Context


def backfill(
    context: Context, asked: Span, *, outlets: Sequence[str] = (), undated: bool = False, max_seconds: float | None = None,
    progress: bool = False,
) -> BackfillReport:  # fmt: skip
    """Find the articles that outlets published in a span, in their sitemaps and page by page in their feeds, and fetch them.

    It keeps in the store what it has looked at: one that was killed goes on where it stopped, and the same one again looks
    only at what may have changed since.

    Args:
        context: open.
        asked: when they were published; `since` must be given.
        outlets: only these, by name; empty: all.
        undated: also fetch pages of which neither sitemap nor address tells a time.
        max_seconds: nothing is begun after so long; what is left stays due.
        progress: show a bar on stderr.

    Raises:
        UnknownName: there is no such outlet.
        CrawlFailed: the crawler ended before its time; what it did not store is still due.

    """
    options = [f"--{name}={at.isoformat()}" for name, at in (("since", asked.since), ("until", asked.until)) if at is not None]
    options += ["--undated"] if undated else []
    report = collect.crawler(context, "backfill", *options, outlets=outlets, max_seconds=max_seconds, progress=progress)
    return BackfillReport.of(report)
