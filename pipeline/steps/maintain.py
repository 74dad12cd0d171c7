"""Housekeeping: retention of captures, and the word background of stories."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any, Final

from pipeline import health, stories
from pipeline.steps.context import Context
from pipeline.store import maintenance, recurring, refetches, segments, yields
from pipeline.store import stories as stored

# Fewer articles say too little about how common words are; the built-in background is better then.
FEWEST_ARTICLES: Final = 2_000
# Words of fewer articles are as rare as unknown ones.
FEWEST_DOCUMENTS: Final = 3
# The articles whose words are counted.
BACKGROUND: Final = timedelta(days=30)
# What is kept of an outlet to learn its furniture from, a day or more of a busy one.
MOST_PARAGRAPHS: Final = 20_000
# Of how many days the articles tell how much an outlet edits.
EDITS_SINCE: Final = timedelta(days=14)


def retention(context: Context, *, now: datetime) -> dict[str, Any]:
    """Drop what is past retention; what was dropped. The files of dropped segments are removed by `archive`."""
    oldest = now - timedelta(days=context.settings.retention_days)
    with context.database.transaction() as connection:
        # As long as captures, which may be cleaned again.
        paragraphs = recurring.forget(connection, before=oldest, most_per_outlet=MOST_PARAGRAPHS)
    with context.database.transaction() as connection:
        segments.lock(connection)
        expired, archived = segments.drop_expired(connection, before=oldest)
        return {
            "recurring_paragraphs": paragraphs,
            "segments": expired,
            "partitions": maintenance.drop_months(connection, "captures", before=oldest),
            "captures": archived + maintenance.delete_captures(connection, before=oldest),
            "yields": yields.delete(connection, before=now - health.LOOK_BACK - health.HISTORY),
            "fingerprints": maintenance.drop_months(connection, "fingerprints", before=now - timedelta(days=62)),
            "story_vectors": maintenance.delete_story_vectors(connection, before=now - 2 * stories.WINDOW),
            "word_backgrounds": maintenance.delete_word_backgrounds(connection, kept=3),
        }


def refetch_plan(context: Context, *, now: datetime) -> dict[str, Any]:
    """Learn how much of each outlet is edited: it decides how often its pages are looked at again."""
    with context.database.transaction() as connection:
        # The youngest ones have not had their looks yet.
        return {"outlets": refetches.count_edits(connection, since=now - EDITS_SINCE, before=now - timedelta(days=1))}


def word_background(context: Context, *, since: datetime) -> dict[str, Any]:
    """Keep a new snapshot of how many recent articles have each word, for each language with enough articles."""
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    articles: Counter[str] = Counter()
    with context.database.transaction() as connection:
        for language, title, body in maintenance.texts(connection, since=since):
            counted[language].update(stories.words(f"{title}\n{body}"))
            articles[language] += 1
    version = time.time_ns()
    with context.database.transaction() as connection:
        for language, count in articles.items():
            if count >= FEWEST_ARTICLES:
                words = {word: documents for word, documents in counted[language].items() if documents >= FEWEST_DOCUMENTS}
                stored.save_background(connection, version, language, count, words)
    return {language: count for language, count in articles.items() if count >= FEWEST_ARTICLES}
