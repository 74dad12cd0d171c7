"""The body: trafilatura's result as paragraphs, with what it missed put back and furniture taken out."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from copy import copy
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from pipeline.extract import density, embedded, extractor, furniture, missed, region
from pipeline.extract.candidates import Decision, shown
from pipeline.extract.decoding import line
from pipeline.extract.density import Density
from pipeline.extract.elements import INLINE, following, is_called, text_of
from pipeline.extract.listings import LINKED_SHARE, lines_of
from pipeline.extract.page import ParsedPage
from pipeline.extract.structured import first_text
from pipeline.extract.titles import fold

UNSEEN: Final = frozenset({"json-ld", "data"})  # texts that the page carries and need not show
SHORT_CHARACTERS: Final = 500  # below this the slow extraction is asked too
MIN_CONTAINER_CHARACTERS: Final = 400
DENSE_SHARE: Final = 0.5  # of the densest container's text that a good result holds
MAX_EXTRACTED: Final = 20_000  # elements of a page that the extractor is asked about; hardly any page has as many
MAX_INLINE: Final = 3_000  # elements of one line, in which it is quadratic
MAX_SLOW_BLOCKS: Final = 2_500  # the slow extraction is quadratic in short paragraphs; hardly any page has as many
SLOW_BLOCKS: Final = (
    "p", "div", "li", "br", "tr", "td", "th", "dt", "dd", "option", "pre", "h1", "h2", "h3", "h4", "h5", "h6",
    "blockquote", "caption", "center", "col", "dl", "form", "legend", "table", "textarea", "ul",
)  # fmt: skip
BETTER_BY: Final = 1.2
STANDFIRST: Final = re.compile(
    r"standfirst|sub-?title|subtitel|sub-?head|dek\b|deck\b|lead\b|lede\b|teaser-?text|intro|summary|excerpt|bajada|entradilla|chapo|vorspann|sottotitolo|description"
)
SENTENCE_ENDS: Final = (".", "!", "?", "…", "”", '"', "»", "。")
MIN_CALLED: Final = 60  # characters of a standfirst that only its class calls one
MIN_STANDFIRST: Final = 40
MAX_INNER: Final = 8  # elements inside a standfirst
MAX_STANDFIRST: Final = 700  # characters
LINKS_AT_MOST: Final = 0.7  # of the text that must stay when lines of links go
MAX_PICTURES: Final = 300
MIN_CAPTION: Final = 40  # characters
FIRST_HEADINGS: Final = 5
MAX_KICKER: Final = 60  # characters
LOOK_AHEAD: Final = 80  # elements after the headline


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
        if letters[:100] in described or (text.endswith(SENTENCE_ENDS) and len(text) >= MIN_CALLED and is_called(element, STANDFIRST)):
            return text
    return None


def _headlines(page: ParsedPage, title: str) -> set[str]:
    """All forms of the headline, folded."""
    said = (text_of(heading.element) for heading in page.headings if not heading.is_logo)
    lesser = (text_of(heading) for heading in islice(page.tree.iter("h2", "h3"), FIRST_HEADINGS))
    folded = fold(title)
    with_kicker = {
        text for heading in lesser if folded and (text := fold(heading)).endswith(folded) and len(text) <= len(folded) + MAX_KICKER
    }
    return with_kicker | {fold(text) for text in (*said, *page.metas("og:title"), first_text(page.article.get("headline")))} - {""}


def _captions(page: ParsedPage) -> set[str]:
    """What the page says of its pictures."""
    return {line(alt) for picture in islice(page.tree.iter("img"), MAX_PICTURES) if len(alt := picture.get("alt") or "") >= MIN_CAPTION}


def _json_body(page: ParsedPage) -> list[str]:
    text = page.article.get("articleBody")
    return embedded.paragraphs_in(text) if isinstance(text, str) else []


def _parted(paragraphs: list[str], tree: HtmlElement) -> list[str]:
    """The lines of a text that the slow extraction gave as one, where it took all that an element holds; labels and links left out."""
    if len(paragraphs) != 1:
        return paragraphs
    lines = list(lines_of(tree))
    together = missed.key(paragraphs[0])
    if any(one.text == paragraphs[0] for one in lines):
        return paragraphs
    texts = (one.text for one in lines if one.linked < LINKED_SHARE * one.words and missed.key(one.text) in together)
    return [text for text in texts if len(text) >= MIN_CAPTION or text.endswith(SENTENCE_ENDS)] or paragraphs


def _is_huge(elements: Sequence[HtmlElement]) -> bool:
    """Whether the extractor would take too long: it walks lists of elements again for each of them."""
    lines = (element for element in elements if len(element) > MAX_INLINE) if len(elements) > MAX_INLINE else ()
    return len(elements) > MAX_EXTRACTED or any(sum(child.tag in INLINE for child in line) > MAX_INLINE for line in lines)


def _candidates(page: ParsedPage, tree: HtmlElement, found: Density, title: str) -> Iterator[tuple[str, list[str]]]:
    """Bodies by different means, the cheap one first, others where it may have failed."""
    elements = list(tree.iter("*"))
    is_huge = _is_huge(elements)
    fast = found.texts if is_huge else extractor.quick(copy(tree))
    yield "density" if is_huge else "trafilatura fast", fast
    length = _length(fast)
    poor = length < SHORT_CHARACTERS or (found.characters >= MIN_CONTAINER_CHARACTERS and length < DENSE_SHARE * found.characters)
    if poor and not is_huge and sum(1 for _ in page.tree.iter(*SLOW_BLOCKS)) <= MAX_SLOW_BLOCKS:
        whole = region.whole(page, title=title, form=found.form)
        yield "trafilatura", _parted(extractor.thorough(copy(whole), page.url), whole)
    said = _json_body(page)
    if said:
        yield "json-ld", said
    if poor:
        told = embedded.text(page.scripts, titles=(title, *page.metas("og:title"), *(heading.text for heading in page.headings)))
        if told:
            yield "data", told


def _words(paragraphs: Iterable[str]) -> set[str]:
    return set(re.findall(r"\w{3,}", " ".join(paragraphs).casefold()))


def _best(candidates: list[tuple[str, list[str]]]) -> tuple[str, list[str]]:
    """The fast result, unless another one is clearly fuller."""
    best = candidates[0]
    for source, paragraphs in candidates[1:]:
        if source in UNSEEN:
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
        labels: lines that only name topics or lead to other articles.

    """
    found = density.measure(page.tree, title=title, shown=len(page.lower_text))
    tree = region.article_region(page, found, title=title)
    candidates = list(_candidates(page, tree, found, title))
    source, paragraphs = _best(candidates)
    if paragraphs and source not in UNSEEN:
        paragraphs = missed.complete(tree, paragraphs)
        kept = missed.without_links(tree, paragraphs, page.url)
        if _length(kept) >= LINKS_AT_MOST * _length(paragraphs):
            paragraphs = kept
    paragraphs = [paragraph for paragraph in paragraphs if paragraph not in labels]
    standfirst = _standfirst(page, tree, paragraphs, title) if paragraphs else None
    if standfirst:
        paragraphs = [standfirst, *paragraphs]
    kept = furniture.without(
        paragraphs,
        title=title,
        authors=authors,
        headlines=_headlines(page, title),
        captions=_captions(page),
        own=frozenset(found.texts),
        subheads=frozenset(map(text_of, tree.iter(*missed.SUBHEADS))),
    )
    record = [(" ".join(text), name) for name, text in sorted(candidates, key=lambda item: item[0] != source)]
    record.append((page.source.feed_summary or "", "feed"))  # beside them, to compare with
    return Decision(value="\n\n".join(kept), candidates=shown(record))
