"""Text and links as they come out of feeds and pages, made fit for the store."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urldefrag, urljoin, urlsplit

from pipeline import dates
from pipeline.addresses import LONGEST_URL

LONGEST_NAME: Final = 200  # characters of a person's name or a topic
TAGS: Final = re.compile(r"<[^<>]*>")
# Items' times are judged where they are used; here only what is no time at all is left out.
LATEST: Final = datetime(2099, 12, 31, tzinfo=UTC)
# NUL and other controls, and lone surrogates: the store takes none of them.
UNFIT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def plain(text: str | None, *, most: int) -> str | None:
    """Text without mark-up, entities and line breaks, cut to a length; null if nothing is left."""
    if not text:
        return None
    text = text[: most * 20]
    text = html.unescape(TAGS.sub(" ", text)) if "<" in text or "&" in text else text
    return " ".join(UNFIT.sub("", text).split())[:most] or None


def plain_each(texts: Iterable[str | None], *, most: int) -> tuple[str, ...]:
    """The first short texts of some, each once."""
    found = (plain(text, most=LONGEST_NAME) for text in texts)
    return tuple(dict.fromkeys(filter(None, found)))[:most]


def link(text: str | None, *, base: str) -> str | None:
    """A link as an absolute http(s) URL without its fragment, otherwise as given; null if it is none that can be fetched."""
    if not text:
        return None
    try:
        url = urldefrag(urljoin(base, UNFIT.sub("", text).strip()))[0]
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or len(url) > LONGEST_URL:
            return None
    except ValueError:
        return None
    return url


def aware(at: datetime) -> datetime | None:
    """A time in UTC; one without offset is taken as UTC. Null if it is out of any calendar."""
    try:
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def iso_time(text: str | None) -> datetime | None:
    """An ISO 8601 (W3C) date and time in UTC; null for other texts, and for years and months alone, which say too little."""
    try:
        return aware(datetime.fromisoformat(text)) if text else None
    except ValueError:
        return None


def time_of(text: str | None) -> datetime | None:
    """A time in any format of machines, in UTC; null for other texts."""
    if at := iso_time(text):
        # The usual format, which is read a hundred times as fast.
        return at
    found = dates.parse(text, zone=UTC, latest=LATEST) if text else None
    return aware(found.at) if found else None
