"""News agencies: how the known ones sign, and how the others are told by the name, in credits and datelines."""

# The patterns hold letters and marks of many languages.
# ruff: noqa: RUF001, RUF002

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from pipeline.extract.titles import fold

MAX_CREDIT: Final = 120  # characters
DATELINE_CHARACTERS: Final = 160
END_CHARACTERS: Final = 60
MIN_INITIALS: Final = 2

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
# Others that sign where an author's name stands; elsewhere such short words may be anything.
_SIGNATURES: Final = frozenset(
    fold(name)
    for name in (
        "Lusa|ČTK|CTK|TASR|SITA|BTA|БТА|Hina|STA|Beta|Бета|FoNet|Фонет|SRNA|Срна|FENA|МИА|ΑΠΕ|ΑΠΕ-ΜΠΕ|ANA-MPA|DHA|İHA|IHA|ANKA|BNS|LETA|ELTA|Agerpres|Mediafax|News.ro|Antara|"
        "NAN|APS|MAP|WAM|وام|واس|KUNA|كونا|QNA|قنا|SANA|سانا|WAFA|وفا|IRNA|ایرنا|ISNA|ایسنا|Fars|Mehr|Tasnim|UNB|BSS|বাসস|ইউএনবি|APP|UNIAN|УНІАН|УНИАН|УНН|БелТА|Казинформ|Azertac|"
        "Armenpress|CNA|中央社|中新社|中国新闻网|新华网|新華社|共同通信|共同|時事通信|時事|ロイター|연합뉴스|뉴시스|뉴스1|TTXVN|PNA|Adnkronos|AGI|Askanews|Italpress|LaPresse|Colprensa|Andina|"
        "Agência Brasil|Folhapress|Estadão Conteúdo|Estadão|SID|epd|KNA|dts|AFX|dpa-AFX|dpa/AFX|STT|Lehtikuva|Cihan|MENA|أ ف ب|ا ف ب|د ب أ|أ ش أ|الأناضول|سبوتنيك|فارس|تسنيم|"
        "पीटीआई|एएनआई|आईएएनएस|भाषा|वार्ता|UNI|Agencies|Agencje|Agenzie|Agencias|Agências|Agenturen|Agences|Bürolar|وكالات|RTRS|XINHUA|Europapress|Press Trust of India|Servimedia"
    ).split("|")
)
_FORMS: Final = "|".join(re.escape(form) for form in sorted(_BY_FORM, key=len, reverse=True))

# A name that says of itself that it is an agency's, as the whole of a credit.
_WORD: Final = r"[^\W\d_a-zà-ÿ][\w’'&.-]*"
NAMED_AGENCY: Final = re.compile(
    rf"(?:{_WORD}\s+(?:of\s+|for\s+)?){{1,5}}(?:(?:News|Press|Wire|Information|Feature)\s+)?(?:Agency|Newswire|Newswires|News\s+Service|Wire\s+Service|Press\s+Service)"
    rf"|(?:Agence|Agencia|Agência|Agenzia|Agenția|Agencija|Agencja|Agentura|Agentur|Nachrichtenagentur|Presseagentur|Persbureau|Nieuwsagentschap|Nyhetsbyrån|Nyhedsbureauet)(?:\s+(?:de\s+|di\s+|da\s+|del\s+)?{_WORD}){{1,4}}"
    rf"|(?:{_WORD}[\s-]+){{1,4}}(?:Agentur|Nachrichtenagentur|Presse-?[Aa]gentur|Nachrichtendienst|Ajansı|Haber\s+Ajansı|Hírügynökség|Nyhetsbyrå|Nyhedsbureau|Tietotoimisto)"
    r"|(?:[Ии]нформационное\s+|[Нн]овостное\s+)?(?:[Аа]гентство|[Ии]нформагентство|[Аа]генція|[Аа]генция)(?:\s+(?:новостей\s+|новини\s+)?[«„\"]?[^\W\d_a-zа-я][\w.-]*[»“\"]?){1,4}"
    r"|[\u3040-\u30ff\u3400-\u9fff]{1,12}(?:通讯社|通訊社|通信社)|[\uac00-\ud7a3]{1,12}(?:통신|통신사)|وكالة(?:\s+[\u0600-\u06ff]+){1,4}"
)
NO_NEWS_AGENCY: Final = re.compile(r"photo|foto|bild|creative|travel|estate|advertis|reise|immobilien|werbe|viajes|voyage", re.IGNORECASE)
CREDIT_BEGINS: Final = re.compile(
    r"^(?:by|von|por|par|di|da|av|af|door|from|source|quelle|fuente|fonte|bron|kilde|källa|źródło|kaynak|источник|джерело|来源|來源|出典|출처|المصدر"
    r"|credit|crédit|crédito|text|texto|texte|testo|story)(?:\s*[:：]\s*|\s+)",
    re.IGNORECASE,
)
SOURCE_WORDS: Final = (
    "source", "quelle", "fuente", "fonte", "bron", "kilde", "källa", "źródło", "kaynak", "источник", "джерело", "来源", "來源", "出典", "출처", "المصدر",
)  # fmt: skip
SOURCE_LINE: Final = re.compile(rf"^[\s(\[]*(?:{'|'.join(SOURCE_WORDS)})\s*[:：]\s*", re.IGNORECASE)
BETWEEN: Final = re.compile(r"[,;|/•·]|\s[-–—]\s|\s(?:and|und|y|et|with|mit|con|avec|и)\s|\s{2,}|\n")
# Staff of an agency: `AP Sports Writer`.
STAFF: Final = re.compile(rf"^({_FORMS})\s+(?:[A-Z][\w-]*\s+){{0,2}}(?:Writer|Reporter|Correspondent|Editor|Staff)s?$")

