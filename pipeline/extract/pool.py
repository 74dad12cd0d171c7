"""Extraction in processes that can be killed: a page that hangs or crashes harms no other."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, Final, Self

from pebble import ProcessExpired, ProcessPool

from pipeline.errors import ExtractorFailed, PageTimeout, PageTooHeavy, WorkerDied
from pipeline.extract.limits import MAX_BYTES, MAX_MEMORY_BYTES, MEMORY_EXIT
from pipeline.models import Extraction, PageSource

LOOK_AHEAD: Final = 8  # pages a worker that wait or are done; bounds memory
PAGES_A_WORKER: Final = 1_000  # then a fresh one takes its place, so that leaks stay small


class Extractor:
    """A pool of extracting processes; use it as a context manager.

    Args:
        workers: processes.
        timeout_s: for one page, counted from when a worker takes it; then the worker is killed.
        max_bytes: a longer page is rejected unread.
        memory_bytes: how much one page may add to the address space of its worker; then the worker ends.

    """

    def __init__(self, *, workers: int, timeout_s: float, max_bytes: int = MAX_BYTES, memory_bytes: int = MAX_MEMORY_BYTES) -> None:
        self.workers = workers
        self.timeout_s = timeout_s
        self.max_bytes = max_bytes
        self.memory_bytes = memory_bytes
        # Before anything has worked, a broken pool is a fault of the installation and not of a page.
        self._has_worked = False
        self._start_pool()

    def _start_pool(self) -> None:
        # Callers have threads, which a plain fork would break. The server imports once, and each worker is its fork.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["pipeline.extract.worker"])
        self._pool = ProcessPool(
            max_workers=self.workers, max_tasks=PAGES_A_WORKER, initializer=_start, initargs=(self.memory_bytes,), context=context
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop at once; what still runs is given up."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def extract_many(self, sources: Iterable[PageSource | Exception]) -> Iterator[Extraction | Exception]:
        """Extractions in the order of their sources.

        A page that can't be extracted yields its error (PageError, PageTimeout, PageTooHeavy, WorkerDied, or whatever the
        extraction raised), and an error among the sources comes back at its place. Sources are read a bounded number ahead.

        Raises:
            ExtractorFailed: the processes can't even start; that is no page's fault.

        """
        waiting: deque[Any] = deque()
        try:
            for source in sources:
                waiting.append(source if isinstance(source, Exception) else (source, self._submit(source)))
                if len(waiting) >= LOOK_AHEAD * self.workers:
                    yield self._result(waiting.popleft())
            while waiting:
                yield self._result(waiting.popleft())
        finally:
            for item in waiting:
                if not isinstance(item, Exception):
                    item[1].cancel()

    def _submit(self, source: PageSource) -> Any:
        try:
            return self._schedule(source)
        except RuntimeError as error:
            # A worker that died at a bad moment can take the pool with it; its pages fail, and a new pool goes on.
            self._replace_pool(error)
            return self._schedule(source)

    def _schedule(self, source: PageSource) -> Any:
        return self._pool.schedule(_work, args=(source, self.max_bytes), timeout=self.timeout_s)

    def _replace_pool(self, error: Exception) -> None:
        if not self._has_worked:
            raise ExtractorFailed(problem=error) from error
        self.close()
        self._start_pool()

    def _result(self, item: Any) -> Extraction | Exception:  # noqa: PLR0911 - one for each fate
        if isinstance(item, Exception):
            return item
        source, future = item
        try:
            extraction: Extraction = future.result()
        except FutureTimeoutError:
            return PageTimeout(url=source.url, seconds=self.timeout_s)
        except ProcessExpired as error:
            if error.exitcode == MEMORY_EXIT:
                return PageTooHeavy(url=source.url, megabytes=self.memory_bytes / 1e6)
            return WorkerDied(url=source.url, problem=f"exit code {error.exitcode}")
        except BrokenExecutor as error:
            if not self._has_worked:
                raise ExtractorFailed(problem=error) from error
            return WorkerDied(url=source.url, problem="the pool broke")
        except CancelledError:
            return WorkerDied(url=source.url, problem="the pool was closed")
        except Exception as error:  # noqa: BLE001 - whatever a page made the extraction raise belongs to that page alone
            return error
        self._has_worked = True
        return extraction


def _start(memory_bytes: int) -> None:
    from pipeline.extract import worker

    worker.start(memory_bytes)


def _work(source: PageSource, max_bytes: int) -> Extraction:
    from pipeline.extract import worker

    return worker.work(source, max_bytes)
