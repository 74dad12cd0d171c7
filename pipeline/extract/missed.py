"""Paragraphs that the extractor missed, known by standing as those that it found do; and lines that are only a link."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence
from itertools import accumulate, islice, pairwise
from operator import itemgetter
from typing import Final, NamedTuple

from lxml.html import HtmlElement

from pipeline import urls
from pipeline.extract.elements import INLINE, is_called, label_of, stands_in, text_of
from pipeline.extract.phrases import LINE, is_furniture

MIN_MISSED: Final = 60  # characters; shorter ones are too often furniture
MIN_LIKE: Final = 2  # found paragraphs that must stand alike
KEY_CHARACTERS: Final = 80
MIN_KEY: Final = 12
APART: Final = frozenset(["aside", "footer", "nav", "form", "figure", "figcaption", "button", "label", "table"])
ELSEWHERE: Final = re.compile(
    r"comment|related|teaser|recommend|newsletter|promo|sidebar|footer|author|\bbio|caption|share|social|disclaimer|copyright|cookie|consent|modal"
    r"|popup|signup|subscri|banner|advert|sponsor|outbrain|taboola|hidden|info-?box|tooltip|correction|breadcrumb|\btags?\b|meta\b|more-|read-?more"
)
TEXTS: Final = frozenset(["p", "div"])
SUBHEADS: Final = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
LINES: Final = (
    "p",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "dt",
    "dd",
    "td",
    "th",
    "blockquote",
    "figcaption",
    "section",
    "article",
)
MIXED: Final = frozenset(["div", "li", "dd", "td", "th", "blockquote", "section", "article"])  # may hold paragraphs
SUBHEAD: Final = re.compile(
    r"sub-?head|sub-?title|cross-?head|mid-?head|inter-?tit|zwischen(?:titel|ueberschrift|überschrift)|ladillo|tussenkop|mellomtittel|mellanrubrik|mellemrubrik|śródtytuł|srodtytul|paragraph-?(?:title|head)"
)
MAX_SUBHEAD: Final = 150  # characters
FURNITURE_LINES: Final = 4  # at most between two entries of a live blog
CLOCK: Final = re.compile(r"(?=.{0,4}\d).{1,24}", re.DOTALL)  # `11.00 GMT`, `vor 2 Stunden`
MAX_ABOVE: Final = 12  # elements around a paragraph that are asked what they are
MAX_LINKS: Final = 3_000
MIN_LINK: Final = 15  # characters
MAX_TEASER: Final = 500
BOXES: Final = frozenset(["div", "td"])
LINKED_BOX: Final = 0.65  # of a box with a headline and a date
MIN_HEADLINE: Final = 25  # characters
SENTENCE_ENDS: Final = (".", "!", "?", "…", ":", "。")
ROW: Final = 2  # texts between commas and the like
BETWEEN: Final = re.compile(r"\s*[,;|•·/]\s*")
BOX: Final = 2  # times the link's own text: a box with a label and a teaser
SENTENCE: Final = 4  # times the text of links: what is longer is a sentence with links in it
NO_WORD: Final = re.compile(r"[\W_]+")

Sign = tuple[str, ...]


def key(text: str) -> str:
    """The letters of a text, to find it again."""
    return NO_WORD.sub("", text).lower()


def _letters(text: str) -> str:
    """The letters of a text as they are: a mark before a teaser is none."""
    return NO_WORD.sub("", text)


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


def _is_beside(element: HtmlElement, last: int) -> bool:
    """Whether what stands in one element with the text is text, whatever the elements around both are called.

    A block with a name of its own is a box; one before the text is a byline.
    """
    if element.tag == "div":
        return last >= 0 and not label_of(element)
    return not is_called(element, ELSEWHERE)


def _is_alike(element: HtmlElement, signs: Counter[Sign]) -> bool:
    return element.tag == "p" and any(signs[sign] >= MIN_LIKE for sign in _signs(element)) and not _is_apart(element)


class Line(NamedTuple):
    """An element of the page that is a line of text, or a paragraph."""

    element: HtmlElement
    text: str
    begin: str  # what it is known by
    place: int | None  # among the paragraphs found


def _has_own_text(element: HtmlElement) -> bool:
    """Whether an element holds text beside that of the elements inside of it."""
    return bool((element.text or "").strip()) or any((child.tail or "").strip() for child in element)


def _is_line(element: HtmlElement) -> bool:
    return element.tag not in MIXED or (_has_own_text(element) and all(child.tag in INLINE or child.tag == "br" for child in element))


def _lines(tree: HtmlElement, paragraphs: Sequence[str]) -> list[Line]:
    """The lines of a page in order, each with its place among the paragraphs that were found."""
    beginnings = [_beginning(text) for text in paragraphs]
    places = {begin: number for number, begin in enumerate(beginnings) if len(begin) >= MIN_KEY}
    short = {text: number for number, text in enumerate(paragraphs) if len(beginnings[number]) < MIN_KEY}
    known = dict(zip(paragraphs, beginnings, strict=True))
    lines = []
    for element in tree.iter(*LINES):
        if _is_line(element) and (text := text_of(element)):
            begin = known.get(text) or _beginning(text)
            lines.append(Line(element, text, begin, places.get(begin, short.get(text))))
    return lines


def _in_order(paragraphs: Sequence[str], lines: Sequence[Line]) -> Sequence[str]:
    """Paragraphs in the page's order: the extractor puts what it found outside of the text's element behind that."""
    times = Counter(line.text for line in lines)
    spots = {line.text: number for number, line in enumerate(lines) if times[line.text] == 1}
    # What is no line of the page stays behind the paragraph before it.
    places = list(accumulate((spots.get(text) for text in paragraphs), lambda last, spot: last if spot is None else spot, initial=-1))[1:]
    if all(before <= after for before, after in pairwise(places)):
        return paragraphs
    return [text for _, text in sorted(zip(places, paragraphs, strict=True), key=itemgetter(0))]


def _follows_text(number: int, lines: Sequence[Line]) -> bool:
    """Whether what was found stands before a line, or furniture below it, as at the end of an entry of a live blog."""
    before = islice(range(number - 1, -1, -1), FURNITURE_LINES)
    texts = (n for n in before if not is_furniture(lines[n].text) and not CLOCK.fullmatch(lines[n].text))
    return next((lines[n].place is not None for n in texts), False)


def _is_subhead(number: int, lines: Sequence[Line], around: Container[HtmlElement]) -> bool:
    """Whether a line that was not found is a subhead: what stands before and after it was found."""
    line = lines[number]
    if len(line.text) > MAX_SUBHEAD or not 0 < number < len(lines) - 1 or not _follows_text(number, lines):
        return False
    after = lines[number + 1]
    if after.place is None or len(after.text) < MIN_MISSED or LINE.match(after.text) or line.element.find(".//a") is not None:
        return False
    if line.element.tag in SUBHEADS:
        return not is_called(line.element, ELSEWHERE)
    return line.element.getparent() in around and is_called(line.element, SUBHEAD)


def complete(tree: HtmlElement, paragraphs: Sequence[str]) -> list[str]:
    """Paragraphs with those put back that stand as they do, each after the one that precedes it on the page."""
    lines = _lines(tree, paragraphs)
    ordered = _in_order(paragraphs, lines)
    if ordered != paragraphs:
        paragraphs, lines = ordered, _lines(tree, ordered)
    everything = ""
    signs: Counter[Sign] = Counter()
    around: set[HtmlElement] = set()
    for line in lines:
        if line.place is not None and line.element.tag in TEXTS and len(line.text) >= MIN_MISSED:
            signs.update(_signs(line.element))
            around.add(line.element.getparent())
    missed: dict[int, list[str]] = {}
    last = -1
    for number, line in enumerate(lines):
        if line.place is not None:
            last = max(last, line.place)
        elif len(line.text) < MIN_MISSED or line.element.tag not in TEXTS:
            if _is_subhead(number, lines, around):
                missed.setdefault(last, []).append(line.text)
        elif (
            (_is_beside(line.element, last) if line.element.getparent() in around else _is_alike(line.element, signs))
            and not _is_linked(line.element, line.text)
            # Last, since it reads the whole text.
            and line.begin not in (everything := everything or key("".join(paragraphs)))
        ):
            missed.setdefault(last, []).append(line.text)
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
    is_line = around == own == len(_letters(text)) or (around <= BOX * len(text) and _is_alone(link))
    return is_line and _leads_within(link, url)


def _leads_within(link: HtmlElement, url: str) -> bool:
    return not (href := link.get("href") or "").startswith("http") or urls.same_site(href, url)


def without_links(tree: HtmlElement, paragraphs: Sequence[str], url: str) -> list[str]:
    """Paragraphs that are more than links: no teasers of other pages of the site at an address, and no rows of links such as topics."""
    links: dict[HtmlElement, list[tuple[HtmlElement, str]]] = {}
    for link in islice(tree.iter("a"), MAX_LINKS):
        if not (link.get("href") or "#").startswith("#") and (text := text_of(link)):
            links.setdefault(_block_of(link), []).append((link, text))
    letters = {paragraph: _letters(paragraph) for paragraph in paragraphs if len(paragraph) <= MAX_TEASER}
    told = {text for paragraph, text in letters.items() if len(paragraph) >= MIN_LINK}
    teasers: set[str] = set()
    for block, linked in links.items():
        if block.tag in {"p", "li", *BOXES} and len(shown := text_of(block)) <= SENTENCE * sum(len(text) for _, text in linked):
            around, own = len(_letters(shown)), sum(len(_letters(text)) for _, text in linked)
            boxed = shown if block.tag in {"p", *BOXES} and own >= LINKED_BOX * around else ""
            if boxed and not boxed.endswith(SENTENCE_ENDS) and (whole := _letters(boxed)) in told:
                teasers.update(whole for link, text in linked if len(text) >= MIN_HEADLINE and _leads_within(link, url))
            teasers.update(_letters(text) for link, text in linked if _letters(text) in told and _is_teaser(link, text, around, own, url))
    texts = {text for linked in links.values() for _, text in linked}
    return [paragraph for paragraph in paragraphs if letters.get(paragraph) not in teasers and not _is_row(paragraph, texts)]


def _is_row(paragraph: str, texts: Container[str]) -> bool:
    first = BETWEEN.split(paragraph, maxsplit=1)  # most paragraphs need not be split further
    return len(first) >= ROW and first[0] in texts and all(piece in texts for piece in BETWEEN.split(first[1]))
