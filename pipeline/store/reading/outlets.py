"""What the outlets last yielded, why one yields nothing, and which hours were watched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from pipeline.models import FeedKind
from pipeline.store.database import Connection

# An outlet without a new article for this long stands out.
SILENT_AFTER: Final = timedelta(days=7)


class Yield(StrEnum):
    """How an outlet does, in the order in which they are shown: the worst first."""

    NO_FEEDS = "no_feeds"  # there is nothing to read
    FAILING = "failing"  # no feed could be read the last time
    SILENT = "silent"  # feeds are read, and no article comes of them
    PARTLY = "partly"  # some feeds could not be read the last time
    NEW = "new"  # not read yet
    WELL = "well"
    IMPORTED = "imported"  # never to be read: its articles were given by a person


@dataclass(frozen=True, slots=True, kw_only=True)
class HubView:
    """The hub that is asked to tell of a feed's new items (WebSub)."""

    url: str
    until: datetime | None  # the hub tells until then, or has told; null: it has not confirmed it
    pushes: int
    pushed_at: datetime | None
    refused: int  # pushes without a right signature
    failures: int  # requests in a row that it did not confirm
    error: str | None

    def words(self, now: datetime) -> str:
        """How it stands, in a few words."""
        problem = f": {self.error}" if self.error else ""
        forged = f", {self.refused} pushes with a wrong signature" if self.refused else ""
        if self.until is not None and self.until > now:
            return f"pushed by {self.url} until {self.until:%Y-%m-%d %H:%M}{problem}{forged}"
        state = "does not push any more" if self.until is not None else "has not confirmed yet"
        return f"{self.url} {state}{problem}{forged}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedView:
    """A feed with what its last poll showed."""

    url: str
    kind: FeedKind
    origin: str  # given by a person, or found by discovery
    active: bool
    due_at: datetime
    polled_at: datetime | None
    succeeded_at: datetime | None
    items: int | None
    new_items: int | None
    status: int | None
    failures: int
    error: str | None
    hub: HubView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletView:
    """An outlet with what it last yielded."""

    id: int
    name: str
    url: str
    labels: tuple[str, ...]
    country: str | None
    language: str | None
    group: str | None
    added_at: datetime
    feeds: tuple[FeedView, ...]
    discovery_error: str | None
    articles_day: int  # first seen in the last 24 hours
    articles_week: int
    last_article_id: int | None
    last_article_title: str | None
    last_article_language: str | None
    last_article_at: datetime | None  # first seen
    # Of an outlet without articles this week: what became of its pages, by reason.
    pages_without_article: Mapping[str, int]
    yields: Yield

    @property
    def polled_at(self) -> datetime | None:
        """The last poll of any feed."""
        return max((feed.polled_at for feed in self.feeds if feed.polled_at), default=None)


def outlets(connection: Connection, now: datetime) -> list[OutletView]:
    """All outlets that are watched; those that yield nothing come first, then by name."""
    feeds = _feeds(connection)
    rows = connection.execute(
        """
        SELECT o.id, o.name, o.url, o.labels, o.country, o.language, o."group", o.added_at, d.error,
            (SELECT count(*) FROM articles a WHERE a.outlet_id = o.id AND a.first_seen_at > %(day)s AND a.deleted_at IS NULL),
            (SELECT count(*) FROM articles a WHERE a.outlet_id = o.id AND a.first_seen_at > %(week)s AND a.deleted_at IS NULL),
            last.id, last.title, last.first_seen_at, last.language, d.outlet_id IS NULL
        FROM outlets o LEFT JOIN discoveries d ON d.outlet_id = o.id
        LEFT JOIN LATERAL (
            SELECT a.id, v.title, a.first_seen_at, v.language FROM articles a
            JOIN article_versions v ON v.article_id = a.id AND v.version = a.version
            WHERE a.outlet_id = o.id AND a.deleted_at IS NULL ORDER BY a.first_seen_at DESC, a.id DESC LIMIT 1
        ) AS last ON true
        WHERE o.removed_at IS NULL ORDER BY lower(o.name)
        """,
        {"day": now - timedelta(days=1), "week": now - SILENT_AFTER},
    ).fetchall()
    reasons = _pages_without_article(connection, [row[0] for row in rows if row[10] == 0], now - SILENT_AFTER)
    found = [_outlet(row, feeds.get(row[0], ()), reasons.get(row[0], {}), now) for row in rows]
    order = list(Yield)
    return sorted(found, key=lambda outlet: order.index(outlet.yields))


def names(connection: Connection) -> list[str]:
    """The names of the outlets that are watched."""
    return [row[0] for row in connection.execute("SELECT name FROM outlets WHERE removed_at IS NULL ORDER BY lower(name)")]


