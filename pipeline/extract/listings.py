"""Pages that list other pages: their lines in order, and how much of the text belongs to links."""

# The addresses hold letters of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from pipeline.extract.elements import INLINE
from pipeline.extract.titles import fold

CHARACTERS_PER_WORD: Final = 2  # of Chinese, Japanese and Thai
HEADLINE_WORDS: Final = 4  # a menu's entries have fewer
LINKED_SHARE: Final = 0.8  # of a line's words, for it to be a link
MAX_SUMMARY_WORDS: Final = 80  # a longer line is text, whatever stands before it
MAX_HEADLINE_WORDS: Final = 30  # a longer line of links is a row of them
SUMMARY_WORDS: Final = 6  # shorter lines are dates, sections and bylines
UNREAD: Final = frozenset({"script", "style", "noscript", "template", "head", "nav", "select", "textarea", "svg", "iframe", "button"})
UNSPACED: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
SPACED: Final = re.compile(r"[^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]+")

NUMBER: Final = re.compile(r"\d+")

# Parts of an address that name what a page lists.
LISTS: Final = frozenset(
    "tag tags tema temas themen thema theme themes topic topics category categories categoria categorias categorie categories kategorie kategoria "
    "rubrik rubriken rubrique rubriques seccion secciones section sections author authors autor autores auteur auteurs archive archives archiv archivo "
    "label labels keyword keywords etiqueta etiquetas mot-cle dossier profile profiles staff contributor contributors journalist journalists journaliste "
    "periodista periodistas reporter reporters writer writers".split()
)
SEARCHES: Final = frozenset(
    "search suche buscar busqueda recherche rechercher cerca ricerca zoeken pesquisa busca sok arama szukaj hledat poisk".split()
)
ASKED: Final = frozenset({"q", "s", "query", "search", "suche", "keyword", "keywords", "text", "term"})
ABOUT: Final = frozenset(
    "about about-us aboutus who-we-are contact contact-us contactus contacts imprint impressum privacy privacy-policy privacy-notice datenschutz "
    "datenschutzerklaerung datenschutzerklärung datenschutzhinweise agb terms terms-of-use terms-of-service terms-and-conditions nutzungsbedingungen cookie-policy cookies "
    "cookie-richtlinie legal legal-notice disclaimer mentions-legales mentions-légales politique-de-confidentialite politique-de-confidentialité confidentialite cgu qui-sommes-nous "
    "a-propos à-propos nous-contacter contactez-nous contacto contactenos contáctenos contactanos quienes-somos quiénes-somos sobre-nosotros nosotros aviso-legal politica-de-privacidad política-de-privacidad "
    "politica-de-cookies chi-siamo contatti note-legali informativa-privacy quem-somos contato contactos fale-conosco sobre-nos over-ons kontakt kontakte ueber-uns über-uns "
    "o-nas kontakty polityka-prywatnosci om-oss om-os hakkimizda hakkımızda iletisim iletişim kunye künye о-нас о-компании контакты редакция политика-конфиденциальности "
    "o-kompanii redaktsiya redaction la-redaction la-rédaction masthead faq advertise advertising mediadaten newsletter newsletters subscribe subscriptions sitemap "
    "careers accessibility 关于我们 關於我們 联系我们 聯絡我們 隐私政策 会社概要 お問い合わせ プライバシーポリシー 회사소개".split()
)


