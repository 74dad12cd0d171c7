"""Odd pages give a reason, and fields resist furniture."""

# Letters and marks of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from pipeline.errors import PageError
from pipeline.extract import furniture, names, notices, parsing, signatures, structured, titles
from pipeline.extract.extraction import extract
from pipeline.extract.page import gather
from pipeline.models import Extraction, PageSource
from tests.sentences import SENTENCES, TEXT

NOW = datetime(2025, 1, 20, 12, tzinfo=UTC)


def page(html: bytes | str, url: str = "https://example.org/news/story", **known: object) -> Extraction:
    return extract(PageSource(url=url, html=html, fetched_at=NOW, **known))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("html", "content_type", "reason"),
    [
        (b"", "", "empty_page"),
        (" \n\t", "", "empty_page"),
        (b"%PDF-1.7 \x00\x01", "text/html", "not_html"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "", "not_html"),
        (bytes(range(256)) * 20, "text/html", "not_html"),
        (b'{"a": "<b>"}', "application/json", "not_html"),
        (b"hello, world", "text/html", "not_html"),
        (b"<?xml version='1.0'?>\n<rss version='2.0'><channel><title>x</title></channel></rss>", "text/html", "not_html"),
        (b"<html><body></body></html>", "text/html", "no_body"),
        (f"<html><body><h1>T</h1><p>{SENTENCES[0]}</p></body></html>", "", "too_short"),
        ("<html>" + "<p>a</p>" * 100_001, "", "too_large"),
    ],
)
def test_reasons(html: bytes | str, content_type: str, reason: str) -> None:
    found = page(html, content_type=content_type)
    assert found.rejected_reason == reason
    assert not found.is_article


def test_size_is_checked_before_anything_is_read() -> None:
    source = PageSource(url="https://example.org/a", html="<p>" + "ä" * 600, fetched_at=NOW)
    assert extract(source, max_bytes=1_000).rejected_reason == "too_large"
    assert extract(source, max_bytes=2_000).rejected_reason != "too_large"


def test_html_is_believed_against_its_content_type() -> None:
    assert page(f"<html><body><h1>T</h1>{TEXT}</body></html>".encode(), content_type="application/octet-stream").is_article


@pytest.mark.parametrize("tag", ["div", "span", "blockquote", "font"])
@pytest.mark.parametrize("depth", [250, 3_000, 100_000])
def test_deep_nesting_loses_no_text_and_no_time(tag: str, depth: int) -> None:
    start = time.process_time()
    found = page(
        f"<html><body><h1>T</h1>{f'<{tag}>' * depth}{TEXT}{f'</{tag}>' * depth}<p>The end came late in the night.</p></body></html>"
    )
    assert all(sentence in found.body for sentence in SENTENCES)
    assert time.process_time() - start < 8


def test_elements_that_cannot_be_left_out_are_an_error_when_nested_too_deeply() -> None:
    with pytest.raises(PageError, match="nested too deeply"):
        page("<html><body>" + "<h1>" * 5_000 + TEXT)


@pytest.mark.parametrize(
    ("text", "encoding", "declared"),
    [
        ("Żółta łódź płynęła przez rzekę, a dzieci śpiewały pieśni o wiośnie i słońcu.", "iso8859-2", "iso-8859-2"),
        ("Археологи обнаружили на дне озера остатки города, которому две тысячи лет.", "koi8-r", ""),
        ("Археологи обнаружили на дне озера остатки города, которому две тысячи лет.", "cp1251", "utf-8"),
        ("部长们周二同意在经过一周的会谈后重新开放边境口岸", "gb18030", "gb2312"),
        ("部長は火曜日に国境を再開することで合意した。一週間の協議の後のことである。", "shift_jis", ""),
        ("部長は火曜日に国境を再開することで合意した。", "iso2022_jp", "iso-2022-jp"),
        ("Größe und Wärme", "utf-8", "iso-8859-1"),
        ("Größe und Wärme", "utf-16", ""),
        ("“Quotes” and dashes – all of them", "cp1252", "iso-8859-1"),
    ],
)
def test_charsets(text: str, encoding: str, declared: str) -> None:
    meta = f'<meta charset="{declared}">' if declared else ""
    found = page(f"<html><head>{meta}<title>{text}</title></head><body><p>{text}</p><p>{text}</p></body></html>".encode(encoding))
    assert found.title == text


def test_the_server_default_yields_to_the_page() -> None:
    html = '<html><head><meta charset="windows-1251"><title>Древний город</title></head><body></body></html>'
    assert page(html.encode("cp1251"), content_type="text/html; charset=ISO-8859-1").title == "Древний город"