_DASH: Final = r"(?:\s*[.,:]?\s*[-–—―]|\s*\.|\s*:)"
_PLACE: Final = r"[^.!?()\[\]]{0,60}?(?:\b[A-Z][a-z]{0,3}\.[^.!?()\[\]]{0,30}?)?"
IN_BRACKETS: Final = re.compile(rf"^(?:{_PLACE})[(\[]\s*({_FORMS})(?:\s*[/,;-]\s*[^()\[\]]{{1,30}})?\s*[)\]](?={_DASH}|\s)")
# A place, a date and an agency before a dash, with or without slashes around the agency.
BEFORE_DASH: Final = re.compile(rf"^[^.!?]{{0,60}}?(?:[/,]\s*|^)/?({_FORMS})/?\s*(?:[-–—―:]|\.\s*[-–—])")
IN_SLASHES: Final = re.compile(rf"/({_FORMS})/")
NAME_AT_END: Final = re.compile(rf"(?:^|[(/\[]|[.!?…”\"»]\s*[-–—]\s*)({_FORMS})[)/\]]?\.?\s*$")
PICTURE_CREDIT: Final = re.compile(
    r"©|\(c\)|photo|foto|bild|image|imagen|picture|video|illustration|grafik|credit|crédit|архив|фото|снимок|写真|图片", re.IGNORECASE
)
UNKNOWN_IN_BRACKETS: Final = re.compile(rf"^(?P<place>{_PLACE})[(\[]\s*(?P<name>[^()\[\]]{{2,50}}?)\s*[)\]]{_DASH}")
BROADCASTER: Final = re.compile(r"^[KW][A-Z]{2,3}(?:-?TV)?$")  # call signs in the Americas sign with the station's own name
# What stands in brackets after a place and is no agency.
NO_SIGNATURE: Final = frozenset(
    fold(name)
    for name in (
        "update|updated|live|exclusive|opinion|analysis|feature|video|photos|lead|alert|breaking|urgent|correction|actualización|aktualisiert|mise à jour|"
        "england|scotland|wales|northern ireland|ireland|uk|usa|us|u.s.|u.s|france|frança|germany|deutschland|allemagne|alemania|spain|españa|espagne|italy|italia|italie|"
        "portugal|canada|canadá|mexico|méxico|australia|austria|österreich|switzerland|schweiz|suisse|belgium|belgique|belgien|netherlands|luxembourg|luxemburg|poland|polska|"
        "russia|ukraine|turkey|türkiye|greece|china|japan|india|brazil|brasil|argentina|chile|peru|perú|colombia|venezuela|ecuador|bolivia|uruguay|paraguay|cuba|"
        "costa rica|panama|panamá|guatemala|honduras|nicaragua|el salvador|puerto rico|dominican republic|república dominicana|south africa|nigeria|kenya|egypt|morocco|maroc|"
        "algeria|algérie|tunisia|tunisie|senegal|sénégal|mali|niger|ghana|cameroon|cameroun|congo|rdc|drc|israel|palestine|gaza|west bank|lebanon|liban|syria|syrie|iraq|irak|iran|"
        "new zealand|singapore|malaysia|indonesia|thailand|vietnam|philippines|pakistan|bangladesh|afghanistan|nepal|sri lanka|south korea|north korea|taiwan|hong kong|"
        "alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii|idaho|illinois|indiana|iowa|kansas|kentucky|louisiana|maine|maryland|"
        "massachusetts|michigan|minnesota|mississippi|missouri|montana|nebraska|nevada|new hampshire|new jersey|new mexico|new york|north carolina|north dakota|ohio|oklahoma|"
        "oregon|pennsylvania|rhode island|south carolina|south dakota|tennessee|texas|utah|vermont|virginia|washington|west virginia|wisconsin|wyoming|"
        "ontario|quebec|québec|alberta|manitoba|saskatchewan|british columbia|nova scotia|bayern|hessen|sachsen|thüringen|tirol|bern|zürich"
    ).split("|")
)


