"""Stage `alert`: saved queries meet the articles that come in, and what they found is sent."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from pipeline import search
from pipeline.alerts import cadence, channels, ledger
from pipeline.engine import secrets
from pipeline.errors import AlertError, ChannelsUnreadable, QueryError
from pipeline.models import Counts, Every, Job, Priority, Stage
from pipeline.steps import batch
from pipeline.steps.context import Context
from pipeline.steps.deliver import deliver
from pipeline.store import alerts, matches, work

SIZE: Final = 500
LONGEST_NAME: Final = 200

__all__ = ["add", "deliver", "match", "run"]


def run(context: Context, *, deadline: float | None = None, lowest: Priority = Priority.BACKLOG) -> Counts:
    """Match what waits, then send what is due, without waiting for windows or retries."""
    counts = match(context, deadline=deadline, lowest=lowest)
    sent = deliver(context, deadline=deadline)
    return replace(counts, outcomes={**counts.outcomes, **sent.outcomes}, seconds=counts.seconds + sent.seconds)


def match(context: Context, *, deadline: float | None = None, lowest: Priority = Priority.BACKLOG) -> Counts:
    """Compare the articles that wait with every saved query, and record what was found.

    The matches are written in the transaction in which the work ends, so each article is matched exactly
    once per alert version, whatever is killed, run twice or run again.

    Args:
        context: open connections.
        deadline: no further batch is begun after it, in monotonic seconds.
        lowest: work below this priority is left to others.

    """
    return batch.run(context, Stage.ALERT, partial(_match, context), size=SIZE, deadline=deadline, lowest=lowest)


def _match(context: Context, jobs: Sequence[Job]) -> batch.Done:
    with context.database.transaction() as connection:
        watched = alerts.watched(connection)
    article_ids = sorted({job.subject_id for job in jobs})
    found = search.matching(context.index, article_ids, {alert.version_id: alert.query for alert in watched}, now=datetime.now(UTC))
    hits = {article_id for highlights in found.values() for article_id in highlights}
    with context.database.transaction() as connection:
        subjects = matches.subjects(connection, sorted(hits))
    if subjects:
        context.database.ensure_partitions({subject.first_seen_at for subject in subjects.values()})

    with context.database.transaction() as connection:
        alerts.set_broken(connection, {alert.version_id: found.broken.get(alert.version_id) for alert in watched})
        now = matches.now(connection)
        finders = [alert for alert in watched if found.get(alert.version_id)]
        kin: dict[tuple[int, int], list[matches.Kin]] = {}
        for one in matches.kin(
            connection,
            [alert.alert_id for alert in finders],
            [(subject.article_id, subject.story_id, subject.original_id) for subject in subjects.values()],
        ):
            kin.setdefault((one.alert_id, one.article_id), []).append(one)
        window = timedelta(seconds=context.settings.alert_window_s)
        # In one order, so that two workers can't wait for each other.
        entries = [
            ledger.enter(
                alert,
                subjects[article_id],
                highlight,
                kin.get((alert.alert_id, article_id), ()),
                now=now,
                window=window,
            )
            for alert in sorted(finders, key=lambda one: one.version_id)
            for article_id, highlight in sorted(found[alert.version_id].items())
            if article_id in subjects
        ]
        states = matches.record(connection, entries)
        matches.mark_passed(connection, article_ids)
        work.finish(connection, jobs)
    return batch.Done(outcomes=Counter(f"matched: {state}" for state in states))


def add(
    context: Context, *, name: str, query_text: str, every: Every = Every.NOW, max_age: str = "7d", to: Sequence[str] = ()
) -> alerts.Watched:
    """Save an alert: it tells of the articles that come in from now on.

    Args:
        context: open connections.
        name: how people call it; unique.
        query_text: in the query syntax.
        every: at once, or one digest a period.
        max_age: articles published longer before they were first seen are muted; `none`: no limit.
        to: channel URLs; without one, what is found is only shown in the application.

    Raises:
        QueryError: the query is wrong or empty.
        AlertError: the name or the age makes no sense, or a channel can't be used.
        NameTaken: there is an alert of this name.

    """
    name = name.strip()
    if not name or len(name) > LONGEST_NAME or re.search(r"[\x00-\x1f\x7f]", name):
        raise AlertError(problem=f"its name must have 1 to {LONGEST_NAME} characters and no control characters")
    if not query_text.strip():
        raise QueryError(position=1, problem="it is empty, and an alert must look for something")
    # The engine may still refuse what the grammar allows: a prefix of too many words.
    search.search(context.index, query_text, now=datetime.now(UTC), limit=0, facets=False)
    age = cadence.max_age(max_age)
    settings = context.settings
    smtp_url = settings.smtp_url.get_secret_value()
    urls = list(dict.fromkeys(channels.check(url, smtp_url=smtp_url, allow_hosts=settings.allow_hosts) for url in to))
    if len(urls) > channels.MOST:
        raise AlertError(problem=f"it has {len(urls)} channels, and at most {channels.MOST} are allowed")
    sealed = _seal(context, urls)
    with context.database.transaction() as connection:
        alerts.add(connection, alerts.NewAlert(name=name, query=query_text.strip(), every=every, max_age=age, channels=sealed))
        return alerts.by_name(connection, name)


def _seal(context: Context, urls: Sequence[str]) -> tuple[bytes, ...]:
    if not urls:
        return ()
    vault = channels.Vault(secrets.secret_key(context.settings))
    return tuple(vault.seal(url) for url in urls)


def describe_channels(context: Context, alert: alerts.Watched) -> list[str]:
    """An alert's channels without their secrets."""
    if not alert.channels:
        return []
    vault = channels.Vault(secrets.secret_key(context.settings))
    try:
        return [channels.describe(vault.open(sealed)) for sealed in alert.channels]
    except channels.UnreadableChannel as error:
        raise ChannelsUnreadable(names=alert.name) from error
