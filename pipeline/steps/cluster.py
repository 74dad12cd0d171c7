"""Stage `cluster`: which story does the article tell?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Final

from pipeline import stories
from pipeline.models import Article, Counts, Job, Priority, Stage, StoryVector
from pipeline.steps import batch
from pipeline.steps.context import Context
from pipeline.store import articles, comparisons, entities, work
from pipeline.store import stories as stored
from pipeline.store.database import Connection

SIZE: Final = 64


def run(context: Context, *, deadline: float | None = None, lowest: Priority = Priority.BACKLOG) -> Counts:
    """Cluster what waits."""
    return batch.run(context, Stage.CLUSTER, partial(_cluster, context), size=SIZE, deadline=deadline, lowest=lowest)


def _cluster(context: Context, jobs: Sequence[Job]) -> batch.Done:
    with context.database.transaction() as connection:
        ids = [job.subject_id for job in jobs]
        current = articles.current(connection, ids)
        mentioned = entities.public_ids(connection, ids)
        copies = comparisons.copies(connection, ids)
        background = stories.Background(snapshots=stored.backgrounds(connection))
    vectors, failures = batch.each(
        [job for job in jobs if job.subject_id in current],
        lambda job: _vector(current[job.subject_id], mentioned.get(job.subject_id, ()), background),
    )
    outcomes = Counter[str]()
    with context.database.transaction() as connection:
        stored.lock(connection)
        for job, vector in sorted(
            vectors, key=lambda pair: (pair[0].priority, current[pair[0].subject_id].first_seen_at, pair[0].subject_id)
        ):
            article = current[job.subject_id]
            outcomes[_place(connection, article, vector, copies.get(article.id))] += 1
        work.finish(connection, [job for job in jobs if job.subject_id not in current])
        work.finish(connection, [job for job, _ in vectors], Stage.INDEX)
    return batch.Done(outcomes=outcomes, failures=failures)


def _vector(article: Article, mentioned: Sequence[str], background: stories.Background) -> StoryVector:
    return stories.vector(
        title=article.title,
        body=article.body,
        entities=mentioned,
        at=article.ordered_at,
        language=article.language,
        background=background,
    )


def _place(connection: Connection, article: Article, vector: StoryVector, duplicate_of: int | None) -> str:
    """Keep the vector, and put the article into a story if it has one; what was decided."""
    keys = stories.keys(vector)
    stored.save_vector(connection, article.id, vector, keys)
    if stored.story_of(connection, article.id) is not None:
        # An edited article stays where readers found it.
        return "stays"
    neighbours = [
        stories.Neighbour(article_id=known.article_id, story_id=known.story_id, vector=known.vector)
        for known in stored.near(connection, article.id, vector, keys, stories.WINDOW, duplicate_of)
    ]
    decision = stories.decide(vector, neighbours, duplicate_of=duplicate_of)
    story_id = decision.story_id
    if story_id is None and decision.open_with:
        others = articles.current(connection, decision.open_with)
        first = min([article, *others.values()], key=lambda member: (member.ordered_at, member.id))
        story_id = stored.open_story(connection, first.title, first.ordered_at)
        for member in others.values():
            stored.join(connection, story_id, member, decision.score)
    if story_id is None:
        return "alone"
    stored.join(connection, story_id, article, decision.score)
    return "joined" if decision.story_id is not None else "opened"
