"""Whether a page is an article, and why not: its structure first, words of a few languages last."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pipeline import urls
from pipeline.extract.page import ParsedPage, label_of, text_of
from pipeline.extract.structured import ARTICLE_TYPE

NOT_HTML: Final = "not_html"
EMPTY_PAGE: Final = "empty_page"
TOO_LARGE: Final = "too_large"
NO_BODY: Final = "no_body"
TOO_SHORT: Final = "too_short"
CONSENT_WALL: Final = "consent_wall"
ERROR_PAGE: Final = "error_page"
INDEX_PAGE: Final = "index_page"
NOT_AN_ARTICLE: Final = "not_an_article"

# Words of body. A page that calls itself a news article may be a flash of two sentences; others need a few paragraphs.
MIN_WORDS_DECLARED: Final = 12
MIN_WORDS: Final = 35
LONG_WORDS: Final = 250  # a text of this length speaks for itself
CHARACTERS_PER_WORD: Final = 2  # of Chinese, Japanese and Thai
SENTENCE_WORDS: Final = 10
HEADLINE_WORDS: Final = 5  # a menu's entries have fewer
ENOUGH_CHARACTERS: Final = 20_000  # of a body, to judge it by
SEVERAL: Final = 6
FEW_PARAGRAPHS: Final = 2
MIN_CONSENT_WORDS: Final = 4
CONSENT_SHARE: Final = 0.04  # of the words of a wall
MANY_LINKS: Final = 25  # headline links of a page that lists

OTHER_THINGS: Final = frozenset({
    "Product", "Recipe", "Event", "JobPosting", "ProfilePage", "FAQPage", "ContactPage", "AboutPage", "SearchResultsPage", "Movie", "Book",
})  # fmt: skip
LISTS: Final = frozenset({"CollectionPage", "SearchResultsPage"})
CONSENT_ADDRESS: Final = re.compile(
    r"^https?://(?:consent|cmp|privacy|gdpr|guce)[.-]|/(?:consent|privacy-?gate|collectconsent|cookiewall|gdpr)\b", re.IGNORECASE
)
CONSENT_MARK: Final = re.compile(
    r"onetrust|didomi|sp_message|cmp|consent|cookie-?wall|usercentrics|quantcast|truste|gdpr|privacy-?gate|cookiebot|iubenda"
)
CONSENT_WORDS: Final = re.compile(
    r"cookies?|consent|personal data|privacy|partners|tracking|accept all|reject all|manage (?:options|choices)|store and(?:/or)? access|alle akzeptieren|tout (?:accepter|refuser)|aceptar todo|zustimm\w+|einwillig\w+|datenschutz\w*|werbung|consent\w+|privacidad|datos personales"
    r"|aceptar|socios|consentement|données|confidentialité|accepter|partenaires|согласи\w+|конфиденциальност\w*|персональн\w+|файл\w* cookie|consenso|privacidade|toestemming",
    re.IGNORECASE,
)
ERROR_TITLE: Final = re.compile(
    r"^\W*(?:error\s*)?(?:40[0134]|410|429|50[0234])\b|\b(?:error|fehler|erreur|errore|ошибка)\s*(?:40[0134]|410|50[0234])\b|(?:page|article|story|site|file) (?:not found|does not exist|can ?not be found|unavailable)"
    r"|^not found|^access denied|^forbidden|^just a moment|^attention required|^are you a robot|^service unavailable|^bad gateway|^something went wrong"
    r"|página no encontrada|seite (?:wurde )?nicht gefunden|page (?:introuvable|non trouvée)|pagina non trovata|страница не найдена|página não encontrada|pagina niet gevonden"
    r"|^robot check|^verify you are human|^security check|^checking your browser",
    re.IGNORECASE,
)
CHALLENGE: Final = re.compile(r"cf-challenge|challenge-platform|px-captcha|captcha-delivery|g-recaptcha|h-captcha|datadome|_Incapsula_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Counts of what a page shows."""

    words: int  # of the body
    paragraphs: int  # of the body, those of a sentence or more
    headline_links: int  # links of the page that are long enough to be headlines


