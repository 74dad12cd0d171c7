"""How a tool's result is graded against a row's gold, and against what the page itself says."""

# Letters and marks of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator

from lxml.html import HTMLParser, document_fromstring
from trafilatura.utils import decode_file

from benchmarks.extraction.corpus import Gold, outlet
from benchmarks.extraction.tools import Result

FOLDED = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "\u00a0": " "})
ORGANISATION = re.compile(
    r"\b(?:news\w*|agency|press\w*|media|times|post|daily|team|redaktion\w*|redacci[oó]n|editor\w*|staff|desk|online|tv|radio|dpa|afp|reuters|ap|efe)\b"
    r"|\.\w{2,3}\b|^[A-ZÄÖÜ]{2,5}$|[\u3040-\u9fff]{5,}",
    re.IGNORECASE,
)
JOINED = re.compile(r",|/|;|\s(?:and|und|y|et|e|mit|with)\s", re.IGNORECASE)
HEADLINE = re.compile(r'"headline"\s*:\s*"((?:[^"\\\n]|\\["\\/bfnrtu])*)"')
SEPARATOR = re.compile(r"\s+[-–—|·•»«:/]+\s+|\s*[|｜]\s*")
NAME_WORDS = 4  # the outlet's name with a section or an edition has no more


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Multiset of 4-word shingles."""
    words = re.findall(r"\w+", text.lower())
    return Counter(tuple(words[start : start + 4]) for start in range(max(1, len(words) - 3)))


def body_scores(gold: Gold, body: str) -> tuple[float, float] | None:
    """Precision and recall of a body; None if the row has no gold."""
    if gold.get("with") is not None:
        text = " ".join(body.split())
        there = sum(" ".join(chunk.split()) in text for chunk in gold["with"])
        wrong = sum(" ".join(chunk.split()) in text for chunk in gold["without"])
        return there / max(1, there + wrong), there / max(1, len(gold["with"]))
    if not gold.get("body"):
        return None
    mine, theirs = shingles(body), shingles(gold["body"])
    shared = (mine & theirs).total()
    return shared / max(1, mine.total()), shared / max(1, theirs.total())


def fold_title(text: str) -> str:
    """A title with quotation marks, dashes and white space folded."""
    return " ".join(text.translate(FOLDED).split())


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text).casefold()))


def _is_name(part: str, names: Collection[str]) -> bool:
    mine = _letters(part)
    return any(mine == name or (len(part.split()) <= NAME_WORDS and mine.startswith(name)) for name in names)


def without_name(text: str, names: Collection[str]) -> str:
    """A headline without the site's name before its first and after its last separators; empty if it is nothing else.

    On purpose not the product's own function: a cut that the product makes wrongly must not count as right.
    """
    while cuts := list(SEPARATOR.finditer(text)):
        if _is_name(text[cuts[-1].end() :], names):
            text = text[: cuts[-1].start()]
        elif _is_name(text[: cuts[0].start()], names):
            text = text[cuts[0].end() :]
        else:
            break
    return "" if _letters(text) in names else fold_title(text)


def _readable(escaped: str) -> str:
    try:
        return str(json.loads(f'"{escaped}"'))
    except ValueError:
        return escaped


def calls_itself(row: Gold, page: bytes, title: str) -> bool:
    """Whether a title is one of the page's headlines once the site's name is off both."""
    tree = document_fromstring(decode_file(page).encode(), parser=HTMLParser(encoding="utf-8"))
    said = [*tree.xpath("//h1"), *tree.xpath("//meta[@property='og:title']/@content")]
    texts = [text if isinstance(text, str) else text.text_content() for text in said]
    for block in tree.xpath("//script[contains(@type,'ld+json')]/text()"):
        texts += map(_readable, HEADLINE.findall(block))
    site = outlet(row)
    said = [*tree.xpath("//meta[@property='og:site_name']/@content"), (row.get("meta") or {}).get("publisher")]
    names = {_letters(name) for name in (*said, site, site.split(".", maxsplit=1)[0]) if name and _letters(name)}
    mine = without_name(title, names)
    return mine != "" and mine in {without_name(text, names) for text in texts}


def grade(row: Gold, result: Result, page: bytes) -> Iterator[tuple[str, float]]:
    """Name and value of each measure that gold and tool allow."""
    gold = row["gold"]
    scores = body_scores(gold, result.body)
    if scores:
        yield from zip(("precision", "recall"), scores, strict=True)
    if isinstance(gold.get("title"), str):
        right = fold_title(gold["title"]) == fold_title(result.title)
        yield "title", right
        yield "headline", right or calls_itself(row, page, result.title)
    if gold.get("authors") is not None and result.authors is not None:
        right = frozenset(name.casefold() for name in gold["authors"]) == result.authors
        yield "authors", right
        if not any(ORGANISATION.search(name) or JOINED.search(name) for name in gold["authors"]):
            yield "people", right
    if isinstance(gold.get("date"), str) and result.date is not None:
        yield "date", gold["date"][:10] == result.date
    yield "accepted", result.rejected is None
