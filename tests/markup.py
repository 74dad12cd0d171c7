"""Broken markup made at random: trees whose tags don't close, mutated pages, and the checks that any extraction must stand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from pipeline.errors import PageError
from pipeline.extract.extraction import extract
from pipeline.models import Extraction, PageSource
from tests.sentences import SENTENCES, TEXT

NOW = datetime(2025, 1, 20, 12, tzinfo=UTC)
PAGES = tuple(path.read_bytes() for path in sorted((Path(__file__).parent / "pages").glob("*.html")))

WORDS = (
    "The", "crossing", "opens", "By Jane Roe", "14 January 2025, 10:31", "2025-01-14T08:30:00+25:99", "99999-99-99", "Reuters", "|", " - ", "…",
    "PARIS (Reuters) -", "<", ">", "&", "&amp;", "&#0;", "&#xD800;", "&#x110000;", "&#99999999999;", "&nbsp", "&lt;p&gt;", "\x00", "\x0b", "\x1b",
    "\x7f", "\ud800", "\udfff", "\ufffe", "\ufeff", "\u202e", "\u0301", "ﷺ", "İ", "ß", "\U0001f600", "部长们周二同意", "وافق الوزراء", "]]>", "--", '"', "'", "\r",
    *SENTENCES,
)  # fmt: skip
TAGS = (
    "p div span a h1 h2 h3 article main section aside header footer nav ul ol li table tr td th dl dt dd blockquote pre figure figcaption img br hr "
    "time address em strong b i q script style noscript template iframe form input button select option textarea svg math title head body html meta "
    "link base object video font center frameset plaintext xmp o:p x-y"
).split()
ATTRIBUTES = (
    "class id rel href src content name property itemprop itemtype datetime lang xml:lang dir style type data-testid charset http-equiv value title"
).split()
VALUES = (
    "author", "byline", "date", "published", "headline", "article-body", "comments", "related", "og:title", "og:url", "article:published_time",
    "article:author", "description", "canonical", "application/ld+json", "text/html", "utf-16", "utf-7", "refresh", "https://example.org/a",
    "http://[", "//", "javascript:void(0)", "mailto:a@example.org", "http://example.org:99999999/", "data:,x", "?", "#", "2025-01-14", "0000-00-00T24:60:61Z",
    "1736843400", "-1", "9" * 400, "en", "xx-XXXX-xx", "", " ", "Jane Roe", "https://example.org/author/jane-roe", *WORDS[10:20],
)  # fmt: skip
KEYS = (
    "@type @id @graph @value headline name author publisher datePublished dateModified articleBody articleSection keywords url mainEntityOfPage "
    "image inLanguage description isBasedOn about mentions sameAs"
).split()
BYTES = (
    b"<", b">", b'"', b"'", b"=", b"/", b"</div>", b"</html>", b"<script>", b"</script>", b"<!--", b"-->", b"<![CDATA[", b"<?", b"\x00", b"\xff", b"\xfe\xff",
    b"\xef\xbb\xbf", b"\x1b$B", b"&#xD800;", b"&#0;", b"<table>", b"<plaintext>", b"<base href='http://['>", b"{", b"[", b"\xed\xa0\x80", b"\x80",
)  # fmt: skip

_texts = st.lists(st.sampled_from(WORDS) | st.text(max_size=12), max_size=4).map(" ".join)
_scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from((*VALUES, *WORDS, "NewsArticle", "Person", "WebPage", "#1"))
)
_values = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5), max_leaves=12
)


def _data(value: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(value, ensure_ascii=False)}</script>'


def _cut(parts: tuple[str, float]) -> str:
    text, share = parts
    return text[: int(len(text) * share)]


_structured = st.dictionaries(st.sampled_from(KEYS), _values, max_size=6).map(
    lambda node: _data({"@type": "NewsArticle", **node})
) | _values.map(_data)
_attributes = st.lists(st.tuples(st.sampled_from(ATTRIBUTES), st.sampled_from(VALUES) | _texts, st.sampled_from("\"' ")), max_size=4).map(
    lambda found: "".join(f" {name}={quote}{value}{quote}" for name, value, quote in found)
)


def _element(parts: tuple[str, str, list[str], str, bool]) -> str:
    tag, attributes, inner, other, closed = parts
    return f"<{tag}{attributes}>{''.join(inner)}" + (f"</{tag}>" if closed else other)


_leaves = _texts | _structured | st.sampled_from((TEXT, "<", "</", "<!", "<!--", "-->", "</p>", "</body>", "</html>", "<![CDATA["))
_elements = st.recursive(
    _leaves,
    lambda inner: st.tuples(
        st.sampled_from(TAGS),
        _attributes,
        st.lists(inner, max_size=4),
        st.sampled_from(("", "</div>", "</p>", "</table>", "</", "<p")),
        st.booleans(),
    ).map(_element),
    max_leaves=14,
)
# A page: broken elements around an article, cut off somewhere.
markup = st.tuples(
    st.lists(_elements, min_size=1, max_size=5).map(lambda parts: f"<html><body>{parts[0]}{TEXT}{''.join(parts[1:])}</body></html>"),
    st.just(1.0) | st.floats(0.1, 1),
).map(_cut)


def _mutated(parts: tuple[bytes, list[tuple[float, int, int, bytes]]]) -> bytes:
    page, changes = parts
    changed = bytearray(page)
    for share, length, kind, inserted in changes:
        place = int(share * len(changed))
        match kind:
            case 0:
                changed[place : place + length] = b""
            case 1:
                changed[place : place + len(inserted)] = inserted
            case 2:
                changed[place:place] = changed[place : place + 10 * length]
            case _:
                changed[place:place] = inserted
    return bytes(changed)


# One of the project's own pages with bytes left out, overwritten, doubled and put in.
mutations = st.tuples(
    st.sampled_from(PAGES),
    st.lists(
        st.tuples(st.floats(0, 1), st.integers(1, 80), st.integers(0, 3), st.sampled_from(BYTES) | st.binary(max_size=40)),
        min_size=1,
        max_size=30,
    ),
).map(_mutated)


def stands(html: str | bytes, content_type: str = "") -> Extraction | None:
    """Extract a page and check what must be so whatever it holds; None if it can't be read, which must be said as PageError."""
    source = PageSource(url="https://example.org/news/story", html=html, content_type=content_type, fetched_at=NOW)
    try:
        found = extract(source)
    except PageError:
        return None
    texts = [found.canonical_url, found.title, found.body, *found.authors, *found.topics]
    texts += [candidate.value for candidates in found.candidates.values() for candidate in candidates]
    for text in texts:
        text.encode()  # no lone surrogates
        assert "\x00" not in text
    assert found.title == " ".join(found.title.split())
    assert all(paragraph == " ".join(paragraph.split()) != "" for paragraph in found.body.split("\n\n") if found.body)
    assert all(found.authors)
    assert found.published_at is None or found.published_at.at <= NOW + timedelta(days=2)
    assert found.body or found.rejected_reason
    return found
