"""Copies: texts that repeat one another, found by fingerprints and confirmed on the texts.

`fingerprint` reduces a body once, `likely` picks the stored articles that are worth a look, `compare` decides.
Give it article bodies without titles: a copy usually has a headline of its own.
"""

from pipeline.duplicates.comparison import compare
from pipeline.duplicates.fingerprints import fingerprint, likely

__all__ = ["compare", "fingerprint", "likely"]
