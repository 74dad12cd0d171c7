"""Pushes: what hubs have sent, kept before it is acknowledged and read by the next crawl as a poll is."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pipeline.models import FeedItem, FeedKind, Page, Poll
from pipeline.store import polls
from pipeline.store.database import Connection
from pipeline.store.hosts import free
from pipeline.store.subscriptions import LONGEST_ERROR

# So many of a feed may wait to be read; then the hub is told to come again later.
MOST_WAITING: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What a hub has sent of a feed."""

    id: int
    feed_id: int
    topic: str
    content_type: str
    body: bytes


def accept(connection: Connection, token: str, *, content_type: str, body: bytes) -> bool:
    """Keep what a hub has sent; false if so much waits that there is no room for it."""
    row = connection.execute(
        """
        UPDATE subscriptions s SET pushes = pushes + 1, pushed_at = now()
        WHERE token = %s AND (SELECT count(*) FROM pushes WHERE feed_id = s.feed_id) < %s RETURNING id, feed_id, topic
        """,
        (token, MOST_WAITING),
    ).fetchone()
    if row is None:
        return False
    connection.execute(
        "INSERT INTO pushes (subscription_id, feed_id, topic, content_type, body_gzip) VALUES (%s, %s, %s, %s, %s)",
        (*row, content_type, gzip.compress(body, compresslevel=1, mtime=0)),
    )
    return True


def claim(connection: Connection, worker: int, *, outlets: Sequence[int] | None, limit: int) -> list[Push]:
    """Lease what is to be read, in the order in which it came."""
    rows = connection.execute(
        f"""
        WITH chosen AS (
            SELECT p.id FROM pushes p JOIN feeds f ON f.id = p.feed_id
            WHERE {free("p")} AND (%(outlets)s::bigint[] IS NULL OR f.outlet_id = ANY (%(outlets)s::bigint[]))
            ORDER BY p.id LIMIT %(limit)s FOR NO KEY UPDATE OF p SKIP LOCKED
        )
        UPDATE pushes SET leased_by = %(worker)s FROM chosen WHERE pushes.id = chosen.id
        RETURNING pushes.id, feed_id, topic, content_type, body_gzip
        """,
        {"worker": worker, "outlets": None if outlets is None else list(outlets), "limit": limit},
    )
    found = [Push(id=row[0], feed_id=row[1], topic=row[2], content_type=row[3], body=gzip.decompress(row[4])) for row in rows]
    return sorted(found, key=lambda push: push.id)


def record(
    connection: Connection, push: Push, items: Sequence[FeedItem], *, worker: int, interval_s: float, problem: str | None = None
) -> tuple[int, list[Page]]:
    """Take in what a push shows, as a poll's items; the push is done with in the same transaction.

    One that shows nothing, or can't be read, still says that the feed has changed: it is polled at once.

    Returns:
        How many pages nobody had seen before, and those of them that this worker may fetch now.

    """
    done = connection.execute("DELETE FROM pushes WHERE id = %s RETURNING received_at, subscription_id", (push.id,)).fetchone()
    if done is None:
        return 0, []
    received_at: datetime = done[0]
    if not items:
        connection.execute("UPDATE feeds SET due_at = least(due_at, %s) WHERE id = %s", (received_at, push.feed_id))
    if problem is not None:
        connection.execute(
            "UPDATE subscriptions SET error = %s WHERE id = %s", (f"what it sent can't be read: {problem}"[:LONGEST_ERROR], done[1])
        )
    if not items:
        return 0, []
    feed = polls.feed(connection, push.feed_id)
    poll = Poll(feed=feed, started_at=received_at, kind=FeedKind.FEED, items=tuple(items), is_push=True)
    new, pages = polls.record(connection, poll, worker=worker, interval_s=interval_s)
    connection.execute("UPDATE subscriptions SET error = NULL, missed = 0 WHERE id = %s AND failures = 0", (done[1],))
    return new, pages
