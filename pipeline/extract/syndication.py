"""Where an article says that it comes from: notices, agencies in byline and dateline, a canonical URL elsewhere."""

# The patterns hold letters and marks of many languages.
# ruff: noqa: RUF001, RUF002

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from pipeline import urls
from pipeline.extract import addresses
from pipeline.extract.candidates import Decision, shown
from pipeline.extract.decoding import line
from pipeline.extract.page import INLINE, ParsedPage, text_of
from pipeline.extract.titles import fold
from pipeline.models import Candidate, Syndication

MAX_NOTICES: Final = 5
MAX_NOTICE: Final = 400  # characters
LONG_NAME: Final = 5  # letters; shorter ones are found in other names
MAX_NAME: Final = 80
DATELINE_CHARACTERS: Final = 160

# How agencies sign, and what they are called. Short forms count only as whole, capital words.
AGENCIES: Final = {
    "Reuters": "Reuters|Thomson Reuters|REUTERS|Рейтер|رويترز",
    "AFP": "AFP|Agence France-Presse|Agence France Presse|АФП",
    "Associated Press": "AP|Associated Press|The Associated Press|AP News",
    "dpa": "dpa|DPA|Deutsche Presse-Agentur",
    "TASS": "TASS|ТАСС|Tass",
    "Xinhua": "Xinhua|Xinhua News Agency|新华社",
    "EFE": "EFE|Agencia EFE|Efe",
    "ANSA": "ANSA|Ansa",
    "APA": "APA",
    "Interfax": "Interfax|Интерфакс",
    "RIA Novosti": "RIA Novosti|РИА Новости",
    "Sputnik": "Sputnik",
    "Anadolu Agency": "Anadolu Agency|Anadolu Ajansı|AA",
    "PTI": "PTI|Press Trust of India",
    "ANI": "ANI",
    "IANS": "IANS",
    "UPI": "UPI|United Press International",
    "Kyodo": "Kyodo|Kyodo News",
    "Yonhap": "Yonhap|Yonhap News Agency",
    "Bernama": "Bernama|BERNAMA",
    "PA Media": "PA Media|Press Association",
    "The Canadian Press": "The Canadian Press|Canadian Press|La Presse canadienne|La Presse Canadienne",
    "AAP": "AAP|Australian Associated Press",
    "Europa Press": "Europa Press|EUROPA PRESS|EP",
    "Belga": "Belga|BELGA",
    "ANP": "ANP",
    "Ritzau": "Ritzau|/ritzau/",
    "NTB": "NTB",
    "TT": "TT",
    "Keystone-SDA": "Keystone-SDA|SDA|sda",
    "Prensa Latina": "Prensa Latina",
    "Notimex": "Notimex|NOTIMEX",
    "Télam": "Télam|TELAM",
    "MTI": "MTI",
    "PAP": "PAP",
    "Tanjug": "Tanjug|TANJUG|Танјуг",
    "Ukrinform": "Ukrinform|Укринформ|Укрінформ",
    "IPS": "IPS|Inter Press Service",
    "Bloomberg": "Bloomberg|BLOOMBERG",
    "The Conversation": "The Conversation",
    "ProPublica": "ProPublica",
    "Project Syndicate": "Project Syndicate",
}  # fmt: skip
# Name of an agency by the form that it signs with.
_BY_FORM: Final = {form: name for name, forms in AGENCIES.items() for form in forms.split("|")}
_FORMS: Final = "|".join(re.escape(form) for form in sorted(_BY_FORM, key=len, reverse=True))
IN_BRACKETS: Final = re.compile(rf"[(\[]\s*({_FORMS})(?:\s*[/,;-]\s*[^()\[\]]{{1,30}})?\s*[)\]]")
# A place, a date and an agency before a dash, with or without slashes around the agency.
BEFORE_DASH: Final = re.compile(rf"^[^.!?]{{0,60}}?(?:[/,]\s*|^)/?({_FORMS})/?\s*(?:[-–—―:]|\.\s*[-–—])")
IN_SLASHES: Final = re.compile(rf"/({_FORMS})/")
NAME_AT_END: Final = re.compile(rf"(?:[(/]|[-–—]\s*|\bwith\s+)({_FORMS})[)/]?\.?\s*$")

_ON: Final = r"(?:\s+(?:by|on|in|at|as part of|bei|auf|in der|von|en|por|sur|par|dans|em|pelo|pela|su|da|в|на|tarafından))?"
NOTICE: Final = re.compile(
    r"(?:(?:this|the|a version of this)\s+(?:article|story|piece|report|post|essay|column|interview|text)\s+)?(?:was|is|has been)?\s*"
    r"(?:(?:originally|first)\s+(?:published|appeared|posted|printed|ran|aired)|republished (?:with permission )?from|reprinted (?:with permission )?from"
    r"|(?:has been )?syndicated from)"
    rf"{_ON}\s*:?\s+(?P<en>.+)"
    r"|the\s+original\s+source\s+of\s+this\s+article\s+is\s*:?\s+(?P<source>.+)"
    rf"|(?:publicad[oa]\s+originalmente|apareció\s+originalmente|originalmente\s+publicad[oa]){_ON}\s*:?\s+(?P<es>.+)"
    rf"|(?:ursprünglich|zuerst)\s+(?:erschienen|veröffentlicht|publiziert){_ON}\s*:?\s+(?P<de>.+)"
    rf"|(?:zuerst|ursprünglich)\s+(?:bei|auf|in)\s+(?P<de2>.+?)\s+(?:erschienen|veröffentlicht)"
    rf"|(?:initialement|d'abord)\s+(?:publié|paru)e?{_ON}\s*:?\s+(?P<fr>.+)|publié\s+à\s+l['’]origine{_ON}\s*:?\s+(?P<fr2>.+)"
    rf"|(?:originariamente|originalmente)\s+pubblicato{_ON}\s*:?\s+(?P<it>.+)"
    r"|(?:первоисточник|оригинал\s+(?:статьи|публикации)|впервые\s+опубликован\w*(?:\s+(?:в|на))?)\s*:?\s+(?P<ru>.+)",
    re.IGNORECASE,
)
NAME_ENDS: Final = re.compile(
    r"\s*(?:[.;|\n(\[]|,|\s[-–—]\s|\bon\s+(?:\d|january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|\band\s+(?:is|was|has)\b|\bunder\b|\bunter\b|\bbajo\b|\bsous\b|\bwith\s+permission\b|\bhere\b)",
    re.IGNORECASE,
)
NO_NAME: Final = re.compile(
    r"^(?:the\s+)?(?:\d|january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|here|this|our|print|edition)\b",
    re.IGNORECASE,
)


