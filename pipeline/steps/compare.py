"""Stage `compare`: is this article's text a copy of one that is stored already?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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
        changed = []
        for job, fingerprint in sorted(
            fingerprints, key=lambda pair: (pair[0].priority, current[pair[0].subject_id].first_seen_at, pair[0].subject_id)
        ):
            article = current[job.subject_id]
            duplicate = _original_of(connection, article, fingerprint)
            comparisons.save(connection, article, fingerprint, duplicate)
            outcomes[duplicate.kind if duplicate else "original"] += 1
            changed.append(article.id)
        articles.touch(connection, changed)
        outcomes["missing"] = len(jobs) - len(fingerprints) - len(failed)
        work.finish(connection, [job for job in jobs if job.subject_id not in current])
        work.finish(connection, [job for job, _ in fingerprints], Stage.ANNOTATE)
    return batch.Done(outcomes=+outcomes, failures=failures)


def _original_of(connection: Connection, article: Article, fingerprint: Fingerprint) -> Duplicate | None:
    """The stored article that this one repeats: the first of its copy group, not a copy of it."""
    seen = {known.article_id: known for known in comparisons.similar(connection, article, fingerprint)}
    likely = duplicates.likely(fingerprint, {article_id: known.fingerprint for article_id, known in seen.items()})
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
