"""The JSON that the API gives, as types: the server's OpenAPI description and the client are made from them.

Ids are strings. Times are ISO 8601; `published_at` and `modified_at` carry the page's own offset, and
`published_precision` says whether the hour is known.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """What all answers have in common."""

    model_config = ConfigDict(frozen=True)


class Problem(Answer):
    """What went wrong, in one sentence; `position` is the character of a query, from 1, where it is wrong."""

    kind: str
    message: str
    position: int | None = None


class Failure(Answer):
    """The answer to a request that failed."""

    error: Problem


class HitAnswer(Answer):
    """An article found; of a group, the one that comes first in the order."""

    id: str
    url: str
    outlet: str
    title: str
    published_at: str | None
    highlights: tuple[str, ...]
    story_id: str | None
    duplicate_of: str | None


class FacetAnswer(Answer):
    """A value of a field, and how many of the found articles have it."""

    value: str
    count: int


class SearchAnswer(Answer):
    """What a query finds, as `presswatch search --json` prints it."""

    total: int
    groups: int | None
    hits: tuple[HitAnswer, ...]
    facets: dict[str, tuple[FacetAnswer, ...]]
    warnings: tuple[str, ...]


class SyndicationAnswer(Answer):
    """Where an article says it was first published."""

    name: str
    url: str | None


class EntityAnswer(Answer):
    """An entity, and how often it is mentioned; in a story, in how many articles."""

    id: str
    name: str
    type: str
    count: int


class CandidateAnswer(Answer):
    """A possible value of a field, and where it was found; scores compare within a field."""

    value: str
    source: str
    score: float


class VersionAnswer(Answer):
    """One text of an article."""

    version: int
    created_at: datetime
    title: str
    words: int


class ListedAnswer(Answer):
    """An article as one entry of a list."""

    id: str
    url: str
    outlet: str
    title: str
    published_at: str | None
    published_precision: Literal["day", "minute"] | None
    first_seen_at: datetime
    language: str | None
    story_id: str | None
    duplicate_of: str | None
    copy_kind: Literal["copy", "derived"] | None
    shared_text: float


class ArticleAnswer(ListedAnswer):
    """All that is known of an article: the fields of an export, and what a page shows beside them."""

    canonical_url: str
    authors: tuple[str, ...]
    modified_at: str | None
    body: str
    topics: tuple[str, ...]
    words: int
    kind: str
    paywalled: bool
    image: str | None
    syndicated_from: SyndicationAnswer | None
    entities: tuple[EntityAnswer, ...]
    candidates: dict[str, tuple[CandidateAnswer, ...]]
    copies: tuple[ListedAnswer, ...]
    versions: int
    history: tuple[VersionAnswer, ...]
    indexed_at: datetime | None
    gone_at: datetime | None


class PieceAnswer(Answer):
    """Words that changed together, or stayed."""

    change: Literal["same", "added", "removed"]
    text: str


class ParagraphAnswer(Answer):
    """A paragraph near a change; one that has both old and new words is `same`. `skipped` unchanged ones before it are left out."""

    change: Literal["same", "added", "removed"]
    pieces: tuple[PieceAnswer, ...]
    skipped: int


class ComparisonAnswer(Answer):
    """What has to be read of a text to see what changed."""

    paragraphs: tuple[ParagraphAnswer, ...]
    skipped_at_end: int


class ChangesAnswer(Answer):
    """What changed between two versions of an article; `title` is empty where it is the same."""

    old: int
    new: int
    title: tuple[PieceAnswer, ...]
    body: ComparisonAnswer


class StoryAnswer(Answer):
    """A story with its articles in the order of time."""

    id: str
    title: str
    first_at: datetime
    last_at: datetime
    total: int
    outlets: int
    articles: tuple[ListedAnswer, ...]
    entities: tuple[EntityAnswer, ...]


class FeedAnswer(Answer):
    """A feed with what its last poll showed."""

    url: str
    kind: str
    active: bool
    polled_at: datetime | None
    items: int | None
    new_items: int | None
    status: int | None
    failures: int
    error: str | None


class OutletAnswer(Answer):
    """An outlet with what it last yielded; `yields` is no_feeds, failing, silent, partly, new, well or imported."""

    name: str
    url: str
    labels: tuple[str, ...]
    country: str | None
    language: str | None
    group: str | None
    yields: str
    articles_day: int
    articles_week: int
    last_article_at: datetime | None
    last_article_id: str | None
    pages_without_article: dict[str, int]
    feeds: tuple[FeedAnswer, ...]


class OutletsAnswer(Answer):
    """All outlets, those that yield nothing first."""

    outlets: tuple[OutletAnswer, ...]


class AlertAnswer(Answer):
    """An alert with its account, summed over its versions: `matched` is the sum of the next five."""

    name: str
    query: str
    version: int
    every: str
    matched: int
    sent: int
    grouped: int
    muted: int
    failed: int
    waiting: int
    broken: str | None


class AlertsAnswer(Answer):
    """All alerts by name."""

    alerts: tuple[AlertAnswer, ...]


class DeliveryAnswer(Answer):
    """One message to one channel, which is named by its place in the alert, from 0."""

    id: str
    channel: int
    state: str
    story_id: str | None
    created_at: datetime
    sent_at: datetime | None
    attempts: int
    status: int | None
    error: str | None


class MatchAnswer(Answer):
    """One article that an alert found."""

    article_id: str
    title: str
    outlet: str
    url: str
    matched_at: datetime
    state: str
    reason: str | None
    story_id: str | None


class AlertDetailAnswer(AlertAnswer):
    """An alert with its newest deliveries and matches."""

    deliveries: tuple[DeliveryAnswer, ...]
    matches: tuple[MatchAnswer, ...]


class EngineAnswer(Answer):
    """One engine as the server sees it."""

    ok: bool
    message: str


class StatusAnswer(Answer):
    """Where the articles are on their way, and how the engines are."""

    version: str
    engines: dict[str, EngineAnswer]
    outlets: int
    articles_day: int
    last_article_at: datetime | None
    last_poll_at: datetime | None
    waiting: dict[str, int]
    oldest_waiting_at: datetime | None
    quarantined: dict[str, int]
    not_indexed: int
