"""The body: trafilatura's result as paragraphs, with what it missed put back and furniture taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Final

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document, Extractor

from pipeline.extract import furniture
from pipeline.extract.candidates import Decision, shown
from pipeline.extract.decoding import line
from pipeline.extract.page import ParsedPage, following, label_of, text_of
from pipeline.extract.structured import first_text
from pipeline.extract.titles import fold

SHORT_CHARACTERS: Final = 500  # below this the slow extraction is asked too
MIN_CONTAINER_CHARACTERS: Final = 400
DENSE_SHARE: Final = 0.5  # of the densest container's text that a good result holds
SLOW_ELEMENTS: Final = 20_000  # the slow extraction is quadratic in paragraphs
BETTER_BY: Final = 1.2
STANDFIRST: Final = re.compile(
    r"standfirst|sub-?title|subtitel|sub-?head|dek\b|deck\b|lead\b|lede\b|teaser-?text|intro|summary|excerpt|bajada|entradilla|chapo|vorspann|sottotitolo|description"
)
MIN_SENTENCE: Final = 60  # characters
MIN_STANDFIRST: Final = 40
MAX_INNER: Final = 8  # elements inside a standfirst
MAX_STANDFIRST: Final = 700  # characters
LOOK_AHEAD: Final = 80  # elements after the headline

BLOCKS: Final = frozenset(
    [
        "p",
        "head",
        "item",
        "quote",
        "row",
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
        "tr",
        "dl",
        "dt",
        "dd",
        "figcaption",
    ]
)
DROPPED: Final = ("script", "style", "noscript", "template", "svg", "iframe", "nav", "button", "select", "link", "object", "canvas")


def _options(*, fast: bool) -> Extractor:
    return Extractor(output_format="python", fast=fast, comments=False, tables=True)


def paragraphs_of(tree: etree._Element) -> list[str]:
    """Paragraphs of an extracted body in order; a table's row is one, with its cells apart."""
    found: list[str] = []
    waiting: list[str] = []

    def end() -> None:
        text = line("".join(waiting))
        waiting.clear()
        if text:
            found.append(text)

    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag
        if tag in BLOCKS or tag in {"lb", "br"}:
            end()
        elif tag in {"cell", "td", "th"} and event == "start" and waiting:
            waiting.append(" | ")
        waiting.append((element.text if event == "start" else element.tail) or "")
    end()
    return found


def _pruned(page: ParsedPage) -> HtmlElement:
    """A copy of the tree without what is never text, so that it is not walked again and again."""
    tree = deepcopy(page.tree)
    for element in list(tree.iter(*DROPPED)):
        if element.getparent() is not None:
            element.drop_tree()
    return tree


def _extracted(tree: HtmlElement, url: str, *, fast: bool) -> list[str]:
    options = _options(fast=fast)
    options.url = url or None
    document = bare_extraction(tree, options=options)
    return paragraphs_of(document.body) if isinstance(document, Document) and document.body is not None else []


def _densest(tree: HtmlElement) -> int:
    """Characters in the paragraphs of the element that holds most of them as its own children."""
    sums: dict[HtmlElement, int] = {}
    for paragraph in tree.iter("p"):
        parent = paragraph.getparent()
        length = len(text_of(paragraph))
        if parent is not None and length > MIN_SENTENCE:
            sums[parent] = sums.get(parent, 0) + length
    return max(sums.values(), default=0)


def _length(paragraphs: Iterable[str]) -> int:
    return sum(map(len, paragraphs))


def _standfirst(page: ParsedPage, body: list[str]) -> str | None:
    """The paragraph between headline and text that the extractor left out: by its class, or equal to the description."""
    described = {
        fold(text)[:200]
        for text in (*page.metas("og:description", "description", "twitter:description"), first_text(page.article.get("description")))
    }
    described.discard("")
    start = fold(" ".join(body[:4]))
    for heading in page.headings[:1]:
        for element in following(heading.element, LOOK_AHEAD):
            if element.tag not in {"p", "h2", "h3", "div", "span", "strong", "li"} or len(element) > MAX_INNER:
                continue
            text = text_of(element)
            folded = fold(text)
            if not MIN_STANDFIRST <= len(text) <= MAX_STANDFIRST:
                continue
            if folded[:80] in start:
                return None  # the text has begun
            if folded[:200] in described or STANDFIRST.search(label_of(element)):
                return text
    return None


def _json_body(page: ParsedPage) -> list[str]:
    text = page.article.get("articleBody")
    if not isinstance(text, str):
        return []
    if re.search(r"</?(?:p|br|div)\b", text):
        text = re.sub(r"<(?:/p|br|/div|p|div)\b[^>]*>", "\n", text)
    text = re.sub(r"<[^>]+>", "", text)
    return [paragraph for piece in re.split(r"\s*\n\s*", text) if (paragraph := line(piece))]


def _candidates(page: ParsedPage) -> Iterator[tuple[str, list[str]]]:
    """Bodies by different means, the cheap one first, others where it may have failed."""
    tree = _pruned(page)
    fast = _extracted(tree, page.url, fast=True)
    yield "trafilatura fast", fast
    length, densest = _length(fast), _densest(tree)
    poor = length < SHORT_CHARACTERS or (densest >= MIN_CONTAINER_CHARACTERS and length < DENSE_SHARE * densest)
    if poor and sum(1 for _ in tree.iter()) <= SLOW_ELEMENTS:
        yield "trafilatura", _extracted(tree, page.url, fast=False)
    said = _json_body(page)
    if said:
        yield "json-ld", said


def _words(paragraphs: Iterable[str]) -> set[str]:
    return set(re.findall(r"\w{3,}", " ".join(paragraphs).casefold()))


def _best(candidates: list[tuple[str, list[str]]]) -> tuple[str, list[str]]:
    """The fast result, unless another one is clearly fuller."""
    best = candidates[0]
    for source, paragraphs in candidates[1:]:
        if source == "json-ld":
            # Structured data replaces what was found only where the page itself does not show the text.
            said, found = _words(paragraphs), _words(best[1])
            if _length(best[1]) < _length(paragraphs) * 2 / 3 and len(said & found) < 0.6 * len(said):
                best = (source, paragraphs)
        elif _length(paragraphs) > BETTER_BY * _length(best[1]):
            best = (source, paragraphs)
    return best


def decide(page: ParsedPage, *, title: str, authors: tuple[str, ...]) -> Decision[str]:
    """The article's paragraphs, separated by one empty line; empty if there are none."""
    candidates = list(_candidates(page))
    source, paragraphs = _best(candidates)
    standfirst = _standfirst(page, paragraphs) if paragraphs and source != "json-ld" else None
    if standfirst:
        paragraphs = [standfirst, *paragraphs]
    kept = furniture.without(paragraphs, title=title, authors=authors)
    record = [(" ".join(text), name) for name, text in sorted(candidates, key=lambda item: item[0] != source)]
    return Decision(value="\n\n".join(kept), candidates=shown(record))
