"""The title of a page: which of its headings and titles it is, and what is left out of it."""

# The titles hold letters and marks of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pipeline.extract import titles
from pipeline.extract.page import gather
from pipeline.extract.parsing import parse_tree
from pipeline.extract.topics import labelled
from pipeline.models import PageSource

HEADLINE = "River towns rebuild their bridges"


def title_of(
    body: str, *, title: str = "", og: str = "", ld: str = "", twitter: str = "", site: str = "", feed: str = "", url: str = ""
) -> str:
    """The title of a page with this body and these titles."""
    metas = (("og:title", og), ("twitter:title", twitter), ("og:site_name", site))
    head = "".join(f'<meta property="{name}" content="{text}">' for name, text in metas if text)
    if ld:
        block = json.dumps({"@type": "NewsArticle", "headline": ld, "datePublished": "2025-01-14"})
        head += f'<script type="application/ld+json">{block}</script>'
    html = f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    source = PageSource(
        url=url or "https://www.harbourpost.example/a", html=html, fetched_at=datetime(2025, 1, 20, tzinfo=UTC), feed_title=feed or None
    )
    return titles.decide(gather(source, html, parse_tree(html))).value


def test_h1_is_believed_against_a_title_for_sharing() -> None:
    shared = "Why bridges come back to the river towns"
    assert title_of(f"<h1>{HEADLINE}</h1>", title=f"{shared} | Harbour Post", og=shared) == HEADLINE


def test_two_others_that_agree_are_believed_against_h1() -> None:
    assert title_of("<h1>Bridges of the river towns rebuilt</h1>", title=f"{HEADLINE} - Post", og=HEADLINE, ld=HEADLINE) == HEADLINE


@pytest.mark.parametrize("before", ["<h1>Navigation and service</h1>", "<h1>Top subject</h1><h1>More subjects</h1>", ""])
def test_of_several_h1_the_one_that_the_titles_know(before: str) -> None:
    assert title_of(f'{before}<h1 id="x">{HEADLINE}</h1><h1 class="title">Comments</h1>', title=f"{HEADLINE} | Harbour Post") == HEADLINE


def test_several_h1_that_no_title_knows_are_not_believed() -> None:
    assert title_of("<h1>Menu</h1><h1>Search</h1>", title=HEADLINE, og=HEADLINE) == HEADLINE


def test_h1_far_down_a_page_of_teasers() -> None:
    teasers = "".join(f"<h1>Teaser of another article, number {number}</h1>" for number in range(20))
    assert title_of(f"{teasers}<h1>{HEADLINE}</h1>", title=f"{HEADLINE} | Harbour Post") == HEADLINE


def test_h1_with_the_outlets_name_is_no_headline() -> None:
    assert title_of("<h1>The Harbour Post</h1>", title=f"{HEADLINE} -- Post", og=HEADLINE, url="https://harbourpost.example/a") == HEADLINE


@pytest.mark.parametrize("tag", ["h2", "h3"])
def test_without_h1_the_heading_that_the_titles_know(tag: str) -> None:
    body = f"<h2>Most read of the week</h2><{tag}>{HEADLINE}</{tag}><h3>2 replies to {HEADLINE}</h3>"
    assert title_of(body, title=f"{HEADLINE} | Notes from the quay and beyond") == HEADLINE


def test_without_a_heading_that_the_titles_know_they_decide() -> None:
    assert title_of("<h2>Most read</h2>", title=HEADLINE) == HEADLINE


def test_a_heading_that_the_page_shares_is_its_headline_beside_an_h1_for_search_engines() -> None:
    searched = "Bridges rebuilt: river towns, dates, map"
    body = f"<hgroup><h1>{searched}</h1><h2>{HEADLINE}</h2></hgroup>"
    assert title_of(body, title=f"{searched} | Post", og=searched, ld=HEADLINE) == HEADLINE
    assert title_of(body, title=f"{searched} | Post", og=searched, ld=searched) == searched


def test_a_kicker_before_the_heading_is_not_in_the_title() -> None:
    shared = f"Floods in the north: {HEADLINE}"
    assert title_of(f"<h1>{HEADLINE}</h1>", title=f"{shared} | Post", og=shared) == HEADLINE


