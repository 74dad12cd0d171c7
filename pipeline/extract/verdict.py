"""Whether a page is an article, and why not: its structure first, words of a few languages last."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import Final

from pipeline import urls
from pipeline.extract import faults, listings, unrendered, walls
from pipeline.extract.elements import text_of
from pipeline.extract.listings import Listing, words_in
from pipeline.extract.page import ParsedPage
from pipeline.extract.structured import ARTICLE_TYPE, first_text, types_of
from pipeline.extract.titles import fold

NOT_HTML: Final = "not_html"
EMPTY_PAGE: Final = "empty_page"
TOO_LARGE: Final = "too_large"
NO_BODY: Final = "no_body"
TOO_SHORT: Final = "too_short"
NEEDS_BROWSER: Final = "needs_browser"
CONSENT_WALL: Final = "consent_wall"
LOGIN_PAGE: Final = "login_page"
PAYWALL: Final = "paywall"
ERROR_PAGE: Final = "error_page"
INDEX_PAGE: Final = "index_page"
NOT_AN_ARTICLE: Final = "not_an_article"
NOINDEX: Final = "noindex"

# Words of body. A page that calls itself a news article may be a flash of two sentences; one that neither does nor
# has a date needs more than one that has it.
MIN_WORDS_DECLARED: Final = 12
MIN_WORDS: Final = 35
MIN_WORDS_UNDATED: Final = 60
LONG_WORDS: Final = 250  # a text of this length speaks for itself
SENTENCE_WORDS: Final = 10
HEADLINE_WORDS: Final = 5  # a menu's entries have fewer
ENOUGH_CHARACTERS: Final = 20_000  # of a body, to judge it by
SEVERAL: Final = 6
SECTION_WORDS: Final = 3  # of a section's name
FEW_PARAGRAPHS: Final = 2
MANY_LINKS: Final = 25  # headline links of a page that lists
TEASER_SHARE: Final = 0.5  # of the text of a page that lists
TEASER_SHARE_CALLED_ARTICLE: Final = 0.8
LIST_TEASERS: Final = 4
MANY_HEADLINES: Final = 12
OWN_WORDS: Final = 30  # before the first teaser, of an article that teasers follow

OTHER_THINGS: Final = frozenset({
    "Product", "Recipe", "Event", "JobPosting", "ProfilePage", "FAQPage", "ContactPage", "AboutPage", "SearchResultsPage", "Movie", "Book",
})  # fmt: skip
# An undeclared article may carry these for what it is about.
SUBJECTS: Final = frozenset({"FAQPage", "Movie", "Book"})
LISTS: Final = frozenset({"CollectionPage", "SearchResultsPage", "ItemList"})
MICRODATA: Final = re.compile(r"schema\.org/(?:\w*Article|BlogPosting|Report|Review|LiveBlogPosting)\b")


class Says(IntEnum):
    """How surely a page says that it is an article."""

    NOTHING = 0
    TYPE = 1  # by `og:type`, which templates set on all their pages
    ARTICLE = 2  # by structured data about this very article


def _is_own(headline: str, titles: list[str]) -> bool:
    folded = fold(headline)
    return bool(folded) and any(folded in title or title in folded for title in titles if title)


def says(page: ParsedPage, title: str) -> Says:
    """How surely a page says that it is an article: a list's structured data describe the articles that it leads to."""
    articles = [node for node in page.data.nodes if any(ARTICLE_TYPE.search(kind) for kind in types_of(node))]
    titles = [fold(text) for text in (title, page.title_tag, *page.metas("og:title"), *(heading.text for heading in page.headings))]
    if page.data.article is not None:
        headline = first_text(page.data.article.get("headline") or page.data.article.get("name"))
        if len(articles) < LIST_TEASERS or _is_own(headline, titles):
            return Says.ARTICLE
    # To look through all elements costs more than to see that it is in vain.
    if MICRODATA.search(page.html):
        items = page.tree.xpath(".//*[self::article or self::div or self::section or self::main or self::body]/@itemtype")
        if sum(MICRODATA.search(kind) is not None for kind in items) == 1:
            return Says.ARTICLE
    return Says.TYPE if any("article" in kind.lower() for kind in page.metas("og:type")) else Says.NOTHING


def _headline_links(page: ParsedPage) -> int:
    return sum(words_in(text_of(link)) >= HEADLINE_WORDS for link in page.anchors)


def _titles(page: ParsedPage, title: str) -> tuple[str, ...]:
    return (title, *page.metas("og:title"), *(heading.text for heading in page.headings[:1]))


