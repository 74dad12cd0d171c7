"""What kind of article a page holds, its picture, whether it is for subscribers, and how sure each value is."""

# Letters of many languages.

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pipeline.extract.extraction import extract
from pipeline.models import Extraction, PageSource
from tests.sentences import SENTENCES, TEXT

NOW = datetime(2025, 1, 20, 12, tzinfo=UTC)
HEADLINE = "The crossing opens after three years"


def page(
    *, url: str = "https://example.org/news/crossing", head: str = "", title: str = HEADLINE, text: str = TEXT, **known: object
) -> Extraction:
    html = f"<html><head><title>{title} | Example</title>{head}</head><body><article><h1>{title}</h1>{text}</article></body></html>"
    return extract(PageSource(url=url, html=html, fetched_at=NOW, outlet_name="Example", **known))  # type: ignore[arg-type]


def data(**fields: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"headline": HEADLINE, **fields})}</script>'


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (data(**{"@type": "NewsArticle"}), "article"),
        (data(**{"@type": "OpinionNewsArticle"}), "opinion"),
        (data(**{"@type": ["NewsArticle", "ReviewNewsArticle"]}), "review"),
        (data(**{"@type": "LiveBlogPosting"}), "live_blog"),
        (data(**{"@type": "AdvertiserContentArticle"}), "sponsored"),
        (data(**{"@type": "NewsArticle", "articleSection": ["Politik", "Kommentare"]}), "opinion"),
        ('<meta property="article:opinion" content="true">', "opinion"),
        ('<meta property="article:section" content="Tribunes">', "opinion"),
        ('<meta property="article:section" content="Мнения">', "opinion"),
        ('<meta property="article:section" content="社説">', "opinion"),
        ('<meta name="article_type" content="interview">', "interview"),
        ('<meta property="article:section" content="World">', "article"),
    ],
)
def test_types_and_sections_tell_the_kind(head: str, kind: str) -> None:
    assert page(head=head).kind == kind


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://example.org/opinion/the-crossing", "opinion"),
        ("https://example.org/de/meinung/2025/bruecke.html", "opinion"),
        ("https://example.org/%D0%BC%D0%BD%D0%B5%D0%BD%D0%B8%D1%8F/most", "opinion"),
        ("https://example.org/presse/pressemitteilungen/2025-01.html", "press_release"),
        ("https://example.org/world/live/crossing-live-updates-01", "live_blog"),
        ("https://example.org/deportes/donde-ver-en-vivo-el-partido", "article"),
        ("https://example.org/news/public-opinion-of-the-crossing", "article"),
        ("https://example.org/news/opinion", "article"),
    ],
)
def test_the_address_tells_the_kind(url: str, kind: str) -> None:
    assert page(url=url).kind == kind


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Opinion: The crossing opens", "opinion"),
        ("Kommentar: Die Brücke ist offen", "opinion"),
        ("Interview | „Wir haben lange gewartet“", "interview"),
        ("The crossing opens | Opinion", "opinion"),
        ("Public opinion: what the crossing means", "article"),
    ],
)
def test_the_label_of_the_title_tells_the_kind(title: str, kind: str) -> None:
    assert page(title=title).kind == kind


def test_a_press_wire_s_dateline_makes_a_press_release() -> None:
    assert page(text=f"<p>HARBOUR CITY, Jan. 14, 2025 /PRNewswire/ -- {SENTENCES[0]}</p>{TEXT}").kind == "press_release"
    assert page(text=f"<p>HARBOUR CITY, Jan. 14 (Reuters) - {SENTENCES[0]}</p>{TEXT}").kind == "article"


def test_a_video_page_with_a_long_text_is_read() -> None:
    address = "https://example.org/videos/crossing"
    assert page(url=address).kind == "video"
    assert page(url=address, text=TEXT * 4).kind == "article"


def test_a_video_inside_an_article_does_not_make_it_one() -> None:
    embedded = '<script type="application/ld+json">{"@type": "VideoObject", "name": "The bridge from above"}</script>'
    assert page(head=data(**{"@type": "NewsArticle"}) + embedded).kind == "article"


