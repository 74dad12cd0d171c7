"""Error pages and tests for people that come in place of an article, whatever status they were sent with."""

# The patterns hold letters and marks of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from pipeline.extract.listings import words_in
from pipeline.extract.page import ParsedPage

LONG_WORDS: Final = 250  # a text of this length speaks for itself
CHALLENGE_WORDS: Final = 35
BLOCKED_WORDS: Final = 150
HARDLY_ANY_WORDS: Final = 40
WORDS_BEFORE: Final = 6  # what an error page says in its title, as `Sorry, it seems that the page …`
WORDS_AFTER: Final = 4
MAX_TITLE: Final = 300  # characters
FEW_ANCESTORS: Final = 5
READ_CHARACTERS: Final = 20_000

_ERROR: Final = (
    r"(?:http|error|fehler|erreur|errore|erro|fout|fel|fejl|feil|błąd|chyba|hata|hiba|eroare|ошибка|помилка|грешка|virhe|greška|klaida|viga|σφάλμα"
    r"|エラー|错误|錯誤|오류|خطأ|خطای|lỗi|kesalahan)"
)
_CODE: Final = r"(?:40[0134]|410|429|451|50[0234])"
# A number alone counts things: `500 jobs to go`.
CODE: Final = re.compile(
    rf"^\W*{_ERROR}\s*:?\s*#?{_CODE}\b|^\W*{_CODE}\s*(?:$|[-–—|:.!,(»]|(?:error|not|page|forbidden|unauthori[sz]ed|access|service|bad|internal|gateway|gone"
    r"|unavailable|too many|seite|página|pagina|страница|сторінка|stránka|strona|sayfa)\b|页|ページ|페이지)|(?<!\w)"
    rf"{_ERROR}\s*{_CODE}\b",
    re.IGNORECASE,
)
_THING: Final = r"(?:\b(?:page|article|story)|\b(?:this|the) (?:site|file|content|video|post))"
_NOT: Final = r"(?:not|n['’]t)"
MISSING: Final = re.compile(
    rf"{_THING} (?:(?:was |is |you requested was )?not found|does ?{_NOT} exist|(?:can ?|could ?){_NOT} be found|can['’]t be found|(?:is )?(?:unavailable|not available|no longer (?:available|exists?))|isn['’]t available|has been (?:removed|deleted|moved))"
    rf"|{_THING}\b[^.!?]{{0,20}}\b(?:looking for|requested|trying to \w+)\b[^.!?]{{0,30}}?\b(?:not|no longer|gone|removed|moved)\b[^.!?]{{0,20}}"
    r"|(?:can ?not|can['’]t|could ?(?:not|n['’]t)|unable to) (?:seem to )?find (?:the|that|this) (?:page|article|story)[^.!?]{0,25}|^not found|^nothing (?:was )?found|^(?:page )?expired$"
    r"|seite (?:ist |wurde |konnte )?(?:leider )?(?:nicht (?:gefunden|verfügbar|vorhanden|mehr verfügbar)|existiert nicht)|seite gibt es (?:leider )?nicht|artikel (?:ist )?(?:leider )?nicht mehr verfügbar"
    r"|página (?:no|não) (?:fue |foi |se )?(?:encontrada|encuentra|encontrou|existe|está disponible|está disponível)|no (?:se ha encontrado|encontramos) (?:la|esta|esa) página|não encontramos (?:a|essa|esta) página"
    r"|page (?:introuvable|non trouvée|n['’]existe (?:pas|plus)|n['’]est (?:pas|plus) disponible)|contenu (?:introuvable|indisponible)"
    r"|pagina (?:non (?:è stata )?trovata|non (?:esiste|disponibile)|niet gevonden|bestaat niet)|sidan (?:kunde inte hittas|hittades inte|finns inte|kan inte hittas)|siden (?:blev ikke fundet|findes ikke|finnes ikke|ble ikke funnet|kan ikke findes)"
    r"|sivua ei (?:ole löy|löy)\w*|strona nie (?:istnieje|została znaleziona)|nie znaleziono strony|stránk[au] (?:nenalezena|neexistuje|nebyla nalezena|sa nenašla|nenájdená)|(?:az )?oldal nem található"
    r"|pagina (?:nu (?:a fost găsită|există|este disponibilă)|căutată)|sayfa bulunamadı|strani(?:ca|cu) (?:nije (?:pronađena|dostupna)|ne postoji)|stran ne obstaja|страница није пронађена"
    r"|страниц\w+ не (?:найден\w*|существует|е намерена|съществува|е пронајдена)|сторінк\w не знайдено|сторінка не існує|η σελίδα δεν (?:βρέθηκε|υπάρχει)|puslapis (?:nerastas|neegzistuoja)|lapa nav atrasta|lehekülge ei leitud"
    r"|(?:页面不存在|頁面不存在|页面已被删除|找不到(?:页面|頁面|该页|網頁)|ページ(?:が|は)見つかりません|お探しのページ|記事(?:が|は)見つかりません|페이지를 찾을 수 없|존재하지 않는 (?:기사|페이지)|삭제된 (?:기사|페이지)|ไม่พบหน้า)\S*"
    r"|الصفحة (?:المطلوبة )?غير (?:موجودة|متوفرة)|صفحه.{0,15}(?:یافت|پیدا) نشد|(?:הדף|העמוד).{0,12}(?:לא נמצא|אינו קיים|לא קיים)|(?:पेज|पृष्ठ) नहीं मिला|halaman tidak (?:ditemukan|tersedia)|không tìm thấy trang|trang không tồn tại",
    re.IGNORECASE,
)
# What servers and their guards say, at the beginning of a title.
REFUSED: Final = re.compile(
    r"^\W*(?:\d{3}\W+)?(?:access (?:to this page has been )?denied|forbidden|just a moment|attention required|are you a robot|service (?:temporarily )?unavailable|temporarily unavailable|bad gateway|gateway time-?out"
    r"|internal server error|something went wrong|(?:site |down |closed )?(?:under|for) maintenance|(?:the |this )?site is (?:down|under|temporarily)|we['’](?:ll| will) be (?:right )?back|be right back|wartungsarbeiten|zugriff verweigert"
    r"|acceso denegado|accès refusé|accesso negato|доступ запрещ[её]н|robot check|(?:please )?verify (?:that )?you are (?:a )?human|security check|checking (?:your browser|if the site)|human verification|captcha\b|ddos-guard"
    r"|(?:sorry, )?you have been blocked|you are being rate limited|error establishing a database connection|wordpress\W+error|critical error|pardon our interruption|request (?:rejected|unsuccessful|blocked)"
    r"|unavailable (?:due to|for) legal reasons|(?:this )?(?:content|page|site|website|video) is (?:not available|unavailable|blocked) in your (?:country|region|area|location)|one more step|please enable (?:js|javascript|cookies))",
    re.IGNORECASE,
)
BLOCKED: Final = re.compile(
    r"attempting to access this website from a country|access cannot be granted at this time|enable javascript and cookies to continue|checking your browser before"
    r"|(?:content|page|site|website) is (?:currently )?(?:not available|unavailable|blocked) in (?:your|most) (?:european )?(?:country|countries|region|area|location)"
)
CHALLENGE: Final = re.compile(r"cf-challenge|challenge-platform|px-captcha|captcha-delivery|g-recaptcha|h-captcha|datadome|_Incapsula_")
# What systems call the page of an error.
MARKED: Final = re.compile(
    r"(?:^|\s)(?:error-?404|page-?(?:is-)?404|is-404|404-page|error-page|page-?not-?found|http-?404)(?=\s|$)", re.IGNORECASE
)
SEPARATOR: Final = re.compile(r"\s+[|–—\-·•»›]+\s+|\s*[|｜]\s*")


