"""A page's dates that are written for programs: where they stand, and how they are read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, cast

from lxml import etree
from lxml.html import HtmlElement

from pipeline import dates, languages
from pipeline.extract import datelines
from pipeline.extract.elements import label_of, text_of
from pipeline.extract.page import ParsedPage
from pipeline.extract.structured import all_texts, types_of
from pipeline.models import Timestamp

MAX_SAID: Final = 2  # languages
MAX_TIMES: Final = 40  # elements of a page that are read
MAX_UPDATES: Final = 5  # lines that are read
MAX_STATES: Final = 20  # values in scripts that are read
PUBLISHED_META: Final = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "article:published", "article.published",
    "publishdate", "publish-date", "publish_date", "publication_date", "publicationdate", "published", "published_time", "pubdate",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "dc.date.issued",
    "dcterms.issued", "citation_publication_date", "citation_date", "article_date_original", "article:date",
    "displaydate", "originalpublicationdate", "rnews:datepublished", "date_published",
)  # fmt: skip
# What these mean differs: on many sites when the page was made or last saved.
PAGE_META: Final = (
    "dc.date",
    "dc.date.created",
    "dcterms.created",
    "dcterms.date",
    "date",
    "datecreated",
    "created",
    "timestamp",
    "lastpubdate",
)
MODIFIED_META: Final = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "article:modified", "lastmod", "last-modified", "revised",
    "dcterms.modified", "dc.date.modified", "modified", "updated_time", "article:updated", "article.updated",
)  # fmt: skip
PUBLISHED_MARK: Final = re.compile(
    r"publi|pubdate|posted|created|entry-date|datum|byline|dateline|article[-_]?date|date[-_]?time|fecha|issued"
)
MODIFIED_MARK: Final = re.compile(r"modif|updated|update|aktualis|actualiz|changed|revised")
PUBLISHED_ITEM: Final = etree.XPath(".//*[@itemprop='datePublished'][not(self::meta)]")
# What a page without article may be about, beside the page itself.
DATED_TYPES: Final = frozenset(
    {"WebPage", "ItemPage", "VideoObject", "AudioObject", "PodcastEpisode", "Recipe", "HowTo", "DiscussionForumPosting"}
)
STATE: Final = re.compile(
    r"""["'](?:datePublished|date_published|published_?(?:at|date|time)|publish_?(?:date|time)|publication_?date|first_?publi\w{0,10}_?(?:at|date)"""
    r"""|pubdate|created_?at|createdDateTime)["']\s*:\s*["']?([^"',}{]{8,40})""",
    re.IGNORECASE,
)
MONTH_FIRST: Final = frozenset({"us", "ph", "ca"})  # countries
REGION: Final = re.compile(r"[a-z]{2}[-_][A-Za-z]{2}$")
# Of a page that does not tell its own.
COMMON_LANGUAGES: Final = ("de", "fr", "es", "it", "pt", "nl", "pl", "ru", "sv", "no", "da", "cs", "tr", "ro", "hu", "id")

type_of_told = tuple[str, str]  # a text and its source


def order(page: ParsedPage, spoken: tuple[str, ...]) -> str:
    """Which of a day, a month and a short year in digits stands first on a page."""
    if spoken[:1] in {("ko",), ("ja",), ("zh",)}:
        return "YMD"
    country = page.country or next((label[3:].lower() for label in page.said_languages if REGION.match(label)), "")
    return "MDY" if spoken[:1] == ("en",) and country in {"", *MONTH_FIRST} else "DMY"


def said(page: ParsedPage) -> tuple[str, ...]:
    """Languages that the page says it is in, and English, which programs write."""
    codes = [code for label in page.said_languages if (code := languages.tag(label))]
    return tuple(dict.fromkeys([*codes[:MAX_SAID], "en"]))


def spoken(page: ParsedPage) -> tuple[str, ...]:
    """Languages that the page's dates may be in. Its text is asked too where it says English, as templates do, or nothing."""
    known = said(page)
    if known[0] != "en":
        return known
    found = languages.identify(page.lower_text)
    if found or page.said_languages:
        return tuple(dict.fromkeys([*([found] if found else []), *known]))
    return (*known, *COMMON_LANGUAGES)


