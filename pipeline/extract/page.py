"""A page parsed once: its tree, and the evidence that the fields are decided from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final, cast
from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from pipeline import dates, languages, urls
from pipeline.errors import PageError
from pipeline.extract import structured
from pipeline.extract.decoding import encoded, line
from pipeline.extract.limits import FLAT_DEPTH
from pipeline.extract.structured import StructuredData
from pipeline.models import PageSource

ANY_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)[^<>]*>")
LEFT_OUT: Final = "\x01"
BREAKS: Final = re.compile(rf"{LEFT_OUT}[{LEFT_OUT}\s]*")
# These end by themselves, hold no elements, or carry meaning that the text needs.
KEPT_TAGS: Final = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
        "script",
        "style",
        "title",
        "textarea",
        "noscript",
        "head",
        "body",
        "html",
        "p",
        "li",
        "td",
        "th",
        "tr",
        "dt",
        "dd",
        "option",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ]
)
MAX_HEADINGS: Final = 10
KICKER: Final = re.compile(
    r"kicker|overline|roof-?line|top-?line|dachzeile|eyebrow|sur-?titre|antetitulo|volanta|occhiello|category|rubri(?:k|que)"
)
NAME_WORDS: Final = 5  # an outlet's name has no more
HEADLINE_WORDS: Final = 3  # of a headline that is no h1
MARKS: Final = ("class", "id", "itemprop", "data-testid", "rel")
MARKED: Final = (
    "a",
    "span",
    "p",
    "div",
    "address",
    "li",
    "small",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "strong",
    "em",
    "b",
    "i",
    "cite",
    "td",
    "ul",
    "section",
)
SHOWN: Final = etree.XPath(".//body//text()[not(parent::script or parent::style or parent::noscript)]", smart_strings=False)
INLINE: Final = frozenset(
    ["a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u"]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """An h1 with what its markup says about it."""

    text: str
    marked: bool  # by a class or property such as `headline`
    is_logo: bool  # nothing but a link to the home page
    element: HtmlElement


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedPage:
    """What the modules of the fields read. The tree is not changed by them."""

    source: PageSource
    tree: HtmlElement
    meta: dict[str, list[str]]  # by lower-case name, property or itemprop
    links: dict[str, list[str]]  # absolute href by rel
    data: StructuredData
    headings: tuple[Heading, ...]
    title_tag: str
    times: tuple[HtmlElement, ...]
    html_language: str
    site_names: tuple[str, ...]
    zone: tzinfo
    marks: tuple[HtmlElement, ...]  # elements of the body that may hold a byline, a date or a notice
    lower_text: str  # what the page shows, in lower case, for quick look-ups
    html_characters: int

    @property
    def url(self) -> str:
        """Where the page came from, after redirects."""
        return self.source.final_url or self.source.url

    def metas(self, *names: str) -> list[str]:
        """Values of some meta names, in the order of the names."""
        return [value for name in names for value in self.meta.get(name, ())]

    def marked(self, pattern: re.Pattern[str], *, links: re.Pattern[str] | None = None) -> Iterator[HtmlElement]:
        """Elements of the body whose marks (class, id, rel, properties) match a pattern, or that link to an address that does."""
        known: dict[str, bool] = {}  # many elements share a class
        for element in self.marks:
            for name in MARKS:
                value = element.get(name)
                if value is None:
                    continue
                if value not in known:
                    known[value] = pattern.search(value.lower()) is not None
                if known[value]:
                    yield element
                    break
            else:
                if links and element.tag == "a" and links.search(element.get("href") or ""):
                    yield element

    @property
    def article(self) -> structured.type_of_node:
        """The page's own article in its structured data; empty without one."""
        return self.data.article or {}

    @property
    def said_languages(self) -> list[str]:
        """What the page and its outlet say about the language, the most specific first."""
        said = [structured.first_text(self.article.get("inLanguage")), self.html_language]
        said += self.metas("og:locale", "content-language", "language", "dc.language")
        return [label for label in [*said, self.source.outlet_language or ""] if languages.tag(label)]


def text_of(element: HtmlElement) -> str:
    """The text of an element on one line."""
    return line("".join(element.itertext()))


def lines_in(element: HtmlElement) -> Iterator[list[tuple[str, HtmlElement | None]]]:
    """The lines between an element's own breaks: each a list of texts, with the child that a text stands in."""
    parts: list[tuple[str, HtmlElement | None]] = [(element.text or "", None)]
    for child in element:
        if child.tag == "br":
            yield parts
            parts = []
        else:
            parts.append(("".join(child.itertext()), child))
        parts.append((child.tail or "", None))
    yield parts


def label_of(element: HtmlElement) -> str:
    """What the markup calls an element: its class, id, property and test marks, in lower case."""
    return " ".join(filter(None, map(element.get, MARKS))).lower()


def following(element: HtmlElement, most: int) -> Iterator[HtmlElement]:
    """At most so many elements after one and outside of it, in document order."""
    left = most
    place: HtmlElement | None = element
    while place is not None and left:
        sibling = place.getnext()
        for inner in sibling.iter("*") if sibling is not None else ():
            yield inner
            left -= 1
            if not left:
                break
        place = sibling if sibling is not None else place.getparent()


def _parse(text: str) -> tuple[HtmlElement, bool]:
    """Tree, and whether it is whole: the parser stops without an error at 256 open elements."""
    parser = HTMLParser(collect_ids=False, encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(encoded(text), parser=parser)
    except (etree.ParserError, ValueError, AssertionError) as error:  # the parser asserts on some empty documents
        raise PageError(problem=f"the HTML parser gave up ({error})") from error
    return tree, not any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log)


