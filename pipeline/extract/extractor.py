"""Trafilatura's extraction of the main text from a tree, as paragraphs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.external import jt_stoplist_init
from trafilatura.htmlprocessing import convert_tags, tree_cleaning
from trafilatura.main_extractor import extract_content
from trafilatura.settings import Document, Extractor

from pipeline.extract.decoding import line

BLOCKS: Final = frozenset(
    [
        "p",
        "head",
        "item",
        "quote",
        "code",
        "list",
        "table",
        "ab",
        "div",
        "body",
        "section",
        "article",
        "ul",
        "ol",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "dl",
        "dt",
        "dd",
        "figcaption",
    ]
)
ROWS: Final = frozenset(["row", "tr"])
BREAKS: Final = frozenset(["lb", "br"])
LINES: Final = frozenset(["p", "item", "head", "hi", "ref"])
CELLS: Final = frozenset(["cell", "td", "th"])
ROW_CELLS: Final = 2  # with text, for a row to be one
MAX_CELL: Final = 200  # characters of a cell with paragraphs of its own; a longer one is a part of the page


def preload() -> None:
    """Read the word lists of the extractors that are asked in doubt (0.2 s), so that the first such page does not wait for them."""
    jt_stoplist_init()


def _options(*, fast: bool) -> Extractor:
    return Extractor(output_format="python", fast=fast, comments=False, tables=True)


def _is_inline_code(element: etree._Element) -> bool:
    """Whether an element is code among the words of a line, not a block of it."""
    parent = element.getparent()
    return element.tag == "code" and parent is not None and parent.tag in LINES


def _row(cells: Sequence[Sequence[str]]) -> list[str]:
    """The paragraphs of a table's row: one with its cells apart, or those of a page that is laid out by a table."""
    filled = [cell for cell in cells if cell]
    if len(filled) < ROW_CELLS or any(len(cell) > 1 and sum(map(len, cell)) > MAX_CELL for cell in filled):
        return [text for cell in filled for text in cell]
    return [" | ".join(" ".join(cell) for cell in filled)]


def paragraphs_of(tree: etree._Element) -> list[str]:
    """Paragraphs of an extracted body in order; a table's row is one, with its cells apart."""
    found: list[str] = []
    cells: list[list[str]] = []  # of the row that is read
    waiting: list[str] = []

    def end() -> None:
        text = line("".join(waiting))
        waiting.clear()
        if text:
            (cells[-1] if cells else found).append(text)

    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        if tag in ROWS:
            end()
            found += _row(cells)
            cells.clear()
        elif tag in CELLS and event == "start":
            end()
            cells.append([])
        elif tag in BREAKS or (tag in BLOCKS and not _is_inline_code(element)):
            end()
        waiting.append((element.text if event == "start" else element.tail) or "")
    end()
    return found + _row(cells)


def quick(tree: HtmlElement) -> list[str]:
    """Paragraphs by the main extractor alone; the tree is used up.

    These are the steps of the library's own sequence without those that `region.prune` did. Called as a whole it copies
    the tree three times, measures the page's text and writes the result out once more, which takes half of the time.
    """
    options = _options(fast=True)
    body, _ = extract_content(convert_tags(tree_cleaning(tree, options), options), options)
    return paragraphs_of(body)


def thorough(tree: HtmlElement, url: str) -> list[str]:
    """Paragraphs by the library's whole sequence, which asks other extractors where its own found little."""
    options = _options(fast=False)
    options.url = url or None
    document = bare_extraction(tree, options=options)
    return paragraphs_of(document.body) if isinstance(document, Document) and document.body is not None else []
