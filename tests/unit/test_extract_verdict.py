"""What is no article is told apart, with its reason, and what is one is kept."""

# Letters of many languages.
# ruff: noqa: RUF001

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


@pytest.mark.parametrize(
    "title",
    [
        "Oops! That page can’t be found.",
        "We can’t find that page",
        "Diese Seite ist leider nicht verfügbar",
        "Oups, cette page n’existe plus",
        "Ops! Não encontramos a página",
        "존재하지 않는 기사입니다",
        "הדף לא נמצא",
        "ไม่พบหน้าที่คุณต้องการ",
        "Stranica nije pronađena",
        "Không tìm thấy trang",
        "451: Unavailable due to legal reasons",
        "Sorry, you have been blocked",
        "Error establishing a database connection",
    ],
)
def test_error_pages_of_many_systems(title: str) -> None:
    menu = "".join(map(teaser, TOPICS[:2]))
    assert page(f"<h1>{title}</h1><p>Go back to the front page.</p>{menu}").rejected_reason == "error_page"


def test_an_error_page_by_what_its_system_calls_it() -> None:
    html = f'<html><body class="blog error404"><h1>Hm.</h1>{"".join(map(teaser, TOPICS[:2]))}</body></html>'
    assert extract(PageSource(url="https://example.org/x", html=html, fetched_at=NOW)).rejected_reason == "error_page"


@pytest.mark.parametrize(
    "title",
    [
        "Page not found: the art of the error page",
        "500 jobs to go at shipyard",
        "404 people died on the roads last year",
        "Are you a robot? The test that fails us",
        "Under maintenance: the bridge that is never open",
        "Access denied to aid convoys",
        "Missing boy not found after five days of search",
        "Minister’s video has been removed",
        "Government website unavailable",
        "Login data of millions stolen",
        "Log in without a password: how passkeys work",
    ],
)
def test_articles_about_errors_are_articles(title: str) -> None:
    assert page(f"<h1>{title}</h1>{TEXT}", head=f"<title>{title} | Example</title>").rejected_reason is None


def test_an_error_in_a_heading_beside_the_headline_is_a_players_message() -> None:
    headline = "The crossing opens after three years"
    found = page(f"<h1>This video is unavailable.</h1><h1>{headline}</h1>{TEXT}", head=f"<title>{headline} - Example</title>")
    assert found.rejected_reason is None


CONSENT = (
    "Me ja kumppanimme tallennamme laitteelle tietoja, kuten evästeitä, ja käsittelemme henkilötietoja.",
    "Mi i naši partneri skladištimo podatke na uređaju, kao što su kolačići. Saglasnost možete povući u podešavanjima kolačića.",
    "My i nasi partnerzy przechowujemy informacje, takie jak pliki cookies, oraz przetwarzamy dane osobowe. Zgody można wycofać.",
)


@pytest.mark.parametrize("asked", CONSENT)
def test_a_box_that_asks_for_consent_in_place_of_the_text_is_a_wall(asked: str) -> None:
    assert page(f'<div id="sp_message_container_1"><p>{asked}</p><button>OK</button></div>').rejected_reason == "consent_wall"


def test_an_article_about_consent_beside_a_request_for_it_is_an_article() -> None:
    about = (
        "Every site asks for consent. The cookie banner, with its accept all and its hidden reject all, was meant to protect personal data"
        " and privacy. It has done the opposite, researchers say: people click on anything, and partners go on tracking them."
    )
    banner = '<div class="cookie-notice"><p>We and our partners use cookies to store personal data.</p><button>Accept all</button></div>'
    for head in ("", '<meta property="og:type" content="article">'):
        assert page(f"<article><h1>Why banners drive us mad</h1><p>{about}</p>{TEXT}</article>{banner}", head=head).rejected_reason is None


def test_a_section_with_one_long_report_at_its_top() -> None:
    lead = f"<h2><a href='/news/lead'>The ministers agreed to reopen the crossing</a></h2>{TEXT}"
    links = "".join(f"<h3><a href='/news/{topic}'>The council rebuilds the old {topic}</a></h3>" for topic in TOPICS)
    menu = "<ul><li><a href='/regional/harbour'>Harbour</a></li></ul>"
    assert page(f"<h1>Politics</h1>{lead}{links}", url="https://example.org/politics").rejected_reason == "index_page"
    assert page(f"{menu}<h1>Harbour</h1>{lead}{links}", url="https://example.org/regional/harbour").rejected_reason == "index_page"
    assert page(f"<h1>The crossing opens again</h1>{lead}{links}", url="https://example.org/politics/crossing").rejected_reason is None


def test_a_list_of_bare_links_with_their_days() -> None:
    links = "".join(
        f"<li><a href='/c/{n}'>{topic}の再建を市議会が可決した第{n}号</a><span>2025-01-14</span></li>" for n, topic in enumerate(TOPICS * 5)
    )
    assert page(f"<ul>{links}</ul>", url="https://example.org/c/politics").rejected_reason == "index_page"


def test_a_short_report_with_the_next_ones_below_it_is_an_article() -> None:
    head = '<meta property="og:type" content="article"><meta property="article:published_time" content="2025-01-14T08:00:00Z">'
    found = page(f"<h1>The crossing opens after three years</h1>{TEXT}{''.join(map(teaser, TOPICS))}", head=head)
    assert found.rejected_reason is None


def test_what_a_paywall_leaves_is_an_article_if_it_says_something() -> None:
    head = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"T","isAccessibleForFree":false}</script>'
    assert page(f"<h1>The crossing opens</h1><p>{SENTENCES[0]}</p>", head=head).rejected_reason is None
    assert page("<h1>The crossing opens</h1><p>The bridge is open.</p>", head=head).rejected_reason == "paywall"
    assert page("<h1>The crossing opens</h1><p>The bridge is open.</p>").rejected_reason == "too_short"


def test_a_login_form_beside_an_article_does_not_matter() -> None:
    form = '<form><input name="user"><input type="password" name="password"></form>'
    assert page(f"<h1>The crossing opens</h1>{TEXT}{form}").rejected_reason is None
    assert page(f"<h1>Sign in</h1>{form}<p>Please sign in to go on reading.</p>").rejected_reason == "login_page"