def _says_error(text: str, words: int) -> bool:
    """Whether a title is nothing but the name of an error, on a page with so many words of text."""
    for pattern in (CODE, MISSING, REFUSED):
        if match := pattern.search(text[:MAX_TITLE]):
            before, after = words_in(text[: match.start()]), words_in(text[match.end() :])
            if before <= WORDS_BEFORE and after <= (WORDS_AFTER if pattern is CODE or words < HARDLY_ANY_WORDS else 0):
                return True
    return False


def _names(page: ParsedPage, title: str) -> Iterator[str]:
    """Titles of the page; of the window's, which the site's name is in, the parts, where no heading is one."""
    headings = [heading.text for heading in page.headings[:2]]
    if title and title in headings and title in page.title_tag:
        yield title  # another heading is of a part of the page, such as a player's message
        return
    yield from filter(None, (title, *headings))
    if not any(heading and heading in page.title_tag for heading in headings):
        yield from filter(None, (page.title_tag, *SEPARATOR.split(page.title_tag)))


def _is_marked(page: ParsedPage) -> bool:
    """Whether the markup calls the page, or what stands around its headline, that of an error."""
    places = [
        *page.tree.iter("body"),
        *(place for one in page.headings[:1] for place in islice(one.element.iterancestors(), FEW_ANCESTORS)),
    ]
    return any(MARKED.search(called) for place in places for called in (place.get("class"), place.get("id")) if called)


def is_error_page(page: ParsedPage, title: str, words: int) -> bool:
    """Whether a page is an error or a test for people.

    Args:
        page: the parsed page.
        title: as decided.
        words: of its text.

    """
    if words >= LONG_WORDS or page.data.article is not None:
        return False
    if any(_says_error(text, words) for text in _names(page, title)) or _is_marked(page):
        return True
    if words < BLOCKED_WORDS and BLOCKED.search(page.lower_text[:READ_CHARACTERS]):
        return True
    return words < CHALLENGE_WORDS and any(CHALLENGE.search(script[:2_000]) for script in page.scripts)
