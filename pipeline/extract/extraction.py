"""One page to one extraction: read, parse, ask the outlet's rule, decide each field, judge."""

from __future__ import annotations

from pipeline import languages, urls
from pipeline.extract import (
    addresses,
    authors,
    body,
    decoding,
    directives,
    images,
    kinds,
    page,
    parsing,
    rules,
    syndication,
    times,
    titles,
    topics,
    verdict,
    walls,
)
from pipeline.extract.candidates import shown
from pipeline.extract.limits import MAX_BYTES, MAX_ELEMENTS
from pipeline.models import ArticleKind, Extraction, PageSource


def _rejected(source: PageSource, reason: str) -> Extraction:
    """A page that has no fields to decide."""
    return Extraction(
        url=source.url,
        canonical_url=urls.canonical(source.final_url or source.url),
        title=decoding.line(source.feed_title or ""),
        authors=(),
        published_at=None,
        modified_at=None,
        language=None,
        body="",
        topics=(),
        syndicated_from=None,
        rejected_reason=reason,
    )


def _length(html: bytes | str) -> int:
    return len(html) if isinstance(html, bytes) or len(html) > MAX_BYTES else len(html.encode("utf-8", "replace"))


def extract(source: PageSource, *, max_bytes: int = MAX_BYTES) -> Extraction:
    """All that a page says about its article.

    Args:
        source: the page and what is known of where it was found.
        max_bytes: a longer page is rejected unread.

    Raises:
        PageError: no tree can be made of the page.

    """
    if _length(source.html) > max_bytes:
        return _rejected(source, verdict.TOO_LARGE)
    if decoding.is_other_type(source.html, source.content_type):
        return _rejected(source, verdict.NOT_HTML)
    text = source.html if isinstance(source.html, str) else decoding.decode(source.html, source.content_type)
    if not decoding.is_html(text):
        return _rejected(source, verdict.NOT_HTML if text.strip("\x00\ufeff \t\r\n\f") else verdict.EMPTY_PAGE)
    if parsing.is_overloaded(text):
        return _rejected(source, verdict.TOO_LARGE)
    tree = parsing.parse_tree(text)
    if parsing.count_elements(tree) > MAX_ELEMENTS:
        return _rejected(source, verdict.TOO_LARGE)
    rules.remove(source.rule, tree)
    return _decided(page.gather(source, text, tree))


def _decided(parsed: page.ParsedPage) -> Extraction:
    ruled = rules.find(parsed)
    title = rules.over(ruled.title, titles.decide(parsed))
    people = rules.over(ruled.authors, authors.decide(parsed))
    labels = dict(topics.labelled(parsed))
    # The body is what costs: general means look for it only where they are needed.
    text = ruled.body or body.decide(parsed, title=title.value, authors=people.value, labels=labels)
    lines = times.Lines(parsed)
    published = rules.over(ruled.published_at, times.decide_published(parsed, lines))
    modified = times.decide_modified(parsed, published.value, lines)
    origin = syndication.decide(parsed, body=text.value, authors=people.candidates)
    subjects = rules.over(ruled.topics, topics.decide(parsed, labels=labels))
    address = addresses.decide(parsed)
    kind = kinds.decide(parsed, body=text.value)
    image = images.decide(parsed)
    asked = directives.read(everybody=parsed.metas("robots"), ours=parsed.metas(directives.AGENT), header=parsed.source.robots_tag)
    reason = verdict.reason(parsed, title=title.value, body=text.value, dated=published.value is not None)
    if asked.noindex:
        reason = verdict.NOINDEX
    return Extraction(
        url=parsed.source.url,
        canonical_url=address.value,
        title=title.value,
        authors=people.value,
        published_at=published.value,
        modified_at=modified.value,
        language=languages.settle(text.value or title.value, parsed.said_languages),
        body=text.value,
        topics=subjects.value,
        syndicated_from=origin.value,
        rejected_reason=reason,
        kind=ArticleKind.INDEX_PAGE if reason == verdict.INDEX_PAGE else kind.value,
        paywalled=walls.is_paywalled(parsed),
        image=image.value,
        noarchive=asked.noarchive,
        candidates={
            "title": title.candidates,
            "authors": people.candidates,
            "published_at": published.candidates,
            "modified_at": modified.candidates,
            "language": shown((label, "page") for label in parsed.said_languages),
            "body": text.candidates,
            "canonical_url": address.candidates,
            "topics": subjects.candidates,
            "syndicated_from": origin.candidates,
            "kind": kind.candidates,
            "image": image.candidates,
        },
        rule_missed=ruled.missed,
    )
