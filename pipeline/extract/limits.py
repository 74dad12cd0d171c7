"""What a page may cost, apart from the code that needs it, so that the pool's owner does not load the extraction."""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 10_000_000  # a longer page is rejected unread
MAX_MEMORY_BYTES: Final = 1_500_000_000  # of address space, over what a worker starts with
MEMORY_EXIT: Final = 77  # exit code of a worker that came to this limit
MAX_ELEMENTS: Final = 100_000  # no article has as many; so many take seconds
MAX_ATTRIBUTES: Final = 5_000  # of one element
FLAT_DEPTH: Final = 100  # elements that may stand open in a page that is nested too deeply
