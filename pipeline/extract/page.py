"""A page parsed once: its tree, and the evidence that the fields are decided from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final, cast

from lxml import etree
from lxml.html import HtmlElement

from pipeline import dates, languages, urls
from pipeline.extract import structured
from pipeline.extract.decoding import line
from pipeline.extract.elements import absolute, is_called, text_of
from pipeline.extract.headings import MAX_CHARACTERS, Heading, heading, lesser_headlines
from pipeline.extract.structured import StructuredData
from pipeline.models import PageSource

TOLD: Final = frozenset({"canonical", "image_src"})  # relations of links that are read
MAX_HEADINGS: Final = 50
NAME_WORDS: Final = 5  # an outlet's name has no more
MARKED: Final = frozenset([
    "a", "span", "p", "div", "address", "li", "small", "h2", "h3", "h4", "h5", "h6", "strong", "em", "b", "i", "cite", "td", "ul", "section",
])  # fmt: skip
SHOWN: Final = etree.XPath("string(descendant::body)", smart_strings=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedPage:
    """What the modules of the fields read. The tree is not changed by them."""

    source: PageSource
    tree: HtmlElement
    elements: tuple[HtmlElement, ...]  # all of the tree: it is walked often, and would make each anew each time
    meta: dict[str, list[str]]  # by lower-case name, property or itemprop
    links: dict[str, list[str]]  # absolute href by rel, of the relations that tell of the article
    data: StructuredData
    scripts: tuple[str, ...]  # text or address of each that is no structured data
    headings: tuple[Heading, ...]
    title_tag: str
    times: tuple[HtmlElement, ...]
    anchors: tuple[HtmlElement, ...]  # all `a`
    html_language: str
    site_names: tuple[str, ...]
    country: str | None  # of the outlet, if it or its domain tells
    zone: tzinfo
    marks: tuple[HtmlElement, ...]  # elements of the body that may hold a byline, a date or a notice
    lower_text: str  # what the page shows, in lower case, for quick look-ups
    html: str  # as decoded

    @property
    def url(self) -> str:
        """Where the page came from, after redirects."""
        return self.source.final_url or self.source.url

    def metas(self, *names: str) -> list[str]:
        """Values of some meta names, in the order of the names."""
        return [value for name in names for value in self.meta.get(name, ())]

    def marked(self, pattern: re.Pattern[str]) -> Iterator[HtmlElement]:
        """Elements of the body whose marks (class, id, rel, properties) match a pattern."""
        return (element for element in self.marks if is_called(element, pattern))

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


def _site_names(source: PageSource, meta: dict[str, list[str]], data: StructuredData, headings: Iterable[Heading]) -> tuple[str, ...]:
    """Names that the outlet goes by, from what says so most directly; a long one that is a headline too is none."""
    headlines = {text for text in (*meta.get("og:title", ()), *(one.text for one in headings)) if len(text.split()) > NAME_WORDS}
    said = [
        source.outlet_name or "",
        *meta.get("og:site_name", ()),
        *meta.get("application-name", ()),
        *meta.get("apple-mobile-web-app-title", ()),
    ]
    said += [structured.first_text((data.article or {}).get("publisher")), *data.names(structured.PUBLISHER_TYPES)]
    site = urls.site(source.final_url or source.url)
    said += [urls.host(source.final_url or source.url).removeprefix("www."), site, site.split(".", maxsplit=1)[0]]
    said += [one.text for one in headings if one.is_logo]
    return tuple(dict.fromkeys(name for name in said if name and name not in headlines))


def _shown(tree: HtmlElement, scripts: list[HtmlElement]) -> str:
    """What a page shows; its scripts are emptied meanwhile, which takes a fraction of the time of an expression that leaves them out."""
    texts = [script.text for script in scripts]
    for script in scripts:
        script.text = None
    shown = cast("str", SHOWN(tree))
    for script, text in zip(scripts, texts, strict=True):
        script.text = text
    return shown


def gather(source: PageSource, text: str, tree: HtmlElement) -> ParsedPage:
    """Gather a page's evidence in one pass over its tree."""
    base = source.final_url or source.url
    elements = tuple(tree.iter("*"))
    meta: dict[str, list[str]] = {}
    links: dict[str, list[str]] = {}
    blocks: list[str] = []
    scripts: list[str] = []
    programs: list[HtmlElement] = []
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
                for rel in TOLD.intersection((element.get("rel") or "").lower().split()) if href else ():
                    links.setdefault(rel, []).append(absolute(base, href))
            case "script":
                programs.append(element)
                if "ld+json" in (element.get("type") or "").lower():
                    blocks.append(element.text or "")
                else:
                    scripts.append(element.get("src") or element.text or "")
            case "h1":
                headings.append(heading(element, base))
            case "time":
                times.append(element)
            case _:
                title_tag = title_tag or (text_of(element) if element.getparent() is None or element.getparent().tag != "svg" else "")
    headings += list(lesser_headlines(tree, headings, title_tag, base))
    headline = next(iter(meta.get("og:title", ())), "") or next((one.text for one in headings), "")
    data = structured.read(blocks, headline=headline)
    country = (source.outlet_country or urls.country(base) or "").lower() or None
    return ParsedPage(
        source=source,
        tree=tree,
        elements=elements,
        meta=meta,
        links=links,
        data=data,
        scripts=tuple(scripts),
        headings=tuple(one for one in headings if one.text)[:MAX_HEADINGS],
        title_tag=title_tag[:MAX_CHARACTERS],
        times=tuple(times),
        anchors=tuple(tree.iter("a")),
        html_language=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang") or "",
        site_names=_site_names(source, meta, data, headings),
        country=country,
        zone=dates.zone_of(country),
        marks=tuple(tree.iter(*MARKED)),
        lower_text=_shown(tree, programs).lower(),
        html=text,
    )
