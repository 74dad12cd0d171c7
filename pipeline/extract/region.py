"""The part of a page that holds its article, copied and freed of what is never text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from enum import Enum, auto
from functools import lru_cache
from itertools import chain
from typing import Final

from lxml.html import HtmlElement

from pipeline.extract import cards, density
from pipeline.extract.density import MIN_SENTENCE, Density, Form
from pipeline.extract.elements import has_more_than
from pipeline.extract.headings import Heading
from pipeline.extract.page import ParsedPage
from pipeline.extract.titles import fold

MIN_DENSE: Final = 600  # characters of paragraphs that tell where the article is
ENOUGH_SHARE: Final = 0.8  # of the page's paragraphs that stand with the article
NEVER_TEXT: Final = frozenset([
    "script", "style", "noscript", "template", "svg", "iframe", "nav", "button", "select", "link", "object", "canvas", "input", "textarea",
])  # fmt: skip
BOXES: Final = frozenset(["span", "div", "section", "aside", "p", "ul", "ol", "details"])
HOVERING: Final = re.compile(r"(?:^|[\s_-])(?:tooltip|popover|rollover)(?:$|[\s_-])", re.IGNORECASE)
# Boxes that ask for something, and lines at the foot of a page, as their markup calls them.
ASKING: Final = re.compile(
    r"(?:^|[\s_-])(?:subscri(?:be|ption)|newsletter|sign-?up|donat(?:e|ion)|modal|dialog|pop-?up|lightbox|toast"
    r"|polls?|survey|feedback|promos?|recirc|related|most-?read|trending|recommend(?:ed|ations?)|also-read|read-also|read-next|toc|table-of-contents|membership"
    r"|support-(?:box|us|banner)|support-us|jwplayer|video-?player|consent|gdpr|bio|biography)(?:$|[\s_-])",
    re.IGNORECASE,
)
# Names that the extractor takes for those of things beside a text, and that page builders give to the text as well.
SKIPPED: Final = re.compile(
    r"widget|slide|viewport|overlay|embed(?:ded)?|attachment|rating|-icon|options|expand|message|permission", re.IGNORECASE
)
APART: Final = re.compile(
    r"side-?bar|footer|\bnav|menu|comment|related|author|\bbio|share|social|newsletter|cookie|consent|modal|popup", re.IGNORECASE
)
CAPTIONS: Final = 3  # at least, of a page that is told in pictures
MIN_CAPTION: Final = 40  # characters
MAIN_SHARE: Final = 0.15  # of the text, for an element to be a part of it whatever its name
MIN_MAIN: Final = 300  # characters
INITIAL: Final = 2  # characters
FOOT: Final = re.compile(r"(?:^|[\s_-])(?:pied|pie|colophon)(?:$|[\s_-])", re.IGNORECASE)
MAX_ASKING: Final = 400  # characters; a longer one may hold the text
MAX_ASKING_TOGETHER: Final = 1_000
# What readers say, and the next articles below this one.
REMARKS: Final = re.compile(r"^comment(?!ary)|^(?:disqus_thread|dsq-comments)|(?:article|post)-comments", re.IGNORECASE)
FOLLOWING: Final = re.compile(r"infinite-?scroll", re.IGNORECASE)
MAX_NAME: Final = 300  # characters
KNOWN_NAMES: Final = 10_000  # pages of an outlet share them
EMBEDDED: Final = re.compile(r"embed|social|twitter|instagram|widget", re.IGNORECASE)
# What is copied of the elements around the article; a broken page's own names of tags and attributes may be no names at all.
SHELLS: Final = frozenset(["html", "body", "main", "article", "section", "div"])
CALLED: Final = ("class", "id", "itemprop", "role")
MAX_EMBEDDING: Final = 4  # elements around an embedded post that name what it is


def _heading_of(headings: tuple[Heading, ...], title: str) -> Heading | None:
    folded = fold(title)
    return next((heading for heading in headings if fold(heading.text) == folded), headings[0] if headings else None)


def _around(page: ParsedPage, found: Density, title: str) -> HtmlElement | None:
    """The smallest element with the headline and nearly all text, and one around it; None without headline."""
    heading = _heading_of(page.headings, title)
    if heading is None or found.dense is None:
        return None
    above = set(heading.element.iterancestors())
    wanted = ENOUGH_SHARE * sum(found.lengths.values())
    for place in (found.dense, *found.dense.iterancestors()):
        if place in above and sum(found.lengths.get(element, 0) for element in place.iter("p", *density.HOLDING)) >= wanted:
            return place.getparent() if place.getparent() is not None else place
    return None


class Beside(Enum):
    """When an element that its name tells from the text is none."""

    ALWAYS = auto()
    IF_SHORT = auto()
    IF_WITHOUT_HEADLINE = auto()


@lru_cache(maxsize=KNOWN_NAMES)
def _beside(tag: str, called: str) -> Beside | None:
    """Whether a box of this name is no text: a tooltip, a box that asks for a subscription, a foot, comments; None if it is."""
    if tag in {"span", "div"} and HOVERING.search(called):
        return Beside.ALWAYS
    if tag in {"div", "section", "details", "ol", "ul"} and REMARKS.search(called):
        return Beside.ALWAYS
    if tag in {"div", "section", "aside"} and FOLLOWING.search(called):
        return Beside.IF_WITHOUT_HEADLINE
    return Beside.IF_SHORT if (FOOT if tag in {"p", "ul"} else ASKING).search(called) else None


def _keep_in_sentence(time: HtmlElement) -> None:
    """Make a time among words a part of them; the extractor takes each for the page's own and leaves it out."""
    around = time.getparent()
    if around is not None and around.tag in {"p", "li", "blockquote"} and has_more_than(around, MIN_SENTENCE):
        time.tag = "span"


