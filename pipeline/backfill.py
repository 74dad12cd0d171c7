"""What a backfill is asked for, what it looks at, and what it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pipeline.models import CrawlReport, FeedItem


class PartKind(StrEnum):
    """What reaches back in time."""

    ROBOTS = "robots"  # names the outlet's sitemaps
    SITEMAP = "sitemap"  # also an index of sitemaps
    FEED = "feed"  # one page of a feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A time span from `since` until before `until`; an end that is null is open."""

    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def at(cls, moment: datetime) -> Span:
        """The span that is one moment."""
        return cls(since=moment, until=moment + timedelta(microseconds=1))

    @property
    def is_closed(self) -> bool:
        """Whether both ends are known."""
        return self.since is not None and self.until is not None

    def wider(self, by: timedelta) -> Span:
        """The same with so much more at both ends."""
        return Span(since=self.since - by if self.since else None, until=self.until + by if self.until else None)

    def __contains__(self, moment: datetime) -> bool:
        return (self.since is None or self.since <= moment) and (self.until is None or moment < self.until)

    def meets(self, other: Span) -> bool:
        """Whether the spans have a moment in common."""
        return (self.until is None or other.since is None or other.since < self.until) and (
            other.until is None or self.since is None or self.since < other.until
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A document that lists older articles and that a worker has leased for a look."""

    id: int
    outlet_id: int
    url: str
    kind: PartKind
    depth: int = 0
    before: bytes = b""  # of a page of a feed: the digest of what the page before it showed
    holds: Span = field(default_factory=Span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A part that another one names, and the times that it can tell of."""

    url: str
    kind: PartKind
    holds: Span = field(default_factory=Span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """An article that a part shows, and when it was published at the latest; null if nothing tells."""

    item: FeedItem
    ages_from: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What a part shows of the times that are asked for."""

    items: tuple[Dated, ...] = ()
    parts: tuple[Named, ...] = ()  # that may tell of these times
    digest: bytes = b""  # of all addresses of articles in it
    found: int = 0  # articles of any time
    undated: int = 0  # of them, those of which nothing tells a time
    skipped: int = 0  # parts that can't tell of these times


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletReport:
    """What a run of a backfill did for an outlet."""

    outlet: str
    looked_at: int = 0  # sitemaps and pages of feeds
    skipped: int = 0  # sitemaps that can't tell of the times asked for
    found: int = 0  # addresses in them
    in_range: int = 0
    undated: int = 0  # left out, since nothing tells their time
    new: int = 0  # nobody had seen them before
    fetched: int = 0
    unchanged: int = 0  # their bytes were there already
    failed: Mapping[str, int] = field(default_factory=dict)  # pages by reason
    unread: Mapping[str, str] = field(default_factory=dict)  # sitemaps and feeds by address, with the reason
    parts_left: int = 0  # sitemaps and pages of feeds that wait for another run
    pages_left: int = 0  # articles that do


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillReport:
    """What a run of a backfill did."""

    outlets: tuple[OutletReport, ...]
    crawl: CrawlReport  # all that was done meanwhile, the news among it

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> BackfillReport:
        """From the fields that `as_dict` gives."""
        return cls(outlets=tuple(OutletReport(**outlet) for outlet in fields["outlets"]), crawl=CrawlReport(**fields["crawl"]))

    def as_dict(self) -> dict[str, Any]:
        """Its fields by name."""
        return asdict(self)
