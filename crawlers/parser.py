"""What comes from outlets is read in a process of its own, which ends when it takes too long or too much memory."""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
from collections.abc import Callable
from functools import cached_property
from typing import Any, Final, TypeVar

from pebble import ProcessPool

from crawlers.reading import Reading, read
from pipeline.errors import FeedUnreadable
from pipeline.models import FeedKind
from pipeline.shapes import Known

TIME_LIMIT_S: Final = 10
MEMORY_LIMIT_BYTES: Final = 1_500_000_000
# One is enough for tens of feeds a second. A second one that is still starting when the pool ends would
# find the pool's semaphores gone, and say so on stderr.
PROCESSES: Final = 1
# A process is replaced now and then, in case a library leaks.
TASKS_A_PROCESS: Final = 500

Result = TypeVar("Result")


class Parser:
    """A reading process, started when first used and replaced when it was killed."""

    def __init__(self, *, time_limit_s: float = TIME_LIMIT_S) -> None:
        self.time_limit_s = time_limit_s

    @cached_property
    def _pool(self) -> ProcessPool:
        # Not forked from here: this process has threads. Those of the fork server share what is loaded.
        multiprocessing.set_forkserver_preload([f"crawlers.reading.{name}" for name in ("feeds", "sitemaps")])
        context = multiprocessing.get_context("forkserver")
        return ProcessPool(max_workers=PROCESSES, max_tasks=TASKS_A_PROCESS, initializer=_limit_memory, context=context)

    async def run(self, function: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """The result of a pure function on bytes that nobody trusts.

        Raises:
            FeedUnreadable: it took too long, or failed.

        """
        task = self._pool.schedule(function, args=args, kwargs=kwargs, timeout=self.time_limit_s)
        try:
            result: Result = await asyncio.wrap_future(task)
        except TimeoutError as error:
            raise FeedUnreadable(problem=f"reading it took longer than {self.time_limit_s:g} s") from error
        except Exception as error:
            raise FeedUnreadable(problem=f"reading it failed ({type(error).__name__}: {str(error)[:200]})") from error
        return result

    async def read(self, body: bytes, *, url: str, content_type: str, kind: FeedKind, known: Known | None = None) -> Reading:
        """Read a feed, a sitemap or a section page.

        Raises:
            FeedUnreadable: it is none, or reading it took too long or failed.

        """
        reading = await self.run(read, body, url=url, content_type=content_type, kind=kind, known=known)
        if isinstance(reading, str):
            raise FeedUnreadable(problem=reading)
        return reading

    def close(self) -> None:
        """End the process."""
        if "_pool" in self.__dict__:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join(timeout=5)


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))
