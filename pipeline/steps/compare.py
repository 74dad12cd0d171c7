"""Stage `compare`: is this article's text a copy of one that is stored already?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from pipeline import duplicates
from pipeline.models import Article, CopyKind, Counts, Duplicate, Fingerprint, Job, Priority, Stage
from pipeline.steps import batch
from pipeline.steps.context import Context
from pipeline.store import articles, comparisons, work
from pipeline.store.database import Connection

SIZE: Final = 64


def run(context: Context, *, deadline: float | None = None, lowest: Priority = Priority.BACKLOG) -> Counts:
    """Compare what waits."""
    return batch.run(context, Stage.COMPARE, partial(_compare, context), size=SIZE, deadline=deadline, lowest=lowest)


def _compare(context: Context, jobs: Sequence[Job]) -> batch.Done:
    with context.database.transaction() as connection:
        current = articles.current(connection, [job.subject_id for job in jobs])
    fingerprints, failures = batch.each(
        [job for job in jobs if job.subject_id in current], lambda job: duplicates.fingerprint(current[job.subject_id].body)
    )
    context.database.ensure_partitions(article.first_seen_at for article in current.values())
    outcomes = Counter[str]()
    failed = {job.id for job, _ in failures}
    with context.database.transaction() as connection:
        comparisons.lock(connection)
        changed: set[int] = set()
        for job, fingerprint in sorted(
            fingerprints, key=lambda pair: (pair[0].priority, current[pair[0].subject_id].first_seen_at, pair[0].subject_id)
        ):
            article = current[job.subject_id]
            comparisons.save(connection, article, fingerprint)
            duplicate, others = _decide(connection, article, fingerprint)
            outcomes[duplicate.kind if duplicate else "original"] += 1
            changed |= {article.id, *others}
        articles.touch(connection, sorted(changed))
        outcomes["missing"] = len(jobs) - len(fingerprints) - len(failed)
        work.finish(connection, [job for job in jobs if job.subject_id not in current])
        work.finish(connection, [job for job, _ in fingerprints], Stage.ANNOTATE)
    return batch.Done(outcomes=+outcomes, failures=failures)


def _decide(connection: Connection, article: Article, fingerprint: Fingerprint) -> tuple[Duplicate | None, set[int]]:
    """What the article repeats, and the other articles about which this changes something.

    The original is the one that was seen first, whichever was decided first: retries and several processes
    mix the order. Pointers go from later to earlier, so that they can't run in a circle.
    """
    similar = comparisons.similar(connection, article, fingerprint)
    place = (article.first_seen_at, article.id)
    earlier = {known.article_id: known for known in similar if (known.first_seen_at, known.article_id) < place}
    duplicate = _original_of(connection, article, fingerprint, earlier)
    comparisons.decide(connection, article.id, article.version, duplicate)
    original = duplicate.duplicate_of if duplicate else article.id
    changed = _hand_over(connection, article.id, original) if duplicate else set()
    later = {known.article_id: known for known in similar if known.article_id not in earlier and known.duplicate_of is None}
    likely = duplicates.likely(fingerprint, {article_id: known.fingerprint for article_id, known in later.items()})
    bodies = comparisons.bodies(connection, [*likely, original]) if likely else {}
    for other in likely:
        kind, share = duplicates.compare(bodies[other], article.body)
        if kind is not None:
            if original != article.id:
                _, share = duplicates.compare(bodies[other], bodies[original])
            found = Duplicate(duplicate_of=original, kind=kind, shared_text=share)
            comparisons.decide(connection, other, later[other].version, found)
            changed |= {other} | _hand_over(connection, other, original)
    return duplicate, changed


def _hand_over(connection: Connection, article_id: int, original: int) -> set[int]:
    """What repeats an article that is no original any more repeats its original; which articles that are."""
    members = comparisons.members(connection, article_id)
    bodies = comparisons.bodies(connection, [original, *(member for member, _, _ in members)]) if members else {}
    for member, version, kind in members:
        _, share = duplicates.compare(bodies[member], bodies[original])
        comparisons.decide(connection, member, version, Duplicate(duplicate_of=original, kind=kind, shared_text=share))
    return {member for member, _, _ in members}


def _original_of(
    connection: Connection, article: Article, fingerprint: Fingerprint, seen: Mapping[int, comparisons.Seen]
) -> Duplicate | None:
    """The stored article that this one repeats: the first of its copy group, not a copy of it."""
    likely = duplicates.likely(fingerprint, {article_id: known.fingerprint for article_id, known in seen.items()})
    likely = [article_id for article_id in likely if seen[article_id].duplicate_of != article.id]
    originals = list(dict.fromkeys(seen[article_id].duplicate_of or article_id for article_id in likely))
    bodies = comparisons.bodies(connection, list({*likely, *originals}))
    derived: Duplicate | None = None
    for article_id in likely:
        kind, share = duplicates.compare(article.body, bodies[article_id])
        if kind is None:
            continue
        original = seen[article_id].duplicate_of or article_id
        if original != article_id:
            _, share = duplicates.compare(article.body, bodies[original])
        duplicate = Duplicate(duplicate_of=original, kind=kind, shared_text=share)
        if kind is CopyKind.COPY:
            return duplicate
        derived = derived or duplicate
    return derived