def _flat(text: str) -> str:
    """Markup whose elements beyond a depth are left out; no text is lost."""
    depth = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal depth
        closing, name = match[1], match[2].lower()
        if name in KEPT_TAGS or match[0].endswith("/>"):
            return match[0]
        depth = max(0, depth - 1) if closing else depth + 1
        return match[0] if depth + bool(closing) <= FLAT_DEPTH else "" if name in INLINE else LEFT_OUT

    return BREAKS.sub(" <br> ", ANY_TAG.sub(keep, text))


def parse_tree(text: str) -> HtmlElement:
    """Tree of a page, also of one nested deeper than the parser goes.

    Raises:
        PageError: no tree can be made.

    """
    tree, whole = _parse(text)
    if not whole:
        tree, whole = _parse(_flat(text))
    if not whole:
        raise PageError(problem="its elements are nested too deeply or are too large")
    for style in tree.iter("style"):
        style.text = None  # some pages keep rules inside of their headlines
    return tree


def count_elements(tree: HtmlElement) -> int:
    """Elements of a page."""
    return int(cast("float", tree.xpath("count(//*)")))


def _site_names(source: PageSource, meta: dict[str, list[str]], data: StructuredData, headings: Iterable[Heading]) -> tuple[str, ...]:
    """Names that the outlet goes by, from what says so most directly; a long one that is a headline too is none."""
    headlines = {text for text in (*meta.get("og:title", ()), *(heading.text for heading in headings)) if len(text.split()) > NAME_WORDS}
    said = [
        source.outlet_name or "",
        *meta.get("og:site_name", ()),
        *meta.get("application-name", ()),
        *meta.get("apple-mobile-web-app-title", ()),
    ]
    said += [structured.first_text((data.article or {}).get("publisher")), *data.names(structured.PUBLISHER_TYPES)]
    site = urls.site(source.final_url or source.url)
    said += [urls.host(source.final_url or source.url).removeprefix("www."), site, site.split(".", maxsplit=1)[0]]
    said += [heading.text for heading in headings if heading.is_logo]
    return tuple(dict.fromkeys(name for name in said if name and name not in headlines))


def _headline_of(element: HtmlElement) -> str:
    """The text of a heading without a kicker inside of it; lines are words apart."""
    lines = ("".join(text for text, child in parts if child is None or not KICKER.search(label_of(child))) for parts in lines_in(element))
    return line(" ".join(lines)) or text_of(element)


def _heading(element: HtmlElement, base: str) -> Heading:
    marks = label_of(element)
    text = _headline_of(element)
    links = [*element.iter("a"), *(ancestor for ancestor in element.iterancestors("a"))]
    return Heading(
        text=text,
        marked=bool(re.search(r"head|title|titel|titul|entry|article", marks)),
        is_logo=any(urls.is_home(_absolute(base, link.get("href") or base)) and text_of(link) == text for link in links),
        element=element,
    )


def _lesser_headlines(tree: HtmlElement, headings: list[Heading], title_tag: str, base: str) -> Iterator[Heading]:
    """The heading below h1 that the page's title repeats, for a page whose headline is no h1."""
    if any(heading.text and not heading.is_logo for heading in headings):
        return
    for element in tree.iter("h2", "h3"):
        text = text_of(element)
        if len(text.split()) >= HEADLINE_WORDS and text in title_tag:
            yield _heading(element, base)
            return


def gather(source: PageSource, text: str, tree: HtmlElement) -> ParsedPage:
    """Gather a page's evidence in one pass over its tree."""
    base = source.final_url or source.url
    meta: dict[str, list[str]] = {}
    links: dict[str, list[str]] = {}
    blocks: list[str] = []
    headings: list[Heading] = []
    times: list[HtmlElement] = []
    title_tag = ""
    for element in tree.iter("meta", "link", "script", "h1", "time", "title"):
        match element.tag:
            case "meta":
                content = line(element.get("content") or "")
                names = filter(None, map(element.get, ("property", "name", "itemprop", "http-equiv")))
                for name in {name.strip().lower() for name in names} if content else ():
                    meta.setdefault(name, []).append(content)
            case "link":
                href = (element.get("href") or "").strip()
                for rel in (element.get("rel") or "").lower().split() if href else ():
                    links.setdefault(rel, []).append(_absolute(base, href))
            case "script":
                if "ld+json" in (element.get("type") or "").lower():
                    blocks.append(element.text or "")
            case "h1":
                headings.append(_heading(element, base))
            case "time":
                times.append(element)
            case _:
                title_tag = title_tag or (text_of(element) if element.getparent() is None or element.getparent().tag != "svg" else "")
    headings += list(_lesser_headlines(tree, headings, title_tag, base))
    headline = next(iter(meta.get("og:title", ())), "") or next((heading.text for heading in headings), "")
    data = structured.read(blocks, headline=headline)
    return ParsedPage(
        source=source,
        tree=tree,
        meta=meta,
        links=links,
        data=data,
        headings=tuple(heading for heading in headings if heading.text)[:MAX_HEADINGS],
        title_tag=title_tag,
        times=tuple(times),
        html_language=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang") or "",
        site_names=_site_names(source, meta, data, headings),
        zone=dates.zone_of(source.outlet_country),
        marks=tuple(tree.iter(*MARKED)),
        lower_text="".join(cast("list[str]", SHOWN(tree))).lower(),
        html_characters=len(text),
    )


def _absolute(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:  # a bracket that makes no host
        return ""
