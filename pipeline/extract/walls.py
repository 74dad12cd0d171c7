"""What stands in place of an article: requests for consent, errors, log-ins, tests for people."""

# The patterns hold letters and marks of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import re
from typing import Final

from pipeline.extract.elements import is_called, text_of
from pipeline.extract.page import ParsedPage

MIN_CONSENT_WORDS: Final = 4
CONSENT_SHARE: Final = 0.04  # of the words of a wall
LONG_WORDS: Final = 250  # a text of this length speaks for itself
LOGIN_WORDS: Final = 80
CHALLENGE_WORDS: Final = 35

CONSENT_ADDRESS: Final = re.compile(
    r"^https?://(?:consent|cmp|privacy|gdpr|guce|myprivacy|cookiewall)[.-]"
    r"|^[^?#]*/(?:(?:collect-?)?consent|privacy-?(?:gate|wall)|cookie-?(?:wall|consent)|gdpr)(?:\.\w+)?(?:[/?#]|$)",
    re.IGNORECASE,
)
CONSENT_MARK: Final = re.compile(
    r"onetrust|didomi|sp_message|cmp|consent|cookie-?wall|usercentrics|quantcast|truste|gdpr|privacy-?gate|cookiebot|iubenda"
)
# Of a text in lower case: to ignore case in so many words takes eight times as long.
CONSENT_WORDS: Final = re.compile(
    r"cookie\w*|consent\w*|personal data|privacy|partners|tracking|accept all|reject all|manage (?:options|choices)|store and(?:/or)? access|alle akzeptieren"
    r"|zustimm\w+|einwillig\w+|datenschutz\w*|werbung|personenbezogen\w*|tout (?:accepter|refuser)|consentement|données|confidentialité|accepter|partenaires|traceurs"
    r"|privacidad|datos personales|aceptar|consentimiento|socios|privacidade|aceitar|consentimento|dados pessoais|parceiros|consenso|accett\w+|rifiut\w+|dati personali"
    r"|toestemming|akkoord|persoonsgegevens|advertenties|zgod\w+|prywatności|danych osobowych|ciasteczk\w+|akceptuj\w*|samtyck\w+|samtykke\w*|personuppgifter|personoplysninger|personopplysninger"
    r"|godkänn\w*|godta\w*|souhlas\w*|osobních údajů|soukromí|çerez\w*|gizlilik|kişisel veri\w*|kabul e\w+|hozzájárul\w+|sütik?\w*|adatvédel\w+|consimțământ\w*|confidențialitate"
    r"|before (?:you|we) (?:continue|proceed)|bevor sie (?:fortfahren|weiterlesen)|avant de (?:continuer|poursuivre)|antes de (?:continuar|prosseguir)"
    r"|prima di (?:continuare|procedere)|voordat (?:je|u) (?:verder\w*|doorgaat)|innan du fortsätter|før du (?:går videre|fortsætter|fortsetter)|zanim przejdziesz"
    r"|согласи\w+|конфиденциальност\w*|персональн\w+|файл\w* cookie|принять|згод\w+|персональн\w+|συγκατάθεσ\w+|απόρρητο|αποδοχή|同意|クッキー|プライバシー|隐私|個人情報|쿠키|동의"
)
ERROR_TITLE: Final = re.compile(
    r"^\W*(?:error\s*)?(?:40[0134]|410|429|50[0234])\b|\b(?:error|fehler|erreur|errore|erro|fout|fel|fejl|feil|błąd|chyba|hata|hiba|eroare|ошибка|помилка)\s*(?:40[0134]|410|50[0234])\b"
    r"|(?:page|article|story|site|file|content|video) (?:(?:was |is |you requested was )?not found|does(?: not|n['’]t) exist|can ?not be found|could not be found|unavailable|(?:is )?no longer available|has been removed)"
    r"|^not found|^(?:page )?expired$|^access (?:to this page has been )?denied|^forbidden|^just a moment|^attention required|^are you a robot|^service unavailable|^temporarily unavailable|^bad gateway|^gateway time-?out|^internal server error|^something went wrong"
    r"|^(?:site |down )?(?:under|for) maintenance|^wartungsarbeiten|seite (?:wurde )?(?:leider )?nicht gefunden|seite existiert nicht|zugriff verweigert"
    r"|página (?:no|não) (?:fue |foi )?encontrada|no (?:se ha encontrado|encontramos) la página|acceso denegado|la página no existe|page (?:introuvable|non trouvée)|cette page n['’]existe pas|accès refusé"
    r"|pagina non (?:è stata )?trovata|pagina niet gevonden|sidan (?:kunde inte hittas|hittades inte|finns inte)|siden (?:blev ikke fundet|findes ikke|finnes ikke|ble ikke funnet)|sivua ei löy"
    r"|(?:strona nie (?:istnieje|została znaleziona)|nie znaleziono strony)|stránka (?:nenalezena|neexistuje|nebyla nalezena)|(?:az )?oldal nem található|pagina nu (?:a fost găsită|există)|sayfa bulunamadı"
    r"|страница не (?:найдена|существует)|сторінк\w не знайдено|доступ запрещ[её]н|η σελίδα δεν βρέθηκε|页面不存在|找不到(?:页面|頁面|该页)|ページが見つかりません|お探しのページ|페이지를 찾을 수 없|الصفحة غير موجودة"
    r"|^robot check|^verify you are human|^security check|^checking your browser|^human verification|^captcha\b",
    re.IGNORECASE,
)
CHALLENGE: Final = re.compile(r"cf-challenge|challenge-platform|px-captcha|captcha-delivery|g-recaptcha|h-captcha|datadome|_Incapsula_")
LOGIN_TITLE: Final = re.compile(
    r"^\W*(?:log[ -]?in|sign[ -]?in|log on|anmelden|einloggen|anmeldung|login|connexion|se connecter|identifiez-vous|iniciar sesión|acceder|accedi|entrar|inloggen|logga in|log ind|logg inn"
    r"|zaloguj(?: się)?|přihlášení|giriş(?: yap)?|bejelentkezés|autentificare|войти|вход|увійти|σύνδεση|登录|登入|ログイン|로그인|تسجيل الدخول)(?!\w)(?:\W+(?:to|in|or|bei|mit|und|à|a|en|для|в)\b)?",
    re.IGNORECASE,
)
FREE: Final = frozenset({"true", "1", "yes"})
PAID: Final = frozenset({"locked", "metered", "premium", "paid", "true", "yes"})
TIER_NAMES: Final = ("article:content_tier", "og:article:content_tier", "content_tier", "paywall", "is-paywalled")
CONSENT_SELECTOR: Final = (
    "contains(@class,'consent') or contains(@id,'consent') or contains(@id,'cmp') or contains(@class,'cookie') or contains(@id,'cookie')"
    " or contains(@id,'onetrust') or contains(@id,'didomi')"
)
PAYWALL_WORDS: Final = ("aywall", "regwall", "subscriber-only")
PAYWALL_SELECTOR: Final = (
    "contains(@class,'aywall') or contains(@id,'aywall') or contains(@class,'regwall') or contains(@class,'subscriber-only')"
)


