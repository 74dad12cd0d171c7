"""Messages to channels: composed once, claimed, sent as the same bytes under the same key until they arrive or are given up.

A claim names the worker that sends. It is never taken from a worker that is alive, so a message is sent
twice only if a worker dies between the sending and its record, and then under the same key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from pipeline.models import Every
from pipeline.store.database import LIVE_WORKERS, Connection

# Claims are made one after the other, so that each sees the workers that made the earlier ones.
CLAIM_LOCK: Final = 7_270_003


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A claimed message."""

    id: int
    alert_id: int
    alert: str
    alert_version_id: int
    channel: int
    channel_url: bytes  # encrypted
    idempotency_key: UUID
    body: bytes
    attempts: int  # this one included
    age: timedelta  # since it was composed


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A message that waits to be sent, with what is needed to compose it anew."""

    id: int
    alert_version_id: int
    alert: str
    query: str
    every: Every
    channel_url: bytes  # encrypted


def lock_alert(connection: Connection, alert_id: int) -> None:
    """Until the end of the transaction nobody else composes or settles messages of this alert."""
    connection.execute("SELECT FROM alerts WHERE id = %s FOR NO KEY UPDATE", (alert_id,))


def compose(connection: Connection, alert_version_id: int, channel: int, *, story_id: int | None, body: bytes) -> int:
    """Store a message for one channel; its id."""
    row = connection.execute(
        "INSERT INTO deliveries (alert_version_id, channel, story_id, body) VALUES (%s, %s, %s, %s) RETURNING id",
        (alert_version_id, channel, story_id, body),
    ).fetchone()
    assert row is not None  # noqa: S101 - RETURNING always gives a row
    return int(row[0])


def composed(connection: Connection, delivery_ids: Sequence[int]) -> list[Composed]:
    """Those of the messages that wait to be sent."""
    rows = connection.execute(
        """
        SELECT d.id, v.id, a.name, v.query, v.every, v.channels[d.channel + 1]
        FROM deliveries d JOIN alert_versions v ON v.id = d.alert_version_id JOIN alerts a ON a.id = v.alert_id
        WHERE d.id = ANY (%s) AND d.state = 'waiting' ORDER BY d.id
        """,
        (list(delivery_ids),),
    )
    return [
        Composed(id=row[0], alert_version_id=row[1], alert=row[2], query=row[3], every=Every(row[4]), channel_url=bytes(row[5]))
        for row in rows
    ]


def compose_anew(connection: Connection, delivery_id: int, body: bytes) -> None:
    """Give a message that waits other bytes; if its old ones may have arrived, it is another message, with a key of its own."""
    connection.execute(
        """
        UPDATE deliveries SET body = %s, idempotency_key = CASE attempts WHEN 0 THEN idempotency_key ELSE gen_random_uuid() END
        WHERE id = %s AND state = 'waiting'
        """,
        (body, delivery_id),
    )


def withdraw(connection: Connection, delivery_id: int) -> None:
    """Nothing is left to tell in a message."""
    connection.execute("DELETE FROM deliveries WHERE id = %s AND state = 'waiting'", (delivery_id,))


def empty(connection: Connection, delivery_ids: Sequence[int]) -> None:
    """Keep no more of messages that were sent or given up than that they were."""
    connection.execute("UPDATE deliveries SET body = '' WHERE id = ANY (%s) AND state <> 'waiting'", (list(delivery_ids),))


def gone(connection: Connection, alert_version_id: int) -> set[int]:
    """The channels of an alert version that have answered `410 Gone`: nothing more is sent to them."""
    rows = connection.execute(
        "SELECT DISTINCT channel FROM deliveries WHERE alert_version_id = %s AND state = 'failed' AND status = 410", (alert_version_id,)
    )
    return {row[0] for row in rows}


def claim(connection: Connection, worker: int, limit: int) -> list[Delivery]:
    """The oldest due message of each of up to `limit` channels that no living worker is sending to."""
    connection.execute("SELECT pg_advisory_xact_lock(%s, 0)", (CLAIM_LOCK,))
    rows = connection.execute(
        f"""
        WITH live AS MATERIALIZED ({LIVE_WORKERS}), heads AS MATERIALIZED (
            SELECT DISTINCT ON (d.alert_version_id, d.channel) d.id FROM deliveries d
            WHERE d.state = 'waiting' AND d.not_before <= now() AND NOT EXISTS (
                SELECT FROM deliveries other WHERE other.alert_version_id = d.alert_version_id AND other.channel = d.channel
                  AND other.state = 'waiting' AND other.claimed_by IN (SELECT * FROM live)
            )
            ORDER BY d.alert_version_id, d.channel, d.id
        ), chosen AS (
            SELECT id FROM heads ORDER BY id LIMIT %(limit)s
        )
        UPDATE deliveries d SET claimed_by = %(worker)s, attempts = d.attempts + 1
        FROM chosen, alert_versions v, alerts a
        WHERE d.id = chosen.id AND d.state = 'waiting' AND v.id = d.alert_version_id AND a.id = v.alert_id
        RETURNING d.id, a.id, a.name, v.id, d.channel, v.channels[d.channel + 1], d.idempotency_key, d.body, d.attempts,
            now() - d.created_at
        """,
        {"limit": limit, "worker": worker},
    ).fetchall()
    return [
        Delivery(
            id=row[0],
            alert_id=row[1],
            alert=row[2],
            alert_version_id=row[3],
            channel=row[4],
            channel_url=bytes(row[5]),
            idempotency_key=row[6],
            body=bytes(row[7]),
            attempts=row[8],
            age=row[9],
        )
        for row in sorted(rows, key=lambda row: int(row[0]))
    ]


def arrived(connection: Connection, delivery: Delivery, *, status: int | None) -> None:
    """A channel took a message: its matches are sent, and the channel's other messages need not wait."""
    lock_alert(connection, delivery.alert_id)
    connection.execute(
        "UPDATE deliveries SET state = 'sent', sent_at = now(), status = %s, error = NULL, claimed_by = NULL WHERE id = %s",
        (status, delivery.id),
    )
    connection.execute(
        """
        UPDATE matches SET state = 'sent', reason = NULL WHERE state = 'waiting' AND delivery_ids @> ARRAY[%s::bigint]
          AND alert_version_id IN (SELECT id FROM alert_versions WHERE alert_id = %s)
        """,
        (delivery.id, delivery.alert_id),
    )
    connection.execute(
        """
        UPDATE deliveries SET not_before = least(not_before, now())
        WHERE alert_version_id = %s AND channel = %s AND state = 'waiting' AND attempts = 0
        """,
        (delivery.alert_version_id, delivery.channel),
    )


