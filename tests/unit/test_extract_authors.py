"""Authors: from what a page declares, how it marks a byline, and what it writes; people only, and none rather than a wrong one."""

# Names of many scripts.
# ruff: noqa: RUF001

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.extract import authors, decoding, names, parsing
from pipeline.extract.page import gather
from pipeline.extract.titles import fold
from pipeline.models import PageSource
from tests.sentences import SENTENCES, TEXT

NOW = datetime(2025, 1, 20, 12, tzinfo=UTC)
TITLE = "The crossing opens to everyone"
H1 = f"<h1>{TITLE}</h1>"


def decided(body: str, head: str = "", **known: Any) -> tuple[str, ...]:
    """Authors of a page with a title, a head and a body."""
    html = f"<html><head><title>{TITLE} | The Harbour Post</title>{head}</head><body>{body}</body></html>"
    source = PageSource(url="https://harbourpost.example/news/crossing", html=html, fetched_at=NOW, outlet_name="The Harbour Post", **known)
    return authors.decide(gather(source, html, parsing.parse_tree(decoding.clean(html)))).value


def declared(author: Any, *more: dict[str, Any], kind: str = "NewsArticle", body: str = H1 + TEXT) -> tuple[str, ...]:
    """Authors of a page whose structured data hold an article with this author, and other nodes."""
    article = {"@type": kind, "headline": TITLE, "datePublished": "2025-01-14", "author": author}
    block = json.dumps({"@context": "https://schema.org", "@graph": [article, *more]})
    return decided(body, f'<script type="application/ld+json">{block}</script>')


def person(name: Any, **more: Any) -> dict[str, Any]:
    return {"@type": "Person", "name": name, **more}


def organisation(name: str) -> dict[str, Any]:
    return {"@type": "Organization", "name": name}


# What a page declares


@pytest.mark.parametrize(
    ("author", "people"),
    [
        (person("Jane Roe"), ("Jane Roe",)),
        ([person("Jane Roe"), [person("Jörg Öztürk")]], ("Jane Roe", "Jörg Öztürk")),  # a list within a list
        (person(["Jane Roe", "John Doe"]), ("Jane Roe", "John Doe")),
        ("Jane Roe", ("Jane Roe",)),
        (["By Jane Roe", "Jane Roe"], ("Jane Roe",)),
        (person("jane.roe"), ("Jane Roe",)),  # an account
        (person("nightowl77"), ("nightowl77",)),  # a pen name
        (person("Di Wang"), ("Di Wang",)),
        (person("Jane", description="Jane Roe is a writer. She lives by the harbour."), ("Jane Roe",)),
        (person("Jane", description="Jane van Roe: bridges, boats"), ("Jane van Roe",)),
        (person("Jane", description="Jane writes about bridges."), ("Jane",)),
        (person("Jane", description="John Doe and Jane write here."), ("Jane",)),
        (organisation("The Harbour Post"), ("The Harbour Post",)),  # nobody else
        (organisation("Reuters"), ()),
        ([organisation("Harbour Post Media"), person("Jane Roe")], ("Jane Roe",)),
        (person("dpa"), ()),
        (person("Associated Press"), ()),
        (person("admin"), ()),
        (person("null"), ()),
        (person("jane@harbourpost.example"), ()),
    ],
)
def test_authors_of_structured_data(author: Any, people: tuple[str, ...]) -> None:
    assert declared(author) == people


def test_a_reference_is_what_the_node_with_its_id_says() -> None:
    writer = person("Harbour Post staff and readers", **{"@id": "#writer"})
    assert declared({"@id": "#writer", "name": "Harbour Post staff and readers"}, writer) == ("Harbour Post staff and readers",)
    publisher = {**organisation("Quayside Writers"), "@id": "#writer"}
    assert declared({"@id": "#writer", "name": "Quayside Writers"}, publisher) == ("Quayside Writers",)


def test_a_declared_collective_comes_after_people() -> None:
    assert declared(person("Quayside Editorial Team")) == ("Quayside Editorial Team",)
    assert declared(person("Quayside Editorial Team"), body=f'{H1}<p class="byline">By Jane Roe</p>{TEXT}') == ("Jane Roe",)


