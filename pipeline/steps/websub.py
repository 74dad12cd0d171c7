"""What hubs say at our callbacks (WebSub): challenges and denials are answered, pushes are kept until a crawl reads them."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from pipeline import websub
from pipeline.steps.context import Context
from pipeline.store import pushes, subscriptions

LONGEST_REASON: Final = 200


class Receipt(Enum):
    """What became of a push."""

    KEPT = auto()
    IGNORED = auto()  # it is not signed as it should be
    GONE = auto()  # nothing is subscribed to under this token
    LATER = auto()  # too much waits to be read


def answers_challenge(context: Context, token: str, *, mode: str, topic: str, lease: str | None) -> bool:
    """Whether a hub may go on: the request that it wants confirmed was ours."""
    if not context.settings.websub_url:
        return False
    with context.database.transaction() as connection:
        match mode:
            case "subscribe":
                return subscriptions.confirm(connection, token, topic=topic, lease_s=websub.lease_s(lease))
            case "unsubscribe":
                return subscriptions.confirm_end(connection, token, topic=topic)
            case _:
                return False


def takes_denial(context: Context, token: str, *, topic: str, reason: str) -> bool:
    """Record that a hub denies a subscription; false if there is none."""
    with context.database.transaction() as connection:
        words = " ".join("".join(sign if sign.isprintable() else " " for sign in reason).split())
        return subscriptions.deny(connection, token, topic=topic, reason=words[:LONGEST_REASON])


def expects(context: Context, token: str) -> bool:
    """Whether pushes may come under a token."""
    if not context.settings.websub_url:
        return False
    with context.database.transaction() as connection:
        return subscriptions.secret(connection, token) is not None


def receive(context: Context, token: str, *, body: bytes, content_type: str, signature: str | None) -> Receipt:
    """Keep a push that is signed with the subscription's secret; after `KEPT` it is stored for good."""
    if not context.settings.websub_url:
        return Receipt.GONE
    with context.database.transaction() as connection:
        secret = subscriptions.secret(connection, token)
        if secret is None:
            return Receipt.GONE
        if not websub.is_signed(signature, secret, body):
            subscriptions.refuse(connection, token)
            return Receipt.IGNORED
        return Receipt.KEPT if pushes.accept(connection, token, content_type=content_type, body=body) else Receipt.LATER
