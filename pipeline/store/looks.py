"""Second looks: sources kept beside an outlet's feeds, polled rarely, that tell what the feeds miss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final, LiteralString

from pipeline import urls
from pipeline.models import Feed, FeedKind, Poll
from pipeline.store.database import Connection

# A second look is polled by its rhythm of pages that nobody showed before, between so many times the longest interval.
RARER: Final = (1, 2)
# A plain sitemap is long, and often an index of several.
RAREST: Final = (2, 8)
# Of a plain sitemap beside a feed, older entries are the archive; but after a pause all since the poll before.
RECENT: Final = timedelta(days=3)
MARGIN: Final = timedelta(days=1)

# Whether a row of `feeds` is a second look: found by discovery, where a better kind of source can be read.
IS_SECOND: Final[LiteralString] = """
    (feeds.origin = 'found' AND EXISTS (
        SELECT FROM feeds better WHERE better.outlet_id = feeds.outlet_id AND better.active AND better.failures < 3
          AND array_position('{feed,news_sitemap}', better.kind) < coalesce(array_position('{feed,news_sitemap}', feeds.kind), 3)))
"""


def intervals(feed: Feed, *, shortest_s: float, longest_s: float) -> tuple[float, float]:
    """The shortest and longest time to a source's next poll, in seconds."""
    if not feed.is_second:
        return shortest_s, longest_s
    least, most = RAREST if feed.kind is FeedKind.SITEMAP else RARER
    return least * longest_s, most * longest_s


def recent(poll: Poll) -> Poll:
    """A poll without what a plain sitemap lists of older times, where it is a second look."""
    if not poll.feed.is_second or poll.kind is not FeedKind.SITEMAP:
        return poll
    since = poll.started_at - RECENT
    if poll.feed.succeeded_at is not None:
        since = min(since, poll.feed.succeeded_at - MARGIN)
    return replace(poll, items=tuple(item for item in poll.items if item.published_at is not None and item.published_at >= since))


def known(connection: Connection, poll: Poll) -> Poll:
    """A second look's poll with the addresses that its articles are known by: none is fetched twice for a parameter in its address."""
    if not poll.feed.is_second or not poll.items:
        return poll
    new = connection.execute(
        "SELECT shown.url FROM unnest(%s::text[]) AS shown (url) WHERE NOT EXISTS (SELECT FROM pages WHERE pages.url = shown.url)",
        ([item.url for item in poll.items],),
    )
    identities = {row[0]: urls.canonical(row[0]) for row in new}
    addresses: dict[str, str] = dict(
        connection.execute(
            """
            SELECT u.canonical_url, p.url FROM article_urls u JOIN articles a ON a.id = u.article_id JOIN pages p ON p.id = a.page_id
            WHERE u.canonical_url = ANY (%s)
            """,
            (list(identities.values()),),
        ).fetchall()
    )
    return replace(poll, items=tuple(replace(item, url=addresses.get(identities.get(item.url, ""), item.url)) for item in poll.items))


def seconds(connection: Connection, feed_ids: Sequence[int]) -> set[int]:
    """Those of some feeds that are second looks."""
    return {row[0] for row in connection.execute(f"SELECT id FROM feeds WHERE id = ANY (%s) AND {IS_SECOND}", (list(feed_ids),))}