# Words without which no notice is one, in lower case; the look-up in the whole page is fast.
NOTICE_WORDS: Final = (
    "originally", "first published", "first appeared", "republished", "reprinted", "syndicated", "original source", "originalmente",
    "ursprünglich", "zuerst", "initialement", "d'abord", "d’abord", "à l'origine", "à l’origine", "originariamente", "первоисточник", "оригинал",
    "впервые",
)  # fmt: skip
MAY_BE_NOTICE: Final = re.compile("|".join(map(re.escape, NOTICE_WORDS)), re.IGNORECASE)


def notice_in(text: str) -> str | None:
    """Name in a republication notice (`This article was originally published on InfoBrics.`)."""
    match = NOTICE.search(text[:MAX_NOTICE])
    if not match:
        return None
    rest = next(group for group in match.groups() if group)
    name = NAME_ENDS.split(rest, maxsplit=1)[0].strip(" \"'“”«».:")
    return name if 1 < len(name) <= MAX_NAME and not NO_NAME.match(name) else None


def agency_of(text: str) -> str | None:
    """Agency whose name is the whole text, or ends a byline (`By Jane Roe, Reuters`)."""
    for piece in re.split(
        r"[,;|/•]|\s[-–—]\s|\s(?:and|und|y|et|with|mit|con|avec|и)\s",
        re.sub(r"^(?:by|von|por|par|di|fonte|quelle|fuente|source|источник)\s*:?\s+", "", text.strip(), flags=re.IGNORECASE),
    ):
        name = _BY_FORM.get(piece.strip(" .()[]"))
        if name:
            return name
    return None


def agency_in_dateline(body: str) -> str | None:
    """Agency that signs at the beginning or end of a body (`PARIS (Reuters) –`)."""
    start = body[:DATELINE_CHARACTERS]
    for pattern in (IN_BRACKETS, BEFORE_DASH, IN_SLASHES):
        if match := pattern.search(start):
            return _BY_FORM[match[1]]
    end = body[-60:].rsplit("\n", 1)[-1]
    match = NAME_AT_END.search(end)
    return _BY_FORM[match[1]] if match else None


def _notices(page: ParsedPage) -> Iterator[tuple[str, HtmlElement]]:
    """Names in the notices of the page, with the element they stand in."""
    if not any(word in page.lower_html for word in NOTICE_WORDS):
        return
    for element in page.marks:
        own = " ".join(filter(None, (element.text, *(child.tail for child in element))))
        if not MAY_BE_NOTICE.search(own):
            continue
        block = element
        while block.tag in INLINE and block.getparent() is not None:
            block = block.getparent()
        text = text_of(block)
        if len(text) > MAX_NOTICE:
            text = line(own)
        name = notice_in(text)
        if name:
            yield name, block


def _link_to(name: str, element: HtmlElement, page: ParsedPage) -> str | None:
    """The link in a notice that carries the source's name and leads to an article or another site."""
    for link in element.iter("a"):
        url = link.get("href") or ""
        text = fold(text_of(link))
        if text and (text in fold(name) or fold(name) in text) and urls.is_fetchable(url) and not urls.same_site(url, page.url):
            return url
    return None


def _is_own(name: str, page: ParsedPage) -> bool:
    folded = fold(name)
    return any(
        folded == (known := fold(site)) or (len(known) >= LONG_NAME and known in folded) or (len(folded) >= LONG_NAME and folded in known)
        for site in page.site_names
    )


def decide(page: ParsedPage, *, body: str, authors: Iterable[Candidate]) -> Decision[Syndication | None]:
    """Where the article was first published; None if here.

    A notice is the plainest word; then a canonical URL on another site, an agency as author, an agency in the dateline.
    """
    found: list[tuple[Syndication, str]] = []
    for name, element in islice(_notices(page), MAX_NOTICES):
        found.append((Syndication(name=name, url=_link_to(name, element, page)), "notice"))
    other = addresses.elsewhere(page)
    if other:
        found.append((Syndication(name=urls.host(other).removeprefix("www."), url=other), "canonical"))
    for candidate in authors:
        agency = agency_of(candidate.value)
        if agency:
            found.append((Syndication(name=agency), "author"))
    agency = agency_in_dateline(body)
    if agency:
        found.append((Syndication(name=agency), "dateline"))
    foreign = [(syndication, source) for syndication, source in found if not _is_own(syndication.name, page)]
    chosen = foreign[0][0] if foreign else None
    if chosen and not chosen.url and other and foreign[0][1] != "canonical":
        chosen = Syndication(name=chosen.name, url=other)
    return Decision(value=chosen, candidates=shown((syndication.name, source) for syndication, source in found))