def words_in(text: str) -> int:
    """Words of a text; scripts without spaces are counted by characters."""
    unspaced = len(re.findall(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]", text))
    return len(re.findall(r"[^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]+", text)) + unspaced // CHARACTERS_PER_WORD


def measure(page: ParsedPage, body: str) -> Measures:
    """Count what a page shows."""
    return Measures(
        words=words_in(body),
        paragraphs=sum(words_in(paragraph) >= SENTENCE_WORDS for paragraph in body.split("\n\n")),
        headline_links=sum(words_in(text_of(link)) >= HEADLINE_WORDS for link in page.tree.iter("a")),
    )


def _declares_article(page: ParsedPage) -> bool:
    return page.data.article is not None or any("article" in kind.lower() for kind in page.metas("og:type"))


def _is_consent_wall(page: ParsedPage, body: str, words: int) -> bool:
    if page.source.final_url and CONSENT_ADDRESS.search(page.source.final_url) and not CONSENT_ADDRESS.search(page.source.url):
        return True
    if _declares_article(page) and words > LONG_WORDS:
        return False
    asked = body
    if words < LONG_WORDS:
        # What a wall asks may stand in its headline and on its buttons more than in its text.
        buttons = (text_of(button) for button in page.tree.iter("button"))
        asked = "\n".join((body, *(heading.text for heading in page.headings[:2]), *buttons))
    said = len(CONSENT_WORDS.findall(asked))
    dense = said >= MIN_CONSENT_WORDS and said > words * CONSENT_SHARE
    forms = any(CONSENT_ADDRESS.search(form.get("action") or "") or CONSENT_MARK.search(label_of(form)) for form in page.tree.iter("form"))
    if forms and words < LONG_WORDS and (dense or not _declares_article(page)):
        return True
    marked = bool(
        page.tree.xpath(
            ".//*[contains(@class,'consent') or contains(@id,'consent') or contains(@id,'cmp') or contains(@class,'cookie') or contains(@id,'cookie') or contains(@id,'onetrust') or contains(@id,'didomi')]"
        )
    )
    return dense and (marked or not _declares_article(page))


def _is_error_page(page: ParsedPage, title: str, words: int) -> bool:
    if words >= LONG_WORDS or page.data.article is not None:
        return False
    if any(ERROR_TITLE.search(text) for text in (title, page.title_tag, *(heading.text for heading in page.headings[:2])) if text):
        return True
    scripts = (script.get("src") or (script.text or "")[:2_000] for script in page.tree.iter("script"))
    return words < MIN_WORDS and any(CHALLENGE.search(script) for script in scripts)


def _is_index_page(page: ParsedPage, measures: Measures) -> bool:
    declared = _declares_article(page)
    if urls.is_home(page.url) and not any(ARTICLE_TYPE.search(kind) for kind in page.data.types):
        return page.source.url == "" or measures.paragraphs < SEVERAL or measures.headline_links >= MANY_LINKS
    if declared:
        return False
    lists = bool(page.data.types & LISTS)
    # A list of teasers: many links as long as headlines, and little text between them.
    many = measures.headline_links >= MANY_LINKS and measures.paragraphs <= FEW_PARAGRAPHS
    return (lists and measures.headline_links >= SEVERAL) or (many and measures.words < LONG_WORDS)


def reason(page: ParsedPage, *, title: str, body: str) -> str | None:
    """Why a page is no article, as a stable word; None if it is one."""
    body = body[:ENOUGH_CHARACTERS]
    words = words_in(body)
    if _is_error_page(page, title, words):
        return ERROR_PAGE
    if _is_consent_wall(page, body, words):
        return CONSENT_WALL
    if words < LONG_WORDS or urls.is_home(page.url) or page.data.types & LISTS:
        measures = measure(page, body)
        if _is_index_page(page, measures):
            return INDEX_PAGE
    if not words:
        return NO_BODY
    declared = _declares_article(page)
    if page.data.types & OTHER_THINGS and not declared and words < LONG_WORDS:
        return NOT_AN_ARTICLE
    return TOO_SHORT if words < (MIN_WORDS_DECLARED if declared else MIN_WORDS) else None
