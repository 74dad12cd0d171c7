"""Notices of republication: sentences that say where an article was first published."""

# The patterns hold letters and marks of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml.html import HtmlElement

from pipeline.extract.decoding import line
from pipeline.extract.elements import INLINE, lines_in
from pipeline.extract.page import ParsedPage

MAX_NOTICE: Final = 400  # characters
MAX_NAME: Final = 80

_ON: Final = r"(?:\s+in\s+\w{4,12}(?=\s+(?:by|on|in|at)\b))?(?:\s+(?:by|on|in der|in dem|in den|in|at|as part of|bei|beim|auf|im|von|en|por|sur|par|dans le|dans la|dans|em|no|na|pelo|pela|su|sul|sulla|da|op|door|i|på|w|na łamach|в|на|у|tarafından))?"
_THIS_EN: Final = (
    r"(?:an?\s+(?:\w+\s+)?version\s+of\s+)?(?:this\s+(?:\w+\s+)?(?:article|story|piece|report|post|essay|column|interview|text|commentary|analysis|op-ed|item|work|content)"
    r"|the\s+(?:above\s+)?(?:article|column|essay|op-ed|post))\s+(?:was|is|has been|had been)\s+"
)
_PUBLISHED: Final = r"(?:published|appeared|posted|printed|ran|run|aired|written|produced)"
_MONTHS: Final = (
    r"january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    r"|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    r"|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
    r"|januar|februar|märz|juni|juli|oktober|dezember|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre"
    r"|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro"
)
# A notice is a sentence of its own, or says that it speaks of this article: books are published too.
NOTICE: Final = re.compile(
    r"(?:^|[.!?:;—–(\[*•]\s*)(?:"
    rf"(?:{_THIS_EN}|was\s+|(?:article|story|column|essay|commentary)\s+)?(?:(?:originally|first)\s+{_PUBLISHED}|{_PUBLISHED}\s+(?:originally|first)"
    r"|(?:being\s+)?(?:republished|reprinted|reproduced|reposted|cross-?posted|syndicated)(?:\s+here)?(?:\s*,?\s*with (?:the )?(?:kind )?permission\s*,?)?\s+(?:from|of))"
    rf"{_ON}\s*:?\s+(?P<en>.+)"
    rf"|(?:this|the\s+above)\s+(?:article|story|piece|report|post|essay|column)\s+(?:originally|first)\s+{_PUBLISHED}{_ON}\s*:?\s+(?P<en2>.+)"
    r"|this\s+report\s+by\s+(?P<report>the\s+canadian\s+press)\s+was\s+first\s+published"
    r"|©\s?\d{4}\s+(?P<distributed>[^.©]{3,60})\.\s+(?:visit[^©]{0,80}?\.\s+)?distributed\s+by\b"
    r"|the\s+post\s+.{1,200}?\s+(?:appeared\s+first|first\s+appeared)\s+on\s+(?P<post>.+)"
    r"|(?:the\s+)?original\s+source(?:\s+of\s+this\s+article)?(?:\s+is)?\s*:?\s+(?P<source>.+)"
    rf"|(?:[Ee]st[ea]s?\s+[\w\s]{{3,20}}?\s+(?:fue|foi|ha sido|se)\s+|(?:artículo|texto|nota|columna|reportaje|artigo|matéria|reportagem|coluna)\s+)?(?:publicad[oa]\s+originalmente|publicó\s+originalmente|publicad[oa]\s+por\s+primera\s+vez|publicad[oa]\s+(?:primeiro|pela\s+primeira\s+vez)|apareció\s+originalmente|originalmente\s+publicad[oa]){_ON}\s*:?\s+(?P<es>.+)"
    rf"|(?:dies(?:er|e|es)\s+\w+\s+(?:ist|wurde)\s+|(?:artikel|text|beitrag)\s+)?(?:ursprünglich|zuerst|erstmals)\s+(?:erschienen|veröffentlicht|publiziert){_ON}\s*:?\s+(?P<de>.+)"
    rf"|(?:dies(?:er|e|es)\s+\w+\s+)(?:erschien|ist|wurde)\s+(?:ursprünglich|zuerst|erstmals){_ON}\s+(?P<de2>.+?)(?:\s+(?:erschienen|veröffentlicht|publiziert))?(?=[.!]|$)"
    rf"|(?:cet(?:te)?\s+\w+\s+(?:a\s+été|est)\s+|(?:article|texte|tribune)\s+)?(?:(?:initialement|originellement|d['’]abord|précédemment)\s+(?:publié|paru)e?|(?:publié|paru)e?\s+(?:initialement|originellement|d['’]abord|pour\s+la\s+première\s+fois|à\s+l['’]origine)){_ON}\s*:?\s+(?P<fr>.+)"
    r"|(?:cet(?:te)?\s+\w+\s+est\s+)?republié\w*\s+(?:à\s+partir\s+de|avec\s+l['’]autorisation\s+de)\s+(?P<fr2>.+)"
    rf"|(?:quest\w+\s+\w+\s+(?:è\s+stat[oa]|è)\s+|articolo\s+)?(?:(?:originariamente|originalmente)\s+(?:pubblicat|apparso|uscit)\w*|pubblicat[oa]\s+(?:originariamente|originalmente|per\s+la\s+prima\s+volta)){_ON}\s*:?\s+(?P<it>.+)"
    rf"|(?:dit\s+\w+\s+)(?:is|werd|verscheen)\s+(?:oorspronkelijk|eerder|eerst)(?:\s+gepubliceerd)?{_ON}\s+(?P<nl>.+?)(?:\s+(?:verschenen|gepubliceerd))?(?=[.!]|$)"
    r"|(?:artykuł|tekst)\s+(?:został\s+)?(?:pierwotnie|po\s+raz\s+pierwszy)\s+(?:opublikowany|ukazał\s+się)\s+(?:w|na(?:\s+łamach)?|przez)\s+(?P<pl>.+)"
    rf"|(?:artikeln|artikkelen|artiklen)\s+(?:\w+\s+)?(?:ursprungligen|opprinnelig|oprindeligt|først|först)\s*(?:publicera\w*|publiser\w*|offentliggjort|bragt)?{_ON}\s+(?P<sv>.+)"
    r"|(?:первоисточник|першоджерело|оригинал\s+(?:статьи|публикации)(?:\s+опубликован\w*\s+(?:в|на))?|(?:(?:эта|данная)\s+статья\s+)?(?:была\s+)?впервые\s+(?:была\s+)?опубликован\w*(?:\s+(?:в|на))?|(?:стаття\s+)?вперше\s+опублікован\w*(?:\s+(?:в|у|на))?)\s*:?\s+(?P<ru>.+)"
    r"|(?:本文)?(?:原载于?|原載於?|原刊于?|首发于?|首發於?|最初发表于|轉載自|转载自)\s*[:：]?\s*(?P<zh>[^，。,；;]+)"
    r")",
    re.IGNORECASE,
)
NAME_ENDS: Final = re.compile(
    rf"\s*(?:[;|\n(\[。]|:\s|\.(?:\s|$)|,|\s[-–—]\s|\s(?:on|am|el|le|il|op|em|вчера)\s+(?:\d|(?:{_MONTHS})\b)|\band\s+(?:is|was|has)\b|\b(?:is|are|was|were)\b|\bunder\b|\bunter\b|\bbajo\b|\bsous\b|\bwith\s+(?:the\s+)?(?:kind\s+)?permission\b|\bhere\b|\bin\s+\d{{4}}|\bals\b|\b(?:and|e|y|et|und|en|i|och|og)\s+(?:is\s+|was\s+|foi\s+|fue\s+)?(?:re|wieder|her)?-?(?:publ|pubbl|veröff)\w+|\bsob\b|\bas\s+part\b)",
    re.IGNORECASE,
)
NO_NAME: Final = re.compile(
    rf"^(?:the\s+|el\s+|le\s+|am\s+)?(?:\d+(?!\d|[^\W\d_]{{3}})|(?:{_MONTHS})\b|(?:here|this|our|print|edition|another|a|an|its|his|her|their|my)\b)",
    re.IGNORECASE,
)
LOWER_ARTICLE: Final = re.compile(r"^(?:the|de[rmn]?|die|das|het)\s+(?=[\W\d_]*[^\W\d_a-zà-ÿ])")
MARKS: Final = " \"'“”«»„‘’‚《》「」『』.:*_"
DOMAIN: Final = re.compile(r"^[\w-]+(?:\.[\w-]+)+$")
# Words without which no notice is one, in lower case, by what all of them hold or a text of their language does: most pages are
# asked for the keys alone.
WORDS_BY_STEM: Final = {
    "first": ("first published", "first appeared", "first posted", "first ran", "published first", "appeared first"),
    "origin": ("originally", "original source", "originalmente", "originellement", "originariamente", "à l'origine", "à l’origine"),
    "prim": ("por primera vez", "pela primeira vez", "publicado primeiro", "prima volta"),
    "repr": ("reprinted", "reproduced"),
    "republi": ("republished", "republié"),
    "posted": ("reposted", "cross-posted", "crossposted"),
    "urspr": ("ursprünglich", "ursprungligen"),
    "erst": ("zuerst", "erstmals"),
    "abord": ("d'abord", "d’abord"),
    "pierw": ("pierwotnie", "po raz pierwszy"),
    "о": ("первоисточник", "першоджерело", "оригинал", "впервые", "вперше"),
    "的": ("原载", "原載", "原刊", "首发", "首發", "最初发表", "转载自", "轉載自"),
    **{word: (word,) for word in (
        "syndicated", "distributed by", "initialement", "précédemment", "première fois", "oorspronkelijk", "eerder", "opprinnelig", "oprindeligt",
    )},
}  # fmt: skip
NOTICE_WORDS: Final = tuple(word for words in WORDS_BY_STEM.values() for word in words)
MAY_BE_NOTICE: Final = re.compile("|".join(map(re.escape, NOTICE_WORDS)), re.IGNORECASE)


