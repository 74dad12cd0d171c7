"""Extraction: a page's bytes to its article. Each field has a module, which decides it from candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.extract.limits import MAX_BYTES
from pipeline.extract.pool import Extractor

if TYPE_CHECKING:
    from pipeline.extract.extraction import extract

__all__ = ["MAX_BYTES", "Extractor", "extract"]


def __getattr__(name: str) -> Any:
    """Load the extraction when it is first used: who owns a pool works without it and starts a second sooner."""
    if name == "extract":
        from pipeline.extract.extraction import extract

        return extract
    raise AttributeError(name)
