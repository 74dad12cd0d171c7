"""Tags that a page shows with its article: short links in an element that is called a list of tags, or are called tags themselves."""

# The full-width colon ends labels, too.
# ruff: noqa: RUF001

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from pipeline import urls
from pipeline.extract.elements import MAX_LABEL, absolute, text_of
from pipeline.extract.listings import words_in
from pipeline.extract.page import ParsedPage
from pipeline.extract.vicinity import Vicinity

AROUND: Final = 2  # elements around a link's own block that may be its list
KNOWN_NAMES: Final = 20_000  # the pages of an outlet share them
MAX_LISTS: Final = 2  # above and below the text; with more of them each is a teaser's
MAX_LINKS: Final = 15
MAX_WORDS: Final = 5  # of a tag
LABEL_ENDS: Final = (":", "：")
_WORD: Final = r"(?:tags?|topics?|keywords?|schlag(?:worte|wörter|woerter)|stichw[oö]rter|themen|etiquetas|temas|mots?-?cles|t[eé]m(?:as?|y)|emner|ämnen|argomenti)"
# One whole name of a class: `entry-tags`, `article__tags-list`, `topic-list`; `tag-politics` and `tag-cloud` are none.
TAG_LIST: Final = re.compile(
    rf"(?:^|\s)(?:[a-z0-9]+[-_]+){{0,4}}{_WORD}(?:[-_]*(?:lists?|links?|items?|wrap(?:per)?|container|block|box|group|area|section|row|inner|ul|content))?(?:\s|$)"
)
OTHERS: Final = re.compile(r"cloud|trend|popular|\bhot\b|\btop\b|nav|menu|related|recommend|sidebar|widget|header|breadcrumb|follow")


@lru_cache(maxsize=KNOWN_NAMES)
def _is_called_tags(names: str) -> bool:
    lower = names.lower()[:MAX_LABEL]
    return TAG_LIST.search(lower) is not None and OTHERS.search(lower) is None


def _is_list(place: HtmlElement) -> bool:
    # Each link asks this, and all marks together cost many times as much as one.
    names = place.get("class") or place.get("data-component") or place.get("id")
    return bool(names) and _is_called_tags(names)


def _leads_on(link: HtmlElement, page: ParsedPage) -> bool:
    """Whether a link leads to another page of the site."""
    address = absolute(page.url, (link.get("href") or "").strip())
    return address.startswith("http") and urls.same_site(address, page.url) and address.partition("#")[0] != page.url


def _lists(page: ParsedPage) -> dict[HtmlElement, list[HtmlElement]]:
    """Links that stand in lists of tags or are called tags, by what holds them."""
    known: dict[HtmlElement, HtmlElement | None] = {}
    lists: dict[HtmlElement, list[HtmlElement]] = {}
    for link in page.anchors:
        parent = link.getparent()
        if parent is None:
            continue
        if parent not in known:
            known[parent] = next((place for place in (parent, *islice(parent.iterancestors(), AROUND)) if _is_list(place)), None)
        place = known[parent] if known[parent] is not None else parent if _is_list(link) else None
        if place is not None and _leads_on(link, page):
            lists.setdefault(place, []).append(link)
    return lists


def shown_tags(page: ParsedPage) -> Iterator[str]:
    """The tags that a page shows with its own article, not those of teasers and boxes beside it."""
    lists = _lists(page)
    if not lists:
        return
    vicinity = Vicinity(page)
    own = [links for place, links in lists.items() if not vicinity.is_apart(place) and not vicinity.is_strange(place)]
    if len(own) > MAX_LISTS:
        return
    for links in own:
        tags = [text for text in map(text_of, links) if text.strip("#0123456789") and not text.endswith(LABEL_ENDS)]
        if len(links) <= MAX_LINKS and all(words_in(text) <= MAX_WORDS for text in tags):
            yield from tags
