"""Stage `annotate`: who and what an article is about."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from pipeline import entities
from pipeline.models import Counts, Job, Mention, Priority, Stage
from pipeline.steps import batch
from pipeline.steps.context import Context
from pipeline.store import articles, work
from pipeline.store import entities as stored

SIZE: Final = 32


def run(context: Context, *, deadline: float | None = None, lowest: Priority = Priority.BACKLOG) -> Counts:
    """Annotate what waits."""
    return batch.run(context, Stage.ANNOTATE, partial(_annotate, context), size=SIZE, deadline=deadline, lowest=lowest)


def _annotate(context: Context, jobs: Sequence[Job]) -> batch.Done:
    with context.database.transaction() as connection:
        current = articles.current(connection, [job.subject_id for job in jobs])
    here = [job for job in jobs if job.subject_id in current]
    texts = [
        entities.EntityText(title=article.title, body=article.body, language=article.language)
        for article in (current[job.subject_id] for job in here)
    ]
    found = dict(zip(here, context.annotator.annotate(texts), strict=True))
    with context.database.transaction() as connection:
        stored.save(
            connection,
            [(job.subject_id, current[job.subject_id].version, [_named(mention) for mention in found[job]]) for job in here],
        )
        articles.touch(connection, [job.subject_id for job in here])
        work.finish(connection, [job for job in jobs if job.subject_id not in current])
        work.finish(connection, here, Stage.CLUSTER)
    return batch.Done(outcomes={"articles": len(here), "mentions": sum(len(mentions) for mentions in found.values())})


def _named(mention: Mention) -> stored.Named:
    return stored.Named(
        public_id=entities.public_id(mention.type, mention.name),
        type=mention.type,
        name=mention.name,
        aliases=tuple({entities.fold(form) for form in (mention.name, *mention.forms)}),
        count=mention.count,
    )
