"""News agencies: how the known ones sign, and how the others are told by the name, in credits."""

# The patterns hold letters and marks of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from pipeline.extract.titles import fold

MAX_CREDIT: Final = 120  # characters

# How agencies sign, and what they are called. Short forms count only as whole, capital words.
AGENCIES: Final = {
    "Reuters": "Reuters|Thomson Reuters|REUTERS|Рейтер|رويترز|רויטרס|路透社|路透|ロイター|ロイター通信|로이터|로이터통신|Ρόιτερς",
    "AFP": "AFP|Agence France-Presse|Agence France Presse|АФП|أ ف ب|أ.ف.ب|فرانس برس|法新社|AFP通信|एएफपी",
    "Associated Press": "AP|Associated Press|The Associated Press|AP News|أ ب|أسوشيتد برس|美联社|美聯社|AP通信",
    "dpa": "dpa|DPA|dpa-infocom|Deutsche Presse-Agentur|د ب أ|德新社",
    "TASS": "TASS|ТАСС|Tass|塔斯社",
    "Xinhua": "Xinhua|Xinhua News Agency|新华社|新華社|新华网|Синьхуа|شينخوا",
    "China News Service": "中新社|中国新闻社|中新网|China News Service",
    "CNA": "中央社|中央通訊社|Central News Agency",
    "EFE": "EFE|Agencia EFE|Efe",
    "ANSA": "ANSA|Ansa",
    "Adnkronos": "Adnkronos|ADNKRONOS|AdnKronos",
    "askanews": "askanews|Askanews|ASKANEWS",
    "Italpress": "Italpress|ITALPRESS",
    "AGI": "AGI|Agenzia Italia",
    "APA": "APA",
    "Interfax": "Interfax|Интерфакс|ИНТЕРФАКС|INTERFAX|Interfax-Russia.ru",
    "Interfax-Ukraine": "Interfax-Ukraine|Интерфакс-Украина|Інтерфакс-Україна",
    "RIA Novosti": "RIA Novosti|РИА Новости",
    "Sputnik": "Sputnik",
    "BELTA": "BELTA|BelTA|БЕЛТА|БелТА",
    "Anadolu Agency": "Anadolu Agency|Anadolu Ajansı|Anadolu|AA|الأناضول|Анадолу",
    "İHA": "İHA|İhlas Haber Ajansı",
    "DHA": "DHA|Demirören Haber Ajansı",
    "PTI": "PTI|Press Trust of India|पीटीआई",
    "ANI": "ANI|एएनआई",
    "IANS": "IANS|आईएएनएस",
    "UPI": "UPI|United Press International",
    "Kyodo": "Kyodo|Kyodo News|共同通信|共同通信社|共同社",
    "Jiji Press": "Jiji Press|Jiji|時事通信|時事通信社|时事社",
    "Yonhap": "Yonhap|Yonhap News Agency|연합뉴스|韩联社|聯合ニュース",
    "Newsis": "Newsis|뉴시스",
    "News1": "News1|뉴스1",
    "Bernama": "Bernama|BERNAMA",
    "Antara": "Antara|ANTARA|ANTARA News",
    "PA Media": "PA Media|Press Association",
    "The Canadian Press": "The Canadian Press|Canadian Press|La Presse canadienne|La Presse Canadienne",
    "AAP": "AAP|Australian Associated Press",
    "Europa Press": "Europa Press|EUROPA PRESS|EP",
    "Lusa": "Lusa|LUSA",
    "Agência Brasil": "Agência Brasil",
    "Estadão Conteúdo": "Estadão Conteúdo",
    "Folhapress": "Folhapress|FOLHAPRESS",
    "Belga": "Belga|BELGA",
    "ANP": "ANP",
    "Ritzau": "Ritzau|/ritzau/",
    "NTB": "NTB",
    "TT": "TT",
    "STT": "STT|STT-Lehtikuva",
    "Keystone-SDA": "Keystone-SDA|Keystone-ATS|SDA|sda|sda-ats|ATS|ats",
    "Prensa Latina": "Prensa Latina",
    "Notimex": "Notimex|NOTIMEX",
    "Télam": "Télam|TELAM",
    "Andina": "Andina|ANDINA",
    "MTI": "MTI",
    "PAP": "PAP",
    "ČTK": "ČTK|CTK|ЧТК",
    "TASR": "TASR",
    "SITA": "SITA",
    "BNS": "BNS",
    "ELTA": "ELTA",
    "LETA": "LETA",
    "Agerpres": "Agerpres|AGERPRES",
    "BTA": "BTA|БТА",
    "Tanjug": "Tanjug|TANJUG|Танјуг",
    "Beta": "Beta|BETA",
    "FoNet": "FoNet|FONET|Fonet",
    "Hina": "Hina|HINA",
    "FENA": "FENA|Fena",
    "SRNA": "SRNA|Srna|СРНА",
    "AMNA": "AMNA|ANA-MPA|ΑΠΕ-ΜΠΕ|ΑΠΕ",
    "Ukrinform": "Ukrinform|Укринформ|Укрінформ",
    "KUNA": "KUNA|كونا",
    "QNA": "QNA|قنا",
    "WAM": "WAM|وام",
    "WAFA": "WAFA|وفا",
    "IRNA": "IRNA|ایرنا",
    "ISNA": "ISNA|ایسنا",
    "NAN": "NAN|News Agency of Nigeria",
    "IPS": "IPS|Inter Press Service",
    "Bloomberg": "Bloomberg|BLOOMBERG",
    "CNN": "CNN",
    "The Conversation": "The Conversation",
    "ProPublica": "ProPublica",
    "Project Syndicate": "Project Syndicate",
}  # fmt: skip
# Name of an agency by the form that it signs with.
BY_FORM: Final = {form: name for name, forms in AGENCIES.items() for form in forms.split("|")}
# Others that sign where an author's name stands; elsewhere such short words may be anything.
_SIGNATURES: Final = frozenset(
    fold(name)
    for name in (
        "STA|Бета|Фонет|МИА|IHA|ANKA|Mediafax|News.ro|APS|MAP|واس|SANA|سانا|Fars|Mehr|Tasnim|UNB|BSS|বাসস|ইউএনবি|APP|UNIAN|УНІАН|УНИАН|УНН|Казинформ|"
        "Azertac|Armenpress|CNA|中国新闻网|共同|時事|TTXVN|PNA|LaPresse|Colprensa|Estadão|SID|epd|KNA|dts|AFX|dpa-AFX|dpa/AFX|Lehtikuva|Cihan|MENA|ا ف ب|أ ش أ|"
        "سبوتنيك|فارس|تسنيم|भाषा|वार्ता|UNI|Agencies|Agencje|Agenzie|Agencias|Agências|Agenturen|Agences|Bürolar|وكالات|RTRS|Europapress|Servimedia"
    ).split("|")
)
FORMS: Final = "|".join(re.escape(form) for form in sorted(BY_FORM, key=len, reverse=True))

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
    r"^(?:by|von|por|par|di|da|av|af|door|from|source|quelle|fuente|fonte|bron|kilde|källa|źródło|kaynak|источник|джерело|来源|來源|出典|출처|المصدر|sursa|lähde|zdroj|forrás|izvor|извор|πηγή|sumber|nguồn|šaltinis|avots|منبع|מקור|स्रोत"
    r"|credit|crédit|crédito|text|texto|texte|testo|story)(?:\s*[:：]\s*|\s+)",
    re.IGNORECASE,
)
SOURCE_WORDS: Final = (
    "source", "quelle", "fuente", "fonte", "bron", "kilde", "källa", "źródło", "kaynak", "источник", "джерело", "来源", "來源", "出典", "출처", "المصدر",
    "sursa", "lähde", "zdroj", "forrás", "izvor", "извор", "πηγή", "sumber", "nguồn", "šaltinis", "avots", "منبع", "מקור", "स्रोत",
)  # fmt: skip
SOURCE_LINE: Final = re.compile(rf"^[\s(\[]*(?:{'|'.join(SOURCE_WORDS)})\s*[:：]\s*", re.IGNORECASE)
# What may stand before the name of a known one.
OFFICE: Final = re.compile(
    r"^(?:agencia|agência|agenzia|agence|agentur|agencija|redazione|redacción|redação|redaktion|rédaction)\s+(?:de\s+noticias\s+|di\s+stampa\s+)?",
    re.IGNORECASE,
)
BETWEEN: Final = re.compile(r"[,;|/•·]|\s[-–—]\s|\s(?:and|und|y|et|with|mit|con|avec|и)\s|\s{2,}|\n")
PICTURE_CREDIT: Final = re.compile(
    r"©|\(c\)|photo|foto|bild|image|imagen|picture|video|illustration|grafik|credit|crédit|архив|фото|снимок|写真|图片", re.IGNORECASE
)
# Staff of an agency: `AP Sports Writer`.
STAFF: Final = re.compile(
    rf"^({FORMS})\s+(?:[A-Z][\w-]*\s+){{0,2}}(?:Writer|Reporter|Correspondent|Editor|Staff|staff|News|Newsroom|Bureau)s?$"
)

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
    if known := BY_FORM.get(piece) or BY_FORM.get(OFFICE.sub("", piece)):
        return known
    if staff := STAFF.match(piece):
        return BY_FORM[staff[1]]
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


def credits_in(texts: Iterable[str]) -> Iterator[str]:
    """Agencies named by texts that are credits."""
    return (agency for text in texts if (agency := agency_of(text)))