def test_lone_surrogates_and_controls_are_cleaned() -> None:
    found = page(
        f"<html><head><title>A\ud800B\x00C\x08 &#1;D</title></head><body>{TEXT}<p>A &#xB; sign &#31; and &#xFFFE; another \ufffe of them, in a sentence that is long enough.</p></body></html>"
    )
    assert found.title == "A\ufffdBC D"
    assert "A sign and another of them" in found.body
    found.title.encode()


@pytest.mark.parametrize(
    ("block", "headline"),
    [
        ('{"@type": "NewsArticle", "headline": "One", "datePublished": "2025-01-02",}', "One"),
        ('<!-- {"@type": "NewsArticle", "headline": "One\ntwo"} -->', "One two"),
        ('[[{"@graph": [{"@type": ["Thing", "NewsArticle"], "headline": "One"}]}]]', "One"),
        ('{"@type": "http://schema.org/NewsArticle", "headline": {"@value": "One"}};', "One"),
        ('{"@type": "NewsArticle", "headline": "One", "description": "an "unquoted" word"}', "One"),
        ('{"@type": "NewsArticle", "headline": "One"} {"@type": "WebPage"}', "One"),
        ('{"@type": "Event", "headline": "One"}', ""),
        ("[" * 100_000, ""),
        ("{", ""),
    ],
)
def test_structured_data_as_sites_write_it(block: str, headline: str) -> None:
    article = structured.read([block], headline="").article or {}
    assert structured.first_text(article.get("headline")) == headline


def test_the_pages_own_article_among_several() -> None:
    blocks = ['[{"@type": "NewsArticle", "headline": "Other"}, {"@type": "NewsArticle", "headline": "Own"}]']
    assert (structured.read(blocks, headline="own").article or {})["headline"] == "Own"


@pytest.mark.parametrize(
    ("title", "left"),
    [
        ("Bridges reopen | The Harbour Post", "Bridges reopen"),
        ("Harbour Post – Bridges reopen", "Bridges reopen"),
        ("Bridges reopen - World - The Harbour Post", "Bridges reopen - World"),
        ("Bridges reopen | Harbour Post News", "Bridges reopen"),
        ("Bridges reopen | harbourpost.example", "Bridges reopen"),
        ("Winter: why the bridges - all of them - reopen", "Winter: why the bridges - all of them - reopen"),
        ("The Harbour Post celebrates its birthday", "The Harbour Post celebrates its birthday"),
        ("Vote on budget: Yes", "Vote on budget: Yes"),
    ],
)
def test_site_names_leave_titles_and_real_dashes_stay(title: str, left: str) -> None:
    assert titles.without_site(title, set(map(titles.fold, ["The Harbour Post", "Harbour Post", "harbourpost.example"]))) == left


@pytest.mark.parametrize(
    ("byline", "people"),
    [
        ("By Jane Roe and John O'Neill", ["Jane Roe", "John O'Neill"]),
        ("Von Jörg Öztürk, Anna-Lena Groß und Max van der Meer", ["Jörg Öztürk", "Anna-Lena Groß", "Max van der Meer"]),
        ("Por María José de la Cruz y Pau Serra", ["María José de la Cruz", "Pau Serra"]),
        ("Text: Ola Nordmann | Foto: Kari Nordmann", ["Ola Nordmann"]),
        ("JANE ROE, Political Correspondent", ["Jane Roe"]),
        ("Jane Roe (Reuters)", ["Jane Roe"]),
        ("Written by Jane Roe @janeroe jane@example.org", ["Jane Roe"]),
        ("By J. R. R. Tolkien", ["J. R. R. Tolkien"]),
        ("Автор: Мария Соколова", ["Мария Соколова"]),
        ("Perry Bacon Jr.", ["Perry Bacon Jr."]),
        ("Juan Carlos Muñoz C.", ["Juan Carlos Muñoz C."]),
        ("Erstellt von Andri Bryner", ["Andri Bryner"]),
        ("Jane Roe Chefredakteurin", ["Jane Roe"]),
        ("Jane Roe Jane Roe", ["Jane Roe"]),
        ("Posted in Travel by Jane Roe on August 3, 2019", ["Jane Roe"]),
        ("Posted on September 21, 2020 by Adi Roe", ["Adi Roe"]),
        ("View all posts by Jane Roe", ["Jane Roe"]),
        ("More Posts", []),
        ("Zur Artikelübersicht", []),
        ("No Author", []),
        ("El Diario Nuevo", []),
        ("By Reuters", []),
        ("Associated Press", []),
        ("Редакция", []),
        ("By The Harbour Post", []),
        ("Staff reporter", []),
        ("Published 14 January 2025", []),
        ("By a friend of the house", []),
        ("Share on Twitter", []),
        ("Jane Roe for Harbour News, John Doe of the Valley Herald", ["Jane Roe", "John Doe"]),
        ("By Jane Roe jane@example.org John Doe john@example.org", ["Jane Roe", "John Doe"]),
        ("Jane Roe, Assistant Sports Editor, New York", ["Jane Roe"]),
    ],
)
def test_people_in_bylines(byline: str, people: list[str]) -> None:
    assert names.names_in(byline, sites={titles.fold("The Harbour Post")}) == people


