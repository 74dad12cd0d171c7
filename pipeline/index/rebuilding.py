"""A new index from the store, without a gap for searches.

While the new index is filled it carries the alias `articles-next`, and every writer sends to it as well. A writer
that did not see the alias yet read its documents before the rebuild began, so what it sent is in the store that the
rebuild reads. External versions settle the order. The alias `articles` then moves in one step.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from pipeline import log
from pipeline.errors import InfrastructureError
from pipeline.index.connection import patiently, reaching
from pipeline.models import Document

if TYPE_CHECKING:
    from pipeline.index.articles import Index

logger = log.logger("index")
# How many replaced indices are kept, to go back by hand.
KEPT: Final = 1


def rebuild(
    index: Index, after: Callable[[int], Sequence[Document]], changed_since: Callable[[int], Sequence[Document]], revision: int
) -> int:
    """Fill a new index, catch up, and put it in the live one's place.

    Only one rebuild may run at a time: the caller holds a lock. An interrupted one leaves searches as they
    were, and the next one removes what it left behind.

    Args:
        index: whose alias moves.
        after: the next documents by article id; empty at the end.
        changed_since: the next documents by revision; empty at the end.
        revision: the newest revision when the rebuild began.

    Returns:
        How many documents the new index has. What the engine refuses is logged, and left out.

    Raises:
        SearchEngineAway: the server went away; searches go on as before.

    """
    with reaching(index.where):
        live = index.behind(index.alias)
        # What an interrupted rebuild left behind is younger than the live index.
        remove(index, [name for name in index.everything() if name not in live and (not live or name > live[-1])])
        name = f"{index.alias}-{datetime.now(UTC):%Y%m%d%H%M%S%f}"
        index.create(name, index.next_alias)
    started = time.monotonic()
    try:
        article_id = 0
        while batch := after(article_id):
            _send(index, batch, name)
            article_id = batch[-1].id
        while batch := changed_since(revision):
            _send(index, batch, name)
            revision = batch[-1].revision
        with reaching(index.where):
            patiently(lambda: index.client.indices.refresh(index=name))
            count = int(index.client.count(index=name)["count"])
            index.client.indices.update_aliases(
                actions=[
                    {"remove": {"index": name, "alias": index.next_alias}},
                    {"add": {"index": name, "alias": index.alias}},
                    *({"remove": {"index": old, "alias": index.alias}} for old in live),
                ]
            )
    except BaseException:
        _clean_up(index, name)
        raise
    with reaching(index.where):
        replaced = [other for other in index.everything() if other != name]
        remove(index, replaced[: max(0, len(replaced) - KEPT)])
    logger.info("index_rebuilt", index=name, documents=count, seconds=round(time.monotonic() - started, 1))
    return count


def _clean_up(index: Index, name: str) -> None:
    """Remove an unfinished index, unless it went live although the answer got lost."""
    try:
        with reaching(index.where):
            if name not in index.behind(index.alias):
                remove(index, [name])
    except InfrastructureError as error:
        logger.warning("index_left_behind", index=name, reason=str(error))


def _send(index: Index, batch: Sequence[Document], name: str) -> None:
    result = index.send(batch, name)
    for article_id, reason in result.refused.items():
        logger.error("document_refused", article=article_id, reason=reason)


def remove(index: Index, names: Sequence[str]) -> None:
    """Delete indices by name."""
    for name in names:
        index.client.indices.delete(index=name, ignore_unavailable=True)
