"""The body is whole, in order, and once."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

from pipeline.extract.extraction import extract
from pipeline.models import Extraction, PageSource

NOW = datetime(2025, 1, 20, 12, tzinfo=UTC)
PARAGRAPHS = [
    "The ministers agreed on Tuesday to reopen the crossing after talks that had lasted for a week in the town hall.",
    "Lorries may pass from Friday morning, and buses will follow when the customs house has been repaired, they said.",
    "Merchants on both banks of the river had asked for it since the bridge was closed in the autumn of last year.",
    "A second round of talks, about the price of water, is planned for the first week of the next month in the port.",
    "Farmers upstream fear that the price will double, while the towns of the delta hope for more water in the summer.",
    "Nobody in the valley remembers a winter in which so little snow had fallen on the mountains around the lake.",
]
MENU = "".join(f'<li><a href="/{name}">{name.title()} news and views</a></li>' for name in ("politics", "economy", "culture", "sport"))


def page(content: str, *, head: str = "", around: str = 'class="site"') -> Extraction:
    html = f"""<html><head><title>The crossing opens again - Courier</title>{head}</head><body {around}><nav><ul>{MENU}</ul></nav>
        <div id="main"><div class="column"><h1>The crossing opens again</h1>{content}</div><div class="rail"><ul>{MENU}</ul></div></div>
        <footer><p>Courier, 1 Harbour Road</p></footer></body></html>"""
    return extract(PageSource(url="https://example.org/news/story", html=html, fetched_at=NOW))


def paragraphs(texts: list[str], *, tag: str = "p", marks: str = "") -> str:
    return "".join(f"<{tag} {marks}>{text}</{tag}>" for text in texts)


def test_lists_and_subheads_stay_in_order() -> None:
    inner = (
        paragraphs(PARAGRAPHS[:2])
        + "<h2>What opens when</h2><ul><li>Lorries on Friday</li><li>Buses in two weeks</li></ul>"
        + paragraphs(PARAGRAPHS[2:])
    )
    found = page(f'<div class="entry-content">{inner}</div>')
    assert found.body.split("\n\n") == [
        *PARAGRAPHS[:2], "What opens when", "Lorries on Friday", "Buses in two weeks", *PARAGRAPHS[2:],
    ]  # fmt: skip


def test_lines_of_one_paragraph_come_once() -> None:
    schedule = "<p>Friday: lorries of the first column, from six in the morning<br>Saturday: lorries of the second column, from noon<br>Sunday: nobody</p>"
    body = page(f"<div>{paragraphs(PARAGRAPHS[:3])}{schedule}{paragraphs(PARAGRAPHS[3:])}</div>").body
    assert body.count("second column") == 1
    assert body.index("second column") < body.index(PARAGRAPHS[3])


def test_a_table_of_contents_takes_no_subhead_away() -> None:
    contents = '<ul><li><a href="#when">What opens when on the river</a></li><li><a href="#why">Why the water matters so much</a></li></ul>'
    text = f'{paragraphs(PARAGRAPHS[:3])}<h2 id="when">What opens when on the river</h2>{paragraphs(PARAGRAPHS[3:])}'
    assert "What opens when on the river" in page(f"<div>{contents}{text}</div>").body.split("\n\n")


def test_the_standfirst_belongs_to_the_text() -> None:
    standfirst = "After months of silence the two banks of the river speak to each other again, and first of all about bread."
    found = page(f'<div class="standfirst">{standfirst}</div><div class="text">{paragraphs(PARAGRAPHS)}</div>')
    assert found.body.split("\n\n") == [standfirst, *PARAGRAPHS]


def test_paragraphs_that_stand_like_the_others_are_not_missed() -> None:
    parted = f'<div class="text">{paragraphs(PARAGRAPHS[:4])}</div><div class="advert">Buy boots</div><div class="text">{paragraphs(PARAGRAPHS[4:])}</div>'
    assert page(parted).body.split("\n\n") == PARAGRAPHS


def test_comments_are_not_the_text() -> None:
    remark = "I have lived here for thirty years and I have never seen such a thing, and I do not believe a word of what they say."
    found = page(
        f'<div class="text">{paragraphs(PARAGRAPHS)}</div><div class="comments"><div class="comment-body"><p>{remark}</p></div></div>'
    )
    assert found.body.split("\n\n") == PARAGRAPHS


def test_lines_that_are_a_link_go() -> None:
    teaser = '<p><a href="/news/other">Why the harbour of the upper town was closed for a year</a></p>'
    found = page(f'<div class="text">{paragraphs(PARAGRAPHS[:3])}{teaser}{paragraphs(PARAGRAPHS[3:])}</div>')
    assert found.body.split("\n\n") == PARAGRAPHS


def test_a_name_that_is_the_headline_is_not_the_outlets() -> None:
    head = '<meta property="og:title" content="The crossing opens again after a long and bitter winter"><meta name="application-name" content="The crossing opens again after a long and bitter winter">'
    html = f"<html><head>{head}</head><body><h1>The crossing opens again after a long and bitter winter</h1>{paragraphs(PARAGRAPHS)}</body></html>"
    assert (
        extract(PageSource(url="https://example.org/a/b", html=html, fetched_at=NOW)).title
        == "The crossing opens again after a long and bitter winter"
    )


def test_an_h1_that_leads_home_is_the_outlets_logo() -> None:
    html = f"""<html><head><title>The crossing opens again - Courier</title></head><body><h1><a href="/">강변 신문</a></h1>
        <h2>The crossing opens again</h2>{paragraphs(PARAGRAPHS)}</body></html>"""
    assert extract(PageSource(url="https://courier.example/a/b", html=html, fetched_at=NOW)).title == "The crossing opens again"


def test_lines_that_name_topics_are_topics_and_no_text() -> None:
    labels = '<p>Region: <a href="/europe">Europe</a>, <a href="/usa">USA</a></p><p><b>Theme:</b> <a href="/war">War and Peace</a></p>'
    found = page(f"<div>{labels}{paragraphs(PARAGRAPHS)}</div>")
    assert found.topics == ("Europe", "USA", "War and Peace")
    assert found.body.split("\n\n") == PARAGRAPHS


def test_a_page_of_lines_without_paragraphs() -> None:
    lines = [
        'By <a href="/writers/roe">Jane Roe</a>',
        'Region: <a href="/europe">Europe</a>',
        *PARAGRAPHS,
        'This article was originally published on <a href="https://elsewhere.example/">The Elsewhere Review</a>.',
    ]
    found = page(f"<div>{'<br><br>'.join(lines)}</div>")
    assert found.authors == ("Jane Roe",)
    assert found.topics == ("Europe",)
    assert found.syndicated_from is not None
    assert found.syndicated_from.name == "The Elsewhere Review"
    assert found.body.split("\n\n") == PARAGRAPHS


def test_a_headline_is_without_kicker_and_rules() -> None:
    html = f"""<html><body><h1><style>.a{{color:red}}</style><span class="kicker">Unit of the week</span>The crossing<br>opens again</h1>
        {paragraphs(PARAGRAPHS)}</body></html>"""
    assert extract(PageSource(url="https://example.org/a/b", html=html, fetched_at=NOW)).title == "The crossing opens again"


def test_a_headline_with_its_kicker_is_not_repeated() -> None:
    head = '<meta property="og:title" content="The crossing opens again">'
    repeated = '<div class="text"><p>On the river: The crossing opens again</p>'
    found = page(f"{repeated}{paragraphs(PARAGRAPHS)}</div>", head=head)
    assert found.body.split("\n\n")[0] == "On the river: The crossing opens again"  # no form of the headline
    kicker = extract(
        PageSource(
            url="https://example.org/news/story",
            html=f"""<html><head><title>The crossing opens again</title></head><body><div id="main"><h1><span class="kicker">On the river</span>
                <span>The crossing opens again</span></h1><div class="text"><p>On the river The crossing opens again</p>{paragraphs(PARAGRAPHS)}</div></div></body></html>""",
            fetched_at=NOW,
        )
    )
    assert kicker.body.split("\n\n") == PARAGRAPHS


def test_a_caption_that_a_picture_carries_too_is_not_text() -> None:
    caption = "Two lorries wait at the bridge over the river on Monday morning"
    picture = f'<div class="visual"><img src="/bridge.jpg" alt="{caption}"><p>{caption}</p></div>'
    found = page(f'<div class="text">{paragraphs(PARAGRAPHS[:3])}{picture}{paragraphs(PARAGRAPHS[3:])}</div>')
    assert found.body.split("\n\n") == PARAGRAPHS


def test_credits_of_pictures_and_sources_at_the_end_are_not_text() -> None:
    credited = "<p>The bridge on the day of the talks © Harbour Pictures</p>"
    found = page(f'<div class="text">{paragraphs(PARAGRAPHS[:3])}{credited}{paragraphs(PARAGRAPHS[3:])}<p>Source: Courier staff</p></div>')
    assert found.body.split("\n\n") == PARAGRAPHS


def test_a_row_of_topics_is_not_text() -> None:
    links = ", ".join(f'<a href="/tag/{name}">{name} of the valley</a>' for name in ("river", "customs", "water"))
    found = page(f'<div class="text">{paragraphs(PARAGRAPHS)}<strong>{links}</strong></div>')
    assert found.body.split("\n\n") == PARAGRAPHS


def test_a_link_to_another_site_stays() -> None:
    source = '<ul><li><a href="https://archive.example.net/treaty">The treaty of the two banks</a></li><li>A map of the valley from the year of the great flood</li></ul>'
    found = page(f'<div class="text">{paragraphs(PARAGRAPHS[:3])}{source}{paragraphs(PARAGRAPHS[3:])}</div>')
    assert "The treaty of the two banks" in found.body.split("\n\n")


def test_what_is_called_a_lead_is_a_standfirst_if_it_is_a_sentence() -> None:
    called = page(
        f'<div class="lead">More from the valley of the lake and from the towns on the banks around it</div><div class="text">{paragraphs(PARAGRAPHS)}</div>'
    )
    assert called.body.split("\n\n") == PARAGRAPHS
    described = "The two banks of the river speak again"
    head = f'<meta name="description" content="{described}, and first of all about bread">'
    told = page(
        f'<div><div>{described}, and first of all about bread</div><div class="text">{paragraphs(PARAGRAPHS)}</div></div>', head=head
    )
    assert told.body.split("\n\n")[0] == f"{described}, and first of all about bread"


def test_a_dialog_is_not_text() -> None:
    asked = '<div class="account-modal dialog"><p>Your account is in use on another device, do you want to add a reader to it?</p></div>'
    found = page(f'<div class="text">{paragraphs(PARAGRAPHS[:3])}{asked}{paragraphs(PARAGRAPHS[3:])}</div>')
    assert found.body.split("\n\n") == PARAGRAPHS


def test_a_text_that_only_scripts_hold_is_found() -> None:
    story = {
        "headline": "The crossing opens again",
        "teaser": PARAGRAPHS[0][:60],
        "blocks": [{"kind": "text", "value": text} for text in PARAGRAPHS],
    }
    other = {"headline": "Another story", "blocks": [{"kind": "text", "value": f"{text} That was elsewhere."} for text in PARAGRAPHS * 2]}
    state = json.dumps({"page": {"story": story, "more": [other]}, "build": "x" * 1_000})
    for script in (f'<script id="state" type="application/json">{state}</script>', f"<script>window.__STATE__ = {state};</script>"):
        assert page(f'<div id="app"></div>{script}').body.split("\n\n") == PARAGRAPHS


def test_markup_in_the_data_of_scripts_ends_paragraphs() -> None:
    html = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    state = json.dumps({"article": {"title": "The crossing opens again", "html": html}, "build": "x" * 1_000})
    found = page(f'<div id="app"></div><script>window.state = {state}</script>')
    assert found.body.split("\n\n") == PARAGRAPHS


def test_scripts_that_name_another_article_hold_no_text() -> None:
    state = json.dumps({"article": {"title": "Quite another story", "html": " ".join(PARAGRAPHS)}, "build": "x" * 1_000})
    assert PARAGRAPHS[1] not in page(f'<div id="app"></div><script>window.state = {state}</script>').body


def test_many_links_in_one_line_are_read_once() -> None:
    links = "".join(f'<a href="/place/{number}">place number {number}</a> ' for number in range(20_000))
    started = time.process_time()
    found = page(f'<div class="text">{paragraphs(PARAGRAPHS)}<p>{links}</p></div>')
    assert PARAGRAPHS[0] in found.body
    assert time.process_time() - started < 10
