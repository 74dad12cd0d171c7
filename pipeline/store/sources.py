"""The sources of outlets as `outlets check` sees them: what each showed lately, and which are dead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pipeline.models import FeedKind
from pipeline.store.database import Connection

# A source that can't be read is dead when it could not be read for so long.
DEAD_AFTER: Final = timedelta(days=3)
LATELY: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSource:
    """A source of an outlet, and what it yielded in the last seven days."""

    url: str
    kind: FeedKind
    is_given: bool  # by a person, not found by discovery
    active: bool
    is_dying: bool  # it was not read for as long as makes a source dead
    shown: int  # pages that it showed for the first time
    articles: int  # of them


def of_outlets(connection: Connection, outlet_ids: Sequence[int]) -> Mapping[int, Sequence[KnownSource]]:
    """The sources of some outlets, also the dead ones."""
    rows = connection.execute(
        """
        SELECT f.outlet_id, f.url, f.kind, f.origin = 'given', f.active,
            coalesce(f.succeeded_at, f.added_at) < now() - %(dead_after)s::interval, lately.shown, lately.articles
        FROM feeds f CROSS JOIN LATERAL (
            SELECT count(*) AS shown, count(*) FILTER (
                WHERE EXISTS (SELECT FROM captures c WHERE c.page_id = s.page_id AND c.article_id IS NOT NULL)
            ) AS articles
            FROM sightings s WHERE s.feed_id = f.id AND s.seen_at > now() - %(lately)s::interval
        ) AS lately
        WHERE f.outlet_id = ANY (%(outlets)s) ORDER BY f.id
        """,
        {"outlets": list(outlet_ids), "dead_after": DEAD_AFTER, "lately": LATELY},
    )
    found: dict[int, list[KnownSource]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(
            KnownSource(
                url=row[1],
                kind=FeedKind(row[2]),
                is_given=row[3],
                active=row[4],
                is_dying=row[5],
                shown=row[6],
                articles=row[7],
            )
        )
    return found


def retire(connection: Connection, outlet_id: int, reasons: Mapping[str, str]) -> None:
    """Poll some sources no more, with the reason in words of each; discovery brings one back that it finds again."""
    connection.execute(
        """
        UPDATE feeds SET active = false, error = dead.reason FROM unnest(%s::text[], %s::text[]) AS dead (url, reason)
        WHERE feeds.outlet_id = %s AND feeds.url = dead.url
        """,
        (list(reasons), list(reasons.values()), outlet_id),
    )


def addresses(connection: Connection) -> Mapping[int, Mapping[bool, Sequence[str]]]:
    """Of each outlet, the addresses of the sources that are polled: by whether they are section pages, in the order in which they came."""
    rows = connection.execute("SELECT outlet_id, kind = 'section', url FROM feeds WHERE active ORDER BY id")
    found: dict[int, dict[bool, list[str]]] = defaultdict(lambda: defaultdict(list))
    for outlet_id, is_section, url in rows:
        found[outlet_id][is_section].append(url)
    return found
