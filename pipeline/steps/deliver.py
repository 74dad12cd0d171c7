"""Composing the messages that are due, and sending them.

Delivery is at least once. A message is stored with its key before it is sent, and its record follows the
sending: if the process dies between the two, the same bytes go out again under the same key, and the
receiver can tell. In all other cases a message is sent to a channel once.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential

from pipeline import log
from pipeline.alerts import cadence, channels, ledger, message
from pipeline.alerts.channels import UnreadableChannel, Vault
from pipeline.alerts.webhook import Outcome
from pipeline.engine import secrets
from pipeline.errors import ChannelsUnreadable, DatabaseAway
from pipeline.models import Every
from pipeline.steps.context import Context
from pipeline.store import alerts, deliveries, matches
from pipeline.store.database import Connection
from pipeline.store.deliveries import Delivery
from pipeline.store.matches import Kin, Open

logger = log.logger("steps")
# Channels that are sent to at the same time: a slow one must not hold up the others.
CONCURRENCY: Final = 8
CLAIMED: Final = 32
COMPOSED: Final = 1000
# How long the record of a sending is tried while the database is away.
RECORD_S: Final = 30
SHORTEST_PAUSE_S: Final = 0.25
LONGEST_PAUSE_S: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What a delivery run did; `outcomes` is empty if nothing was due."""

    outcomes: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def deliver(context: Context, *, deadline: float | None = None, wait: bool = False) -> Delivered:
    """Compose the messages that are due, and send what is due.

    Args:
        context: open connections.
        deadline: after it, in monotonic seconds, no further round is begun. There is always one round, so that
            other work can't use up all the time; it may outlast the deadline by half a minute.
        wait: stay for windows, digests and retries that are due before the deadline.

    Raises:
        ChannelsUnreadable: an alert's channels were saved with another key; everything else was sent.

    """
    run = _Run(context)
    started = time.monotonic()
    while True:
        worked = run.compose() + run.send()
        if deadline is not None and time.monotonic() >= deadline:
            break
        if worked:
            continue
        if not wait:
            break
        with context.database.transaction() as connection:
            due_in = deliveries.next_due_in(connection)
        if due_in is None or (deadline is not None and time.monotonic() + due_in >= deadline):
            break
        # New matches may be due earlier than those that wait now.
        time.sleep(min(max(due_in, SHORTEST_PAUSE_S), LONGEST_PAUSE_S))
    if run.unreadable:
        raise ChannelsUnreadable(names=", ".join(sorted(run.unreadable)))
    return Delivered(outcomes=dict(+run.outcomes), seconds=time.monotonic() - started)


