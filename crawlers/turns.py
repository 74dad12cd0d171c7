"""Whose turn it is: a fair queue over hosts that keeps the delay and the connections of each. Pure.

Scrapy's own queue fills its connections with whatever host has most to fetch, and these then wait for
that host's delay. Here a request is handed out only when its host can take it, and hosts take turns.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


@dataclass(slots=True)
class Line(Generic[Entry]):
    """What waits for one host."""

    waiting: list[tuple[int, int, Entry]] = field(default_factory=list)
    in_flight: int = 0
    next_at: float = 0.0
    delay_s: float = 0.0
    queued: bool = False  # stands in the order of hosts


class Turns(Generic[Entry]):
    """Entries wait in line at their hosts; `take` gives the next one that its host can take now."""

    def __init__(self, *, delay_s: float, per_host: int, concurrency: int) -> None:
        """Times are given to the methods as seconds of any monotonic clock.

        Args:
            delay_s: from one start to the next at one host, unless `pace` says otherwise.
            per_host: connections to one host at a time.
            concurrency: connections in all.

        """
        self.delay_s = delay_s
        self.per_host = per_host
        self.concurrency = concurrency
        self.waiting = 0
        self.in_flight = 0
        self.kept = 0
        self._lines: dict[str, Line[Entry]] = {}
        self._order: list[tuple[float, int, str]] = []
        self._numbers = itertools.count()

    def put(self, host: str, entry: Entry, *, priority: int = 0) -> None:
        """Let an entry wait for its host; a smaller priority goes first there."""
        line = self._lines.setdefault(host, Line(delay_s=self.delay_s))
        heapq.heappush(line.waiting, (priority, next(self._numbers), entry))
        self.waiting += 1
        self._queue(host, line)

    def take(self, now: float) -> Entry | None:
        """The next entry, or null if none can go now. Each one taken must be ended by `done`."""
        if self.in_flight >= self.concurrency or not self._order or self._order[0][0] > now:
            return None
        _, _, host = heapq.heappop(self._order)
        line = self._lines[host]
        line.queued = False
        _, _, entry = heapq.heappop(line.waiting)
        line.in_flight += 1
        line.next_at = now + line.delay_s
        self.waiting -= 1
        self.in_flight += 1
        self._queue(host, line)
        return entry

    def done(self, host: str) -> None:
        """An entry of this host has ended."""
        line = self._lines[host]
        line.in_flight -= 1
        self.in_flight -= 1
        self._queue(host, line)

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """While an entry under way needs its host, and no connection: that is another's meanwhile."""
        self.in_flight -= 1
        self.kept += 1
        try:
            yield
        finally:
            self.kept -= 1
            self.in_flight += 1

    def pace(self, host: str, delay_s: float) -> None:
        """From its last entry on, a host is given this delay."""
        line = self._lines[host]
        line.next_at += delay_s - line.delay_s
        line.delay_s = delay_s

    def hosts(self) -> frozenset[str]:
        """Hosts that have something waiting or under way."""
        return frozenset(host for host, line in self._lines.items() if line.waiting or line.in_flight)

    def drop(self, host: str) -> list[Entry]:
        """Take out and return what waits for a host."""
        line = self._lines.get(host)
        if line is None:
            return []
        dropped = [entry for _, _, entry in line.waiting]
        self.waiting -= len(dropped)
        line.waiting.clear()
        if line.queued:
            line.queued = False
            self._order = [turn for turn in self._order if turn[2] != host]
            heapq.heapify(self._order)
        return dropped

    def wait_s(self, now: float) -> float | None:
        """Seconds until `take` may give something; null if only `put` or `done` can change that."""
        if self.in_flight >= self.concurrency or not self._order:
            return None
        return max(0.0, self._order[0][0] - now)

    def crowded(self, least: int) -> Collection[str]:
        """Hosts that have at least this many entries waiting."""
        return [host for host, line in self._lines.items() if len(line.waiting) >= least]

    def _queue(self, host: str, line: Line[Entry]) -> None:
        if line.waiting and not line.queued and line.in_flight < self.per_host:
            line.queued = True
            heapq.heappush(self._order, (line.next_at, next(self._numbers), host))
