"""A process with Scrapy loaded, which forks a crawler for each line on its stdin: tests crawl often, and loading takes longest.

A line is JSON: the crawler's `variables`, its `arguments`, and `output`, a path to which `.out`, `.err` and at its
end `.code` are added. It answers with the crawler's pid.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from pathlib import Path

from crawlers.__main__ import main

LOADED = ("crawlers.run", "crawlers.guard", "scrapy.core.downloader.handlers.http11", "pipeline.config", "pipeline.log")


def crawl(variables: dict[str, str], arguments: list[str], output: str) -> None:
    """Become the crawler."""
    os.environ.clear()
    os.environ.update(variables)
    for number, ending in ((1, "out"), (2, "err")):
        os.dup2(os.open(f"{output}.{ending}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    code = main(arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def supervise(variables: dict[str, str], arguments: list[str], output: str) -> None:
    """Start the crawler, tell its pid, and keep its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        crawl(variables, arguments, output)
    os.write(1, f"{pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    Path(f"{output}.part").write_text(str(os.waitstatus_to_exitcode(status)))
    Path(f"{output}.part").rename(f"{output}.code")
    os._exit(0)


if __name__ == "__main__":
    # Not at the top: the crawlers' own processes load this file, too.
    for module in LOADED:
        importlib.import_module(module)
    # A reactor that is there before the fork would be shared.
    assert "twisted.internet.reactor" not in sys.modules
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if os.fork() == 0:
            supervise(**json.loads(line))