def test_what_the_feed_says_is_evidence() -> None:
    found = page(feed_topics=("Editorials", "Harbour"))
    assert found.kind == "opinion"
    assert found.topics == ("Editorials", "Harbour")
    assert {candidate.source for candidate in found.candidates["topics"]} == {"feed"}


def test_the_feed_s_summary_stands_beside_the_bodies_and_is_none() -> None:
    found = page(feed_summary="A summary that the page does not have.")
    assert [(one.value, one.source) for one in found.candidates["body"]][-1] == ("A summary that the page does not have.", "feed")
    assert "summary" not in found.body


def test_a_page_that_lists_is_an_index_page() -> None:
    teasers = "".join(f'<div><h3><a href="/n/{n}">The council has agreed to rebuild hall {n}</a></h3></div>' for n in range(40))
    found = page(url="https://example.org/", text=teasers)
    assert (found.rejected_reason, found.kind) == ("index_page", "index_page")


@pytest.mark.parametrize(
    ("head", "image"),
    [
        ('<meta property="og:image" content="/media/bridge.jpg">', "https://example.org/media/bridge.jpg"),
        (
            data(**{"@type": "NewsArticle", "image": {"@type": "ImageObject", "url": "https://cdn.example/b.webp"}}),
            "https://cdn.example/b.webp",
        ),
        (
            '<meta property="og:image" content="https://example.org/img/logo.png"><meta name="twitter:image" content="https://example.org/b.jpg">',
            "https://example.org/b.jpg",
        ),
        ('<meta property="og:image" content="https://example.org/img/default-share.png">', None),
        (
            '<meta property="og:image" content="https://logo.example/pictures/logotherapy.jpg">',
            "https://logo.example/pictures/logotherapy.jpg",
        ),
        ('<meta property="og:image" content="data:image/gif;base64,R0lGOD">', None),
        (
            '<meta property="og:image" content="/sites/default/files/2025-01/pier.jpg">',
            "https://example.org/sites/default/files/2025-01/pier.jpg",
        ),
        (
            '<meta property="og:image" content="/2025/firm-changes-its-logo-after-outcry.jpg">',
            "https://example.org/2025/firm-changes-its-logo-after-outcry.jpg",
        ),
        ('<meta property="og:image" content="/m/pixel-9-test.jpg">', "https://example.org/m/pixel-9-test.jpg"),
        ('<meta property="og:image" content="/avatars/roe.jpg">', None),
        ('<meta property="og:image" content="//cdn.example.org/a b.jpg">', "https://cdn.example.org/a%20b.jpg"),
        ("", None),
    ],
)
def test_the_picture_is_what_the_page_gives_for_sharing(head: str, image: str | None) -> None:
    assert page(head=head).image == image


@pytest.mark.parametrize(
    ("head", "paywalled"),
    [
        (data(**{"@type": "NewsArticle", "isAccessibleForFree": False}), True),
        (data(**{"@type": "NewsArticle", "isAccessibleForFree": "True"}), False),
        ('<meta property="article:content_tier" content="locked">', True),
        ('<meta property="article:content_tier" content="free">', False),
        ("", False),
    ],
)
def test_a_text_for_subscribers_is_flagged(head: str, paywalled: bool) -> None:
    assert page(head=head).paywalled is paywalled


def test_a_press_release_below_the_name_of_its_sender() -> None:
    assert page(text=f"<p>Polizei Nordhafen</p><p>Nordhafen (ots)</p>{TEXT}").kind == "press_release"


def test_what_systems_write_for_want_of_a_topic_is_none() -> None:
    found = page(head=data(**{"@type": "NewsArticle", "keywords": '["bridge","harbour"]', "articleSection": "Uncategorized"}))
    assert found.topics == ("bridge", "harbour")


def test_candidates_are_scored_best_first() -> None:
    found = page(head='<meta property="og:title" content="Crossing opens">', feed_published_at=datetime(2025, 1, 14, tzinfo=UTC))
    for field, candidates in found.candidates.items():
        scores = [candidate.score for candidate in candidates]
        assert scores == sorted(scores, reverse=True), field
        assert all(score > 0 for score in scores), field
    assert found.candidates["title"][0].value == found.title
