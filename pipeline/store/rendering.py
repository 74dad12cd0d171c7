"""Which pages are fetched with a browser, and of which outlets that is known beforehand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, LiteralString

from pipeline.models import Page, Priority
from pipeline.store import refetches
from pipeline.store.database import Connection

# A page that is older is not fetched again for its text: cleaning an archive anew must not set off a crawl of it.
OLDEST: Final[LiteralString] = "interval '7 days'"
# Scores from which an outlet's new pages go straight to the browser, and from which none does.
SURE: Final = 3
USELESS: Final = -5
BOUND: Final = 6
# What was learned holds so long; then one page is tried the other way.
HOLDS: Final[LiteralString] = "interval '1 day'"


def ask(connection: Connection, captures: Mapping[int, Priority]) -> int:
    """Let the pages of captures be fetched with a browser at once; tells of how many.

    Each page that a feed showed is asked for once, while it is new, and none of an outlet where browsers brought no text lately.

    Args:
        connection: in a transaction.
        captures: ids, with the priority of each fetch.

    """
    return connection.execute(
        f"""
        UPDATE pages SET browser = true, due_at = now(), priority = asked.priority
        FROM unnest(%s::bigint[], %s::smallint[]) AS asked (capture_id, priority)
        JOIN captures c ON c.id = asked.capture_id
        WHERE pages.id = c.page_id AND pages.browser IS NULL AND c.fetched_at > now() - {OLDEST}
            AND EXISTS (SELECT FROM sightings WHERE page_id = pages.id)
            AND NOT EXISTS (SELECT FROM browser_outlets b WHERE b.outlet_id = pages.outlet_id AND b.score <= %s AND b.until > now())
        """,
        (list(captures), list(captures.values()), USELESS),
    ).rowcount


def learn(connection: Connection, *, helped: Sequence[tuple[int, int]], useless: Sequence[tuple[int, int]], plain: Collection[int]) -> None:
    """Keep what browsers brought.

    Args:
        connection: in a transaction.
        helped: (page, outlet) of each page that a browser showed to be an article.
        useless: (page, outlet) of each whose text a browser did not show either.
        plain: outlets of new articles that needed no browser.

    """
    for pages, browser in ((helped, True), (useless, False)):
        connection.execute("UPDATE pages SET browser = %s WHERE id = ANY (%s)", (browser, [page for page, _ in pages]))
    steps = sorted([(outlet, 1) for _, outlet in helped] + [(outlet, -1) for _, outlet in useless])
    if steps:
        connection.execute(
            f"""
            INSERT INTO browser_outlets AS known (outlet_id, score, until)
            SELECT outlet_id, sum(step), now() + {HOLDS} FROM unnest(%(outlets)s::bigint[], %(steps)s::integer[]) AS made (outlet_id, step)
            GROUP BY outlet_id ORDER BY outlet_id
            ON CONFLICT (outlet_id) DO UPDATE SET
                score = greatest(least(known.score + excluded.score, %(bound)s), -%(bound)s),
                until = CASE WHEN known.until < now() THEN excluded.until ELSE known.until END
            """,
            {"outlets": [outlet for outlet, _ in steps], "steps": [step for _, step in steps], "bound": BOUND},
        )
    if plain:
        connection.execute(
            """
            UPDATE browser_outlets SET score = 0 FROM (
                SELECT outlet_id FROM browser_outlets WHERE outlet_id = ANY (%s) AND score > 0 ORDER BY outlet_id FOR UPDATE
            ) AS found WHERE browser_outlets.outlet_id = found.outlet_id
            """,
            (sorted(plain),),
        )


def learned(connection: Connection) -> frozenset[int]:
    """Outlets whose new pages go straight to the browser."""
    rows = connection.execute("SELECT outlet_id FROM browser_outlets WHERE score >= %s AND until > now()", (SURE,))
    return frozenset(row[0] for row in rows)


def earlier(connection: Connection, captures: Sequence[int], *, outcome: str) -> list[int]:
    """Captures with an outcome that were fetched without a browser before these, of the same pages."""
    rows = connection.execute(
        """
        SELECT before.id FROM captures c JOIN captures before ON before.page_id = c.page_id AND before.fetched_at < c.fetched_at
        WHERE c.id = ANY (%s) AND before.outcome = %s AND NOT before.rendered
        """,
        (list(captures), outcome),
    )
    return [row[0] for row in rows]


def put_off(connection: Connection, page: Page, *, refetch_after_s: Sequence[float]) -> None:
    """There is no browser for a page that shows nothing without one: it waits for its next time, with that reason."""
    connection.execute(
        "UPDATE pages SET leased_by = NULL, reason = 'needs_browser', due_at = %s WHERE id = %s",
        (refetches.next_at(connection, page.id, plan=refetch_after_s), page.id),
    )