def test_a_readers_review_is_not_the_article() -> None:
    recipe = {
        "@type": "Recipe",
        "name": TITLE,
        "author": person("Jane Roe"),
        "review": {"@type": "Review", "author": person("Angry Reader")},
    }
    head = f'<script type="application/ld+json">{json.dumps(recipe)}</script>'
    assert decided(H1 + TEXT, head) == ("Jane Roe",)
    review = {
        "@type": "Review",
        "itemReviewed": {"@type": "Book", "name": "A Book"},
        "author": person("John Doe"),
        "datePublished": "2025-01-14",
    }
    assert decided(H1 + TEXT, f'<script type="application/ld+json">{json.dumps(review)}</script>') == ("John Doe",)


def test_a_web_page_may_be_all_that_is_described() -> None:
    nodes = [{"@type": "WebPage", "author": {"@id": "#p"}}, person("Jane Roe", **{"@id": "#p"})]
    assert decided(H1 + TEXT, f'<script type="application/ld+json">{json.dumps(nodes)}</script>') == ("Jane Roe",)


@pytest.mark.parametrize(
    ("name", "value", "people"),
    [
        ("author", "Jane Roe", ("Jane Roe",)),
        ("article:author", "https://social.example/harbourpost", ()),
        ("article:author_name", "Jane Roe, John Doe", ("Jane Roe", "John Doe")),
        ("sitesearch:author", "Jane Roe", ("Jane Roe",)),  # of any vocabulary
        ("dc.creator", "Jane Roe", ("Jane Roe",)),
        ("twitter:data1", "Jane Roe", ("Jane Roe",)),
        ("twitter:data1", "8 minutes", ()),
        ("twitter:creator", "@janeroe", ()),
        ("author", "The Harbour Post", ()),
        ("author", "null", ()),
        ("image:author", "Petra Lens", ()),
        ("author", "Verein der Hafenfreunde e.V.", ()),
    ],
)
def test_authors_of_metadata(name: str, value: str, people: tuple[str, ...]) -> None:
    assert decided(H1 + TEXT, f'<meta name="{name}" content="{value}">') == people


def test_a_site_may_bear_its_authors_name() -> None:
    site = '<meta property="og:site_name" content="Jane Roe">'
    assert decided(H1 + TEXT, f'{site}<meta name="author" content="Jane Roe">') == ("Jane Roe",)
    assert decided(f'{H1}<p class="byline">John Doe</p>{TEXT}', f'{site}<meta name="author" content="Jane Roe">') == ("John Doe",)
    assert decided(H1 + TEXT, '<meta name="author" content="The Harbour Post">') == ()


def test_a_byline_that_is_marked_and_written_goes_before_who_put_the_text_online() -> None:
    uploader = person("Max Uploader")
    assert declared(uploader, body=f'{H1}<p class="byline">By Jane Roe</p>{TEXT}') == ("Jane Roe",)
    assert declared(uploader, body=f"{H1}<p>By Jane Roe</p>{TEXT}") == ("Max Uploader",)
    assert declared(uploader, body=f'{H1}<p class="byline">Jane Roe</p>{TEXT}') == ("Max Uploader",)


def test_what_the_feed_says_counts_where_the_page_says_nothing() -> None:
    assert decided(H1 + TEXT, feed_authors=("Jane Roe", "The Harbour Post")) == ("Jane Roe",)
    assert decided(f'{H1}<p class="byline">By John Doe</p>{TEXT}', feed_authors=("Jane Roe",)) == ("John Doe",)


def test_a_byline_goes_before_the_sites_author() -> None:
    head = '<meta name="author" content="Max Webdesigner">'
    assert decided(f'{H1}<p class="byline">By Jane Roe</p>{TEXT}', head) == ("Jane Roe",)
    assert decided(f"{H1}<p>By Jane Roe</p>{TEXT}", head) == ("Jane Roe",)
    far = "<p></p>" * 90
    assert decided(f'{H1}{TEXT}{far}<a class="author" href="/author/x">Max Other</a>', head) == ("Max Webdesigner",)


# How a page marks its byline


