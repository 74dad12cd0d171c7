"""The tools that are compared, each as a function from a page to what it says about it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import trafilatura
from lxml import etree
from lxml.html import document_fromstring
from newspaper import Article
from newspaper.configuration import Configuration
from newspaper.exceptions import ArticleException
from readability.readability import Document, Unparseable
from trafilatura.utils import decode_file

from benchmarks.extraction.corpus import Gold, page_source
from pipeline.errors import PageError
from pipeline.extract import extract
from pipeline.extract.decoding import clean


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a tool says about a page; None where it does not know the field at all."""

    title: str = ""
    authors: frozenset[str] | None = frozenset()
    date: str | None = ""
    body: str = ""
    rejected: str | None = None


def presswatch(row: Gold, page: bytes) -> Result:
    """This product's extraction."""
    try:
        found = extract(page_source(row, page))
    except PageError as error:
        return Result(rejected=str(error))
    return Result(
        title=found.title,
        authors=frozenset(name.casefold() for name in found.authors),
        date=found.published_at.isoformat()[:10] if found.published_at else "",
        body=found.body,
        rejected=found.rejected_reason,
    )


def with_trafilatura(row: Gold, page: bytes) -> Result:
    """Trafilatura with metadata."""
    found = trafilatura.bare_extraction(page, url=row["url"] or None, with_metadata=True, include_comments=False)
    if found is None:
        return Result(rejected="nothing")
    authors = frozenset(name.strip().casefold() for name in (found.author or "").split(";") if name.strip())
    return Result(title=found.title or "", authors=authors, date=found.date or "", body=found.text or "")


def _newspaper(row: Gold, html: str, *, any_language: bool) -> Article:
    settings = Configuration()
    settings.fetch_images = False
    settings.follow_meta_refresh = False
    if not any_language:
        settings.language = "en"  # and not the one that the page says
    return Article(row["url"] or "https://unknown.example/", config=settings).download(input_html=html).parse()


def with_newspaper(row: Gold, page: bytes) -> Result:
    """newspaper4k on the given page; it fetches neither pictures nor redirects."""
    html = decode_file(page)
    try:
        try:
            found = _newspaper(row, html, any_language=True)
        except (ImportError, LookupError):  # the words of some languages need models from the network: then as English
            found = _newspaper(row, html, any_language=False)
    except (ArticleException, ValueError, etree.LxmlError) as error:  # it breaks on control characters
        return Result(rejected=f"{type(error).__name__}: {error}")
    return Result(
        title=found.title or "",
        authors=frozenset(name.casefold() for name in found.authors),
        date=str(found.publish_date or "")[:10],
        body=found.text or "",
    )


def with_readability(_row: Gold, page: bytes) -> Result:
    """readability-lxml, which knows neither authors nor dates."""
    try:
        document = Document(decode_file(page))
        title, summary = document.short_title() or "", document_fromstring(document.summary())
    except (Unparseable, etree.LxmlError) as error:
        return Result(authors=None, date=None, rejected=f"{type(error).__name__}: {error}")
    for element in summary.iter("p", "div", "li", "br", "td", "blockquote", "h1", "h2", "h3", "h4"):
        element.tail = "\n" + clean(element.tail or "")  # else words of neighbouring blocks stick together
    return Result(title=title, authors=None, date=None, body=str(summary.text_content()))


Tool = Callable[[Gold, bytes], Result]
TOOLS: dict[str, Tool] = {
    "presswatch": presswatch,
    "trafilatura": with_trafilatura,
    "newspaper4k": with_newspaper,
    "readability": with_readability,
}

warnings.filterwarnings("ignore", module="newspaper|readability|dateutil|bs4")
