"""Paragraphs that the extractor missed, known by standing as those that it found do; and lines that are only a link."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from pipeline import urls
from pipeline.extract.elements import INLINE, is_called, stands_in, text_of

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
ROW: Final = 2  # texts between commas and the like
BETWEEN: Final = re.compile(r"\s*[,;|•·/]\s*")
BOX: Final = 2  # times the link's own text: a box with a label and a teaser
NO_WORD: Final = re.compile(r"[\W_]+")

Sign = tuple[str, ...]


def key(text: str) -> str:
    """The letters of a text, to find it again."""
    return NO_WORD.sub("", text).lower()


def _beginning(text: str) -> str:
    """What a paragraph is known by."""
    return key(text[: 2 * KEY_CHARACTERS])[:KEY_CHARACTERS]


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
    return is_called(element, ELSEWHERE) or stands_in(element, tags=APART, called=ELSEWHERE, near=MAX_ABOVE)


def _is_like(element: HtmlElement, signs: Counter[Sign]) -> bool:
    return any(signs[sign] >= MIN_LIKE for sign in _signs(element))


def complete(tree: HtmlElement, paragraphs: Sequence[str]) -> list[str]:
    """Paragraphs with those put back that stand as they do, each after the one that precedes it on the page."""
    places = {begin: number for number, text in enumerate(paragraphs) if len(begin := _beginning(text)) >= MIN_KEY}
    known = [(element, text, _beginning(text)) for element in tree.iter("p") if len(text := text_of(element)) >= MIN_MISSED]
    everything = ""
    signs: Counter[Sign] = Counter()
    around: set[HtmlElement] = set()
    for element, _, begin in known:
        if begin in places:
            signs.update(_signs(element))
            around.add(element.getparent())
    missed: dict[int, list[str]] = {}
    last = -1
    for element, text, begin in known:
        if begin in places:
            last = max(last, places[begin])
        elif (
            # What stands in one element with the text is not apart from it, whatever the elements around both are called.
            (not is_called(element, ELSEWHERE) if element.getparent() in around else _is_like(element, signs) and not _is_apart(element))
            and not _is_linked(element, text)
            # Last, since it reads the whole text.
            and begin not in (everything := everything or key("".join(paragraphs)))
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


def _block_of(link: HtmlElement) -> HtmlElement:
    """The element whose line a link stands in."""
    block = link
    while block.tag in INLINE and (parent := block.getparent()) is not None:
        block = parent
    return block


def _is_teaser(link: HtmlElement, text: str, around: int, own: int, url: str) -> bool:
    """Whether a link is a line, or a box, of its own and leads to another page of the site; lists of sources lead elsewhere."""
    is_line = around == own == len("".join(text.split())) or (around <= BOX * len(text) and _is_alone(link))
    return is_line and (not (href := link.get("href") or "").startswith("http") or urls.same_site(href, url))


def without_links(tree: HtmlElement, paragraphs: Sequence[str], url: str) -> list[str]:
    """Paragraphs that are more than links: no teasers of other pages of the site at an address, and no rows of links such as topics."""
    links: dict[HtmlElement, list[tuple[HtmlElement, str]]] = {}
    for link in islice(tree.iter("a"), MAX_LINKS):
        if not (link.get("href") or "#").startswith("#") and (text := text_of(link)):
            links.setdefault(_block_of(link), []).append((link, text))
    told = {paragraph for paragraph in paragraphs if len(paragraph) >= MIN_LINK}
    teasers: set[str] = set()
    for block, linked in links.items():
        if block.tag in {"p", "li", "div"} and any(text in told for _, text in linked):
            around, own = len("".join("".join(block.itertext()).split())), sum(len("".join(text.split())) for _, text in linked)
            teasers.update(text for link, text in linked if text in told and _is_teaser(link, text, around, own, url))
    texts = {text for linked in links.values() for _, text in linked}
    return [paragraph for paragraph in paragraphs if paragraph not in teasers and not _is_row(paragraph, texts)]


def _is_row(paragraph: str, texts: Container[str]) -> bool:
    first = BETWEEN.split(paragraph, maxsplit=1)  # most paragraphs need not be split further
    return len(first) >= ROW and first[0] in texts and all(piece in texts for piece in BETWEEN.split(first[1]))