class Line(NamedTuple):
    """Text between two breaks of a page; a page has thousands, and a tuple is made in a tenth of the time of a record."""

    text: str
    link: str  # the text inside links
    words: int  # without numbers beside links
    linked: int  # words inside links


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How far a text is that of teasers."""

    teasers: int  # lines of the text that a headline's link stands before
    teaser_words: int
    lead_words: int  # of the text before the first teaser
    text_words: int  # of the whole text
    headlines: int  # links that are lines of their own and as long as headlines

    @property
    def share(self) -> float:
        """Share of the text that is teasers, 0 to 1."""
        return self.teaser_words / max(1, self.text_words)


def words_in(text: str) -> int:
    """Words of a text; scripts without spaces are counted by characters."""
    spaced = len(SPACED.findall(text))
    return spaced if text.isascii() else spaced + len(UNSPACED.findall(text)) // CHARACTERS_PER_WORD


def _line_of(parts: list[tuple[str, bool]]) -> Iterator[Line]:
    """The line of some texts, each with whether it is linked; none if it is shorter than a headline."""
    text = " ".join("".join([part for part, _ in parts]).split())
    if len(text) < HEADLINE_WORDS or (words := words_in(text)) < HEADLINE_WORDS:
        return
    if all(in_link for part, in_link in parts if not part.isspace()):
        yield Line(text, text, words, words)  # as most short lines of a page are
        return
    link, linked = "", sum([words_in(part) for part, in_link in parts if in_link])
    if linked:
        link = " ".join("".join([part for part, in_link in parts if in_link]).split())
        # The day beside a headline is no word of its line.
        words = linked + sum([words_in(NUMBER.sub(" ", part)) for part, in_link in parts if not in_link])
    yield Line(text, link, words, linked)


def lines_of(tree: HtmlElement) -> Iterator[Line]:
    """What a page shows, line by line, in document order, without lines shorter than a headline."""
    parts: list[tuple[str, bool]] = []
    links = 0
    walk = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if parts and tag not in INLINE:
            yield from _line_of(parts)
            parts.clear()
        if event == "end":
            links -= tag == "a"
            text = element.tail
        elif tag in UNREAD:
            walk.skip_subtree()
            continue
        else:
            links += tag == "a"
            text = element.text
        if text:
            parts.append((text, links > 0))
    yield from _line_of(parts)


class _Part(Enum):
    """What a line of a page is to the text that was taken for its article."""

    LEAD = auto()  # of the text, under no headline that links elsewhere
    LINK = auto()  # such a headline, in the text
    TEASER = auto()  # of the text, below one
    OTHER_LINK = auto()  # such a headline, not in the text


def _parts(tree: HtmlElement, body: str, titles: Collection[str]) -> Iterator[tuple[_Part, int]]:
    """The parts of a page that are text or such headlines, in order, with their words."""
    own = {fold(title) for title in titles}
    after_headline = False
    for line in lines_of(tree):
        is_link = line.words >= HEADLINE_WORDS and line.linked >= LINKED_SHARE * line.words and fold(line.text) not in own
        is_row = line.words > MAX_HEADLINE_WORDS and line.linked >= LINKED_SHARE * line.words
        if line.words >= SUMMARY_WORDS and (line.text in body or (is_link and line.link in body)) and not is_row:
            teases = after_headline and line.words <= MAX_SUMMARY_WORDS
            yield _Part.LINK if is_link else _Part.TEASER if teases else _Part.LEAD, line.words
        elif is_link:
            yield _Part.OTHER_LINK, line.words
        if is_link or line.words >= SUMMARY_WORDS:
            after_headline = is_link


def listing(tree: HtmlElement, body: str, *, titles: Collection[str]) -> Listing:
    """Measure how much of a page's text stands under headlines that link elsewhere.

    Args:
        tree: the page.
        body: what was taken for its article.
        titles: of the page itself; a blog's headline may be a link to its own page.

    """
    teasers = teaser_words = lead_words = headlines = 0
    for part, words in _parts(tree, body, titles):
        headlines += part in {_Part.LINK, _Part.OTHER_LINK}
        teasers += part is _Part.TEASER
        if part in {_Part.LINK, _Part.TEASER}:
            teaser_words += words
        elif part is _Part.LEAD and not teaser_words:
            lead_words += words
    return Listing(teasers=teasers, teaser_words=teaser_words, lead_words=lead_words, text_words=words_in(body), headlines=headlines)


def has_lead(tree: HtmlElement, body: str, *, titles: Collection[str], words: int) -> bool:
    """Whether so many words of a page's text stand before the first headline in it that links elsewhere; arguments as of `listing`."""
    lead = 0
    for part, length in _parts(tree, body, titles):
        lead += length if part is _Part.LEAD else 0
        if lead >= words or part in {_Part.LINK, _Part.TEASER}:
            break
    return lead >= words


def _segments(url: str) -> list[str]:
    path = re.sub(r"(?:/(?:page|seite|pagina|p))?/\d{1,4}/?$|/index\.\w{2,5}$", "", urlsplit(url).path.lower())
    return [re.sub(r"\.(?:html?|php|aspx?|jsp)$", "", segment) for segment in path.split("/") if segment]


def is_search(url: str) -> bool:
    """Whether an address is that of a search's results."""
    segments = _segments(url)
    asked = {name.lower() for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
    return segments[-1] in SEARCHES or (segments[0] in SEARCHES and bool(asked & ASKED)) if segments else bool(asked & ASKED)


def is_list_address(url: str) -> bool:
    """Whether an address names a tag, a section or an author whose pages it lists."""
    *parents, _ = _segments(url) or [""]
    return bool(parents) and parents[-1] in LISTS


def names_itself(url: str, title: str) -> bool:
    """Whether an address ends with the words of a short title, as that of a section does: `/news/local-politics`."""
    *_, last = _segments(unquote(url)) or [""]
    return last != "" and fold(last) == fold(title)


def is_top_address(url: str) -> bool:
    """Whether an address has one part only, as `/politics`."""
    return len(_segments(url)) == 1


def is_in_menu(tree: HtmlElement, url: str, title: str) -> bool:
    """Whether a page's own links lead to it by its short title, as menus do to a section and not to an article."""
    path = urlsplit(url).path.rstrip("/")
    return path != "" and any(
        (link.get("href") or "").split("?")[0].rstrip("/").endswith(path) and fold("".join(link.itertext())) == fold(title)
        for link in tree.iter("a")
    )


def is_about_address(url: str) -> bool:
    """Whether an address is that of a page about the outlet itself."""
    return (_segments(url) or [""])[-1].replace("_", "-") in ABOUT


def is_about_title(title: str) -> bool:
    """Whether a title is that of a page about the outlet itself."""
    return "-".join(re.findall(r"\w+", title.lower())) in ABOUT
