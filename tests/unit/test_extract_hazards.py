"""Bad input of every kind has a clear result or reason, in bounded time; broken markup crashes nothing.

What is no article for another cause is in test_extract.py and test_extract_verdict.py.
"""

# Letters of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import gzip
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.extract import missed, parsing
from pipeline.extract.extraction import extract
from pipeline.extract.page import gather
from pipeline.models import Extraction, PageSource
from tests import hazards, markup
from tests.sentences import SENTENCES, TEXT

QUICK = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
SCALE = 0.03  # of the full size of tests/hazards.py
PROSE = " ".join(SENTENCES)

RUSSIAN = "Министры договорились во вторник вновь открыть переправу после переговоров, которые продолжались целую неделю. "
ARABIC = "اتفق الوزراء يوم الثلاثاء على إعادة فتح المعبر بعد محادثات استمرت أسبوعا كاملا وشارك فيها ممثلون عن البلدين. "
HEBREW = "השרים הסכימו ביום שלישי לפתוח מחדש את המעבר לאחר שיחות שנמשכו שבוע שלם והשתתפו בהן נציגי שתי המדינות. "
PERSIAN = "وزیران روز سه‌شنبه پس از یک هفته گفت‌وگو توافق کردند که گذرگاه را دوباره باز کنند و نمایندگان هر دو کشور حضور داشتند. "
CHINESE = "部长们周二同意在经过一周的会谈后重新开放边境口岸，货车从周五早上起可以通行，公共汽车将在海关大楼修复后恢复运行。"
JAPANESE = "閣僚らは火曜日、一週間にわたる協議の末に国境の検問所を再開することで合意した。貨物車は金曜日の朝から通行できる。"
KOREAN = "장관들은 일주일간의 회담 끝에 화요일 국경 검문소를 다시 열기로 합의했다. 화물차는 금요일 아침부터 통행할 수 있다. "
THAI = "รัฐมนตรีตกลงเมื่อวันอังคารที่จะเปิดด่านชายแดนอีกครั้งหลังการเจรจาที่ใช้เวลาหนึ่งสัปดาห์ รถบรรทุกจะผ่านได้ตั้งแต่เช้าวันศุกร์ "


def page(html: bytes | str, content_type: str = "") -> Extraction:
    return extract(PageSource(url="https://example.org/news/story", html=html, content_type=content_type, fetched_at=markup.NOW))


def article(text: str, head: str = "", language: str = "en") -> str:
    paragraphs = "".join(f"<p>{number}. {text * 3}</p>" for number in range(1, 5))
    return f'<html lang="{language}"><head>{head}<title>{text[:30]}</title></head><body><article><h1>{text[:30]}</h1>{paragraphs}</article></body></html>'


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"\xef\xbb\xbf", "text/html", "empty_page"),
        ("\ufeff \n".encode("utf-16"), "text/html", "empty_page"),
        (b"\x00" * 1_000, "text/html", "empty_page"),
        (gzip.compress(article(PROSE).encode(), mtime=0), "text/html", "not_html"),
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00" * 50, "text/html", "not_html"),
        (b'{"html": "nothing", "items": [1, 2, 3]}', "text/html", "not_html"),
        (b"var page = 1; function show() { return page < 2; }", "text/html", "not_html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><title>A</title></svg>", "text/html", "not_html"),
        (b"<?xml version='1.0'?><urlset><url><loc>https://example.org/</loc></url></urlset>", "text/html", "not_html"),
        (f"From: a@example.org\n\n{PROSE}".encode(), "text/plain", "not_html"),
        (b"<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1><p>The requested URL was not found.</p>", "", "error_page"),
        (f"<html><body><script>var text = '{PROSE * 9}'</script></body></html>".encode(), "", "needs_browser"),
        (f"<html><body><template><p>{PROSE * 9}</p></template></body></html>".encode(), "", "no_body"),
    ],
)  # fmt: skip
def test_what_is_no_page_has_a_reason(body: bytes, content_type: str, reason: str) -> None:
    assert page(body, content_type).rejected_reason == reason


