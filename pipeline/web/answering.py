"""From what the store reads to what the API answers."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.models import EntityMention, Timestamp
from pipeline.store import alerts
from pipeline.store.reading.articles import ArticleView, Listed
from pipeline.store.reading.outlets import FeedView, OutletView
from pipeline.store.reading.stories import StoryView
from pipeline.store.reading.work import WorkView
from pipeline.web.answers import (
    AlertAnswer,
    AlertDetailAnswer,
    ArticleAnswer,
    CandidateAnswer,
    DeliveryAnswer,
    EngineAnswer,
    EntityAnswer,
    FeedAnswer,
    ListedAnswer,
    MatchAnswer,
    OutletAnswer,
    StatusAnswer,
    StoryAnswer,
    SyndicationAnswer,
    VersionAnswer,
)


def listed(one: Listed) -> ListedAnswer:
    """An article as an entry of a list."""
    return ListedAnswer(
        id=str(one.id),
        url=one.url,
        outlet=one.outlet,
        title=one.title,
        published_at=_written(one.published_at),
        published_precision=one.published_at.precision.value if one.published_at else None,
        first_seen_at=one.first_seen_at,
        language=one.language,
        story_id=_id(one.story_id),
        duplicate_of=_id(one.duplicate_of),
        copy_kind=one.copy_kind.value if one.copy_kind else None,
        shared_text=round(one.shared_text or 0.0, 3),
    )


def article(view: ArticleView) -> ArticleAnswer:
    """An article with all that belongs to it."""
    found = view.article
    source = found.syndicated_from
    return ArticleAnswer(
        **listed(view.listed).model_dump(),
        canonical_url=found.canonical_url,
        authors=found.authors,
        modified_at=_written(found.modified_at),
        body=found.body,
        topics=found.topics,
        words=view.words,
        kind=found.kind.value,
        paywalled=found.paywalled,
        image=found.image,
        syndicated_from=SyndicationAnswer(name=source.name, url=source.url) if source else None,
        entities=_entities(view.entities or ()),
        candidates={
            name: tuple(CandidateAnswer(value=candidate.value, source=candidate.source, score=candidate.score) for candidate in values)
            for name, values in view.candidates.items()
        },
        copies=tuple(listed(copy) for copy in view.copies),
        versions=found.version,
        history=tuple(
            VersionAnswer(version=version.version, created_at=version.created_at, title=version.title, words=version.words)
            for version in view.versions
        ),
        indexed_at=view.indexed_at,
        gone_at=view.gone_at,
    )


def story(view: StoryView) -> StoryAnswer:
    """A story with its articles."""
    return StoryAnswer(
        id=str(view.id),
        title=view.title,
        first_at=view.first_at,
        last_at=view.last_at,
        total=view.total,
        outlets=view.outlets,
        articles=tuple(listed(one) for one in view.articles),
        entities=_entities(view.entities),
    )


def outlet(view: OutletView) -> OutletAnswer:
    """An outlet with what it last yielded."""
    return OutletAnswer(
        name=view.name,
        url=view.url,
        labels=view.labels,
        country=view.country,
        language=view.language,
        group=view.group,
        yields=view.yields.value,
        articles_day=view.articles_day,
        articles_week=view.articles_week,
        last_article_at=view.last_article_at,
        last_article_id=_id(view.last_article_id),
        pages_without_article=dict(view.pages_without_article),
        feeds=tuple(_feed(feed) for feed in view.feeds),
    )


def alert(watched: alerts.Watched, account: alerts.Account) -> AlertAnswer:
    """An alert with its account. Its channels are secrets and stay in the store."""
    return AlertAnswer(
        name=watched.name,
        query=watched.query,
        version=watched.version,
        every=watched.every.value,
        matched=account.matched,
        sent=account.sent,
        grouped=account.grouped,
        muted=account.muted,
        failed=account.failed,
        waiting=account.waiting,
        broken=watched.broken,
    )


def alert_detail(detail: alerts.AlertDetail) -> AlertDetailAnswer:
    """An alert with its newest deliveries and matches."""
    return AlertDetailAnswer(
        **alert(detail.alert, detail.account).model_dump(),
        deliveries=tuple(
            DeliveryAnswer(
                id=str(line.id),
                channel=line.channel,
                state=line.state,
                story_id=_id(line.story_id),
                created_at=line.created_at,
                sent_at=line.sent_at,
                attempts=line.attempts,
                status=line.status,
                error=line.error,
            )
            for line in detail.deliveries
        ),
        matches=tuple(
            MatchAnswer(
                article_id=str(line.article_id),
                title=line.title,
                outlet=line.outlet,
                url=line.url,
                matched_at=line.matched_at,
                state=line.state,
                reason=line.reason,
                story_id=_id(line.story_id),
            )
            for line in detail.matches
        ),
    )


def status(view: WorkView, engines: dict[str, EngineAnswer], version: str) -> StatusAnswer:
    """Where the articles are on their way, and how the engines are."""
    return StatusAnswer(
        version=version,
        engines=engines,
        outlets=view.outlets,
        articles_day=view.articles_day,
        last_article_at=view.last_article_at,
        last_poll_at=view.last_poll_at,
        waiting={stage.value: count for stage, count in view.waiting.items()},
        oldest_waiting_at=view.oldest_waiting_at,
        quarantined=dict(view.quarantined),
        not_indexed=view.not_indexed,
    )


def _feed(view: FeedView) -> FeedAnswer:
    return FeedAnswer(
        url=view.url,
        kind=view.kind.value,
        active=view.active,
        polled_at=view.polled_at,
        items=view.items,
        new_items=view.new_items,
        status=view.status,
        failures=view.failures,
        error=view.error,
    )


def _entities(mentions: Iterable[EntityMention]) -> tuple[EntityAnswer, ...]:
    return tuple(
        EntityAnswer(id=mention.entity_id, name=mention.name, type=mention.type.value, count=mention.count) for mention in mentions
    )


def _written(time: Timestamp | None) -> str | None:
    return time.isoformat() if time else None


def _id(value: int | None) -> str | None:
    return None if value is None else str(value)
