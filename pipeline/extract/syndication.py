"""Where an article says that it comes from: notices, a canonical URL elsewhere, agencies in credits and datelines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from pipeline import urls
from pipeline.extract import addresses
from pipeline.extract.agencies import MAX_CREDIT, SOURCE_LINE, agency_in_source_line, credits_in
from pipeline.extract.candidates import Decision, shown
from pipeline.extract.elements import following, is_called, text_of
from pipeline.extract.notices import notices
from pipeline.extract.page import ParsedPage
from pipeline.extract.signatures import agency_in_text
from pipeline.extract.structured import as_list, first_text
from pipeline.extract.titles import fold
from pipeline.models import Candidate, Syndication

MAX_NOTICES: Final = 5
LONG_NAME: Final = 5  # letters; shorter ones are found in other names
LOOK_AHEAD: Final = 150  # elements after the headline
FEW_ANCESTORS: Final = 6
FULL_COLON: Final = "\uff1a"
HEAD_LINES: Final = 2  # paragraphs of the body that may be a byline
CREDIT_MARK: Final = re.compile(
    r"author|autor|auteur|autore|byline|signature|creator|writer|vcard|credit|source|quelle|fuente|agenc|agentur|firma|(?:^|[\s_-])by(?=[\s_-]|$)"
)
# Pictures carry credits of their own, and teasers those of other articles.
NO_CREDIT: Final = re.compile(
    r"caption|photo|foto|image|imagen|picture|bild|galler|video|media-|related|teaser|recommend|comment|sidebar|promo|footer|latest|most-?read"
)
NO_CREDIT_TAGS: Final = frozenset({"figure", "figcaption", "picture", "aside", "footer", "nav"})
# What agencies print below their texts, in lower case.
IMPRINTS: Final = (
    (re.compile(r"dpa:\d{6}-\d{2,}"), "dpa"),
    (re.compile(r"the associated press\. all rights reserved\. this material may not be published"), "Associated Press"),
)
BYLINE: Final = re.compile(r"^(?:by|von|por|par|di|door|av|af|от|автор)\s*:?\s", re.IGNORECASE)


def _link_to(name: str, element: HtmlElement, page: ParsedPage) -> str | None:
    """The link in a notice that carries the source's name and leads to another site, or the one beside it to an article there."""
    links = [(link.get("href") or "", fold(text_of(link))) for link in element.iter("a")]
    foreign = [(url, text) for url, text in links if urls.is_fetchable(url) and not urls.same_site(url, page.url)]
    folded = fold(name)
    named = next((url for url, text in foreign if text and (text in folded or folded in text)), None)
    if named is None or not urls.is_home(named):
        return named
    return next((url for url, _ in foreign if urls.same_site(url, named) and not urls.is_home(url)), named)


def _own_names(page: ParsedPage) -> tuple[str, ...]:
    """Names of the outlet, without what only the author of the article is called in the structured data."""
    credited = {first_text(author) for author in as_list(page.article.get("author"))}
    sure = {page.source.outlet_name, first_text(page.article.get("publisher")), *page.metas("og:site_name", "application-name")}
    return tuple(name for name in page.site_names if name in sure or name not in credited)


def _is_own(name: str, own_names: Iterable[str]) -> bool:
    folded = fold(name)
    return any(
        folded == (known := fold(site)) or (len(known) >= LONG_NAME and known in folded) or (len(folded) >= LONG_NAME and folded in known)
        for site in own_names
    )


def _is_of_article(element: HtmlElement) -> bool:
    """Whether a credit is neither a picture's nor a teaser's."""
    near = (element, *islice(element.iterancestors(), FEW_ANCESTORS))
    return not any(place.tag in NO_CREDIT_TAGS or (place.tag != "body" and is_called(place, NO_CREDIT)) for place in near)


def _credit_lines(page: ParsedPage) -> Iterator[str]:
    """Short texts near the headline that the markup calls a byline, a credit or a source, and lines such as `Quelle: dpa`."""
    for heading in page.headings[:1]:
        for element in following(heading.element, LOOK_AHEAD):
            if is_called(element, CREDIT_MARK) and _is_of_article(element):
                text = text_of(element)
                if text and len(text) <= MAX_CREDIT:
                    yield text
                yield from (part for inner in element if 0 < len(part := text_of(inner)) <= MAX_CREDIT)
    for element in page.marks:
        own = element.text
        if (
            own
            and len(own) <= MAX_CREDIT
            and (":" in own or FULL_COLON in own)
            and SOURCE_LINE.match(own.lstrip())
            and _is_of_article(element)
        ):
            text = text_of(element)
            if agency_in_source_line(text):
                yield text


def _head_lines(body: str) -> Iterator[str]:
    """Bylines that the text itself begins with."""
    return (line for line in body.split("\n\n", HEAD_LINES)[:HEAD_LINES] if len(line) <= MAX_CREDIT and BYLINE.match(line))


def _elsewhere(page: ParsedPage) -> str | None:
    """The article's URL on another site, from what says most directly that it is the same article."""
    said = [*page.metas("syndication-source", "original-source"), *map(first_text, as_list(page.article.get("isBasedOnUrl")))]
    for url in filter(None, (addresses.elsewhere(page), *said)):
        if page.url and urls.is_fetchable(url) and urls.is_public(url) and not urls.same_site(url, page.url) and not urls.is_home(url):
            return url
    return None


def decide(page: ParsedPage, *, body: str, authors: Iterable[Candidate]) -> Decision[Syndication | None]:
    """Where the article was first published; None if here.

    A notice is the plainest word; then a canonical URL on another site, an agency that the page credits, one in the dateline.

    Args:
        page: the parsed page.
        body: the article's text, of which the first and the last line may be signed.
        authors: what the page says of its authors; its structured data and metadata may name an agency.

    """
    found: list[tuple[Syndication, str]] = []
    for name, element in islice(notices(page), MAX_NOTICES):
        found.append((Syndication(name=name, url=_link_to(name, element, page)), "notice"))
    other = _elsewhere(page)
    if other:
        found.append((Syndication(name=urls.host(other).removeprefix("www."), url=other), "canonical"))
    # Bylines are read again here: a list of authors does not tell which of them sign pictures.
    declared = [candidate.value for candidate in authors if candidate.source != "byline"]
    credited = list(dict.fromkeys(credits_in((*declared, *_credit_lines(page), *_head_lines(body)))))
    found += [(Syndication(name=agency), "author") for agency in credited]
    agency = agency_in_text("\n\n".join(line for line in body.split("\n\n") if not BYLINE.match(line)) or body, credits=credited)
    if agency:
        found.append((Syndication(name=agency), "dateline"))
    found += [(Syndication(name=name), "imprint") for pattern, name in IMPRINTS if pattern.search(page.lower_text)]
    own_names = _own_names(page)
    foreign = [(syndication, source) for syndication, source in found if not _is_own(syndication.name, own_names)]
    chosen = foreign[0][0] if foreign else None
    if chosen and not chosen.url and other and foreign[0][1] != "canonical":
        chosen = Syndication(name=chosen.name, url=other)
    return Decision(value=chosen, candidates=shown((syndication.name, source) for syndication, source in found))
