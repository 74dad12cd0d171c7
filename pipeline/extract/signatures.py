"""How agencies sign a text itself: in the dateline that it begins with (`PARIS (Reuters) –`), and at its end."""

# The patterns hold letters and marks of many languages.
# ruff: noqa: RUF001, RUF002

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from pipeline.extract.agencies import BY_FORM, FORMS, MAX_CREDIT, NAMED_AGENCY, NO_SIGNATURE, PICTURE_CREDIT
from pipeline.extract.titles import fold

DATELINE_CHARACTERS: Final = 160
END_CHARACTERS: Final = 60
SIGNED_CHARACTERS: Final = 600  # of a paragraph that names who reported and who edited
MIN_INITIALS: Final = 2
MAX_INITIALS: Final = 6
PLACE_WORDS: Final = 3  # of a place without a date or a dash

_DASH: Final = r"(?:\s*[.,:]?\s*[-–—―]|\s*\.|\s*:)"
_PLACE: Final = r"[^.!?()\[\]]{0,60}?(?:\b(?:[^\W\da-zà-ÿа-я]+|[A-Z][a-z]{0,3})\.[^.!?()\[\]]{0,30}?)?"
_COUNTRY: Final = r"(?:\[[^\[\]]{2,30}\][^.!?()\[\]]{0,30}?)?"
IN_BRACKETS: Final = re.compile(
    rf"^(?P<place>{_PLACE}{_COUNTRY})[(\[]\s*©?\s*(?P<name>{FORMS})(?:\s*[/,;-]\s*[^()\[\]]{{1,30}})?\s*[)\]](?:(?P<dash>{_DASH})|\s)"
)
# A place, a date and an agency before a dash, with or without slashes around the agency.
BEFORE_DASH: Final = re.compile(
    rf"^(?:[^.!?]{{0,60}}?[/,]\s*|(?:[^\W\d_]+[\s،]+){{1,3}}[-–—]\s*)/?({FORMS})/?\s*(?:[-–—―:]|\.\s*[-–—])|^/?({FORMS})/?\s*\.?\s*[-–—]"
)
AFTER_DATE: Final = re.compile(
    rf"^(?:[^\W\d_][\w’'-]*[.,]?\s+){{0,3}}?\d{{1,2}}\.?\s+[^\W\d_]{{3,12}}\.?,?\s*(?:\d{{4}}\.?,?\s*)?(?:[^\W\d_]+\s*)?[-–—/(]{{0,2}}\s*(?:Корр\.\s*)?({FORMS})\s*[/)]?\s*[-–—.:]"
)
IN_SLASHES: Final = re.compile(rf"/({FORMS})/")
# `新华社北京1月14日电`, `【ロンドン共同】`, `(서울=연합뉴스)`.
CHINESE: Final = re.compile(rf"^[（(【\[]?\s*({FORMS})[^，。,]{{0,20}}?[电電]")
_JAPANESE: Final = {"共同": "Kyodo", "時事": "Jiji Press", "ＡＦＰ": "AFP", "ＡＰ": "Associated Press"}
JAPANESE: Final = re.compile(
    rf"^[【［\[(（][^】\]）)］]{{0,20}}?(共同|時事|ＡＦＰ|ＡＰ|{FORMS})(?:通信)?(?:[=＝・][^】\]）)］]{{1,8}})?[】\]）)］]"
)
JAPANESE_AT_END: Final = re.compile(r"(?:^|。)[（(＝](共同|時事|ＡＦＰ|ＡＰ|ロイター)[）)]?$")
KOREAN: Final = re.compile(rf"^[(\[［【][^)\]］】=]{{1,12}}=\s*({FORMS})[^)\]］】]{{0,8}}[)\]］】]")
NAME_AT_END: Final = re.compile(
    rf"(?:^[-–—\s]*|[(/\[]|[.!?…”\"»]\s*[-–—]\s*)(?:©\s*)?(?P<name>{FORMS})(?:/[\w-]{{2,8}}(?=[)\]]))?[)/\]]?\.?\s*$"
)
# `(Reporting by Jane Roe in Paris; Editing by Jo Lee)`.
REPORTED_AND_EDITED: Final = re.compile(
    r"^\W*(?:\w+\s+){0,2}reporting (?:and writing )?by\b[^;]{3,300};[^;]{0,200}?(?:;[^;]{0,200}?)?\bediting by\b", re.IGNORECASE
)
# Names that are words or abbreviations of other things as well: they sign in credits, not in a text.
UNSURE: Final = frozenset(
    {"AGI", "SITA", "Beta", "BETA", "Andina", "Sputnik", "Anadolu", "NAN", "CTK", "ISNA", "ATS", "ats", "The Conversation"}
)
UNKNOWN_IN_BRACKETS: Final = re.compile(rf"^(?P<place>{_PLACE})[(\[]\s*(?P<name>[^()\[\]]{{2,50}}?)\s*[)\]]{_DASH}")
BROADCASTER: Final = re.compile(r"^[KW][A-Z]{2,3}(?:-?TV)?$")  # call signs in the Americas sign with the station's own name


