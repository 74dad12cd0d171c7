"""What stands in place of an article: requests for consent, log-ins, and walls before the rest of a text."""

# The patterns hold letters and marks of many languages.

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Final

from pipeline.extract.elements import has_more_than, is_called, text_of
from pipeline.extract.listings import words_in
from pipeline.extract.page import ParsedPage

MIN_CONSENT_WORDS: Final = 4
WALL_WORDS: Final = 2  # of consent, in what is taken for the text and its headline
MAX_BOXES: Final = 40  # the first hold the others
MAX_BOX: Final = 8_000  # characters; what holds more is the page
MOST: Final = 0.8  # of the text
CONSENT_SHARE: Final = 0.04  # of the words of a wall
LONG_WORDS: Final = 250  # a text of this length speaks for itself
LOGIN_WORDS: Final = 80
NAME_WORDS: Final = 2  # after `Log in`; a headline has more
PURPOSE_WORDS: Final = 5  # after `Log in to`

CONSENT_ADDRESS: Final = re.compile(
    r"^https?://(?:consent|cmp|privacy|gdpr|guce|myprivacy|cookiewall)[.-]"
    r"|^[^?#]*/(?:(?:collect-?)?consent|privacy-?(?:gate|wall)|cookie-?(?:wall|consent)|gdpr)(?:\.\w+)?(?:[/?#]|$)",
    re.IGNORECASE,
)
CONSENT_MARK: Final = re.compile(
    r"onetrust|didomi|sp_message|cmp|consent|cookie-?wall|usercentrics|quantcast|truste|gdpr|privacy-?gate|cookiebot|iubenda"
)
# What requests for consent say, in lower case; to count so many words is faster than an expression of them.
CONSENT_STEMS: Final = tuple(
    (
        "cookie|consent|personal data|privacy|partners|tracking|accept all|reject all|manage options|manage choices|store and access|store and/or access|before you continue|before we continue|before you proceed|before we proceed"
        "|alle akzeptieren|zustimm|einwillig|datenschutz|werbung|personenbezogen|bevor sie fortfahren|bevor sie weiterlesen"
        "|accepter|tout refuser|données|confidentialité|partenaires|traceurs|avant de continuer|avant de poursuivre"
        "|privacidad|datos personales|aceptar|socios|antes de continuar|aceitar|dados pessoais|parceiros|antes de prosseguir"
        "|consenso|accett|rifiut|dati personali|prima di continuare|prima di procedere|galetes"
        "|toestemming|akkoord|persoonsgegevens|advertenties|voordat je verder|voordat u verder"
        "|zgod|prywatnoś|danych osobowych|dane osobowe|ciasteczk|akceptuj|zanim przejdziesz|згод"
        "|samtyck|samtykke|personuppgifter|personoplysninger|personopplysninger|godkänn|godta|innan du fortsätter|før du går videre|før du fortsætter|før du fortsetter"
        "|eväste|suostumu|henkilötie|yksityisyy|kumppani|küpsis|nõusolek|isikuandme"
        "|souhlas|osobních údajů|osobní údaje|soukromí|súhlas|osobných údaj|osobné údaj|súkromi"
        "|çerez|gizlilik|kişisel veri|kabul e|hozzájárul|süti|adatvédel|consimțământ|confidențialit|caracter personal"
        "|kolačić|saglasnost|suglasnost|lične podat|ličnih podat|osobne podat|osobnih podat|privatnost|prihvat|piškotk|soglas|zasebnost"
        "|slapuk|sutik|asmens duomen|sīkdat|piekri|бисквитк|съглас|лични данни|согласи|конфиденциальност|персональн|принять"
        "|συγκατάθεσ|απόρρητο|αποδοχή|ملفات تعريف الارتباط|الخصوصية|עוגיות|פרטיות|同意|クッキー|プライバシー|隐私|個人情報|쿠키|동의"
    ).split("|")
)
LOGIN_TITLE: Final = re.compile(
    r"^\W*(?:log[ -]?in|sign[ -]?in|log on|anmelden|einloggen|anmeldung|login|connexion|se connecter|identifiez-vous|iniciar sesión|acceder|accedi|entrar|inloggen|logga in|log ind|logg inn"
    r"|zaloguj(?: się)?|přihlášení|giriş(?: yap)?|bejelentkezés|autentificare|войти|вход|увійти|σύνδεση|登录|登入|ログイン|로그인|تسجيل الدخول)(?!\w)(?P<more>\W+(?:to|in|or|bei|mit|und|à|a|en|для|в)\b)?",
    re.IGNORECASE,
)
FREE: Final = frozenset({"true", "1", "yes"})
PAID: Final = frozenset({"locked", "metered", "premium", "paid", "true", "yes"})
TIER_NAMES: Final = ("article:content_tier", "og:article:content_tier", "content_tier", "paywall", "is-paywalled")
BOX_WORDS: Final = ("consent", "cmp", "cookie", "onetrust", "didomi", "sp_message", "usercentrics", "privacy-")
CONSENT_SELECTOR: Final = (
    "contains(@class,'consent') or contains(@id,'consent') or contains(@id,'cmp') or contains(@class,'cookie') or contains(@id,'cookie')"
    " or contains(@id,'onetrust') or contains(@id,'didomi') or starts-with(@id,'sp_message') or contains(@id,'usercentrics')"
    " or contains(@class,'cmp-') or contains(@class,'privacy-') or contains(@class,'didomi')"
)
PAYWALL_WORDS: Final = ("aywall", "regwall", "subscriber-only")


