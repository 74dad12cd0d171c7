"""Saved queries with their versions, and the account of what became of their matches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString

import psycopg

from pipeline.errors import NameTaken, UnknownName
from pipeline.models import Every
from pipeline.store.database import Connection

# Until there are accounts, everything belongs to nobody in particular.
OWNER: Final = ""
MOST_SHOWN: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    """An alert as a person saves it. The channels are encrypted already."""

    name: str
    query: str
    every: Every
    max_age: timedelta | None
    channels: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """An alert in its present version."""

    alert_id: int
    version_id: int
    name: str
    version: int
    query: str
    every: Every
    max_age: timedelta | None
    channels: tuple[bytes, ...]  # encrypted
    created_at: datetime  # of the version
    broken: str | None  # why the query could not run the last time


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What became of an alert's matches, all versions together: `matched` is the sum of the others."""

    sent: int = 0
    grouped: int = 0
    muted: int = 0
    failed: int = 0
    waiting: int = 0

    @property
    def matched(self) -> int:
        """Every article that the query found."""
        return self.sent + self.grouped + self.muted + self.failed + self.waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """One message to one channel, as pages list it."""

    id: int
    channel: int  # its place in the alert version, from 0
    story_id: int | None
    story: str | None
    state: str
    created_at: datetime
    sent_at: datetime | None
    not_before: datetime
    attempts: int
    status: int | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchLine:
    """One article that an alert found, as pages list it."""

    article_id: int
    title: str
    outlet: str
    url: str
    matched_at: datetime
    due_at: datetime
    state: str
    reason: str | None
    story_id: int | None
    highlight: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """An alert with its account and its newest deliveries."""

    alert: Watched
    account: Account
    deliveries: tuple[DeliveryLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDetail:
    """An alert with its account, its newest deliveries and its newest matches."""

    alert: Watched
    account: Account
    deliveries: tuple[DeliveryLine, ...]
    matches: tuple[MatchLine, ...]


WATCHED: Final[LiteralString] = """
    SELECT a.id, v.id, a.name, v.version, v.query, v.every, v.max_age_s, v.channels, v.created_at, v.broken
    FROM alerts a JOIN alert_versions v ON v.alert_id = a.id AND v.version = a.version
    WHERE a.removed_at IS NULL
"""


def add(connection: Connection, alert: NewAlert) -> int:
    """Save a new alert; its id.

    Raises:
        NameTaken: there is one of this name.

    """
    try:
        row = connection.execute(
            "INSERT INTO alerts (owner, name, version) VALUES (%s, %s, 1) RETURNING id", (OWNER, alert.name)
        ).fetchone()
    except psycopg.errors.UniqueViolation as error:
        raise NameTaken(kind="an alert", name=alert.name) from error
    assert row is not None  # noqa: S101 - RETURNING always gives a row
    connection.execute(
        "INSERT INTO alert_versions (alert_id, version, query, every, max_age_s, channels) VALUES (%s, 1, %s, %s, %s, %s)",
        (row[0], alert.query, alert.every, alert.max_age and int(alert.max_age.total_seconds()), list(alert.channels)),
    )
    return int(row[0])


def watched(connection: Connection) -> list[Watched]:
    """Every alert in its present version, in the order of names."""
    return [_watched(row) for row in connection.execute(f"{WATCHED} ORDER BY lower(a.name), a.id")]


def by_id(connection: Connection, alert_id: int) -> Watched | None:
    """The alert with this id, unless it was removed."""
    row = connection.execute(f"{WATCHED} AND a.id = %s", (alert_id,)).fetchone()
    return _watched(row) if row else None


def by_name(connection: Connection, name: str) -> Watched:
    """The alert of this name.

    Raises:
        UnknownName: there is none.

    """
    row = connection.execute(f"{WATCHED} AND a.owner = %s AND a.name = %s", (OWNER, name)).fetchone()
    if row is None:
        raise UnknownName(kind="alert", name=name, hint=": see `presswatch alerts list`")
    return _watched(row)


def set_broken(connection: Connection, problems: Mapping[int, str | None]) -> None:
    """Record by alert version why its query could not run, or that it ran."""
    connection.execute(
        """
        UPDATE alert_versions SET broken = told.problem FROM unnest(%s::bigint[], %s::text[]) AS told (id, problem)
        WHERE alert_versions.id = told.id AND alert_versions.broken IS DISTINCT FROM told.problem
        """,
        (list(problems), list(problems.values())),
    )


def accounts(connection: Connection, alert_ids: Sequence[int]) -> dict[int, Account]:
    """The account of each of the alerts."""
    counted: dict[int, dict[str, int]] = {alert_id: {} for alert_id in alert_ids}
    rows = connection.execute(
        """
        SELECT v.alert_id, m.state, count(*) FROM alert_versions v JOIN matches m ON m.alert_version_id = v.id
        WHERE v.alert_id = ANY (%s) GROUP BY v.alert_id, m.state
        """,
        (list(alert_ids),),
    )
    for alert_id, state, count in rows:
        counted[alert_id][state] = count
    return {alert_id: Account(**states) for alert_id, states in counted.items()}


def overview(connection: Connection, *, deliveries: int = 3) -> list[Overview]:
    """Every alert with its account and its newest deliveries, in the order of names."""
    found = watched(connection)
    counted = accounts(connection, [alert.alert_id for alert in found])
    return [
        Overview(alert=alert, account=counted[alert.alert_id], deliveries=_deliveries(connection, alert.alert_id, deliveries))
        for alert in found
    ]


def alert_detail(connection: Connection, alert_id: int) -> AlertDetail | None:
    """An alert with its newest deliveries and matches; none if it is unknown or was removed."""
    alert = by_id(connection, alert_id)
    if alert is None:
        return None
    rows = connection.execute(
        """
        SELECT m.article_id, t.title, o.name, a.url, m.matched_at, m.due_at, m.state, m.reason,
            coalesce(s.story_id, m.story_id), m.highlight
        FROM alert_versions v JOIN matches m ON m.alert_version_id = v.id JOIN articles a ON a.id = m.article_id
        JOIN article_versions t ON t.article_id = a.id AND t.version = a.version JOIN outlets o ON o.id = a.outlet_id
        LEFT JOIN story_articles s ON s.article_id = a.id
        WHERE v.alert_id = %s AND a.deleted_at IS NULL
        ORDER BY m.matched_at DESC, m.article_id DESC LIMIT %s
        """,
        (alert_id, MOST_SHOWN),
    )
    return AlertDetail(
        alert=alert,
        account=accounts(connection, [alert_id])[alert_id],
        deliveries=_deliveries(connection, alert_id, MOST_SHOWN),
        matches=tuple(
            MatchLine(
                article_id=row[0],
                title=row[1],
                outlet=row[2],
                url=row[3],
                matched_at=row[4],
                due_at=row[5],
                state=row[6],
                reason=row[7],
                story_id=row[8],
                highlight=row[9],
            )
            for row in rows
        ),
    )


def _deliveries(connection: Connection, alert_id: int, limit: int) -> tuple[DeliveryLine, ...]:
    rows = connection.execute(
        """
        SELECT d.id, d.channel, d.story_id, s.title, d.state, d.created_at, d.sent_at, d.not_before, d.attempts, d.status, d.error
        FROM deliveries d JOIN alert_versions v ON v.id = d.alert_version_id LEFT JOIN stories s ON s.id = d.story_id
        WHERE v.alert_id = %s ORDER BY d.id DESC LIMIT %s
        """,
        (alert_id, limit),
    )
    return tuple(
        DeliveryLine(
            id=row[0],
            channel=row[1],
            story_id=row[2],
            story=row[3],
            state=row[4],
            created_at=row[5],
            sent_at=row[6],
            not_before=row[7],
            attempts=row[8],
            status=row[9],
            error=row[10],
        )
        for row in rows
    )


def _watched(row: Sequence[Any]) -> Watched:
    return Watched(
        alert_id=row[0],
        version_id=row[1],
        name=row[2],
        version=row[3],
        query=row[4],
        every=Every(row[5]),
        max_age=timedelta(seconds=row[6]) if row[6] is not None else None,
        channels=tuple(bytes(channel) for channel in row[7]),
        created_at=row[8],
        broken=row[9],
    )


def explain(connection: Connection, article_id: int) -> list[dict[str, Any]]:
    """For every alert, what became of an article and why: `alert`, `state`, `reason`, times, `explanation` and deliveries.

    `state` is that of the match, or null where there is none.
    """
    rows = connection.execute(
        """
        SELECT a.name, v.broken, a.created_at, r.alerted_at, m.state, m.reason, m.matched_at, m.due_at, m.delivery_ids
        FROM articles r CROSS JOIN alerts a JOIN alert_versions v ON v.alert_id = a.id AND v.version = a.version
        LEFT JOIN LATERAL (
            SELECT m.* FROM matches m JOIN alert_versions of_match ON of_match.id = m.alert_version_id
            WHERE m.article_id = r.id AND of_match.alert_id = a.id ORDER BY of_match.version DESC LIMIT 1
        ) m ON true
        WHERE r.id = %s AND (a.removed_at IS NULL OR m.article_id IS NOT NULL)
        ORDER BY lower(a.name), a.id
        """,
        (article_id,),
    ).fetchall()
    ids = [delivery for row in rows for delivery in row[8] or ()]
    deliveries = {
        row[0]: {"channel": row[1], "state": row[2], "sent_at": row[3], "attempts": row[4], "status": row[5], "error": row[6]}
        for row in connection.execute(
            "SELECT id, channel, state, sent_at, attempts, status, error FROM deliveries WHERE id = ANY (%s) ORDER BY id", (ids,)
        )
    }
    return [
        {
            "alert": row[0],
            "state": row[4],
            "reason": row[5],
            "matched_at": row[6],
            "due_at": row[7] if row[4] == "waiting" else None,
            "explanation": _explanation(row, [deliveries[delivery] for delivery in row[8] or () if delivery in deliveries]),
            "deliveries": [deliveries[delivery] for delivery in row[8] or () if delivery in deliveries],
        }
        for row in rows
    ]


REASONS: Final = {
    "before_alert": "the article had come in before the alert was made",
    "too_old": "it was published longer than the alert's --max-age before it was first seen",
    "no_channel": "the alert has no channel, so it is only shown in the application",
    "story_told": "the alert had already told of its story or of a copy of it",
    "erased": "the article was erased before it could be told of",
    "channels_gone": "every channel has answered that it is gone for good",
}


def _trouble(deliveries: Sequence[dict[str, Any]]) -> str:
    """What went wrong with a message so far, where it will be tried again."""
    failed = [one for one in deliveries if one["state"] == "waiting" and one["error"]]
    return f" (attempt {failed[0]['attempts']} failed: {failed[0]['error']})" if failed else ""


def _explanation(row: Sequence[Any], deliveries: Sequence[dict[str, Any]]) -> str:
    name, broken, created_at, alerted_at, state, reason, _, due_at, delivery_ids = row
    if state == "waiting":
        return (
            f"{name}: matched, its message is being sent{_trouble(deliveries)}"
            if delivery_ids
            else f"{name}: matched, waits until {due_at:%Y-%m-%d %H:%M:%S} UTC"
        )
    if state is not None:
        return f"{name}: matched, {state}" + (f" ({REASONS.get(reason, reason)})" if reason else "")
    if broken is not None:
        return f"{name}: not compared, its query can't run: {broken}"
    if alerted_at is None:
        return f"{name}: not compared yet, run `presswatch process`"
    if alerted_at < created_at:
        return f"{name}: not compared, the article had come in before the alert was made"
    return f"{name}: its query did not find the article"
