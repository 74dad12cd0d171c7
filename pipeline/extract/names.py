"""Names of people in bylines: what can be one, and what of a line is none."""

# The patterns hold letters and marks of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from pipeline.extract.decoding import line
from pipeline.extract.titles import fold

MAX_NAME_WORDS: Final = 6
FEW_WORDS: Final = 3  # longer names may hold a particle that no list knows
MIN_NAME: Final = 3  # characters
MAX_NAME: Final = 80
MAX_UNCASED_NAME: Final = 20  # in scripts without capitals
LONGEST_INITIALS: Final = 3
BY: Final = re.compile(
    r"^(?:(?:written|reported|posted|story|text|words|analysis|report|interview|opinion|article|published|reviewed)\s*(?:by|:)"
    r"|(?:view |show |see )?(?:all |more )?(?:articles?|posts?|stories) (?:by|of|from)|(?:zeige |mehr )?(?:alle )?(?:beiträge|artikel) von|mehr von|zum profil von|über"
    r"|(?:eingestellt|erstellt|geschrieben|verfasst|veröffentlicht|gepostet|(?:ein )?beitrag|(?:ein )?artikel|rezept|gastbeitrag|pressemitteilung) (?:von|durch)|vom"
    r"|autor:?in|autorin/autor|autor\*in|autor/in|escribe|escrito por|publicado por|écrit par|publié par|rédigé par|scritto da|geschreven door"
    r"|(?:todos los artículos|ver (?:todas|todos|más)[\w ]{0,20}|más artículos) de|tous les articles de"
    r"|by|von|por|de|par|di|door|av|af|od|przez|от|автор|автори|текст|вiд|від|yazan|oleh|authors?|autore?s?|auteur|reporter|text|texto|texte|testo|tekst)"
    r"(?:\s*[:：]\s*|\s+)",
    re.IGNORECASE,
)
# "Posted in Travel by Jane Roe on August 3": whoever comes after the preposition.
POSTED: Final = re.compile(
    r"^(?:posted|published|written|filed|veröffentlicht|publiziert|geschrieben|publicado|escrito|publié|écrit)\b[^.!?]{0,60}?\b(?:by|von|por|par)\s+"
    r"(?P<who>[^|@·•]{2,60}?)(?=\s+(?:on|in|at|am|um|el|le|à|a las)\s+\S+|\s*[|@·•]|$)",
    re.IGNORECASE,
)
BETWEEN: Final = re.compile(
    r"\s*(?:[,;|•·/&+]|、|،|\s[–—-]\s|\s(?:and|und|y|et|i|og|och|ja|en|with|mit|con|avec|и|та|ve|dan|và)\s)\s*", re.IGNORECASE
)
# Spanish and Portuguese particles make " e " and " y " ambiguous only inside names; " e " joins names in Portuguese and Italian.
JOINED_BY_E: Final = re.compile(r"\s+e\s+(?=[A-ZÀ-Þ])")
NOISE: Final = re.compile(r"\([^)]*\)|\[[^\]]*\]|https?://\S+|www\.\S+|\S+@\S+|@\w+|^\W+|[\s,:;|·•–—-]+$|(?<!\b[^\W\d_])(?<!\b[JS]r)\.$")
TITLES_AFTER: Final = re.compile(r"\s+(?:기자|특파원|記者|记者)$")
DATE_OR_TIME: Final = re.compile(r"\d")
ROLE: Final = re.compile(
    r"\b(?:correspondent|reporter|editor|journalist|columnist|writer|staff|contributor|producer|photographer|analyst|bureau|chief|desk"
    r"|\w*redakt\w*|\w*korrespondent\w*|journaliste?|autor\w*|redac\w*|rédac\w*|periodista|corresponsal|reporterin|giornalista|inviato"
    r"|корреспондент\w*|редак\w*|журналист\w*|обозреватель|special|senior|political|professor|prof|fellow|director|president|minister"
    r"|updated|published|read|minutes?|min|share|follow|comments?|twitter|facebook|whatsapp|telegram|instagram|linkedin|youtube|google|pinterest|reddit|getty|images|photo\w*|foto\w*|video|illustration)\b",
    re.IGNORECASE,
)
# Words of links and of forms that nobody filled in.
NO_NAME: Final = re.compile(
    r"^(?:more|all|alle|mehr|view|show|see|no|none|null|zeige|ver|voir|im|in|zur?|zum|aus|auf|mit|für|about|über|by|von|por|par"
    r"|the|der|die|das|el|la|los|las|le|les|il)\b"
    r"|\b(?:posts?|beiträge?|articles?|artikel|artículos?|profil\w*|autoren?|author|rezept\w*|anonym\w*|unbekannt|inhalte|wortlaut|magazin)\b",
    re.IGNORECASE,
)
ORGANISATION: Final = re.compile(
    r"\b(?:news\w*|agency|agencia|agence|agentur|agenzia|press|presse|media|times|post|daily|journal|magazine|tv|radio|network|channel|online"
    r"|reuters|afp|dpa|apa|ansa|efe|tass|xinhua|ria|interfax|bloomberg|associated|ap|upi|pti|ani|kyodo|yonhap|anadolu|belga|ritzau|tt|ntb"
    r"|redaktion\w*|redacci[oó]n|redazione|r[ée]daction|редакци\w*|\w*admin\w*|webmaster|team|editors?|editorial|board|web|guest|company|inc|ltd"
    r"|gmbh|foundation|institute|university|ministry|department|committee|council|center|centre|group|association|club|union|services?"
    r"|website|staff|desk|report|contributors?|deutschland|zeitung|diario|wire|wires|agencies|тасс|риа|новости|агентство|unknown|user|anonymous)\b"
    r"|\.(?:com|org|net|de|fr|es|it|ru|co|info|be|nl|at|ch|uk|eu)\b",
    re.IGNORECASE,
)
PARTICLES: Final = frozenset({"de", "da", "do", "dos", "das", "del", "della", "di", "du", "des", "van", "von", "der", "den", "la", "le", "al", "el", "bin",
                              "ibn", "ben", "af", "av", "zu", "zur", "y", "e", "ter", "ten", "dalla", "lo", "st", "vom", "zum"})  # fmt: skip
