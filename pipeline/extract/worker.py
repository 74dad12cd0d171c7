"""What a worker process does. Importing this reads all models, so that processes forked afterwards share them."""

from __future__ import annotations

import gc
import os
import resource

import psutil
from lxml import etree

from pipeline import dates, languages
from pipeline.extract import extraction, extractor
from pipeline.extract.limits import MEMORY_EXIT
from pipeline.models import Extraction, PageSource

languages.preload()
dates.preload()
extractor.preload()
gc.freeze()


def start(memory_bytes: int) -> None:
    """Limit the address space of this process to so much more than it has: no page gets the machine's memory."""
    limit = psutil.Process().memory_info().vms + memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def work(source: PageSource, max_bytes: int) -> Extraction:
    """One page. The process ends when the page needs too much memory, so that none is left for the next one to miss."""
    try:
        return extraction.extract(source, max_bytes=max_bytes)
    except (MemoryError, etree.XMLSyntaxError, etree.XPathEvalError):  # without memory lxml says `unknown error` in these two
        os._exit(MEMORY_EXIT)
