"""Where a page's text stands: in paragraphs, in blocks that serve as such, or in lines between breaks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from pipeline.extract import cards
from pipeline.extract.decoding import line
from pipeline.extract.elements import INLINE, lines_in, text_of

MIN_SENTENCE: Final = 60  # characters
MIN_BROKEN: Final = 300  # characters of an element whose lines end with breaks
MIN_SUBSTITUTE: Final = 600  # characters that stand in no paragraph, to be the text
MIN_ALIKE: Final = 3  # blocks of one name
MAX_DEPTH: Final = 10
MIN_BREAKS: Final = 2
ENOUGH: Final = 0.4  # of all that a page shows; paragraphs with so much of it are the text
SERVING: Final = frozenset(["div", "section"])  # what serves as a paragraph
HOLDING: Final = frozenset(["div", "section", "article", "main", "td", "center", "font", "span", "blockquote"])


class Form(Enum):
    """What the text of an element consists of."""

    PARAGRAPHS = auto()
    BLOCKS = auto()  # inside of it that serve as paragraphs
    LINES = auto()  # of its own, with breaks between them


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """Where the paragraphs of a page stand, those long enough to be text."""

    lengths: dict[HtmlElement, int]  # characters by paragraph
    dense: HtmlElement | None  # holds most of them as its own children
    characters: int  # of these children
    form: Form

    @property
    def texts(self) -> list[str]:
        """The paragraphs that are the densest element's own, in order."""
        if self.form is Form.LINES and self.dense is not None:
            return list(filter(None, (line("".join(text for text, _ in parts)) for parts in lines_in(self.dense))))
        return [text_of(paragraph) for paragraph in self.lengths if paragraph.getparent() is self.dense]


def lengths_of(tree: HtmlElement) -> dict[HtmlElement, int]:
    """Characters of the paragraphs that are long enough to be text."""
    lengths = ((paragraph, len("".join(paragraph.itertext()))) for paragraph in tree.iter("p"))
    return {paragraph: length for paragraph, length in lengths if length > MIN_SENTENCE}


def sums_of(lengths: dict[HtmlElement, int]) -> dict[HtmlElement, int]:
    """Characters of paragraphs by the element that they are children of."""
    sums: dict[HtmlElement, int] = {}
    for paragraph, length in lengths.items():
        parent = paragraph.getparent()
        if parent is not None:
            sums[parent] = sums.get(parent, 0) + length
    return sums


def _substitutes(tree: HtmlElement) -> Iterator[tuple[Form, HtmlElement, int]]:
    """Elements that hold text without paragraphs, with the characters of it; links are none."""
    breaks = Counter(ending.getparent() for ending in tree.iter("br"))
    for element, number in breaks.items():
        if number >= MIN_BREAKS and element.tag in HOLDING and (characters := _own_characters(element)) >= MIN_BROKEN:
            yield Form.LINES, element, characters
    for element in tree.iter(*SERVING):
        if (
            all(child.tag in INLINE or child.tag == "br" for child in element)
            and (characters := _own_characters(element)) > MIN_SENTENCE
            and sum(1 for _ in islice(element.iter("br"), MIN_BREAKS)) < MIN_BREAKS
        ):
            yield Form.BLOCKS, element, characters


def _own_characters(element: HtmlElement) -> int:
    """Characters of an element's own text, and of what is set off in it without being a link or a block."""
    characters = len((element.text or "").strip())
    for child in element:
        if child.tag in INLINE and child.tag != "a":
            characters += len("".join(child.itertext()))
        characters += len((child.tail or "").strip())
    return characters


def _densest(sums: dict[HtmlElement, int]) -> tuple[HtmlElement | None, int]:
    dense = max(sums, key=sums.__getitem__, default=None)
    return dense, sums[dense] if dense is not None else 0


