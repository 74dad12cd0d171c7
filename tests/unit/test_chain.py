"""Stages run side by side: each ends when those before it have, and what one dies of ends all."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.errors import SearchEngineAway
from pipeline.models import Counts, Stage
from pipeline.steps import chain


class Line:
    """Stages that hand numbers on to each other, a few a turn."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, waiting: int) -> None:
        self.waits = {stage: [] for stage in Stage}
        self.waits[Stage.CLEAN] = list(range(waiting))
        self.finished: list[int] = []
        self.threads: set[int] = set()
        self.context: Any = SimpleNamespace(database=SimpleNamespace(open=lambda: None), index=None)
        for number, stage in enumerate(Stage):
            following = list(Stage)[number + 1 : number + 2]
            monkeypatch.setitem(chain.STAGES, stage, self.stage(stage, following[0] if following else None))

    def stage(self, stage: Stage, following: Stage | None) -> Any:
        def run(context: object, *, deadline: float | None = None, lowest: object = None) -> Counts:
            self.threads.add(threading.get_ident())
            taken, self.waits[stage] = self.waits[stage][:3], self.waits[stage][3:]
            time.sleep(0.002)
            (self.waits[following] if following else self.finished).extend(taken)
            return Counts(stage=stage, claimed=len(taken), outcomes={"done": len(taken)} if taken else {})

        return run


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def test_all_gets_through_and_all_stages_end(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(monkeypatch, 50)
    done: dict[Stage, Counts] = {}
    with at_most(10):
        for counts in chain.process(line.context):
            chain.add(done, counts)
    assert sorted(line.finished) == list(range(50))
    assert {stage: (counts.claimed, counts.outcomes["done"]) for stage, counts in done.items()} == dict.fromkeys(Stage, (50, 50))
    assert len(line.threads) == len(Stage)


def test_stages_before_the_first_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(monkeypatch, 3)
    line.waits[Stage.INDEX] = [7]
    list(chain.process(line.context, start=Stage.INDEX))
    assert line.finished == [7]
    assert line.waits[Stage.CLEAN] == [0, 1, 2]


def test_what_one_stage_dies_of_ends_all_and_rises(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(monkeypatch, 100_000)

    def away(context: object, *, deadline: float | None = None, lowest: object = None) -> Counts:
        raise SearchEngineAway(where="here", problem="gone")

    monkeypatch.setitem(chain.STAGES, Stage.INDEX, away)
    with at_most(5), pytest.raises(SearchEngineAway):
        list(chain.process(line.context))


def test_following_goes_on_until_it_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(monkeypatch, 1)
    turns = chain.process(line.context, follow=True)
    with at_most(10):
        for _ in Stage:
            next(turns)
        line.waits[Stage.CLEAN].append(1)
        for _ in Stage:
            next(turns)
        turns.close()
    assert line.finished == [0, 1]


def test_no_turn_is_begun_after_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(monkeypatch, 100_000)
    with at_most(5):
        list(chain.process(line.context, deadline=time.monotonic() + 0.3))
    assert line.waits[Stage.CLEAN]
