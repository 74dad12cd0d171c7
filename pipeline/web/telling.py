"""What happened to an article, stage by stage, in sentences; and a story's articles with their copies folded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline import reasons
from pipeline.models import CopyKind, Stage
from pipeline.store.reading.articles import ArticleView, Listed
from pipeline.web import showing


class Outcome(StrEnum):
    """What became of a step."""

    DONE = "done"
    NOT_YET = "not"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened, or is still to happen."""

    name: str
    outcome: Outcome
    text: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """An article of a story with the copies of it in the same story."""

    article: Listed
    copies: tuple[Listed, ...]


def trail(view: ArticleView) -> list[Step]:
    """The article's way, from the feed that showed it to the index."""
    steps = [
        Step(name="Seen", outcome=Outcome.DONE, at=sighting.seen_at, text=f"in {showing.shown_url(sighting.feed_url)}")
        for sighting in view.sightings
    ]
    if not view.fetches:
        came = "It was imported." if view.article.version == 1 else f"It was imported; {showing.count_of(view.article.version, 'version')}."
        steps.append(Step(name="Stored", outcome=Outcome.DONE, at=view.versions[-1].created_at, text=came))
    steps += [
        Step(
            name="Fetched",
            outcome=Outcome.DONE,
            at=fetch.fetched_at,
            text=f"status {fetch.status}, {showing.size(fetch.body_bytes)}: {cleaned(fetch.outcome)}",
        )
        for fetch in view.fetches
    ]
    steps.sort(key=lambda step: step.at or view.article.first_seen_at)
    steps += [_compared(view), _annotated(view), _clustered(view), _indexed(view)]
    steps += [
        Step(name=waiting.stage.capitalize(), outcome=Outcome.BAD, at=waiting.since, text=f"given up (quarantined): {waiting.error}")
        for waiting in view.waiting
        if waiting.quarantined
    ]
    return steps


def folded(articles: Sequence[Listed]) -> list[Folded]:
    """Each text once, in the order of time: copies stand below the article that they copy, or below the first of them."""
    present = {article.id for article in articles}
    leaders: dict[int, int] = {}
    families: dict[int, list[Listed]] = {}
    for article in articles:
        if article.copy_kind is not CopyKind.COPY or article.duplicate_of is None:
            leader = article.id
        elif article.duplicate_of in present:
            leader = article.duplicate_of
        else:
            leader = leaders.setdefault(article.duplicate_of, article.id)
        families.setdefault(leader, [])
        if article.id != leader:
            families[leader].append(article)
    by_id = {article.id: article for article in articles}
    found = [Folded(article=by_id[leader], copies=tuple(copies)) for leader, copies in families.items()]
    return sorted(found, key=lambda one: (one.article.ordered_at, one.article.id))


def cleaned(outcome: str | None) -> str:
    """What became of a capture."""
    match outcome:
        case None:
            return "waits to be cleaned"
        case "article":
            return "an article"
        case "unchanged":
            return "the text had not changed"
        case "outdated":
            return "a newer text was stored before"
        case "variant":
            return "a former address or another edition of the article"
        case _:
            return f"no article, {reasons.why_no_article(outcome)}"


def _waits(view: ArticleView, stage: Stage, otherwise: str) -> str:
    for waiting in view.waiting:
        if waiting.stage == stage and not waiting.quarantined:
            return "waits for this stage" + (f", the last attempt failed: {waiting.error}" if waiting.error else "")
    return otherwise


def _compared(view: ArticleView) -> Step:
    if not view.compared:
        return Step(name="Compared", outcome=Outcome.NOT_YET, text=_waits(view, Stage.COMPARE, "not compared with the other articles yet"))
    listed = view.listed
    if listed.copy_kind is None or view.original is None:
        text = "its text is not found in an earlier article"
    else:
        how = "a copy of" if listed.copy_kind is CopyKind.COPY else "derived from"
        text = f"{how} an article of {view.original.outlet}: {showing.share(listed.shared_text or 0)} of its words are found there"
    return Step(name="Compared", outcome=Outcome.DONE, text=text)


def _annotated(view: ArticleView) -> Step:
    if view.entities is None:
        return Step(
            name="Annotated",
            outcome=Outcome.NOT_YET,
            text=_waits(view, Stage.ANNOTATE, "people, organisations and places are not looked for yet"),
        )
    return Step(
        name="Annotated",
        outcome=Outcome.DONE,
        text=f"{showing.count_of(len(view.entities), 'person, organisation or place', 'people, organisations and places')} found",
    )


def _clustered(view: ArticleView) -> Step:
    if view.story is None:
        waits = _waits(view, Stage.CLUSTER, "")
        if waits or not view.compared or view.entities is None:
            return Step(name="Joined", outcome=Outcome.NOT_YET, text=waits or "not compared with the stories yet")
        return Step(name="Joined", outcome=Outcome.DONE, text="no story: no other article of the last days tells of the same")
    score = f" with a likeness of {view.story.score:.2f}" if view.story.score is not None else ""
    return Step(name="Joined", outcome=Outcome.DONE, at=view.story.joined_at, text=f"the story “{view.story.title}”{score}")


def _indexed(view: ArticleView) -> Step:
    if view.indexed_at is None:
        return Step(name="Indexed", outcome=Outcome.NOT_YET, text=_waits(view, Stage.INDEX, "not in the search index yet"))
    text = "in the search index, without its last change yet" if view.index_behind else "in the search index as it is here"
    return Step(name="Indexed", outcome=Outcome.DONE, at=view.indexed_at, text=text)
