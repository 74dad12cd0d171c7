"""Names beside a portrait: on pages whose marks tell nothing, a name near the headline that a picture's text repeats, beside a date."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from lxml.html import HtmlElement

from pipeline.extract.decoding import line
from pipeline.extract.elements import text_of
from pipeline.extract.names import ReadNames

MAX_NAME: Final = 60  # characters
MORE_IN_PICTURE: Final = 25  # `Portrait of Jane Roe`, `Avatar für Jane Roe`
NEXT: Final = 2  # texts before and after the name, one of which tells the day or how long it takes to read
MAX_TIME: Final = 40
TIME: Final = re.compile(r"\d")
MAX_TIMES: Final = 2  # that a page names its author; whom it writes about it names oftener


def portrayed(elements: Sequence[HtmlElement], read: ReadNames, *, shown: str, is_strange: Callable[[HtmlElement], bool]) -> Sequence[str]:
    """Who stands near the headline with a portrait and a date.

    Args:
        elements: those after the headline, in the page's order.
        read: reads names.
        shown: what the page shows, in lower case.
        is_strange: whether an element belongs to a comment or to another article.

    """
    pictures = [line(element.get("alt")) for element in elements if element.tag == "img" and element.get("alt")]
    if not pictures:
        return ()
    texts = [(element, text) for element in elements if not len(element) and (text := text_of(element))]
    for number, (element, text) in enumerate(texts):
        if len(text) > MAX_NAME or not any(text in picture and len(picture) <= len(text) + MORE_IN_PICTURE for picture in pictures):
            continue
        beside = texts[max(0, number - NEXT) : number + NEXT + 1]
        if any(len(other) <= MAX_TIME and TIME.search(other) for _, other in beside) and not is_strange(element):
            people = read(text, False)
            if len(people) == 1 and people[0].casefold() == text.casefold() and shown.count(text.lower()) <= MAX_TIMES:
                return people
    return ()
