"""Names of the months in many languages, from dateparser's tables of the CLDR and of usage."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Final

from dateparser.data import date_translation_data

from pipeline import words

MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
SPOKEN_AS: Final[dict[str, tuple[str, ...]]] = {"no": ("nb", "nn"), "tl": ("tl", "fil")}  # codes that stand for others in the tables
INFLECTED: Final = 5  # letters; longer names may carry an ending
# Of the Solar Hijri calendar, which the tables do not hold.
PERSIAN: Final = ("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند")
# Forms that are no beginning of a form in the tables, with the number of the month.
DECLINED: Final[dict[str, dict[str, int]]] = {
    "sr": {"marta": 3, "марта": 3, "maja": 5, "маја": 5, "juna": 6, "јуна": 6, "jula": 7, "јула": 7},
    "bs": {"marta": 3, "maja": 5, "juna": 6, "jula": 7},
    "sl": {"marca": 3, "maja": 5},
    "et": {"mail": 5},
    "lv": {
        "janvārī": 1, "februārī": 2, "martā": 3, "aprīlī": 4, "maijā": 5, "jūnijā": 6,
        "jūlijā": 7, "augustā": 8, "septembrī": 9, "oktobrī": 10, "novembrī": 11, "decembrī": 12,
    },
}  # fmt: skip
NUKTA: Final = "\u093c"  # a point under Devanagari letters, which many leave out
DIGITS: Final = {code: str(int(chr(code))) for code in range(0x0660, 0x1000) if chr(code).isdecimal()}
DOT: Final = re.compile(r"(?<=[a-z])\.|(?<=[^\x00-\x7f])(?<!\d)\.")


def fold(text: str) -> str:
    """The text on one line without case, accents and dots of abbreviations, as the names are looked for in it, in ASCII's digits."""
    return DOT.sub("", words.fold(" ".join(text.split())).translate(DIGITS))


@cache
def _tables() -> dict[str, tuple[str, ...]]:
    """Language code to the names of its tables: its own and those of its scripts."""
    found: dict[str, tuple[str, ...]] = {}
    for module in iter_modules(date_translation_data.__path__):
        code = module.name.split("-")[0]
        found[code] = (*found.get(code, ()), module.name)
    return {**found, **SPOKEN_AS}


def tables_of(language: str) -> tuple[str, ...]:
    """Names of dateparser's tables for an ISO 639-1 code; empty if it has none."""
    return _tables().get(language, ())


@lru_cache(maxsize=256)
def names(language: str) -> dict[str, int]:
    """Folded names of months of a language, its scripts and its regions, with their number."""
    found: dict[str, int] = {}
    for table in tables_of(language):
        info: dict[str, Any] = import_module(f"{date_translation_data.__name__}.{table}").info
        for part in (info, *info.get("locale_specific", {}).values()):
            for number, month in enumerate(MONTHS, start=1):
                for name in part.get(month, ()):
                    found.setdefault(fold(name), number)
                    found.setdefault(fold(name.replace(NUKTA, "")), number)
    for name, number in DECLINED.get(language, {}).items():
        found.setdefault(fold(name), number)
    if language == "fa":
        for number, name in enumerate(PERSIAN, start=1):
            found.setdefault(fold(name), number)
    return found


@lru_cache(maxsize=256)
def known(languages: Iterable[str]) -> tuple[re.Pattern[str], dict[str, int]]:
    """A pattern of the months' names in some languages, and the number of each name; the first language wins.

    A long name also matches with an ending of its case (`urtarrilaren`, `januárban`).
    """
    numbers: dict[str, int] = {}
    for language in languages:
        numbers = {**names(language), **numbers}
    alternatives = [
        re.sub(r"(\d)", r"0?\1", re.escape(name)) + (r"[^\W\d_]{0,4}" if len(name) >= INFLECTED else "")
        for name in sorted(numbers, key=len, reverse=True)
    ]
    # A script with vowel signs has no sure end of a word.
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(alternatives) or '(?!)'})(?![^\W_])"), numbers


def number_of(name: str, numbers: dict[str, int]) -> int:
    """The month that a match of the pattern names."""
    name = re.sub(r"\b0(?=\d)", "", name)
    return next(numbers[name[:end]] for end in range(len(name), 0, -1) if name[:end] in numbers)
