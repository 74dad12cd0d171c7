"""How outlets do: what their pages yield, against their own history, and what is wrong in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from math import exp
from typing import Final

from pipeline import drift, reasons
from pipeline.completeness import Day, Share, Unknown, over
from pipeline.drift import Change, Measured
from pipeline.store import completeness, yields
from pipeline.store.completeness import OpenGaps
from pipeline.store.database import Database
from pipeline.store.reading import health as reading
from pipeline.store.reading import outlets
from pipeline.store.reading.outlets import OutletView, Yield
from pipeline.store.yields import Yielded

RECENT: Final = timedelta(hours=72)  # what the figures are of
LOOK_BACK: Final = timedelta(days=14)  # how long a change is told of; then it is what is usual
HISTORY: Final = timedelta(days=30)  # that is compared with
DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=8)  # in which seven days are over
# A gap is told of when what is to fill it in had this time.
FILLING: Final = timedelta(hours=1)

FEWEST_FAILURES: Final = 3  # polls of a feed in a row
FEWEST_NEW_HOURS: Final = 10  # that tell a rhythm
LONGER: Final = 1.5  # than the longest silence so far is unusual
FEWEST_SILENT_HOURS: Final = 4
FEWEST_UNFETCHED: Final = 8
FEWEST_TRAPPED: Final = 100
FEWEST_COLLECTED: Final = 0.9  # of the fewest articles that there can have been

# Measures of articles by field: how many have it, and how a sentence says so.
FIELDS: Final[Mapping[str, tuple[Callable[[Yielded], int], str]]] = {
    "title": (lambda part: part.titles, "a title"),
    "authors": (lambda part: part.authors, "an author"),
    "published_at": (lambda part: part.dates, "a time of publication"),
}
RULED: Final[Mapping[str, Callable[[Yielded], int]]] = {
    "title": lambda part: part.missed_title,
    "authors": lambda part: part.missed_authors,
    "published_at": lambda part: part.missed_published_at,
    "body": lambda part: part.missed_body,
    "topics": lambda part: part.missed_topics,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthWarning:
    """Something about an outlet that a person should look at."""

    kind: str  # articles, field, length, rule, silent, fetching, browser, feeds, hub, budget, trap, completeness, gaps
    field: str | None = None
    since: datetime | None = None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletHealth:
    """How an outlet does: figures of the last three days, and what is wrong."""

    name: str
    url: str
    pages: int
    articles: int
    titles: int  # of the articles, as the following
    authors: int
    dates: int
    characters: int | None  # of a typical body
    rejected: Mapping[str, int]  # pages by reason
    last_new_at: datetime | None  # the last hour in which a feed showed something new
    completeness: Share | Unknown  # of the last seven days that are over
    gaps: OpenGaps | None  # in which feeds probably dropped items, of the last three days, not filled
    warnings: tuple[HealthWarning, ...]


def health(database: Database, now: datetime) -> list[OutletHealth]:
    """All outlets that are watched, those with warnings first."""
    with database.transaction() as connection:
        watched = outlets.outlets(connection, now)
        rhythms = reading.rhythms(connection, now - HISTORY)
        unfetched = reading.unfetched(connection, now - DAY)
        put_off = reading.put_off(connection, now - DAY)
        rejected = yields.rejected(connection, now - RECENT)
        history = yields.history(connection, now - LOOK_BACK - HISTORY, by_hour_since=now - LOOK_BACK)
        judged = completeness.days(connection, (now - WEEK).date())
        gaps = completeness.open_gaps(connection, now - RECENT, now - FILLING)
        parts = {outlet_id: list(found) for outlet_id, found in groupby(history, key=lambda part: part.outlet_id)}
    found = [
        _outlet(
            outlet,
            parts.get(outlet.id, []),
            rejected.get(outlet.id, {}),
            rhythms.get(outlet.id),
            unfetched.get(outlet.id),
            put_off.get(outlet.id),
            judged.get(outlet.id, []),
            gaps.get(outlet.id),
            now,
        )
        for outlet in watched
    ]
    return sorted(found, key=lambda outlet: (not outlet.warnings, outlet.name.lower()))


def _outlet(
    outlet: OutletView,
    parts: Sequence[Yielded],
    rejected: Mapping[str, int],
    rhythm: reading.Rhythm | None,
    unfetched: reading.Unfetched | None,
    put_off: reading.PutOff | None,
    days: Sequence[Day],
    gaps: OpenGaps | None,
    now: datetime,
) -> OutletHealth:
    recent = [part for part in parts if part.begin >= now - RECENT]
    articles = sum(part.articles for part in recent)
    collected = over(days)
    warnings = (
        *_feeds(outlet, now),
        *_silence(rhythm),
        *_fetching(unfetched),
        *_put_off(put_off),
        *_completeness(collected),
        *_gaps(gaps),
        *_drift(parts, rejected, now - LOOK_BACK),
    )
    return OutletHealth(
        name=outlet.name,
        url=outlet.url,
        pages=sum(part.pages for part in recent),
        articles=articles,
        titles=sum(part.titles for part in recent),
        authors=sum(part.authors for part in recent),
        dates=sum(part.dates for part in recent),
        characters=round(exp(sum(part.length_logs for part in recent) / articles)) if articles else None,
        rejected=rejected,
        last_new_at=rhythm.last_new_at if rhythm else None,
        completeness=collected,
        gaps=gaps,
        warnings=warnings,
    )


def _feeds(outlet: OutletView, now: datetime) -> Iterator[HealthWarning]:
    if outlet.yields is Yield.NO_FEEDS:
        why = f": {outlet.discovery_error}" if outlet.discovery_error else ""
        yield HealthWarning(
            kind="feeds", text=f"It has no feed, sitemap or section page to read{why}; look again with `presswatch outlets check`"
        )
    active = [feed for feed in outlet.feeds if feed.active]
    failing = [feed for feed in active if feed.failures >= FEWEST_FAILURES]
    if failing:
        first = failing[0]
        since = f"since {_at(first.succeeded_at)}" if first.succeeded_at else "and never could"
        yield HealthWarning(
            kind="feeds", since=first.succeeded_at,
            text=f"{len(failing)} of {len(active)} feeds can't be read {since}: {first.url}: {first.error or first.status}",
        )  # fmt: skip
    for feed in active:
        if feed.hub and (feed.hub.failures >= FEWEST_FAILURES or feed.hub.refused > max(FEWEST_FAILURES, feed.hub.pushes)):
            yield HealthWarning(kind="hub", text=f"{feed.url} is polled, not pushed as it should be: {feed.hub.words(now)}")


def _silence(rhythm: reading.Rhythm | None) -> Iterator[HealthWarning]:
    if rhythm is None or rhythm.new_hours < FEWEST_NEW_HOURS:
        return
    if rhythm.silent_hours >= max(FEWEST_SILENT_HOURS, LONGER * rhythm.longest_hours):
        yield HealthWarning(
            kind="silent", since=rhythm.last_new_at,
            text=f"Nothing new since {_at(rhythm.last_new_at)}, though its feeds were read in {rhythm.silent_hours} hours since; "
            f"before, the longest silence was {rhythm.longest_hours} hours",
        )  # fmt: skip


def _fetching(found: reading.Unfetched | None) -> Iterator[HealthWarning]:
    if found and found.reason and found.unfetched >= max(FEWEST_UNFETCHED, found.pages / 2):
        text = f"{found.unfetched} of {found.pages} pages shown in the last day were not fetched, mostly because {reasons.why_not_fetched(found.reason)}"
        yield HealthWarning(kind="fetching", text=text)
    if found and found.unrendered_reason:
        text = f"{found.unrendered} of {found.pages} pages shown in the last day have no text: {reasons.why_not_fetched(found.unrendered_reason)}"
        yield HealthWarning(kind="browser", text=text)


def _put_off(found: reading.PutOff | None) -> Iterator[HealthWarning]:
    if found and found.waiting + found.refused:
        left_out = f", and {found.refused} times one was left out because too many wait" if found.refused else ""
        text = f"In the last day {found.waiting} new pages had to wait{left_out}: it shows more than PRESSWATCH_NEW_PAGES_PER_DAY allows"
        yield HealthWarning(kind="budget", text=text)
    if found and found.trapped >= FEWEST_TRAPPED:
        text = f"In the last day addresses were left out {found.trapped} times, as they look like a trap's (calendars, paths that repeat, filters)"
        yield HealthWarning(kind="trap", text=text)


def _completeness(found: Share | Unknown) -> Iterator[HealthWarning]:
    if isinstance(found, Share) and found.most < FEWEST_COLLECTED:
        yield HealthWarning(
            kind="completeness", since=datetime.combine(found.first, time(), UTC),
            text=f"At most {found.most:.0%} of its articles from {found.first:%-d %b} to {found.last:%-d %b} were collected: {found.collected}, "
            f"while what its {' and '.join(found.looks)} have in common tells of about {found.estimate.articles} or more, at least {found.estimate.low}",
        )  # fmt: skip


def _gaps(found: OpenGaps | None) -> Iterator[HealthWarning]:
    if found:
        times = "Once" if found.count == 1 else f"{found.count} times"
        yield HealthWarning(
            kind="gaps", since=found.first_at,
            text=f"{times} between {_at(found.first_at)} and {_at(found.last_at)} a feed showed nothing of what it had shown at the poll before: "
            "items in between were probably missed, and no sitemap filled them in",
        )  # fmt: skip


def _drift(parts: Sequence[Yielded], rejected: Mapping[str, int], earliest: datetime) -> Iterator[HealthWarning]:
    pages = [Measured(at=part.begin, pages=part.pages, total=part.articles) for part in parts]
    articles = [part for part in parts if part.articles]
    if change := drift.fall(pages, earliest=earliest):
        told = f"; most others are rejected because {reasons.why_no_article(next(iter(rejected)))}" if rejected else ""
        text = f"Since {_at(change.since)} only {_share(change)} pages were articles, before {change.before:.0%}{told}"
        yield HealthWarning(kind="articles", since=change.since, text=text)
    for field, (count, name) in FIELDS.items():
        measured = [Measured(at=part.begin, pages=part.articles, total=count(part)) for part in articles]
        if change := drift.fall(measured, earliest=earliest):
            text = f"Since {_at(change.since)} only {_share(change)} articles have {name}, before {change.before:.0%}"
            yield HealthWarning(kind="field", field=field, since=change.since, text=text)
    for field, missed in RULED.items():
        measured = [Measured(at=part.begin, pages=part.ruled, total=part.ruled - missed(part)) for part in articles if part.ruled]
        if change := drift.fall(measured, earliest=earliest):
            text = (
                f"Since {_at(change.since)} the outlet's rule finds {field} on only {_share(change)} pages, before on {change.before:.0%}"
            )
            yield HealthWarning(kind="rule", field=field, since=change.since, text=text)
    lengths = [Measured(at=part.begin, pages=part.articles, total=part.length_logs, squares=part.length_squares) for part in articles]
    if change := drift.shift(lengths, earliest=earliest):
        sizes = f"about {exp(change.now):,.0f} characters in {change.pages} articles, before about {exp(change.before):,.0f}"
        yield HealthWarning(kind="length", field="body", since=change.since, text=f"Since {_at(change.since)} the texts have {sizes}")


def _share(change: Change) -> str:
    return f"{change.total:.0f} of {change.pages}"


def _at(at: datetime) -> str:
    return f"{at:%-d %b %H:%M} UTC"
