"""How regularly outlets show something new, and which of their pages can't be fetched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from pipeline.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How long an outlet's feeds show nothing new, in hours in which at least one could be read."""

    outlet_id: int
    new_hours: int  # hours that brought something new
    last_new_at: datetime  # the hour
    silent_hours: int  # since then
    longest_hours: int  # longest silence before


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfetched:
    """Pages that were shown lately, and those of them that were not fetched, or not with the browser they need, with the commonest reason."""

    outlet_id: int
    pages: int
    unfetched: int
    reason: str | None
    unrendered: int
    unrendered_reason: str | None


def rhythms(connection: Connection, since: datetime) -> dict[int, Rhythm]:
    """The rhythm of each outlet that has shown something new since a time."""
    with connection.cursor(row_factory=class_row(Rhythm)) as cursor:
        cursor.execute(
            """
            WITH read AS (
                SELECT outlet_id, hour, new_items, row_number() OVER (PARTITION BY outlet_id ORDER BY hour) AS number,
                    count(*) OVER (PARTITION BY outlet_id) AS hours
                FROM coverage WHERE hour >= %s AND polls > failed_polls
            ), new AS (
                SELECT outlet_id, hour, hours, number, number - lag(number) OVER (PARTITION BY outlet_id ORDER BY number) - 1 AS silent
                FROM read WHERE new_items > 0
            )
            SELECT outlet_id, count(*) AS new_hours, max(hour) AS last_new_at, max(hours) - max(number) AS silent_hours,
                coalesce(max(silent), 0) AS longest_hours
            FROM new GROUP BY outlet_id
            """,
            (since,),
        )
        return {rhythm.outlet_id: rhythm for rhythm in cursor}


def unfetched(connection: Connection, since: datetime) -> dict[int, Unfetched]:
    """What became of the pages first shown since a time, for each outlet that has any."""
    with connection.cursor(row_factory=class_row(Unfetched)) as cursor:
        cursor.execute(
            """
            SELECT o.id AS outlet_id, shown.* FROM outlets o CROSS JOIN LATERAL (
                SELECT count(*) AS pages, count(*) FILTER (WHERE fetches = 0 AND reason IS NOT NULL) AS unfetched,
                    mode() WITHIN GROUP (ORDER BY reason) FILTER (WHERE fetches = 0) AS reason,
                    count(*) FILTER (WHERE fetches > 0 AND browser AND reason IS NOT NULL) AS unrendered,
                    mode() WITHIN GROUP (ORDER BY reason) FILTER (WHERE fetches > 0 AND browser) AS unrendered_reason
                FROM pages WHERE outlet_id = o.id AND first_seen_at >= %s
            ) shown WHERE o.removed_at IS NULL AND shown.pages > 0
            """,
            (since,),
        )
        return {found.outlet_id: found for found in cursor}


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOff:
    """New addresses of an outlet that did not become pages to be fetched at once."""

    outlet_id: int
    waiting: int  # over the budget of a day: they come in later
    refused: int  # left out, as too many waited already
    trapped: int  # left out, as they look like a trap's


def put_off(connection: Connection, since: datetime) -> dict[int, PutOff]:
    """By outlet, what was put off or left out since a time."""
    with connection.cursor(row_factory=class_row(PutOff)) as cursor:
        cursor.execute(
            """
            SELECT outlet_id, sum(waiting_items) AS waiting, sum(refused_items) AS refused, sum(trapped_items) AS trapped
            FROM coverage WHERE hour >= %s GROUP BY 1 HAVING sum(waiting_items + refused_items + trapped_items) > 0
            """,
            (since,),
        )
        return {found.outlet_id: found for found in cursor}
