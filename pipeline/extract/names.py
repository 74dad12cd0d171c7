"""Names of people in bylines: what can be one, and what of a line is none."""

# The patterns hold letters and marks of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Iterable, Sequence
from typing import Final

from pipeline.extract.agencies import NO_SIGNATURE, is_agency
from pipeline.extract.decoding import line
from pipeline.extract.titles import fold

# People in a text, of which the page says or does not say that it is nothing but a name.
ReadNames = Callable[[str, bool], Sequence[str]]

MAX_NAME_WORDS: Final = 6
MIN_NAME: Final = 2  # characters
MIN_PLAIN_NAME: Final = 3  # characters of a name that nothing but its look tells
MAX_NAME: Final = 80
MAX_UNCASED_NAME: Final = 30  # in scripts without capitals
MAX_IDEOGRAPHS: Final = 8
PROSE_WORDS: Final = 8  # of a sentence about an author
LONGEST_INITIALS: Final = 3
COLONS: Final = ":：／/=＝"
# Of more than one word, which look like names.
PLACES: Final = frozenset(
    fold(name)
    for name in (
        "new delhi|new york|new york city|los angeles|san francisco|washington dc|washington d.c|las vegas|hong kong|addis ababa|addis abeba|buenos aires|rio de janeiro|"
        "são paulo|mexico city|ciudad de méxico|kuala lumpur|tel aviv|abu dhabi|cape town|dar es salaam|port moresby|port louis|santo domingo|san josé|san salvador|"
        "san juan|ho chi minh city|phnom penh|sri lanka|united nations|united states|united kingdom|great britain|south africa|south korea|north korea|saudi arabia|"
        "new zealand|costa rica|puerto rico|el salvador|sierra leone|burkina faso|tp hcm|hà nội|đà nẵng|stara zagora|novi sad|banja luka|bosna i hercegovina|нови сад|"
        "санкт-петербург|стара загора|नई दिल्ली"
    ).split("|")
)
# Words before a name. They begin sentences too.
PREPOSITIONS: Final = frozenset("by von vom por par di door av af oleh от від bởi".split())
WROTE: Final = frozenset(
    "written reported posted published reviewed filed submitted created added story words analysis report interview opinion article"
    " geschrieben verfasst erstellt eingestellt veröffentlicht publiziert gepostet beitrag artikel rezept gastbeitrag kolumne pressemitteilung"
    " escrito publicado écrit publié rédigé scritto geschreven skrevet skriven scris".split()
)
LABELS: Final = frozenset(
    "autor autorin autor:in autor*in autor/in autorin/autor autoren autore autori autora autorka auteur author authors text texto texte testo tekst"
    " teksti penulis yazar szerző írta автор автори авторы текст 作者 記者 记者 撰文 執筆 著者 بقلم الكاتب מאת إعداد تقرير"
    " autoři autorzy autorii autors autores аутор аутори piše pišu пише zpracoval zpracovala kirjoittanut haber röportaj szöveg words reporter journalist writer"
    " نویسنده نگارنده گزارشگر الكاتبة תחקיר लेखक लेखिका লেখক ผู้เขียน เรียบเรียง โดย 文 取材 ライター 글 취재 laporan mwandishi".split()
) | {"tác giả"}
# More words before a name.
PHRASE: Final = re.compile(
    r"^(?:eine? [^\W\d_]{4,20} von|(?:das )?(?:gespräch|interview) (?:führten?|geführt von)|die fragen stellten?|(?:aufgezeichnet|protokolliert|zusammengestellt) von"
    r"|(?:von )?unser(?:em|en|er)? (?:korrespondent|redakteur|reporter|mitarbeiter|autor)(?:in|en)?"
    r"|propos recueillis(?: (?:à|en) [^\W\d_-]+)? par|entretien (?:réalisé|mené|recueilli) par|(?:de )?notre (?:correspondante?|envoyée? spéciale?)"
    r"|a cura d(?:i|ella?)|(?:dal |dalla )?nostr[oa] (?:inviat[oa]|corrispondente)|un (?:artículo|reportaje|texto) de|(?:van|door) onze [^\W\d_]{5,25}|een artikel van"
    r"|en (?:artikel|text|krönika|kommentar) a[vf]|opr(?:ac)?\.|opracował[a]?|opracowanie|rozmawiał[a]?|připravil[ai]?|γράφ(?:ει|ουν)(?: [οη])?"
    r"|(?:compiled|words|text|interview) by|as told to|from our (?:own )?correspondent)(?:\s*[:：]\s*|\s+)(?=(?-i:[^\W\d_a-zß-ÿ]))",
    re.IGNORECASE,
)
# As in `Text and photos: Jane Roe`.
TEXT_AND_PICTURES: Final = re.compile(
    r"^(?:text|texte|texto|testo|testi|tekst|teksti|words|story|szöveg|текст)\s*(?:/|&|\+|und|and|y|e|et|och|og|i|ja|и|és|en)\s*"
    r"(?:fotos?|foto's|fotografie|bild(?:er)?|photos?|pictures|images|imágenes|kuvat?|zdjęcia|képek|фото|video)\s*[:：]\s*",
    re.IGNORECASE,
)