@pytest.mark.parametrize(
    "markup",
    [
        '<div class="articleAuthorBlock">Jane Roe</div>',  # words within words
        '<span class="post-author vcard"><span class="fn">Jane Roe</span></span>',
        '<address class="p-author h-card" itemprop="author"><span itemprop="name">Jane Roe</span></address>',
        '<div class="byline"><div>Jane Roe</div><div>Assistant Sports Editor</div></div>',  # blocks stand apart
        '<div class="byline"><span>Author</span><span>Jane Roe</span></div>',
        '<div class="meta"><a href="/author/jane-roe">Jane Roe</a></div>',
        '<div itemprop="author" itemscope itemtype="https://schema.org/Person"><meta itemprop="name" content="Jane Roe"></div>',
        '<figure><img src="/x.jpg"><figcaption><span class="author">Petra Lens</span></figcaption></figure><p class="byline">Jane Roe</p>',
        '<div class="author">Von Jane Roe in Berlin</div>',
        '<div class="author">From JANE ROE in Arusha</div>',
        '<div class="author">By Jane Roe, New York</div>',
        '<div class="author">Jane Roe <span>12.01.2025, 10:30</span></div>',
        '<div class="author"><span>Jane Roe</span> <span>Stand: 12.01.2025</span></div>',
    ],
)
def test_marked_bylines(markup: str) -> None:
    assert decided(H1 + markup + TEXT) == ("Jane Roe",)


@pytest.mark.parametrize(
    ("markup", "people"),
    [
        ('<h4 class="vcard author">vom <span class="fn">Hafenschreiber</span></h4>', ("Hafenschreiber",)),
        ('<span class="author vcard fn">oz</span>', ("oz",)),
        ('<span class="author"><a href="/user,profile,30,lars.html">Lars</a></span>', ("Lars",)),
        ('<div class="submitted">Posted by <span class="username">night_owl</span></div>', ("night_owl",)),
        ('<p class="author"><a class="username" href="/memberlist.php?u=5">r23</a></p>', ("r23",)),
        ('<a href="/user/register">Registrieren</a>', ()),
        ('<span class="author">Redaktion</span>', ()),
        ('<span class="author">Reuters</span>', ()),
        ('<span class="author">The Harbour Post</span>', ()),
        ('<span class="author">Foto: Kari Nordmann</span>', ()),
        ('<div itemprop="author" itemscope itemtype="https://schema.org/Organization"><span itemprop="name">Quay Writers</span></div>', ()),
        ('<a href="/people/real-life">Real Life</a>', ()),
    ],
)
def test_pen_names_and_none(markup: str, people: tuple[str, ...]) -> None:
    assert decided(H1 + markup + TEXT) == people


def test_a_box_around_the_headline_is_no_box() -> None:
    assert decided(f'<aside class="widget">{H1}<p class="byline">By Jane Roe</p>{TEXT}</aside>') == ("Jane Roe",)
    assert decided(f'<div class="has-comments">{H1}<span class="author">Jane Roe</span>{TEXT}</div>') == ("Jane Roe",)


def test_what_stands_near_the_headline_goes_before_the_rest() -> None:
    teaser = '<div class="story"><a rel="author" href="/author/x">Max Other</a></div>'
    assert decided(f'{teaser}<p>Text of the other story.</p>{"<p></p>" * 120}<div>{H1}<p class="byline">By Jane Roe</p>{TEXT}</div>') == (
        "Jane Roe",
    )


def test_far_bylines_count_only_where_they_agree() -> None:
    far = "<p></p>" * 90
    box = '<div class="author-name">{}</div>'
    assert decided(H1 + TEXT + far + box.format("Jane Roe")) == ("Jane Roe",)
    assert decided(H1 + TEXT + far + box.format("Jane Roe") + f"<div>{SENTENCES[0] * 3}</div>" + box.format("John Doe")) == ()


def test_where_an_author_is_declared_only_plain_bylines_count_far_away() -> None:
    far = "<p></p>" * 90
    desk = person("Redaktion Nord")
    assert declared(desk, body=f'{H1}{TEXT}{far}<div class="author">Jane Roe</div>') == ("Redaktion Nord",)
    assert declared(desk, body=f'{H1}{TEXT}{far}<div class="author">By Jane Roe</div>') == ("Jane Roe",)
    assert declared(desk, body=f'{H1}{TEXT}{far}<a rel="author" href="/j">Jane Roe</a>') == ("Jane Roe",)


@pytest.mark.parametrize("name", ["The Harbour Post", "HarbourPost"])
def test_an_outlets_account_is_no_author_where_a_person_is_named(name: str) -> None:
    far = "<p></p>" * 90
    assert declared(person(name), body=f'{H1}{TEXT}{far}<div class="author">Jane Roe | 3 hours ago</div>') == ("Jane Roe",)
    assert declared(person(name)) == (name,)