def _organisation(piece: str) -> str | None:
    """The agency that a whole text names, known or by what it calls itself."""
    piece = piece.strip(" .()[]\"'“”«»—–-")
    if known := _BY_FORM.get(piece):
        return known
    if staff := STAFF.match(piece):
        return _BY_FORM[staff[1]]
    return piece if NAMED_AGENCY.fullmatch(piece) and not NO_NEWS_AGENCY.search(piece) else None


def is_agency(name: str) -> bool:
    """Whether a name in a byline is an agency's."""
    name = name.strip(" .()[]/")
    return _organisation(name) is not None or fold(name) in _SIGNATURES


def agency_of(text: str) -> str | None:
    """Agency whose name is the whole text, or ends a byline (`By Jane Roe, Reuters`)."""
    text = text.strip()[:MAX_CREDIT]
    if PICTURE_CREDIT.search(text):
        return None
    while (shorter := CREDIT_BEGINS.sub("", text, count=1)) != text:
        text = shorter
    return next((name for piece in (text, *BETWEEN.split(text)) if (name := _organisation(piece))), None)


def agency_in_source_line(text: str) -> str | None:
    """Agency in a line such as `Quelle: dpa`."""
    return agency_of(text) if len(text) <= MAX_CREDIT and SOURCE_LINE.match(text) else None


def _stands_for(short: str, name: str) -> bool:
    """Whether a signature is a part or the initials of a longer name (`MNA`, `Méridien`)."""
    initials = "".join(word[0] for word in name.split() if word[0].isupper())
    return fold(short) in fold(name).split() or fold(short) in fold(name) or (len(short) >= MIN_INITIALS and short == initials)


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


def agency_in_dateline(body: str, *, credits: Iterable[str] = ()) -> str | None:  # noqa: A002 - the word for it
    """Agency that signs at the beginning or end of a body (`PARIS (Reuters) –`).

    Args:
        body: paragraphs of the article.
        credits: agencies that the page credits, of which a dateline may hold a short form.

    """
    start = body[:DATELINE_CHARACTERS]
    for pattern in (IN_BRACKETS, BEFORE_DASH):
        if match := pattern.match(start):
            return _BY_FORM[match[1]]
    if match := IN_SLASHES.search(start):
        return _BY_FORM[match[1]]
    if unknown := _unknown_in_dateline(start, credits):
        return unknown
    last = body.rsplit("\n", 1)[-1]
    if PICTURE_CREDIT.search(last) and len(last) <= MAX_CREDIT:
        return None
    match = NAME_AT_END.search(last[-END_CHARACTERS:])
    return _BY_FORM[match[1]] if match else None


def credits_in(texts: Iterable[str]) -> Iterator[str]:
    """Agencies named by texts that are credits."""
    return (agency for text in texts if (agency := agency_of(text)))
