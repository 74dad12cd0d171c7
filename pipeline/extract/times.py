"""When the article was published and modified."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from itertools import islice
from math import ceil, floor
from typing import Final

from htmldate import find_date
from lxml.html import HtmlElement

from pipeline import dates, languages
from pipeline.extract.candidates import Decision, shown
from pipeline.extract.elements import following, label_of, text_of
from pipeline.extract.page import ParsedPage
from pipeline.extract.structured import all_texts
from pipeline.models import Precision, Timestamp

MAX_DATE_TEXT: Final = 80  # characters
SAME_DAY: Final = timedelta(hours=36)  # a day in some zone
NEAR: Final = 4  # ancestors that tell what an element belongs to
MAX_INNER: Final = 5  # elements inside one that holds a date
MAX_TEXTS: Final = 20  # that look like dates; each try takes a millisecond
MAX_SEARCHED: Final = 2_000_000  # characters of a page
MAX_SEARCHED_ELEMENTS: Final = 10_000
LOOK_AHEAD: Final = 60  # elements after the headline
PUBLISHED_META: Final = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "article:published", "article.published",
    "publishdate", "publish-date", "publish_date", "publication_date", "publicationdate", "published", "published_time", "pubdate",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "dc.date.issued", "dc.date", "dc.date.created",
    "dcterms.created", "dcterms.date", "dcterms.issued", "citation_publication_date", "citation_date", "article_date_original", "article:date",
    "displaydate", "originalpublicationdate", "timestamp", "lastpubdate", "rnews:datepublished", "datecreated", "date_published", "date", "created",
)  # fmt: skip
MODIFIED_META: Final = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "article:modified", "lastmod", "last-modified", "revised",
    "dcterms.modified", "dc.date.modified", "modified", "updated_time", "article:updated", "article.updated",
)  # fmt: skip
PUBLISHED_MARK: Final = re.compile(
    r"publi|pubdate|posted|created|entry-date|datum|byline|dateline|article[-_]?date|date[-_]?time|fecha|issued"
)
MODIFIED_MARK: Final = re.compile(r"modif|updated|update|aktualis|actualiz|changed|revised")
ELSEWHERE: Final = re.compile(
    r"comment|related|sidebar|recommend|teaser|latest|popular|footer|archive|widget|promo|ticker|card|listing|trending|more-"
)
DATE_MARK: Final = re.compile(r"(?:^|[\s_-])(?:date|datum|fecha|data|time|timestamp|published|pubdate|dateline|posted|byline)(?=$|[\s_-])")
REGION: Final = re.compile(r"[a-z]{2}[-_][A-Za-z]{2}$")
MAX_STAMPS: Final = 8
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
QUARTER: Final = timedelta(minutes=15)
FARTHEST: Final = timedelta(hours=14)  # no place is farther from UTC
MONTHLESS: Final = re.compile(r"\b(?:19|20)\d{2}\b")


def _parse(page: ParsedPage, text: str, spoken: tuple[str, ...] = ()) -> Timestamp | None:
    country = page.country or next((label[3:].lower() for label in page.said_languages if REGION.match(label)), "")
    order = "" if not spoken or spoken[0] != "en" or not country else "MDY" if country in {"us", "ph", "ca"} else "DMY"
    return dates.parse(text, zone=page.zone, latest=page.source.fetched_at, languages=spoken, order=order)


def _spoken(page: ParsedPage) -> tuple[str, ...]:
    """Languages that the page's dates may be written in."""
    return tuple(dict.fromkeys([code for label in page.said_languages if (code := languages.tag(label))] or ["en"]))[:2]


def _is_elsewhere(element: HtmlElement) -> bool:
    """Whether an element belongs to another article, a comment or the frame of the page."""
    for number, ancestor in enumerate(element.iterancestors()):
        if ancestor.tag in {"aside", "footer", "nav"} or (number < NEAR and ELSEWHERE.search(label_of(ancestor))):
            return True
    return bool(ELSEWHERE.search(label_of(element)))


def _time_elements(page: ParsedPage) -> Iterator[tuple[str, str, int]]:
    """Text, kind (`published`, `modified`) and rank of the page's time elements; a lower rank is better."""
    for position, element in enumerate(page.times[:40]):
        text = element.get("datetime") or element.get("content") or text_of(element)
        if not text or _is_elsewhere(element):
            continue
        parent = element.getparent()
        marks = f"{label_of(element)} {label_of(parent) if parent is not None else ''}"
        if MODIFIED_MARK.search(marks) and not re.search(r"publi|pubdate", marks):
            yield text, "modified", position
        elif element.get("pubdate") is not None or PUBLISHED_MARK.search(marks):
            yield text, "published", position
        else:
            yield text, "published", position + 10


def _machine_readable(page: ParsedPage) -> Iterator[tuple[str, str]]:
    for text in all_texts(page.article.get("datePublished")):
        yield text, "json-ld"
    for text in page.metas(*PUBLISHED_META):
        yield text, "meta"
    for node in page.data.nodes:
        if node is not page.data.article and {"WebPage", "VideoObject"} & {str(node.get("@type"))}:
            for text in all_texts(node.get("datePublished")):
                yield text, "json-ld page"
    for text in all_texts(page.article.get("dateCreated")):
        yield text, "json-ld"


