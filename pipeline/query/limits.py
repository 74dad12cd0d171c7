"""What a query may cost. Beyond a limit it is an error that names the limit, so that the engine is never hurt."""

from typing import Final

LENGTH: Final = 10_000  # characters
TERMS: Final = 1_000  # words in all; an inflected word is looked up in every language and counts for STEM_TERMS
STEM_TERMS: Final = 20
DEPTH: Final = 10  # parentheses and negations within each other; the engine stops at 30 nested queries
WORD: Final = 100  # characters of a word with a wildcard
WILDCARDS: Final = 5  # in one word
WILDCARD_START: Final = 2  # characters before the first wildcard of a word
VALUE: Final = 500  # characters of a field's value
DISTANCE: Final = 100  # positions of a NEAR
NEAR_PAIRS: Final = 400  # left times right operands of a NEAR
DAYS: Final = 36_500
