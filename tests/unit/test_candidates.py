"""Sources that show something, and are none of an outlet's news."""

from __future__ import annotations

import pytest

from crawlers import candidates
from crawlers.reading import Reading
from pipeline.models import FeedItem, FeedKind

ITEMS = tuple(FeedItem(url=f"https://example.com/{n}") for n in range(3))


@pytest.mark.parametrize(
    ("url", "title", "is_of_comments"),
    [
        ("https://example.com/comments/feed/", "", True),
        ("https://example.com/2025/03/a/comments-feed", "", True),
        ("https://example.com/f?x=1", "Example » Comments Feed", True),
        ("https://example.com/f", "Comments on: A story", True),
        ("https://example.com/f", "Beispiel » Kommentar-Feed", True),
        ("https://www.commentarymagazine.com/feed", "Commentary Magazine", False),
        ("https://example.com/rss/kommentare.xml", "Kommentare", False),
        ("https://example.com/commentisfree/rss", "Opinion | Comment is free", False),
    ],
)
def test_feeds_of_comments(url: str, title: str, *, is_of_comments: bool) -> None:
    assert candidates.is_of_comments(url, title) == is_of_comments


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/tag/harbour/feed/", "a tag's feed"),
        ("/rss/tags/x.xml", "a tag's feed"),
        ("/author/ana-roe/feed/", "an author's feed"),
        ("/category/politics/feed/", None),
        ("/feed/", None),
        ("/rss/authors.xml", None),
    ],
)
def test_feeds_of_a_part(path: str, part: str | None) -> None:
    assert candidates.part(f"https://example.com{path}") == part


@pytest.mark.parametrize(
    ("reading", "reason"),
    [
        (Reading(kind=FeedKind.FEED, items=ITEMS), None),
        (Reading(kind=FeedKind.FEED, items=ITEMS[:1]), None),
        (Reading(kind=FeedKind.FEED), "no items"),
        (Reading(kind=FeedKind.SECTION), "no links to articles"),
        (Reading(kind=FeedKind.FEED, items=ITEMS, is_heard=True), "a podcast: its entries are sound or film"),
        (Reading(kind=FeedKind.FEED, items=ITEMS, title="Comments for Example"), "a comments feed"),
        (Reading(kind=FeedKind.FEED, items=ITEMS[::-1][1:]), "shows the same as https://example.com/rss"),
    ],
)
def test_reasons(reading: Reading, reason: str | None) -> None:
    kept = {"https://example.com/rss": frozenset(item.url for item in ITEMS[:2])}
    assert candidates.why_not("https://example.com/other", reading, kept) == reason


def test_a_section_must_list_articles_of_its_own() -> None:
    kept = {"a": frozenset({ITEMS[0].url}), "b": frozenset({ITEMS[1].url})}
    section = Reading(kind=FeedKind.SECTION, items=ITEMS)
    assert candidates.few_new(section, kept, fewest=1) is None
    assert candidates.few_new(section, kept, fewest=2) == "lists only 1 articles that the others don't"
