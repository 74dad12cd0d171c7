"""Where a page shows its readers a date: beside the headline, after a word such as "Published", before a first sentence."""

# Words of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice, zip_longest
from typing import Final

from lxml.html import HtmlElement

from pipeline import dates
from pipeline.dates import months
from pipeline.extract import teasers
from pipeline.extract.elements import INLINE, following, label_of, stands_in
from pipeline.extract.page import ParsedPage
from pipeline.extract.teasers import Home
from pipeline.models import Timestamp

MAX_LINE: Final = 300  # characters read of a block
MAX_LINES: Final = 60  # of a page that are read for dates
MAX_EARLY: Final = 20  # of them before the headline
MAX_BEFORE: Final = 4  # words before a date that is all that a line says
MAX_AFTER: Final = 8
PROSE_WORDS: Final = 20
MAX_LABEL: Final = 40  # characters
MAX_UPDATE_WORDS: Final = 2  # before `updated`, as in `and last updated`
NEAR: Final = 4  # elements around one that tell what it belongs to
FOLLOWING: Final = 60  # elements after the headline
CLOSE: Final = 15
FRAME_ABOVE: Final = 8
SILENT: Final = frozenset({"script", "style", "noscript", "template", "option", "textarea", "title"})
HAS_DATE: Final = re.compile(r"\d(?:\d{3}|\s?年|[./]\s?\d{1,2}[./]\s?\d{2})")
DATE_MARK: Final = re.compile(
    r"(?:^|[\s_-])(?:date|datum|fecha|data|time|timestamp|published|pubdate|dateline|posted|submitted|byline)(?=$|[\s_-])"
)
FRAME: Final = frozenset({"aside", "footer", "nav", "blockquote", "figure", "figcaption"})  # posts of others and captions have dates too
ELSEWHERE: Final = re.compile(
    r"comment|related|sidebar|recommend|teaser|latest|popular|footer|archive|widget|promo(?!ted)|ticker|(?<!v)card|listing|trending|more-(?:from|on|in|news|stor|articles|posts|like|top|about)|masthead|top-?bar|today|weather|current-?date"
)
OTHERS: Final = re.compile(
    r"comment|kommentar|related|recommend|latest|popular|ticker|trending|more-(?:from|on|in|news|stor|articles|posts|like|top|about)"
)
NOTHING: Final = re.compile(r"(?!)")
PUBLISHED_NAME: Final = re.compile(r"datepublished")  # the property of schema.org
# Folded, as in `dates.within`. After the words of sites in these languages.
PUBLISHED: Final = re.compile(
    r"^\W*(?:date|datum|data|fecha)\b|publi(?!c\b|que|k\b|kum|cid)|posted|issued|released|created|veroffentlicht|erschienen|erstellt|online seit|\bparu|mis en ligne|poste le"
    r"|pubblicat|gepubliceerd|geplaatst|udgivet|lagt ut|julkaistu|dodano|utworzono|zverejnen|vydan[oe]|kozzetev|megjelent|postat"
    r"|objav|објав|публик|публік|размещен|δημοσιευ|yayin|yayim|eklenme|giris\b|نشر|انتشار|شائع|פורסם|प्रकाश|প্রকাশ|เผยแพร่|dang luc|xuat ban"
    r"|diterbitkan|dipublikasi|tayang|发布|發布|發佈|发表|發表|公開|掲載|配信|投稿|입력|등록|게재|발행|avaldatud|paskelbta|გამოქვეყნ|հրապարակ"
)
MODIFIED: Final = re.compile(
    r"updat|modif|changed|edited|revised|reviewed|aktuali[sz]|geandert|anderung|bearbeitet|mise? a jour|a[c]?tuali[sz]|aggiornat"
    r"|bijgewerkt|gewijzigd|oppdatert|opdateret|uppdatera|andrad|paivitetty|muokattu|frissit|modosit|azurira|posodobljen|ажурира|обновл|изменен"
    r"|оновлен|актуал|ενημερω|guncelle|تحديث|تعديل|روزرساني|עודכן|अपडेट|अद्यतन|আপডেট|diperbarui|diubah|cap nhat|更新|修改|修正|수정|업데이트|uuendatud|atnaujint"
)
OF_NEXT: Final = re.compile(r"[^\d|·•]{0,12}\d")
WORD: Final = re.compile(r"[^\W\d_]")
UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
UNSPACED_WORD: Final = 5  # letters
SENTENCE_END: Final = re.compile("[。！？।]")
AS_OF: Final = re.compile(r"\bstand\b")  # when the text was written or changed last
LABELS: Final = {"published": PUBLISHED, "modified": MODIFIED, "as of": AS_OF}
OF_UPDATES: Final = frozenset({"modified", "as of"})
UPDATED: Final = re.compile(f"{MODIFIED.pattern}|{AS_OF.pattern}")
SEPARATOR: Final = re.compile(r"[|·•»>]")
DATELINE_END: Final = re.compile(r"\s*[).–—|/\"„“«»-]")
TITLE_SEPARATORS: Final = frozenset("|-–—·•»:")
META_MARK: Final = re.compile(r"meta|info|submitted|credit|foot")
# Of an event: "14.-20. Januar 2025", "14.01.2025 - 20.01.2025".
RANGE_BEFORE: Final = re.compile(r"\d\.?\s*[–—-]\s*$")
RANGE_AFTER: Final = re.compile(r"\s*[–—-]\s*\d{1,2}[./]\s?\d{1,2}[./]")
OTHER_LABEL: Final = re.compile(r"[^\W\d_]\s*:\s*$")  # of another thing, such as an event


