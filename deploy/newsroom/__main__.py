"""Runs the demo newsroom in the foreground: `python -m deploy.newsroom`."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from datetime import datetime
from pathlib import Path

from deploy.newsroom.server import CannotListenError, serve


def main() -> int:
    """Serve until SIGINT or SIGTERM.

    Returns:
        The exit code: 0 after a signal, 1 if the addresses can't be bound.
    """
    options = _options()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        with serve(port=options.port, release_s=options.release, edit_on_fetch=not options.no_edit, started_at=options.start) as newsroom:
            if options.outlets_file:
                _write(options.outlets_file, newsroom.outlets_toml(feeds=not options.no_feeds))
            expected = newsroom.expected()
            ready = json.dumps(
                {
                    "port": newsroom.port,
                    "allow_hosts": newsroom.allow_hosts,
                    "articles": len(expected.articles),
                    "live": len(expected.live),
                    "outlets": [
                        {"name": site.publication.name, "url": f"{site.base}/", "feeds": [site.feed_url] if site.feed_url else []}
                        for site in newsroom.sites
                    ],
                },
                ensure_ascii=False,
            )
            sys.stdout.write(ready + "\n")
            sys.stdout.flush()
            if options.ready_file:
                _write(options.ready_file, ready + "\n")
            stop.wait()
    except CannotListenError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.newsroom", description="Eight fictional outlets, live on 127.0.0.11 to 127.0.0.18."
    )
    parser.add_argument("--port", type=int, default=8300, help="port of all outlets; 0 chooses a free one (default: 8300)")
    parser.add_argument(
        "--release", type=float, default=0.0, metavar="SECONDS", help="the latest articles appear so long after the start (default: 0)"
    )
    parser.add_argument(
        "--start", type=datetime.fromisoformat, metavar="TIME", help="count the articles' ages from this time, with offset (default: now)"
    )
    parser.add_argument("--no-edit", action="store_true", help="no article changes after its first fetch")
    parser.add_argument("--outlets-file", type=Path, metavar="FILE", help="write the outlets for `presswatch outlets import`")
    parser.add_argument("--no-feeds", action="store_true", help="leave the feeds out of the outlets file, for discovery to find")
    parser.add_argument("--ready-file", type=Path, metavar="FILE", help="write what is printed when ready, as one JSON line")
    return parser.parse_args()


def _write(path: Path, text: str) -> None:
    # A reader that waits for the file sees it whole or not at all.
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


if __name__ == "__main__":
    sys.exit(main())
