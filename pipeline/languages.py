"""Which language a text is in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from py3langid.langid import MODEL_FILE, LanguageIdentifier

MIN_LETTERS: Final = 40  # below this a guess is worse than none
SAMPLE_CHARACTERS: Final = 1_000  # more adds time and no certainty
BEGINNING: Final = 300  # characters that are enough where they confirm what a page says
SURE: Final = 0.8  # probability of the best language and those too close to tell apart
VARIETIES: Final = {"wuu": "zh", "yue": "zh", "ary": "ar", "arz": "ar", "pcm": "en"}  # written news is in the standard language

# Languages so close that a page's own word for itself decides. After the CLDR's language matching data.
CLOSE: Final = (
    frozenset({"bs", "hr", "sr", "sh", "me"}),
    frozenset({"nb", "nn", "no", "da"}),
    frozenset({"id", "ms"}),
    frozenset({"cs", "sk"}),
    frozenset({"bg", "mk"}),
    frozenset({"es", "gl", "ca", "ast", "an"}),
    frozenset({"pt", "gl"}),
    frozenset({"ru", "uk", "be"}),
    frozenset({"hi", "mr", "ne"}),
    frozenset({"fa", "ps", "ur", "ku"}),
    frozenset({"af", "nl", "lb"}),
    frozenset({"tr", "az"}),
    frozenset({"kk", "ky"}),
)
# Codes that mean the same language, in the form that is stored.
SAME: Final = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi", "jp": "ja", "cn": "zh", "ua": "uk", "cz": "cs", "gr": "el"}


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def preload() -> None:
    """Read the model (0.3 s), so that the first text does not wait for it."""
    _identifier()


def tag(label: str | None) -> str | None:
    """ISO 639-1 code of a language tag or locale such as `pt-BR` or `en_US`; None if it is none."""
    match = re.match(r"\s*([A-Za-z]{2})(?![A-Za-z])", label or "")
    if not match:
        return None
    code = match[1].lower()
    return SAME.get(code, code)


def identify(text: str) -> str | None:
    """ISO 639-1 code of the language of a text; None if the text is too short or the answer unsure."""
    sample = text[:SAMPLE_CHARACTERS]
    letters = sum(map(str.isalpha, sample))
    # One character of Chinese, Japanese or Korean says as much as three letters.
    if letters < MIN_LETTERS and letters + 2 * sum("\u3040" <= character <= "\ud7a3" for character in sample) < MIN_LETTERS:
        return None
    ranks = [(VARIETIES.get(code, code), share) for code, share in _identifier().rank(sample)[:8]]
    best = ranks[0][0]
    kin = {best}.union(*(group for group in CLOSE if best in group))
    return tag(best) if sum(share for code, share in ranks if code in kin) >= SURE else None


def settle(text: str, labels: Iterable[str | None]) -> str | None:
    """The language of a text that carries labels: the text decides, a label between close languages and for short texts."""
    said = [code for code in map(tag, labels) if code]
    # Looking at all of the sample takes three times as long.
    found = identify(text[:BEGINNING]) if said else None
    if found is None or found not in said:
        found = identify(text)
    if found is None:
        return said[0] if said else None
    return next((code for code in said if any(code in group and found in group for group in CLOSE)), found)