@pytest.mark.parametrize(
    ("text", "encoding", "meta", "header"),
    [
        (RUSSIAN, "cp1251", "windows-1251", "utf-8"),
        (RUSSIAN, "cp1251", "", "utf-8"),
        (RUSSIAN, "koi8-r", "utf-8", "koi8-r"),
        (RUSSIAN, "utf-8", "windows-1251", "koi8-r"),
        (RUSSIAN, "utf-8-sig", "iso-8859-1", "windows-1252"),
        (RUSSIAN, "utf-16", "windows-1251", "utf-8"),
        (RUSSIAN, "utf-16-le", "utf-8", ""),
        (RUSSIAN, "utf-16-be", "", ""),
        (CHINESE, "utf-16-le", "utf-16", ""),
        (CHINESE, "gbk", "utf-8", ""),
        (CHINESE, "gbk", "", ""),
        (CHINESE, "gb18030", "no-such-charset", "none"),
        (JAPANESE, "shift_jis", "utf-8", "iso-8859-1"),
        (JAPANESE, "euc_jp", "", ""),
        (KOREAN, "euc_kr", "utf-8", ""),
        ("“Größe” und ‘Wärme’ – alles über die Brücke über den Fluss. ", "cp1252", "utf-8", "utf-8"),
        ("Żółta łódź płynęła przez rzekę, a dzieci śpiewały pieśni. ", "cp1250", "", ""),
        (THAI, "cp874", "windows-874", ""),
        (ARABIC, "cp1256", "", ""),
    ],
)
def test_charsets_wrong_missing_or_contradictory(text: str, encoding: str, meta: str, header: str) -> None:
    html = article(text, head=f'<meta charset="{meta}">' if meta else "")
    found = page(html.encode(encoding), f"text/html; charset={header}" if header else "text/html")
    assert found.body.startswith(f"1. {text.strip()}")


def test_a_page_cut_off_inside_a_character_keeps_its_text() -> None:
    html = article(RUSSIAN).encode()
    assert page(html[: html.rindex("М".encode()) + 1]).body.startswith(f"1. {RUSSIAN.strip()}")


@pytest.mark.parametrize(
    ("text", "language"),
    [(ARABIC, "ar"), (HEBREW, "he"), (PERSIAN, "fa"), (CHINESE, "zh"), (JAPANESE, "ja"), (KOREAN, "ko"), (THAI, "th")],
)
def test_scripts_from_right_to_left_and_without_spaces(text: str, language: str) -> None:
    found = page(article(text, language=language).replace("<p>", '<p dir="auto">'))
    assert found.is_article
    assert found.language == language
    assert found.body == "\n\n".join(f"{number}. {(text * 3).strip()}" for number in range(1, 5))


def test_scripts_that_look_like_text_are_none() -> None:
    traps = f"<script>document.write('<p>Trap {PROSE}</p>')</script><script type='text/x-template'><p>Trap {PROSE}</p></script>"
    traps += f"<template><p>Trap {PROSE}</p></template><style>.a:before {{ content: 'Trap {PROSE}' }}</style><!-- <p>Trap {PROSE}</p> -->"
    found = page(f"<html><body><article><h1>The crossing opens</h1>{traps}{TEXT}{traps}</article></body></html>")
    assert found.body == "\n\n".join(SENTENCES)


def test_of_two_articles_the_page_gives_the_one_that_it_is_named_after() -> None:
    other = "".join(
        f"<p>In the other town the council spoke about street number {number}, and nothing was decided there.</p>" for number in range(4)
    )
    html = f"<article><h1>The crossing opens</h1>{TEXT}</article><article><h1>Nothing decided</h1>{other}</article>"
    found = page(f"<html><head><title>The crossing opens</title></head><body>{html}</body></html>")
    assert found.title == "The crossing opens"
    assert found.body.startswith("\n\n".join(SENTENCES))