def measure(tree: HtmlElement, *, title: str, shown: int) -> Density:
    """Measure the paragraphs of a page, or what stands in their place where there is more of that.

    Those of other articles beside the one of a title are none.

    Args:
        tree: the page, or the part of it that holds its article.
        title: of the article.
        shown: characters of all that the page shows.

    """
    lengths = lengths_of(tree)
    for other in cards.other_articles(tree, title):
        for paragraph in other.iter("p"):
            lengths.pop(paragraph, None)
    dense, characters = _densest(sums_of(lengths))
    if characters >= ENOUGH * shown:
        return Density(lengths=lengths, dense=dense, characters=characters, form=Form.PARAGRAPHS)
    blocks: dict[HtmlElement, int] = {}
    lines: dict[HtmlElement, int] = {}
    for form, element, length in _substitutes(tree):
        (lines if form is Form.LINES else blocks)[element] = length
    for form, found, sums in ((Form.BLOCKS, blocks, sums_of(blocks)), (Form.LINES, lines, lines)):
        place, length = _densest(sums)
        if length > max(characters, MIN_SUBSTITUTE):
            own = found if form is Form.LINES else {element: size for element, size in found.items() if element.getparent() is place}
            return Density(lengths=lengths | own, dense=place, characters=length, form=form)
    return Density(lengths=lengths, dense=dense, characters=characters, form=Form.PARAGRAPHS)


def _to_paragraphs(element: HtmlElement) -> None:
    """Make the lines of an element between its breaks paragraphs; what else it holds stays between them."""
    children = list(element)
    text, element.text = element.text, None
    for child in children:
        element.remove(child)
    paragraph = element.makeelement("p")
    paragraph.text = text

    def end() -> None:
        nonlocal paragraph
        if len(paragraph) or (paragraph.text or "").strip():
            element.append(paragraph)
        paragraph = element.makeelement("p")

    for child in children:
        tail, child.tail = child.tail, None
        if child.tag == "br":
            end()
        elif child.tag in INLINE and child.find(".//img") is None:
            paragraph.append(child)
            child.tail = tail
            continue
        else:
            end()
            element.append(child)
        paragraph.text = tail
    end()


def _serves(element: HtmlElement) -> bool:
    """Whether a block holds nothing but a line of text."""
    return (
        element.tag in SERVING
        and all(child.tag in INLINE for child in element)
        and any(True for text in element.itertext() if text.strip())
    )


def _settle(element: HtmlElement, depth: int = MAX_DEPTH) -> None:
    """Make all text of an element that stands in no paragraph paragraphs, in the blocks inside of it as well."""
    if any(child.tag in INLINE or child.tag == "br" or (child.tail or "").strip() for child in element) or (element.text or "").strip():
        _to_paragraphs(element)
    for child in element:
        if _serves(child):
            child.tag = "p"
        elif child.tag in SERVING and depth:
            _settle(child, depth - 1)


def serve(around: HtmlElement) -> None:
    """Make the blocks of an element that are lines of text paragraphs."""
    for element in around:
        if _serves(element):
            element.tag = "p"


def normalise(tree: HtmlElement, found: Density) -> None:
    """Make what stands in place of paragraphs in the densest element paragraphs, which the extractor looks for."""
    if found.dense is None or found.form is Form.PARAGRAPHS:
        return
    names = Counter(name for element in found.dense if _serves(element) for name in (element.get("class") or "").split())
    alike = {name for name, times in names.items() if times >= MIN_ALIKE}
    blocks = [element for form, element, _ in _substitutes(tree) if form is Form.BLOCKS] if found.form is Form.BLOCKS else []
    _settle(found.dense)
    # With paragraphs on the page the extractor reads no blocks: what else is text must be paragraphs too.
    for element in (*blocks, *(tree.iter(*SERVING) if alike else ())):
        if _serves(element) and (
            len("".join(element.itertext())) > MIN_SENTENCE or not alike.isdisjoint((element.get("class") or "").split())
        ):
            element.tag = "p"
