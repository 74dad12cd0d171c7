"""The segments of the archive: begun, finished, replaced by others without some of their records, and dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pipeline.records import Extent, Summary
from pipeline.store.database import Connection

LOCK: Final = 7_270_006


@dataclass(frozen=True, slots=True, kw_only=True)
class Holed:
    """A segment with records to which nothing points any more."""

    id: int
    name: str
    bytes: int
    info_bytes: int
    oldest_at: datetime
    holes: tuple[Extent, ...]  # in their order
    is_empty: bool  # nothing points to any record of it


def lock(connection: Connection) -> None:
    """Be the only one who writes segments or removes their files, until the transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))


def begin(connection: Connection, name: str) -> int:
    """Note that a file will be written, before it is, so that none is ever left behind unknown; the segment's id."""
    row = connection.execute("INSERT INTO segments (name) VALUES (%s) RETURNING id", (name,)).fetchone()
    assert row is not None  # noqa: S101 - RETURNING always gives a row
    return int(row[0])


def finish(connection: Connection, segment_id: int, summary: Summary) -> None:
    """The file is there for good; whatever points into it is set in the same transaction."""
    connection.execute(
        """
        UPDATE segments SET state = 'stored', oldest_at = %s, newest_at = %s, records = %s, bytes = %s, info_bytes = %s WHERE id = %s
        """,
        (summary.oldest_at, summary.newest_at, summary.records, summary.bytes, summary.info_bytes, segment_id),
    )


def unfinished(connection: Connection) -> list[tuple[int, str]]:
    """Id and name of the segments whose files are to be removed: dropped ones, and, under the lock, those never finished."""
    rows = connection.execute("SELECT id, name FROM segments WHERE state <> 'stored' ORDER BY id")
    return [(row[0], row[1]) for row in rows]


def remove(connection: Connection, segment_id: int) -> None:
    """The file of an unfinished or dropped segment is gone."""
    connection.execute("DELETE FROM segments WHERE id = %s AND state <> 'stored'", (segment_id,))


def drop_expired(connection: Connection, *, before: datetime) -> tuple[int, int]:
    """Drop the segments of which every fetch is older than a time, with the captures in them; how many segments and captures.

    What a segment holds and what points into it go together, so that no record is left that nobody knows of.
    """
    ids = [
        row[0]
        for row in connection.execute(
            "UPDATE segments SET state = 'dropped' WHERE state = 'stored' AND newest_at < %s RETURNING id", (before,)
        )
    ]
    captures = connection.execute("DELETE FROM captures WHERE segment_id = ANY (%s)", (ids,)).rowcount
    connection.execute("DELETE FROM revisits WHERE segment_id = ANY (%s)", (ids,))
    connection.execute("DELETE FROM segment_holes WHERE segment_id = ANY (%s)", (ids,))
    return len(ids), captures


def leave_holes(connection: Connection, holes: Sequence[tuple[int, Extent]]) -> None:
    """Note, by segment, records to which nothing points any more."""
    connection.execute(
        """
        INSERT INTO segment_holes (segment_id, segment_offset, segment_length)
        SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::integer[]) ON CONFLICT DO NOTHING
        """,
        ([segment for segment, _ in holes], [extent.offset for _, extent in holes], [extent.length for _, extent in holes]),
    )


def holed(connection: Connection) -> Holed | None:
    """The next stored segment that has holes."""
    row = connection.execute(
        """
        SELECT s.id, s.name, s.bytes, s.info_bytes, s.oldest_at,
            NOT EXISTS (SELECT FROM captures WHERE segment_id = s.id) AND NOT EXISTS (SELECT FROM revisits WHERE segment_id = s.id)
        FROM segments s WHERE s.state = 'stored' AND s.id IN (SELECT segment_id FROM segment_holes) ORDER BY s.id LIMIT 1
        """
    ).fetchone()
    if row is None:
        return None
    holes = connection.execute(
        "SELECT segment_offset, segment_length FROM segment_holes WHERE segment_id = %s ORDER BY segment_offset", (row[0],)
    )
    return Holed(
        id=row[0],
        name=row[1],
        bytes=row[2],
        info_bytes=row[3],
        oldest_at=row[4],
        is_empty=row[5],
        holes=tuple(Extent(offset=hole[0], length=hole[1]) for hole in holes),
    )


def drop(connection: Connection, segment_id: int) -> bool:
    """Nothing needs a segment any more, and its file is to be removed; False if that was so already."""
    connection.execute("DELETE FROM segment_holes WHERE segment_id = %s", (segment_id,))
    return connection.execute("UPDATE segments SET state = 'dropped' WHERE id = %s AND state = 'stored'", (segment_id,)).rowcount == 1


def replace(connection: Connection, old: Holed, new_id: int, *, bytes_now: int, info_bytes: int) -> None:
    """Let everything point into a copy of a segment that lacks the holes, and drop the old one.

    Args:
        connection: in a transaction.
        old: as it was copied.
        new_id: of the segment that was begun for the copy, and is finished.
        bytes_now: the size of the copy.
        info_bytes: of its first record.

    """
    values = {
        "old": old.id,
        "new": new_id,
        "shift": info_bytes - old.info_bytes,
        "offsets": [hole.offset for hole in old.holes],
        "lengths": [hole.length for hole in old.holes],
        "bytes": bytes_now,
        "info_bytes": info_bytes,
    }
    copied = connection.execute(
        """
        UPDATE segments new SET state = 'stored', oldest_at = old.oldest_at, newest_at = old.newest_at,
            records = old.records - cardinality(%(offsets)s::bigint[]), bytes = %(bytes)s, info_bytes = %(info_bytes)s
        FROM segments old WHERE new.id = %(new)s AND old.id = %(old)s AND old.state = 'stored'
        """,
        values,
    ).rowcount
    if not copied:
        # Retention was faster: the copy is removed as one that was never finished.
        return
    connection.execute("DELETE FROM segment_holes WHERE segment_id = %(old)s AND segment_offset = ANY (%(offsets)s::bigint[])", values)
    # Holes that were left while it was copied are holes of the copy.
    for table in ("captures", "revisits", "segment_holes"):
        connection.execute(
            f"""
            UPDATE {table} SET segment_id = %(new)s, segment_offset = segment_offset + %(shift)s - (
                SELECT coalesce(sum(hole.length), 0) FROM unnest(%(offsets)s::bigint[], %(lengths)s::integer[]) AS hole (start, length)
                WHERE hole.start < segment_offset
            ) WHERE segment_id = %(old)s
            """,
            values,
        )
    connection.execute("UPDATE segments SET state = 'dropped' WHERE id = %(old)s", values)