def _any_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


BY: Final = re.compile(
    rf"^(?:(?:ein |eine )?(?:{_any_of(WROTE)})\s*(?:{_any_of(PREPOSITIONS)}|durch|de|:)"
    r"|(?:view |show |see )?(?:all |more )?(?:articles?|posts?|stories) (?:by|of|from)|(?:zeige |mehr )?(?:alle )?(?:beiträge|artikel) von|mehr von|zum profil von|über"
    r"|(?:todos los artículos|ver (?:todas|todos|más)[\w ]{0,20}|más artículos) de|tous les articles de|todos os artigos de|napisał|napsal|kirjoittanut"
    rf"|{_any_of(LABELS)}|{_any_of(PREPOSITIONS)}|from|de|od|przez|reporter|escribe|yazan|haber|γράφει(?: [οη])?|του|της|كتب|كتبت|文)"
    rf"(?:\s*[{COLONS}]\s*|\s*[-–]\s+|\s+|$)",
    re.IGNORECASE,
)
# "Posted in Travel by Jane Roe on August 3": whoever comes after the preposition.
POSTED: Final = re.compile(
    r"^(?:posted|published|written|filed|submitted|veröffentlicht|publiziert|geschrieben|publicado|escrito|publié|écrit)\b[^.!?]{0,60}?\b(?:by|von|por|par)\s+"
    r"(?P<who>[^|@·•]{2,60}?)(?=\s+(?:on|in|at|am|um|el|le|à|a las)\s+\S+|\s*[|@·•]|$)",
    re.IGNORECASE,
)
BETWEEN: Final = re.compile(
    r"\s*(?:[,;|•·/&+／｜；]|、|،|\s[–—-]\s|\s(?:and|und|y|et|i|og|och|ja|en|with|mit|con|avec|и|та|ve|dan|và)\s)\s*", re.IGNORECASE
)
# Spanish and Portuguese particles make " e " and " y " ambiguous only inside names; " e " joins names in Portuguese and Italian.
JOINED_BY_E: Final = re.compile(r"\s+e\s+(?=[A-ZÀ-Þ])")
JOINER: Final = re.compile(r"^(?:with|avec|mit|con|com|and|und|et|og|och)\s+")
# As in `本报记者张三` and `記者王小明`.
CHINESE_LABEL: Final = re.compile("记者|記者|作者|撰文|文[/:：]")
CHINESE_NAMES: Final = re.compile(r"[\u4e00-\u9fff]{2,4}(?:\s[\u4e00-\u9fff]{2,4})+")
REPORTER_BEFORE: Final = re.compile(
    r"^(?:本[报報刊网網]|新华社|中新社|见习|實習|特约|特派)?(?:记者|記者)\s?(?=[\u4e00-\u9fff])|^기자\s(?=[\uac00-\ud7a3])"
)
NOISE: Final = re.compile(
    r"\([^)]*\)|\[[^\]]*\]|https?://\S+|www\.\S+|\S+@\S+|@\w+|^[\W_]+|[\s,:;|·•–—→»›-]+$|(?<!\b[^\W\d_])(?<!\b[JS]r)\.$"
)
TITLES_AFTER: Final = re.compile(r"\s*(?:(?:(?:선임|수습|인턴|객원|전문|취재)\s?)?(?:기자|특파원|논설위원)|編集委員|論説委員|記者|记者)$")
# A place, an employer, a date or the next label after a name.
AFTER_NAME: Final = re.compile(
    r"\s+(?:(?:in|IN|aus|AUS|à|em|из|for|For|FOR|of|at|für|pour|para)\s+(?:the\s+)?(?=[^\W\d_a-z])|\d|\S+:"
    r"|(?:e|y|et|und|and|og|och)\s+(?:ag[eê]n[cz]i|Agentur))"
)
PROFESSOR: Final = re.compile(r"^(?:prof(?:essor)?\.?\s+)+", re.IGNORECASE)
# What a person is by profession, before the name.
PROFESSION: Final = re.compile(
    r"^(?:(?:rechts|fach|patent)anw[aä]lt(?:in)?|steuerberater(?:in)?|pfarrer(?:in)?|pastor(?:in)?|notar(?:in)?|ma[iî]tre|avvocat[oa]|abogad[oa]"
    r"|advogad[oa]|attorney|rabbi|imam|адвокат)\s+(?=[^\W\d_]+\.?\s+[^\W\d_])",
    re.IGNORECASE,
)
ROLE: Final = re.compile(
    r"\b(?:(?:diplomatic|security|defen[cs]e|business|economics?|finance|health|science|environment|climate|sports?|education|technology|tech|transport|foreign"
    r"|home|affairs|legal|crime|court|courts|entertainment|culture|arts|royal|city|local|democracy|investigative|national|international|world|global|digital"
    r"|deputy|managing|associate|assistant|executive|trainee|freelance|north|south|east|west|middle|africa|asia|europe|america|us|uk)\s+){0,4}"
    r"(?:correspondent|correspondante?|envoyée? spéciale?|corrispondente|reporter|editor|journalist|columnist|writer|staff|contributor|producer|photographer|analyst|bureau|chief|desk"
    r"|\w*redakt\w*|\w*korrespondent\w*|journaliste?|autor\w*|redac\w*|rédac\w*|periodista|corresponsal|reporterin|giornalista|inviato"
    r"|корреспондент\w*|редак\w*|журналист\w*|обозреватель|special|senior|political|professor|prof|fellow|director|president|minister"
    r"|updated|published|(?:\d+\s?)?min(?:utes?)? read|\d+\s?min|minutes?|share|follow|comments?|twitter|facebook|whatsapp|telegram|instagram|linkedin|youtube|google|pinterest|reddit"
    r"|getty|images?|photo\w*|foto\w*|bild\w*|video|illustration|source|quelle|fuente\s?:|unsplash|pexels|pixabay|shutterstock|istock|credits?|источник|фото|copyright)\b",
    re.IGNORECASE,
)
# Words of links and of forms that nobody filled in.
NO_NAME: Final = re.compile(
    r"^(?:more|all|alle|mehr|weitere|view|show|see|no|none|null|zeige|ver|voir|im|in|zur?|zum|aus|auf|mit|für|about|über|by|von|por|par)\b"
    r"|\b(?:posts?|beiträge?|articles?|artikel|artículos?|profil\w*|autoren?|author|rezept|rezepte|anonym\w*|unbekannt|inhalte|wortlaut|magazin|copy|link|password|sponsored|content|advertorial|e-?mail|website|log ?in|sign)\b"
    r"|登録|ログイン|会員|購読|注册|註冊|登录|登入|회원|로그인|구독"
    r"|^(?:edited|translated|illustrated|photographed|compiled|curated|produced|eingestellt|geschrieben|verfasst|veröffentlicht|publicado|publié|published|posted|written)\b",
    re.IGNORECASE,
)
BEGINS_WITH_ARTICLE: Final = re.compile(r"^(?:the|der|die|das|el|la|los|las|le|les|il)\b", re.IGNORECASE)
ORGANISATION: Final = re.compile(
    r"\b(?:news\w*|agency|agencia|agence|agentur|agenzia|press|presse|media|times|post|daily|journal|magazine|tv|radio|network|channel|online"
    r"|reuters|tass|xinhua|interfax|bloomberg|associated|kyodo|yonhap|anadolu|ritzau|(?-i:AFP|dpa|DPA|APA|ANSA|EFE|RIA|AP|UPI|PTI|ANI|TT|NTB|Belga|BELGA|sda|SDA|AG)"
    r"|redaktion\w*|redakc\w*|redacci[oó]n|reda[cç][aã]o|redazione|redactie|redaksi|r[ée]daction|редакци\w*|редакці\w*|\w*admin\w*|webmaster|team|editors?|editorial|board|web|guest|company|inc|ltd"
    r"|gmbh|e\.\s?v|llc|foundation|stiftung|institut\w*|universit\w*|ministr?y|ministeri\w*|department|committee|council|center|centre|group|association|verband|bund|verein|partei"
    r"|\w+anstalt|\w+agentur|club|union|services?|website|staff|desk|report|contributors?|deutschland|zeitung|diario|merkezi|servisi|toà? soạn|ban (?:thời sự|biên tập)|wire|wires|agencies|тасс|риа|новости|агентство|unknown|user|anonymous)\b"
    r"|\.(?:com|org|net|de|fr|es|it|ru|co|info|be|nl|at|ch|uk|eu)\b"
    r"|新聞|新闻|報社|报社|報導|报道|報道部|通信|通讯|編集部|编辑|編輯|日报|日報|晚报|电视|放送|网|網|オンライン|뉴스|신문|편집|통신|وكالة|صحيفة|تحرير|온라인팀|취재팀|편집국|보도국"
    r"|وكالات|مراسل|متابعات|تحرير|الأخبار|خبرنگار|خبرگزاری|تحریریه|سرویس|گروه|ڈیسک|نیوز|نمائندہ|رپورٹر|מערכת|סוכנויות|כתבי|חדשות"
    r"|डेस्क|न्यूज|समाचार|टीम|प्रतिनिधि|संवाददाता|ब्यूरो|एजेंसी|ডেস্ক|নিউজ|প্রতিবেদক|প্রতিনিধি|সংবাদদাতা|অনলাইন|ทีมข่าว|กองบรรณาธิการ|ผู้สื่อข่าว|สำนักข่าว|ออนไลน์|(?-i:TTXVN|VOV|VTV)",
    re.IGNORECASE,
)
# The form of a company, at the end of its name: `PGNIG SA`; `Maria de Sá` is a person.
COMPANY: Final = re.compile(
    r"\s(?:SA|S\. ?A\.?|SE|SpA|S\.p\.A\.?|S\.?r\.?l\.?|NV|N\.V\.?|BV|B\.V\.?|[Pp]lc|PLC|AB|ASA|Oyj?|OYJ?|Kft\.?|Zrt\.?|Corp\.?|Pty|Sp\. ?z ?o\. ?o\.?|a\. ?s\.|s\. ?r\. ?o\.)$"
)
PARTICLES: Final = frozenset({"de", "da", "do", "dos", "das", "del", "della", "di", "du", "des", "van", "von", "der", "den", "la", "le", "al", "el", "bin",
                              "ibn", "ben", "af", "av", "zu", "zur", "y", "e", "ter", "ten", "dalla", "lo", "st", "vom", "zum"})  # fmt: skip
