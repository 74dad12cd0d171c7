"""Stage `compare`: whichever print is decided first, the one that was seen first is the original of them all."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.models import Extraction, Priority, Stage
from pipeline.steps import compare
from pipeline.steps.context import Context
from pipeline.store import articles, imports, work

SEEN_AT = datetime.now(UTC) - timedelta(hours=3)


def prose(seed: int, count: int) -> str:
    chance = random.Random(seed)
    return " ".join("".join(chance.choices("abcdefghijklmnoprstuvw", k=chance.randint(3, 9))) for _ in range(count))


WIRE = prose(1, 300)
PRINTS = {
    "first": WIRE,
    "cut": " ".join(WIRE.split()[:240]),
    "led": f"{prose(2, 30)} {WIRE}",
    "same": WIRE,
}


class Newsroom:
    """Articles that are put into the store in one order and decided in another."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.ids: dict[str, int] = {}

    def put(self, name: str, body: str, minute: int) -> None:
        url = f"https://paper.example/{name}"
        extraction = Extraction(
            url=url, canonical_url=url, title=name, authors=(), published_at=None, modified_at=None, language="en", body=body, topics=(),
            syndicated_from=None, rejected_reason=None, candidates={},
        )  # fmt: skip
        with self.context.database.transaction() as connection:
            outlet_id = imports.outlet_id(connection, "Paper", "paper.example")
            origin = articles.Origin(
                outlet_id=outlet_id, url=url, first_seen_at=SEEN_AT + timedelta(minutes=minute), priority=Priority.LIVE
            )
            self.ids[name] = articles.save(connection, extraction, origin).article_id

    def decide(self, *names: str) -> None:
        with self.context.database.transaction() as connection:
            work.enqueue(connection, Stage.COMPARE, [(self.ids[name], 1, Priority.LIVE) for name in names])
        compare.run(self.context)

    def originals(self) -> dict[str, str]:
        names = {article_id: name for name, article_id in self.ids.items()}
        with self.context.database.transaction() as connection:
            rows = connection.execute("SELECT article_id, duplicate_of FROM duplicates").fetchall()
        return {names[article_id]: names[original] for article_id, original in rows}


@pytest.fixture
def newsroom(context: Context) -> Newsroom:
    return Newsroom(context)


@pytest.mark.parametrize("order", list(itertools.permutations(PRINTS))[::3])
def test_the_first_seen_is_the_original_in_any_order(newsroom: Newsroom, order: tuple[str, ...]) -> None:
    for name in sorted(PRINTS):  # ids in another order than times
        newsroom.put(name, PRINTS[name], minute=list(PRINTS).index(name))
    for name in order:
        newsroom.decide(name)
    assert newsroom.originals() == dict.fromkeys(("cut", "led", "same"), "first")


def test_one_batch_decides_the_same(newsroom: Newsroom) -> None:
    for name in sorted(PRINTS):
        newsroom.put(name, PRINTS[name], minute=list(PRINTS).index(name))
    newsroom.decide(*PRINTS)
    assert newsroom.originals() == dict.fromkeys(("cut", "led", "same"), "first")
    newsroom.decide(*reversed(PRINTS))
    assert newsroom.originals() == dict.fromkeys(("cut", "led", "same"), "first")


def test_whose_original_changes_is_indexed_again(newsroom: Newsroom, context: Context) -> None:
    for name in ("same", "first"):
        newsroom.put(name, PRINTS[name], minute=list(PRINTS).index(name))
    newsroom.decide("same")
    with context.database.transaction() as connection:
        connection.execute("UPDATE articles SET indexed_revision = revision")
    newsroom.decide("first")
    with context.database.transaction() as connection:
        waiting = [row[0] for row in connection.execute("SELECT id FROM articles WHERE revision > indexed_revision ORDER BY id")]
    assert waiting == sorted(newsroom.ids.values())
    with context.database.transaction() as connection:
        row = connection.execute("SELECT kind, shared_text FROM duplicates").fetchone()
    assert row == ("copy", 1.0)


def test_different_texts_stay_apart(newsroom: Newsroom) -> None:
    for number in range(5):
        newsroom.put(f"n{number}", prose(10 + number, 200), minute=number)
    newsroom.decide(*newsroom.ids)
    assert newsroom.originals() == {}
