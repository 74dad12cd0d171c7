"""Why a source that could be read is none of an outlet's news: what it is instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from crawlers.reading import Reading
from pipeline.models import FeedKind

# "Kommentare" alone are opinions in a German outlet, and so are "comentarios" in a path.
COMMENTS_PATH: Final = re.compile(r"(?:^|/)(?:comments?|replies)(?:[-_]?(?:feed|rss))?(?:/|$|\.)", re.IGNORECASE)
COMMENTS_TITLE: Final = re.compile(
    r"\bcomments? feed\b|^comments (?:on|for)\b|kommentar-feed|^kommentare zu\b|flux des commentaires|^commentaires (?:pour|sur)\b"
    r"|feed de (?:los )?comentarios|^comentarios en\b",
    re.IGNORECASE,
)
# Feeds of a part that cuts across the outlet's sections: what they show stands in the main feed, too.
PART: Final = re.compile(
    r"(?:^|/)(?:(?P<tag>tags?|schlagw(?:o|oe)rt\w*|etiquetas?|topics?|keywords?)|(?P<author>authors?|autor\w*|auteurs?))/[^/]",
    re.IGNORECASE,
)


def is_of_comments(url: str, title: str) -> bool:
    """Whether a feed is one of readers' comments, by its address and title."""
    return bool(COMMENTS_PATH.search(urlsplit(url).path) or COMMENTS_TITLE.search(title))


def part(url: str) -> str | None:
    """What a feed is the feed of, if its address says that this is a tag or an author."""
    found = PART.search(urlsplit(url).path)
    return found and ("a tag's feed" if found["tag"] else "an author's feed")


def why_not(url: str, reading: Reading, kept: Mapping[str, frozenset[str]]) -> str | None:
    """Why a source is not to be kept beside those that are; null for one that is.

    Args:
        url: its address.
        reading: what it shows.
        kept: addresses that the sources show which are kept already, by the sources' own.

    """
    if is_of_comments(url, reading.title):
        return "a comments feed"
    if reading.is_heard:
        return "a podcast: its entries are sound or film"
    if not reading.items:
        return "no links to articles" if reading.kind is FeedKind.SECTION else "no items"
    shown = frozenset(item.url for item in reading.items)
    return next((f"shows the same as {other}" for other, theirs in kept.items() if shown == theirs), None)


def few_new(reading: Reading, kept: Mapping[str, frozenset[str]], *, fewest: int) -> str | None:
    """Why a section page is not worth a look beside what is kept: it lists too few articles that nothing else shows."""
    others = frozenset().union(*kept.values())
    own = sum(item.url not in others for item in reading.items)
    return None if own >= fewest else f"lists only {own} articles that the others don't"
