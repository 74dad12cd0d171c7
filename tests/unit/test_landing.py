"""Captures are stored together, and each tells for itself what became of it."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from crawlers import landing
from crawlers.landing import Landed, Landing
from pipeline.errors import DatabaseAway
from pipeline.models import Capture, Page


@dataclass
class Store:
    """Stands for the database: counts what each transaction is given, and commits it at the end."""

    broken: int | None = None  # the page whose capture it refuses
    away: bool = False
    begun: list[list[int]] = field(default_factory=list)
    committed: list[int] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def transaction(self) -> Iterator[list[int]]:
        written: list[int] = []
        yield written
        self.gate.wait(5)
        self.committed += written

    def store_all(self, written: list[int], landed: Any, *, refetch_after_s: Any) -> list[int | None]:
        pages = [capture.page_id for capture, _ in landed]
        self.begun.append(pages)
        if self.away:
            raise DatabaseAway(where="here", problem="gone")
        if self.broken in pages:
            raise ValueError
        written += pages
        return [None if page == 2 else page for page in pages]


@dataclass
class Spider:
    """What the landing uses of a spider."""

    database: Store
    limits: Any = field(default_factory=lambda: SimpleNamespace(refetch_after_s=()))
    tally: Any = field(default_factory=lambda: SimpleNamespace(counts=Counter()))
    given_up: list[tuple[int, str]] = field(default_factory=list)
    ends: list[tuple[str, bool]] = field(default_factory=list)  # hosts whose turn has ended, and whether the page was stored by then
    broken: list[BaseException] = field(default_factory=list)

    @asynccontextmanager
    async def ended(self, host: str) -> AsyncIterator[None]:
        try:
            yield
        except DatabaseAway as error:
            self.broken.append(error)
        self.ends.append((host, int(host) in self.database.committed))

    def landed(self, page: Page, size_bytes: int, *, stored: bool) -> None:
        self.tally.counts["fetched" if stored else "unchanged"] += 1
        self.tally.counts["bytes"] += size_bytes

    async def give_up(self, page: Page, failure: Any) -> None:
        self.given_up.append((page.id, failure.reason))


def land(monkeypatch: pytest.MonkeyPatch, store: Store, *sizes: int) -> Spider:
    """Land a page of each size; the first transaction ends when all have come in."""
    monkeypatch.setattr(landing, "captures", store)
    spider = Spider(database=store)
    landed = [
        Landed(
            page=Page(id=n, outlet_id=1, url=f"https://{n}.example/"),
            capture=Capture(page_id=n, fetched_at=datetime.now(UTC), url="", status=200, content_type="", body=b"x" * size),
            host=str(n),
        )
        for n, size in enumerate(sizes, 1)
    ]

    async def run() -> None:
        into = Landing(SimpleNamespace(spider=spider))  # type: ignore[arg-type]
        first = asyncio.create_task(into.process_item(landed[0]))
        await asyncio.sleep(0.05)
        rest = [asyncio.create_task(into.process_item(item)) for item in landed[1:]]
        await asyncio.sleep(0.05)
        store.gate.set()
        await asyncio.gather(first, *rest)

    asyncio.run(run())
    return spider


def test_what_comes_in_during_a_transaction_goes_into_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    spider = land(monkeypatch, Store(), 1, 1, 1, 1)
    assert spider.database.begun == [[1], [2, 3, 4]]
    assert (spider.tally.counts["fetched"], spider.tally.counts["unchanged"]) == (3, 1)
    assert spider.ends == [("1", True), ("2", True), ("3", True), ("4", True)]


def test_one_that_cannot_be_stored_takes_no_other_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    spider = land(monkeypatch, Store(broken=3), 1, 1, 1, 1)
    assert spider.database.begun == [[1], [2, 3, 4], [2], [3], [4]]
    assert sorted(spider.database.committed) == [1, 2, 4]
    assert spider.given_up == [(3, "not_stored")]


def test_nothing_is_tried_alone_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    spider = land(monkeypatch, Store(away=True), 1, 1, 1)
    assert spider.database.begun == [[1], [2, 3]]
    assert (len(spider.broken), spider.given_up, spider.tally.counts.total()) == (3, [], 0)


def test_large_pages_are_not_stored_together(monkeypatch: pytest.MonkeyPatch) -> None:
    spider = land(monkeypatch, Store(), 1, 9_000_000, 9_000_000, 30_000_000)
    assert spider.database.begun == [[1], [2], [3], [4]]