def given_up(connection: Connection, delivery: Delivery, *, status: int | None, error: str) -> None:
    """A message is given up: its matches failed if every other channel gave up too."""
    lock_alert(connection, delivery.alert_id)
    connection.execute(
        "UPDATE deliveries SET state = 'failed', status = %s, error = %s, claimed_by = NULL WHERE id = %s",
        (status, error[:2000], delivery.id),
    )
    connection.execute(
        """
        UPDATE matches m SET state = 'failed', reason = %s WHERE m.state = 'waiting' AND m.delivery_ids @> ARRAY[%s::bigint]
          AND m.alert_version_id IN (SELECT id FROM alert_versions WHERE alert_id = %s)
          AND NOT EXISTS (SELECT FROM deliveries d WHERE d.id = ANY (m.delivery_ids) AND d.state <> 'failed')
        """,
        (error[:2000], delivery.id, delivery.alert_id),
    )


def postponed(
    connection: Connection, delivery: Delivery, *, after: timedelta, hold: timedelta | None, status: int | None, error: str
) -> None:
    """A message is tried again later.

    Args:
        connection: in a transaction.
        delivery: the message.
        after: when it is tried again, from now.
        hold: how long other messages to the same channel wait, because nothing answers there; null: they don't.
        status: of the answer, if there was one.
        error: what happened, for people.

    """
    connection.execute(
        "UPDATE deliveries SET claimed_by = NULL, not_before = now() + %s, status = %s, error = %s WHERE id = %s",
        (after, status, error[:2000], delivery.id),
    )
    if hold is not None:
        connection.execute(
            """
            UPDATE deliveries SET not_before = greatest(not_before, now() + %s)
            WHERE alert_version_id = %s AND channel = %s AND state = 'waiting' AND id <> %s
            """,
            (hold, delivery.alert_version_id, delivery.channel, delivery.id),
        )


def next_due_in(connection: Connection) -> float | None:
    """Seconds until the next window, digest or retry is due (0 or less: now); null if nothing waits."""
    row = connection.execute(
        """
        SELECT extract(epoch FROM least(
            (SELECT min(due_at) FROM matches WHERE state = 'waiting' AND delivery_ids = '{}'),
            (SELECT min(not_before) FROM deliveries WHERE state = 'waiting')
        ) - now())
        """
    ).fetchone()
    return float(row[0]) if row is not None and row[0] is not None else None
