"""Recognition on all cores: each process keeps its own models."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Final, Self

from pipeline.entities.recognition import EntityText, annotate
from pipeline.models import Mention

CHUNK: Final = 8  # texts that go to a process at a time


class Annotator:
    """A pool of recognising processes, started as texts come; use it as a context manager."""

    def __init__(self, *, workers: int) -> None:
        self.workers = workers
        self._pool = self._start()

    def _start(self) -> ProcessPoolExecutor:
        # Callers have threads, which a plain fork would break.
        return ProcessPoolExecutor(max_workers=self.workers, mp_context=multiprocessing.get_context("forkserver"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop; what waits is given up."""
        self._pool.shutdown(cancel_futures=True)

    def annotate(self, texts: Sequence[EntityText]) -> list[tuple[Mention, ...]]:
        """As `pipeline.entities.annotate`.

        Raises:
            BrokenProcessPool: a process died; the next call has new ones.

        """
        chunks = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]
        try:
            return [mentions for found in self._pool.map(annotate, chunks) for mentions in found]
        except BrokenProcessPool:
            self._pool.shutdown(wait=False)
            self._pool = self._start()
            raise
