"""Days of outlets: which articles were known of them, by which looks showed them, and how many there probably were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from pipeline.completeness import HISTORIES, LOOKS, Day, Estimate, Unknown
from pipeline.store.database import Connection

# A day is judged when it has been over for so long, and again later, for pages that are fetched or shown late.
JUDGED_AFTER: Final = (timedelta(hours=12), timedelta(hours=36), timedelta(hours=84))
# Days that were not judged by then, as nothing ran, stay unknown.
OLDEST_DAYS: Final = 7
# What is published in a day is first shown within so many days before (by other clocks) and after it.
SHOWN_BEFORE: Final = timedelta(days=1)
SHOWN_AFTER: Final = timedelta(days=4)
# Why a known page has no article though it may well be one: trouble on the way, walls. Others are no articles, or gone.
NO_ARTICLE: Final = ("http_404", "http_410", "bad_url", "bad_scheme", "bad_redirect", "redirect_loop", "url_too_long", "private_address")
WALLS: Final = ("consent_wall", "login_page", "paywall", "error_page")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What is known of a day before it is judged."""

    watched_hours: int
    gaps: int
    unfilled_gaps: int
    collected: int
    histories: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenGaps:
    """Gaps of an outlet's feeds that nothing filled."""

    count: int
    first_at: datetime  # when the first began
    last_at: datetime  # when the last was noticed


def due(connection: Connection, now: datetime) -> list[tuple[int, date]]:
    """Days of watched outlets that are to be judged, or judged again, in order."""
    rows = connection.execute(
        """
        SELECT o.id, days.day::date FROM outlets o
        CROSS JOIN generate_series(%(now)s::timestamptz::date - %(oldest)s::integer, %(now)s::timestamptz::date - 1, interval '1 day') AS days (day)
        LEFT JOIN coverage_days c ON c.outlet_id = o.id AND c.day = days.day::date
        WHERE o.removed_at IS NULL AND o.added_at < days.day + interval '1 day'
          AND EXISTS (SELECT FROM feeds f WHERE f.outlet_id = o.id)
          AND EXISTS (
            SELECT FROM unnest(%(after)s::interval[]) AS age
            WHERE days.day + interval '1 day' + age <= %(now)s AND (c.judged_at IS NULL OR c.judged_at < days.day + interval '1 day' + age))
        ORDER BY 1, 2
        """,
        {"now": now, "oldest": OLDEST_DAYS, "after": list(JUDGED_AFTER)},
    )
    return [(row[0], row[1]) for row in rows]


def counts(connection: Connection, outlet_id: int, day: date) -> Counts:
    """What is known of an outlet's day.

    A source that is younger than the day, and a poll that came only because of another feed's gap, are no looks: what they
    show depends on what the others missed.
    """
    rows = connection.execute(
        """
        WITH shown AS (
            SELECT p.id, p.first_seen_at, p.fetches, p.reason, last.outcome, coalesce(last.article_id, own.id) AS article_id,
                seen.history, seen.published_at
            FROM pages p
            LEFT JOIN LATERAL (
                SELECT c.article_id, c.outcome FROM captures c WHERE c.page_id = p.id ORDER BY c.fetched_at DESC LIMIT 1
            ) AS last ON true
            LEFT JOIN LATERAL (SELECT a.id FROM articles a WHERE a.page_id = p.id LIMIT 1) AS own ON true
            CROSS JOIN LATERAL (
                SELECT coalesce(bit_or((%(looks)s::integer[])[array_position(%(kinds)s::text[], f.kind)])
                        FILTER (WHERE NOT s.filled_in AND f.added_at < %(day)s::date), 0) AS history,
                    min(s.published_at) FILTER (WHERE f.kind IN ('feed', 'news_sitemap')) AS published_at
                FROM sightings s JOIN feeds f ON f.id = s.feed_id WHERE s.page_id = p.id
            ) AS seen
            WHERE p.outlet_id = %(outlet_id)s AND p.first_seen_at >= %(since)s AND p.first_seen_at < %(until)s
        ), known AS (
            -- Several addresses of one article are one.
            SELECT bit_or(shown.history) AS history, bool_or(shown.article_id IS NOT NULL) AS is_collected
            FROM shown LEFT JOIN articles made ON made.id = shown.article_id
            LEFT JOIN articles a ON a.id = coalesce(made.merged_into, made.id)
            LEFT JOIN article_versions v ON v.article_id = a.id AND v.version = a.version
            WHERE (shown.article_id IS NOT NULL OR shown.outcome IS NULL AND coalesce(shown.reason <> ALL (%(no_article)s), true)
                   OR shown.outcome = ANY (%(walls)s))
              AND coalesce(v.published_at + make_interval(secs => coalesce(v.published_offset_s, 0)), shown.published_at,
                           shown.first_seen_at)::date = %(day)s
            GROUP BY coalesce(a.id, -shown.id)
        )
        SELECT history, count(*), count(*) FILTER (WHERE is_collected) FROM known GROUP BY history
        """,
        {
            "outlet_id": outlet_id,
            "day": day,
            "since": day - SHOWN_BEFORE,
            "until": day + SHOWN_AFTER,
            "no_article": list(NO_ARTICLE),
            "walls": list(WALLS),
            "kinds": list(LOOKS.keys()),
            "looks": list(LOOKS.values()),
        },
    ).fetchall()
    watched = connection.execute(
        """
        SELECT (SELECT count(*) FROM coverage WHERE outlet_id = %(id)s AND hour >= %(day)s AND hour < %(end)s AND polls > failed_polls),
            count(*), count(*) FILTER (WHERE filled_at IS NULL)
        FROM gaps WHERE outlet_id = %(id)s AND noticed_at >= %(day)s AND noticed_at < %(end)s
        """,
        {"id": outlet_id, "day": day, "end": day + timedelta(days=1)},
    ).fetchone()
    assert watched is not None, "an aggregate has a row"  # noqa: S101 - for the type checker
    histories = [0] * HISTORIES
    for history, count, _ in rows:
        histories[history] += count
    return Counts(
        watched_hours=watched[0],
        gaps=watched[1],
        unfilled_gaps=watched[2],
        collected=sum(row[2] for row in rows),
        histories=tuple(histories),
    )


