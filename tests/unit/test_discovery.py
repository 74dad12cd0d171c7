"""Which of the sources that were found are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crawlers.discovery import MOST_SOURCES, kept, rank
from pipeline.models import FeedKind, Source

NOW = datetime(2025, 3, 4, 12, tzinfo=UTC)


def source(name: str, kind: FeedKind, *, items: int = 10, hours_old: float | None = None) -> Source:
    newest = None if hours_old is None else NOW - timedelta(hours=hours_old)
    return Source(url=f"https://example.com/{name}", kind=kind, items=items, newest_at=newest)


def names(*sources: Source) -> list[str]:
    ranked = sorted(sources, key=lambda one: rank(one, now=NOW))
    beside_feeds = any(one.kind is FeedKind.FEED for one in sources)
    return [one.url.rsplit("/", 1)[-1] for one in kept(ranked, now=NOW, beside_feeds=beside_feeds)]


def test_sitemaps_and_a_section_stand_beside_feeds_as_second_looks() -> None:
    feeds = [source(f"feed{number}", FeedKind.FEED, hours_old=1, items=100 - number) for number in range(MOST_SOURCES + 2)]
    beside = (
        source("archive", FeedKind.SITEMAP, hours_old=500),
        source("undated", FeedKind.SITEMAP),
        source("news", FeedKind.NEWS_SITEMAP, hours_old=1),
        source("map", FeedKind.SITEMAP, hours_old=2),
        source("home", FeedKind.SECTION),
        source("sport", FeedKind.SECTION, items=5),
    )
    assert names(*beside, *feeds) == [*(f"feed{number}" for number in range(MOST_SOURCES)), "news", "map", "home"]


def test_without_feeds_all_that_lists_articles_is_kept() -> None:
    assert names(source("home", FeedKind.SECTION), source("archive", FeedKind.SITEMAP, hours_old=500)) == ["home", "archive"]
    assert names(source("home", FeedKind.SECTION)) == ["home"]