def test_a_box_far_away_counts_only_by_relation() -> None:
    far = "<p></p>" * 90
    assert decided(f'{H1}{TEXT}{far}<aside><a rel="author" href="/author/j">Jane Roe</a></aside>') == ("Jane Roe",)
    assert decided(f'{H1}{TEXT}{far}<aside><span class="author">Jane Roe</span></aside>') == ()


def test_the_headline_is_what_the_title_repeats() -> None:
    widgets = "".join(f"<h1>{name}</h1><p>Von Wiener Platz</p>" for name in ("Latest comments", "Categories"))
    assert decided(f'{widgets}{"<p></p>" * 120}<main>{H1}<p class="byline">By Jane Roe</p>{TEXT}</main>') == ("Jane Roe",)


def test_a_page_without_a_headline_is_read_all_over() -> None:
    assert decided(f'<div><span class="itemPoster">Geschrieben von <a href="/userinfo.php?uid=6">Cooper</a></span>{TEXT}</div>') == (
        "Cooper",
    )


# What a page writes


@pytest.mark.parametrize(
    ("markup", "people"),
    [
        ("<div>By <a href='/jane-roe'>Jane Roe</a> and <a href='/john-doe'>John Doe</a></div>", ("Jane Roe", "John Doe")),
        ("<div><span>Von</span> <span>Jane Roe</span></div>", ("Jane Roe",)),
        ("<p>Autor: <a href='/x'>Jane Roe</a></p>", ("Jane Roe",)),
        ("<p><strong>Autor:</strong> <a href='/x'>Jane Roe</a></p>", ("Jane Roe",)),
        ("<p>Written by: <a href='https://other.example/x'>Jane Roe</a></p>", ("Jane Roe",)),
        ("<p>Posted in Travel by janeroe on August 3, 2019</p>", ("janeroe",)),
        ("<h2>Stars <span>06.11.2023 13:30 von Olga</span></h2>", ("Olga",)),
        ("<span>12 May 2024 by Jane Roe</span>", ("Jane Roe",)),
        ("<p>Posted by Konstantin @ 12:00 am</p>", ("Konstantin",)),
        ("<div>by oz on December 4, 2006</div>", ("oz",)),
        ("<p>Av Ola Nordmann</p>", ("Ola Nordmann",)),
        ("<p>Oleh Budi Santoso</p>", ("Budi Santoso",)),
        ("<p>Автор: Мария Соколова</p>", ("Мария Соколова",)),
        ("<p>记者：张三</p>", ("张三",)),
        ("<p>بقلم: أحمد علي</p>", ("أحمد علي",)),
        ("<p>Von Rechtsanwältin Jane Roe</p>", ("Jane Roe",)),
        ("<p>By NEWSROOM Staff</p>", ("NEWSROOM Staff",)),
        (
            "<p>By HPN, in <a href='/news'>News</a>, <a href='/business-and-money'>Business and money</a>, <a href='/t'>Tourism</a> · 31 Jan 2025, 20:02</p>",
            ("HPN",),
        ),
        (
            "<p>By Jane Roe, in <a href='/news'>News</a>, <a href='/business-and-money'>Business and money</a>, <a href='/t'>Tourism</a> · 31 Jan 2025</p>",
            ("Jane Roe",),
        ),
        (
            "<p>By Tuesday, <a href='/council'>the council</a> will have decided whether the ferry goes on, and who pays for the two new boats.</p>",
            (),
        ),
        ("<p>By AFP</p>", ()),
        ("<p>By Reuters</p>", ()),
        ("<div class='signup'><a href='/member/reg_top/'>新規登録</a></div>", ()),
        ("<p>Von Januar an fahren die Schiffe öfter als bisher.</p>", ()),
        ("<p>Photo by Jane Roe on Unsplash</p>", ()),
        ("<p>By Jane Roe on Unsplash</p>", ()),
        ("<p>Veröffentlicht am 19. Dezember 2022</p>", ()),
        ("<p>Article history</p>", ()),
        (f"<p>{SENTENCES[0]} It was built in four years by <a href='/acme'>Acme Works</a> and others.</p>", ()),
    ],
)
def test_written_bylines(markup: str, people: tuple[str, ...]) -> None:
    assert decided(H1 + markup + TEXT) == people