def save(connection: Connection, judged: Sequence[Day]) -> None:
    """Keep what was judged, in place of what was judged before."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO coverage_days (outlet_id, day, judged_at, watched_hours, gaps, unfilled_gaps, collected, histories, estimate, low, high, unknown)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            ON CONFLICT (outlet_id, day) DO UPDATE SET judged_at = excluded.judged_at, watched_hours = excluded.watched_hours,
                gaps = excluded.gaps, unfilled_gaps = excluded.unfilled_gaps, collected = excluded.collected,
                histories = excluded.histories, estimate = excluded.estimate, low = excluded.low, high = excluded.high,
                unknown = excluded.unknown
            """,
            [
                (
                    day.outlet_id, day.day, day.judged_at, day.watched_hours, day.gaps, day.unfilled_gaps, day.collected,
                    list(day.histories), *((day.estimate.articles, day.estimate.low, day.estimate.high) if day.estimate else (None,) * 3),
                    day.unknown,
                )
                for day in judged
            ],
        )  # fmt: skip


def days(connection: Connection, since: date) -> dict[int, list[Day]]:
    """What was judged since a day, by outlet, the latest first."""
    rows = connection.execute(
        """
        SELECT outlet_id, day, judged_at, watched_hours, gaps, unfilled_gaps, collected, histories, estimate, low, high, unknown
        FROM coverage_days WHERE day >= %s ORDER BY outlet_id, day DESC
        """,
        (since,),
    )
    found: dict[int, list[Day]] = defaultdict(list)
    for row in rows:
        day = Day(
            outlet_id=row[0],
            day=row[1],
            judged_at=row[2],
            watched_hours=row[3],
            gaps=row[4],
            unfilled_gaps=row[5],
            collected=row[6],
            histories=tuple(row[7]),
            estimate=Estimate(articles=row[8], low=row[9], high=row[10]) if row[8] is not None else None,
            unknown=Unknown(row[11]) if row[11] else None,
        )
        found[day.outlet_id].append(day)
    return dict(found)


def open_gaps(connection: Connection, since: datetime, until: datetime) -> Mapping[int, OpenGaps]:
    """By outlet, the gaps noticed in a time that no sitemap filled."""
    rows = connection.execute(
        """
        SELECT outlet_id, count(*), min(began_at), max(noticed_at) FROM gaps
        WHERE filled_at IS NULL AND noticed_at >= %s AND noticed_at < %s GROUP BY outlet_id
        """,
        (since, until),
    )
    return {row[0]: OpenGaps(count=row[1], first_at=row[2], last_at=row[3]) for row in rows}
