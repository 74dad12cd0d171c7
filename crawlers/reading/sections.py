"""Section and home pages: links to articles, told from navigation by their text, place and URL.

General marks say what is likely on any site (`place_score`, `text_score`, `url_score`); what the outlet's own addresses look like is
learned from what became of its pages before, and from the page itself: links that read like headlines show the shape of its articles'
addresses, and those of its menus the shape of the others'.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from courlan import is_navigation_page, is_not_crawlable
from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawlers.reading.texts import link, plain
from pipeline.models import FeedItem
from pipeline.shapes import Known, Shapes
from pipeline.urls import same_site

LONGEST_TITLE: Final = 500
# What speaks for an article adds up to at least this, where nothing is known of the outlet.
ENOUGH: Final = 4
HEADLINE: Final = 3

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
# Those of them, and others, that never list articles.
SERVICES: Final = re.compile(
    r"/(about|contact|kontakt|impressum|privacy|datenschutz|terms|agb|legal|subscribe|abo|newsletters?|login|signin|sign-in|register|account"
    r"|shop|jobs|careers|advertis\w*|help|faq|search|suche|rss|feeds?|e-?paper|archives?)(/|\.|-|$)",
    re.IGNORECASE,
)
AROUND: Final = frozenset({"nav", "footer", "menu"})
HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4"})
LINK_WORDS: Final = 4
LINK_CHARACTERS: Final = 25
# For scripts without spaces a headline is shorter.
DENSE_CHARACTERS: Final = 10


# How much the shape of an address counts beside a point of the general marks: as the page teaches it, which may be wrong, and as what
# became of pages does: where that says so much, the page is not asked. From `SURE` on, a link is no guess any more.
PAGE_WEIGHT: Final = 0.4
DECIDED: Final = 1.0
SURE: Final = 1.0
# Of a page's links that may be articles or not, so many are tried a time; what becomes of them is learned.
MOST_GUESSES: Final = 10
# What a page itself teaches about shapes: so many of its clearest links of either kind, each once.
MOST_TAUGHT: Final = 60
CLEARLY_ARTICLE: Final = ENOUGH + 1
CLEARLY_OTHER: Final = 1  # and below
MENU_WORDS: Final = 3
IMPOSSIBLE: Final = -50
MOST_LINKS: Final = 5_000
MOST_SECTIONS: Final = 12
DEEPEST_SECTION: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link of a page, with what speaks for an article in points."""

    url: str
    text: str
    place: int
    headline: int
    address: int

    @property
    def points(self) -> int:
        """All of them."""
        return self.place + self.headline + self.address


def read(body: bytes, *, url: str, content_type: str, known: Known | None = None) -> tuple[FeedItem, ...]:
    """The links of a page that look like articles of the same site, in the page's order.

    Args:
        body: the page.
        url: its own address.
        content_type: the header, may be empty.
        known: what became of the outlet's pages before; none of its articles is a guess, and none of the others is shown again.

    Raises:
        ValueError: it is no HTML; the message says so.

    """
    if "<" not in body[:5000].decode("latin-1") or ("html" not in content_type and "xml" not in content_type and content_type):
        raise ValueError(f"it is no web page ({content_type or 'without a content type'})")
    links = links_of(body, url=url)
    before = known or Known()
    articles, others = frozenset(before.articles), frozenset(before.others)
    shapes_known = Shapes(before)
    shapes_here = Shapes(taught(links, shapes_known))
    guesses = 0
    items: list[FeedItem] = []
    for one in links:
        if one.url in others or one.points <= IMPOSSIBLE:
            continue
        score = one.points - ENOUGH + 0.5 + learned(shapes_here.odds(one.url), shapes_known.odds(one.url))
        if one.url not in articles:
            if score < 0:
                continue
            guesses += score < SURE
            if score < SURE and guesses > MOST_GUESSES:
                continue
        items.append(FeedItem(url=one.url, title=one.text or None))
    return tuple(items)


def sections(body: bytes, *, url: str) -> tuple[str, ...]:
    """Links of a home page that may lead to its sections: short names of a menu with short addresses, the menu's own first."""
    links = links_of(body, url=url)
    shapes = Shapes(taught(links, Shapes(Known())))
    found = [
        one
        for one in links
        if 0 < len(one.text.split()) <= MENU_WORDS
        and IMPOSSIBLE < one.points < ENOUGH
        and shapes.odds(one.url) <= 0
        and 0 < len(list(filter(None, urlsplit(one.url).path.split("/")))) <= DEEPEST_SECTION
        and not urlsplit(one.url).query
        and not SERVICES.search(urlsplit(one.url).path)
    ]
    return tuple(one.url for one in sorted(found, key=lambda one: one.place))[:MOST_SECTIONS]


def links_of(body: bytes, *, url: str) -> tuple[Link, ...]:
    """The links of a page to others of its site, each once, with its longest text and its best place."""
    tree = LexborHTMLParser(body)
    base_node = tree.css_first("base[href]")
    base = urljoin(url, (base_node.attributes.get("href") or "") if base_node else "")
    titles: dict[str, str] = {}
    places: dict[str, int] = {}
    for node in islice(tree.css("a[href]"), MOST_LINKS):
        address = link(node.attributes.get("href"), base=base)
        if address is None or address.rstrip("/") == url.rstrip("/") or not same_site(address, url):
            continue
        text = plain(node.text(separator=" "), most=LONGEST_TITLE) or ""
        if len(text) > len(titles.setdefault(address, "")):
            titles[address] = text
        places[address] = max(places.get(address, -99), place_score(node))
    return tuple(
        Link(url=address, text=text, place=places[address], headline=text_score(text), address=url_score(address))
        for address, text in titles.items()
    )


def taught(links: Iterable[Link], known: Shapes) -> Known:
    """What a page's clearest links show, unless it is known better: those that read like headlines, and short ones of menus and lists."""
    articles = [one.url for one in links if one.headline >= HEADLINE and one.place >= 0 and one.points >= CLEARLY_ARTICLE]
    others = [
        one.url
        for one in links
        if len(one.text.split()) <= MENU_WORDS and IMPOSSIBLE < one.points <= CLEARLY_OTHER and min(one.place, one.address) < 0
    ]
    return Known(
        articles=tuple(url for url in articles[:MOST_TAUGHT] if known.odds(url) >= 0),
        others=tuple(url for url in others[:MOST_TAUGHT] if known.odds(url) <= 0),
    )


def learned(here: float, known: float) -> float:
    """The points that the shape of an address adds, by what the page itself teaches of it and by what became of pages."""
    return known if abs(known) >= DECIDED and here * known < 0 else known + PAGE_WEIGHT * here


def text_score(text: str) -> int:
    """How much a link's text reads like a headline."""
    dense = sum(character >= "\u3040" for character in text)
    if dense >= DENSE_CHARACTERS or len(text.split()) >= LINK_WORDS + 2:
        return HEADLINE
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
