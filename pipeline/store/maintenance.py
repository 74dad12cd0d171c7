"""What housekeeping deletes and counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import LiteralString

from psycopg import sql

from pipeline.store.database import Connection


def drop_months(connection: Connection, table: LiteralString, *, before: datetime) -> int:
    """Drop the month partitions of a table that end before a time; how many.

    A month of captures in which one still waits for `clean` is kept.
    """
    limit = before.astimezone(UTC).strftime("%Y_%m")
    rows = connection.execute(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = %s::regclass", (table,)
    )
    names = [row[0] for row in rows if row[0].removeprefix(f"{table}_") < limit]
    if table == "captures":
        names = [name for name in names if not _has_waiting(connection, name)]
    for name in names:
        connection.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name)))
    return len(names)


def _has_waiting(connection: Connection, name: str) -> bool:
    statement = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE outcome IS NULL)").format(sql.Identifier(name))
    row = connection.execute(statement).fetchone()
    return bool(row and row[0])


def delete_captures(connection: Connection, *, before: datetime) -> int:
    """Delete captures fetched before a time that `clean` is done with, and when they were found unchanged; how many captures.

    Those in the archive go with their segments.
    """
    connection.execute("DELETE FROM revisits WHERE fetched_at < %s AND segment_id IS NULL", (before,))
    return connection.execute(
        "DELETE FROM captures WHERE fetched_at < %s AND outcome IS NOT NULL AND segment_id IS NULL", (before,)
    ).rowcount


def delete_story_vectors(connection: Connection, *, before: datetime) -> int:
    """Delete vectors that no new article is compared with any more; how many."""
    return connection.execute("DELETE FROM story_vectors WHERE at < %s", (before,)).rowcount


def delete_word_backgrounds(connection: Connection, *, kept: int) -> int:
    """Delete all snapshots but the newest few; how many rows."""
    return connection.execute(
        """
        DELETE FROM word_backgrounds WHERE version NOT IN (
            SELECT version FROM word_backgrounds GROUP BY version ORDER BY version DESC LIMIT %s
        )
        """,
        (kept,),
    ).rowcount


def texts(connection: Connection, *, since: datetime) -> Iterator[tuple[str, str, str]]:
    """Language, title and body of the articles first seen since a time, streamed."""
    with connection.cursor(name="texts") as cursor:
        cursor.execute(
            """
            SELECT v.language, v.title, v.body FROM articles a
            JOIN article_versions v ON v.article_id = a.id AND v.version = a.version
            WHERE a.first_seen_at >= %s AND a.deleted_at IS NULL AND v.language IS NOT NULL
            """,
            (since,),
        )
        for row in cursor:
            yield row[0], row[1], row[2]
