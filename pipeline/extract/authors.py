"""The authors: people only; none rather than a wrong one. An agency is a credit, not a person."""

# The patterns hold letters and marks of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from lxml.html import HtmlElement

from pipeline.extract.candidates import Decision, shown
from pipeline.extract.decoding import line
from pipeline.extract.page import ParsedPage, following, label_of, lines_in, text_of
from pipeline.extract.structured import as_list, first_text, types_of
from pipeline.extract.titles import fold

MAX_AUTHORS: Final = 20
MAX_NAME_WORDS: Final = 6
FEW_WORDS: Final = 3  # longer names may hold a particle that no list knows
MIN_NAME: Final = 3  # characters
MAX_NAME: Final = 80
MAX_UNCASED_NAME: Final = 20  # in scripts without capitals
LONGEST_INITIALS: Final = 3
MAX_BYLINES: Final = 60
MAX_SPOKEN: Final = 80
LOOK_AHEAD: Final = 60  # elements after the headline
BARE_BY: Final = frozenset({"by", "by:", "von", "von:", "por", "por:", "par", "автор", "автор:"})
MAX_BYLINE: Final = 200  # characters; longer elements are no bylines

META_NAMES: Final = (
    "author", "article:author", "parsely-author", "sailthru.author", "byl", "dc.creator", "dcterms.creator", "article:author_name",
    "citation_author", "dc.contributor", "twitter:data1",
)  # fmt: skip
BY: Final = re.compile(
    r"^(?:(?:written|reported|posted|story|text|words|analysis|report|interview|opinion|article|published)\s*(?:by|:)"
    r"|(?:view |show |see )?(?:all |more )?(?:articles?|posts?|stories) (?:by|of|from)|(?:zeige )?(?:alle )?(?:beiträge|artikel) von|zum profil von|über"
    r"|(?:todos los artículos|ver (?:todas|todos|más)[\w ]{0,20}|más artículos) de|tous les articles de"
    r"|by|von|por|de|par|di|door|av|af|od|przez|от|автор|автори|текст|вiд|від|yazan|oleh|authors?|autore?s?|auteur|reporter|text|texto|texte|testo|tekst)"
    r"(?:\s*[:：]\s*|\s+)",
    re.IGNORECASE,
)
SPOKEN_BY: Final = re.compile(
    r"^(?:by|von|por|par|di|door|от|автор|автори|oleh)\s*:?\s+(?-i:(?=[^\W\d_a-z]))|^(?:автор|текст)\s*:", re.IGNORECASE
)
BETWEEN: Final = re.compile(
    r"\s*(?:[,;|•·/&+]|、|،|\s[–—-]\s|\s(?:and|und|y|et|i|og|och|ja|en|with|mit|con|avec|и|та|ve|dan|và)\s)\s*", re.IGNORECASE
)
# Spanish and Portuguese particles make " e " and " y " ambiguous only inside names; " e " joins names in Portuguese and Italian.
JOINED_BY_E: Final = re.compile(r"\s+e\s+(?=[A-ZÀ-Þ])")
NOISE: Final = re.compile(r"\([^)]*\)|\[[^\]]*\]|https?://\S+|www\.\S+|\S+@\S+|@\w+|^\W+|[\s,.:;|·•–—-]+$")
TITLES_AFTER: Final = re.compile(r"\s+(?:기자|특파원|記者|记者)$")
DATE_OR_TIME: Final = re.compile(r"\d")
ROLE: Final = re.compile(
    r"\b(?:correspondent|reporter|editor|journalist|columnist|writer|staff|contributor|producer|photographer|analyst|bureau|chief|desk"
    r"|redakt\w*|korrespondent\w*|journaliste?|autor\w*|redac\w*|rédac\w*|periodista|corresponsal|reporterin|giornalista|inviato"
    r"|корреспондент\w*|редак\w*|журналист\w*|обозреватель|special|senior|political|professor|prof|fellow|director|president|minister"
    r"|updated|published|read|minutes?|min|share|follow|comments?|twitter|facebook|whatsapp|telegram|instagram|linkedin|youtube|google|pinterest|reddit|getty|images|photo\w*|foto\w*|video|illustration)\b",
    re.IGNORECASE,
)
ORGANISATION: Final = re.compile(
    r"\b(?:news\w*|agency|agencia|agence|agentur|agenzia|press|presse|media|times|post|daily|journal|magazine|tv|radio|network|channel|online"
    r"|reuters|afp|dpa|apa|ansa|efe|tass|xinhua|ria|interfax|bloomberg|associated|ap|upi|pti|ani|kyodo|yonhap|anadolu|belga|ritzau|tt|ntb"
    r"|redaktion\w*|redacci[oó]n|redazione|r[ée]daction|редакци\w*|admin\w*|webmaster|team|editors?|editorial|board|web|guest|company|inc|ltd"
    r"|gmbh|foundation|institute|university|ministry|department|committee|council|center|centre|group|association|club|union|services?"
    r"|website|staff|desk|report|contributors?|deutschland|zeitung|diario|wire|wires|agencies|тасс|риа|новости|агентство|unknown|user|anonymous)\b"
    r"|\.(?:com|org|net|de|fr|es|it|ru|co|info|be|nl|at|ch|uk|eu)\b",
    re.IGNORECASE,
)
PARTICLES: Final = frozenset({"de", "da", "do", "dos", "das", "del", "della", "di", "du", "des", "van", "von", "der", "den", "la", "le", "al", "el", "bin",
                              "ibn", "ben", "af", "av", "zu", "zur", "y", "e", "ter", "ten", "dalla", "lo", "st", "vom", "zum"})  # fmt: skip


