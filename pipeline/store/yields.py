"""What cleaning yields, by outlet and hour: kept up with every capture, so that nobody has to count captures."""

from __future__ import annotations

from collections import defaultdict
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
_OF_ARTICLES: Final[LiteralString] = ", ".join(
    [
        f"coalesce(sum({column}) FILTER (WHERE outcome = 'article'), 0)::{'float8' if 'length' in column else 'integer'} AS {name}"
        for column, name in (("pages", "articles"), *((column, column) for column in COUNTED if column != "pages"))
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Yielded:
    """What came of an outlet's captures of one hour, or of six."""

    outlet_id: int
    begin: datetime
    pages: int
    articles: int  # the others were rejected
    titles: int  # of the articles, as all that follows
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
            SELECT outlet_id, hour, outcome, string_to_array(found, ',') AS found, characters, 1 AS sign FROM made WHERE found IS NOT NULL
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
            [None if made.found is None else ",".join(made.found) for made in outcomes],
            [made.characters for made in outcomes],
        ),
    )


def history(connection: Connection, since: datetime, *, by_hour_since: datetime) -> Iterator[Yielded]:
    """What came of captures since a time, by outlet and in order of time: hour by hour lately, by six hours before."""
    with connection.cursor(row_factory=class_row(Yielded)) as cursor:
        cursor.execute(
            f"""
            SELECT outlet_id, CASE WHEN hour >= %(fine)s THEN hour ELSE date_bin('6 hours', hour, %(since)s) END AS begin,
                sum(pages)::integer AS pages, {_OF_ARTICLES}
            FROM yields WHERE hour >= %(since)s GROUP BY 1, 2 HAVING sum(pages) > 0 ORDER BY 1, 2
            """,
            {"since": since, "fine": by_hour_since},
        )
        yield from cursor


def rejected(connection: Connection, since: datetime) -> dict[int, dict[str, int]]:
    """By outlet, how many pages fetched since a time were rejected, the commonest reason first."""
    rows = connection.execute(
        """
        SELECT outlet_id, outcome, sum(pages) FROM yields WHERE hour >= %s AND outcome <> 'article'
        GROUP BY 1, 2 HAVING sum(pages) > 0 ORDER BY 1, 3 DESC, 2
        """,
        (since,),
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for outlet_id, reason, pages in rows:
        found[outlet_id][reason] = int(pages)
    return found


def delete(connection: Connection, *, before: datetime) -> int:
    """Delete hours before a time; how many rows."""
    return connection.execute("DELETE FROM yields WHERE hour < %s", (before,)).rowcount
