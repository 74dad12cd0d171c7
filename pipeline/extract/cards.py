"""What stands around a page's article and belongs to other pages: cards that lead to them, and other articles as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Final
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipeline import urls
from pipeline.extract.elements import absolute, has_more_than, text_of
from pipeline.extract.titles import fold

HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS: Final = frozenset(["p", "div", "section", "article", "figure", "li", *HEADINGS])
WHOLE: Final = frozenset(["html", "body", "main"])
MAX_CARD: Final = 500  # characters
MAX_PARAGRAPHS: Final = 2  # of a card
MAX_CLIMB: Final = 4  # elements from a headline to its card
MAX_LINKS: Final = 2_000
MIN_LINK: Final = 15  # characters
CARDS_AT_MOST: Final = 0.5  # of the text beside them; where there are more, the cards are the text
MIN_ARTICLE: Final = 600  # characters of its paragraphs
MAX_HEADLINES: Final = 50


def _leads_away(link: HtmlElement, url: str) -> bool:
    """Whether a link leads to another page of the site."""
    href = (link.get("href") or "#").strip()
    if href.startswith("#"):
        return False
    target = absolute(url, href)
    if not target.startswith("http") or (href.startswith(("http", "//")) and not urls.same_site(target, url)):
        return False
    return urlsplit(target).path.rstrip("/") != urlsplit(url).path.rstrip("/")


def _link_of(heading: HtmlElement) -> HtmlElement | None:
    """The link that is all of a heading, or that the heading stands in."""
    text = text_of(heading)
    if len(text) < MIN_LINK:
        return None
    inner = next((link for link in heading.iter("a") if text_of(link) == text), None)
    return inner if inner is not None else next(islice(heading.iterancestors("a"), 1), None)


def _is_small(element: HtmlElement) -> bool:
    """Whether an element may be about one headline or link only."""
    return (
        element.tag not in WHOLE
        and not has_more_than(element, MAX_CARD)
        and sum(1 for _ in islice(element.iter(*HEADINGS), 2)) <= 1
        and sum(1 for _ in islice(element.iter("p"), MAX_PARAGRAPHS + 1)) <= MAX_PARAGRAPHS
    )


def _card_of(element: HtmlElement, known: dict[HtmlElement, bool]) -> HtmlElement:
    """The largest element around a headline or link that is about nothing else; what surrounds many cards is looked at once."""
    card = element
    for around in islice(element.iterancestors(), MAX_CLIMB):
        if around not in known:
            known[around] = _is_small(around)
        if not known[around]:
            break
        card = around
    return card


def _found(tree: HtmlElement, url: str) -> Iterator[HtmlElement]:
    known: dict[HtmlElement, bool] = {}
    for heading in islice(tree.iter(*HEADINGS[1:]), MAX_LINKS):
        link = _link_of(heading)
        if link is not None and _leads_away(link, url) and (card := _card_of(heading, known)) is not heading:
            yield card
    for link in islice(tree.iter("a"), MAX_LINKS):
        if any(child.tag in BLOCKS for child in link) and not has_more_than(link, MAX_CARD) and _leads_away(link, url):
            yield _card_of(link, known)


def of_other_pages(tree: HtmlElement, url: str, lengths: dict[HtmlElement, int]) -> list[HtmlElement]:
    """The cards of a tree that lead to other pages of the site; none if they are the text, as on a page that lists.

    Args:
        tree: the page, or a part of it.
        url: of the page.
        lengths: characters of the paragraphs that are text.

    """
    cards = dict.fromkeys(_found(tree, url))
    if not cards:
        return []
    inside = sum(lengths.get(paragraph, 0) for paragraph in set(chain.from_iterable(card.iter("p") for card in cards)))
    return list(cards) if inside <= CARDS_AT_MOST * (sum(lengths.values()) - inside) else []


def other_articles(tree: HtmlElement, title: str) -> list[HtmlElement]:
    """The articles that stand beside the one of a title and have headlines of their own, as where the next one is appended."""
    headlines = list(islice(tree.iter("h1"), MAX_HEADLINES))
    if len(headlines) == 1 or not headlines:
        return []
    folded = fold(title)
    own = next((headline for headline in headlines if fold(text_of(headline)) == folded), None)
    above = set(own.iterancestors("article")) if own is not None else set()
    if not above:
        return []
    found: dict[HtmlElement, None] = {}
    for headline in headlines:
        around = list(headline.iterancestors("article"))
        if headline is not own and around and above.isdisjoint(around) and fold(text_of(headline)) != folded:
            found[around[-1]] = None
    # A page may also give each of its parts a headline.
    return [article for article in found if _is_long(article)] if any(map(_is_long, above)) else []


def _is_long(article: HtmlElement) -> bool:
    return sum(len("".join(paragraph.itertext())) for paragraph in article.iter("p")) >= MIN_ARTICLE