ORGANISATION_TYPES: Final = frozenset({"Organization", "NewsMediaOrganization", "Corporation"})
ADDRESS: Final = re.compile(r"\S+@\S+|(?<!\S)@\w+|https?://\S+")
DOMAIN: Final = re.compile(r"\b[\w-]{2,}\.(?:com|org|net|de|fr|es|it|ru|co|info|eu|tv|at|ch|be|nl|uk)\b", re.IGNORECASE)
ELSEWHERE: Final = re.compile(
    r"comment|related|teaser|recommend|sidebar|promo|footer|bio\b|avatar|share|social|newsletter|listing|(?<!v)card"
)
BYLINE_CLASS: Final = re.compile(
    r"(?:^|[\s_-])(?:byline|author|autor|auteur|autore|signature|creator|writer|journalist)s?"
    r"(?:[\s_-]*(?:name|names|link|title|info|text))?(?=[\s_-]|$)|vcard"
)
AUTHOR_LINK: Final = re.compile(
    r"/(?:author|autor|auteur|autore|autori|authors|autoren|by|profile|people|staff|contributors?|journalist\w*|reporter\w*|columnists?)/[\w%.-]{4,}"
)
# What any of the patterns above needs; most class names fail it, and many elements share one.
MAY_NAME_AUTHOR: Final = re.compile(r"author|byline|aut[oe]|auteur|signature|creator|writer|journalist|vcard")


def _cased(name: str) -> str:
    """A name in capitals written as names are."""
    if not (name.isupper() and len(name) > LONGEST_INITIALS):
        return name
    words = name.lower().split()
    return " ".join(
        word if word in PARTICLES and number else re.sub(r"(?:^|(?<=[-'’.]))\w", lambda match: match[0].upper(), word)
        for number, word in enumerate(words)
    )


def is_person(name: str, *, site_names: Iterable[str] = (), declared: bool = False) -> bool:
    """Whether a text can be a person's name.

    Args:
        name: a cleaned text.
        site_names: what the outlet is called.
        declared: the page says that it is a person, so that one word is enough.

    """
    words = name.split()
    if not words or len(words) > MAX_NAME_WORDS or DATE_OR_TIME.search(name) or not MIN_NAME <= len(name) <= MAX_NAME:
        return False
    if ORGANISATION.search(name) or ROLE.search(name) or any(fold(name) == fold(site) for site in site_names):
        return False
    known = {fold(site) for site in site_names}
    if any(word.isupper() and len(word) > 1 and fold(word) in known for word in words):
        return False  # an office of the outlet: `MDR Thüringen`
    cased = any(character.lower() != character.upper() for character in name)
    if not cased:
        return len(name) <= MAX_UNCASED_NAME and name.replace(" ", "").replace("·", "").isalpha()
    if not declared and len(words) == 1:
        return False
    capitals = sum(word[0].isupper() or word[0] in "'’" or word.lower() in PARTICLES for word in words)
    return capitals >= len(words) - (len(words) > FEW_WORDS) and any(word[0].isupper() for word in words)