@pytest.mark.parametrize(
    ("body", "agency"),
    [
        ("PARIS (Reuters) - The ministers met.", "Reuters"),
        ("BERLIN, Jan. 14 (Xinhua) -- The ministers met.", "Xinhua"),
        ("Berlin (dpa/tmn) – Die Minister trafen sich.", "dpa"),
        ("МОСКВА, 14 января. /ТАСС/. Министры встретились.", "TASS"),
        ("Madrid, 14 ene (EFE).- Los ministros se reunieron.", "EFE"),
        ("The ministers met in Paris. They spoke with reporters from Reuters, AFP and others.", None),
        ("Reuters was founded in 1851 and is older than most of its customers.", None),
    ],
)
def test_agencies_in_datelines(body: str, agency: str | None) -> None:
    assert signatures.agency_in_text(body) == agency


@pytest.mark.parametrize(
    ("notice", "name"),
    [
        ("This article was originally published on InfoBrics.", "InfoBrics"),
        ("This story was first published by The Valley Review on 3 May and is republished here.", "The Valley Review"),
        ("Republished with permission from Open Letters", "Open Letters"),
        ("The original source of this article is Global Research", "Global Research"),
        ("Publicado originalmente en El Faro.", "El Faro"),
        ("Dieser Text ist zuerst bei Bergzeitung erschienen.", "Bergzeitung"),
        ("This article was originally published on January 4, 2024", None),
        ("The novel was originally a play.", None),
    ],
)
def test_notices(notice: str, name: str | None) -> None:
    assert notices.notice_in(notice) == name


@pytest.mark.parametrize(
    ("markup", "people"),
    [
        ('<span class="author vcard"><a class="url fn n" href="/author/gizzmo">gizzmo</a></span>', ("gizzmo",)),
        ('<p class="by"><span>By</span> <a rel="author" href="/a/1">Jane Roe</a></p>', ("Jane Roe",)),
        ('<div class="byline"><a class="author-name" href="/author/r">Jane Roe</a> and <a class="author-name" href="/author/d">John Doe</a></div>'
         '<div class="also"><p>Another story</p><a class="author-name" href="/author/x">Max Other</a></div>', ("Jane Roe", "John Doe")),
        ('<div class="comment-list"><span class="author">Angry Reader</span></div>', ()),
        ('<p>By Jane Roe</p><aside><a rel="author" href="/author/x">Max Other</a></aside>', ("Jane Roe",)),
        ("<ul><li>Autorin/Autor Jane Roe</li></ul>", ("Jane Roe",)),
        ("<ul><li><strong>Autorin/Autor</strong> Jane Roe</li></ul>", ("Jane Roe",)),
        ('<p class="author">By Jane Roe, EXAMPLE NORTH</p>', ("Jane Roe",)),
        ('<span class="author">Read more posts</span>', ()),
    ],
)  # fmt: skip
def test_people_in_markup(markup: str, people: tuple[str, ...]) -> None:
    assert page(f"<html><body><h1>The crossing opens</h1>{markup}{TEXT}</body></html>").authors == people


def test_a_blog_may_be_called_as_its_writer() -> None:
    head = '<meta property="og:site_name" content="Jane Roe"><script type="application/ld+json">{"@type":"BlogPosting","headline":"T","author":{"@type":"Person","name":"Jane Roe"}}</script>'
    assert page(f"<html><head>{head}</head><body><h1>The crossing opens</h1>{TEXT}</body></html>").authors == ("Jane Roe",)


def test_an_outlet_does_not_syndicate_from_itself() -> None:
    html = f"<html><body><h1>T</h1><p>PARIS (Reuters) - A word.</p>{TEXT}</body></html>"
    assert page(html).syndicated_from is not None
    own = PageSource(url="https://www.reuters.com/world/x", html=html, fetched_at=NOW, outlet_name="Reuters")
    assert extract(own).syndicated_from is None


def test_a_canonical_url_elsewhere_is_syndication_not_identity() -> None:
    html = f'<html><head><link rel="canonical" href="https://other.org/their-story"></head><body><h1>T</h1>{TEXT}</body></html>'
    found = page(html)
    assert found.canonical_url == "https://example.org/news/story"
    assert found.syndicated_from is not None
    assert found.syndicated_from.url == "https://other.org/their-story"