@pytest.mark.parametrize("depth", [300, 1_000, 4_000])
def test_nested_lists_and_tables_lose_no_text(depth: int) -> None:
    for tags in (("ul", "li"), ("div", "p"), ("section", "b")):
        opened, closed = "".join(f"<{tag}>" for tag in tags), "".join(f"</{tag}>" for tag in reversed(tags))
        found = page(f"<html><body><h1>The crossing opens</h1>{opened * (depth // 2)}{TEXT}{closed * (depth // 2)}</body></html>")
        assert all(sentence in found.body for sentence in SENTENCES), tags


@pytest.mark.parametrize("name", hazards.ARTICLES)
def test_huge_pages_keep_their_article_in_bounded_time(name: str) -> None:
    make, size = hazards.ARTICLES[name]
    start = time.process_time()
    found = page(make(max(10, int(size * SCALE))))
    assert found.title == hazards.HEADLINE
    assert all(sentence in found.body for sentence in SENTENCES)
    assert time.process_time() - start < 6


def test_tags_with_odd_names_are_read_in_quotations_too() -> None:
    text = f'<blockquote>{TEXT}He said so.<o:p>And more.</o:p> <st1:place>Hamburg</st1:place><p<p>It was.</p> <b"b>So.</b"b></blockquote>'
    found = page(f"<html><body><h1>The crossing</h1>{text}</body></html>")
    assert found.is_article
    assert all(sentence in found.body for sentence in (*SENTENCES, "It was."))


def test_a_tag_of_endless_attributes_is_not_parsed() -> None:
    for attributes in (" ".join(f"a{n}=1" for n in range(100_000)), " ".join(f"a{n}" for n in range(100_000)), 'a="x y" ' * 100_000):
        start = time.process_time()
        assert (
            page(f"<html><body><article {attributes}><h1>The crossing opens</h1>{TEXT}</article></body></html>").rejected_reason
            == "too_large"
        )
        assert time.process_time() - start < 3
    # A drawing, or a picture in the page, is one long attribute.
    long = f'<svg><path d="{"M 1 2 " * 50_000}"/></svg><img src="data:image/png;base64,{"QUJD" * 100_000}">'
    assert page(f"<html><body><article><h1>The crossing opens</h1>{long}{TEXT}</article></body></html>").is_article


def test_many_links_in_one_block_are_looked_at_in_linear_time() -> None:
    links = '<a href="/news/story">Another story of today</a> ' * 20_000
    tree = parsing.parse_tree(f"<html><body><div>{links}</div></body></html>")
    start = time.process_time()
    assert missed.without_links(tree, ["Another story of today"], "https://example.org/") == ["Another story of today"]
    assert time.process_time() - start < 3


def test_text_among_many_elements_is_gathered_in_linear_time() -> None:
    html = f"<html><body>{'a <b>word</b> ' * 40_000}</body></html>"
    tree = parsing.parse_tree(html)
    start = time.process_time()
    gathered = gather(PageSource(url="https://example.org/", html=html, fetched_at=markup.NOW), html, tree)
    assert gathered.lower_text.count("word") == 40_000
    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    ("line", "beside"),
    [
        ("<b>word</b> " * 20_000, ""),
        ("<span>14 January 2025</span> and on " * 20_000, ""),
        ("", "<blockquote>Said so.</blockquote>" * 20_000),
        ("", "<a href='/news/1'>Another story of the day</a> " * 20_000),
    ],
)
def test_the_text_of_a_huge_page_is_found_in_linear_time(line: str, beside: str) -> None:
    start = time.process_time()
    found = page(f"<html lang='en'><body><article><h1>The crossing opens</h1>{TEXT}<p>{line}</p></article>{beside}</body></html>")
    assert found.is_article
    assert all(sentence in found.body for sentence in SENTENCES)
    assert time.process_time() - start < 5


@QUICK
@given(markup.markup)
def test_broken_markup(html: str) -> None:
    markup.stands(html)


@QUICK
@given(markup.mutations, st.sampled_from(("", "text/html; charset=utf-16", "text/html; charset=gb2312", "application/json")))
def test_mutated_pages(mutated: bytes, content_type: str) -> None:
    markup.stands(mutated, content_type)
