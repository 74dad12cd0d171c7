"""The text is found however a page is laid out, and what stands inside of it and is none is left out."""

# Letters and marks of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pipeline.extract import furniture, payload
from pipeline.extract.extraction import extract
from pipeline.models import PageSource
from tests.sentences import SENTENCES

NOW = datetime(2025, 1, 20, 12, tzinfo=UTC)
TEXT = (
    "The ministers agreed on Tuesday to reopen the crossing after talks that had lasted for a week in the town hall.",
    "Lorries may pass from Friday morning, and buses will follow when the customs house has been repaired, they said.",
    "Merchants on both banks of the river had asked for it since the bridge was closed in the autumn of last year.",
    "A second round of talks, about the price of water, is planned for the first week of the next month in the port.",
    "Farmers upstream fear that the price will double, while the towns of the delta hope for more water in the summer.",
    "Nobody in the valley remembers a winter in which so little snow had fallen on the mountains around the lake.",
    "The ferry takes forty cars at a time and needs twenty minutes for the way, if the wind is from the south.",
    "In the market hall the fishmongers speak of nothing else, and most of them do not believe a word of it.",
)
FURNITURE = '<nav><ul><li><a href="/politics">Politics</a></li><li><a href="/sport">Sport</a></li></ul></nav>'


def body(content: str, *, head: str = "") -> list[str]:
    html = f"""<html><head><title>The crossing opens again - Courier</title>{head}</head><body>{FURNITURE}<main><article><h1>The crossing opens again</h1>
        {content}</article></main><footer><p>Courier, 1 Harbour Road, the paper of the valley and its towns since the year of the flood</p></footer></body></html>"""
    found = extract(PageSource(url="https://example.org/news/story", html=html, fetched_at=NOW))
    return found.body.split("\n\n")


def tags(texts: tuple[str, ...], tag: str = "p", marks: str = "") -> str:
    return "".join(f"<{tag} {marks}>{text}</{tag}>" for text in texts)


def box(inner: str) -> str:
    return f'<div class="entry">{tags(TEXT[:4])}{inner}{tags(TEXT[4:])}</div>'


@pytest.mark.parametrize("cell", ["{}", "<p>{}</p>", " <span>{}</span> "])
def test_rows_of_a_table_are_paragraphs_with_cells_apart(cell: str) -> None:
    rows = (("Team", "Points", "Goals"), ("Harbour United", "31", "44:12"), ("Valley Rovers", "28", "39:20"))
    table = "".join("<tr>\n" + "".join(f"<td>{cell.format(text)}</td>\n" for text in row) + "</tr>\n" for row in rows)
    assert body(box(f"<table>\n<tbody>{table}</tbody></table>")) == [*TEXT[:4], *(" | ".join(row) for row in rows), *TEXT[4:]]


def test_a_table_may_lay_out_the_page() -> None:
    rows = "".join(f"<tr><td>{text}</td></tr>" for text in TEXT)
    assert body(f"<table>{rows}</table>") == list(TEXT)


def test_a_single_row_of_links_is_none() -> None:
    assert furniture.without([*TEXT, "Share | Print | Report an error"], title="T", authors=[]) == list(TEXT)


def test_code_in_a_sentence_stays_there() -> None:
    line = "The command <code>bridge --open</code> is what the operator types when a ship wants to pass below the bridge."
    assert body(box(f"<p>{line}</p>"))[4] == line.replace("<code>", "").replace("</code>", "")


def test_a_time_in_a_sentence_stays_there() -> None:
    line = (
        "The gates were closed on <time datetime='2025-01-14T10:00Z'>Tuesday at ten</time> and nobody knows when they will be opened again."
    )
    assert "on Tuesday at ten and nobody" in body(box(f"<p>{line}</p>"))[4]


@pytest.mark.parametrize(
    "initial", ['<span class="dropcap">T</span>', '<span aria-hidden="true">T</span>', '<span><span aria-hidden="true">T</span></span>']
)
def test_a_large_first_letter_belongs_to_its_word(initial: str) -> None:
    assert body(f'<div class="entry"><p>{initial}{TEXT[0][1:]}</p>{tags(TEXT[1:])}</div>') == list(TEXT)


@pytest.mark.parametrize(
    "line",
    [
        "Sign up for our newsletter and never miss a story from the valley.",
        "Share this story",
        "© 2025 Harbour Pictures",
        "Related stories",
    ],
)
def test_a_box_in_the_second_half_of_a_text_does_not_end_it(line: str) -> None:
    inner = f'<div class="entry">{tags(TEXT[:4])}<p>{line}</p>{tags(TEXT[4:])}</div>'
    assert body(inner) == list(TEXT)