def _visible(page: ParsedPage) -> Iterator[str]:
    """Short texts near the headline or marked as dates that hold a year."""
    anchors = [heading.element for heading in page.headings[:2]]
    for anchor in anchors:
        for element in following(anchor, LOOK_AHEAD):
            own = " ".join((element.text or "").split())
            if own and len(own) <= MAX_DATE_TEXT and MONTHLESS.search(own):
                yield own
    for element in page.marked(DATE_MARK):
        if len(element) <= MAX_INNER and not _is_elsewhere(element):
            text = text_of(element)
            if len(text) <= MAX_DATE_TEXT and MONTHLESS.search(text):
                yield text


def _shift(found: Timestamp, told: Iterable[str], day: Timestamp | None, page: ParsedPage) -> tzinfo:
    """The zone that readers of a UTC stamp live in.

    It is that of another stamp of the same instant on the page, or of a clock on it that shows the same minute in
    another hour; then that of the outlet's country; and where the URL says that the day is the next or the one
    before, the nearest that makes it so.
    """
    for text in islice(told, MAX_STAMPS):
        other = _parse(page, text)
        if other and other.at == found.at and (shift := other.at.utcoffset()):
            return timezone(shift)
        clock = dates.wall_clock(text)
        shift = clock - found.at.replace(tzinfo=None) if clock else timedelta()
        if shift and abs(shift) <= FARTHEST and not shift % QUARTER:
            return timezone(shift)
    if day is None or found.at.astimezone(page.zone).date() == day.at.date():
        return page.zone
    midnight = datetime.combine(day.at.date(), time(), tzinfo=UTC)
    if found.at < midnight:
        return timezone(min(FARTHEST, ceil((midnight - found.at) / HOUR) * HOUR))
    return timezone(max(-FARTHEST, floor((midnight + DAY - timedelta(seconds=1) - found.at) / HOUR) * HOUR))


def _localised(found: Timestamp, told: Iterable[str], day: Timestamp | None, page: ParsedPage) -> Timestamp:
    """A UTC stamp, which programs write, in its readers' time where they saw another day; the instant stays."""
    if found.at.utcoffset() or found.precision is Precision.DAY or (day and found.at.date() == day.at.date()):
        return found
    local = found.at.astimezone(_shift(found, told, day, page))
    if local.date() == found.at.date() or (day and local.date() != day.at.date()):
        return found
    return Timestamp(at=local, precision=found.precision)


def _of_month(found: Timestamp | None, page: ParsedPage) -> Timestamp | None:
    """What the text says, unless the URL says that the article is of quite another month."""
    return found if found and dates.is_near_month_in_url(found.at, page.url) else None


def _last_resort(page: ParsedPage) -> Timestamp | None:
    """What htmldate finds in the text; it is slow, and sure of the day only."""
    if page.html_characters > MAX_SEARCHED or len(page.marks) > MAX_SEARCHED_ELEMENTS:
        return None
    text = find_date(
        page.tree, original_date=True, extensive_search=True, url=page.url or None,
        min_date=dates.EARLIEST.date().isoformat(), max_date=page.source.fetched_at.date().isoformat(), deferred_url_extractor=True,
    )  # fmt: skip
    # It makes the first of January of a year that stands alone, such as that of the copyright.
    return _parse(page, text) if text and not text.endswith("-01-01") else None


def _fed(page: ParsedPage) -> Timestamp | None:
    """What the feed said."""
    at = page.source.feed_published_at
    if at is None:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return Timestamp(at=at) if dates.plausible(at, latest=page.source.fetched_at) else None


def _first(page: ParsedPage, texts: Iterable[str]) -> Timestamp | None:
    spoken = _spoken(page)
    return next((found for text in texts if (found := _parse(page, text, spoken))), None)


def decide_published(page: ParsedPage) -> Decision[Timestamp | None]:
    """When the article was published: the first plausible time of the best kind of source, else None."""
    told = list(_machine_readable(page))
    told += [(text, "time") for text, kind, _ in sorted(_time_elements(page), key=lambda item: item[2]) if kind == "published"]
    day = dates.in_url(page.url, zone=page.zone, latest=page.source.fetched_at)
    fed = _fed(page)
    chosen = _first(page, (text for text, _ in told))
    if fed:
        told.append((fed.isoformat(), "feed"))
    if day:
        told.append((day.at.date().isoformat(), "url"))
        # A feed that agrees with the URL adds the minute.
        chosen = chosen or (fed if fed and abs(fed.at - day.at) < SAME_DAY else day)
    if not chosen:
        visible = list(islice(_visible(page), MAX_TEXTS))
        told += [(text, "text") for text in visible]
        chosen = _of_month(_first(page, visible), page) or fed
    if not chosen and (chosen := _of_month(_last_resort(page), page)):
        told.append((chosen.isoformat(), "htmldate"))
    return Decision(value=_localised(chosen, (text for text, _ in told), day, page) if chosen else None, candidates=shown(told))


def decide_modified(page: ParsedPage, published: Timestamp | None) -> Decision[Timestamp | None]:
    """When the article was last changed; None if the page doesn't say, or says a time before its publication."""
    pairs = [(text, "json-ld") for text in all_texts(page.article.get("dateModified"))]
    pairs += [(text, "meta") for text in page.metas(*MODIFIED_META)]
    pairs += [(text, "time") for text, kind, _ in _time_elements(page) if kind == "modified"]
    chosen = _first(page, (text for text, _ in pairs))
    if (
        chosen
        and published
        and chosen.at < published.at
        and not (published.precision is Precision.DAY or chosen.precision is Precision.DAY)
    ):
        chosen = None
    return Decision(value=chosen, candidates=shown(pairs))


def read(page: ParsedPage, texts: Sequence[str]) -> Timestamp | None:
    """The first plausible time that texts of a page say, in its readers' time."""
    found = _first(page, texts)
    return _localised(found, texts, None, page) if found else None
