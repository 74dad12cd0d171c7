"""Which pages of a run go to the browser, and how many. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import Enum

from pipeline.models import Page
from pipeline.rules import RuleBook


class Way(Enum):
    """How a page is fetched."""

    PLAIN = "plain"
    BROWSER = "browser"
    LATER = "later"  # the browser has done enough in this run
    NOT_AT_ALL = "not at all"  # without a browser it shows nothing, as was seen before, and there is none


class Browsing:
    """Decides by the outlet's rule, by what was seen of the page, and by what was learned of its outlet."""

    def __init__(self, *, book: RuleBook, pages: int, installed: bool, at: datetime) -> None:
        """Begin a run.

        Args:
            book: the rules for fetching.
            pages: that the browser may show in the run.
            installed: there is a browser.
            at: the time by which rules hold.

        """
        self.book = book
        self.at = at
        self.left = pages
        self.installed = installed and pages > 0
        self.outlets: Collection[int] = frozenset()  # whose new pages need it, as was learned

    def way(self, page: Page) -> Way:
        """How to fetch a page; one for the browser is counted."""
        if not self._wants(page):
            return Way.PLAIN
        if not self.installed:
            return Way.NOT_AT_ALL if page.browser else Way.PLAIN
        if self.left <= 0:
            return Way.LATER
        self.left -= 1
        return Way.BROWSER

    @property
    def is_open(self) -> bool:
        """Whether pages for the browser are of any use to claim; if there is none, that is told of them."""
        return self.left > 0 or not self.installed

    def busy_hosts(self) -> frozenset[str]:
        """Hosts of which nothing is of any use to claim."""
        return frozenset() if self.is_open else self.book.browser_hosts(self.at)

    def _wants(self, page: Page) -> bool:
        rule = self.book.fetching(page.url, self.at)
        if rule is not None and rule.browser is not None:
            return rule.browser
        return page.browser if page.browser is not None else page.fetches == 0 and page.outlet_id in self.outlets