def test_a_home_page_is_no_canonical_url_of_an_article() -> None:
    html = f'<html><head><link rel="canonical" href="https://example.org/"></head><body><h1>T</h1>{TEXT}</body></html>'
    assert page(html).canonical_url == "https://example.org/news/story"


@pytest.mark.parametrize(
    ("said", "own", "canonical"),
    [
        ("/news", "/news/harbour-bridge-closes-for-years", "/news/harbour-bridge-closes-for-years"),
        ("/harbour-bridge-closes-for-years", "/harbour-bridge-closes-for-years/all", "/harbour-bridge-closes-for-years"),
        ("/news", "/news/all", "/news"),
    ],
)
def test_a_section_is_no_canonical_url_of_an_article(said: str, own: str, canonical: str) -> None:
    html = f'<html><head><link rel="canonical" href="https://example.org{said}"></head><body><h1>T</h1>{TEXT}</body></html>'
    assert page(html, url=f"https://example.org{own}").canonical_url == f"https://example.org{canonical}"


def test_another_host_of_the_outlet_is_believed() -> None:
    html = f'<html><head><link rel="canonical" href="https://example.net/story"></head><body><h1>T</h1>{TEXT}</body></html>'
    assert page(html, outlet_hosts=("example.org", "www.example.net")).canonical_url == "https://example.net/story"


def test_furniture_goes_and_text_stays() -> None:
    lines = ["A Title", "By Jane Roe", "14 January 2025, 10:31", SENTENCES[0], "Read more: another story", SENTENCES[1], "* * *", SENTENCES[2],
             "*", "Click the share button below.", "Jane Roe is a writer."]  # fmt: skip
    kept = furniture.without(lines, title="A Title", authors=["Jane Roe"])
    assert kept == [SENTENCES[0], SENTENCES[1], "* * *", SENTENCES[2]]


@pytest.mark.parametrize(
    "lines",
    [
        ["https://example.org/news/story-1.html", *SENTENCES],
        ["Posted by: Jane Roe - Category: Harbour - Tags: bridge, ferry", *SENTENCES],
        ["05/10/2018 - Publicado por: Ana Sá - Categoria: Porto", *SENTENCES],
        [*SENTENCES, "Follow The Harbour Post on Facebook and @harbourpost on Instagram."],
        [*SENTENCES, "Follow @harbour on Twitter to keep up with the news."],
        [*SENTENCES, "ATTENTION: comments that insult others are not approved by the moderators."],
        [*SENTENCES, "Kommentare werden moderiert."],
    ],
)
def test_lines_about_the_page_go(lines: list[str]) -> None:
    assert furniture.without(lines, title="T", authors=[]) == list(SENTENCES)


@pytest.mark.parametrize(
    "line",
    [
        "Commentators praised the moderate tone of the speech, and the council followed on Friday.",
        "He commented that the council had approved the moderate plan.",
        "Follow the path on foot until the bridge.",
        "The author: a man of few words, by his own account.",
    ],
)
def test_text_like_lines_about_the_page_stays(line: str) -> None:
    lines = [line, *SENTENCES, f"{line} "]
    assert furniture.without(lines, title="T", authors=[]) == lines


def test_a_midnight_stamp_in_utc_takes_the_day_of_the_url() -> None:
    html = f'<html><head><meta property="article:published_time" content="2025-01-14T23:30:00Z"></head><body><h1>T</h1>{TEXT}</body></html>'
    source = PageSource(url="https://example.org/2025/01/15/story", html=html, fetched_at=NOW, outlet_country="de")
    published = extract(source).published_at
    assert published is not None
    assert published.isoformat() == "2025-01-15T00:30:00+01:00"


def test_text_only_in_structured_data_is_found() -> None:
    body = "\\n".join(SENTENCES)
    html = f'<html><head><script type="application/ld+json">{{"@type":"NewsArticle","headline":"T","articleBody":"{body}"}}</script></head><body><div id="app"></div></body></html>'
    assert page(html).body == "\n\n".join(SENTENCES)


def test_a_flash_that_calls_itself_news_is_an_article() -> None:
    html = f'<html><head><script type="application/ld+json">{{"@type":"NewsArticle","headline":"T"}}</script></head><body><h1>T</h1><p>{SENTENCES[0]}</p></body></html>'
    assert page(html).is_article


def test_what_a_page_shows_is_without_its_scripts() -> None:
    html = '<html><body><p>The crossing opens</p><script>var words = "hidden words";</script><p>Again</p></body></html>'
    tree = parsing.parse_tree(html)
    parsed = gather(PageSource(url="https://example.org/", html=html, fetched_at=NOW), html, tree)
    assert parsed.lower_text == "the crossing opensagain"
    assert parsed.scripts == ('var words = "hidden words";',)
    assert tree.findtext(".//script") == 'var words = "hidden words";'
