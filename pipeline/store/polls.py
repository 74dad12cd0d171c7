"""Polls of feeds: which are due, what each showed, and when it is to be looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString

from pipeline import rhythm as rhythms
from pipeline.models import Feed, FeedKind, Page, Poll, Rhythm
from pipeline.store import discoveries, frontier, gaps, looks, sightings, subscriptions
from pipeline.store.database import Connection
from pipeline.store.hosts import TAKEABLE, TAKEN, free
from pipeline.store.sightings import Added

# A poll is due a little early, so that a schedule as long as the interval meets it every time.
INTERVAL_SLACK: Final = 0.9
# A failing feed is polled more rarely, down to this.
LONGEST_BACKOFF_S: Final = 21_600
# A feed with fewer items may well show others each time.
FEWEST_ITEMS: Final = 3
# Validators are left out once an hour: some servers keep one ETag for ever.
FULL_READ_AFTER_S: Final = 3_600
# The crawler's clock may differ so much from the database's, by which feeds are due; past that its times are not used.
CLOCKS_DIFFER: Final = timedelta(minutes=10)

COLUMNS: Final[LiteralString] = f"""
    feeds.id, feeds.outlet_id, feeds.url, feeds.kind, feeds.etag, feeds.last_modified,
    feeds.read_at > now() - make_interval(secs => %(full_read_after_s)s),
    coalesce(feeds.items, 0), feeds.succeeded_at, feeds.rhythm_items, feeds.rhythm_hours, feeds.recent_items, feeds.recent_expected,
    feeds.fills_in, {looks.IS_SECOND}