def parse(page: ParsedPage, text: str, known: tuple[str, ...] = ()) -> Timestamp | None:
    """The time that a text of a page says in one of some languages; without one only formats for machines are read."""
    return dates.parse(text, zone=page.zone, latest=page.source.fetched_at, languages=known, order=order(page, known))


def first(page: ParsedPage, told: Iterable[type_of_told]) -> Timestamp | None:
    """The first plausible time among some texts."""
    known = said(page)
    return next((found for text, _ in told if (found := parse(page, text, known))), None)


def structured(page: ParsedPage) -> Iterator[type_of_told]:
    """What JSON-LD and the meta elements say of the publication."""
    for text in all_texts(page.article.get("datePublished")):
        yield text, "json-ld"
    for text in page.metas(*PUBLISHED_META):
        yield text, "meta"
    for node in page.data.nodes:
        if node is not page.data.article and DATED_TYPES & set(types_of(node)):
            for text in all_texts(node.get("datePublished")):
                yield text, "json-ld page"


def items(page: ParsedPage) -> Iterator[type_of_told]:
    """What the page's microdata say of the publication."""
    own = datelines.home(page)
    for element in cast("list[HtmlElement]", PUBLISHED_ITEM(page.tree))[:MAX_TIMES]:
        written = element.get("title") if element.tag == "abbr" else None
        text = element.get("content") or element.get("datetime") or written or text_of(element)
        if text and not datelines.is_elsewhere(element, own):
            yield text, "microdata"


def times(page: ParsedPage, kind: str) -> list[type_of_told]:
    """What the page's time elements of a kind (`published`, `modified`) say, the best marked first."""
    own = datelines.home(page)
    found: list[tuple[bool, str]] = []
    for element in page.times[:MAX_TIMES]:
        text = element.get("datetime") or element.get("content") or text_of(element)
        if not text or datelines.is_elsewhere(element, own):
            continue
        parent = element.getparent()
        marks = f"{label_of(element)} {label_of(parent) if parent is not None else ''}"
        label = datelines.label_before(element)
        is_named = MODIFIED_MARK.search(marks) and not re.search(r"publi|pubdate|entry-date", marks)
        is_modified = label in datelines.OF_UPDATES or (not label and is_named)
        if ("modified" if is_modified else "published") == kind:
            found.append((element.get("pubdate") is None and not PUBLISHED_MARK.search(marks), text))
    return [(text, "time") for _, text in sorted(found, key=lambda one: one[0])]


def of_page(page: ParsedPage) -> list[type_of_told]:
    """What is said of the page rather than of its article."""
    return [(text, "meta") for text in page.metas(*PAGE_META)] + [(text, "json-ld") for text in all_texts(page.article.get("dateCreated"))]


def modified(page: ParsedPage) -> list[type_of_told]:
    """What says when the article was changed."""
    told = [(text, "json-ld") for text in all_texts(page.article.get("dateModified"))]
    return [*told, *((text, "meta") for text in page.metas(*MODIFIED_META)), *times(page, "modified")]


def updated(page: ParsedPage) -> list[tuple[str, Timestamp]]:
    """Lines near the headline that show when the article was changed, with the times that they say."""
    lines = list(islice(datelines.lines_of_update(page), MAX_UPDATES))
    known = spoken(page) if lines else ()  # to tell the language costs
    return list(datelines.updates(page, lines, languages=known, order=order(page, known)))


def in_scripts(page: ParsedPage) -> list[type_of_told]:
    """The day of publication in the data that the page's scripts work with, if they name one only."""
    texts = (match[1] for script in page.tree.iter("script") for match in STATE.finditer(script.text or ""))
    found = [(text, when.at.date()) for text in islice(texts, MAX_STATES) if (when := parse(page, text))]
    return [(found[0][0], "script")] if len({day for _, day in found}) == 1 else []