def test_what_follows_a_notice_at_the_end_goes() -> None:
    end = ("This article was originally published on Elsewhere.", "Support our work with a donation.", "Jane Roe is a writer.")
    assert furniture.without([*TEXT, *end], title="T", authors=["Jane Roe"], own=set(TEXT)) == list(TEXT)
    biography = ("Jane Roe is a writer.", "The views expressed in this article are her own.", "Got a tip? Write to jane@courier.example.")
    assert furniture.without([*TEXT, *biography], title="T", authors=["Jane Roe"], own=set(TEXT)) == list(TEXT)
    appeal = "The Courier is a reader-supported paper; if you value our journalism, please consider a donation."
    assert furniture.without([*TEXT, "The author is a historian.", appeal], title="T", authors=[]) == list(TEXT)


def test_where_an_article_comes_from_is_no_text_at_its_beginning_either() -> None:
    assert furniture.without(["This article was originally published on Elsewhere.", *TEXT], title="T", authors=[]) == list(TEXT)


@pytest.mark.parametrize(
    "line",
    [
        "Publicité", "REKLAMA", "إعلان", "広告", "광고", "विज्ञापन", "Teilen", "Paylaş", "שתפו", "あわせて読みたい", "Externer Inhalt", "Table of Contents",
        "延伸阅读：港口为何关闭", "责任编辑：王小明", "اقرأ أيضا: لماذا أغلق الميناء", "यह भी पढ़ें: बंदरगाह क्यों बंद हुआ", "Baca juga: Mengapa pelabuhan ditutup",
        "Continua após a publicidade", "Únete a nuestro canal de WhatsApp", "Article continues below advertisement", "More: Why the harbour is closed",
        "Your browser does not support the video tag.", "Was this article helpful?", "Нашли ошибку? Выделите текст",
    ],
)  # fmt: skip
def test_labels_of_many_languages_are_no_text(line: str) -> None:
    assert furniture.without([*TEXT[:4], line, *TEXT[4:]], title="T", authors=[]) == list(TEXT)


@pytest.mark.parametrize(
    "line",
    [
        "Comment ?",
        "Ad astra, he said.",
        "相关报道称，港口将于周五重新开放。",
        "اشترك في التظاهرة مئات من سكان المدينة",
        "More people than ever came.",
    ],
)
def test_text_that_begins_like_a_label_stays(line: str) -> None:
    lines = [*TEXT[:4], line, *TEXT[4:]]
    assert furniture.without(lines, title="T", authors=[]) == lines


def test_cards_of_other_pages_are_not_text() -> None:
    card = '<div class="item"><h3><a href="/news/{0}">Another story of the day, number {0}</a></h3><p>A longer summary of a story that has nothing to do with the crossing.</p></div>'
    linked = '<a class="teaser" href="/news/ferry"><p>The ferry season begins</p><p>All that you should know before you take the ferry to the islands.</p></a>'
    assert body(box(card.format(1) + card.format(2) + linked)) == list(TEXT)
    marked = '<p>» <a href="/news/other">Why the harbour of the upper town was closed for a year</a></p>'
    assert body(box(marked)) == list(TEXT)
    dated = (
        '<div class="link"><a href="/news/other">Why the harbour of the upper town was closed for a year</a><span>13 January</span></div>'
    )
    blocks = tags(TEXT[:4], "div", 'class="block"') + dated + tags(TEXT[4:], "div", 'class="block"')
    assert body(f'<div class="entry">{blocks}</div>') == list(TEXT)


def test_parts_of_a_text_with_linked_headings_are_no_cards() -> None:
    part = '<div class="item"><h3><a href="/hotels/{0}">Hotel number {0} of the harbour</a></h3><p>{1}</p></div>'
    listed = "".join(part.format(number, text) for number, text in enumerate(TEXT[1:]))
    found = body(f'<div class="entry"><p>{TEXT[0]}</p>{listed}</div>')
    assert [line for line in found if line in TEXT] == list(TEXT)


def test_the_next_article_below_is_not_text() -> None:
    other = "".join(
        f"<p>In the other town the council spoke about street number {number}, and nothing was decided there.</p>" for number in range(9)
    )
    html = f"<article><h1>The crossing opens</h1>{tags(TEXT)}</article><article><h1>Nothing decided</h1>{other}</article>"
    page = f"<html><head><title>The crossing opens</title></head><body>{html}</body></html>"
    assert extract(PageSource(url="https://example.org/news/story", html=page, fetched_at=NOW)).body.split("\n\n") == list(TEXT)