def test_a_line_that_is_a_byline_counts_anywhere_if_it_is_the_only_one() -> None:
    far = "<p></p>" * 90
    assert decided(f"{H1}{TEXT}{far}<h5><em>Von Jane Roe</em></h5>") == ("Jane Roe",)
    assert decided(f"{H1}{TEXT}{far}<p>Von Jane Roe</p><p>Von John Doe</p>") == ()
    assert decided(f"{H1}{TEXT}{far}<aside><p>Von Jane Roe</p></aside>") == ()


def test_labels_count_anywhere() -> None:
    assert decided(f"{H1}{TEXT}{'<p></p>' * 90}<ul><li>Autor: Jane Roe</li></ul>") == ("Jane Roe",)
    assert decided(f"{H1}{TEXT}{'<p></p>' * 90}<ul><li><b>Autor:</b> Jane Roe</li></ul>") == ("Jane Roe",)
    assert decided(f"{H1}{TEXT}{'<p></p>' * 90}<ul><li>Autor</li> <li>Neueste Aktivitäten</li></ul>") == ()


@pytest.mark.parametrize(
    ("paragraphs", "people"),
    [
        ("<p><strong>Jane Roe</strong></p>{text}", ("Jane Roe",)),
        ("<p><strong>Jane Roe/John Doe</strong></p>{text}", ("Jane Roe", "John Doe")),
        ("{text}<p><b><i>Jane Roe</i></b></p>", ("Jane Roe",)),
        ("{text}<p><b>Jane Roe</b></p>{text}", ()),  # a subheading
        ("<p>Jane Roe</p>{text}", ()),
        ("<p><strong>Jane Roe</strong> opens the crossing</p>{text}", ()),
        ("{text}<p><b>Weitere Informationen</b></p>", ()),
    ],
)
def test_signatures(paragraphs: str, people: tuple[str, ...]) -> None:
    text = "".join(f"<p>{sentence * 3}</p>" for sentence in SENTENCES[:3])
    assert decided(f"{H1}<div>{paragraphs.format(text=text)}</div>") == people


# What can be a name


@pytest.mark.parametrize(
    "name",
    [
        "Ani Avetisyan", "Efe Ajagba", "Ria Novak", "Prof. Max Müller", "Dr. Tim Loppe", "Perry Bacon Jr.", "J. I. da Silva", "D'Angelo Russell",
        "María José de la Cruz", "Kazım Türkmen", "Nguyễn Thị Hồng", "Γιώργος Παπαδόπουλος", "प्रशांत झा", "สมชาย ใจดี", "김철수", "山田太郎",
        "マーク・トウェイン", "أحمد علي", "דוד כהן", "Maria De Sa",
    ],
)  # fmt: skip
def test_names_of_people(name: str) -> None:
    assert names.names_in(name) == [name]
    assert names.names_in(name, declared=True) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "ANI", "RIA", "中日新聞Web", "読売新聞オンライン", "新华社通讯员队伍在北京的报道", "연합뉴스", "Attac e.V.", "Bayerische Landesanstalt", "Digitalagentur Nord",
        "El Colombiano", "Forgot Password", "Copy Link", "Weitere Informationen", "Bild: S. Lafrentz", "Источник: Фонд Мира", "Eingestellt von",
        "PUMPEN SA", "Harbour Boats plc", "Nave Grande S.p.A.", "Rohr SE",
    ],
)  # fmt: skip
def test_no_names_of_people(text: str) -> None:
    assert names.names_in(text) == []


def test_an_office_of_the_outlet_is_no_person() -> None:
    assert names.names_in("Jane Roe, HBR NORTHSIDE", sites={fold("HBR")}) == ["Jane Roe"]


def test_many_bylines_cost_little() -> None:
    teasers = "".join(
        f'<div class="author-box"><a class="author" href="/author/p{number}">Person Number</a></div>' for number in range(4000)
    )
    html = f"<html><head><title>{TITLE}</title></head><body>{H1}{TEXT}{teasers}</body></html>"
    page = gather(PageSource(url="https://harbourpost.example/x", html=html, fetched_at=NOW), html, parsing.parse_tree(html))
    started = time.process_time()
    authors.decide(page)
    assert time.process_time() - started < 1