def _unwanted(elements: Iterable[HtmlElement]) -> list[HtmlElement]:
    """Those that are never text, and boxes whose names say that they are none."""
    found: list[HtmlElement] = []
    asking: dict[str, list[HtmlElement]] = {}
    sizes: Counter[str] = Counter()
    for element in elements:
        tag = element.tag
        if tag in BOXES:
            if tag == "span":
                _show_initial(element)
            for called in (element.get("class"), element.get("id")):
                if not called or (beside := _beside(tag, called[:MAX_NAME])) is None or not _depends(element, beside):
                    continue
                if beside is Beside.IF_SHORT:
                    asking.setdefault(called, []).append(element)
                    sizes[called] += len("".join(element.itertext()))
                else:
                    found.append(element)
                break
        elif tag in NEVER_TEXT:
            found.append(element)
        elif tag == "time":
            _keep_in_sentence(element)
    # Where many boxes of one name hold much text together, they are its paragraphs.
    found += chain.from_iterable(boxes for called, boxes in asking.items() if sizes[called] <= MAX_ASKING_TOGETHER)
    return found


def _show_initial(span: HtmlElement) -> None:
    """Show the first letter of a text that is drawn large; the extractor skips what is hidden."""
    if span.get("aria-hidden") == "true" and not has_more_than(span, INITIAL):
        del span.attrib["aria-hidden"]


def _depends(box: HtmlElement, beside: Beside) -> bool:
    """Whether a box is what its name says: it is short enough, and holds no headline."""
    if beside is Beside.ALWAYS:
        return True
    return (beside is not Beside.IF_SHORT or not has_more_than(box, MAX_ASKING)) and box.find(".//h1") is None


def _rename(tree: HtmlElement, lengths: dict[HtmlElement, int]) -> None:
    """Take names that make the extractor skip an element from those that hold much of the text, as a page builder's widgets do."""
    tokens: set[str] = set()
    least = MAIN_SHARE * sum(lengths.values())
    for element, length in density.sums_of(lengths).items():
        if length < max(least, MIN_MAIN):
            continue
        places = [place for place in (element, *element.iterancestors()) if SKIPPED.search(place.get("class") or "")]
        if not any(APART.search(place.get("class") or "") for place in places):
            tokens.update(token for place in places for token in (place.get("class") or "").split() if SKIPPED.search(token))
    if not tokens:
        return
    for element in tree.iter(*SHELLS):
        called = (element.get("class") or "").split()
        if not tokens.isdisjoint(called):
            element.set("class", " ".join(SKIPPED.sub("", token) if token in tokens else token for token in called))


