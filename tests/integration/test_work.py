"""The work queue: claims, crashes, failures, quarantine."""

from __future__ import annotations

import subprocess
import sys
import threading

from pipeline.models import Job, Priority, Stage
from pipeline.store import work
from pipeline.store.database import Database


def put(database: Database, *subjects: tuple[int, int, int]) -> None:
    with database.transaction() as connection:
        work.enqueue(connection, Stage.CLEAN, subjects)


def claim(database: Database, limit: int = 10, lowest: Priority = Priority.BACKLOG) -> list[Job]:
    worker = database.worker()
    with database.transaction() as connection:
        return work.claim(connection, Stage.CLEAN, worker, limit, lowest)


def test_news_comes_before_backlog(database: Database) -> None:
    put(database, (1, 0, Priority.BACKLOG), (2, 0, Priority.LIVE), (3, 0, Priority.REFETCH), (4, 0, Priority.LIVE))
    assert [job.subject_id for job in claim(database)] == [2, 4, 3, 1]


def test_work_below_the_lowest_priority_is_left(database: Database) -> None:
    put(database, (1, 0, Priority.BACKLOG), (2, 0, Priority.LIVE))
    assert [job.subject_id for job in claim(database, lowest=Priority.REFETCH)] == [2]


def test_a_claim_is_not_given_twice(database: Database) -> None:
    put(database, *((number, 0, 0) for number in range(40)))
    found: list[int] = []

    def take() -> None:
        with Database(database.url) as own:
            while jobs := claim(own, limit=7):
                found.extend(job.subject_id for job in jobs)
                with own.transaction() as connection:
                    work.finish(connection, jobs)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(40))


def test_what_is_left_is_told_apart_by_whether_somebody_works_on_it(database: Database) -> None:
    put(database, *((number, 0, 0) for number in range(5)))
    assert len(claim(database, limit=2)) == 2
    with Database(database.url) as other:
        assert len(claim(other, limit=1)) == 1
    with database.transaction() as connection:
        assert work.left(connection) == {Stage.CLEAN: work.Left(claimed=2, free=3)}


def test_claims_of_a_killed_process_are_free_at_once(database: Database) -> None:
    put(database, (1, 0, 0), (2, 0, 0))
    code = (
        "import sys; from pipeline.store import work; from pipeline.store.database import Database\n"
        "d = Database(sys.argv[1]); w = d.worker()\n"
        "with d.transaction() as c: print(len(work.claim(c, 'clean', w, 10)), flush=True)\n"
        "sys.stdin.read()"
    )
    process = subprocess.Popen([sys.executable, "-c", code, database.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "2\n"
    assert claim(database) == []
    process.kill()
    process.wait()
    # The server notices the closed connection a moment later.
    for _ in range(100):
        if jobs := claim(database):
            break
    assert [job.attempts for job in jobs] == [2, 2]


def test_finishing_passes_on_in_the_same_transaction(database: Database) -> None:
    put(database, (1, 0, Priority.REFETCH))
    jobs = claim(database)
    with database.transaction() as connection:
        work.finish(connection, jobs, Stage.COMPARE)
        counts = work.waiting(connection)
    assert (counts[Stage.CLEAN], counts[Stage.COMPARE]) == (0, 1)


def test_giving_back_does_not_count_an_attempt(database: Database) -> None:
    put(database, (1, 0, 0))
    for _ in range(7):
        jobs = claim(database)
        with database.transaction() as connection:
            work.give_back(connection, jobs)
    assert claim(database)[0].attempts == 1


def test_a_suspect_is_claimed_alone_and_then_quarantined(database: Database) -> None:
    put(database, (1, 0, 0), (2, 0, 0))
    for attempt in range(1, 6):
        jobs = claim(database)
        assert [job.subject_id for job in jobs] == ([1] if attempt > work.ALONE_AFTER else [1, 2])
        with database.transaction() as connection:
            gone = work.fail(connection, jobs[0], error="ValueError: bad", traceback="Traceback …")
            work.give_back(connection, jobs[1:])
        assert gone == (attempt == work.QUARANTINE_AFTER)
    assert [job.subject_id for job in claim(database)] == [2]
    with database.transaction() as connection:
        found = work.quarantined(connection, [(Stage.CLEAN, 1)])
    assert [(item.subject_id, item.error, item.traceback) for item in found] == [(1, "ValueError: bad", "Traceback …")]


def test_what_kills_its_worker_ends_in_quarantine(database: Database) -> None:
    put(database, (1, 0, 0), (2, 0, 0))
    tried: list[list[int]] = []
    for _ in range(work.QUARANTINE_AFTER):
        with Database(database.url) as own:  # closed without finishing: this worker died
            tried.append([job.subject_id for job in claim(own)])
    # The first tries took both down; then each is alone.
    assert tried[:3] == [[1, 2]] * 3
    assert all(len(batch) == 1 for batch in tried[3:])
    claim(database)
    with database.transaction() as connection:
        assert [item.error for item in work.quarantined(connection)] == ["worker_died"]


def test_what_waits_already_keeps_the_better_priority(database: Database) -> None:
    put(database, (1, 0, Priority.BACKLOG))
    put(database, (1, 0, Priority.LIVE))
    put(database, (1, 0, Priority.REFETCH))
    assert [job.priority for job in claim(database)] == [Priority.LIVE]
