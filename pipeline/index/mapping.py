"""How a document is indexed: analysis, fields and settings.

Text is cut by one tokenizer, for documents and for queries: letters and digits with inner `.` `,` `'`; a hyphen, a
colon and a slash split; there are no stop words. A character of a script that is written without spaces is a token
of its own. Case, accents and a final `'s` are folded away.

`title_stem` and `body_stem` hold the words a second time, reduced by the stemmer of the document's language, in a
field of that language; they answer `~word`. A document in another language is found by `~word` in its exact form.
Their text is not kept in `_source`, and they keep neither positions nor norms, so they cost little.
"""

from __future__ import annotations

from typing import Any, Final

from pipeline.query.tokens import PARTS, UNSPACED

# A change of mapping or analysis needs another number here, and then `presswatch reindex` for an index that exists.
SCHEMA: Final = 1

# As `pipeline.query.tokens` has it, in Java's words. What is frequent comes first, and nothing is counted letter by
# letter: this runs over every text and again for every highlight.
_UNSPACED: Final = "".join(rf"\x{{{first:X}}}-\x{{{last:X}}}" for first, last in UNSPACED)
_RUN: Final = rf"[a-zA-Z0-9[\p{{L}}\p{{N}}\p{{M}}&&[^{_UNSPACED}]]]+"
TOKEN: Final = rf"{_RUN}(?:[.,'\u2019]{_RUN}){{0,{PARTS - 1}}}|[{_UNSPACED}&&[\p{{L}}\p{{N}}\p{{M}}]]\p{{M}}*"

# Elasticsearch's names of stemmers by ISO 639-1 code. They see folded words, so that accents never matter. Light ones,
# which take off inflection alone, are preferred: `university` is not `universe`. English has two, because the first
# keeps plurals that its dictionary knows as words, such as `talks`.
STEMMERS: Final = {
    "ar": "arabic",
    "bg": "bulgarian",
    "cs": "czech",
    "da": "danish",
    "de": "light_german",
    "el": "greek",
    "en": "light_english minimal_english",
    "es": "light_spanish",
    "fi": "light_finnish",
    "fr": "light_french",
    "hu": "light_hungarian",
    "it": "light_italian",
    "nl": "dutch",
    "nb": "light_norwegian",
    "no": "light_norwegian",
    "pt": "light_portuguese",
    "ro": "romanian",
    "ru": "light_russian",
    "sv": "light_swedish",
    "tr": "turkish",
}

_FOLDED: Final = {"type": "keyword", "normalizer": "folded", "ignore_above": 1000}
# The name as written for facets, folded for filters.
_NAME: Final = {"type": "keyword", "ignore_above": 1000, "fields": {"folded": _FOLDED | {"doc_values": False}}}
# A person is also found by a part of the name.
_PERSON: Final = _NAME | {
    "fields": {"folded": _FOLDED | {"doc_values": False}, "words": {"type": "text", "analyzer": "news", "norms": False}}
}
_SHOWN: Final = {"type": "keyword", "index": False, "doc_values": False}
_KEYWORD: Final = {"type": "keyword"}
_DATE: Final = {"type": "date", "format": "strict_date_optional_time"}

PROPERTIES: Final[dict[str, Any]] = {
    # As public: digits. The number is for the order among equals.
    "id": {"type": "long"},
    "version": {"type": "integer", "index": False},
    "url": _SHOWN,
    "canonical_url": _SHOWN,
    "outlet": _NAME,
    "labels": _NAME,
    "country": _FOLDED,
    "group": _NAME,
    "title": {"type": "text", "analyzer": "news"},
    "body": {"type": "text", "analyzer": "news"},
    "title_stem": {"dynamic": "strict", "properties": {}},
    "body_stem": {"dynamic": "strict", "properties": {}},
    "authors": _PERSON,
    # As the page says it, null when unknown; `date` is what orders and what windows look at.
    "published_at": _DATE,
    "seen_at": _DATE,
    "date": _DATE,
    "language": _FOLDED,
    "topics": _NAME,
    "syndicated_from": _NAME,
    "story_id": _KEYWORD,
    "duplicate_of": _KEYWORD,
    "copy_kind": _KEYWORD,
    # What groups are made by: they always have a value, so that an article on its own is a group of one.
    "story_key": _KEYWORD,
    "copy_key": _KEYWORD,
    "persons": _PERSON,
    "orgs": _NAME,
    "places": _NAME,
    "entity_ids": _FOLDED | {"doc_values": False},
}
for _language in STEMMERS:
    for _part in ("title_stem", "body_stem"):
        PROPERTIES[_part]["properties"][_language] = {
            "type": "text",
            "analyzer": f"stem_{_language}",
            "index_options": "docs",
            "norms": False,
        }

MAPPINGS: Final[dict[str, Any]] = {
    "dynamic": "strict",
    "date_detection": False,
    "_meta": {"schema": SCHEMA},
    "_source": {"excludes": ["title_stem", "body_stem"]},
    "properties": PROPERTIES,
}

# GreekLowerCaseFilter lowers every script, and folds Greek accents and the final sigma besides.
_FILTERS: Final = ("lowercase_all", "asciifolding", "yo", "possessive")

ANALYSIS: Final[dict[str, Any]] = {
    "tokenizer": {"words": {"type": "pattern", "pattern": TOKEN, "group": 0}},
    "filter": {
        "lowercase_all": {"type": "lowercase", "language": "greek"},
        "possessive": {"type": "pattern_replace", "pattern": "'s$", "replacement": ""},
        # Russian prints the letter yo without its points at will.
        "yo": {"type": "pattern_replace", "pattern": "\u0451", "replacement": "\u0435"},
        "unstemmed": {"type": "keyword_marker", "keywords": ["news"]},
        **{name: {"type": "stemmer", "language": name} for names in STEMMERS.values() for name in names.split()},
    },
    "normalizer": {"folded": {"type": "custom", "filter": ["lowercase_all", "asciifolding", "yo"]}},
    "analyzer": {
        "news": {"type": "custom", "tokenizer": "words", "filter": [*_FILTERS]},
        **{
            f"stem_{language}": {"type": "custom", "tokenizer": "words", "filter": [*_FILTERS, "unstemmed", *names.split()]}
            for language, names in STEMMERS.items()
        },
    },
}


def settings(*, shards: int, replicas: int) -> dict[str, Any]:
    """The settings of a new index."""
    return {
        "number_of_shards": shards,
        "number_of_replicas": replicas,
        # How long a deletion's version is remembered: a late write of an older revision must not bring it back.
        "gc_deletes": "1h",
        "analysis": ANALYSIS,
    }