# Arabic articles and their like, which names begin with: `al-Sharaa`, `d'Angelo`.
PREFIX: Final = re.compile(r"(?:[aeu](?:[lrndtsz]|sh|th|dh)-|(?:d|l|dell|dall)['’])[^\W\d_]")
ACRONYM: Final = re.compile("[BCDFGHJKLMNPQRSTVWXZ]{3,}")  # no name: it can't be spoken
# The name of an account that is made of a person's: `jane.roe`.
ACCOUNT: Final = re.compile(r"[^\W\d_]{2,}(?:\.[^\W\d_]{2,})+")
ADDRESS: Final = re.compile(r"\S+@\S+|(?<!\S)@\w+|https?://\S+")
TURKISH: Final = re.compile("[İĞ]")  # letters that tell the language
TURKISH_LOWER: Final = str.maketrans("Iİ", "ıi")
# Scripts without capitals whose words are spaced: a name has two.
SPACED_SCRIPT: Final = re.compile("[\u0590-\u0dff]")
DOMAIN: Final = re.compile(r"\b[\w-]{2,}\.(?:com|org|net|de|fr|es|it|ru|co|info|eu|tv|at|ch|be|nl|uk)\b", re.IGNORECASE)


def _without_by(text: str, *, declared: bool) -> str:
    """A text without what stands before the name; in a name that is declared one the first of two words may be a first name: `Di Wang`."""
    words = text.split(None, 2)
    if declared and len(words) == 2 and words[0].istitle() and words[0].lower() in PARTICLES:  # noqa: PLR2004 - first name and surname
        return text
    while (shorter := BY.sub("", PHRASE.sub("", TEXT_AND_PICTURES.sub("", text)))) != text:
        text = shorter
    return REPORTER_BEFORE.sub("", text)


