"""Step `collect`: the crawler, run as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from pipeline.config import Settings
from pipeline.engine.process import LAUNCHER
from pipeline.errors import CrawlFailed
from pipeline.models import CrawlReport, Discovery, FeedKind, Source, Unused
from pipeline.steps.context import Context
from pipeline.store import outlets as store

# A crawler that is told to end gives its requests so long.
PATIENCE_S: Final = 15


def collect(context: Context, *, outlets: Sequence[str] = (), max_seconds: float | None = None, progress: bool = False) -> CrawlReport:
    """Crawl what is due now: each feed at most once, and the pages that are new or due.

    Args:
        context: open.
        outlets: only these, by name; empty: all.
        max_seconds: nothing is begun after so long; what is left stays due.
        progress: show a bar on stderr.

    Raises:
        UnknownName: there is no such outlet.
        CrawlFailed: the crawler ended before its time; what it did not store is still due.

    """
    return CrawlReport(**crawler(context, "watch", outlets=outlets, max_seconds=max_seconds, progress=progress))


def crawler(context: Context, spider: str, *options: str, outlets: Sequence[str], max_seconds: float | None, progress: bool) -> Any:
    """Run a spider on the context's engines; its report as JSON gives it.

    Args:
        context: open.
        spider: by name.
        options: that only this spider has.
        outlets: only these, by name; empty: all.
        max_seconds: nothing is begun after so long.
        progress: show a bar on stderr.

    Raises:
        UnknownName: there is no such outlet.
        CrawlFailed: the crawler ended before its time.

    """
    if outlets:
        with context.database.transaction() as connection:
            store.by_names(connection, outlets)
    arguments = [spider, *(f"--outlet={name}" for name in outlets), *options]
    arguments += [f"--max-seconds={max_seconds}"] if max_seconds is not None else []
    arguments += ["--progress"] if progress else []
    endpoints = {
        "PRESSWATCH_DATABASE_URL": context.endpoints.database_url,
        "PRESSWATCH_ELASTICSEARCH_URL": context.endpoints.elasticsearch.url,
    }
    return _crawler(arguments, context.settings.environment() | endpoints)


def discover(settings: Settings, urls: Sequence[str], known: Mapping[str, Sequence[Source]] | None = None) -> list[Discovery]:
    """Look at the home pages of outlets for their feeds, sitemaps and sections; in the order of `urls`.

    Args:
        settings: how to fetch.
        urls: the home pages.
        known: by home page, sources that the outlet has; each is looked at, too.

    Raises:
        CrawlFailed: the crawler ended before its time.

    """
    named = json.dumps({home: [[source.url, source.kind] for source in sources] for home, sources in (known or {}).items()})
    found = _crawler(["discover", "--known", "--", *urls], settings.environment(), given=named)
    return [
        Discovery(
            url=one["url"],
            name=one["name"],
            error=one["error"],
            sources=tuple(_source(source) for source in one["sources"]),
            unused=tuple(Unused(**unused) for unused in one["unused"]),
        )
        for one in found
    ]


def _source(fields: Mapping[str, Any]) -> Source:
    at = fields["newest_at"]
    return Source(**{**fields, "kind": FeedKind(fields["kind"]), "newest_at": datetime.fromisoformat(at) if at else None})


def _crawler(arguments: Sequence[str], variables: Mapping[str, str], *, given: str = "") -> Any:
    """Run the crawler to its end, with a text on its stdin; if this process is told to end first, so is the crawler."""
    launcher = [sys.executable, "-I", "-S", str(LAUNCHER), str(int(signal.SIGTERM)), str(os.getpid())]
    # In a session of its own: Ctrl-C comes to this process only, which passes it on once.
    crawler = subprocess.Popen(
        [*launcher, sys.executable, "-m", "crawlers", *arguments],
        env={**os.environ, **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        output, _ = crawler.communicate(given.encode())
    except BaseException:
        crawler.terminate()
        try:
            crawler.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            crawler.kill()
        raise
    try:
        result = json.loads(output.splitlines()[-1])
    except (ValueError, IndexError) as error:
        code = crawler.returncode
        ended = f"it was killed by {signal.Signals(-code).name}" if code < 0 else f"it ended with code {code}; its messages are on stderr"
        raise CrawlFailed(problem=ended) from error
    if isinstance(result, dict) and "error" in result:
        raise CrawlFailed(problem=result["error"].rstrip("."))
    return result