class Place(IntEnum):
    """What kind of place a date stands in, the surest first."""

    LABELLED = 0
    TITLE = 1
    MARKED = 2
    BESIDE = 3  # the headline, below it
    SENTENCE = 4  # that says when the article was published
    DATELINE = 5
    ABOVE = 6  # the headline
    MARKED_FAR = 7
    LOOSE = 8  # on a page without headline
    AS_OF = 9
    MODIFIED = 10
    UNSURE = 11
    PROSE = 12  # in a sentence of the text
    STRANGE = 13  # in a comment, beside another article, today's, or an event's


LABELLED: Final = {"published": Place.LABELLED, "modified": Place.MODIFIED, "as of": Place.AS_OF}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDate:
    """A date that a page shows, the line that it stands in, and where that is."""

    when: Timestamp
    line: str
    place: Place
    since: int = 0  # elements after the headline


def _is_inline(element: HtmlElement) -> bool:
    return element.tag in INLINE or element.tag == "time"


def _block(element: HtmlElement) -> HtmlElement:
    """The element whose lines a text belongs to."""
    while _is_inline(element) and (parent := element.getparent()) is not None:
        element = parent
    return element


def _lines_of(block: HtmlElement) -> Iterator[tuple[str, HtmlElement]]:
    """The lines of an element's own text, without those of the blocks in it, each with the element that it begins in."""
    parts, begins = [block.text or ""] if (block.text or "").strip() else [], block
    for child in block:
        told = child.tail or ""
        if _is_inline(child):
            begins = begins if parts else child
            told = "".join(child.itertext()) + told
        elif isinstance(child.tag, str):
            yield "".join(parts), begins
            parts, begins = [], block
        if parts or told.strip():
            parts.append(told)
    yield "".join(parts), begins


def _lines(page: ParsedPage) -> Iterator[tuple[str, HtmlElement, int | None]]:
    """Lines that may hold a date, their element, and how many elements they come after the headline, negative before it."""
    headline = _headline(page)
    seen: set[HtmlElement] = {headline} if headline is not None else set()
    found: list[tuple[str, HtmlElement, int]] = []
    start = None
    for position, element in enumerate(page.elements):
        if element is headline:
            start = position
        for text, is_own in ((element.text, True), (element.tail, False)):
            if not text or text.isspace() or not HAS_DATE.search(text):
                continue
            place = element if is_own else element.getparent()
            if place is None or place.tag in SILENT:
                continue
            block = _block(place)
            if block not in seen:
                seen.add(block)
                found += [(line, begins, position) for line, begins in _lines_of(block) if HAS_DATE.search(line)]
    early = [one for one in found if start is not None and one[2] < start]
    for line, element, position in (*early[-MAX_EARLY:], *found[len(early) :]):
        yield " ".join(line.split())[:MAX_LINE], element, position - start if start is not None else None


