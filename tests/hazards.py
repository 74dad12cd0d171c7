"""Pages of great size or strange shape, for the unit tests in small and for benchmarks/fuzz.py in full."""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.sentences import TEXT

HEADLINE = "The crossing opens"


def _page(body: str = "", head: str = "", text: str = TEXT) -> str:
    return f'<html lang="en"><head><title>{HEADLINE}</title>{head}</head><body><article><h1>{HEADLINE}</h1>{text}</article>{body}</body></html>'


def _blocks(number: int) -> str:
    block = '<script type="application/ld+json">{"@type": "ListItem", "name": "Item", "@id": "#%d"}</script>'
    return "".join(block % each for each in range(number))


def _entities(levels: int) -> str:
    rules = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, levels))
    return f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY e0 "lol">{rules}]>{_page(f"<p>&e{levels - 1};</p>")}'


def _nested(depth: int, around: Callable[[object], object]) -> str:
    value: object = {"@type": "NewsArticle", "headline": "Inner"}
    for _ in range(depth):
        value = around(value)
    return json.dumps(value)


# By name, a page that still holds the article of tests/sentences.py; the number is its size.
ARTICLES: dict[str, tuple[Callable[[int], str], int]] = {
    "links": (lambda size: _page("".join(f'<a href="/news/{n}">Another story {n}</a> ' for n in range(size))), 95_000),
    "list of links": (lambda size: _page("<ul>" + "".join(f'<li><a href="/n/{n}">Story {n}</a>' for n in range(size)) + "</ul>"), 45_000),
    "meta tags": (lambda size: _page(head='<meta property="og:title" content="The crossing opens">' * size), 95_000),
    "different meta tags": (lambda size: _page(head="".join(f'<meta name="n{n}" content="{n}">' for n in range(size))), 95_000),
    "authors in meta": (lambda size: _page(head="".join(f'<meta name="author" content="Jane Roe{n}">' for n in range(size))), 95_000),
    "JSON-LD blocks": (lambda size: _page(_blocks(size)), 10_000),
    "JSON-LD types": (lambda size: _page('<script type="application/ld+json">' + json.dumps([{"@type": f"T{n}"} for n in range(size)]) + "</script>"), 100_000),
    "nested JSON-LD": (lambda size: _page('<script type="application/ld+json">' + "[" * size + "]" * size + "</script>"), 1_000_000),
    "headings": (lambda size: _page("<h1>Something else</h1>" * size), 50_000),
    "times": (lambda size: _page('<time datetime="2025-01-14T08:30:00Z">14 January</time> ' * size), 50_000),
    "dates": (lambda size: _page("<p>Published 14 January 2025, 10:31</p>" * size), 50_000),
    "bylines": (lambda size: _page("".join(f'<span class="author">By Jane Roe</span> <p class="byline">By John Doe {n}</p>' for n in range(size))), 45_000),
    "huge attribute": (lambda size: _page(f'<div data-state="{"x " * (size // 2)}"></div>'), 9_000_000),
    "huge class": (lambda size: _page(f'<div class="{"author date byline " * (size // 19)}">a</div>'), 9_000_000),
    "huge title": (lambda size: _page(head=f'<meta property="og:title" content="{"The - crossing | " * (size // 17)}">'), 4_500_000),
    "huge headline": (lambda size: _page(f"<h1>{'Something - else | ' * (size // 19)}</h1>"), 4_500_000),
    "huge byline": (lambda size: _page(f'<p class="byline">By {"Jane Roe, " * (size // 10)}</p>'), 4_500_000),
    "huge time": (lambda size: _page(f'<time datetime="{"2025-01-14 " * (size // 11)}">{"14 January " * (size // 11)}</time>'), 4_500_000),
    "huge comment": (lambda size: _page("<!--" + "- <p>no text</p> -" * (size // 18) + "-->"), 9_000_000),
    "huge script": (lambda size: _page("<script>" + "var text = '<p>no text</p>';\n" * (size // 29) + "</script>"), 9_000_000),
    "open tags": (lambda size: _page("<" * size), 3_000_000),
    "open comments": (lambda size: _page("<!-- " * (size // 5)), 3_000_000),
    "attributes": (lambda size: _page("<p " + " ".join(f'a{n}="1"' for n in range(size)) + ">x</p>"), 100_000),
    "references": (lambda size: _page("<p>" + "&amp;&lt;&#39;" * size + "</p>"), 300_000),
    "tables": (lambda size: _page("<table>" + "<tr><td>1<td>2" * size + "</table>"), 30_000),
    "words in bold": (lambda size: _page("<p>" + "".join(f"<b>word {n}</b> " for n in range(size)) + "</p>"), 95_000),
    "dates in a line": (lambda size: _page("<p>" + "".join(f"<span>14 January 2025</span> {n} " for n in range(size)) + "</p>"), 95_000),
    "quotations": (lambda size: _page("<blockquote>Said so.</blockquote>" * size), 95_000),
    "definitions of entities": (_entities, 12),
}  # fmt: skip
