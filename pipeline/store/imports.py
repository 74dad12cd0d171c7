"""What an import needs of the store: the outlet of an article, and pages from archives."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from pipeline.models import Priority, Stage
from pipeline.store import outlets, work
from pipeline.store.database import Connection


def outlet_id(connection: Connection, name: str | None, host: str) -> int:
    """The outlet with this name, else the one that has this host; created if there is none.

    An outlet made by an import is not crawled: it has no feeds, and discovery is not due for it.
    """
    if name is None:
        known = connection.execute(
            "SELECT outlet_id FROM outlet_hosts WHERE host = ANY (%s)", ([host, host.removeprefix("www."), f"www.{host}"],)
        ).fetchone()
        if known is not None:
            return int(known[0])
    row = connection.execute(
        """
        WITH made AS (
            INSERT INTO outlets (name, url)
            -- Several named outlets may share a host, and an address belongs to one.
            SELECT %(name)s, CASE WHEN EXISTS (SELECT FROM outlets WHERE url = %(url)s) THEN %(other)s ELSE %(url)s END
            ON CONFLICT (name) DO NOTHING RETURNING id
        )
        SELECT id FROM made UNION ALL SELECT id FROM outlets WHERE name = %(name)s LIMIT 1
        """,
        {"name": name or host, "url": f"https://{host}/", "other": f"https://{host}/#{quote(name or host, safe='')}"},
    ).fetchone()
    assert row is not None  # noqa: S101 - made or found
    connection.execute("INSERT INTO outlet_hosts (host, outlet_id) VALUES (%s, %s) ON CONFLICT (host) DO NOTHING", (host, int(row[0])))
    return int(row[0])


def hosts(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    """The hosts of outlets that are watched, each with and without `www.`; of all of them, or of those named.

    Raises:
        UnknownName: there is no such outlet.

    """
    ids = [outlet.id for outlet in outlets.by_names(connection, names)]
    rows = connection.execute(
        """
        SELECT h.host, h.outlet_id FROM outlet_hosts h JOIN outlets o ON o.id = h.outlet_id
        WHERE o.removed_at IS NULL AND (%(all)s OR o.id = ANY (%(ids)s::bigint[]))
        """,
        {"ids": ids, "all": not names},
    ).fetchall()
    found = {row[0]: int(row[1]) for row in rows}
    for host, outlet in list(found.items()):
        bare = host.removeprefix("www.")
        for form in (bare, f"www.{bare}"):
            found.setdefault(form, outlet)
    return found


def resumed(connection: Connection, name: str) -> tuple[int, int]:
    """How many bytes and records of a file an import of this name has read; none if it has ended, or never began."""
    row = connection.execute("SELECT read_bytes, read_records FROM warc_imports WHERE name = %s", (name,)).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def keep_place(connection: Connection, name: str, *, read_bytes: int, read_records: int) -> None:
    """Keep how far an import has come, in the transaction in which it stores what it read."""
    connection.execute(
        """
        INSERT INTO warc_imports (name, read_bytes, read_records) VALUES (%s, %s, %s)
        ON CONFLICT (name) DO UPDATE SET read_bytes = excluded.read_bytes, read_records = excluded.read_records, at = now()
        """,
        (name, read_bytes, read_records),
    )


def forget_place(connection: Connection, name: str) -> None:
    """An import has ended."""
    connection.execute("DELETE FROM warc_imports WHERE name = %s", (name,))


def save_capture(
    connection: Connection, *, outlet: int, url: str, host: str, fetched_at: datetime, status: int, content_type: str, body: bytes
) -> bool:
    """Keep a page from an archive and let it wait for `clean`, behind the news; False if it is there already."""
    page = connection.execute(
        """
        INSERT INTO pages (outlet_id, url, host, first_seen_at, fetched_at, fetches, status)
        VALUES (%(outlet)s, %(url)s, %(host)s, now(), %(at)s, 1, %(status)s)
        ON CONFLICT (url) DO UPDATE SET fetches = pages.fetches + 1 RETURNING id
        """,
        {"outlet": outlet, "url": url, "host": host, "at": fetched_at, "status": status},
    ).fetchone()
    assert page is not None  # noqa: S101 - RETURNING always gives a row
    capture = connection.execute(
        """
        INSERT INTO captures (page_id, fetched_at, url, status, content_type, body_gzip, body_bytes, sha256)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (page_id, fetched_at) DO NOTHING RETURNING id
        """,
        (page[0], fetched_at, url, status, content_type, gzip.compress(body, 6), len(body), hashlib.sha256(body).digest()),
    ).fetchone()
    if capture is None:
        return False
    work.enqueue(connection, Stage.CLEAN, [(capture[0], 0, Priority.BACKLOG)])
    return True
