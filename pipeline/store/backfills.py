"""Backfills: the parts of outlets' archives, for which times each was read, and the pages that they showed.

A part is due as long as it may tell of times that are asked for and that it was not read for. So a backfill that was
killed goes on where it stopped, and one that has ended finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, LiteralString
from urllib.parse import urlsplit

from pipeline.backfill import Dated, Named, Part, PartKind, Showing, Span
from pipeline.models import FeedKind, Outlet, Priority
from pipeline.store import forgotten
from pipeline.store.database import Connection
from pipeline.store.hosts import TAKEABLE, TAKEN, free

# More parts of one outlet are not kept: an archive that goes on for ever is a trap.
MOST_PARTS: Final = 200_000
# When a part that could not be read is tried again; the last one counts for those that a retry hardly mends, too.
RETRY_AFTER_S: Final = (60, 300, 1_800, 7_200, 86_400)
PAGED: Final = (FeedKind.FEED, FeedKind.NEWS_SITEMAP, FeedKind.SITEMAP)

ASKED: Final[LiteralString] = "tstzrange(%(since)s::timestamptz, least(%(until)s::timestamptz, now()))"
# Whether there is something of the times asked for that a part may tell of and that it was not read for.
LACKING: Final[LiteralString] = f"NOT backfill_parts.covered @> (backfill_parts.holds * {ASKED})"
# A look covers the day after it, too: what is newer than that is not past.
COVERED: Final[LiteralString] = """
    tstzmultirange(tstzrange(%(since)s::timestamptz, least(%(until)s::timestamptz, now() + interval '1 day')))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What of an outlet waits for another run."""

    parts: int = 0
    pages: int = 0


def begin(connection: Connection, outlets: Sequence[Outlet], asked: Span) -> None:
    """Let what lacks times asked for be due: each outlet's robots.txt, its feeds, and what they named before."""
    ids = [outlet.id for outlet in outlets]
    values = _values(asked) | {
        "outlets": ids,
        "robots": [_robots(outlet.url) for outlet in outlets],
        "kinds": list(PAGED),
    }
    connection.execute(
        """
        INSERT INTO backfill_parts (outlet_id, url, kind, due_at)
        SELECT outlet_id, url, 'robots', NULL::timestamptz FROM unnest(%(outlets)s::bigint[], %(robots)s::text[]) AS root (outlet_id, url)
        UNION ALL
        SELECT outlet_id, url, CASE kind WHEN 'feed' THEN 'feed' ELSE 'sitemap' END, NULL FROM feeds
        WHERE outlet_id = ANY (%(outlets)s) AND active AND kind = ANY (%(kinds)s::text[])
        ON CONFLICT (outlet_id, url) DO NOTHING
        """,
        values,
    )
    connection.execute(
        f"UPDATE backfill_parts SET due_at = now() WHERE outlet_id = ANY (%(outlets)s) AND due_at IS NULL AND {LACKING}", values
    )


