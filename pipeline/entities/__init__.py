"""Entities: the people, organisations and places that an article names.

`annotate` finds them in English and French texts. For other languages there is no model, and so there are no
entities: what a model of another language finds is worse than nothing.
"""

from pipeline.entities.names import fold, public_id
from pipeline.entities.recognition import LANGUAGES, MOST_CHARACTERS, EntityText, annotate

__all__ = ["LANGUAGES", "MOST_CHARACTERS", "EntityText", "annotate", "fold", "public_id"]
