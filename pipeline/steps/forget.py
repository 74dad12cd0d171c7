"""Forgetting an address: all that is stored of it is erased, and nothing brings it again.

One transaction erases it from the database and names the address as forgotten. The index and the archive follow; what
they could not do then, because they were away, the next run of `forget`, `process` or `maintain` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pipeline import duplicates, urls
from pipeline.errors import ForgottenInPart, InfrastructureError, NothingStored, RecordDamaged
from pipeline.models import Duplicate
from pipeline.steps import archive, retelling
from pipeline.steps.context import Context
from pipeline.store import articles, comparisons, documents, forgotten, segments, stories
from pipeline.store.database import Connection

# Texts taken from different parts of an erased one need not resemble each other: so many are tried as originals.
MOST_ORIGINALS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was erased; all zero for an address that was forgotten before."""

    url: str
    canonical_url: str
    forgotten_at: datetime
    again: bool = False  # it was forgotten before
    pages: int = 0
    captures: int = 0
    articles: int = 0
    versions: int = 0


def forget(context: Context, url: str) -> Forgotten:
    """Erase what is stored of an address, and of other addresses that led to the same article.

    Args:
        context: open connections.
        url: as fetched, or canonical.

    Raises:
        NothingStored: nothing is known of the address.
        ForgottenInPart: it is erased from the database, and the index or the archive was away.

    """
    forms = list(dict.fromkeys([url, url.split("#", 1)[0], urls.canonical(url)]))
    with context.database.transaction() as connection:
        # In this order everywhere; nobody writes a segment from here on.
        segments.lock(connection)
        comparisons.lock(connection)
        stories.lock(connection)
        before = forgotten.since(connection, forms)
        subject = forgotten.find(connection, forms)
        found = bool(subject.page_ids or subject.article_ids)
        if not found and before is None:
            raise NothingStored(url=url)
        _decide_copies(connection, subject.copies)
        erased = forgotten.erase(connection, subject)
        retelling.retell(context, connection, erased.deliveries)
        forgotten.remember(connection, {*forms, *subject.urls})
        at = before or forgotten.since(connection, forms)
        changed = [*subject.article_ids, *subject.copies] if found else forgotten.erased_articles(connection, forms)
    assert at is not None  # noqa: S101 - just remembered
    _follow(context, url, changed)
    return Forgotten(
        url=url,
        canonical_url=urls.canonical(url),
        forgotten_at=at,
        again=not found,
        pages=len(subject.page_ids),
        captures=erased.captures,
        articles=len(subject.article_ids),
        versions=erased.versions,
    )


def _decide_copies(connection: Connection, copies: Sequence[int]) -> None:
    """Let the first of the articles that repeat an erased one be the original of the others."""
    bodies = comparisons.bodies(connection, copies)
    versions = {article_id: article.version for article_id, article in articles.current(connection, copies).items()}
    originals: list[int] = []
    for copy in copies:
        duplicate = _repeated(bodies[copy], {original: bodies[original] for original in originals[:MOST_ORIGINALS]})
        comparisons.decide(connection, copy, versions[copy], duplicate)
        if duplicate is None:
            originals.append(copy)
    articles.touch(connection, copies)


def _repeated(body: str, originals: Mapping[int, str]) -> Duplicate | None:
    for article_id, text in originals.items():
        kind, share = duplicates.compare(body, text)
        if kind is not None:
            return Duplicate(duplicate_of=article_id, kind=kind, shared_text=share)
    return None


def _follow(context: Context, url: str, changed: Sequence[int]) -> None:
    """Bring the index and the archive to what the database says."""
    rest = "the search index"
    try:
        with context.database.transaction() as connection:
            batch = documents.by_ids(connection, changed)
        if batch:
            context.index.write(batch)
            context.index.refresh()
            with context.database.transaction() as connection:
                documents.mark_indexed(connection, {document.id: document.revision for document in batch})
        rest = "the archive"
        archive.erase(context)
        archive.sweep(context)
    except (InfrastructureError, RecordDamaged) as error:
        raise ForgottenInPart(url=url, rest=rest, problem=str(error).rstrip(".")) from error