def claim(connection: Connection, worker: int, *, outlets: Sequence[int], asked: Span, limit: int) -> list[Part]:
    """Lease parts that are due and lack times asked for, together with their hosts."""
    rows = connection.execute(
        f"""
        WITH chosen AS (
            SELECT backfill_parts.id, backfill_parts.host FROM backfill_parts
            JOIN outlets o ON o.id = backfill_parts.outlet_id LEFT JOIN hosts ON hosts.host = backfill_parts.host
            WHERE backfill_parts.due_at <= now() AND o.removed_at IS NULL AND {free("backfill_parts")}
              AND (hosts.host IS NULL OR {TAKEABLE}) AND backfill_parts.outlet_id = ANY (%(outlets)s::bigint[]) AND {LACKING}
            ORDER BY backfill_parts.due_at, backfill_parts.id LIMIT %(limit)s FOR NO KEY UPDATE OF backfill_parts SKIP LOCKED
        ), {TAKEN}
        UPDATE backfill_parts SET leased_by = %(worker)s FROM chosen JOIN taken USING (host) WHERE backfill_parts.id = chosen.id
        RETURNING backfill_parts.id, outlet_id, url, kind, depth, before, lower(holds), upper(holds)
        """,
        _values(asked) | {"worker": worker, "outlets": list(outlets), "limit": limit},
    )
    found = [
        Part(
            id=row[0], outlet_id=row[1], url=row[2], kind=PartKind(row[3]), depth=row[4], before=bytes(row[5] or b""),
            holds=Span(since=row[6], until=row[7]),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda part: part.id)


def record(
    connection: Connection, part: Part, showing: Showing, *, asked: Span, status: int | None = None, error: str | None = None
) -> int:
    """Keep what a part shows: new pages for the frontier, behind the news, and further parts. Ends its lease.

    Args:
        connection: in a transaction.
        part: which.
        showing: what of the times asked for it shows.
        asked: these times, for which it is read from now on.
        status: of the answer.
        error: in words, why it shows nothing and will not.

    Returns:
        How many pages nobody had seen before.

    """
    connection.execute(
        f"""
        UPDATE backfill_parts SET leased_by = NULL, due_at = NULL, looked_at = now(), status = %(status)s, failures = 0,
            error = %(error)s, covered = covered + {COVERED}
        WHERE id = %(id)s
        """,
        _values(asked) | {"id": part.id, "status": status, "error": error},
    )
    if showing.parts:
        _add_parts(connection, part, showing.parts, asked=asked, before=showing.digest)
    return _add_pages(connection, part, showing.items) if showing.items else 0


def record_failure(connection: Connection, part: Part, *, error: str, status: int | None, final: bool, wait_s: float = 0) -> None:
    """A part could not be read: it is tried again, more rarely each time; at once the last delay if a retry would hardly help."""
    connection.execute(
        """
        UPDATE backfill_parts SET leased_by = NULL, failures = failures + 1, status = %(status)s, error = %(error)s,
            due_at = now() + make_interval(secs => greatest(%(wait_s)s, (%(delays_s)s::float8[])[
                CASE WHEN %(final)s THEN cardinality(%(delays_s)s::float8[])
                ELSE least(failures + 1, cardinality(%(delays_s)s::float8[])) END]))
        WHERE id = %(id)s
        """,
        {"id": part.id, "status": status, "error": error, "final": final, "wait_s": wait_s, "delays_s": list(RETRY_AFTER_S)},
    )


def release(connection: Connection, worker: int) -> None:
    """Give back the parts that a worker holds, still due."""
    connection.execute("UPDATE backfill_parts SET leased_by = NULL WHERE leased_by = %s", (worker,))


def left(connection: Connection, outlets: Sequence[int], asked: Span) -> dict[int, Left]:
    """What waits for another run, by outlet: parts that lack times asked for, and pages of backfills."""
    rows = connection.execute(
        f"""
        SELECT outlet_id, sum(parts)::integer, sum(pages)::integer FROM (
            SELECT outlet_id, count(*) AS parts, 0 AS pages FROM backfill_parts
            WHERE outlet_id = ANY (%(outlets)s) AND due_at IS NOT NULL AND {LACKING} GROUP BY 1
            UNION ALL
            SELECT outlet_id, 0, count(*) FROM pages
            WHERE outlet_id = ANY (%(outlets)s) AND due_at IS NOT NULL AND priority = %(priority)s GROUP BY 1
        ) AS waiting GROUP BY 1
        """,
        _values(asked) | {"outlets": list(outlets), "priority": Priority.BACKFILL},
    )
    return {row[0]: Left(parts=row[1], pages=row[2]) for row in rows}


def has_to_wait(connection: Connection, outlets: Sequence[int], asked: Span, *, longest_s: float) -> bool:
    """Whether something is due whose host has asked to be left alone, though not for long."""
    row = connection.execute(
        f"""
        SELECT EXISTS (
            SELECT FROM (
                SELECT host FROM backfill_parts WHERE outlet_id = ANY (%(outlets)s) AND due_at <= now() AND {LACKING}
                UNION ALL
                SELECT host FROM pages WHERE outlet_id = ANY (%(outlets)s) AND due_at <= now() AND priority = %(priority)s
            ) AS due JOIN hosts USING (host)
            WHERE hosts.failures = 0 AND hosts.not_before BETWEEN now() AND now() + make_interval(secs => %(longest_s)s)
        )
        """,
        _values(asked) | {"outlets": list(outlets), "priority": Priority.BACKFILL, "longest_s": longest_s},
    ).fetchone()
    return bool(row and row[0])


def _add_parts(connection: Connection, part: Part, parts: Sequence[Named], *, asked: Span, before: bytes) -> None:
    connection.execute(
        f"""
        INSERT INTO backfill_parts (outlet_id, url, kind, depth, before, holds)
        SELECT %(outlet_id)s, url, kind, %(depth)s, CASE kind WHEN 'feed' THEN %(before)s::bytea END, tstzrange(begins, ends)
        FROM unnest(%(urls)s::text[], %(kinds)s::text[], %(begin)s::timestamptz[], %(end)s::timestamptz[]) WITH ORDINALITY
            AS named (url, kind, begins, ends, number)
        ORDER BY number
        LIMIT greatest(0, %(most)s - (SELECT count(*) FROM backfill_parts WHERE outlet_id = %(outlet_id)s))
        ON CONFLICT (outlet_id, url) DO UPDATE SET holds = excluded.holds, before = excluded.before,
            due_at = CASE WHEN NOT backfill_parts.covered @> (excluded.holds * {ASKED}) THEN coalesce(backfill_parts.due_at, now()) END
        """,
        _values(asked)
        | {
            "outlet_id": part.outlet_id,
            "depth": part.depth + 1,
            "before": before,
            "urls": [named.url for named in parts],
            "kinds": [named.kind for named in parts],
            "begin": [named.holds.since for named in parts],
            "end": [named.holds.until for named in parts],
            "most": MOST_PARTS,
        },
    )


def _add_pages(connection: Connection, part: Part, shown: Sequence[Dated]) -> int:
    items = {dated.item.url: dated for dated in shown}
    for url in forgotten.among(connection, items):
        del items[url]
    values: dict[str, Any] = {
        "outlet_id": part.outlet_id,
        "part_id": part.id,
        "priority": Priority.BACKFILL,
        "urls": list(items),
        "hosts": [urlsplit(url).hostname or "" for url in items],
        "titles": [dated.item.title for dated in items.values()],
        "published": [dated.item.published_at for dated in items.values()],
        "summaries": [dated.item.summary for dated in items.values()],
        "ages_from": [dated.ages_from for dated in items.values()],
        # Lists of lists are one line each: an array of PostgreSQL's has no ragged edge.
        "authors": ["\n".join(dated.item.authors) for dated in items.values()],
        "topics": ["\n".join(dated.item.topics) for dated in items.values()],
    }
    # In the order of URLs, so that two workers with the same items can't wait for each other.
    return connection.execute(
        """
        WITH shown AS MATERIALIZED (
            SELECT * FROM unnest(
                %(urls)s::text[], %(hosts)s::text[], %(titles)s::text[], %(published)s::timestamptz[], %(summaries)s::text[],
                %(ages_from)s::timestamptz[], %(authors)s::text[], %(topics)s::text[]
            ) AS shown (url, host, title, published_at, summary, ages_from, authors, topics)
            WHERE NOT EXISTS (SELECT FROM pages WHERE pages.url = shown.url)
        ), added AS (
            INSERT INTO pages (outlet_id, url, host, due_at, priority)
            SELECT %(outlet_id)s, url, host, now(), %(priority)s FROM shown ORDER BY url ON CONFLICT (url) DO NOTHING
            RETURNING id, url
        )
        INSERT INTO backfill_sightings (page_id, part_id, title, published_at, summary, ages_from, authors, topics)
        SELECT added.id, %(part_id)s, title, published_at, summary, ages_from,
            string_to_array(authors, E'\\n'), string_to_array(topics, E'\\n')
        FROM added JOIN shown USING (url)
        """,
        values,
    ).rowcount


def _values(asked: Span) -> dict[str, Any]:
    return {"since": asked.since, "until": asked.until}


def _robots(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"
