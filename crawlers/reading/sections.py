"""Section and home pages: links to articles, told from navigation by their text, place and URL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from courlan import is_navigation_page, is_not_crawlable
from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.reading.texts import link, plain
from pipeline.models import FeedItem
from pipeline.urls import same_site

LONGEST_TITLE: Final = 500
# What speaks for an article adds up to at least this.
ENOUGH: Final = 4

DATED: Final = re.compile(r"/(19|20)\d\d[/-]?(0?[1-9]|1[0-2]|[a-z]{3})([/-]?\d\d?)?([/-]|$)")
NUMBERED: Final = re.compile(r"\d{5,}")
DOCUMENT: Final = re.compile(r"\.(s?html?|php|aspx?)$")
NO_PAGE: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|xml|rss|atom|json|css|js|ico)$", re.IGNORECASE)
# First parts of paths that lead to lists, people and services.
LISTS: Final = re.compile(
    r"^/(tags?|topics?|themen?|categor(?:y|ies)|kategorie|rubri[kc]\w*|section|authors?|autor\w*|people|profile|search|suche|video-?list"
    r"|about|contact|kontakt|impressum|privacy|terms|subscribe|abo|newsletters?|login|register|account|shop|jobs|rss|feeds?)(/|$)",
    re.IGNORECASE,
)
AROUND: Final = frozenset({"nav", "footer", "menu"})
HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4"})
LINK_WORDS: Final = 4
LINK_CHARACTERS: Final = 25
# For scripts without spaces a headline is shorter.
DENSE_CHARACTERS: Final = 10


def read(body: bytes, *, url: str, content_type: str) -> tuple[FeedItem, ...]:
    """The links of a page that look like articles of the same site, in the page's order.

    Raises:
        ValueError: it is no HTML; the message says so.

    """
    if "<" not in body[:5000].decode("latin-1") or ("html" not in content_type and "xml" not in content_type and content_type):
        raise ValueError(f"it is no web page ({content_type or 'without a content type'})")
    tree = LexborHTMLParser(body)
    base_node = tree.css_first("base[href]")
    base = urljoin(url, (base_node.attributes.get("href") or "") if base_node else "")
    titles: dict[str, str] = {}
    scores: dict[str, int] = {}
    for node in tree.css("a[href]"):
        address = link(node.attributes.get("href"), base=base)
        if address is None or address.rstrip("/") == url.rstrip("/") or not same_site(address, url):
            continue
        text = plain(node.text(separator=" "), most=LONGEST_TITLE) or ""
        if len(text) > len(titles.setdefault(address, "")):
            titles[address] = text
        scores[address] = max(scores.get(address, -99), place_score(node))
    return tuple(
        FeedItem(url=address, title=title or None)
        for address, title in titles.items()
        if scores[address] + text_score(title) + url_score(address) >= ENOUGH
    )


def text_score(text: str) -> int:
    """How much a link's text reads like a headline."""
    dense = sum(character >= "\u3040" for character in text)
    if dense >= DENSE_CHARACTERS or len(text.split()) >= LINK_WORDS + 2:
        return 3
    if len(text.split()) >= LINK_WORDS and len(text) >= LINK_CHARACTERS:
        return 2
    return 0 if len(text) >= LINK_CHARACTERS else -1


def url_score(url: str) -> int:
    """How much a URL looks like one article's: dated, numbered, with a long name; not a list's or a service's."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    if path in {"", "/"} or NO_PAGE.search(path) or is_not_crawlable(url):
        return -99
    last = path.rstrip("/").rsplit("/", 1)[-1]
    score = 0
    if DATED.search(path):
        score += 2
    if NUMBERED.search(last) or any(NUMBERED.search(value) for _, value in parse_qsl(parts.query)):
        score += 2
    words = len(re.split(r"[-_]", last))
    if words >= LINK_WORDS:
        score += 2
    elif words == 1 and not parts.query and not NUMBERED.search(last) and not DOCUMENT.search(last):
        score -= 2
    if DOCUMENT.search(path.lower()):
        score += 1
    if LISTS.search(path) or is_navigation_page(url):
        score -= 3
    return score


def place_score(node: LexborNode) -> int:
    """What the elements around a link say."""
    score = 0
    for around in _ancestors(node):
        if around.tag in HEADINGS or around.tag == "article":
            score = max(score, 2)
        elif around.tag in AROUND:
            return -3
    if any(child.tag in HEADINGS for child in node.css("h1, h2, h3, h4")):
        score = max(score, 2)
    return score


def _ancestors(node: LexborNode) -> Iterator[LexborNode]:
    parent = node.parent
    for _ in range(12):
        if parent is None or parent.tag == "body":
            return
        yield parent
        parent = parent.parent