def _label(before: str, after: str) -> str:
    """What the words beside a date say of it: `published`, `modified`, `as of` or nothing; the nearest word before it counts most."""
    near = before[-MAX_LABEL:]
    last = {kind: max((match.end() for match in pattern.finditer(near)), default=0) for kind, pattern in LABELS.items()}
    if any(last.values()):
        return max(last, key=lambda kind: last[kind])
    found = ((kind, pattern.search(after[:MAX_LABEL])) for kind, pattern in LABELS.items())
    # "8:15, updated 9:00" says nothing of the first.
    return next((kind for kind, match in found if match and not OF_NEXT.match(after, match.end())), "")


def _own_words(after: str) -> str:
    """What stands after a date and before the label of the next one."""
    after = SEPARATOR.split(after, maxsplit=1)[0]
    starts = (match.start() for pattern in LABELS.values() if (match := pattern.search(after)) and OF_NEXT.match(after, match.end()))
    return after[: min(starts, default=len(after))]


def _words(text: str) -> int:
    """How many words a text has; in scripts without spaces a few letters are one."""
    unspaced = len(UNSPACED.findall(text))
    return sum(map(bool, map(WORD.search, text.split()))) + unspaced // UNSPACED_WORD


def _headline(page: ParsedPage) -> HtmlElement | None:
    """The heading that the page's title repeats most of, else the first that is no logo."""
    headings = [heading for heading in page.headings if not heading.is_logo]
    best = max(headings, key=lambda heading: len(heading.text) if heading.text in page.title_tag else 0, default=None)
    return best.element if best else None


def home(page: ParsedPage) -> Home:
    """What holds the page's headline: whatever it is called, it is the article's."""
    return teasers.home(page, _headline(page))


def _is_called(element: HtmlElement, tags: Container[str], called: re.Pattern[str], own: Container[HtmlElement]) -> bool:
    """Whether an element, or one around it that does not hold the headline, is called so or has one of these tags."""
    if element in own:
        return False
    return (
        element.tag in tags or bool(called.search(label_of(element))) or stands_in(element, tags=tags, called=called, near=NEAR, home=own)
    )


def is_elsewhere(element: HtmlElement, own: Home) -> bool:
    """Whether an element belongs to another article, a comment or the frame of the page.

    Args:
        element: any.
        own: what holds the headline.

    """
    is_named = PUBLISHED_NAME.search(label_of(element)) is not None
    return _is_called(element, () if is_named else FRAME, OTHERS if is_named else ELSEWHERE, own) or teasers.is_in_teaser(element, own)


def _is_of_frame(element: HtmlElement, since: int, own: Home) -> bool:
    """Whether what stands above the headline is too far from it to be the article's."""
    around = next((place for place in element.iterancestors() if place in own), None)
    return since < -FRAME_ABOVE or around is None or around.tag == "body"


def _place(written: dates.Written, element: HtmlElement, since: int | None, own: Home, *, is_today: bool) -> Place:
    """The kind of place of a date in a line, some elements after the headline; many pages show the day of today."""
    before, after = _words(SEPARATOR.split(written.before)[-1]), _words(_own_words(written.after))
    is_alone = before <= MAX_BEFORE and after <= MAX_AFTER and not SENTENCE_END.search(written.before + written.after)
    block = _block(element)
    names = " ".join(label_of(place) for place in (element, block, block.getparent()) if place is not None)
    label = _label(written.before, written.after) if before <= MAX_AFTER else ""
    is_above = since is not None and -FOLLOWING <= since < 0
    # The page's header may show today's date.
    if _is_called(element, (), OTHERS, own) or (is_above and _is_called(element, {"header"}, NOTHING, own)):
        return Place.STRANGE
    if teasers.is_in_teaser(element, own):
        return Place.STRANGE
    if label:
        if label != "published" or is_alone:
            return LABELLED[label]
        return Place.SENTENCE if META_MARK.search(names) else Place.UNSURE
    is_near, is_close = since is not None and 0 <= since <= FOLLOWING, since is not None and 0 <= since <= CLOSE
    if OTHER_LABEL.search(written.before) or (not is_close and _is_called(element, FRAME, ELSEWHERE, own)):
        return Place.UNSURE
    is_marked = before + after <= MAX_BEFORE + MAX_AFTER and DATE_MARK.search(names)
    is_dateline = before <= MAX_BEFORE and DATELINE_END.match(written.after)
    kinds = (
        (Place.MARKED, is_marked and is_near),
        (Place.MARKED_FAR, is_marked),
        (Place.BESIDE, is_alone and is_near),
        (Place.ABOVE, is_alone and is_above and not (is_today and _is_of_frame(element, since or 0, own))),
        (Place.DATELINE, is_dateline and is_near),
        (Place.LOOSE, (is_alone or is_dateline) and since is None),
    )
    return next((place for place, holds in kinds if holds), Place.PROSE if before + after >= PROSE_WORDS else Place.UNSURE)


