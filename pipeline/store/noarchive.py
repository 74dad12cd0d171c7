"""Pages whose outlet asks that no copy is kept: their bytes go once they are cleaned, their text is searched and not shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from pipeline.records import Extent
from pipeline.store import segments
from pipeline.store.database import Connection

# So much of such a text is shown, as a search engine does.
EXCERPT_CHARACTERS: Final = 300


def respect(connection: Connection, captures: Sequence[int], articles: Mapping[int, bool]) -> None:
    """Let go of what must not be kept.

    Args:
        connection: in the transaction that ends the captures' cleaning.
        captures: whose bytes go.
        articles: whether the newest text of each is one that must not be shown.

    """
    if captures:
        archived = connection.execute(
            "SELECT segment_id, segment_offset, segment_length FROM captures WHERE id = ANY (%s) AND segment_id IS NOT NULL FOR UPDATE",
            (list(captures),),
        ).fetchall()
        connection.execute(
            """
            UPDATE captures SET body_gzip = '', segment_id = NULL, segment_offset = NULL, segment_length = NULL, dropped_at = now()
            WHERE id = ANY (%s)
            """,
            (list(captures),),
        )
        segments.leave_holes(connection, [(row[0], Extent(offset=row[1], length=row[2])) for row in archived])
    connection.execute(
        """
        UPDATE articles SET noarchive = said.noarchive FROM unnest(%s::bigint[], %s::boolean[]) AS said (id, noarchive)
        WHERE articles.id = said.id AND articles.noarchive <> said.noarchive
        """,
        (list(articles), list(articles.values())),
    )


def unshown(connection: Connection, articles: Sequence[int]) -> set[int]:
    """Those of some articles whose text must not be shown."""
    return {row[0] for row in connection.execute("SELECT id FROM articles WHERE id = ANY (%s) AND noarchive", (list(articles),))}


def shown(body: str, *, unshown: bool) -> str:
    """As much of a text as may be shown."""
    if not unshown or len(body) <= EXCERPT_CHARACTERS:
        return body
    return f"{body[:EXCERPT_CHARACTERS].rsplit(None, 1)[0]} …"
