"""Paragraphs that the extractor missed, known by standing as those that it found do; and lines that are only a link."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from lxml.html import HtmlElement

from pipeline.extract.elements import INLINE, label_of, stands_in, text_of

MIN_MISSED: Final = 60  # characters; shorter ones are too often furniture
MIN_LIKE: Final = 2  # found paragraphs that must stand alike
KEY_CHARACTERS: Final = 80
MIN_KEY: Final = 12
APART: Final = frozenset(["aside", "footer", "nav", "form", "figure", "figcaption", "button", "label", "table"])
ELSEWHERE: Final = re.compile(
    r"comment|related|teaser|recommend|newsletter|promo|sidebar|footer|author|\bbio|caption|share|social|disclaimer|copyright|cookie|consent|modal"
    r"|popup|signup|subscri|banner|advert|sponsor|outbrain|taboola|hidden|info-?box|tooltip|correction|breadcrumb|\btags?\b|meta\b|more-|read-?more"
)
MAX_ABOVE: Final = 12  # elements around a paragraph that are asked what they are
MAX_LINKS: Final = 3_000
MIN_LINK: Final = 15  # characters
BOX: Final = 2  # times the link's own text: a box with a label and a teaser
NO_WORD: Final = re.compile(r"[\W_]+")

Sign = tuple[str, ...]


def key(text: str) -> str:
    """The letters of a text, to find it again."""
    return NO_WORD.sub("", text).lower()


def _signs(element: HtmlElement) -> list[Sign]:
    """How an element stands: by its own class, and by that of the element around it."""
    parent = element.getparent()
    own, around = element.get("class"), parent.get("class") if parent is not None else None
    signs: list[Sign] = []
    if own:
        signs.append((element.tag, own))
    if around and parent is not None:
        signs.append((element.tag, parent.tag, around))
    return signs


def _is_apart(element: HtmlElement) -> bool:
    return ELSEWHERE.search(label_of(element)) is not None or stands_in(element, tags=APART, called=ELSEWHERE, near=MAX_ABOVE)


def complete(tree: HtmlElement, paragraphs: Sequence[str]) -> list[str]:
    """Paragraphs with those put back that stand as they do, each after the one that precedes it on the page."""
    keys = [key(paragraph) for paragraph in paragraphs]
    places = {text[:KEY_CHARACTERS]: number for number, text in enumerate(keys) if len(text) >= MIN_KEY}
    everything = "".join(keys)
    known = [(element, text, key(text)) for element in tree.iter("p") if len(text := text_of(element)) >= MIN_MISSED]
    signs: Counter[Sign] = Counter()
    around: set[HtmlElement] = set()
    for element, _, letters in known:
        if letters[:KEY_CHARACTERS] in places:
            signs.update(_signs(element))
            around.add(element.getparent())
    missed: dict[int, list[str]] = {}
    last = -1
    for element, text, letters in known:
        if letters[:KEY_CHARACTERS] in places:
            last = max(last, places[letters[:KEY_CHARACTERS]])
        elif (
            (element.getparent() in around or any(signs[sign] >= MIN_LIKE for sign in _signs(element)))
            and not _is_apart(element)
            and not _is_linked(element, text)
            # Last, since it reads the whole text.
            and letters[:KEY_CHARACTERS] not in everything
        ):
            missed.setdefault(last, []).append(text)
    whole = list(missed.get(-1, ()))
    for number, paragraph in enumerate(paragraphs):
        whole.append(paragraph)
        whole.extend(missed.get(number, ()))
    return whole


def _is_linked(element: HtmlElement, text: str) -> bool:
    """Whether all text of an element is links."""
    return sum(len(text_of(link)) for link in element.iter("a")) >= 0.9 * len(text)


def _is_alone(link: HtmlElement) -> bool:
    """Whether a link stands between breaks or the ends of the element around it."""
    before, after, around = link.getprevious(), link.getnext(), link.getparent()
    told = (around.text if before is None and around is not None else before.tail if before is not None else None) or ""
    return not told.strip() and not (link.tail or "").strip() and all(beside is None or beside.tag == "br" for beside in (before, after))


def _letters(text: str) -> int:
    """Characters without white space."""
    return len("".join(text.split()))


def link_lines(tree: HtmlElement) -> set[str]:
    """Keys of the lines that are nothing but one link to another page: teasers, not text."""
    lines: set[str] = set()
    lengths: dict[HtmlElement, int] = {}  # many links may share a block
    for number, link in enumerate(tree.iter("a")):
        if number >= MAX_LINKS:
            break
        text = text_of(link)
        if len(text) < MIN_LINK or (link.get("href") or "#").startswith("#"):
            continue
        block = link
        while block.tag in INLINE and (parent := block.getparent()) is not None:
            block = parent
        if block.tag not in {"p", "li", "div"}:
            continue
        if block not in lengths:
            lengths[block] = _letters("".join(block.itertext()))
        around, own = lengths[block], _letters(text)
        if around == own or (around <= BOX * own and _is_alone(link)):
            lines.add(key(text))
    return lines