def _has_consent_form(page: ParsedPage) -> bool:
    return any(CONSENT_ADDRESS.search(form.get("action") or "") or is_called(form, CONSENT_MARK) for form in page.tree.iter("form"))


def is_consent_wall(page: ParsedPage, body: str, words: int, *, declared: bool) -> bool:
    """Whether a page asks for consent in place of its text.

    Args:
        page: the parsed page.
        body: what was taken for its article.
        words: of the body.
        declared: the page says that it is an article.

    """
    if page.source.final_url and CONSENT_ADDRESS.search(page.source.final_url) and not CONSENT_ADDRESS.search(page.source.url):
        return True
    if declared and words > LONG_WORDS:
        return False
    asked = body
    if words < LONG_WORDS:
        # What a wall asks may stand in its headline and on its buttons more than in its text.
        buttons = (text_of(button) for button in page.tree.iter("button"))
        asked = "\n".join((body, *(heading.text for heading in page.headings[:2]), *buttons))
    said = len(CONSENT_WORDS.findall(asked.lower()))
    dense = said >= MIN_CONSENT_WORDS and said > words * CONSENT_SHARE
    if words < LONG_WORDS and (dense or not declared) and _has_consent_form(page):
        return True
    return dense and (not declared or bool(page.tree.xpath(f".//*[{CONSENT_SELECTOR}]")))


def _names(page: ParsedPage, title: str) -> list[str]:
    return [text for text in (title, page.title_tag, *(heading.text for heading in page.headings[:2])) if text]


def is_error_page(page: ParsedPage, title: str, words: int) -> bool:
    """Whether a page is an error or a test for people, whatever its status was."""
    if words >= LONG_WORDS or page.data.article is not None:
        return False
    if any(ERROR_TITLE.search(text) for text in _names(page, title)):
        return True
    return words < CHALLENGE_WORDS and any(CHALLENGE.search(script[:2_000]) for script in page.scripts)


def is_login_page(page: ParsedPage, title: str, words: int) -> bool:
    """Whether a page asks for a password in place of its text; a log-in beside an article is none."""
    if words >= LOGIN_WORDS:
        return False
    asks = any((field.get("type") or "").lower() == "password" for field in page.tree.iter("input"))
    named = any(LOGIN_TITLE.match(text) for text in _names(page, title))
    return named or (asks and words < LOGIN_WORDS // 2)


def is_paywalled(page: ParsedPage) -> bool:
    """Whether the page says that its text, or the rest of it, is for subscribers; its structured data are the surest."""
    said = [str(node["isAccessibleForFree"]) for node in (page.article, *page.data.nodes) if "isAccessibleForFree" in node]
    if said:
        return said[0].strip().lower().rsplit("/", 1)[-1] not in FREE
    tiers = page.metas(*TIER_NAMES)
    if tiers:
        return tiers[0].strip().lower() in PAID
    # To look through all elements costs more than to see that it is in vain.
    return any(word in page.html for word in PAYWALL_WORDS) and bool(page.tree.xpath(f".//*[{PAYWALL_SELECTOR}]"))
