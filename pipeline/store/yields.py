"""What cleaning yields, by outlet and hour: kept up with every capture, so that nobody has to count captures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString

from psycopg.rows import class_row

from pipeline.models import Extraction
from pipeline.store.cleaning import Outcome
from pipeline.store.database import Connection

# What is counted of a capture, as SQL over `sign` (1 counts, -1 takes back), `found` and `characters`.
COUNTED: Final[dict[LiteralString, LiteralString]] = {
    "pages": "sum(sign)",
    "titles": "sum(sign * ('title' = ANY (found))::integer)",
    "authors": "sum(sign * ('authors' = ANY (found))::integer)",
    "dates": "sum(sign * ('published_at' = ANY (found))::integer)",
    "length_logs": "sum(sign * ln(greatest(characters, 1)))",
    "length_squares": "sum(sign * ln(greatest(characters, 1)) ^ 2)",
    "ruled": "sum(sign * ('ruled' = ANY (found))::integer)",
    "missed_title": "sum(sign * ('missed title' = ANY (found))::integer)",
    "missed_authors": "sum(sign * ('missed authors' = ANY (found))::integer)",
    "missed_published_at": "sum(sign * ('missed published_at' = ANY (found))::integer)",
    "missed_body": "sum(sign * ('missed body' = ANY (found))::integer)",
    "missed_topics": "sum(sign * ('missed topics' = ANY (found))::integer)",
}
_COLUMNS: Final[LiteralString] = ", ".join(COUNTED)
_SUMS: Final[LiteralString] = ", ".join(COUNTED.values())
_ADDED: Final[LiteralString] = ", ".join([f"{column} = yields.{column} + excluded.{column}" for column in COUNTED])


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """What came of the pages that an outlet's captures of one hour held, of one outcome."""

    outlet_id: int
    hour: datetime
    outcome: str  # `article`, or the reason of the rejection
    pages: int
    titles: int
    authors: int
    dates: int
    length_logs: float
    length_squares: float
    ruled: int
    missed_title: int
    missed_authors: int
    missed_published_at: int
    missed_body: int
    missed_topics: int


def found(extraction: Extraction) -> tuple[str, ...]:
    """What an extraction holds, as it is counted."""
    fields = tuple(field for field in ("title", "authors", "published_at") if getattr(extraction, field))
    missed = extraction.rule_missed
    return fields if missed is None else (*fields, "ruled", *(f"missed {field}" for field in missed))


def count(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    """Count what became of captures, before `cleaning.mark`: by their old outcomes it is known what was counted before."""
    connection.execute(
        f"""
        WITH made AS (
            SELECT c.id, p.outlet_id, date_trunc('hour', c.fetched_at) AS hour, made.outcome, made.found, made.characters,
                c.outcome AS old_outcome, c.found AS old_found, c.characters AS old_characters
            FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::integer[]) AS made (capture_id, outcome, found, characters)
            JOIN captures c ON c.id = made.capture_id JOIN pages p ON p.id = c.page_id
        ), each AS (
            SELECT outlet_id, hour, outcome, string_to_array(found, ',') AS found, characters, 1 AS sign FROM made
            UNION ALL
            SELECT outlet_id, hour, old_outcome, old_found, old_characters, -1 FROM made WHERE old_found IS NOT NULL
        )
        INSERT INTO yields (outlet_id, hour, outcome, {_COLUMNS})
        SELECT outlet_id, hour, CASE outcome WHEN 'unchanged' THEN 'article' ELSE outcome END, {_SUMS}
        FROM each GROUP BY 1, 2, 3
        -- In one order, so that two workers can't wait for each other.
        ORDER BY 1, 2, 3
        ON CONFLICT (outlet_id, hour, outcome) DO UPDATE SET {_ADDED}
        """,
        (
            [made.capture_id for made in outcomes],
            [made.outcome for made in outcomes],
            [",".join(made.found) for made in outcomes],
            [made.characters for made in outcomes],
        ),
    )


def since(connection: Connection, at: datetime) -> Iterator[Hour]:
    """All hours from a time on, by outlet and in their order."""
    with connection.cursor(row_factory=class_row(Hour)) as cursor:
        cursor.execute(
            f"""
            SELECT outlet_id, hour, outcome, {_COLUMNS} FROM yields JOIN outlets o ON o.id = outlet_id
            WHERE hour >= %s AND pages > 0 AND o.removed_at IS NULL ORDER BY outlet_id, hour
            """,
            (at,),
        )
        yield from cursor


def delete(connection: Connection, *, before: datetime) -> int:
    """Delete hours before a time; how many rows."""
    return connection.execute("DELETE FROM yields WHERE hour < %s", (before,)).rowcount
