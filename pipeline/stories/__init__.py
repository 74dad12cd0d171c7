"""Stories."""

from pipeline.stories.background import Background
from pipeline.stories.decision import WINDOW, Decision, Neighbour, decide, similarity
from pipeline.stories.vectors import keys, vector, words

__all__ = ["WINDOW", "Background", "Decision", "Neighbour", "decide", "keys", "similarity", "vector", "words"]