def test_a_kicker_in_a_heading_goes_if_the_titles_lack_it() -> None:
    assert title_of(f"<h1><em>Floods</em> {HEADLINE}</h1>", title=f"{HEADLINE} | Post", og=HEADLINE) == HEADLINE
    whole = f"Floods: {HEADLINE}"
    assert title_of(f"<h1>{whole}</h1>", title=whole, og=HEADLINE) == whole


def test_the_end_of_a_word_is_no_headline_without_kicker() -> None:
    assert title_of("<h1>Chorgeschichte</h1>", title="Geschichte - Knabenchor") == "Chorgeschichte"


@pytest.mark.parametrize(
    "markup",
    [
        '<span class="article__overline">Floods</span><span aria-hidden="true"> - </span><span class="text">{}</span>',
        '<span class="toptitle">Floods</span>{}',
        '<span class="post-title"><small>Floods</small><br>{}</span>',
        "{}<br><small>14.01.2025 • World</small>",
        "{} <time>14.01.2025</time>",
        '{} <span class="editsection">[edit]</span>',
        '<span class="badge badge--plus">Plus</span> {}',
        "<svg><title>Icon</title></svg>{}",
        ": {}",
        "{} |",
    ],
)
def test_what_stands_beside_the_words_of_a_heading(markup: str) -> None:
    assert title_of(f"<h1>{markup.format(HEADLINE)}</h1>", title="Bridges: river towns rebuild") == HEADLINE


def test_a_subtitle_in_a_heading_stays() -> None:
    whole = f"{HEADLINE} A winter without ferries is over"
    body = f'<h1>{HEADLINE} <span class="subline">A winter without ferries is over</span></h1>'
    assert title_of(body, title=f"{HEADLINE} | Post", og=HEADLINE) == whole


def test_words_that_only_the_markup_parts() -> None:
    spelt = f"Floods / {HEADLINE}"
    assert title_of(f"<h1><span>Floods</span>{HEADLINE}</h1>", title=spelt, og=spelt) == spelt


@pytest.mark.parametrize("short", ["River towns rebuild their…", "River towns rebuild th", "River towns rebuild their"])
def test_titles_that_are_cut_off(short: str) -> None:
    whole = 'River towns rebuild their "bridges of sighs"'
    assert title_of("", title=whole.replace('"', "&quot;"), og=short, ld=short) == whole


def test_a_heading_whose_second_half_is_another_element() -> None:
    whole = f"After the flood of January: {HEADLINE}"
    assert title_of(f"<h1>After the flood of January:</h1><p>{HEADLINE}</p>", title=whole, og=whole) == whole


@pytest.mark.parametrize(
    ("title", "left"),
    [
        (f"{HEADLINE} | World | The Harbour Post - News from the quay", f"{HEADLINE} | World"),
        (f"{HEADLINE} | The Harbour Post | 14.01.2025", HEADLINE),
        (f"The Harbour Post » {HEADLINE}", HEADLINE),
        (f"{HEADLINE} - Northern Harbour News Network", HEADLINE),
        (f"{HEADLINE} - Quay - Notes", HEADLINE),
        (f"{HEADLINE} — Harbour-Post e. V.", HEADLINE),
        ("港の町が橋を再建：港新聞Web", "港の町が橋を再建"),
        ("港の町が橋を再建_港新聞", "港の町が橋を再建"),
        ("Ex-Post: a post-war story - and its end", "Ex-Post: a post-war story - and its end"),
    ],
)
def test_the_outlets_name_goes_with_what_follows_it(title: str, left: str) -> None:
    assert (
        titles.without_site(title, set(map(titles.fold, ["Harbour Post", "harbourpost.example", "nhnn", "Quay - Notes", "港新聞"]))) == left
    )


