"""What stands with the title of another article is that article's: its author and its date are not the page's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.extract import parsing, teasers
from pipeline.extract.extraction import extract
from pipeline.extract.page import gather
from pipeline.models import PageSource
from tests.sentences import TEXT

NOW = datetime(2025, 1, 20, 12, tzinfo=UTC)
URL = "https://harbourpost.example/news/crossing"
H1 = "<h1>The crossing opens to everyone</h1>"
TITLE = '<a href="/news/bridge"><h3>A second bridge is planned for the harbour</h3></a>'


def page(body: str) -> PageSource:
    html = f'<html lang="en"><head><title>The crossing opens to everyone</title></head><body><main>{body}</main></body></html>'
    return PageSource(url=URL, html=html, fetched_at=NOW)


def is_in_teaser(body: str) -> bool:
    """Whether the element `x` of a page stands in a teaser."""
    source = page(body)
    tree = parsing.parse_tree(str(source.html))
    parsed = gather(source, str(source.html), tree)
    return teasers.is_in_teaser(tree.get_element_by_id("x"), teasers.home(parsed, next(tree.iter("h1"))))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f'{H1}{TEXT}<div>{TITLE}<span id="x">12 January 2025</span></div>', True),
        # Some elements around the date.
        (f'{H1}{TEXT}<div>{TITLE}<div><p><span id="x">12 January 2025</span></p></div></div>', True),
        # A list of links that are no headings.
        (
            f"{H1}{TEXT}<ul>"
            '<li><a href="/news/a">A second bridge is planned for the harbour</a> <span id="x">12 January 2025</span></li>'
            '<li><a href="/news/b">The ferry has a new captain from today on</a> <span>11 January 2025</span></li></ul>',
            True,
        ),
        # One such link is one of the article's own.
        (f'{H1}<div><a href="/news/a">A second bridge is planned for the harbour</a> <span id="x">12 January</span></div>{TEXT}', False),
        # The page's own title, or a link to the page itself.
        (f'{H1}{TEXT}<div><a href="/news/crossing"><h3>The crossing opens to everyone</h3></a><span id="x">12 January 2025</span></div>', False),
        (f'<div>{H1}<p id="x">14 January 2025</p></div>{TEXT}', False),
        # A name is no title.
        (f'{H1}<div><a href="/people/roe"><h3>Jane Roe</h3></a><span id="x">12 January 2025</span></div>{TEXT}', False),
        # What is as long as an article is no teaser.
        (f'{H1}{TEXT}<div>{TITLE}{TEXT}{TEXT}<span id="x">12 January 2025</span></div>', False),
    ],
)  # fmt: skip
def test_blocks_with_the_title_of_another_article(body: str, *, expected: bool) -> None:
    assert is_in_teaser(body) is expected


def test_without_a_headline_nothing_is_strange() -> None:
    source = page(f'<div>{TITLE}<span id="x">12 January 2025</span></div>')
    tree = parsing.parse_tree(str(source.html))
    own = teasers.home(gather(source, str(source.html), tree), None)
    assert not teasers.is_in_teaser(tree.get_element_by_id("x"), own)


def test_the_author_and_the_date_of_a_teaser_are_not_the_articles() -> None:
    teaser = f'<div>{TITLE}<p class="byline">By John Doe</p><p class="date">12 January 2025</p></div>'
    found = extract(page(f"{H1}{TEXT}{teaser}"))
    assert (found.authors, found.published_at) == ((), None)
    own = '<p class="byline">By Jane Roe</p><p class="date">14 January 2025</p>'
    found = extract(page(f"{H1}{own}{TEXT}{teaser}"))
    assert found.authors == ("Jane Roe",)
    assert found.published_at is not None
    assert found.published_at.isoformat().startswith("2025-01-14")
