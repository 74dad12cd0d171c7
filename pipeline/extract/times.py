"""When the article was published and modified."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from itertools import islice
from math import ceil, floor
from typing import Final

from htmldate import find_date

from pipeline import dates
from pipeline.extract import datelines, region, stamps
from pipeline.extract.candidates import Decision, shown
from pipeline.extract.datelines import Place
from pipeline.extract.elements import text_of
from pipeline.extract.page import ParsedPage
from pipeline.models import Precision, Timestamp

SAME_DAY: Final = timedelta(hours=36)  # a day in some zone
MAX_AGE: Final = 40  # characters
MAX_AGES: Final = 5  # texts of a page that may say how long ago
MAX_LONE: Final = 80  # characters of a line with the only date of a page
MAX_SEARCHED: Final = 1_000_000  # characters of a page
MAX_SEARCHED_ELEMENTS: Final = 10_000
MAX_STAMPS: Final = 8
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
QUARTER: Final = timedelta(minutes=15)
FARTHEST: Final = timedelta(hours=14)  # no place is farther from UTC

type_of_dated = tuple[str, str, Timestamp | None]  # a text, its source and the time that it says


def _shift(found: Timestamp, told: Iterable[str], day: Timestamp | None, page: ParsedPage) -> tzinfo:
    """The zone that readers of a UTC stamp live in.

    It is that of another stamp of the same instant on the page, or of a clock on it that shows the same minute in
    another hour; then that of the outlet's country; and where the URL says that the day is the next or the one
    before, the nearest that makes it so.
    """
    for text in islice(told, MAX_STAMPS):
        other = stamps.parse(page, text)
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


def _shown(page: ParsedPage, known: tuple[str, ...]) -> list[datelines.ShownDate]:
    """Lines with dates that the page shows."""
    return datelines.shown(page, languages=known, order=stamps.order(page, known))


def _exact(page: ParsedPage, day: Timestamp, times: Iterable[Timestamp | None]) -> Timestamp:
    """A day with the time of day that another source gives for it, if one does."""
    told = (one for one in times if one and one.precision is Precision.MINUTE)
    return next((one for one in told if day.at.date() in {one.at.date(), one.at.astimezone(page.zone).date()}), day)


def _with_minute(page: ParsedPage, chosen: Timestamp, told: Iterable[str], *, is_seen: bool) -> Timestamp:
    """A day with its time of day from what else is said, or from what the page shows if that was not asked yet."""
    if chosen.precision is Precision.DAY:
        chosen = _exact(page, chosen, (stamps.parse(page, text) for text in islice(told, MAX_STAMPS)))
    if chosen.precision is Precision.DAY and not is_seen:
        lines = _shown(page, stamps.spoken(page))
        chosen = _exact(page, chosen, (one.when for one in lines if one.place <= Place.ABOVE))
    return chosen


def _fed(page: ParsedPage) -> Timestamp | None:
    """What the feed said."""
    at = page.source.feed_published_at
    if at is None:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return Timestamp(at=at) if dates.plausible(at, latest=page.source.fetched_at) else None


def _ages(page: ParsedPage, known: tuple[str, ...]) -> Iterator[type_of_dated]:
    """Texts marked as dates that may say how long ago the article appeared."""
    own = datelines.home(page)
    marked = (element for element in page.marked(datelines.DATE_MARK) if not len(element) and not datelines.is_elsewhere(element, own))
    texts = (text for element in marked if 0 < len(text := text_of(element)) <= MAX_AGE)
    for text in islice(texts, MAX_AGES):
        yield text, "text", stamps.parse(page, text, known)


def _last_resort(page: ParsedPage, strange: Container[date]) -> Iterator[type_of_dated]:
    """What htmldate finds in what the page shows, unless it is a day of other things: a day only, and no guess by an extensive search."""
    if len(page.html) > MAX_SEARCHED or len(page.marks) + len(page.times) > MAX_SEARCHED_ELEMENTS:
        return
    # In programs it would take versions of scripts and the hour of a cache for dates, and look long.
    headline = next((heading.text for heading in page.headings if not heading.is_logo), "")
    try:
        text = find_date(
            region.whole(page, title=headline), original_date=True, extensive_search=False, url=page.url or None,
            min_date=dates.EARLIEST.date().isoformat(), max_date=page.source.fetched_at.date().isoformat(), deferred_url_extractor=True,
        )  # fmt: skip
    except ValueError as error:  # a time as of no zone, `…T08:30:00+25:99`: the page's candidates tell
        yield str(error), "htmldate", None
        return
    # It makes the first of January of a year that stands alone, such as that of the copyright.
    if text and not text.endswith("-01-01") and date.fromisoformat(text) not in strange:
        yield text, "htmldate", stamps.parse(page, text)


def _seen(page: ParsedPage, fed: Timestamp | None) -> Iterator[type_of_dated]:
    """What the page shows its readers, among what else is said of it, the surest first."""
    known = stamps.spoken(page)
    lines = _shown(page, known)
    yield from ((one.line, "text", one.when) for one in lines if one.place <= Place.DATELINE)
    if fed:
        yield fed.isoformat(), "feed", fed
    yield from ((one.line, "text", one.when) for one in lines if Place.DATELINE < one.place <= Place.ABOVE)
    yield from ((text, source, stamps.parse(page, text, known)) for text, source in stamps.of_page(page))
    yield from ((one.line, "text", one.when) for one in lines if Place.ABOVE < one.place < Place.MODIFIED)
    yield from _ages(page, known)
    yield from ((text, source, stamps.parse(page, text)) for text, source in stamps.in_scripts(page))
    unsure = [one for one in lines if one.place is Place.UNSURE]
    days = {one.when.at.date() for one in unsure}
    if len(days) == 1 and len(unsure[0].line) <= MAX_LONE:
        yield unsure[0].line, "text", unsure[0].when  # the only day of the page that may be its own
    yield from _last_resort(page, {one.when.at.date() for one in lines if one.place > Place.UNSURE} - days)


def decide_published(page: ParsedPage) -> Decision[Timestamp | None]:
    """When the article was published: the first plausible time of the best kind of source, else None."""
    told = list(stamps.structured(page))
    chosen = stamps.first(page, told)
    if not chosen:
        told += stamps.items(page)
    told += stamps.times(page, "published")
    chosen = chosen or stamps.first(page, told)
    day = dates.in_url(page.url, zone=page.zone, latest=page.source.fetched_at)
    fed = _fed(page)
    if fed:
        told.append((fed.isoformat(), "feed"))
    if day:
        told.append((day.at.date().isoformat(), "url"))
        # A feed that agrees with the URL adds the minute.
        chosen = chosen or (fed if fed and abs(fed.at - day.at) < SAME_DAY else day)
    is_seen = not chosen
    if not chosen:
        for text, source, when in _seen(page, fed):
            told.append((text, source))
            # The URL may say that the article is of quite another month.
            if when and dates.is_near_month_in_url(when.at, page.url):
                chosen = when
                break
    if chosen:
        texts = [text for text, _ in told]
        chosen = _localised(_with_minute(page, chosen, texts, is_seen=is_seen), texts, day, page)
    return Decision(value=chosen, candidates=shown(told))


def _is_later(one: Timestamp, other: Timestamp) -> bool:
    """Whether a time is surely after another: on a later day, or later on the same."""
    if Precision.DAY in {one.precision, other.precision}:
        return one.at.date() > other.at.date()
    return one.at > other.at


def decide_modified(page: ParsedPage, published: Timestamp | None) -> Decision[Timestamp | None]:
    """When the article was last changed; None if the page doesn't say, or says a time before its publication.

    What the page shows its readers counts only where it tells programs nothing.
    """
    told = stamps.modified(page)
    chosen = stamps.first(page, told)
    if chosen and published and _is_later(published, chosen):
        chosen = None
    if not told:
        shown_lines = stamps.updated(page)
        told = [(line, "text") for line, _ in shown_lines]
        later = [when for _, when in shown_lines if published is None or _is_later(when, published)]
        chosen = max(later, key=lambda when: when.at, default=None)
    return Decision(value=chosen, candidates=shown(told))


def read(page: ParsedPage, texts: Sequence[str]) -> Timestamp | None:
    """The first plausible time that texts of a page say, in its readers' time."""
    known = stamps.spoken(page) if texts else ()
    found = next((when for text in texts if (when := stamps.parse(page, text, known))), None)
    return _localised(found, texts, None, page) if found else None