def names_in(text: str, *, site_names: Iterable[str] = (), declared: bool = False) -> list[str]:
    """People named in a byline: prefixes, roles, places, handles and organisations go."""
    text = ADDRESS.sub(" ", line(text)).strip()
    while (shorter := BY.sub("", text)) != text:
        text = shorter
    people = []
    pieces = BETWEEN.split(JOINED_BY_E.sub(", ", text))
    declared = declared and len(pieces) == 1  # of several, some may be places and roles
    for piece in pieces:
        name = "" if DOMAIN.search(piece) else BY.sub("", piece.strip())
        while (shorter := NOISE.sub("", name).strip()) != name:
            name = shorter
        name = _cased(TITLES_AFTER.sub("", name))
        if is_person(name, site_names=site_names, declared=declared):
            people.append(name)
    return people


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple({fold(name): name for name in reversed(list(names))}.values())[::-1][:MAX_AUTHORS]


def _from_structured(value: Any, site_names: Iterable[str]) -> list[str]:
    """People among the authors of the structured data; what it calls an organisation is none."""
    people: list[str] = []
    for item in as_list(value):
        node = item if isinstance(item, dict) else {"name": item}
        kinds = set(types_of(node))
        if "Person" in kinds or not kinds & ORGANISATION_TYPES:
            for text in as_list(node.get("name")):
                people += names_in(first_text(text), site_names=site_names, declared="Person" in kinds)
    return people


def _trust(element: HtmlElement) -> int | None:
    """How surely the markup names an author: 0 by relation, 1 by class, 2 by link; 3 more off the article. None: not at all."""
    marks, rel = label_of(element), (element.get("rel") or "").split()
    if ELSEWHERE.search(marks):
        return None
    if "author" in rel or (element.get("itemprop") or "") in {"author", "creator"}:
        trust = 0
    elif BYLINE_CLASS.search(marks):
        trust = 1
    elif element.tag == "a" and AUTHOR_LINK.search(element.get("href") or ""):
        trust = 2
    else:
        return None
    return trust + 3 * (next(element.iterancestors("aside", "footer", "nav"), None) is not None)


def _names_of(element: HtmlElement, text: str, page: ParsedPage, *, declared: bool) -> list[str]:
    """People in a byline: those with links, else those of the whole text, else those of its parts."""
    links = [text_of(link) for link in element.iter("a") if link is not element]
    for pieces in (links, [text], list(element.itertext())):
        names = [name for piece in pieces for name in names_in(piece, site_names=page.site_names, declared=declared)]
        if names:
            return names
    return []


def _spoken(page: ParsedPage) -> Iterator[str]:
    """Short texts near the headline that begin with "By" or its like."""
    for heading in page.headings[:1]:
        for element in following(heading.element, LOOK_AHEAD):
            own = (element.text or "").strip()
            if SPOKEN_BY.match(own) or own.lower() in BARE_BY:
                # Only its first line may be the byline.
                text = line("".join(part for part, _ in next(lines_in(element))))
                if len(text) <= MAX_SPOKEN:
                    yield text


def _from_markup(page: ParsedPage) -> list[tuple[int, list[str], str]]:
    found: list[tuple[int, list[str], str]] = []
    for element in page.marked(MAY_NAME_AUTHOR, links=AUTHOR_LINK):
        trust = _trust(element)
        if trust is None:
            continue
        text = text_of(element)
        if MIN_NAME <= len(text) <= MAX_BYLINE:
            found.append((trust, _names_of(element, text, page, declared=trust == 0), text))
            if len(found) >= MAX_BYLINES:
                break
    return sorted(found, key=lambda item: item[0])


def decide(page: ParsedPage) -> Decision[tuple[str, ...]]:
    """The people who wrote the article, in the page's order; the first kind of source that names any decides."""
    names = page.site_names
    shown_pairs: list[tuple[str, str]] = []
    choices: list[list[str]] = []
    author = page.article.get("author") or page.article.get("creator")
    structured_people = _from_structured(author, names)
    shown_pairs += [(first_text(item), "json-ld") for item in as_list(author)]
    choices.append(structured_people)
    for name in META_NAMES:
        values = [value for value in page.meta.get(name, ()) if not value.startswith(("http://", "https://", "/"))]
        shown_pairs += [(value, "meta") for value in values]
        choices.append([person for value in values for person in names_in(value, site_names=names, declared=name != "twitter:data1")])
    markup = _from_markup(page)
    shown_pairs += [(text, "byline") for _, _, text in markup]
    if markup:
        best = next((trust for trust, people, _ in markup if people), None)
        first = [people for trust, people, _ in markup if trust == best and people]
        # Elements of the same byline follow each other; an author box further down repeats or adds strangers.
        choices.append([person for people in first[:3] for person in people])
    for text in _spoken(page):
        shown_pairs.append((text, "text"))
        choices.append(names_in(text, site_names=names))
    people = next((choice for choice in choices if choice), [])
    return Decision(value=_unique(people), candidates=shown(shown_pairs))
