"""What became of an outlet's pages: the addresses from which the shape of its articles' is learned."""

from __future__ import annotations

from typing import Final

from pipeline.models import FeedKind
from pipeline.shapes import Known
from pipeline.store.database import Connection

# So many of an outlet's newest pages are looked at.
MOST_PAGES: Final = 500
# What a page can turn out to be instead of an article. A wall or a fault of the server tells nothing of what stands behind it.
OTHERS: Final = ("index_page", "not_an_article", "no_body", "too_short", "login_page", "not_html", "empty_page")


def known(connection: Connection, outlet_id: int) -> Known:
    """The addresses of an outlet's newest pages that became articles, or that only a feed shows so far, and of those that were none."""
    rows = connection.execute(
        """
        SELECT newest.url, last.outcome = ANY (%(others)s) FROM (
            SELECT id, url FROM pages WHERE outlet_id = %(outlet_id)s ORDER BY first_seen_at DESC LIMIT %(most)s
        ) AS newest LEFT JOIN LATERAL (
            SELECT outcome FROM captures WHERE page_id = newest.id ORDER BY fetched_at DESC LIMIT 1
        ) AS last ON true
        WHERE last.outcome IN ('article', 'unchanged') OR last.outcome = ANY (%(others)s) OR (last.outcome IS NULL AND EXISTS (
            SELECT FROM sightings s JOIN feeds f ON f.id = s.feed_id WHERE s.page_id = newest.id AND f.kind = ANY (%(feeds)s)
        ))
        """,
        {
            "outlet_id": outlet_id,
            "most": MOST_PAGES,
            "others": list(OTHERS),
            "feeds": [FeedKind.FEED, FeedKind.NEWS_SITEMAP],
        },
    ).fetchall()
    return Known(
        articles=tuple(url for url, is_other in rows if not is_other),
        others=tuple(url for url, is_other in rows if is_other),
    )
