"""Stage `index`: whatever changed about an article reaches the search index."""

from __future__ import annotations

import time
from collections import Counter
from typing import Final

from pipeline import log
from pipeline.errors import InputError
from pipeline.models import Counts, Document, Job, Priority, Stage
from pipeline.steps.context import Context
from pipeline.store import documents, work

logger = log.logger("steps")
SIZE: Final = 250


def run(context: Context, *, deadline: float | None = None, lowest: Priority = Priority.BACKLOG) -> Counts:
    """Send documents whose revision is newer than the index's; let those with new text or entities wait for `alert`.

    Two workers may send the same document: the newer revision wins in the index.
    """
    started, outcomes, claimed, refused = time.monotonic(), Counter[str](), 0, 0
    while True:
        with context.database.transaction() as connection:
            batch = documents.unindexed(connection, SIZE, lowest)
        if batch:
            result = context.index.write(batch)
            outcomes["written"] += result.written
            outcomes["newer"] += result.newer
            claimed += len(batch)
            refused += len(result.refused)
            with context.database.transaction() as connection:
                # A refused document is not sent again until it changes.
                documents.mark_indexed(connection, {document.id: document.revision for document in batch})
                for document in batch:
                    if document.id in result.refused:
                        logger.error("document_refused", article=document.id, reason=result.refused[document.id])
                        work.quarantine(connection, _job(document), error=result.refused[document.id], traceback="")
        with context.database.transaction() as connection:
            passed = documents.pass_on_indexed(connection, SIZE, lowest)
        outcomes["passed_on"] += passed
        # As for the other stages, there is always one round.
        if (not batch and not passed) or (deadline is not None and time.monotonic() >= deadline):
            break
    return Counts(
        stage=Stage.INDEX,
        claimed=claimed,
        done=claimed - refused,
        quarantined=refused,
        outcomes=dict(+outcomes),
        seconds=time.monotonic() - started,
    )


def reindex(context: Context) -> int:
    """Fill a new index from PostgreSQL and swap it in; how many documents it has.

    Raises:
        InputError: another process is at it.

    """

    def after(article_id: int) -> list[Document]:
        with context.database.transaction() as connection:
            return documents.all_after(connection, article_id, SIZE)

    def changed_since(revision: int) -> list[Document]:
        with context.database.transaction() as connection:
            return documents.changed_since(connection, revision, SIZE)

    # The transaction stays open for as long as the rebuild takes, and with it the lock.
    with context.database.transaction() as connection:
        if not documents.lock_rebuild(connection):
            raise InputError(problem="another process is building the index anew: wait until it is done")
        revision = documents.newest_revision(connection)
        return context.index.rebuild(after, changed_since, revision)


def _job(document: Document) -> Job:
    return Job(id=0, stage=Stage.INDEX, subject_id=document.id, version=document.version, priority=Priority.LIVE, attempts=1)
