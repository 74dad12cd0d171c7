"""What became of one address, in sentences: whether it was seen, fetched and stored, and why not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pipeline import reasons, trace
from pipeline.store.database import Database
from pipeline.web import showing, telling
from pipeline.web.telling import Outcome, Step

# Longer ones are refused where they are seen.
MOST_CHARACTERS: Final = 2_000
_ADDRESS: Final = re.compile(r"(?:https?://|www\.)[^\s\x00]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """An address with all that happened to it."""

    url: str
    verdict: str
    articles: tuple[tuple[int, str], ...]  # ids and titles of what is stored
    steps: tuple[Step, ...]


def is_address(text: str) -> bool:
    """Whether somebody gave an address where words are looked for."""
    return len(text) <= MOST_CHARACTERS and _ADDRESS.fullmatch(text) is not None


def follow(database: Database, text: str) -> Traced:
    """Look an address up.

    Args:
        database: where.
        text: what `is_address` says is one.

    Raises:
        InfrastructureError: the database is away.

    """
    url = text if "://" in text else f"https://{text}"
    found = trace.trace(database, url)
    stored = [article for article in found["articles"] if article["deleted_at"] is None]
    return Traced(
        url=url,
        verdict=found["verdict"],
        articles=tuple((article["id"], article["versions"][-1]["title"] if article["versions"] else "") for article in stored),
        steps=tuple(sorted([*_fetching(found), *_storing(found)], key=lambda step: step.at.timestamp() if step.at else float("inf"))),
    )


def _fetching(found: Mapping[str, Any]) -> Iterator[Step]:
    for feed in found["feeds"]:
        read = feed["error"] or (f"{feed['items']} items, and this was none of them" if feed["polled_at"] else "not read yet")
        outcome = Outcome.BAD if feed["error"] else Outcome.NOT_YET
        yield Step(name="Not seen", outcome=outcome, at=feed["polled_at"], text=f"in {showing.shown_url(feed['url'])}: {read}")
    for sighting in found["sightings"]:
        yield Step(name="Seen", outcome=Outcome.DONE, at=sighting["seen_at"], text=f"in {showing.shown_url(sighting['feed'])}")
    for page in found["pages"]:
        if page["reason"]:
            yield Step(name="Not fetched", outcome=Outcome.BAD, at=page["fetched_at"], text=reasons.why_not_fetched(page["reason"]))
        elif page["due_at"] and not found["captures"]:
            waits = page["host_not_before"] and page["host_reason"]
            text = f"with all of its host: {reasons.why_not_fetched(page['host_reason'])}" if waits else "when its turn comes"
            yield Step(name="To be fetched", outcome=Outcome.NOT_YET, at=page["host_not_before"] if waits else page["due_at"], text=text)
    for capture in found["captures"]:
        text = f"status {capture['status']}, {showing.size(capture['body_bytes'])}: {telling.cleaned(capture['outcome'])}"
        yield Step(
            name="Fetched with a browser" if capture["rendered"] else "Fetched", outcome=Outcome.DONE, at=capture["fetched_at"], text=text
        )


def _storing(found: Mapping[str, Any]) -> Iterator[Step]:
    for article in found["articles"]:
        if article["deleted_at"]:
            yield Step(name="Erased", outcome=Outcome.DONE, at=article["deleted_at"], text="the article was erased")
        elif article["indexed_at"]:
            yield Step(name="Indexed", outcome=Outcome.DONE, at=article["indexed_at"], text="in the search index")
    for wait in found["waiting"]:
        text = f"for {wait['stage']}" + (f", the last attempt failed: {wait['error']}" if wait["error"] else "")
        yield Step(name="Waits", outcome=Outcome.NOT_YET, at=wait["since"], text=text)
    for given_up in found["quarantined"]:
        text = f"at {given_up['stage']} (quarantined): {given_up['error']}"
        yield Step(name="Given up", outcome=Outcome.BAD, at=given_up["at"], text=text)
