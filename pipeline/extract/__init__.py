"""Extraction: a page's bytes to its article. Each field has a module, which decides it from candidates."""

from pipeline.extract.extraction import MAX_BYTES, extract
from pipeline.extract.pool import Extractor

__all__ = ["MAX_BYTES", "Extractor", "extract"]
