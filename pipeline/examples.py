"""Pages of which is known what must come out: NAME.html, and NAME.json beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pipeline.errors import InputError
from pipeline.models import Extraction, PageSource

TEXTS: Final = ("url", "final_url", "content_type", "feed_title", "feed_summary", "outlet_name", "outlet_language", "outlet_country")
LISTS: Final = ("feed_authors", "feed_topics")
TIMES: Final = ("fetched_at", "feed_published_at")
VALUES: Final = (
    "canonical_url", "title", "authors", "published_at", "precision", "modified_at", "language", "body", "topics", "syndicated_from",
    "kind", "paywalled", "image", "is_article",
    "rejected_reason",
)  # fmt: skip
PARTS: Final = ("body_starts", "body_ends", "body_has", "body_lacks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A page, and what must come out of it."""

    source: PageSource
    expect: Mapping[str, Any]


def read(page: Path, *, fetched_at: datetime) -> Example:
    """An example by its page.

    Args:
        page: the HTML file.
        fetched_at: when the page was fetched, unless its JSON says so.

    Raises:
        InputError: a file is missing, or the JSON is not as it must be.

    """
    told = page.with_suffix(".json")
    try:
        html = page.read_bytes()
        document = json.loads(told.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            problem=f"{error.filename} can't be read ({error.strerror}): a test page is an HTML file with a JSON file beside it"
        ) from error
    except ValueError as error:
        raise InputError(problem=f"{told} is no JSON ({error})") from error
    if not isinstance(document, dict) or not all(isinstance(document.get(key), dict) for key in ("source", "expect")):
        raise InputError(problem=f'{told} must have the objects "source" (with "url") and "expect"')
    source, expect = document["source"], document["expect"]
    for where, table, keys in (("source", source, (*TEXTS, *LISTS, *TIMES)), ("expect", expect, (*VALUES, *PARTS))):
        for key in table:
            if key not in keys:
                raise InputError(problem=f"{told}: {key!r} is no key of {where!r} (the keys are {', '.join(keys)})")
    try:
        times = {key: datetime.fromisoformat(source[key]) for key in TIMES if key in source}
    except (TypeError, ValueError) as error:
        raise InputError(problem=f"{told}: a time is wrong ({error}): write 2025-11-24T14:00:00Z") from error
    texts = {key: source[key] for key in TEXTS if key in source}
    if not isinstance(texts.get("url"), str) or not all(isinstance(text, str) for text in texts.values()):
        raise InputError(problem=f'{told}: "source" needs a "url", and all of it but {" and ".join(LISTS)} are strings')
    lists = {key: source[key] for key in LISTS if key in source}
    if not all(isinstance(value, list) and all(isinstance(text, str) for text in value) for value in lists.values()):
        raise InputError(problem=f"{told}: {' and '.join(LISTS)} are lists of strings")
    times = {key: at if at.tzinfo else at.replace(tzinfo=UTC) for key, at in times.items()}
    known: dict[str, Any] = {"fetched_at": fetched_at, **texts, **times, **{key: tuple(value) for key, value in lists.items()}}
    return Example(source=PageSource(html=html, **known), expect=expect)


def _value(found: Extraction, field: str) -> Any:
    """A field in the form of the JSON files."""
    match field:
        case "published_at" | "modified_at":
            time = getattr(found, field)
            return time.isoformat() if time else None
        case "precision":
            return found.published_at.precision.value if found.published_at else None
        case "syndicated_from":
            origin = found.syndicated_from
            return {"name": origin.name, "url": origin.url} if origin else None
        case "authors" | "topics":
            return list(getattr(found, field))
        case _:
            return getattr(found, field)


def differences(found: Extraction, expect: Mapping[str, Any]) -> Iterator[str]:
    """What did not come out as it must, a sentence each."""
    for field, wanted in expect.items():
        match field:
            case "body_starts":
                if not found.body.startswith(wanted):
                    yield f"the body must start with {wanted!r}, and starts with {found.body[: len(wanted)]!r}"
            case "body_ends":
                if not found.body.endswith(wanted):
                    yield f"the body must end with {wanted!r}, and ends with {found.body[-len(wanted) :]!r}"
            case "body_has":
                yield from (f"the body lacks {text!r}" for text in wanted if text not in found.body)
            case "body_lacks":
                yield from (f"the body has {text!r}" for text in wanted if text in found.body)
            case _:
                if (value := _value(found, field)) != wanted:
                    yield f"{field} must be {wanted!r}, and is {value!r}"