"""


def claim(
    connection: Connection,
    worker: int,
    *,
    due_by: datetime,
    outlets: Sequence[int] | None,
    limit: int,
    hosts: Sequence[str] | None = None,
) -> list[Feed]:
    """Lease feeds that were due at `due_by`, the longest due first; only those of some outlets or hosts, if they are given.

    With the start of a run as `due_by`, no feed is claimed twice in it: a poll moves its due time past that.
    A feed that was polled in the future is due, too: the clock was set back, and its due time may be days away.
    """
    rows = connection.execute(
        f"""
        WITH chosen AS (
            SELECT f.id, f.host FROM feeds f JOIN outlets o ON o.id = f.outlet_id LEFT JOIN hosts ON hosts.host = f.host
            WHERE f.active AND (f.due_at <= %(due_by)s OR f.polled_at > %(due_by)s + %(clocks_differ)s)
              AND o.removed_at IS NULL AND {free("f")} AND (hosts.host IS NULL OR {TAKEABLE})
              AND (%(outlets)s::bigint[] IS NULL OR f.outlet_id = ANY (%(outlets)s::bigint[]))
              AND (%(hosts)s::text[] IS NULL OR f.host = ANY (%(hosts)s::text[]))
            ORDER BY f.due_at, f.id LIMIT %(limit)s FOR NO KEY UPDATE OF f SKIP LOCKED
        ), {TAKEN}
        UPDATE feeds SET leased_by = %(worker)s FROM chosen JOIN taken USING (host) WHERE feeds.id = chosen.id
        RETURNING {COLUMNS}
        """,
        {
            "worker": worker,
            "due_by": due_by,
            "outlets": None if outlets is None else list(outlets),
            "limit": limit,
            "hosts": None if hosts is None else list(hosts),
            "full_read_after_s": FULL_READ_AFTER_S,
            "clocks_differ": CLOCKS_DIFFER,
        },
    )
    return [_feed(row) for row in rows]


def feed(connection: Connection, feed_id: int) -> Feed:
    """A feed as it is stored."""
    values = {"id": feed_id, "full_read_after_s": FULL_READ_AFTER_S}
    row = connection.execute(f"SELECT {COLUMNS} FROM feeds WHERE id = %(id)s FOR NO KEY UPDATE", values).fetchone()
    assert row is not None, "feeds are not deleted"  # noqa: S101 - what names it goes with it
    return _feed(row)


def _feed(row: Sequence[Any]) -> Feed:
    return Feed(
        id=row[0],
        outlet_id=row[1],
        url=row[2],
        kind=FeedKind(row[3]),
        etag=row[4] if row[6] else None,
        last_modified=row[5] if row[6] else None,
        items=row[7],
        succeeded_at=row[8],
        rhythm=Rhythm(items=tuple(row[9]), hours=tuple(row[10]), recent_items=row[11], recent_expected=row[12]),
        fills_in=row[13],
        is_second=row[14],
    )


def record(
    connection: Connection, poll: Poll, *, worker: int, interval_s: float, longest_s: float | None = None, most_a_day: int | None = None
) -> tuple[int, list[Page]]:
    """Keep what a poll showed: sightings, new pages (leased to the worker), the feed's rhythm and next time, coverage.

    A poll that shows nothing of what the one before showed has probably missed items: the next one comes as soon as may
    be, the outlet's other sources are due at once, and coverage tells of the gap. What a hub sent changes neither when the
    feed is polled next nor what is known of its whole.

    Args:
        connection: in a transaction.
        poll: what was asked and answered.
        worker: who leases the new pages.
        interval_s: the shortest time to the next poll.
        longest_s: the longest one; null: it is not longer.
        most_a_day: how many new pages of an outlet are taken in a day at least (`admission`); null: all.

    Returns:
        How many pages nobody had seen before, and those of them that this worker may fetch now.

    """
    if not poll.is_push:
        poll = replace(poll, started_at=_on_our_clock(connection, poll.started_at))
    poll = looks.known(connection, looks.recent(poll))
    added = sightings.record(connection, poll, worker=worker, most_a_day=most_a_day) if poll.items else Added()
    new, pages = added.new, added.pages
    feed, rhythm = poll.feed, poll.feed.rhythm
    taken = len(poll.items) - len(added.admission.left_out)
    is_full = feed.items >= FEWEST_ITEMS and taken >= FEWEST_ITEMS
    gap = is_full and added.seen_before == 0 and not poll.is_push and not feed.is_second
    news = taken - added.seen_before
    if feed.succeeded_at is not None and poll.error is None:
        # A second look is worth what it adds.
        items = new if feed.is_second else news
        rhythm = rhythms.observed(rhythm, since=feed.succeeded_at, until=poll.started_at, items=items)
    shortest_s, longest_s = looks.intervals(feed, shortest_s=interval_s, longest_s=max(longest_s or interval_s, interval_s))
    if gap:
        next_s = shortest_s
    elif not poll.is_push and poll.error is None and subscriptions.is_relied_on(connection, feed.id, new_items=news):
        next_s = longest_s
    else:
        length = len(poll.items) or feed.items
        next_s = rhythms.interval_s(rhythm, at=poll.started_at, length=length, shortest_s=shortest_s, longest_s=longest_s)
    values = {
        "id": poll.feed.id,
        "outlet_id": poll.feed.outlet_id,
        "kind": poll.kind,
        "started_at": poll.started_at,
        "status": poll.status,
        "items": len(poll.items),
        "new_items": new,
        "error": poll.error,
        "etag": poll.etag,
        "last_modified": poll.last_modified,
        "interval_s": shortest_s,
        "next_s": next_s,
        "rhythm_items": list(rhythm.items),
        "rhythm_hours": list(rhythm.hours),
        "recent_items": rhythm.recent_items,
        "recent_expected": rhythm.recent_expected,
        "gap": int(gap),
        "linked_items": added.admission.now if added.admission.linked else 0,
        "waiting_items": len(added.admission.waits_s),
        "refused_items": len(added.admission.refused),
        "trapped_items": len(added.admission.trapped),
        "slack": INTERVAL_SLACK,
        "longest_s": max(LONGEST_BACKOFF_S, shortest_s),
        "retry_after_s": poll.retry_after_s or 0,
        "failed": int(poll.error is not None),
        "polls": int(not poll.is_push),
    }
    if poll.error is not None:
        connection.execute(
            """
            UPDATE feeds SET leased_by = NULL, fills_in = false, polled_at = %(started_at)s, status = %(status)s, error = %(error)s,
                failures = failures + 1, due_at = %(started_at)s + make_interval(secs => greatest(
                    least(%(interval_s)s * power(2, least(failures, 30)), %(longest_s)s) * %(slack)s, %(retry_after_s)s))
            WHERE id = %(id)s
            """,
            values,
        )
        never = connection.execute("SELECT FROM feeds WHERE id = %(id)s AND succeeded_at IS NULL AND origin = 'given'", values)
        if never.rowcount:
            # Discovery fills in for a feed that never worked.
            discoveries.ask(connection, poll.feed.outlet_id)
    elif poll.is_push:
        connection.execute(
            """
            UPDATE feeds SET succeeded_at = greatest(succeeded_at, %(started_at)s), new_items = %(new_items)s,
                rhythm_items = %(rhythm_items)s, rhythm_hours = %(rhythm_hours)s,
                recent_items = %(recent_items)s, recent_expected = %(recent_expected)s
            WHERE id = %(id)s
            """,
            values,
        )
    elif poll.not_modified:
        connection.execute(
            """
            UPDATE feeds SET leased_by = NULL, fills_in = false, polled_at = %(started_at)s, succeeded_at = %(started_at)s, status = %(status)s,
                error = NULL, failures = 0, new_items = 0, due_at = %(started_at)s + make_interval(secs => %(next_s)s * %(slack)s),
                rhythm_items = %(rhythm_items)s, rhythm_hours = %(rhythm_hours)s,
                recent_items = %(recent_items)s, recent_expected = %(recent_expected)s
            WHERE id = %(id)s
            """,
            values,
        )
    else:
        connection.execute(
            """
            UPDATE feeds SET leased_by = NULL, fills_in = false, polled_at = %(started_at)s, succeeded_at = %(started_at)s, read_at = %(started_at)s,
                kind = %(kind)s, status = %(status)s, items = %(items)s, new_items = %(new_items)s, error = NULL, failures = 0,
                etag = %(etag)s, last_modified = %(last_modified)s,
                due_at = %(started_at)s + make_interval(secs => %(next_s)s * %(slack)s),
                rhythm_items = %(rhythm_items)s, rhythm_hours = %(rhythm_hours)s,
                recent_items = %(recent_items)s, recent_expected = %(recent_expected)s
            WHERE id = %(id)s
            """,
            values,
        )
    connection.execute(
        """
        INSERT INTO coverage (
            outlet_id, hour, polls, failed_polls, new_items, gaps, linked_items, waiting_items, refused_items, trapped_items
        )
        VALUES (%(outlet_id)s, date_trunc('hour', %(started_at)s::timestamptz), %(polls)s, %(failed)s, %(new_items)s, %(gap)s,
            %(linked_items)s, %(waiting_items)s, %(refused_items)s, %(trapped_items)s)
        ON CONFLICT (outlet_id, hour) DO UPDATE SET polls = coverage.polls + excluded.polls, gaps = coverage.gaps + excluded.gaps,
            failed_polls = coverage.failed_polls + excluded.failed_polls, new_items = coverage.new_items + excluded.new_items,
            linked_items = coverage.linked_items + excluded.linked_items, waiting_items = coverage.waiting_items + excluded.waiting_items,
            refused_items = coverage.refused_items + excluded.refused_items, trapped_items = coverage.trapped_items + excluded.trapped_items
        """,
        values,
    )
    gaps.fill(connection, poll)
    if gap:
        gaps.note(connection, poll)
    return new, list(pages)


def _on_our_clock(connection: Connection, at: datetime) -> datetime:
    """A crawler's time, or the database's where the two clocks are apart: feeds are due by the database's."""
    now = frontier.now(connection)
    return at if abs(at - now) <= CLOCKS_DIFFER else now
