"""Paragraphs that recur over an outlet's pages: which pages had them, and which are the outlet's furniture."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pipeline.extract import recurring
from pipeline.models import Priority, Stage
from pipeline.store import work
from pipeline.store.database import Connection

# The key under which an outlet keeps its own last pages.
OUTLET: Final = 0

# Outlet and key of a paragraph.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is stored of a paragraph."""

    pages: tuple[int, ...]  # in which it counts
    holders: frozenset[int]  # all pages that have it
    furniture: bool
    seen_today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A page has a paragraph."""

    place: Place
    page_id: int
    at_end: bool
    counts: bool


def look_up(connection: Connection, places: Collection[Place]) -> dict[Place, Known]:
    """What is known of these paragraphs; those never seen are left out."""
    rows = connection.execute(
        """
        SELECT outlet_id, key, pages, furniture_since IS NOT NULL, seen_at > now() - interval '1 day'
        FROM recurring_paragraphs JOIN unnest(%s::bigint[], %s::bigint[]) AS asked (outlet_id, key) USING (outlet_id, key)
        """,
        ([outlet for outlet, _ in places], [key for _, key in places]),
    )
    return {(row[0], row[1]): _known(*row[2:]) for row in rows}


def add(connection: Connection, sightings: Sequence[Sighting]) -> dict[Place, Known]:
    """Keep that pages have these paragraphs, each page once; what is known of the paragraphs then, also from other workers.

    The paragraphs stay locked until the transaction ends.
    """
    rows = connection.execute(
        """
        INSERT INTO recurring_paragraphs AS known (outlet_id, key, at_end, pages)
        SELECT outlet_id, key, bool_or(at_end), array_agg(page_id ORDER BY place)
        FROM unnest(%(outlets)s::bigint[], %(keys)s::bigint[], %(ends)s::boolean[], %(pages)s::bigint[])
            WITH ORDINALITY AS seen (outlet_id, key, at_end, page_id, place)
        -- In one order, so that two workers can't wait for each other.
        GROUP BY outlet_id, key ORDER BY outlet_id, key
        ON CONFLICT (outlet_id, key) DO UPDATE SET seen_at = now(), pages = CASE
            WHEN known.furniture_since IS NOT NULL OR known.pages @> excluded.pages THEN known.pages
            ELSE (
                SELECT array_agg(page_id ORDER BY place) FROM (
                    -- Where it counted once, it counts.
                    SELECT max(page_id) AS page_id, min(place) AS place
                    FROM unnest(known.pages || excluded.pages) WITH ORDINALITY AS held (page_id, place)
                    GROUP BY abs(page_id) ORDER BY place DESC LIMIT %(recent)s
                ) AS last
            ) END
        RETURNING outlet_id, key, pages, furniture_since IS NOT NULL
        """,
        {
            "outlets": [sighting.place[0] for sighting in sightings],
            "keys": [sighting.place[1] for sighting in sightings],
            "ends": [sighting.at_end for sighting in sightings],
            "pages": [sighting.page_id if sighting.counts else -sighting.page_id for sighting in sightings],
            "recent": recurring.RECENT,
        },
    )
    return {(row[0], row[1]): _known(row[2], row[3]) for row in rows}


def _known(pages: Sequence[int], furniture: bool, seen_today: bool = True) -> Known:
    return Known(
        pages=tuple(page for page in pages if page > 0),
        holders=frozenset(map(abs, pages)),
        furniture=furniture,
        seen_today=seen_today,
    )


def settle(connection: Connection, places: Collection[Place]) -> None:
    """These paragraphs are furniture from now on."""
    connection.execute(
        """
        UPDATE recurring_paragraphs SET furniture_since = now()
        FROM unnest(%s::bigint[], %s::bigint[]) AS found (outlet_id, key)
        WHERE recurring_paragraphs.outlet_id = found.outlet_id AND recurring_paragraphs.key = found.key
        """,
        ([outlet for outlet, _ in places], [key for _, key in places]),
    )


def clean_again(connection: Connection, page_ids: Iterable[int], *, but: Sequence[int]) -> int:
    """Let the captures of which versions were made wait for `clean` again, behind the news; how many.

    Args:
        connection: in a transaction.
        page_ids: the pages of the captures.
        but: captures that are being cleaned.

    """
    rows = connection.execute(
        "SELECT id FROM captures WHERE page_id = ANY (%s) AND outcome = 'article' AND id <> ALL (%s) ORDER BY id",
        (sorted(page_ids), list(but)),
    )
    captures = [(int(row[0]), 0, int(Priority.BACKLOG)) for row in rows]
    work.enqueue(connection, Stage.CLEAN, captures)
    return len(captures)


def cleaned(connection: Connection, outlet_id: int, title: str, body: str) -> str:
    """A stored text without what is the outlet's furniture by now."""
    found = recurring.lines(title, body)
    known = look_up(connection, {(outlet_id, key) for line in found for key in line.keys})
    text, _ = recurring.split(body, found, {key for (_, key), one in known.items() if one.furniture})
    return text


def forget(connection: Connection, *, before: datetime, most_per_outlet: int) -> int:
    """Delete paragraphs not seen since a time, and of each outlet all but those that matter most; how many.

    Furniture stays first, then what several pages had, then the ends of texts, where a few pages are enough; of these the last seen.
    """
    # What a worker holds is left to the next time, so that neither waits for the other in a circle.
    old = connection.execute(
        """
        DELETE FROM recurring_paragraphs WHERE (outlet_id, key) IN (
            SELECT outlet_id, key FROM recurring_paragraphs WHERE seen_at < %s FOR UPDATE SKIP LOCKED
        )
        """,
        (before,),
    ).rowcount
    surplus = connection.execute(
        """
        WITH ranked AS (
            SELECT outlet_id, key, row_number() OVER (
                PARTITION BY outlet_id
                ORDER BY key = %s DESC, furniture_since IS NULL, cardinality(pages) = 1, NOT at_end, seen_at DESC
            ) AS place FROM recurring_paragraphs
        )
        DELETE FROM recurring_paragraphs WHERE (outlet_id, key) IN (
            SELECT known.outlet_id, known.key FROM recurring_paragraphs AS known JOIN ranked USING (outlet_id, key)
            WHERE ranked.place > %s FOR UPDATE OF known SKIP LOCKED
        )
        """,
        (OUTLET, most_per_outlet),
    ).rowcount
    return old + surplus
