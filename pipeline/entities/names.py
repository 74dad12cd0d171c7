"""Names: how they compare, what identifies them, and what of a found passage is the name."""

from __future__ import annotations

import re
from typing import Final

import regex

from pipeline import words
from pipeline.entities.gazetteer import Gazetteer
from pipeline.models import EntityType

_BETWEEN: Final = regex.compile(r"[^\p{L}\p{N}\p{M}]+")

_BREAK: Final = re.compile(r"[\n\r\t\[\](){}<>|]")  # a name ends there
_EDGES: Final = " \u00a0*_#\"'`“”„\u2018\u2019«»,;:!?/\\-\u2013\u2014•·…=+~^&@"
_POSSESSIVE: Final = re.compile(r"'(?:s|S)?$")
_OWNER: Final = re.compile(r"(.+?)'s\s")
_ARTICLE: Final = re.compile(r"^(?:(?:the|this|that|les?|la|une?)\s+|l')", re.IGNORECASE)
_CODE: Final = re.compile(r"https?:|www\.|[@/=_{}\\]|\.(?:com|org|net|jpe?g|png|pdf|html?)\b", re.IGNORECASE)
_PARTICLES: Final = frozenset(
    {
        "al",
        "bin",
        "ibn",
        "ben",
        "da",
        "das",
        "de",
        "del",
        "della",
        "den",
        "der",
        "des",
        "di",
        "dos",
        "du",
        "el",
        "la",
        "le",
        "of",
        "ter",
        "van",
        "von",
        "y",
        "zu",
    }
)
_ROYAL: Final = frozenset({"king", "queen", "prince", "princess", "pope", "roi", "reine", "pape", "imam"})  # part of a name of one word

_MOST_CHARACTERS: Final = 80
_MOST_PERSON_WORDS: Final = 5
_MOST_WORDS: Final = 10


def fold(name: str) -> str:
    """The name for comparing: no case, accents or punctuation; `Al-Qaeda's` becomes `al qaeda s`."""
    folded: str = _BETWEEN.sub(" ", words.fold(name))
    return folded.strip()


def public_id(type: EntityType, name: str) -> str:  # noqa: A002 - callers say what they mean
    """The stable public id of an entity: `person:vladimir-putin`. Letters of other scripts are kept.

    Raises:
        ValueError: the name has neither letter nor digit.

    """
    slug = fold(name).replace(" ", "-")
    if not slug:
        raise ValueError(name)
    return f"{type.value}:{slug}"


def straight(text: str) -> str:
    """The text with one kind of apostrophe."""
    return text.replace("\u2019", "'").replace("\u2018", "'")


def clean(found: str, gazetteer: Gazetteer) -> str | None:
    """What of a passage found by a model is a name: no markup, possessive or article; None if nothing is left."""
    # A credit such as `Light/Shutterstock` or an address is no name even in part.
    line = _BREAK.split(straight(found).lstrip(_EDGES + "\n\r\t[]()<>"), maxsplit=1)[0].strip(_EDGES)
    name = _POSSESSIVE.sub("", " ".join(line.split())).strip(_EDGES)
    if fold(name) not in gazetteer.known:  # `Le Monde` keeps its article
        name = _ARTICLE.sub("", name).strip(_EDGES)
    if name.endswith(".") and "." not in name[:-1]:
        name = name[:-1]
    letters = sum(map(str.isalpha, name))
    if letters < 2 or len(name) > _MOST_CHARACTERS or len(name.split()) > _MOST_WORDS:  # noqa: PLR2004 - one letter is no name
        return None
    if sum(map(str.isdigit, name)) >= letters or name == name.lower() or _CODE.search(name):
        return None
    return name


def owner(name: str) -> str | None:
    """Whose thing it is: `Theresa May` in `Theresa May's Brexit`, None where the name has no possessive inside."""
    match = _OWNER.match(name)
    return match[1] if match else None


def person(name: str, gazetteer: Gazetteer) -> str | None:
    """The name without titles such as `President` and a headline's verb; None if it can't be a person's."""
    parts = name.split()
    while len(parts) > 1 and parts[0].lower() in gazetteer.titles and not (len(parts) == 2 and parts[0].lower() in _ROYAL):  # noqa: PLR2004 - title and name
        del parts[0]
    while len(parts) > 1 and parts[-1].lower() in gazetteer.verbs:
        del parts[-1]
    if len(parts) > _MOST_PERSON_WORDS or any(map(str.isdigit, name)):
        return None
    if any(part == part.lower() and part.lower() not in _PARTICLES for part in parts if part.isalpha()):
        return None
    return " ".join(parts)
