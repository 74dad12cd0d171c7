"""Pages as the server sends them whose scripts are to bring the text: what tells them from pages that have none."""

from __future__ import annotations

import re
from typing import Final

from pipeline.extract.elements import text_of
from pipeline.extract.listings import words_in
from pipeline.extract.page import ParsedPage

EMPTY_WORDS: Final = 60  # all that is shown: a frame without content
MIN_SUMMARY: Final = 80  # characters of a feed's summary
LONGER: Final = 1.2  # than the body
MIN_STATE: Final = 2_000  # characters of a script that holds data
NEEDS_SCRIPTS: Final = re.compile(r"java\s?script", re.IGNORECASE)
STATE: Final = re.compile(
    r"__(?:NEXT|NUXT|APOLLO|INITIAL|PRELOADED|REDUX|SSR|APP|remix|sveltekit|next_f)\w*|\bwindow(?:\.|\[['\"])\w*(?:state|store|data)\b",
    re.IGNORECASE,
)


def is_promised(page: ParsedPage, body: str) -> bool:
    """Whether the feed says more than a page on which scripts may bring the rest."""
    summary = page.source.feed_summary or ""
    waits = bool(page.scripts) and not page.source.rendered
    return waits and len(summary) >= MIN_SUMMARY and len(summary) > LONGER * len(body)


def is_unrendered(page: ParsedPage, body: str, *, declared: bool) -> bool:
    """Whether a page on which hardly any text was found looks as if scripts were to bring it.

    Args:
        page: the parsed page, without text as the server sent it.
        body: what was found.
        declared: its structured data say that it is an article.

    """
    if page.source.rendered or not page.scripts:
        return False
    return (
        declared
        or is_promised(page, body)
        or words_in(page.lower_text) < EMPTY_WORDS
        or any(len(script) >= MIN_STATE and STATE.search(script[:MIN_STATE]) for script in page.scripts)
        or any(NEEDS_SCRIPTS.search(text_of(element)) for element in page.tree.iter("noscript"))
    )
