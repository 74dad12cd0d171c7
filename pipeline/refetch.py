"""When a page is fetched again to find edits: by its age, and by how much of its outlet is edited. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import sqrt
from typing import Final

DAY_S: Final = 86_400.0
# What is believed of an outlet of which nothing is known, and for how many articles that counts.
USUAL_SHARE: Final = 0.1
USUAL_ARTICLES: Final = 30
# Outlets that edit a larger share of their articles get more looks; those that edit a smaller share, fewer.
OFTEN: Final = 0.2
RARELY: Final = 0.02
# Pages that are due at the same time are spread over this share of their age, both ways.
JITTER: Final = 0.1
# A page published so long before it was first seen was seen late. What feeds show as news is younger, also of an outlet that is new here.
LATE: Final = timedelta(days=3)


def ages_s(plan: Sequence[float], *, articles: int, edited: int) -> list[float]:
    """The ages at which an outlet's pages are fetched again.

    Of an outlet that edits much there is another look in the middle (by ratio) of each two within the first day, and one
    before the first; of one that hardly ever does, every second is left out, the last one never.

    Args:
        plan: the ages for an outlet that edits as most do, in seconds.
        articles: of the outlet, that were looked at again.
        edited: those of them whose text or title had changed.

    """
    ages = sorted(plan)
    share = (edited + USUAL_SHARE * USUAL_ARTICLES) / (articles + USUAL_ARTICLES)
    if share >= OFTEN:
        early = [age for age in ages if age <= DAY_S]
        return sorted({*ages, *(age / 2 for age in early[:1]), *(sqrt(one * other) for one, other in pairwise(early))})
    return ages[::-2][::-1] if share <= RARELY else ages


def next_at(
    ages: Sequence[float], *, first_seen_at: datetime, published_at: datetime | None, now: datetime, page_id: int, is_backlog: bool = False
) -> datetime | None:
    """When to fetch a page again after a fetch; null: never. What was missed is not made up for.

    Args:
        ages: as `ages_s` gives them. They count from when the page was first seen, or from its publication if it was seen late.
        first_seen_at: when we first saw the page's address.
        published_at: as far as it is known.
        now: by the clock by which pages are due.
        page_id: spreads the pages of a batch; the same page always has the same ages.
        is_backlog: the page comes from a backlog, and this is its first fetch: without a date it counts as old, and the last
            age is its only one.

    """
    if is_backlog and published_at is None:
        ages = ages[-1:]
    begin = published_at if published_at is not None and first_seen_at - published_at > LATE else first_seen_at
    # A clock that was set back makes a page of the future: it is new.
    begin = min(begin, now)
    factor = 1 + JITTER * (zlib.crc32(str(page_id).encode()) / 2**31 - 1)
    left = [at for age in ages if (at := begin + timedelta(seconds=age * factor)) > now]
    return min(left, default=None)