def _cased(name: str) -> str:
    """A name in capitals written as names are."""
    if not (name.isupper() and len(name) > LONGEST_INITIALS):
        return name
    is_turkish = TURKISH.search(name) is not None
    if is_turkish:
        name = name.translate(TURKISH_LOWER)
    words = name.lower().split()
    cased = " ".join(
        word
        if word in PARTICLES and number
        else re.sub(r"(?:^|(?<=[-'’.]))\w", lambda match: "İ" if match[0] == "i" and is_turkish else match[0].upper(), word)
        for number, word in enumerate(words)
    )
    return re.sub(r"\bMc([a-z])", lambda match: f"Mc{match[1].upper()}", cased)


def _once(name: str) -> str:
    """A name that stands twice, once."""
    words = name.split()
    half = len(words) // 2
    return " ".join(words[:half]) if half and words[:half] == words[half:] else name


def _has_no_capitals(name: str) -> bool:
    return name.lower() == name.upper()


def _is_uncased_name(name: str) -> bool:
    """Whether a text in a script without capitals can be a name."""
    letters = name.replace(" ", "").replace("·", "").replace("・", "").replace("\u200c", "")
    longest = MAX_IDEOGRAPHS if any("\u3040" <= letter <= "\ud7a3" for letter in letters) and "・" not in name else MAX_UNCASED_NAME
    return len(letters) <= longest and all(unicodedata.category(letter)[0] in "LM" for letter in letters)


