"""When a message is due, when a failed one is tried again, and when it is given up. Pure; all times are UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from pipeline.errors import AlertError
from pipeline.models import Every

# Daily digests, and the weekly one on Mondays, are due at this hour (UTC).
DIGEST_HOUR: Final = 6
FIRST_RETRY: Final = timedelta(seconds=30)
LONGEST_RETRY: Final = timedelta(hours=1)
# A receiver may ask for a longer pause than our own, and not for ever.
LONGEST_PAUSE: Final = timedelta(hours=24)
GIVE_UP_AFTER: Final = timedelta(hours=24)
# Other messages to a receiver that does not answer wait at most this long before they are tried themselves.
LONGEST_HOLD: Final = timedelta(minutes=5)

UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
LONGEST_AGE: Final = timedelta(days=36_500)


def due_at(every: Every, matched_at: datetime, window: timedelta) -> datetime:
    """When the first match of a story is due.

    Args:
        every: `now` waits for the window; `hour` for the next full hour, `day` for the next 06:00 and
            `week` for the next Monday 06:00, all UTC. A match on the very boundary waits a whole period.
        matched_at: when it matched.
        window: how long a message waits for more articles of its story.

    """
    at = matched_at.astimezone(UTC)
    if every is Every.NOW:
        return at + window
    hour = at.replace(minute=0, second=0, microsecond=0)
    if every is Every.HOUR:
        return hour + timedelta(hours=1)
    due = hour.replace(hour=DIGEST_HOUR)
    if every is Every.WEEK:
        due -= timedelta(days=due.weekday())
    step = timedelta(days=1 if every is Every.DAY else 7)
    return due if due > at else due + step


def retry_after(attempts: int, asked_s: float | None = None) -> timedelta:
    """How long to wait after a failed attempt: doubling from 30 s to 1 h, or as long as the receiver asked."""
    own = min(FIRST_RETRY * (1 << min(attempts - 1, 20)), LONGEST_RETRY)
    if asked_s is None:
        return own
    return min(max(timedelta(seconds=asked_s), timedelta(seconds=1)), LONGEST_PAUSE)


def max_age(text: str) -> timedelta | None:
    """Read `7d`, `12h`, `30m`, `2w`, or `none`.

    Raises:
        AlertError: it is none of these.

    """
    if text.strip().lower() == "none":
        return None
    found = re.fullmatch(r"\s*([1-9]\d{0,7})\s*([mhdw])\s*", text.lower())
    age = timedelta(**{UNITS[found[2]]: int(found[1])}) if found else None
    if age is None or age > LONGEST_AGE:
        raise AlertError(problem=f"--max-age {text!r} is not an age: write 7d, 12h, 30m, 2w or none")
    return age
