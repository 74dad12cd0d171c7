"""Text that a page does not show but carries as data for its scripts (`__NEXT_DATA__`, `window.__INITIAL_STATE__ = {…}`)."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final

from pipeline.extract import flight, payload
from pipeline.extract.decoding import line
from pipeline.extract.titles import fold

MAX_CHARACTERS: Final = 3_000_000  # of a script
MAX_VALUES: Final = 200_000  # of all scripts of a page
MIN_SCRIPT: Final = 1_000  # characters; a shorter one holds no article
MIN_PROSE: Final = 40  # characters of a string that may be text
MIN_SPACES: Final = 5
MIN_TEXT: Final = 400  # characters of an article
MOST: Final = 0.7  # of the text around, for its part to be the article's body
MAX_DEPTH: Final = 60
ASSIGNED: Final = re.compile(r"=\s*(?=[{\[])|JSON\.parse\(\s*(?=\")")
MAX_ASSIGNED: Final = 20  # values tried in a script
BLOCK_TAG: Final = re.compile(r"<(?:/p|br|/div|p|div|/?h[1-6]|/?li|/?blockquote)\b[^>]*>", re.IGNORECASE)
TAG: Final = re.compile(r"<[^>]{1,2000}>")
NO_PROSE: Final = re.compile(r"^\s*(?:https?:|data:|[{\[<]?(?:svg|script|style)\b|[.#@]?[\w-]+\s*\{|function\b|\(function)")
UNSPACED: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")


def paragraphs_in(text: str) -> list[str]:
    """Paragraphs of a text that may carry markup."""
    if "<" in text or "&lt;" in text:
        text = TAG.sub("", BLOCK_TAG.sub("\n", text.replace("&lt;", "<").replace("&gt;", ">")))
    return [paragraph for piece in re.split(r"\s*\n\s*", text) if (paragraph := line(piece))]


def _values(script: str) -> Iterator[Any]:
    """JSON values that a script is, or assigns."""
    decoder = json.JSONDecoder(strict=False)
    text = script.strip()
    starts = (
        [0] if text[:1] in {"{", "["} else [match.end() for match, _ in zip(ASSIGNED.finditer(text), range(MAX_ASSIGNED), strict=False)]
    )
    end = 0
    for start in starts:
        if start < end:
            continue  # inside of the one before
        try:
            value, end = decoder.raw_decode(text, start)
            if isinstance(value, str):
                value = json.loads(value, strict=False)
            yield payload.revived(value) if payload.is_flat(value) else value
        except (ValueError, RecursionError):  # a script's own notation, which only a browser could run
            continue


def _is_prose(text: str) -> bool:
    return len(text) >= MIN_PROSE and (text.count(" ") >= MIN_SPACES or UNSPACED.search(text) is not None) and NO_PROSE.match(text) is None


def _inner(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _length(value: Any, lengths: dict[int, int]) -> int:
    """Characters of prose in a value; those of others than strings are known by identity."""
    if isinstance(value, str):
        return len(value) if _is_prose(value) else 0
    return lengths.get(id(value), 0) if isinstance(value, dict | list) else 0


def _measured(root: Any) -> tuple[dict[int, int], list[Any]]:
    """Characters of prose by identity of the value that holds them, and the values, each before those inside of it."""
    order: list[Any] = []
    waiting = [root]
    while waiting and len(order) < MAX_VALUES:
        value = waiting.pop()
        order.append(value)
        waiting.extend(inner for inner in _inner(value) if isinstance(inner, dict | list))
    lengths: dict[int, int] = {}
    for value in reversed(order):
        lengths[id(value)] = sum(_length(inner, lengths) for inner in _inner(value))
    return lengths, order


def _texts(value: Any) -> Iterator[str]:
    """Strings in their order."""
    waiting = [value]
    left = MAX_VALUES  # values may be in several places
    while waiting and left:
        left -= 1
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        waiting.extend(reversed(list(_inner(item))))


def _text_of(root: Any, titles: Collection[str]) -> list[str]:
    lengths, order = _measured(root)
    titled = [
        value
        for value in order
        if isinstance(value, dict)
        and any(isinstance(text, str) and len(text) < MIN_TEXT and fold(text) in titles for text in value.values())
    ]
    article = max(titled, key=lambda value: lengths[id(value)], default=None)
    if article is None or lengths[id(article)] < MIN_TEXT:
        return []
    return [paragraph for told in _texts(_body_of(article, lengths)) if _is_prose(told) for paragraph in paragraphs_in(told)]


def _body_of(article: Any, lengths: dict[int, int]) -> Any:
    """The innermost part with most of the text: beside its body an article has a teaser, pictures and other articles."""
    place = article
    for _ in range(MAX_DEPTH):
        least = MOST * _length(place, lengths)
        part = next((inner for inner in _inner(place) if _length(inner, lengths) >= least), None)
        if part is None:
            break
        place = part
    return place


def text(scripts: Sequence[str], *, titles: Iterable[str]) -> list[str]:
    """The paragraphs of the article that the data of a page's scripts hold; none if they name no article of one of these titles."""
    wanted = {folded for title in titles if (folded := fold(title))}
    data = chain.from_iterable(_values(script) for script in scripts if MIN_SCRIPT <= len(script) <= MAX_CHARACTERS)
    found = (_text_of(value, wanted) for value in chain(data, flight.values(scripts)))
    return max(found, key=lambda paragraphs: sum(map(len, paragraphs)), default=[])