class _Run:
    """One delivery run: what it did, and the key that it reads channels with."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.outcomes = Counter[str]()
        self.unreadable: set[str] = set()

    @cached_property
    def vault(self) -> Vault:
        return Vault(secrets.secret_key(self.context.settings))

    def compose(self) -> int:
        """Compose what is due, alert by alert; how many matches were settled or put into messages."""
        with self.context.database.transaction() as connection:
            due = matches.alerts_due(connection)
        settled = 0
        for alert_id in due:
            try:
                with self.context.database.transaction() as connection:
                    settled += self._compose(connection, alert_id)
            except UnreadableChannel as error:
                self.unreadable.add(str(error))
        return settled

    def _compose(self, connection: Connection, alert_id: int) -> int:
        deliveries.lock_alert(connection, alert_id)
        alert = alerts.by_id(connection, alert_id)
        opened = matches.opened(connection, alert_id)
        if alert is None or not opened:
            return 0
        now = matches.now(connection)
        bundles = ledger.bundle(opened, _by_article(matches.kin(connection, [alert_id], [_asked(match) for match in opened])))
        told = [match for one in bundles if one.told for match in one.matches]
        self._settle(connection, told, state="grouped", reason=ledger.STORY_TOLD)
        due = [one for one in bundles if not one.told and not one.on_its_way and one.due_at <= now][:COMPOSED]
        if not due:
            return len(told)
        shown = matches.told(connection, [match.article_id for one in due for match in one.matches])
        erased = [match for one in due for match in one.matches if match.article_id not in shown]
        self._settle(connection, erased, state="muted", reason=ledger.ERASED)
        parts = [kept for one in due if (kept := [match for match in one.matches if match.article_id in shown])]
        for stories in [[part] for part in parts] if alert.every is Every.NOW else [parts] if parts else []:
            self._tell(connection, alert, stories, shown)
        return len(told) + sum(len(one.matches) for one in due)

    def _tell(
        self, connection: Connection, alert: alerts.Watched, stories: Sequence[Sequence[Open]], shown: Mapping[int, matches.Told]
    ) -> None:
        """Store one message of these stories for each channel, or settle them if there is none."""
        told = [match for story in stories for match in story]
        if not alert.channels:
            self._settle(connection, told, state="sent", reason=ledger.NO_CHANNEL)
            return
        gone = deliveries.gone(connection, alert.version_id)
        if len(gone) == len(alert.channels):
            self._settle(connection, told, state="failed", reason=ledger.CHANNELS_GONE)
            return
        text = message.Message(
            alert=alert.name,
            query=alert.query,
            stories=tuple(
                message.ordered([message.Item(article=shown[match.article_id], highlight=match.highlight) for match in story])
                for story in stories
            ),
            digest=alert.every is not Every.NOW,
            public_url=self.context.settings.public_url,
        )
        story_id = None if text.digest else text.stories[0][0].article.story_id
        ids = [
            deliveries.compose(
                connection, alert.version_id, channel, story_id=story_id, body=channels.body(self._open(alert.name, sealed), text)
            )
            for channel, sealed in enumerate(alert.channels)
            if channel not in gone
        ]
        matches.settle(connection, told, state="waiting", deliveries=ids)
        self.outcomes["messages composed"] += len(ids)

    def send(self) -> int:
        """Send what is due, to several channels at a time; how many messages were tried."""
        worker = self.context.database.worker()
        with self.context.database.transaction() as connection:
            claimed = deliveries.claim(connection, worker, CLAIMED)
        if claimed:
            with ThreadPoolExecutor(min(CONCURRENCY, len(claimed)), thread_name_prefix="deliver") as pool:
                self.outcomes.update(pool.map(self._send, claimed))
        return len(claimed)

    def _send(self, delivery: Delivery) -> str:
        settings = self.context.settings
        try:
            outcome = channels.send(
                self._open(delivery.alert, delivery.channel_url),
                delivery.body,
                str(delivery.idempotency_key),
                smtp_url=settings.smtp_url.get_secret_value(),
                allow_hosts=settings.allow_hosts,
                contact=settings.contact,
            )
        except UnreadableChannel:
            self.unreadable.add(delivery.alert)
            outcome = Outcome(state="retry", error="the channel was saved with another secret key")
        except Exception as error:  # noqa: BLE001 - a fault in one channel's service is counted against its message
            # Its text may hold the channel's URL.
            logger.warning("channel_failed", delivery=delivery.id, error=type(error).__name__)
            outcome = Outcome(state="retry", error=f"{type(error).__name__} while sending")
        for attempt in Retrying(
            retry=retry_if_exception_type(DatabaseAway), stop=stop_after_delay(RECORD_S), wait=wait_exponential(max=4), reraise=True
        ):
            with attempt, self.context.database.transaction() as connection:
                return _record(connection, delivery, outcome)
        raise AssertionError  # the last attempt returns or raises

    def _open(self, alert: str, sealed: bytes) -> str:
        try:
            return self.vault.open(sealed)
        except UnreadableChannel as error:
            raise UnreadableChannel(alert) from error

    def _settle(self, connection: Connection, told: Sequence[Open], *, state: str, reason: str) -> None:
        if told:
            matches.settle(connection, told, state=state, reason=reason)
            self.outcomes[state] += len(told)


def _record(connection: Connection, delivery: Delivery, outcome: Outcome) -> str:
    error = outcome.error or ""
    if outcome.state == "sent":
        deliveries.arrived(connection, delivery, status=outcome.status)
        return "messages sent"
    if outcome.state == "retry" and delivery.age < cadence.GIVE_UP_AFTER:
        after = cadence.retry_after(delivery.attempts, outcome.retry_after_s)
        hold = min(after, cadence.LONGEST_HOLD) if outcome.away else None
        deliveries.postponed(connection, delivery, after=after, hold=hold, status=outcome.status, error=error)
        logger.info("message_postponed", delivery=delivery.id, alert=delivery.alert, attempt=delivery.attempts, error=error)
        return "messages to retry"
    deliveries.given_up(connection, delivery, status=outcome.status, error=error)
    logger.warning("message_failed", delivery=delivery.id, alert=delivery.alert, attempt=delivery.attempts, error=error)
    return "messages failed"


def _by_article(kin: Sequence[Kin]) -> dict[int, list[Kin]]:
    found: dict[int, list[Kin]] = {}
    for one in kin:
        found.setdefault(one.article_id, []).append(one)
    return found


def _asked(match: Open) -> tuple[int, int | None, int]:
    return match.article_id, match.story_id, match.original_id
