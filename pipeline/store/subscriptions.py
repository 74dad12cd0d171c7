"""Subscriptions at hubs (WebSub): one for a feed that announces a hub, asked for, confirmed, renewed and ended."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

from pipeline import websub
from pipeline.store.database import Connection
from pipeline.store.hosts import TAKEABLE, TAKEN
from pipeline.websub import Announced, Ask

TOKEN_BYTES: Final = 24
# A request that is not confirmed is sent again after the first, then more rarely, down to the second.
FIRST_RETRY_S: Final = 3_600
LONGEST_RETRY_S: Final = 604_800
# An end that the hub does not confirm is asked for so often; then the lease runs out by itself.
MOST_ENDINGS: Final = 3
# A challenge may come so late, and more than once: an answer to it may have got lost.
PENDING_S: Final = 86_400
# After a push, a poll may see what is still on its way; this is no miss.
SETTLING_S: Final = 600
# So many polls in a row with items that the hub had not sent, and it is not relied on.
PATIENCE: Final = 2
LONGEST_ERROR: Final = 300


def follow(connection: Connection, feed_id: int, announced: Announced | None, *, base: str) -> None:
    """Let a feed be subscribed to where it says; what it does not announce any more is to be ended.

    Args:
        connection: in a transaction.
        feed_id: which feed.
        announced: its hub and topic; null: it has no hub.
        base: our public address.

    """
    hub, topic = (announced.hub, announced.topic) if announced else (None, None)
    connection.execute(
        """
        UPDATE subscriptions SET wanted = false, due_at = now(), failures = 0, error = NULL
        WHERE feed_id = %s AND wanted AND (hub, topic) IS DISTINCT FROM (%s::text, %s::text)
        """,
        (feed_id, hub, topic),
    )
    if hub is not None:
        # Under another address of ours it is a new one; what is sent to the old address is answered as gone.
        connection.execute(
            """
            INSERT INTO subscriptions (feed_id, hub, topic, base, token, secret)
            VALUES (%(feed_id)s, %(hub)s, %(topic)s, %(base)s, %(token)s, %(secret)s)
            ON CONFLICT (feed_id, hub, topic) DO UPDATE SET wanted = true, base = excluded.base, token = excluded.token,
                secret = excluded.secret, due_at = now(), asked = NULL, lease_ends_at = NULL, failures = 0, error = NULL, missed = 0
            WHERE NOT subscriptions.wanted OR subscriptions.base <> excluded.base
            """,
            {
                "feed_id": feed_id,
                "hub": hub,
                "topic": topic,
                "base": base,
                "token": secrets.token_urlsafe(TOKEN_BYTES),
                "secret": secrets.token_urlsafe(TOKEN_BYTES),
            },
        )


def end(connection: Connection, outlet_id: int) -> None:
    """An outlet is not collected any more: its subscriptions are to be ended."""
    connection.execute(
        """
        UPDATE subscriptions SET wanted = false, due_at = now(), failures = 0, error = NULL
        WHERE wanted AND feed_id IN (SELECT id FROM feeds WHERE outlet_id = %s)
        """,
        (outlet_id,),
    )


def claim(connection: Connection, worker: int, *, outlets: Sequence[int] | None, limit: int) -> list[Ask]:
    """What hubs are to be asked now; their hosts are leased. What is not confirmed is due again later, so nothing is held."""
    connection.execute(
        "DELETE FROM subscriptions WHERE NOT wanted AND (lease_ends_at IS NULL OR lease_ends_at < now() OR failures >= %s)", (MOST_ENDINGS,)
    )
    rows = connection.execute(
        f"""
        WITH chosen AS (
            SELECT s.id, s.host FROM subscriptions s JOIN feeds f ON f.id = s.feed_id LEFT JOIN hosts ON hosts.host = s.host
            WHERE s.due_at <= now() AND (hosts.host IS NULL OR {TAKEABLE})
              AND (%(outlets)s::bigint[] IS NULL OR f.outlet_id = ANY (%(outlets)s::bigint[]))
            ORDER BY s.due_at, s.id LIMIT %(limit)s FOR NO KEY UPDATE OF s SKIP LOCKED
        ), {TAKEN}
        UPDATE subscriptions SET asked = CASE WHEN wanted THEN 'subscribe' ELSE 'unsubscribe' END, asked_at = now(),
            failures = failures + 1, due_at = now() + make_interval(secs =>
                least(%(first_s)s * power(4, least(failures, 10)), %(longest_s)s))
        FROM chosen JOIN taken USING (host) WHERE subscriptions.id = chosen.id
        RETURNING subscriptions.id, hub, topic, asked, base, token, secret
        """,
        {
            "worker": worker,
            "outlets": None if outlets is None else list(outlets),
            "limit": limit,
            "first_s": FIRST_RETRY_S,
            "longest_s": LONGEST_RETRY_S,
        },
    )
    return [Ask(id=row[0], hub=row[1], topic=row[2], mode=row[3], callback=websub.callback(row[4], row[5]), secret=row[6]) for row in rows]


def record_answer(connection: Connection, subscription_id: int, error: str | None, *, final: bool = False) -> None:
    """What a hub said to a request: nothing wrong, or why it does not take it; after a final error it is asked more rarely."""
    connection.execute(
        """
        UPDATE subscriptions SET error = %(error)s,
            due_at = CASE WHEN %(final)s THEN now() + make_interval(secs => %(longest_s)s) ELSE due_at END
        WHERE id = %(id)s AND failures > 0
        """,
        {"id": subscription_id, "error": error and error[:LONGEST_ERROR], "final": final, "longest_s": LONGEST_RETRY_S},
    )


def confirm(connection: Connection, token: str, *, topic: str, lease_s: int) -> bool:
    """A hub asks whether we have subscribed; if that is so, the lease begins."""
    confirmed = connection.execute(
        """
        UPDATE subscriptions SET lease_ends_at = now() + make_interval(secs => %(lease_s)s), failures = 0, error = NULL,
            due_at = now() + make_interval(secs => %(renew_s)s)
        WHERE token = %(token)s AND topic = %(topic)s AND wanted AND asked = 'subscribe'
          AND asked_at > now() - make_interval(secs => %(pending_s)s)
        """,
        {
            "token": token,
            "topic": topic,
            "lease_s": lease_s,
            "renew_s": websub.renew_after_s(lease_s),
            "pending_s": PENDING_S,
        },
    )
    return confirmed.rowcount > 0


def confirm_end(connection: Connection, token: str, *, topic: str) -> bool:
    """A hub asks whether we want to end a subscription; if that is so, it is forgotten."""
    ended = connection.execute(
        "DELETE FROM subscriptions WHERE token = %s AND topic = %s AND NOT wanted AND asked = 'unsubscribe'", (token, topic)
    )
    return ended.rowcount > 0


def deny(connection: Connection, token: str, *, topic: str, reason: str) -> bool:
    """A hub does not let us subscribe, or not any longer; it is asked again in a week."""
    denied = connection.execute(
        """
        UPDATE subscriptions SET lease_ends_at = NULL, asked = NULL, failures = greatest(failures, 1), error = %(error)s,
            due_at = now() + make_interval(secs => %(longest_s)s)
        WHERE token = %(token)s AND topic = %(topic)s
        """,
        {
            "token": token,
            "topic": topic,
            "error": f"the hub denies it: {reason or 'it does not say why'}"[:LONGEST_ERROR],
            "longest_s": LONGEST_RETRY_S,
        },
    )
    return denied.rowcount > 0


def secret(connection: Connection, token: str) -> str | None:
    """What the pushes of a wanted subscription are signed with; null: there is none with this token."""
    row = connection.execute("SELECT secret FROM subscriptions WHERE token = %s AND wanted", (token,)).fetchone()
    return row[0] if row else None


def refuse(connection: Connection, token: str) -> None:
    """Count a push that was not signed as it should be."""
    connection.execute("UPDATE subscriptions SET refused = refused + 1 WHERE token = %s", (token,))


def is_relied_on(connection: Connection, feed_id: int, *, new_items: int) -> bool:
    """Whether a hub tells of a feed's items, so that polls are a safety net only.

    Args:
        connection: in a transaction.
        feed_id: which was polled.
        new_items: that the poll showed and the hub had not sent.

    """
    row = connection.execute(
        """
        UPDATE subscriptions SET missed = missed + (
            %(new_items)s > 0 AND coalesce(pushed_at < now() - make_interval(secs => %(settling_s)s), true))::integer
        WHERE feed_id = %(feed_id)s AND wanted AND lease_ends_at > now()
        RETURNING pushes > 0 AND missed < %(patience)s
        """,
        {"feed_id": feed_id, "new_items": new_items, "settling_s": SETTLING_S, "patience": PATIENCE},
    ).fetchone()
    return bool(row and row[0])
