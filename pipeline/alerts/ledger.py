"""What becomes of a match, and which matches share a message. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pipeline.alerts import cadence
from pipeline.models import Every
from pipeline.store.alerts import Watched
from pipeline.store.matches import Entry, Kin, Open, Subject

# Why a match is in its state; `deliveries` tells the rest.
BEFORE_ALERT: Final = "before_alert"
TOO_OLD: Final = "too_old"
NO_CHANNEL: Final = "no_channel"
STORY_TOLD: Final = "story_told"
ERASED: Final = "erased"
CHANNELS_GONE: Final = "channels_gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Open matches of one alert that are about the same story."""

    matches: tuple[Open, ...]
    told: bool  # a message about the story has arrived
    on_its_way: bool  # a message about the story is being sent

    @property
    def due_at(self) -> datetime:
        """When the first of them is due: the rest goes with it."""
        return min(match.due_at for match in self.matches)

    @property
    def story_id(self) -> int | None:
        """The story, if they are in one."""
        return next((match.story_id for match in self.matches if match.story_id is not None), None)


def enter(alert: Watched, subject: Subject, highlight: str, kin: Iterable[Kin], *, now: datetime, window: timedelta) -> Entry:
    """Decide what becomes of an article that an alert's query found, by the rules of this room.

    Args:
        alert: the alert in its present version.
        subject: the article as stored.
        highlight: the passage that the query found.
        kin: what this alert has already recorded of the article's story and copies.
        now: the time of the transaction.
        window: how long a message waits for more articles of its story, counted from when it was first seen.

    """
    state, reason, due_at = "waiting", None, now
    kin = list(kin)
    if subject.alerted_at is not None and subject.alerted_at < alert.created_at:
        state, reason = "muted", BEFORE_ALERT
    elif alert.max_age is not None and subject.published_at is not None and subject.first_seen_at - subject.published_at > alert.max_age:
        state, reason = "muted", TOO_OLD
    elif not alert.channels:
        state, reason = "sent", NO_CHANNEL
    elif any(one.told for one in kin):
        state, reason = "grouped", STORY_TOLD
    else:
        # The window counts from when the article was first seen: what took long to get here has waited already.
        began = min(now, subject.first_seen_at) if alert.every is Every.NOW else now
        due_at = min([cadence.due_at(alert.every, began, window), *(one.open_due_at for one in kin if one.open_due_at is not None)])
    return Entry(
        alert_version_id=alert.version_id,
        article_id=subject.article_id,
        first_seen_at=subject.first_seen_at,
        story_id=subject.story_id,
        state=state,
        reason=reason,
        due_at=due_at,
        highlight=highlight,
    )


def bundle(matches: Sequence[Open], kin: Mapping[int, Sequence[Kin]]) -> list[Bundle]:
    """Put the open matches of one alert together that share a story or are copies of one text, the first due first.

    Args:
        matches: the open matches.
        kin: by article, what the alert has already recorded of its story and copies.

    """
    parents: dict[tuple[str, int], tuple[str, int]] = {}

    def root(node: tuple[str, int]) -> tuple[str, int]:
        while (parent := parents.setdefault(node, node)) != node:
            parents[node] = node = parents.setdefault(parent, parent)
        return node

    for match in matches:
        if match.story_id is not None:
            parents[root(("copies", match.original_id))] = root(("story", match.story_id))
    groups: dict[tuple[str, int], list[Open]] = {}
    for match in matches:
        groups.setdefault(root(("copies", match.original_id)), []).append(match)
    bundles = [
        Bundle(
            matches=tuple(group),
            told=any(one.told for match in group for one in kin.get(match.article_id, ())),
            on_its_way=any(one.on_its_way for match in group for one in kin.get(match.article_id, ())),
        )
        for group in groups.values()
    ]
    return sorted(bundles, key=lambda one: (one.due_at, one.matches[0].article_id))
