"""What pages ask robots to do with them."""

from __future__ import annotations

import pytest

from pipeline.extract.directives import read
from pipeline.extract.extraction import extract
from pipeline.models import PageSource
from tests import markup
from tests.sentences import TEXT


@pytest.mark.parametrize(
    ("everybody", "ours", "header", "noarchive", "noindex"),
    [
        ([], [], None, False, False),
        (["noarchive"], [], None, True, False),
        (["index, NOARCHIVE ,max-snippet:-1"], [], None, True, False),
        (["noindex, nofollow, none"], [], None, False, False),  # of search engines
        ([], ["noarchive"], None, True, False),
        ([], ["noindex"], None, False, True),
        ([], ["none"], None, False, True),
        ([], [], "noarchive", True, False),
        ([], [], "NoIndex, noarchive", True, False),
        ([], [], "googlebot: noarchive", False, False),
        ([], [], "googlebot: nosnippet, noarchive", False, False),
        ([], [], "Presswatch: noarchive", True, False),
        ([], [], "presswatch: noindex", False, True),
        ([], [], "presswatchful: noindex", False, False),
        ([], [], "*: noarchive", True, False),
        ([], [], "googlebot: noarchive\nnocache", True, False),
        ([], [], "unavailable_after: 25 Jun 2030 15:00:00 PST, noarchive", True, False),
        ([], [], "max-snippet: 20, max-image-preview: large", False, False),
        ([], [], "noarchive, max-snippet: 20", True, False),
        ([], [], ":::,,,\n\n", False, False),
        (["archive"], [], "no archive", False, False),
    ],
)
def test_directives(everybody: list[str], ours: list[str], header: str | None, noarchive: bool, noindex: bool) -> None:
    found = read(everybody=everybody, ours=ours, header=header)
    assert (found.noarchive, found.noindex) == (noarchive, noindex)


def test_a_page_says_what_it_asks_for() -> None:
    def found(head: str, header: str | None = None) -> tuple[bool, str | None]:
        html = f"<html><head><title>The crossing opens</title>{head}</head><body><article><h1>The crossing opens</h1>{TEXT}</article></body></html>"
        extraction = extract(PageSource(url="https://example.org/news/story", html=html, fetched_at=markup.NOW, robots_tag=header))
        return extraction.noarchive, extraction.rejected_reason

    assert found("") == (False, None)
    assert found('<META NAME="Robots" CONTENT="index,NoArchive">') == (True, None)
    assert found("", "noarchive") == (True, None)
    assert found('<meta name="googlebot" content="noarchive,noindex">') == (False, None)
    assert found('<meta name="presswatch" content="noindex">') == (False, "noindex")