def _is_name(text: str) -> bool:
    """Whether a text can be a publication's name: it begins with a capital, or is a domain, or its script has no capitals."""
    return 1 < len(text) <= MAX_NAME and not NO_NAME.match(text) and (not text[:1].islower() or DOMAIN.match(text) is not None)


def notice_in(text: str) -> str | None:
    """Name in a republication notice (`This article was originally published on InfoBrics.`)."""
    for match in NOTICE.finditer(text[:MAX_NOTICE]):
        rest = next((group for group in match.groups() if group), "")
        name = LOWER_ARTICLE.sub("", NAME_ENDS.split(rest, maxsplit=1)[0].strip(MARKS)).strip(MARKS)
        if _is_name(name):
            return name
    return None


def _speaking(page: ParsedPage) -> Iterator[HtmlElement]:
    """Elements whose own text holds a word of a notice."""
    text = page.lower_text
    said = [word for stem, words in WORDS_BY_STEM.items() if stem in text for word in words if word in text]
    if not said:
        return
    shortest = min(map(len, said))

    def speaks(text: str | None) -> bool:
        if not text or len(text) < shortest:
            return False
        lower = text.lower()
        return any(word in lower for word in said)

    speaking: set[HtmlElement | None] = set()
    for element in page.elements:
        if speaks(element.text):
            speaking.add(element)
        if speaks(element.tail):
            speaking.add(element.getparent())
    yield from (element for element in page.marks if element in speaking)


def notices(page: ParsedPage) -> Iterator[tuple[str, HtmlElement]]:
    """Names in the notices of a page, with the element they stand in."""
    for element in _speaking(page):
        own = " ".join(filter(None, (element.text, *(child.tail for child in element))))
        block = element
        while block.tag in INLINE and block.getparent() is not None:
            block = block.getparent()
        lines = (line("".join(part for part, _ in parts)) for parts in lines_in(block))
        # A paragraph may be long, and its notice a sentence of its own text.
        for text in (*(said for said in lines if MAY_BE_NOTICE.search(said)), line(own)):
            if len(text) <= MAX_NOTICE and (name := notice_in(text)):
                yield name, block
                break