def _means_other(name: str) -> bool:
    """Whether words of a text say that it is an organisation, a role, or a part of the page."""
    return bool(ORGANISATION.search(name) or ROLE.search(PROFESSOR.sub("", name)) or NO_NAME.search(name))


def is_person(name: str, *, declared: bool = False) -> bool:
    """Whether a text can be a person's name.

    Args:
        name: a cleaned text.
        declared: the page says that it is a name, so that a pen name is enough: one word, in lower case or with digits.

    """
    words = name.split()
    is_pen_name = declared and len(words) == 1
    has_no_capitals = _has_no_capitals(name)
    shortest = MIN_NAME if is_pen_name or has_no_capitals else MIN_PLAIN_NAME
    if not (shortest <= len(name) <= MAX_NAME and len(words) <= MAX_NAME_WORDS) or _means_other(name):
        return False
    if any(map(str.isdigit, name)) and not is_pen_name:
        return False
    if has_no_capitals:
        return _is_uncased_name(name) and (len(words) > 1 or declared or not SPACED_SCRIPT.search(name))
    if is_pen_name:
        return name[0].isalpha() and "." not in name.rstrip(".")  # no address
    if len(words) == 1 or any(map(ACRONYM.fullmatch, words)) or (BEGINS_WITH_ARTICLE.search(name) and not declared):
        return False
    small = [word for word in words if not (word[0].isupper() or word[0] in "'’" or word.lower() in PARTICLES or PREFIX.match(word))]
    return len(small) <= (1 if declared else 0) and any(word[0].isupper() for word in words)


