"""Newsrooms that publish in bursts: what their feed of ten items, their news sitemap and their home page show at a time."""

from __future__ import annotations

import math
import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pipeline.models import FeedItem, FeedKind

FEED_LENGTH = 10
HOME_LENGTH = 30
SITEMAP_WINDOW = timedelta(hours=48)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What an outlet's second looks are worth."""

    name: str
    # Of the articles, how many its news sitemap lists, and how late it is written anew; null: it has none.
    listed: float | None
    sitemap_every: timedelta = timedelta(minutes=10)
    has_home: bool = True


PROFILES = (
    Profile(name="whole news sitemap, home page", listed=1.0),
    Profile(name="partial news sitemap, home page", listed=0.7, sitemap_every=timedelta(minutes=30)),
    Profile(name="home page only", listed=None),
    Profile(name="partial news sitemap only", listed=0.8, sitemap_every=timedelta(minutes=60), has_home=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An article: when it appears, how prominent it is, whether the sitemap lists it."""

    number: int
    at: datetime
    weight: float
    listed: bool


@dataclass
class Newsroom:
    """One outlet and all that it publishes in some days."""

    number: int
    profile: Profile
    start: datetime
    days: int
    busy: float  # articles an hour in the middle of the day, outside bursts
    chance: random.Random
    base: str = ""
    pieces: list[Piece] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Publish."""
        self.base = self.base or f"https://n{self.number}.example"
        self.publish([*self._steady(), *self._bursts()])

    def publish(self, times: Iterable[datetime]) -> None:
        """Let articles appear at these times; how prominent one is, and whether the sitemap lists it, is left to chance."""
        listed = self.profile.listed or 0.0
        for number, at in enumerate(sorted(times), start=len(self.pieces)):
            self.pieces.append(Piece(number=number, at=at, weight=self.chance.lognormvariate(0, 1), listed=self.chance.random() < listed))
        self.times = [piece.at for piece in self.pieces]

    def _steady(self) -> Iterator[datetime]:
        at = self.start
        end = self.start + timedelta(days=self.days)
        while at < end:
            rate = max(self.busy * (0.55 + 0.45 * math.sin((at.hour + at.minute / 60 - 8) / 24 * 2 * math.pi)), 0.05)
            at += timedelta(hours=self.chance.expovariate(rate))
            if at < end:
                yield at

    def _bursts(self) -> Iterator[datetime]:
        """A few times a day many at once: an agency's round-up, results, a breaking story, the paper's own edition."""
        for day in range(self.days):
            for _ in range(self.chance.choice((2, 3, 4, 5))):
                begin = self.start + timedelta(days=day, hours=self.chance.uniform(5, 22))
                for _ in range(self.chance.randint(12, 40)):
                    yield begin + timedelta(minutes=self.chance.uniform(0, 12))

    def url(self, piece: Piece) -> str:
        """The address of an article."""
        return f"{self.base}/{piece.at:%Y/%m/%d}/story-number-{piece.number}-of-newsroom-{self.number}"

    def sources(self) -> dict[str, FeedKind]:
        """The addresses of what lists its articles."""
        found = {f"{self.base}/rss.xml": FeedKind.FEED}
        if self.profile.listed is not None:
            found[f"{self.base}/news-sitemap.xml"] = FeedKind.NEWS_SITEMAP
        if self.profile.has_home:
            found[f"{self.base}/"] = FeedKind.SECTION
        return found

    def shown(self, kind: FeedKind, now: datetime) -> list[Piece]:
        """What a source shows at a time."""
        if kind is FeedKind.FEED:
            end = bisect_right(self.times, now)
            return self.pieces[max(0, end - FEED_LENGTH) : end][::-1]
        if kind is FeedKind.NEWS_SITEMAP:
            every = self.profile.sitemap_every.total_seconds()
            written = datetime.fromtimestamp(now.timestamp() // every * every, UTC)
            since, until = bisect_left(self.times, written - SITEMAP_WINDOW), bisect_right(self.times, written)
            return [piece for piece in self.pieces[since:until] if piece.listed][::-1]
        # The front page: what is prominent stays, what is not goes as soon as others come.
        recent = self.pieces[bisect_left(self.times, now - SITEMAP_WINDOW) : bisect_right(self.times, now)]
        ranked = sorted(recent, key=lambda piece: piece.weight * 0.5 ** ((now - piece.at).total_seconds() / 3600 / 4), reverse=True)
        return ranked[:HOME_LENGTH]

    def items(self, kind: FeedKind, now: datetime) -> tuple[FeedItem, ...]:
        """The same, as a reader sees it."""
        dated = kind is not FeedKind.SECTION
        return tuple(
            FeedItem(url=self.url(piece), title=f"Story number {piece.number}", published_at=piece.at if dated else None)
            for piece in self.shown(kind, now)
        )

    def published(self, day: datetime) -> set[str]:
        """The addresses of what appeared on a day (UTC)."""
        return {self.url(piece) for piece in self.pieces if piece.at.date() == day.date()}
