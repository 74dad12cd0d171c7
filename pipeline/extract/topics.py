"""Topics: the tags, sections and labels that a page gives its article."""

# The patterns hold marks of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from lxml.html import HtmlElement

from pipeline.extract.candidates import Decision, shown
from pipeline.extract.decoding import line
from pipeline.extract.elements import lines_in, text_of
from pipeline.extract.listings import words_in
from pipeline.extract.page import ParsedPage
from pipeline.extract.pointers import is_pointer
from pipeline.extract.structured import all_texts, as_list
from pipeline.extract.tags import shown_tags
from pipeline.extract.titles import fold

MAX_TOPICS: Final = 30
MAX_CHARACTERS: Final = 60
MAX_LABEL_LINKS: Final = 15
# "Region: Europe, USA": a short label, then links only.
LABEL: Final = re.compile(r"^\s*[^\W\d_][^.!?:：;,|()\"]{1,28}[:：]\s*$")
COLONS: Final = (":", "：")
HEADLINE_WORDS: Final = 6  # of a link that is no topic
TAGGED: Final = frozenset({"tag", "category tag", "category"})  # relations of links
LABEL_TAGS: Final = frozenset({"strong", "b", "span"})
# What systems write where nobody chose a topic, folded.
EMPTY: Final = frozenset(
    map(
        fold,
        "null|undefined|none|n/a|uncategorized|uncategorised|nicht kategorisiert|non classé|sin categoría|sem categoria|senza categoria".split(
            "|"
        ),
    )
)
NO_TOPIC: Final = re.compile(
    r"^(?:(?:\w+\s+)?(?:by|von|por|par)|author|autor|source|photo|image|follow|share|credit|contact|e-?mail|published|updated|date|read)\b",
    re.IGNORECASE,
)


def _split(text: str) -> list[str]:
    return [part for part in (piece.strip(" #\"'[]") for piece in re.split(r"[,;|،、]", text)) if part]


def _holds_label(place: HtmlElement) -> bool:
    """Whether one of an element's own texts, or one that is set off in it, ends as a label does."""
    if (place.text or "").rstrip().endswith(COLONS):
        return True
    for child in place:
        if child.tag in LABEL_TAGS and "".join(child.itertext()).rstrip().endswith(COLONS):
            return True
        if child.tail and child.tail.rstrip().endswith(COLONS):
            return True
    return False


def labelled(page: ParsedPage) -> Iterator[tuple[str, list[str]]]:
    """Lines of a label and links, and the topics that they name: `Region: Europe, USA` names two, `Read also: …` none."""
    seen: set[HtmlElement] = set()
    for link in page.anchors:
        parent = link.getparent()
        if parent is None or parent in seen or parent.tag not in {"p", "div", "span", "li", "td", "h5", "h6"}:
            continue
        seen.add(parent)
        if not _holds_label(parent):
            continue  # most elements hold no label, and their lines need not be taken apart
        for parts in lines_in(parent):
            told = [(text.strip(), child) for text, child in parts if text.strip()]
            if not told or not told[0][0].endswith(COLONS) or (told[0][1] is not None and told[0][1].tag not in LABEL_TAGS):
                continue
            label, rest = line(told[0][0]), [(line(text), child) for text, child in told[1:]]
            links = [text for text, child in rest if child is not None and child.tag == "a"]
            between = " ".join(text for text, child in rest if child is None or child.tag != "a")
            points = is_pointer(label)
            is_label = LABEL.match(label) and (points or not NO_TOPIC.match(label))
            if is_label and 0 < len(links) <= MAX_LABEL_LINKS and not re.search(r"\w{3}", between):
                leads_on = points or any(words_in(text) >= HEADLINE_WORDS for text in links)
                yield line("".join(text for text, _ in parts)), [] if leads_on else links


def _pairs(page: ParsedPage, labels: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    article = page.article
    yield from ((text, "meta tag") for text in page.metas("article:tag", "og:article:tag", "og:article:section", "article:section"))
    yield from ((text, "json-ld section") for text in all_texts(article.get("articleSection")))
    for value in as_list(article.get("keywords")):
        yield from ((text, "json-ld keywords") for whole in all_texts(value) for text in _split(whole))
    yield from ((text, "keywords") for whole in page.metas("news_keywords", "keywords", "parsely-tags") for text in _split(whole))
    yield from ((text_of(link), "tag link") for link in page.anchors if link.get("rel") in TAGGED)
    yield from ((text, "feed") for text in page.source.feed_topics)
    yield from ((text, "label") for texts in labels.values() for text in texts)


def _kept(pairs: Iterable[tuple[str, str]], page: ParsedPage) -> list[tuple[str, str]]:
    """Topics with their sources, without the outlet's own name and what is no topic."""
    unwanted = {fold(name) for name in page.site_names} | EMPTY
    kept = []
    for text, source in pairs:
        # Some sites put a whole list into one tag.
        for topic in _split(text) if "," in text else [text.strip(" #")]:
            folded = fold(topic)
            if folded and len(topic) <= MAX_CHARACTERS and folded not in unwanted and "://" not in topic and "=" not in topic:
                kept.append((topic, source))
    return kept


def decide(page: ParsedPage, *, labels: Mapping[str, Sequence[str]]) -> Decision[tuple[str, ...]]:
    """Topics in the page's words, each once, without the outlet's own name.

    What a page shows as tags counts only where it declares none: such lists also hold what is none.

    Args:
        page: the parsed page.
        labels: topics by the line that names them, as `labelled` finds them.

    """
    pairs = _kept(_pairs(page, labels), page) or _kept(((text, "tag list") for text in shown_tags(page)), page)
    topics: dict[str, str] = {}
    for topic, _ in pairs:
        topics.setdefault(fold(topic), topic)
    return Decision(value=tuple(topics.values())[:MAX_TOPICS], candidates=shown(pairs))