def test_names_of_a_page_builder_hide_no_text() -> None:
    def widget(inner: str, kind: str) -> str:
        return f'<div class="elementor-element elementor-widget elementor-widget-{kind}"><div class="elementor-widget-container">{inner}</div></div>'

    parts = (
        (tags(TEXT[:4]), "text"),
        ('<h3 class="elementor-heading-title">What the merchants say</h3>', "heading"),
        (tags(TEXT[4:]), "text"),
    )
    related = '<h3>More</h3><article><h3><a href="/x">Why the harbour was closed</a></h3><p>The harbour has been closed since the last winter began.</p></article>'
    content = "".join(widget(*part) for part in (*parts, (related, "posts")))
    assert body(content) == [*TEXT[:4], "What the merchants say", *TEXT[4:]]


def test_subheads_that_are_blocks_stay() -> None:
    assert body(box('<div class="subheading">What the merchants say</div>')) == [*TEXT[:4], "What the merchants say", *TEXT[4:]]


def test_blocks_beside_paragraphs_are_text() -> None:
    mixed = "".join(f"<p>{first}</p><div>{second}</div>" for first, second in zip(TEXT[::2], TEXT[1::2], strict=True))
    assert body(f'<div class="entry">{mixed}</div>') == list(TEXT)


@pytest.mark.parametrize(
    "content",
    [
        tags(TEXT, "div"),
        "<br><br>".join(TEXT),
        "<br>".join(f"<span>{text}</span>" for text in TEXT),
        f"{TEXT[0]}<br><br>{tags(TEXT[1:6], 'div')}<div>{TEXT[6]}<br>{TEXT[7]}</div>",
    ],
)
def test_text_without_paragraphs_is_found_beside_some(content: str) -> None:
    about = "".join(f"<p>{text} That is what we think of ourselves.</p>" for text in SENTENCES[:2])
    assert body(f'<div class="entry">{content}</div><div class="about-us">{about}</div>')[: len(TEXT)] == list(TEXT)


def test_captions_are_the_text_of_a_page_that_is_told_in_pictures() -> None:
    figures = "".join(
        f'<figure><img src="/{number}.jpg" alt="{text}"><figcaption>{text}</figcaption></figure>' for number, text in enumerate(TEXT)
    )
    assert body(f'<p>Eight pictures of the crossing.</p><div class="gallery">{figures}</div>')[-len(TEXT) :] == list(TEXT)
    one = f'<figure><img src="/a.jpg"><figcaption>{SENTENCES[0]}</figcaption></figure>'
    assert SENTENCES[0] not in body(box(one))


def test_a_flash_of_one_paragraph_is_that_paragraph() -> None:
    marks = '<header><span>By Jane Roe</span><time>14 January 2025</time><div><a href="#">Share</a><a href="#">Mail</a></div></header>'
    assert body(f'{marks}<div class="entry"><p>{TEXT[0]}</p></div>') == [TEXT[0]]


def test_a_text_for_wide_screens_and_for_small_ones_comes_once() -> None:
    assert body(f'<div class="wide">{tags(TEXT)}</div><div class="small">{tags(TEXT)}</div>') == list(TEXT)


def test_boxes_that_ask_for_something_go_unless_they_hold_the_text() -> None:
    assert body(box('<div class="poll"><p>Should the bridge be pulled down, or should it stay where it is?</p></div>')) == list(TEXT)
    assert body("".join(f'<div class="promo"><div><p>{text}</p></div></div>' for text in TEXT * 2))[: len(TEXT)] == list(TEXT)


def test_the_flat_data_of_nuxt_are_read() -> None:
    values = [{"article": 1}, {"title": 2, "text": 3}, "The crossing opens again", [*range(4, 4 + len(TEXT))], *TEXT]
    script = f'<script type="application/json" id="__NUXT_DATA__">{json.dumps(values)}</script>'
    assert body(f'<div id="__nuxt"></div>{script}') == list(TEXT)


def test_flat_data_that_hold_themselves_end() -> None:
    assert payload.revived([{"self": 0, "list": 1}, ["Set", 2, 1], "word"]) == {"self": None, "list": ["word", None]}
    assert not payload.is_flat([{"a": 99}, 1, 2])
    assert not payload.is_flat([{"a": "text"}, 1, 2])
