"""Times as people write them on the command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from pipeline.errors import UsageError

DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
UNITS: Final = {"h": "hours", "d": "days", "w": "weeks"}


def moment(text: str, option: str, *, now: datetime, is_end: bool = False) -> datetime:
    """A day or a time, UTC unless it says otherwise, or so long ago: `2025-01-31`, `2025-01-31T12:00`, `7d`.

    Args:
        text: as typed.
        option: where, for the message.
        now: ages count from it.
        is_end: a day means its end.

    Raises:
        UsageError: it is no time.

    """
    text = text.strip()
    try:
        if age := re.fullmatch(r"(\d+)([hdw])", text):
            return now - timedelta(**{UNITS[age[2]]: int(age[1])})
        at = datetime.fromisoformat(text)
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        return at + timedelta(days=1) if is_end and DAY.fullmatch(text) else at
    except (ValueError, OverflowError):
        raise UsageError(problem=f"{option} {text!r} is no time: write 2025-01-31, 2025-01-31T12:00 or 7d") from None