ADDRESS: Final = re.compile(r"\S+@\S+|(?<!\S)@\w+|https?://\S+")
DOMAIN: Final = re.compile(r"\b[\w-]{2,}\.(?:com|org|net|de|fr|es|it|ru|co|info|eu|tv|at|ch|be|nl|uk)\b", re.IGNORECASE)


def _cased(name: str) -> str:
    """A name in capitals written as names are."""
    if not (name.isupper() and len(name) > LONGEST_INITIALS):
        return name
    words = name.lower().split()
    return " ".join(
        word if word in PARTICLES and number else re.sub(r"(?:^|(?<=[-'’.]))\w", lambda match: match[0].upper(), word)
        for number, word in enumerate(words)
    )


def _once(name: str) -> str:
    """A name that stands twice, once."""
    words = name.split()
    half = len(words) // 2
    return " ".join(words[:half]) if half and words[:half] == words[half:] else name


def is_person(name: str, *, site_names: Iterable[str] = (), declared: bool = False) -> bool:
    """Whether a text can be a person's name.

    Args:
        name: a cleaned text.
        site_names: what the outlet is called.
        declared: the page says that it is a person, so that one word is enough.

    """
    words = name.split()
    if (
        not words
        or len(words) > MAX_NAME_WORDS
        or (DATE_OR_TIME.search(name) and not (declared and len(words) == 1))
        or not MIN_NAME <= len(name) <= MAX_NAME
    ):
        return False
    if ORGANISATION.search(name) or ROLE.search(name) or NO_NAME.search(name) or any(fold(name) == fold(site) for site in site_names):
        return False
    cased = any(character.lower() != character.upper() for character in name)
    if not cased:
        return len(name) <= MAX_UNCASED_NAME and name.replace(" ", "").replace("·", "").isalpha()
    if len(words) == 1:
        return declared and name[0].isalpha() and not re.search(r"[._]", name.rstrip("."))  # a pen name, but no account's
    capitals = sum(word[0].isupper() or word[0] in "'’" or word.lower() in PARTICLES for word in words)
    return capitals >= len(words) - (declared or len(words) > FEW_WORDS) and any(word[0].isupper() for word in words)


def names_in(text: str, *, site_names: Iterable[str] = (), declared: bool = False) -> list[str]:
    """People named in a byline: prefixes, roles, places, handles and organisations go."""
    text = ADDRESS.sub(" ", line(text)).strip()
    if posted := POSTED.match(text):
        text = posted["who"]
    while (shorter := BY.sub("", text)) != text:
        text = shorter
    people = []
    known = {fold(site) for site in site_names}
    pieces = BETWEEN.split(JOINED_BY_E.sub(", ", text))
    declared = declared and len(pieces) == 1  # of several, some may be places and roles
    for piece in pieces:
        name = "" if DOMAIN.search(piece) else BY.sub("", piece.strip())
        while (shorter := NOISE.sub("", name).strip()) != name:
            name = shorter
        role = ROLE.search(name)
        if role and len(name[: role.start()].split()) > 1:
            name = name[: role.start()].strip()
        if any(word.isupper() and len(word) > 1 and fold(word) in known for word in name.split()):
            continue  # an office of the outlet: `MDR THÜRINGEN`
        name = _once(_cased(TITLES_AFTER.sub("", name)))
        if is_person(name, site_names=site_names, declared=declared):
            people.append(name)
    return people