def watched_hours(connection: Connection, first: date, last: date, names: Sequence[str] = ()) -> dict[date, int]:
    """UTC days from `first` to `last` with how many of their hours were watched; of all outlets, or of those named.

    An hour counts if a feed could be read of at least half of the outlets that were watched before that day:
    when most of them are silent because nobody asked, the day is not whole, though one answered.
    """
    rows = connection.execute(
        """
        WITH asked AS (
            SELECT o.id, o.added_at, o.removed_at FROM outlets o
            WHERE (%(all)s OR lower(o.name) = ANY (%(names)s))
                AND EXISTS (SELECT FROM feeds f WHERE f.outlet_id = o.id AND f.succeeded_at IS NOT NULL)
        ), answered AS (
            SELECT c.hour, (c.hour AT TIME ZONE 'UTC')::date AS day, count(*) AS outlets FROM coverage c
            WHERE c.hour >= %(first)s::date::timestamp AT TIME ZONE 'UTC'
                AND c.hour < (%(last)s::date + 1)::timestamp AT TIME ZONE 'UTC'
                AND c.polls > c.failed_polls
                AND (%(all)s OR c.outlet_id IN (SELECT id FROM outlets WHERE lower(name) = ANY (%(names)s)))
            GROUP BY 1
        ), days AS (
            SELECT day, (
                SELECT count(*) FROM asked a
                WHERE a.added_at < day::timestamp AT TIME ZONE 'UTC'
                    AND (a.removed_at IS NULL OR a.removed_at > (day + 1)::timestamp AT TIME ZONE 'UTC')
            ) AS outlets
            FROM (SELECT DISTINCT day FROM answered) AS their
        )
        SELECT day, count(*) FROM answered JOIN days USING (day) WHERE 2 * answered.outlets >= days.outlets GROUP BY day
        """,
        {"first": first, "last": last, "all": not names, "names": [name.lower() for name in names]},
    )
    return {row[0]: row[1] for row in rows}


def judge(feeds: Sequence[FeedView], *, articles_week: int, added_at: datetime, now: datetime, is_imported: bool = False) -> Yield:
    """How an outlet does, from what its feeds showed and what came of them."""
    active = [feed for feed in feeds if feed.active]
    if is_imported and not feeds:
        return Yield.IMPORTED
    if not active:
        return Yield.NO_FEEDS
    polled = [feed for feed in active if feed.polled_at]
    if not polled:
        return Yield.NEW if now - added_at < SILENT_AFTER else Yield.SILENT
    failing = [feed for feed in polled if feed.failures]
    if len(failing) == len(polled):
        return Yield.FAILING
    if not articles_week:
        # What was read for the first time just now may still be on its way.
        fresh = now - added_at < timedelta(hours=1)
        return Yield.NEW if fresh else Yield.SILENT
    return Yield.PARTLY if failing else Yield.WELL


def _outlet(row: Sequence[Any], feeds: tuple[FeedView, ...], reasons: Mapping[str, int], now: datetime) -> OutletView:
    return OutletView(
        id=row[0],
        name=row[1],
        url=row[2],
        labels=tuple(row[3]),
        country=row[4],
        language=row[5],
        group=row[6],
        added_at=row[7],
        feeds=feeds,
        discovery_error=row[8],
        articles_day=row[9],
        articles_week=row[10],
        last_article_id=row[11],
        last_article_title=row[12],
        last_article_at=row[13],
        last_article_language=row[14],
        pages_without_article=reasons,
        # An outlet that somebody added is looked at for feeds; one that only an article named is not.
        yields=judge(feeds, articles_week=row[10], added_at=row[7], now=now, is_imported=row[15] and row[11] is not None),
    )


def _feeds(connection: Connection) -> dict[int, tuple[FeedView, ...]]:
    rows = connection.execute(
        """
        SELECT f.outlet_id, f.url, f.kind, f.origin, f.active, f.due_at, f.polled_at, f.succeeded_at, f.items, f.new_items, f.status,
            f.failures, f.error, s.hub, s.lease_ends_at, s.pushes, s.pushed_at, s.refused, s.failures, s.error
        FROM feeds f JOIN outlets o ON o.id = f.outlet_id LEFT JOIN subscriptions s ON s.feed_id = f.id AND s.wanted
        WHERE o.removed_at IS NULL ORDER BY f.active DESC, f.id
        """
    )
    found: dict[int, list[FeedView]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(
            FeedView(
                url=row[1],
                kind=FeedKind(row[2]),
                origin=row[3],
                active=row[4],
                due_at=row[5],
                polled_at=row[6],
                succeeded_at=row[7],
                items=row[8],
                new_items=row[9],
                status=row[10],
                failures=row[11],
                error=row[12],
                hub=HubView(url=row[13], until=row[14], pushes=row[15], pushed_at=row[16], refused=row[17], failures=row[18], error=row[19])
                if row[13]
                else None,
            )
        )
    return {outlet_id: tuple(feeds) for outlet_id, feeds in found.items()}


def _pages_without_article(connection: Connection, outlet_ids: Sequence[int], since: datetime) -> dict[int, dict[str, int]]:
    """Why the outlets' pages gave no article: what `clean` said of the last capture, else what kept them from being fetched."""
    rows = connection.execute(
        """
        SELECT p.outlet_id, coalesce(last.outcome, p.reason, CASE WHEN last.id IS NULL THEN 'not fetched yet' ELSE 'not cleaned yet' END),
            count(*)
        FROM pages p LEFT JOIN LATERAL (
            SELECT c.id, c.outcome FROM captures c WHERE c.page_id = p.id ORDER BY c.fetched_at DESC LIMIT 1
        ) AS last ON true
        WHERE p.outlet_id = ANY (%s) AND p.first_seen_at > %s GROUP BY 1, 2 ORDER BY 3 DESC
        """,
        (list(outlet_ids), since),
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for outlet_id, reason, count in rows:
        found[outlet_id][reason] = count
    return dict(found)
