"""Articles that a page only streams to its scripts, as Next.js does."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from pipeline.extract import flight
from pipeline.extract.extraction import extract
from pipeline.models import Extraction, PageSource
from tests.sentences import SENTENCES

TITLE = "The café at the crossing opens again"
HTML = "".join(f"<p>{sentence} Zürich, “café”.</p>" for sentence in SENTENCES)


def text_row(number: str, text: str) -> str:
    return f"{number}:T{len(text.encode()):x},{text}"


def pushes(stream: str, *, size: int = 700) -> list[str]:
    """The scripts that push a stream, cut anywhere."""
    chunks = [stream[start : start + size] for start in range(0, len(stream), size)]
    return ["(self.__next_f=self.__next_f||[]).push([0])", *(f"self.__next_f.push([1,{json.dumps(chunk)}])" for chunk in chunks)]


def extracted(stream: str) -> Extraction:
    scripts = "".join(f"<script>{script}</script>" for script in pushes(stream))
    html = f'<html><head><meta property="og:title" content="{TITLE}"></head><body><div id="root"></div>{scripts}</body></html>'
    return extract(PageSource(url="https://example.org/news/cafe", html=html, fetched_at=datetime(2025, 1, 20, tzinfo=UTC)))


def article(body: Any) -> str:
    props = {"article": {"headline": TITLE, "body": body, "related": [{"headline": "Another story", "body": "It is short."}]}}
    return json.dumps(["$", "$L5", None, props])


def test_a_text_in_a_row_of_its_own_is_the_body() -> None:
    stream = f'1:I[4707,[],""]\n2:HL["/style.css","style"]\n{text_row("1f", HTML)}3:{article("$1f")}\n4:null\n'
    found = extracted(stream)
    assert found.body.split("\n\n") == [f"{sentence} Zürich, “café”." for sentence in SENTENCES]
    assert found.candidates["body"][0].source == "data"


def test_a_text_inside_of_a_row_is_the_body() -> None:
    assert extracted(f"0:{article(HTML)}\n").body.startswith(SENTENCES[0])


def test_another_article_s_text_is_none() -> None:
    assert extracted(f"0:{json.dumps({'headline': 'Another story of the day', 'body': HTML})}\n").body == ""


def test_what_is_cut_off_or_no_stream_gives_nothing() -> None:
    whole = pushes(f"{text_row('1', HTML)}2:{article('$1')}\n")
    assert list(flight.values(whole[:-1])) == []
    assert list(flight.values([script[:-9] for script in whole])) == []
    assert list(flight.values(["self.__next_f.push([1,{}])", "self.__next_f.push([1])", 'self.__next_f.push([1,"zz"])'])) == []
    assert list(flight.values(pushes('1:T9999999,short2:{"a": "$1"}\n'))) == []


def test_a_text_that_is_referred_to_often_does_not_grow_without_bound() -> None:
    references = json.dumps(["$1"] * 100_000)
    (value,) = flight.values(pushes(f"{text_row('1', 'word ' * 1_000)}2:{references}\n", size=100_000))
    assert len(value) == 100_000
    assert sum(map(len, value)) < 6_000_000
