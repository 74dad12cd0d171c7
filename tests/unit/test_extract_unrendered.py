"""Pages whose text scripts bring are told from pages that have none; consent walls by address and words."""

from __future__ import annotations

import json

import pytest

from pipeline.extract.extraction import extract
from pipeline.models import PageSource
from tests import markup

SENTENCE = "The council of the valley decided to open the old road along the river again, after nine years of talks. "
MENU = "".join(f"<li><a href=/s{n}>Section {n}</a></li>" for n in range(30))
LONG_MENU = "".join(f"<li><a href=/s{n}>Section number {n} of the valley</a></li>" for n in range(30))
LISTS = f"<nav><ul>{LONG_MENU}</ul></nav><footer>{LONG_MENU}</footer><h1>The road</h1>"
FULL = f"<nav><ul>{MENU}</ul></nav><footer>{MENU}</footer>"


def reason(body: str, head: str = "", *, summary: str = "", rendered: bool = False, final_url: str | None = None) -> str | None:
    html = f"<html lang=en><head><title>The road</title>{head}</head><body>{body}</body></html>"
    page = PageSource(
        url="https://valley.example/road", html=html, fetched_at=markup.NOW, feed_summary=summary, rendered=rendered, final_url=final_url
    )
    return extract(page).rejected_reason


STATE = f"<script>window.__INITIAL_STATE__ = {json.dumps({'menu': ['Section'] * 500})}</script>"
ARTICLE = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "The road"}</script>'


@pytest.mark.parametrize(
    ("body", "head", "summary"),
    [
        ("<div id=root></div><script src=/app.js></script>", "", ""),
        ("<noscript>Bitte JavaScript aktivieren.</noscript>" + FULL + "<script src=/app.js></script>", "", ""),
        (FULL + "<h1>The road</h1>" + STATE, "", ""),
        (FULL + "<h1>The road</h1><script src=/app.js></script>", "", SENTENCE),
        (FULL + "<h1>The road</h1><script src=/app.js></script>", ARTICLE, ""),
        (LISTS + "<script src=/app.js></script>", "", SENTENCE),
    ],
)
def test_what_says_that_scripts_bring_the_text(body: str, head: str, summary: str) -> None:
    assert reason(body, head, summary=summary) == "needs_browser"
    # Where a browser found no text either, there is none.
    assert reason(body, head, summary=summary, rendered=True) in {"no_body", "too_short", "index_page"}


@pytest.mark.parametrize(
    ("body", "head", "expected"),
    [
        (FULL + "<h1>The road</h1><script src=/app.js></script>", "", {"no_body", "too_short"}),
        ("<div id=root></div>", "", {"no_body"}),
        (LISTS + "<script src=/app.js></script>", "", {"index_page"}),
        (FULL + "<h1>The road</h1><script src=/app.js></script>", ARTICLE.replace('"headline"', '"isAccessibleForFree": false, "headline"'), {"paywall"}),
        (f"<h1>The road</h1><p>{SENTENCE * 4}</p><script src=/app.js></script>", "", {None}),
    ],
)  # fmt: skip
def test_what_has_no_text_or_has_it_needs_no_browser(body: str, head: str, expected: set[str | None]) -> None:
    assert reason(body, head) in expected


@pytest.mark.parametrize(
    ("final_url", "is_wall"),
    [
        ("https://consent.yahoo.com/v2/collectConsent?sessionId=1", True),
        ("https://consent.google.com/m?continue=https://valley.example/road", True),
        ("https://www.publisher.example/privacy-gate/?url=x", True),
        ("https://myprivacy.publisher.example/consent?siteKey=x", True),
        ("https://valley.example/consent/v1?to=/road", True),
        ("https://valley.example/2025/consent-decree-for-the-police", False),
        ("https://valley.example/road-gdpr-fine", False),
    ],
)
def test_a_redirect_to_where_consent_is_asked_is_a_wall(final_url: str, *, is_wall: bool) -> None:
    found = reason(f"<h1>The road</h1><p>{SENTENCE * 6}</p>", final_url=final_url)
    assert found == ("consent_wall" if is_wall else None)


def test_a_request_to_agree_before_one_goes_on_is_a_wall() -> None:
    text = "<h1>Before you continue</h1><p>We use cookies and data to deliver and maintain our services.</p>"
    assert (
        reason(f"{text}<button>Reject all</button><button>Accept all</button><a href=/p>Privacy</a><script src=/a.js></script>")
        == "consent_wall"
    )
