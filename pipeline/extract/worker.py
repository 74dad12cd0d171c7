"""What a worker process does. Importing this reads all models, so that processes forked afterwards share them."""

from __future__ import annotations

import gc
import resource
from typing import Final

import psutil

from pipeline import dates, languages
from pipeline.extract import extraction, extractor
from pipeline.models import Extraction, PageSource

MEMORY_GROWTH_BYTES: Final = 1_500_000_000  # of address space, over what the process starts with


languages.preload()
dates.preload()
extractor.preload()
gc.freeze()


def start() -> None:
    """Limit the memory of this process: a page that asks for more gets an error instead of the machine's memory."""
    limit = psutil.Process().memory_info().vms + MEMORY_GROWTH_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def work(source: PageSource, max_bytes: int) -> Extraction:
    """One page."""
    return extraction.extract(source, max_bytes=max_bytes)