def _is_of_event(written: dates.Written) -> bool:
    """Whether a date begins or ends some days, as an event does."""
    return bool(RANGE_BEFORE.search(written.before) or RANGE_AFTER.match(written.after))


def _is_in_title(written: dates.Written) -> bool:
    """Whether a date in a page's title is a part of its own, and no event's."""
    if _is_of_event(written):
        return False
    before, after = written.before.rstrip(), written.after.lstrip()
    return bool(before or after) and (not before or before[-1] in TITLE_SEPARATORS) and (not after or after[0] in TITLE_SEPARATORS)


def shown(page: ParsedPage, *, languages: tuple[str, ...], order: str) -> list[ShownDate]:
    """The dates that a page shows, the surest of its own first.

    Args:
        page: the page.
        languages: what they may be written in.
        order: of days and months in digits, as in `dates.within`.

    """

    def within(line: str) -> Iterator[dates.Written]:
        return dates.within(line, zone=page.zone, latest=page.source.fetched_at, languages=languages, order=order)

    own = home(page)
    today = page.source.fetched_at.astimezone(page.zone).date()
    title = page.title_tag[:MAX_LINE]
    found = [ShownDate(when=written.when, line=title, place=Place.TITLE) for written in within(title) if _is_in_title(written)]
    for line, element, since in islice(_lines(page), MAX_LINES):
        for one in within(line):
            place = Place.STRANGE if _is_of_event(one) else _place(one, element, since, own, is_today=one.when.at.date() == today)
            found.append(ShownDate(when=one.when, line=line, place=place, since=since or 0))
    # What stands above the headline is the surer the nearer it is.
    return sorted(found, key=lambda one: (one.place, -one.since if one.place is Place.ABOVE else 0))


def label_before(element: HtmlElement) -> str:
    """What the words right before an element say of the date in it: a key of `LABELS` or nothing."""
    previous, parent = element.getprevious(), element.getparent()
    if previous is None:
        told = parent.text if parent is not None else ""
    else:
        told = (
            previous.tail if (previous.tail or "").strip() or previous.tag == "time" else "".join(islice(previous.itertext(), MAX_BEFORE))
        )
    return _label(months.fold(told[-MAX_LABEL:]), "") if told and not told.isspace() else ""


def lines_of_update(page: ParsedPage) -> Iterator[str]:
    """Lines below the headline that show when the article was changed."""
    headline = _headline(page)
    if headline is None:
        return
    own, seen = home(page), set()
    for element in following(headline, FOLLOWING):
        texts = (element.text if element.tag not in SILENT else None, element.tail)
        if not any(text and HAS_DATE.search(text) for text in texts) or (block := _block(element)) in seen:
            continue
        seen.add(block)
        for text, begins in _lines_of(block):
            line = " ".join(text.split())[:MAX_LINE]
            if HAS_DATE.search(line) and UPDATED.search(months.fold(line)) and not is_elsewhere(begins, own):
                yield line


def _is_of_update(written: dates.Written, followed_by: dates.Written | None) -> bool:
    """Whether a date stands after a label such as `Updated:` and not in a sentence that says what was changed."""
    label = UPDATED.search(written.before)
    if label is None or _label(written.before, "") not in OF_UPDATES:
        return False
    is_label = len(re.findall(r"[^\W\d_]{2,}", SEPARATOR.split(written.before[: label.start()])[-1])) <= MAX_UPDATE_WORDS
    return is_label and (followed_by is not None or len(SEPARATOR.split(written.after)[0].split()) <= MAX_BEFORE)


def updates(page: ParsedPage, lines: Iterable[str], *, languages: tuple[str, ...], order: str) -> Iterator[tuple[str, Timestamp]]:
    """The dates in some lines that are said to be those of a change, each with its line."""
    for line in lines:
        written = list(dates.within(line, zone=page.zone, latest=page.source.fetched_at, languages=languages, order=order))
        yield from ((line, one.when) for one, after in zip_longest(written, written[1:]) if _is_of_update(one, after))
