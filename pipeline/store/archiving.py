"""What moves from the store to the archive, and where it is then."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, LiteralString

from pipeline.records import Fetched, Moved, Place, Recorded, Unarchived, Unrecorded
from pipeline.store import segments
from pipeline.store.database import Connection

# Read from the server so many at a time: a page may have ten million bytes.
CHUNK: Final = 16
# Bytes that were let go of are empty; what waits for `clean` is read soon.
MOVABLE: Final[LiteralString] = "segment_id IS NULL AND outcome IS NOT NULL AND octet_length(body_gzip) > 0"
# Fetches that found their page unchanged, with the capture before them, if that is in the archive.
UNRECORDED: Final[LiteralString] = """
    FROM revisits r CROSS JOIN LATERAL (
        SELECT * FROM captures WHERE page_id = r.page_id AND fetched_at < r.fetched_at ORDER BY fetched_at DESC LIMIT 1
    ) c
    WHERE r.segment_id IS NULL AND c.segment_id IS NOT NULL AND r.fetched_at >= %(since)s AND r.fetched_at < %(before)s
"""


def oldest(connection: Connection, *, since: datetime, before: datetime) -> datetime | None:
    """The time of the first fetch within these times that the archive lacks; captures that wait for `clean` stay in the store."""
    row = connection.execute(
        f"""
        SELECT least(
            (
                SELECT fetched_at FROM captures WHERE {MOVABLE}
                  AND fetched_at >= %(since)s AND fetched_at < %(before)s ORDER BY fetched_at LIMIT 1
            ),
            (SELECT r.fetched_at {UNRECORDED} ORDER BY r.fetched_at LIMIT 1)
        )
        """,
        {"since": since, "before": before},
    ).fetchone()
    return row[0] if row else None


def captures(connection: Connection, *, since: datetime, before: datetime) -> Iterator[Unarchived]:
    """The captures within these times whose bytes are in the store, in order of time, streamed."""
    with connection.cursor(name="unarchived") as cursor:
        cursor.itersize = CHUNK
        cursor.execute(
            f"""
            SELECT id, page_id, url, fetched_at, status, content_type, body_bytes, sha256, body_gzip FROM captures
            WHERE {MOVABLE} AND fetched_at >= %s AND fetched_at < %s ORDER BY fetched_at, id
            """,
            (since, before),
        )
        for row in cursor:
            yield Unarchived(capture_id=row[0], page_id=row[1], fetched=_fetched(row[2:8]), body=gzip.decompress(row[8]))


def unrecorded(connection: Connection, *, since: datetime, before: datetime) -> Iterator[Unrecorded]:
    """The fetches within these times that found their page unchanged and have no record, in order of time."""
    rows = connection.execute(
        f"""
        SELECT r.page_id, r.fetched_at, r.status, c.url, c.fetched_at, c.status, c.content_type, c.body_bytes, c.sha256
        {UNRECORDED} ORDER BY r.fetched_at, r.page_id
        """,
        {"since": since, "before": before},
    )
    for row in rows:
        yield Unrecorded(page_id=row[0], fetched_at=row[1], status=row[2], original=_fetched(row[3:9]))


def move(connection: Connection, segment_id: int, moved: Sequence[Moved]) -> None:
    """Let captures point into a segment in place of their bytes.

    Those that were erased meanwhile leave holes in it.
    """
    if not moved:
        return
    rows = connection.execute(
        """
        UPDATE captures SET body_gzip = NULL, segment_id = %(segment)s, segment_offset = moved.place, segment_length = moved.length
        FROM unnest(%(ids)s::bigint[], %(times)s::timestamptz[], %(offsets)s::bigint[], %(lengths)s::integer[])
            AS moved (id, fetched_at, place, length)
        WHERE captures.id = moved.id AND captures.fetched_at = moved.fetched_at
          -- For the planner, which then looks into one month.
          AND captures.fetched_at BETWEEN %(first)s AND %(last)s AND captures.segment_id IS NULL
        RETURNING captures.id
        """,
        {
            "segment": segment_id,
            "ids": [one.capture_id for one in moved],
            "times": [one.fetched_at for one in moved],
            "offsets": [one.extent.offset for one in moved],
            "lengths": [one.extent.length for one in moved],
            "first": min(one.fetched_at for one in moved),
            "last": max(one.fetched_at for one in moved),
        },
    )
    there = {row[0] for row in rows}
    kept = {one.extent for one in moved if one.capture_id in there}
    segments.leave_holes(connection, [(segment_id, one.extent) for one in moved if one.extent not in kept])


def record(connection: Connection, segment_id: int, recorded: Sequence[Recorded]) -> None:
    """Keep where the records of fetches are that found their page unchanged; those of pages erased meanwhile leave holes."""
    if not recorded:
        return
    rows = connection.execute(
        """
        INSERT INTO revisits (page_id, fetched_at, status, segment_id, segment_offset, segment_length)
        SELECT made.page_id, made.fetched_at, made.status, %s, made.place, made.length
        FROM unnest(%s::bigint[], %s::timestamptz[], %s::integer[], %s::bigint[], %s::integer[])
            AS made (page_id, fetched_at, status, place, length)
        JOIN pages ON pages.id = made.page_id
        ORDER BY made.page_id, made.fetched_at
        ON CONFLICT (page_id, fetched_at) DO UPDATE
        SET segment_id = excluded.segment_id, segment_offset = excluded.segment_offset, segment_length = excluded.segment_length
        RETURNING segment_offset
        """,
        (
            segment_id,
            [one.page_id for one in recorded],
            [one.fetched_at for one in recorded],
            [one.status for one in recorded],
            [one.extent.offset for one in recorded],
            [one.extent.length for one in recorded],
        ),
    )
    there = {row[0] for row in rows}
    segments.leave_holes(connection, [(segment_id, one.extent) for one in recorded if one.extent.offset not in there])


def bodies(connection: Connection, capture_ids: Sequence[int]) -> dict[int, bytes | Place]:
    """The bytes of captures, or where in the archive they are."""
    rows = connection.execute(
        """
        SELECT c.id, c.body_gzip, s.name, c.segment_offset, c.segment_length, c.sha256
        FROM captures c LEFT JOIN segments s ON s.id = c.segment_id WHERE c.id = ANY (%s)
        """,
        (list(capture_ids),),
    )
    return {
        row[0]: Place(segment=row[2], offset=row[3], length=row[4], sha256=bytes(row[5])) if row[2] else gzip.decompress(row[1])
        for row in rows
    }


def _fetched(row: Sequence[Any]) -> Fetched:
    url, fetched_at, status, content_type, body_bytes, sha256 = row
    return Fetched(url=url, fetched_at=fetched_at, status=status, content_type=content_type, body_bytes=body_bytes, sha256=bytes(sha256))