def _stands_for(short: str, name: str) -> bool:
    """Whether a signature is a part or the initials of a longer name (`MNA`, `Méridien`)."""
    initials = "".join(word[0] for word in name.split() if word[0].isupper())
    return fold(short) in fold(name).split() or fold(short) in fold(name) or (len(short) >= MIN_INITIALS and short == initials)


def _abbreviates(short: str, before: str) -> bool:
    """Whether a text before brackets is what an abbreviation in them stands for: `the European Parliament (EP)`."""
    words = re.findall(r"[^\W\d_]+", before[-100:])
    initials = "".join(word[0] for word in words).casefold()
    capitals = "".join(word[0] for word in words if word[0].isupper()).casefold()
    return len(short) <= MAX_INITIALS and (initials.endswith(short.casefold()) or capitals.endswith(short.casefold()))


def _in_brackets(start: str) -> str | None:
    match = IN_BRACKETS.match(start)
    if not match:
        return None
    name, place = match["name"], match["place"]
    is_named = fold(name) in map(fold, place.split())  # already, so that it is no signature
    is_place = name not in UNSURE and (len(place.split()) <= PLACE_WORDS or any(map(str.isdigit, place)))
    return BY_FORM[name] if (match["dash"] or is_place) and not is_named and not _abbreviates(name, place) else None


def _unknown_in_dateline(start: str, credits_: Iterable[str]) -> str | None:
    """An agency that no list knows in brackets between place and text, where its name or the place's capitals say that it is one."""
    match = UNKNOWN_IN_BRACKETS.match(start)
    if not match:
        return None
    place, name = match["place"].strip(" ,"), match["name"]
    if NAMED_AGENCY.fullmatch(name):
        return name
    signed = next((credit for credit in credits_ if _stands_for(name, credit)), None)
    if signed:
        return signed
    words = name.split()
    head = place.split(",", maxsplit=1)[0]
    if not (head.isupper() and len(words) <= 3 and all(word[0].isupper() for word in words)):  # noqa: PLR2004 - as short as names of agencies are
        return None
    is_none = fold(name) in NO_SIGNATURE or BROADCASTER.match(name) or any(character.isdigit() for character in name)
    return None if is_none else name


def _in_dateline(start: str) -> str | None:
    """A known agency in the first words of a text."""
    if agency := _in_brackets(start):
        return agency
    for pattern in (BEFORE_DASH, AFTER_DATE, CHINESE, JAPANESE, KOREAN):
        name = next(filter(None, match.groups()), "") if (match := pattern.match(start)) else ""
        if name and name not in UNSURE:
            return _JAPANESE.get(name) or BY_FORM[name]
    match = IN_SLASHES.search(start)
    return BY_FORM[match[1]] if match else None


def _at_end(body: str) -> str | None:
    """A known agency in the last words of a text."""
    last = body.rsplit("\n", 1)[-1]
    if REPORTED_AND_EDITED.match(last[:SIGNED_CHARACTERS]):
        return "Reuters"
    if PICTURE_CREDIT.search(last) and len(last) <= MAX_CREDIT:
        return None
    if match := JAPANESE_AT_END.search(last):
        return _JAPANESE.get(match[1]) or BY_FORM[match[1]]
    match = NAME_AT_END.search(last[-END_CHARACTERS:])
    if not match or _abbreviates(match["name"], last[-END_CHARACTERS:][: match.start()]):
        return None
    return BY_FORM[match["name"]] if match["name"] not in UNSURE or match.start() == 0 else None


def agency_in_text(body: str, *, credits: Iterable[str] = ()) -> str | None:  # noqa: A002 - the word for it
    """Agency that signs at the beginning or end of a body (`PARIS (Reuters) –`).

    Args:
        body: paragraphs of the article.
        credits: agencies that the page credits, of which a dateline may hold a short form.

    """
    start = body[:DATELINE_CHARACTERS]
    return _in_dateline(start) or _unknown_in_dateline(start, credits) or _at_end(body)
