"""What `clean` reads of captures, and what it made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.models import PageSource
from pipeline.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A capture with what is known about its page."""

    capture_id: int
    page_id: int
    outlet_id: int
    first_seen_at: datetime
    source: PageSource
    superseded: bool = False  # the page was fetched with a browser since


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a capture became: `article`, `unchanged`, or the reason of its rejection; one that another stands for is not counted."""

    capture_id: int
    outcome: str
    article_id: int | None = None
    version: int | None = None
    found: tuple[str, ...] | None = ()  # as `yields.found` says; null: it is not counted
    characters: int = 0  # of the body


def load(connection: Connection, bodies: Mapping[int, bytes]) -> dict[int, Waiting]:
    """Captures by id, given with their bytes, with their outlet and the first feed entry that showed the page."""
    rows = connection.execute(
        """
        SELECT c.id, c.page_id, p.outlet_id, p.first_seen_at, p.url, c.content_type, c.fetched_at, c.url,
            s.title, s.published_at, s.summary, s.authors, s.topics, o.name, o.language, o.country,
            ARRAY(SELECT host FROM outlet_hosts WHERE outlet_id = o.id), c.robots_tag, c.rendered,
            EXISTS (SELECT FROM captures later WHERE later.page_id = c.page_id AND later.fetched_at > c.fetched_at AND later.rendered)
        FROM captures c JOIN pages p ON p.id = c.page_id JOIN outlets o ON o.id = p.outlet_id
        LEFT JOIN LATERAL (
            SELECT title, published_at, summary, authors, topics FROM sightings WHERE page_id = p.id
            ORDER BY title IS NULL, published_at IS NULL, seen_at LIMIT 1
        ) s ON true
        WHERE c.id = ANY (%s) AND c.dropped_at IS NULL
        """,
        (list(bodies),),
    )
    return {
        row[0]: Waiting(
            capture_id=row[0],
            page_id=row[1],
            outlet_id=row[2],
            first_seen_at=row[3],
            source=PageSource(
                url=row[4],
                html=bodies[row[0]],
                content_type=row[5],
                fetched_at=row[6],
                final_url=row[7],
                feed_title=row[8],
                feed_published_at=row[9],
                feed_summary=row[10],
                feed_authors=tuple(row[11] or ()),
                feed_topics=tuple(row[12] or ()),
                outlet_name=row[13],
                outlet_language=row[14],
                outlet_country=row[15],
                outlet_hosts=tuple(row[16]),
                robots_tag=row[17],
                rendered=row[18],
            ),
            superseded=row[19] and not row[18],
        )
        for row in rows
    }


def mark(connection: Connection, outcomes: Sequence[Outcome]) -> None:
    """Keep what became of captures."""
    connection.execute(
        """
        UPDATE captures SET outcome = made.outcome, article_id = made.article_id, version = made.version,
            found = string_to_array(made.found, ','), characters = made.characters
        FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::integer[], %s::text[], %s::integer[])
            AS made (capture_id, outcome, article_id, version, found, characters)
        WHERE captures.id = made.capture_id
        """,
        (
            [made.capture_id for made in outcomes],
            [made.outcome for made in outcomes],
            [made.article_id for made in outcomes],
            [made.version for made in outcomes],
            [None if made.found is None else ",".join(made.found) for made in outcomes],
            [made.characters for made in outcomes],
        ),
    )


def select_for_again(connection: Connection, *, outlets: Sequence[str], since: datetime | None) -> list[tuple[int, int, int]]:
    """(Capture id, 0, backlog priority) of stored captures, oldest first, for cleaning them again."""
    rows = connection.execute(
        """
        SELECT c.id FROM captures c JOIN pages p ON p.id = c.page_id JOIN outlets o ON o.id = p.outlet_id
        WHERE (%(all)s OR o.name = ANY (%(outlets)s)) AND (%(since)s::timestamptz IS NULL OR c.fetched_at >= %(since)s)
            AND c.dropped_at IS NULL
        ORDER BY c.fetched_at, c.id
        """,
        {"all": not outlets, "outlets": list(outlets), "since": since},
    )
    return [(row[0], 0, 2) for row in rows]


def select_recent(connection: Connection, outlet_ids: Sequence[int], *, since: datetime, limit: int) -> list[int]:
    """Ids of the newest capture of each of the outlets' newest pages, the newest first."""
    rows = connection.execute(
        """
        SELECT c.id FROM unnest(%(outlets)s::bigint[]) AS wanted (outlet_id)
        CROSS JOIN LATERAL (
            SELECT id FROM pages WHERE outlet_id = wanted.outlet_id AND fetched_at >= %(since)s ORDER BY first_seen_at DESC LIMIT %(limit)s
        ) p
        CROSS JOIN LATERAL (
            SELECT id, fetched_at FROM captures WHERE page_id = p.id AND fetched_at >= %(since)s AND dropped_at IS NULL
            ORDER BY fetched_at DESC LIMIT 1
        ) c
        ORDER BY c.fetched_at DESC, c.id DESC LIMIT %(limit)s
        """,
        {"outlets": list(outlet_ids), "since": since, "limit": limit},
    )
    return [row[0] for row in rows]