@pytest.mark.parametrize(
    ("title", "left"),
    [
        ("LIVE: Storm Anna – trains are cancelled", "Storm Anna – trains are cancelled"),
        ("Exclusive | Council leader hid the report", "Council leader hid the report"),
        ("WATCH: Divers inspect the pier", "Divers inspect the pier"),
        ("Breaking News - Bridge to reopen", "Bridge to reopen"),
        ("[Update] Bridge to reopen", "Bridge to reopen"),
        ("Bridge to reopen [UPDATED]", "Bridge to reopen"),
        ("Opinion: The bridge should stay", "The bridge should stay"),
        ("【速報】県内の橋、月末までに再開へ", "県内の橋、月末までに再開へ"),
        ("Watch out: the cost of living in the north", "Watch out: the cost of living in the north"),
        ("Live and let die: the last days of a port", "Live and let die: the last days of a port"),
        ("Ukraine war: What the line means", "Ukraine war: What the line means"),
        ("Live – the new album of the Quays", "Live – the new album of the Quays"),
        ("Opinion: Why?", "Opinion: Why?"),
    ],
)
def test_labels_before_and_after_a_headline(title: str, left: str) -> None:
    assert title_of(f"<h1>{title}</h1>", title=f"{title} | Harbour Post", og=title) == left


@pytest.mark.parametrize(
    ("site", "title"),
    [
        ("Time", "Time to go – why the coach must resign"),
        ("The Post", "Sub-postmasters – victims of the Post"),
        ("Standard", "Standard of living - a quiet collapse"),
    ],
)
def test_a_headline_may_hold_a_word_that_is_the_outlets_name(site: str, title: str) -> None:
    assert title_of(f"<h1>{title}</h1>", title=f"{title} | {site}", og=title, site=site) == title


def test_an_edition_of_the_outlet_goes_though_a_heading_names_it() -> None:
    body = f"<h1>Quay News</h1><h1>{HEADLINE}</h1>"
    assert title_of(body, title=f"{HEADLINE} - Quay News", og=f"{HEADLINE} - Quay News", site="Quay") == HEADLINE


def test_entities_and_characters_that_were_encoded_twice() -> None:
    assert title_of("<h1>Fish &amp;amp; ships</h1>", title="x") == "Fish & ships"
    assert title_of("<h1>BrÃ¼cken im MÃ¤rz</h1>", title="x") == "Brücken im März"
    assert title_of("<h1>São Tomé – Brücken</h1>", title="x") == "São Tomé – Brücken"


def test_the_feeds_title_counts() -> None:
    assert title_of("", title="Harbour Post", feed=HEADLINE) == HEADLINE


def test_labels_of_topics() -> None:
    html = "<p><b>Region:</b> <a href='/e'>Europe</a>, <a href='/u'>USA</a></p><p>Tags: <a href='/f'>Floods</a></p><p>By <a href='/m'>Kell</a></p>"
    source = PageSource(url="https://harbourpost.example/a", html=html, fetched_at=datetime(2025, 1, 20, tzinfo=UTC))
    found = dict(labelled(gather(source, html, parse_tree(html))))
    assert found == {"Region: Europe, USA": ["Europe", "USA"], "Tags: Floods": ["Floods"]}


@pytest.mark.parametrize(
    "label",
    ["Lire aussi :", "Read also:", "Mehr dazu:", "Te puede interesar:", "Leggi anche:", "Читайте также:", "Lue myös:", "Xem thêm:",
     "اقرأ أيضًا:", "यह भी पढ़ें:", "関連記事：", "관련기사:", "Sur le même sujet :", "Background:"],
)  # fmt: skip
def test_a_line_that_leads_to_another_article_names_no_topic(label: str) -> None:
    html = f"<p>{label} <a href='/a/9'>Ferry fined</a></p>"
    source = PageSource(url="https://harbourpost.example/a", html=html, fetched_at=datetime(2025, 1, 20, tzinfo=UTC))
    assert dict(labelled(gather(source, html, parse_tree(html)))) == {f"{label} Ferry fined": []}


@pytest.mark.parametrize("label", ["标签：", "タグ：", "الوسوم:", "Theme:", "More on:", "Related topics:", "Mehr zum Thema:"])
def test_labels_of_topics_in_many_languages(label: str) -> None:
    html = f"<p><b>{label}</b> <a href='/t/1'>Floods</a>, <a href='/t/2'>Maria Holt</a></p>"
    source = PageSource(url="https://harbourpost.example/a", html=html, fetched_at=datetime(2025, 1, 20, tzinfo=UTC))
    assert list(dict(labelled(gather(source, html, parse_tree(html)))).values()) == [["Floods", "Maria Holt"]]