def _repeated(lengths: dict[HtmlElement, int]) -> list[HtmlElement]:
    """The paragraphs of elements that say what one before them said: some pages hold their text for wide screens and for small ones."""
    paragraphs: dict[HtmlElement, list[HtmlElement]] = {}
    for paragraph in lengths:
        paragraphs.setdefault(paragraph.getparent(), []).append(paragraph)
    told: dict[int, HtmlElement] = {}
    found: list[HtmlElement] = []
    for element, length in density.sums_of(lengths).items():
        if length >= MIN_MAIN and (first := told.setdefault(length, element)) is not element:
            own, before = (["".join(paragraph.itertext()) for paragraph in paragraphs[place]] for place in (element, first))
            if own == before:
                found += paragraphs[element]
    return found


def _show_captions(tree: HtmlElement, lengths: dict[HtmlElement, int]) -> None:
    """Make the captions of a page that is told in pictures its paragraphs; the extractor leaves figures out."""
    captions = [caption for caption in tree.iter("figcaption") if has_more_than(caption, MIN_CAPTION)]
    if len(captions) < CAPTIONS or sum(len("".join(caption.itertext())) for caption in captions) < sum(lengths.values()):
        return
    for caption in captions:
        for figure in caption.iterancestors("figure"):
            figure.tag = "div"
        caption.tag = "p"
        caption.attrib.clear()


def _prune(tree: HtmlElement, page: ParsedPage, form: Form, title: str) -> HtmlElement:
    """Take what is never text out of a copy of a page or a part of it, and names that make the extractor skip text."""
    elements = list(tree.iter("*"))  # held, or each walk over the tree would make them anew
    for element in (*_unwanted(elements), *cards.other_articles(tree, title)):
        if element.getparent() is not None:
            element.drop_tree()
    if form is not Form.PARAGRAPHS:
        density.normalise(tree, density.measure(tree, title=title, shown=len(page.lower_text)))
    lengths = density.lengths_of(tree)
    for card in (*cards.of_other_pages(tree, page.url, lengths), *_repeated(lengths)):
        if card.getparent() is not None:
            card.drop_tree()
    _rename(tree, lengths)
    _show_captions(tree, lengths)
    for quote in tree.iter("blockquote"):
        density.serve(quote)
        place: HtmlElement | None = quote
        for _ in range(MAX_EMBEDDING):
            if place is not None and EMBEDDED.search(place.get("class") or ""):
                del place.attrib["class"]
            place = place.getparent() if place is not None else None
    return tree


def whole(page: ParsedPage, *, title: str, form: Form = Form.PARAGRAPHS) -> HtmlElement:
    """A pruned copy of the whole page.

    Args:
        page: the page, which stays as it is.
        title: of its article.
        form: of the text, as `density.measure` found it.

    """
    return _prune(deepcopy(page.tree), page, form, title)


def article_region(page: ParsedPage, found: Density, *, title: str) -> HtmlElement:
    """A pruned copy of the page's article, in the elements that it stands in but without what stands beside it.

    The less is walked, the sooner the extractor is done. Where headline and text don't tell the place, it is the page.
    """
    place = _around(page, found, title) if found.characters >= MIN_DENSE else None
    if place is None or place.tag in {"html", "body"}:
        return whole(page, title=title, form=found.form)
    copied = deepcopy(place)
    copied.tail = None
    for ancestor in place.iterancestors():
        # The extractor tells where an article is by what the elements around it are called.
        tag = ancestor.tag if ancestor.tag in SHELLS else "div"
        shell = page.tree.makeelement(tag, {name: ancestor.attrib[name] for name in CALLED if name in ancestor.attrib})
        shell.append(copied)
        copied = shell
    return _prune(copied, page, found.form, title)
