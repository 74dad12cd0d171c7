"""Where an element stands: near the headline or not, in the article or in a box, a comment or a teaser beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

from pipeline.extract import teasers
from pipeline.extract.elements import UNSEEN, following, label_of
from pipeline.extract.headings import Heading
from pipeline.extract.page import MARKED, ParsedPage
from pipeline.extract.titles import fold

LOOK_AHEAD: Final = 80  # elements after the headline
LOOK_BACK: Final = 110  # elements before it, in the blocks that it stands in
MOST_OF_A_BLOCK: Final = 30
BLOCKS: Final = 3
NEAR: Final = 6  # elements around one that tell whose it is
COMMENT: Final = re.compile(r"comment|kommentar|comentario|disqus|reply")
BOX: Final = re.compile(r"related|teaser|recommend|sidebar|promo|footer|widget|latest|most-?read")
OTHERS: Final = re.compile(r"related|recommend|most-?read|popular|trending|latest")  # other articles
PICTURE_TAGS: Final = frozenset({"figure", "figcaption", "picture"})
BOX_TAGS: Final = frozenset({"aside", "footer", "nav"})


def _headline(page: ParsedPage) -> Heading | None:
    """The heading that the page's title repeats, else the first that is no logo."""
    titles = [fold(title) for title in (*page.metas("og:title"), page.title_tag)]
    own = [heading for heading in page.headings if not heading.is_logo]
    return next((one for one in own if (text := fold(one.text)) and any(text in title for title in titles)), next(iter(own), None))


def _of_text(elements: Iterable[HtmlElement]) -> Iterator[HtmlElement]:
    """Those of some elements, in the page's order, that are of the text; pictures have authors of their own."""
    pictures: set[HtmlElement] = set()
    for element in elements:
        if element.tag in PICTURE_TAGS or element.getparent() in pictures:
            pictures.add(element)
        elif isinstance(element.tag, str) and element.tag not in UNSEEN:
            yield element


class Vicinity:
    """The headline of a page and what stands near it."""

    def __init__(self, page: ParsedPage) -> None:
        heading = _headline(page)
        self._places: dict[HtmlElement, tuple[bool, bool, bool, bool]] = {}
        self._around: set[HtmlElement] = set()  # a box around the headline too is no box
        self._own = teasers.home(page, heading.element if heading else None)
        self.ahead: list[HtmlElement] = []  # what follows the headline, in the page's order
        self.back: list[HtmlElement] = []  # what stands before it
        if heading is None:
            return
        self._around = {heading.element, *heading.element.iterancestors()}
        self.ahead = list(_of_text(following(heading.element, LOOK_AHEAD)))
        for place in islice((heading.element, *heading.element.iterancestors()), BLOCKS):
            for sibling in place.itersiblings(preceding=True):
                self.back += _of_text(islice(sibling.iter("*"), MOST_OF_A_BLOCK))
                if len(self.back) >= LOOK_BACK:
                    return

    @property
    def near(self) -> list[HtmlElement]:
        """What stands before and after the headline and may be marked as a byline."""
        return [element for element in (*self.back, *self.ahead) if element.tag in MARKED]

    @property
    def has_headline(self) -> bool:
        """Whether the page has a headline at all."""
        return bool(self._around)

    def _place(self, element: HtmlElement) -> tuple[bool, bool, bool, bool]:
        """Whether an element is called a comment, is called a box, is a box by its tag, is called other articles."""
        found = self._places.get(element)
        if found is None:
            marks = label_of(element) if element.tag not in {"body", "html"} else ""
            found = (
                COMMENT.search(marks) is not None,
                BOX.search(marks) is not None,
                element.tag in BOX_TAGS,
                OTHERS.search(marks) is not None,
            )
            self._places[element] = found
        return found

    def is_strange(self, element: HtmlElement) -> bool:
        """Whether an element stands in a reader's comment or beside the title of another article."""
        places = [self._place(place) for place in islice(self._between(element), NEAR)]
        return any(comment or others for comment, _, _, others in places) or teasers.is_in_teaser(element, self._own)

    def is_apart(self, element: HtmlElement) -> bool:
        """Whether an element stands in a box that the headline does not stand in."""
        for number, place in enumerate(self._between(element)):
            _, called, tagged, _ = self._place(place)
            if tagged or (called and number < NEAR):
                return True
        return False

    def _between(self, element: HtmlElement) -> Iterator[HtmlElement]:
        """The elements around one, inside of those around the headline."""
        for place in element.iterancestors():
            if place in self._around:
                return
            yield place
