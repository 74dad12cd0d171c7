"""Captures: the bytes of pages as fetched, compressed, in partitions by month."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence

from pipeline.models import Capture, Priority, Stage
from pipeline.store import refetches, work
from pipeline.store.database import Connection
from pipeline.store.frontier import is_there, revisited


def store(connection: Connection, capture: Capture, *, priority: Priority, refetch_after_s: Sequence[float] = ()) -> int | None:
    """Keep a capture, set its page's next time, and let it wait for `clean`, all in the caller's transaction.

    Only this ends the page's lease: a worker that dies before the commit leaves the page due.

    Args:
        connection: in a transaction.
        capture: what was fetched.
        priority: of the work that follows.
        refetch_after_s: ages at which pages are fetched again, as set; empty: never.

    Returns:
        The capture's id; null if the page's bytes are those of the capture before, of which
        then only the time is kept, or if the page was forgotten while it was fetched.

    """
    digest = hashlib.sha256(capture.body).digest()
    values = {
        "page_id": capture.page_id,
        "fetched_at": capture.fetched_at,
        "status": capture.status,
        "etag": capture.etag,
        "last_modified": capture.last_modified,
        "priority": Priority.REFETCH,
        # Locks the page: two fetches of it are stored one after the other.
        "due_at": refetches.next_at(connection, capture.page_id, plan=refetch_after_s),
    }
    known = connection.execute(
        """
        UPDATE pages SET leased_by = NULL, fetched_at = %(fetched_at)s, fetches = fetches + 1, failures = 0, status = %(status)s,
            reason = NULL, etag = %(etag)s, last_modified = %(last_modified)s, priority = %(priority)s, due_at = %(due_at)s
        WHERE id = %(page_id)s
        """,
        values,
    ).rowcount
    if not known:
        return None
    is_there(connection, capture.page_id)
    last = connection.execute(
        "SELECT sha256 FROM captures WHERE page_id = %s ORDER BY fetched_at DESC LIMIT 1", (capture.page_id,)
    ).fetchone()
    if last is not None and bytes(last[0]) == digest:
        revisited(connection, capture.page_id, fetched_at=capture.fetched_at, status=capture.status)
        return None
    row = connection.execute(
        """
        INSERT INTO captures (
            page_id, fetched_at, url, status, content_type, body_gzip, body_bytes, sha256, certificate, robots_tag, rendered
        )
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
        """,
        (
            capture.page_id,
            capture.fetched_at,
            capture.url,
            capture.status,
            capture.content_type,
            gzip.compress(capture.body, compresslevel=6, mtime=0),
            len(capture.body),
            digest,
            capture.certificate,
            capture.robots_tag,
            capture.rendered,
        ),
    ).fetchone()
    assert row is not None, "an insert returns its row"  # noqa: S101 - for the type checker
    capture_id = int(row[0])
    work.enqueue(connection, Stage.CLEAN, [(capture_id, 0, priority)])
    return capture_id
