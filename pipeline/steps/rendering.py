"""What `clean` finds out about pages that need a browser: which to fetch with one, and what that brought."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pipeline.extract import verdict
from pipeline.models import Job
from pipeline.rules import RuleBook
from pipeline.store import rendering
from pipeline.store.cleaning import Outcome, Waiting
from pipeline.store.database import Connection

ARTICLE: Final = "article"
WITHOUT_TEXT: Final = frozenset({verdict.NO_BODY, verdict.TOO_SHORT})


def follow(
    connection: Connection,
    rules: RuleBook,
    jobs: Mapping[int, Job],
    captures: Mapping[int, Waiting],
    made: Sequence[Outcome],
    new: set[int],
) -> tuple[list[Outcome], int]:
    """Have pages fetched with a browser that need one, and learn from those that were, in the caller's transaction.

    Args:
        connection: in a transaction.
        rules: which may say that an outlet's pages are never fetched with a browser.
        jobs: by capture.
        captures: by id.
        made: what became of them.
        new: captures that made a new article.

    Returns:
        The outcomes as they count: a capture that a later one of a browser stands for does not. And how many pages are to be
        fetched with a browser.

    """
    found = [(outcome, captures[outcome.capture_id]) for outcome in made if outcome.capture_id in captures]
    asked = {
        capture.capture_id: jobs[capture.capture_id].priority
        for outcome, capture in found
        if outcome.outcome == verdict.NEEDS_BROWSER and not capture.superseded and not _is_never(rules, capture)
    }
    rendered = [(outcome, capture) for outcome, capture in found if capture.source.rendered]
    rendering.learn(
        connection,
        helped=[(capture.page_id, capture.outlet_id) for outcome, capture in rendered if outcome.outcome == ARTICLE],
        useless=[(capture.page_id, capture.outlet_id) for outcome, capture in rendered if outcome.outcome in WITHOUT_TEXT],
        plain={capture.outlet_id for outcome, capture in found if capture.capture_id in new and not capture.source.rendered},
    )
    return list(_counted(connection, found, [capture.capture_id for _, capture in rendered])), rendering.ask(connection, asked)


def _is_never(rules: RuleBook, capture: Waiting) -> bool:
    rule = rules.fetching(capture.source.final_url or capture.source.url, capture.source.fetched_at)
    return rule is not None and rule.browser is False


def _counted(connection: Connection, found: Sequence[tuple[Outcome, Waiting]], rendered: Sequence[int]) -> Iterator[Outcome]:
    reason = verdict.NEEDS_BROWSER
    for outcome, capture in found:
        yield (
            Outcome(capture_id=outcome.capture_id, outcome=reason, found=None)
            if outcome.outcome == reason and capture.superseded
            else outcome
        )
    here = {capture.capture_id for _, capture in found}
    if rendered:
        for capture_id in rendering.earlier(connection, rendered, outcome=reason):
            if capture_id not in here:
                yield Outcome(capture_id=capture_id, outcome=reason, found=None)
