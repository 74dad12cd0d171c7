"""A home page: how the outlet calls itself, and the feeds that it announces."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from crawlers.candidates import is_of_comments
from crawlers.reading import Home, sections
from crawlers.reading.texts import link, plain
from pipeline.urls import same_site

FEED_TYPES: Final = (
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/xml",
    "text/xml",
    "application/feed+json",
)
FEED_PATH: Final = re.compile(
    r"(?:^|/)(?:rss|feeds?|atom)(?:/|$|\.)|\.(?:rss|atom)$|(?:^|/)feed\.json$|(?:rss|feed|atom)[\w-]*\.xml$", re.IGNORECASE
)
SEPARATORS: Final = re.compile(r"\s+[|\u2013\u2014\u00b7\u00bb:-]\s+|:\s+")
LONGEST_NAME: Final = 200
MOST_LINKS: Final = 10


def read(body: bytes, *, url: str) -> Home:
    """Read a home page."""
    tree = LexborHTMLParser(body)
    announced: list[str] = []
    comments: list[str] = []
    for node in tree.css("link[rel~=alternate][href]"):
        kind = (node.attributes.get("type") or "").lower().split(";")[0].strip()
        address = link(node.attributes.get("href"), base=url)
        if address is not None and kind in FEED_TYPES:
            (comments if is_of_comments(address, node.attributes.get("title") or "") else announced).append(address)
    linked: list[str] = []
    for node in tree.css("a[href]"):
        address = link(node.attributes.get("href"), base=url)
        if address is not None and same_site(address, url) and FEED_PATH.search(urlsplit(address).path):
            (comments if is_of_comments(address, "") else linked).append(address)
    return Home(
        name=_name(tree) or (urlsplit(url).hostname or "").removeprefix("www."),
        announced=tuple(dict.fromkeys(announced))[:MOST_LINKS],
        linked=tuple(address for address in dict.fromkeys(linked) if address not in announced)[:MOST_LINKS],
        comments=tuple(dict.fromkeys(comments))[:MOST_LINKS],
        sections=sections.sections(body, url=url),
    )


def _name(tree: LexborHTMLParser) -> str | None:
    for selector in ("meta[property='og:site_name']", "meta[name='application-name']"):
        node = tree.css_first(selector)
        name = plain(node.attributes.get("content"), most=LONGEST_NAME) if node else None
        if name:
            return name
    title = tree.css_first("head > title")
    text = plain(title.text(), most=LONGEST_NAME) if title else None
    # "Example News | Latest headlines": the name comes first on a home page.
    return SEPARATORS.split(text)[0] if text else None