def is_outlet(name: str, sites: Container[str]) -> bool:
    """Whether a name is one of the outlet's, however it is spaced."""
    return fold(name) in sites or fold(name).replace(" ", "") in sites


def _pieces(text: str, *, declared: bool) -> list[str]:
    """The parts of a byline that may be a name each."""
    names = _without_by(text, declared=declared)
    if names != text and CHINESE_LABEL.match(text) and CHINESE_NAMES.fullmatch(names):
        return names.split()
    return BETWEEN.split(JOINED_BY_E.sub(", ", names))


def _place_or_role(name: str, people: Sequence[str]) -> bool:
    """Whether a part of a byline says what or where the one before is: `Jane Roe, Assistant Sports Editor, New York`."""
    return fold(name) in PLACES or (bool(people) and (ROLE.search(name) is not None or fold(name) in NO_SIGNATURE))


def _alone(name: str) -> str:
    """A name without the role, the place or the date behind it."""
    end = ROLE.search(name) or AFTER_NAME.search(name)
    if end and (len(name[: end.start()].split()) > 1 or (end.start() and _has_no_capitals(name[: end.start()]))):
        return name[: end.start()].strip()
    return name


def _is_other(name: str, sites: Container[str]) -> bool:
    """Whether a part of a byline is a label of another thing, a company, an agency, or the outlet or an office of it: `MDR THÜRINGEN`."""
    if ":" in name or "：" in name or COMPANY.search(name) or is_agency(name) or is_outlet(name, sites):
        return True
    return any(word.isupper() and len(word) > 1 and fold(word) in sites for word in name.split())


def names_in(text: str, *, sites: Container[str] = (), declared: bool = False) -> list[str]:
    """People named in a byline: prefixes, roles, places, handles and organisations go.

    Args:
        text: the byline.
        sites: what the outlet is called, folded.
        declared: the page says that the text is nothing but a name.

    """
    text = ADDRESS.sub(", ", line(text)).strip(", ")
    if len(text) > MAX_NAME:
        text = " | ".join(part for part in text.split(" | ") if len(part.split()) < PROSE_WORDS or not part.endswith("."))
    if posted := POSTED.match(text):
        text = posted["who"]
        declared = declared or len(text.split()) == 1
    pieces = _pieces(text, declared=declared)
    declared = declared and len(pieces) == 1  # of several, some may be places and roles
    people: list[str] = []
    for number, piece in enumerate(pieces):
        name = "" if DOMAIN.search(piece) else _without_by(JOINER.sub("", piece.strip()) if number else piece.strip(), declared=declared)
        while (shorter := NOISE.sub("", name).strip()) != name:
            name = shorter
        if _place_or_role(name, people):
            continue
        name = _alone(name)
        if _is_other(name, sites):
            continue
        if declared and ACCOUNT.fullmatch(name):
            name = name.replace(".", " ").title()
        name = _once(_cased(PROFESSION.sub("", TITLES_AFTER.sub("", name))))
        if is_person(name, declared=declared):
            people.append(name)
    return people
