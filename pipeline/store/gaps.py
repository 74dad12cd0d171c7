"""Gaps: times of which a feed's items were probably missed, and what fills them."""

from __future__ import annotations

from typing import Final, LiteralString

from pipeline.models import FeedKind, Poll
from pipeline.store import discoveries
from pipeline.store.database import Connection

# Sources that list everything of their time; a section lists what editors chose, so that nothing is missing can't be told from it.
WHOLE: Final = frozenset({FeedKind.SITEMAP, FeedKind.NEWS_SITEMAP})
# A burst is a gap at every poll: what fills in is not polled more often than this, and long sitemaps more rarely.
AGAIN_AFTER_S: Final = 300
SOON: Final[LiteralString] = """
    greatest(%(at)s, polled_at + make_interval(secs => %(again_after_s)s * CASE kind WHEN 'sitemap' THEN 6 ELSE 1 END))
"""


def note(connection: Connection, poll: Poll) -> None:
    """Keep that items were probably missed since the poll before, and let the outlet's other sources be polled at once, or soon.

    An outlet that has none is looked at for some.
    """
    values = {"outlet_id": poll.feed.outlet_id, "feed_id": poll.feed.id, "began_at": poll.feed.succeeded_at, "at": poll.started_at}
    values |= {"again_after_s": AGAIN_AFTER_S}
    connection.execute(
        """
        INSERT INTO gaps (outlet_id, feed_id, began_at, noticed_at)
        VALUES (%(outlet_id)s, %(feed_id)s, coalesce(%(began_at)s, %(at)s), %(at)s)
        """,
        values,
    )
    connection.execute(
        f"""
        UPDATE feeds SET due_at = {SOON}, fills_in = true
        WHERE outlet_id = %(outlet_id)s AND id <> %(feed_id)s AND active AND due_at > {SOON}
        """,
        values,
    )
    others = connection.execute("SELECT FROM feeds WHERE outlet_id = %(outlet_id)s AND id <> %(feed_id)s AND active LIMIT 1", values)
    if not others.rowcount:
        discoveries.ask(connection, poll.feed.outlet_id)


def fill(connection: Connection, poll: Poll) -> None:
    """Close the outlet's gaps that a sitemap reaches back over: it shows a page that was known before they began."""
    if poll.kind in WHOLE and poll.items:
        connection.execute(
            """
            UPDATE gaps SET filled_at = %(at)s, filled_by = %(feed_id)s
            WHERE outlet_id = %(outlet_id)s AND filled_at IS NULL AND noticed_at <= %(at)s AND feed_id <> %(feed_id)s
              AND EXISTS (SELECT FROM pages WHERE url = ANY (%(urls)s) AND first_seen_at <= gaps.began_at)
            """,
            {
                "outlet_id": poll.feed.outlet_id,
                "feed_id": poll.feed.id,
                "at": poll.started_at,
                "urls": [item.url for item in poll.items],
            },
        )
