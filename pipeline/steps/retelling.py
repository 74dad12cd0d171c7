"""Messages that told of an erased article: what is kept of them is emptied, and what waits is composed anew without it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from pipeline.alerts import channels, message
from pipeline.alerts.channels import UnreadableChannel, Vault
from pipeline.engine import secrets
from pipeline.errors import ChannelsUnreadable
from pipeline.models import Every
from pipeline.steps.context import Context
from pipeline.store import deliveries, matches
from pipeline.store.database import Connection
from pipeline.store.deliveries import Composed


def retell(context: Context, connection: Connection, delivery_ids: Sequence[int]) -> None:
    """Take erased articles out of messages, in the transaction in which they are erased.

    Raises:
        ChannelsUnreadable: a message waits, and its channel was saved with another key.

    """
    deliveries.empty(connection, delivery_ids)
    for composed in deliveries.composed(connection, delivery_ids):
        stories = _stories(connection, composed)
        if stories:
            text = message.Message(
                alert=composed.alert,
                query=composed.query,
                stories=stories,
                digest=composed.every is not Every.NOW,
                public_url=context.settings.public_url,
            )
            deliveries.compose_anew(connection, composed.id, channels.body(_channel(context, composed), text))
        else:
            deliveries.withdraw(connection, composed.id)


def _stories(connection: Connection, composed: Composed) -> tuple[tuple[message.Item, ...], ...]:
    """What is left to tell, story after story."""
    told = matches.in_delivery(connection, composed.alert_version_id, composed.id)
    shown = matches.told(connection, list(told))
    items = [message.Item(article=article, highlight=told[article_id]) for article_id, article in shown.items()]

    def story(item: message.Item) -> tuple[bool, int]:
        return item.article.story_id is None, item.article.story_id or item.article.id

    return tuple(message.ordered(list(group)) for _, group in groupby(sorted(items, key=story), key=story))


def _channel(context: Context, composed: Composed) -> str:
    try:
        return Vault(secrets.secret_key(context.settings)).open(composed.channel_url)
    except UnreadableChannel as error:
        raise ChannelsUnreadable(names=composed.alert) from error
