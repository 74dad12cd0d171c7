"""The crawler as a process of its own: `python -m crawlers watch …` and `python -m crawlers discover URL…`.

At its end it prints one JSON line: what was done, or `{"error": …}` with exit code 1.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a spider; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m crawlers", description="Fetches from outlets.")
    spiders = parser.add_subparsers(dest="spider", required=True)
    watch = spiders.add_parser("watch", help="poll what is due, fetch what is new")
    watch.add_argument("--outlet", action="append", metavar="NAME", help="only this outlet; may be repeated")
    watch.add_argument("--max-seconds", type=float, metavar="N", help="begin nothing after so long")
    watch.add_argument("--progress", action="store_true", help="show a bar on stderr")
    discover = spiders.add_parser("discover", help="look for the feeds of outlets; needs no store")
    discover.add_argument("--known", action="store_true", help="look also at the sources that stdin names: {home page: [[URL, kind], …]}")
    discover.add_argument("urls", nargs="+", metavar="URL")
    options = parser.parse_args(arguments)

    # Imported here: the process that reads feeds loads this module, too, and must be there at once.
    from pipeline import config, log
    from pipeline.errors import PresswatchError
    from pipeline.models import FeedKind, Source

    try:
        settings = config.load()
        log.set_up(settings.log_level, as_json=settings.log_format == "json")
        from crawlers import run

        if options.spider == "watch":
            result: Any = run.watch(settings, outlets=options.outlet, max_seconds=options.max_seconds, progress=options.progress)
        else:
            named = json.load(sys.stdin) if options.known else {}
            known = {home: [Source(url=url, kind=FeedKind(kind)) for url, kind in sources] for home, sources in named.items()}
            result = run.discover(settings, options.urls, known)
    except PresswatchError as error:
        print_line({"error": str(error)})
        return error.exit_code
    print_line(result)
    return 0


def print_line(value: Any) -> None:
    """One JSON line on stdout, for whoever started the crawl; if that was killed, nobody waits for it."""
    try:
        sys.stdout.write(json.dumps(value, default=_plain, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} has no JSON form")


if __name__ == "__main__":
    sys.exit(main())
