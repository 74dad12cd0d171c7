"""Sightings: what a poll showed, as pages of the frontier, each with what the feed says of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from pipeline import sessions
from pipeline.models import Page, Poll, Priority
from pipeline.store import forgotten, hosts
from pipeline.store.admission import Admission, admit
from pipeline.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What a poll's items were to the frontier."""

    new: int = 0  # pages that nobody had seen before
    pages: tuple[Page, ...] = ()  # those of them that the worker may fetch
    seen_before: int = 0  # items that this feed had shown before
    admission: Admission = field(default_factory=Admission)


def record(connection: Connection, poll: Poll, *, worker: int, most_a_day: int | None) -> Added:
    """Keep that a feed showed items; those that nobody had seen before become pages.

    Args:
        connection: in a transaction.
        poll: what was asked and answered.
        worker: who leases the new pages at the hosts that it can take.
        most_a_day: how many new pages of an outlet are taken in a day at least (`admission`); null: all.

    """
    items = {sessions.without(item.url): item for item in poll.items}
    found = connection.execute(
        "SELECT shown.url FROM unnest(%s::text[]) AS shown (url) WHERE NOT EXISTS (SELECT FROM pages WHERE pages.url = shown.url)",
        (list(items),),
    ).fetchall()
    unknown = {url for (url,) in found}
    dropped = forgotten.among(connection, unknown)
    admission = admit(connection, poll, [url for url in items if url in unknown and url not in dropped], most_a_day=most_a_day)
    items = {url: item for url, item in items.items() if url not in admission.left_out and url not in dropped}
    names = {url: urlsplit(url).hostname or "" for url in items}
    values = {
        "outlet_id": poll.feed.outlet_id,
        "feed_id": poll.feed.id,
        "fills_in": poll.feed.fills_in and not poll.is_push,
        "worker": worker,
        "priority": Priority.LIVE,
        "backfill": Priority.BACKFILL,
        "seen_at": poll.started_at,
        "urls": list(items),
        "hosts": list(names.values()),
        "taken": list(hosts.take(connection, worker, [names[url] for url in unknown & items.keys() - admission.waits_s.keys()])),
        "waits_s": [admission.waits_s.get(url) for url in items],
        "backlog": Priority.BACKLOG,
        "titles": [item.title for item in items.values()],
        "published": [item.published_at for item in items.values()],
        "summaries": [item.summary for item in items.values()],
        # Lists of lists are one line each: an array of PostgreSQL's has no ragged edge.
        "authors": ["\n".join(item.authors) for item in items.values()],
        "topics": ["\n".join(item.topics) for item in items.values()],
    }
    # In the order of URLs, so that two workers with the same items can't wait for each other.
    added = connection.execute(
        """
        INSERT INTO pages (outlet_id, url, host, first_seen_at, due_at, priority, leased_by, reason)
        SELECT %(outlet_id)s, shown.url, shown.host, %(seen_at)s, now() + make_interval(secs => coalesce(shown.wait_s, 0)),
            CASE WHEN shown.wait_s IS NULL THEN %(priority)s ELSE %(backlog)s END,
            CASE WHEN shown.wait_s IS NULL AND shown.host = ANY (%(taken)s) THEN %(worker)s::integer END,
            CASE WHEN shown.wait_s IS NOT NULL THEN 'over_budget' END
        FROM unnest(%(urls)s::text[], %(hosts)s::text[], %(waits_s)s::float8[]) AS shown (url, host, wait_s)
        WHERE NOT EXISTS (SELECT FROM pages WHERE pages.url = shown.url)
        ORDER BY shown.url ON CONFLICT (url) DO NOTHING
        RETURNING id, url, leased_by
        """,
        values,
    ).fetchall()
    # What a backfill found before it was seen here is news, and goes with the news.
    connection.execute(
        """
        UPDATE pages SET priority = %(priority)s WHERE id IN (
            SELECT id FROM pages WHERE url = ANY (%(urls)s) AND priority = %(backfill)s AND fetches = 0 ORDER BY url FOR NO KEY UPDATE
        )
        """,
        values,
    )
    # What a poll showed that only filled in is a sighting like others once a usual one shows it too.
    sighted = connection.execute(
        """
        INSERT INTO sightings (page_id, feed_id, seen_at, filled_in, title, published_at, summary, authors, topics)
        SELECT pages.id, %(feed_id)s, %(seen_at)s, %(fills_in)s, shown.title, shown.published_at, shown.summary,
            string_to_array(shown.authors, E'\\n'), string_to_array(shown.topics, E'\\n')
        FROM unnest(
            %(urls)s::text[], %(titles)s::text[], %(published)s::timestamptz[], %(summaries)s::text[], %(authors)s::text[], %(topics)s::text[]
        ) AS shown (url, title, published_at, summary, authors, topics)
        JOIN pages ON pages.url = shown.url
        ORDER BY pages.id ON CONFLICT (page_id, feed_id) DO UPDATE SET filled_in = false
        WHERE sightings.filled_in AND NOT excluded.filled_in
        RETURNING sightings.xmax = 0
        """,
        values,
    )
    first = sum(row[0] for row in sighted)
    return Added(
        new=len(added),
        pages=tuple(Page(id=row[0], outlet_id=poll.feed.outlet_id, url=row[1]) for row in added if row[2] is not None),
        # What is forgotten is no gap.
        seen_before=len(items) - first + len(dropped),
        admission=admission,
    )
