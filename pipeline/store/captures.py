"""Captures: the bytes of pages as fetched, compressed, in partitions by month."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Sequence
from typing import Final

from pipeline.models import Capture, Priority, Stage
from pipeline.store import refetches, work
from pipeline.store.database import Connection
from pipeline.store.frontier import are_there, revisited

# The levels above cost twice the time for a twentieth of the size.
LEVEL: Final = 4
# Of zlib's window, with the header and trailer of gzip.
GZIP: Final = 16 + zlib.MAX_WBITS


def store(connection: Connection, capture: Capture, *, priority: Priority, refetch_after_s: Sequence[float] = ()) -> int | None:
    """Keep one capture, as `store_all` does."""
    return store_all(connection, [(capture, priority)], refetch_after_s=refetch_after_s)[0]


def store_all(
    connection: Connection, landed: Sequence[tuple[Capture, Priority]], *, refetch_after_s: Sequence[float] = ()
) -> list[int | None]:
    """Keep captures, set their pages' next times, and let them wait for `clean`, all in the caller's transaction.

    Only this ends the pages' leases: a worker that dies before the commit leaves them due.

    Args:
        connection: in a transaction.
        landed: what was fetched, each of another page, and the priority of the work that follows.
        refetch_after_s: ages at which pages are fetched again, as set; empty: never.

    Returns:
        The captures' ids in the same order; null for a page whose bytes are those of the capture before, of which
        then only the time is kept, and for one that was forgotten while it was fetched.

    """
    # Locks the pages: two fetches of one are stored one after the other.
    due_at = refetches.next_times(connection, [capture.page_id for capture, _ in landed], plan=refetch_after_s)
    captures = [capture for capture, _ in landed if capture.page_id in due_at]
    page_ids = [capture.page_id for capture in captures]
    connection.execute(
        """
        UPDATE pages SET leased_by = NULL, fetched_at = answer.fetched_at, fetches = fetches + 1, failures = 0, status = answer.status,
            reason = NULL, etag = answer.etag, last_modified = answer.last_modified, priority = %(priority)s, due_at = answer.due_at
        FROM unnest(
            %(page_ids)s::bigint[], %(fetched_at)s::timestamptz[], %(status)s::integer[], %(etag)s::text[], %(last_modified)s::text[],
            %(due_at)s::timestamptz[]
        ) AS answer (id, fetched_at, status, etag, last_modified, due_at)
        WHERE pages.id = answer.id
        """,
        {
            "page_ids": page_ids,
            "fetched_at": [capture.fetched_at for capture in captures],
            "status": [capture.status for capture in captures],
            "etag": [capture.etag for capture in captures],
            "last_modified": [capture.last_modified for capture in captures],
            "due_at": [due_at[page_id] for page_id in page_ids],
            "priority": Priority.REFETCH,
        },
    )
    are_there(connection, page_ids)
    before = connection.execute(
        "SELECT DISTINCT ON (page_id) page_id, sha256 FROM captures WHERE page_id = ANY (%s) ORDER BY page_id, fetched_at DESC", (page_ids,)
    )
    last = {row[0]: bytes(row[1]) for row in before}
    digests = {capture.page_id: hashlib.sha256(capture.body).digest() for capture in captures}
    new = []
    for capture in captures:
        if last.get(capture.page_id) == digests[capture.page_id]:
            revisited(connection, capture.page_id, fetched_at=capture.fetched_at, status=capture.status)
        else:
            new.append(capture)
    rows = connection.execute(
        """
        INSERT INTO captures (
            page_id, fetched_at, url, status, content_type, body_gzip, body_bytes, sha256, certificate, robots_tag, rendered
        )
        SELECT * FROM unnest(
            %s::bigint[], %s::timestamptz[], %s::text[], %s::integer[], %s::text[], %b::bytea[], %s::integer[], %b::bytea[], %s::text[],
            %s::text[], %s::boolean[]
        ) RETURNING page_id, id
        """,
        (
            [capture.page_id for capture in new],
            [capture.fetched_at for capture in new],
            [capture.url for capture in new],
            [capture.status for capture in new],
            [capture.content_type for capture in new],
            [compressed(capture) for capture in new],
            [len(capture.body) for capture in new],
            [digests[capture.page_id] for capture in new],
            [capture.certificate for capture in new],
            [capture.robots_tag for capture in new],
            [capture.rendered for capture in new],
        ),
    )
    ids: dict[int, int] = {row[0]: row[1] for row in rows}
    work.enqueue(connection, Stage.CLEAN, [(ids[capture.page_id], 0, priority) for capture, priority in landed if capture.page_id in ids])
    return [ids.get(capture.page_id) for capture, _ in landed]


def compressed(capture: Capture) -> bytes:
    """The body as one gzip stream: as it came if it is just that, else compressed here."""
    if capture.body_gzip:
        unpacking = zlib.decompressobj(GZIP)
        try:
            body = unpacking.decompress(capture.body_gzip, len(capture.body) + 1)
        except zlib.error:
            body = None  # servers get checksums wrong, and whoever reads the capture would stumble over it
        if body == capture.body and unpacking.eof and not unpacking.unused_data:
            return capture.body_gzip
    return gzip.compress(capture.body, compresslevel=LEVEL, mtime=0)
