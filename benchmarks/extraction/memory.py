"""The most memory that an extracting process has held; a program of its own, since workers import their program's main module."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

import psutil

from benchmarks.extraction.corpus import load, page_source
from pipeline.extract import Extractor
from pipeline.models import PageSource


def peak_bytes(sources: Iterable[PageSource]) -> int:
    """Highest resident size of any worker while a pool of one worker reads all pages (Linux only)."""
    peak = 0
    with Extractor(workers=1, timeout_s=120) as extractor:
        for _ in extractor.extract_many(sources):
            for server in psutil.Process().children():
                for worker in server.children():  # a worker's successor takes its place after some pages
                    status = Path(f"/proc/{worker.pid}/status").read_text(encoding="ascii")
                    if found := re.search(r"VmHWM:\s+(\d+) kB", status):
                        peak = max(peak, int(found[1]) * 1024)
    return peak


if __name__ == "__main__":
    most = int(sys.argv[1]) or None
    print(peak_bytes(page_source(*row) for name in sys.argv[2:] for row in load(name)[:most]))