def _has_consent_form(page: ParsedPage) -> bool:
    return any(CONSENT_ADDRESS.search(form.get("action") or "") or is_called(form, CONSENT_MARK) for form in page.tree.iter("form"))


def _said(text: str) -> int:
    """Words of consent in a text."""
    lower = text.lower()
    return sum(map(lower.count, CONSENT_STEMS))


def _boxes(page: ParsedPage) -> list[str]:
    """Texts of what the markup calls a request for consent."""
    if not any(word in page.html for word in BOX_WORDS):
        return []
    found = page.tree.xpath(f".//*[{CONSENT_SELECTOR}][not(self::body or self::html or self::script or self::style)]")
    texts = (text_of(box) for box in islice(found, MAX_BOXES) if not has_more_than(box, MAX_BOX))
    return [text for text in texts if _said(text) >= WALL_WORDS]


def _stands_in(body: str, box: str) -> bool:
    """Whether a box holds nearly all of a text."""
    paragraphs = body.split("\n\n")
    inside = sum(len(paragraph) for paragraph in paragraphs if paragraph in box)
    return inside >= MOST * sum(map(len, paragraphs))


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
    asked = "\n".join((body, *(heading.text for heading in page.headings[:2]))) if words < LONG_WORDS else body
    if _said(asked) < WALL_WORDS:
        return False
    boxes = _boxes(page)
    if boxes and words < LONG_WORDS and body:
        # Beside its request for consent a page may speak of such requests.
        return any(_stands_in(body, box) for box in boxes)
    # What a wall asks may stand on its buttons more than in its text.
    buttons = (text_of(button) for button in page.tree.iter("button")) if words < LONG_WORDS else ()
    said = _said("\n".join((asked, *buttons)))
    dense = said >= MIN_CONSENT_WORDS and said > words * CONSENT_SHARE
    if words < LONG_WORDS and (dense or not declared) and _has_consent_form(page):
        return True
    return dense and not declared and not page.times  # walls are not dated


def _names(page: ParsedPage, title: str) -> list[str]:
    return [text for text in (title, page.title_tag, *(heading.text for heading in page.headings[:2])) if text]


def _asks_to_log_in(title: str) -> bool:
    match = LOGIN_TITLE.match(title)
    return match is not None and words_in(title[match.end() :]) <= (PURPOSE_WORDS if match["more"] else NAME_WORDS)


def is_login_page(page: ParsedPage, title: str, words: int) -> bool:
    """Whether a page asks for a password in place of its text; a log-in beside an article is none."""
    if words >= LOGIN_WORDS:
        return False
    asks = any((field.get("type") or "").lower() == "password" for field in page.tree.iter("input"))
    named = any(_asks_to_log_in(text) for text in _names(page, title))
    return named or (asks and words < LOGIN_WORDS // 2)


def _has_word(name: str | None, words: Iterable[str]) -> bool:
    return name is not None and any(word in name for word in words)


def is_paywalled(page: ParsedPage) -> bool:
    """Whether the page says that its text, or the rest of it, is for subscribers; its structured data are the surest."""
    said = [str(node["isAccessibleForFree"]) for node in (page.article, *page.data.nodes) if "isAccessibleForFree" in node]
    if said:
        return said[0].strip().lower().rsplit("/", 1)[-1] not in FREE
    tiers = page.metas(*TIER_NAMES)
    if tiers:
        return tiers[0].strip().lower() in PAID
    # To look through all elements costs more than to see that it is in vain.
    words = [word for word in PAYWALL_WORDS if word in page.html]
    return bool(words) and any(_has_word(element.get("class"), words) or _has_word(element.get("id"), words) for element in page.elements)
