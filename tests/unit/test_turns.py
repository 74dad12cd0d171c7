"""Whose turn it is."""

from __future__ import annotations

from collections import Counter

from crawlers.turns import Turns


def test_hosts_take_turns_and_keep_their_delay() -> None:
    turns: Turns[str] = Turns(delay_s=1.0, per_host=1, concurrency=10)
    for n in range(3):
        turns.put("big", f"big{n}")
    turns.put("small", "small0")
    assert [turns.take(0), turns.take(0), turns.take(0)] == ["big0", "small0", None]
    assert turns.wait_s(0) is None  # big waits for the end of its request
    turns.done("big")
    assert turns.wait_s(0.25) == 0.75
    assert turns.take(0.99) is None
    assert turns.take(1.0) == "big1"
    turns.done("small")
    turns.done("big")
    assert turns.take(2.0) == "big2"
    assert (turns.waiting, turns.in_flight) == (0, 1)


def test_a_pause_counts_from_the_last_entry() -> None:
    turns: Turns[str] = Turns(delay_s=1.0, per_host=1, concurrency=10)
    turns.put("a", "first")
    turns.put("a", "second")
    assert turns.take(0) == "first"
    turns.pace("a", 5.0)
    turns.done("a")
    assert turns.wait_s(0.5) == 4.5
    assert turns.take(4.9) is None
    assert turns.take(5.0) == "second"


def test_one_huge_host_starves_nobody() -> None:
    turns: Turns[str] = Turns(delay_s=0, per_host=2, concurrency=4)
    for n in range(1000):
        turns.put("huge", f"huge{n}")
    for n in range(10):
        turns.put(f"h{n}", f"h{n}")
    order = []
    for _ in range(15):
        taken = [entry for entry in (turns.take(0) for _ in range(4)) if entry]
        order += taken
        for entry in taken:
            turns.done("huge" if entry.startswith("huge") else entry)
    assert {f"h{n}" for n in range(10)} <= set(order[:24])


def test_limits() -> None:
    turns: Turns[str] = Turns(delay_s=0, per_host=2, concurrency=3)
    for host in ("a", "b"):
        for n in range(5):
            turns.put(host, f"{host}{n}")
    taken = [turns.take(0) for _ in range(6)]
    assert Counter(entry[0] for entry in taken if entry).most_common() == [("a", 2), ("b", 1)]
    assert turns.wait_s(0) is None


def test_priority_at_a_host_and_order_otherwise() -> None:
    turns: Turns[str] = Turns(delay_s=0, per_host=9, concurrency=9)
    for entry, priority in (("refetch", 1), ("news1", 0), ("feed", -1), ("news2", 0)):
        turns.put("a", entry, priority=priority)
    assert [turns.take(0) for _ in range(4)] == ["feed", "news1", "news2", "refetch"]


def test_drop_leaves_the_others() -> None:
    turns: Turns[str] = Turns(delay_s=0, per_host=1, concurrency=9)
    for host in ("a", "a", "b"):
        turns.put(host, host)
    assert list(turns.crowded(2)) == ["a"]
    assert turns.drop("a") == ["a", "a"]
    assert turns.drop("none") == []
    assert turns.take(0) == "b"
    turns.put("a", "again")
    assert turns.take(0) == "again"
    assert turns.waiting == 0


def test_an_entry_that_only_keeps_its_host_leaves_its_connection_to_others() -> None:
    turns: Turns[str] = Turns(delay_s=0, per_host=1, concurrency=1)
    for host in ("a", "a", "b"):
        turns.put(host, host)
    assert turns.take(0) == "a"
    with turns.keeping():
        assert (turns.take(0), turns.kept) == ("b", 1)
        turns.done("b")
        assert turns.take(0) is None  # the other one of its host waits
    assert (turns.in_flight, turns.kept) == (1, 0)
    turns.done("a")
    assert turns.take(0) == "a"