def _listing(page: ParsedPage, title: str, body: str) -> Listing:
    return listings.listing(page.tree, body, titles=_titles(page, title))


def _paragraphs(body: str) -> int:
    return sum(words_in(paragraph) >= SENTENCE_WORDS for paragraph in body.split("\n\n"))


def _is_index_page(page: ParsedPage, title: str, body: str, said: Says, *, dated: bool) -> bool:
    if urls.is_home(page.url):
        if said == Says.ARTICLE and not page.data.types & LISTS:
            return False
        return _paragraphs(body) < SEVERAL or _headline_links(page) >= MANY_LINKS or _listing(page, title, body).teasers >= LIST_TEASERS
    if said == Says.ARTICLE:
        return False
    is_report = said == Says.TYPE and dated and words_in(title) >= HEADLINE_WORDS
    if is_report and listings.has_lead(page.tree, body, titles=_titles(page, title), words=OWN_WORDS):
        return False  # the next ones may stand below it
    found = _listing(page, title, body)
    if said == Says.NOTHING and _is_section(page, title, body, found, dated=dated):
        return True
    share = TEASER_SHARE_CALLED_ARTICLE if said == Says.TYPE else TEASER_SHARE
    is_led = found.lead_words >= OWN_WORDS
    teases = found.teasers >= LIST_TEASERS and (found.teasers >= SEVERAL or not is_led)
    links = found.headlines >= MANY_HEADLINES and not is_led
    return (found.share >= share and (teases or links)) or (said == Says.NOTHING and _lists(page, body, found))


def _is_section(page: ParsedPage, title: str, body: str, found: Listing, *, dated: bool) -> bool:
    """Whether a page with little text of its own has the name of a section for its title."""
    if found.headlines < SEVERAL or not 0 < words_in(title) <= SECTION_WORDS or words_in(body) >= LONG_WORDS:
        return False
    is_named = listings.names_itself(page.url, title) and (not dated or (words_in(title) == 1 and listings.is_top_address(page.url)))
    return is_named or listings.is_in_menu(page.tree, page.url, title)


def _lists(page: ParsedPage, body: str, found: Listing) -> bool:
    """Whether a page that does not call itself an article has the address or the links of a list, and little text between them."""
    short = words_in(body) < LONG_WORDS
    if listings.is_search(page.url) or (short and listings.is_list_address(page.url) and found.headlines >= SEVERAL):
        return True
    links = _headline_links(page)
    return short and ((bool(page.data.types & LISTS) and links >= SEVERAL) or (links >= MANY_LINKS and _paragraphs(body) <= FEW_PARAGRAPHS))


def _is_about_outlet(page: ParsedPage, title: str, said: Says, *, dated: bool) -> bool:
    if said == Says.ARTICLE:
        return False
    if listings.is_about_address(page.url):
        return True
    names = (title, *(heading.text for heading in page.headings[:1]))
    return not (said and dated) and any(listings.is_about_title(name) for name in names)


def reason(page: ParsedPage, *, title: str, body: str, dated: bool) -> str | None:
    """Why a page is no article, as a stable word; None if it is one.

    Args:
        page: the parsed page.
        title: as decided.
        body: as decided.
        dated: a time of publication was found.

    """
    return next(_objections(page, title, body[:ENOUGH_CHARACTERS], dated=dated), None)


def _objections(page: ParsedPage, title: str, body: str, *, dated: bool) -> Iterator[str]:
    words = words_in(body)
    said = says(page, title)
    if faults.is_error_page(page, title, words):
        yield ERROR_PAGE
    if walls.is_consent_wall(page, body, words, declared=said != Says.NOTHING):
        yield CONSENT_WALL
    if said != Says.ARTICLE and walls.is_login_page(page, title, words):
        yield LOGIN_PAGE
    if _is_index_page(page, title, body, said, dated=dated):
        yield NEEDS_BROWSER if unrendered.is_promised(page, body) else INDEX_PAGE
    dated = dated or said == Says.ARTICLE
    if _is_about_outlet(page, title, said, dated=dated) or (
        page.data.types & (OTHER_THINGS - SUBJECTS if dated else OTHER_THINGS) and not said and words < LONG_WORDS
    ):
        yield NOT_AN_ARTICLE
    if words < (MIN_WORDS_DECLARED if said else MIN_WORDS if dated else MIN_WORDS_UNDATED):
        if walls.is_paywalled(page):
            yield PAYWALL
        if unrendered.is_unrendered(page, body, declared=said == Says.ARTICLE):
            yield NEEDS_BROWSER
        yield TOO_SHORT if words else NO_BODY
