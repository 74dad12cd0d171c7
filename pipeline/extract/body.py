"""The body: trafilatura's result as paragraphs, with what it missed put back and furniture taken out."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from typing import Final

from lxml import etree
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document, Extractor

from pipeline.extract import furniture, missed, region
from pipeline.extract.candidates import Decision, shown
from pipeline.extract.decoding import line
from pipeline.extract.elements import following, label_of, text_of
from pipeline.extract.page import ParsedPage
from pipeline.extract.structured import first_text

SHORT_CHARACTERS: Final = 500  # below this the slow extraction is asked too
MIN_CONTAINER_CHARACTERS: Final = 400
DENSE_SHARE: Final = 0.5  # of the densest container's text that a good result holds
MAX_SLOW_BLOCKS: Final = 2_500  # the slow extraction is quadratic in short paragraphs; hardly any page has as many
SLOW_BLOCKS: Final = ("p", "div", "li", "br", "tr", "td", "th", "dt", "dd", "option", "pre", "h1", "h2", "h3", "h4", "h5", "h6")
BETTER_BY: Final = 1.2
STANDFIRST: Final = re.compile(
    r"standfirst|sub-?title|subtitel|sub-?head|dek\b|deck\b|lead\b|lede\b|teaser-?text|intro|summary|excerpt|bajada|entradilla|chapo|vorspann|sottotitolo|description"
)
MIN_STANDFIRST: Final = 40
MAX_INNER: Final = 8  # elements inside a standfirst
MAX_STANDFIRST: Final = 700  # characters
LINKS_AT_MOST: Final = 0.7  # of the text that must stay when lines of links go
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


def _extracted(tree: HtmlElement, url: str, *, fast: bool) -> list[str]:
    options = _options(fast=fast)
    options.url = url or None
    document = bare_extraction(tree, options=options)
    return paragraphs_of(document.body) if isinstance(document, Document) and document.body is not None else []


def _length(paragraphs: Iterable[str]) -> int:
    return sum(map(len, paragraphs))


def _standfirst(page: ParsedPage, tree: HtmlElement, body: list[str], title: str) -> str | None:
    """The paragraph between headline and text that the extractor left out: by its class, or equal to the description."""
    said = (*page.metas("og:description", "description", "twitter:description"), first_text(page.article.get("description")))
    described = {missed.key(text)[:100] for text in said} - {""}
    start = missed.key(" ".join(body[:4]))
    headings = list(tree.iter("h1")) or [heading.element for heading in page.headings]
    folded = missed.key(title)
    heading = next((heading for heading in headings if missed.key(text_of(heading)) == folded), headings[0] if headings else None)
    if heading is None:
        return None
    for element in following(heading, LOOK_AHEAD):
        if element.tag not in {"p", "h2", "h3", "div", "span", "strong", "li"} or len(element) > MAX_INNER:
            continue
        text = text_of(element)
        if not MIN_STANDFIRST <= len(text) <= MAX_STANDFIRST:
            continue
        letters = missed.key(text)
        if letters[:60] in start:
            return None  # the text has begun
        if letters[:100] in described or STANDFIRST.search(label_of(element)):
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


def _candidates(page: ParsedPage, tree: HtmlElement, densest: int) -> Iterator[tuple[str, list[str]]]:
    """Bodies by different means, the cheap one first, others where it may have failed."""
    fast = _extracted(tree, page.url, fast=True)
    yield "trafilatura fast", fast
    length = _length(fast)
    poor = length < SHORT_CHARACTERS or (densest >= MIN_CONTAINER_CHARACTERS and length < DENSE_SHARE * densest)
    if poor and sum(1 for _ in page.tree.iter(*SLOW_BLOCKS)) <= MAX_SLOW_BLOCKS:
        yield "trafilatura", _extracted(region.whole(page), page.url, fast=False)
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


def decide(page: ParsedPage, *, title: str, authors: tuple[str, ...], labels: Container[str] = ()) -> Decision[str]:
    """The article's paragraphs, separated by one empty line; empty if there are none.

    Args:
        page: the parsed page.
        title: as decided.
        authors: as decided.
        labels: lines that only name topics.

    """
    density = region.density(page.tree)
    tree = region.article_region(page, density, title=title)
    candidates = list(_candidates(page, tree, density.characters))
    source, paragraphs = _best(candidates)
    if paragraphs and source != "json-ld":
        paragraphs = missed.complete(tree, paragraphs)
        links = missed.link_lines(tree)
        kept = [paragraph for paragraph in paragraphs if missed.key(paragraph) not in links]
        if _length(kept) >= LINKS_AT_MOST * _length(paragraphs):
            paragraphs = kept
    paragraphs = [paragraph for paragraph in paragraphs if paragraph not in labels]
    standfirst = _standfirst(page, tree, paragraphs, title) if paragraphs else None
    if standfirst:
        paragraphs = [standfirst, *paragraphs]
    kept = furniture.without(paragraphs, title=title, authors=authors)
    record = [(" ".join(text), name) for name, text in sorted(candidates, key=lambda item: item[0] != source)]
    return Decision(value="\n\n".join(kept), candidates=shown(record))
