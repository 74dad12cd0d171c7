"""Which of the addresses that a poll shows are taken now, which wait, and which are left out: no outlet fills the frontier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pipeline import traps, urls
from pipeline.models import FeedKind, Poll
from pipeline.store.database import Connection

DAY_S: Final = 86_400
SITEMAPS: Final = frozenset({FeedKind.SITEMAP, FeedKind.NEWS_SITEMAP})
LINKED: Final = frozenset({FeedKind.SECTION, FeedKind.SITEMAP})


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """What becomes of a poll's new addresses."""

    now: int = 0  # how many are taken at once
    waits_s: dict[str, float] = field(default_factory=dict)  # those put off, and for how long
    trapped: frozenset[str] = frozenset()  # left out: they look like a trap's, or are another site's
    refused: frozenset[str] = frozenset()  # left out: too many wait already
    linked: bool = False  # they are links or a sitemap's entries

    @property
    def left_out(self) -> frozenset[str]:
        """What does not become a page; a later poll may show it again."""
        return self.trapped | self.refused


def admit(connection: Connection, poll: Poll, shown: Sequence[str], *, most_a_day: int | None) -> Admission:
    """Decide about addresses that nobody has seen before, in their order.

    Feeds and news sitemaps on one side, links and sitemaps on the other have a budget each, so that a trap on a page
    takes nothing from the news. What is over it waits behind the news; it comes in at the pace that the budget allows.

    Args:
        connection: in a transaction.
        poll: what shows them.
        shown: which.
        most_a_day: the least budget of an outlet; null: there is none.

    """
    linked = (poll.kind or poll.feed.kind) in LINKED
    trapped = frozenset(url for url in shown if traps.trap(url, linked=linked)) | (traps.filtered(shown) if linked else frozenset())
    if (poll.kind or poll.feed.kind) in SITEMAPS:
        trapped |= _foreign(connection, poll, shown)
    fine = [url for url in shown if url not in trapped]
    spent = _spent(connection, poll, linked=linked) if most_a_day is not None else 0
    if most_a_day is None or spent + len(fine) <= most_a_day:
        return Admission(now=len(fine), trapped=trapped, linked=linked)
    budget = traps.allowance(most_a_day, _usual(connection, poll))
    now = max(0, budget - spent)
    waiting, wait_s = _waiting(connection, poll.feed.outlet_id)
    room = max(0, budget * traps.MOST_WAITING_DAYS - waiting)
    later, refused = fine[now : now + room], fine[now + room :]
    pace_s = DAY_S / budget
    waits_s = {url: max(wait_s, DAY_S / 24) + number * pace_s for number, url in enumerate(later, start=1)}
    return Admission(now=len(fine) - len(later) - len(refused), waits_s=waits_s, trapped=trapped, refused=frozenset(refused), linked=linked)


def _foreign(connection: Connection, poll: Poll, entries: Sequence[str]) -> frozenset[str]:
    """Entries of sites that are neither the sitemap's own nor the outlet's: a sitemap can't speak for others (sitemaps.org, location)."""
    others = {url: urls.site(url) for url in entries if not urls.same_site(url, poll.feed.url)}
    if not others:
        return frozenset()
    rows = connection.execute("SELECT host FROM outlet_hosts WHERE outlet_id = %s", (poll.feed.outlet_id,))
    own = {urls.site(f"https://{host}/") for (host,) in rows}
    return frozenset(url for url, site in others.items() if site not in own)


def _spent(connection: Connection, poll: Poll, *, linked: bool) -> int:
    """How much of its budget an outlet has used up in the last day."""
    row = connection.execute(
        """
        SELECT coalesce(sum(CASE WHEN %(linked)s THEN linked_items ELSE new_items - waiting_items - linked_items END), 0)
        FROM coverage WHERE outlet_id = %(outlet_id)s AND hour > %(at)s::timestamptz - interval '1 day' AND hour <= %(at)s
        """,
        {"linked": linked, "outlet_id": poll.feed.outlet_id, "at": poll.started_at},
    ).fetchone()
    return int(row[0]) if row else 0


def _usual(connection: Connection, poll: Poll) -> list[int]:
    """New pages that the outlet's feeds announced, by day."""
    rows = connection.execute(
        """
        SELECT sum(new_items - waiting_items - linked_items) FROM coverage
        WHERE outlet_id = %(outlet_id)s AND hour > %(at)s::timestamptz - make_interval(days => %(days)s)
            AND hour <= %(at)s::timestamptz - interval '1 day'
        GROUP BY date_bin('1 day', hour, %(at)s)
        """,
        {"outlet_id": poll.feed.outlet_id, "at": poll.started_at, "days": traps.USUAL_DAYS + 1},
    )
    return [int(row[0]) for row in rows]


def _waiting(connection: Connection, outlet_id: int) -> tuple[int, float]:
    """How many of an outlet's pages were put off and wait still, and in how many seconds the last of them is due."""
    row = connection.execute(
        """
        SELECT count(*), coalesce(extract(epoch FROM max(due_at) - now()), 0) FROM pages
        WHERE outlet_id = %s AND reason = 'over_budget' AND due_at > now()
        """,
        (outlet_id,),
    ).fetchone()
    return (int(row[0]), float(row[1])) if row else (0, 0.0)
