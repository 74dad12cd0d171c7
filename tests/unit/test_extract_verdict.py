"""What is no article is told apart, with its reason, and what is one is kept."""

# Letters of many languages.

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.extract.extraction import extract
from pipeline.models import Extraction, PageSource
from tests.sentences import SENTENCES, TEXT

NOW = datetime(2025, 1, 20, 12, tzinfo=UTC)
TOPICS = ("bridge", "harbour", "market", "school", "tramway", "library", "stadium", "theatre")


def page(body: str, *, url: str = "https://example.org/news/story", head: str = "", **known: object) -> Extraction:
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    return extract(PageSource(url=url, html=html, fetched_at=NOW, **known))  # type: ignore[arg-type]


def teaser(topic: str, *, heading: str = "h3") -> str:
    return (
        f'<div class="card"><{heading}><a href="/news/{topic}">The council has agreed to rebuild the old {topic}</a></{heading}>'
        f"<p>Work on the {topic} begins in the spring and will last for three years, the mayor told the assembly on Monday.</p></div>"
    )


@pytest.mark.parametrize("heading", ["h2", "h3", "div"])
@pytest.mark.parametrize("head", ["", '<meta property="og:type" content="article">'])
def test_a_section_with_long_teasers_is_an_index_page(heading: str, head: str) -> None:
    found = page(
        "<h1>Local news</h1>" + "".join(teaser(topic, heading=heading) for topic in TOPICS), url="https://example.org/local", head=head
    )
    assert found.rejected_reason == "index_page"


def test_an_article_before_teasers_is_an_article() -> None:
    found = page(f"<article><h1>The crossing opens</h1>{TEXT}</article><aside>{''.join(map(teaser, TOPICS))}</aside>")
    assert found.rejected_reason is None
    assert found.body.startswith(SENTENCES[0])


@pytest.mark.parametrize(
    ("url", "title"),
    [
        ("https://example.org/about-us", "Who we are"),
        ("https://example.org/impressum.html", "Angaben"),
        ("https://example.org/page/17", "Datenschutz"),
        ("https://example.org/seite/4", "Política de privacidad"),
        ("https://example.org/kontakty", "Редакция"),
    ],
)
def test_pages_about_the_outlet_are_no_articles(url: str, title: str) -> None:
    assert page(f"<h1>{title}</h1>{TEXT}", url=url).rejected_reason == "not_an_article"


def test_an_article_may_have_the_title_of_a_page_about_the_outlet() -> None:
    head = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Contact","datePublished":"2025-01-14T08:00:00Z"}</script>'
    assert page(f"<h1>Contact</h1>{TEXT}", url="https://example.org/culture/contact-a-film", head=head).rejected_reason is None


@pytest.mark.parametrize(
    "title",
    ["404 - Page not found", "Seite nicht gefunden", "Página no encontrada", "Page introuvable", "Страница не найдена", "Just a moment..."],
)
def test_error_pages_in_many_languages(title: str) -> None:
    found = page(
        f"<h1>{title}</h1><p>Try the search, or go back to the front page of this newspaper to find what you were looking for.</p>"
    )
    assert found.rejected_reason == "error_page"


def test_what_a_paywall_leaves_is_an_article_if_it_says_something() -> None:
    head = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"T","isAccessibleForFree":false}</script>'
    assert page(f"<h1>The crossing opens</h1><p>{SENTENCES[0]}</p>", head=head).rejected_reason is None
    assert page("<h1>The crossing opens</h1><p>The bridge is open.</p>", head=head).rejected_reason == "paywall"
    assert page("<h1>The crossing opens</h1><p>The bridge is open.</p>").rejected_reason == "too_short"


def test_a_login_form_beside_an_article_does_not_matter() -> None:
    form = '<form><input name="user"><input type="password" name="password"></form>'
    assert page(f"<h1>The crossing opens</h1>{TEXT}{form}").rejected_reason is None
    assert page(f"<h1>Sign in</h1>{form}<p>Please sign in to go on reading.</p>").rejected_reason == "login_page"
