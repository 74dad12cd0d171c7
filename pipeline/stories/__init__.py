"""Stories: articles of several outlets on the same event, found one by one as the articles arrive.

`vector` reduces an article, `keys` are what its neighbours are looked up by, `decide` places it. Articles of
different languages come together only where nearly all of their entities are the same, and those of a language
without a word background (see `Background`) only as copies.
"""

from pipeline.stories.background import Background
from pipeline.stories.decision import WINDOW, Decision, Neighbour, decide, similarity
from pipeline.stories.vectors import keys, vector, words

__all__ = ["WINDOW", "Background", "Decision", "Neighbour", "decide", "keys", "similarity", "vector", "words"]
