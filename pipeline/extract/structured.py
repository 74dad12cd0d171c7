"""Structured data of a page (JSON-LD, schema.org), with tolerance for what sites really write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from pipeline.extract.decoding import line

ARTICLE_TYPE: Final = re.compile(r"(?:Article|BlogPosting|SocialMediaPosting|Report|Review|LiveBlogPosting)$")
PUBLISHER_TYPES: Final = frozenset({"Organization", "NewsMediaOrganization", "WebSite", "Corporation", "Newspaper", "NGO"})
MAX_NODES: Final = 5_000
OF_READERS: Final = frozenset({"comment", "review", "reviews"})  # properties that hold what others say of the page's subject
# Of a block that is hidden from browsers that know no scripts.
BEGINNING: Final = re.compile(r"\A\s*(?://\s*)?(?:<!\[CDATA\[|<!--)?\s*")
OF_LISTS: Final = frozenset({"itemListElement"})  # of articles; the page's own may be among them
# What is still readable in a block that no parser takes.
BROKEN_FIELD: Final = re.compile(r'"(headline|datePublished|dateModified|articleSection|@type)"\s*:\s*"((?:[^"\\]|\\.){1,300})"')

type_of_node = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StructuredData:
    """The nodes of all JSON-LD blocks of a page."""

    article: type_of_node | None = None  # the node of the page's own article
    nodes: tuple[type_of_node, ...] = ()
    types: frozenset[str] = frozenset()
    broken: int = 0  # blocks that could not be read, or only in part

    def names(self, types: Iterable[str]) -> list[str]:
        """Names of the nodes that have one of some types."""
        wanted = set(types)
        return [name for node in self.nodes if wanted & set(types_of(node)) if (name := first_text(node.get("name")))]


def types_of(node: type_of_node) -> list[str]:
    """Types of a node, without the vocabulary's address."""
    return [str(kind).rsplit("/", 1)[-1] for kind in as_list(node.get("@type"))]


def as_list(value: Any) -> list[Any]:
    """A property's values: none, one or many."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def first_text(value: Any) -> str:
    """First readable text of a property: a string, a whole number, `@value`, or a node's name."""
    for item in as_list(value):
        inner = item.get("@value") or item.get("name") or item.get("headline") if isinstance(item, dict) else item
        inner = inner[0] if isinstance(inner, list) and inner else inner
        found = str(inner) if type(inner) is int else line(inner)
        if found:
            return found
    return ""


def all_texts(value: Any) -> list[str]:
    """All readable texts of a property."""
    return [found for item in as_list(value) if (found := first_text(item))]


def _load(block: str) -> Any:
    """The value of a block, repaired where the repair is safe.

    Raises:
        ValueError: no JSON.

    """
    try:
        return json.loads(block, strict=False)
    except ValueError:
        pass
    text = BEGINNING.sub("", block, count=1)  # what follows the first value is ignored below, such as the end of a comment
    repaired = re.sub(r",\s*(?=[}\]])", "", text)  # commas before an end
    try:
        value, _ = json.JSONDecoder(strict=False).raw_decode(repaired)
    except RecursionError as error:
        raise ValueError(str(error)) from error
    return value


def _walk(value: Any) -> Iterator[tuple[type_of_node, bool]]:
    """Nodes in document order, those inside others too, and whether each is an item of a list."""
    waiting = [(value, False)]
    seen = 0
    while waiting and seen < MAX_NODES:
        item, is_listed = waiting.pop()
        seen += 1
        if isinstance(item, list):
            waiting.extend((inner, is_listed) for inner in reversed(item))
        elif isinstance(item, dict):
            if "@type" in item or "@id" in item:
                yield item, is_listed
            inside = [
                (inner, is_listed or name in OF_LISTS)
                for name, inner in item.items()
                if isinstance(inner, dict | list) and name not in OF_READERS
            ]
            waiting.extend(reversed(inside))


def _from_broken(block: str) -> type_of_node | None:
    fields: type_of_node = {}
    for name, value in BROKEN_FIELD.findall(block):
        fields.setdefault(name, value)
    return fields if ARTICLE_TYPE.search(str(fields.get("@type", ""))) or "datePublished" in fields else None


def _resolved(node: type_of_node, by_id: dict[str, type_of_node]) -> type_of_node:
    """A node with references to other nodes of the page (`{"@id": …}`) replaced by these, one level deep."""

    def follow(value: Any) -> Any:
        if isinstance(value, dict) and "@id" in value and "name" not in value:
            return by_id.get(str(value["@id"]), value)
        return value

    return {name: [follow(item) for item in value] if isinstance(value, list) else follow(value) for name, value in node.items()}


def _is_called(node: type_of_node, headline: str) -> bool:
    return first_text(node.get("headline") or node.get("name")).casefold() == headline.casefold()


def _own_article(articles: list[type_of_node], headline: str) -> type_of_node | None:
    """The page's own article: among several the one with the page's headline, else the fullest, else the first."""
    if len(articles) > 1 and headline:
        for node in articles:
            if _is_called(node, headline):
                return node
    return max(articles, key=lambda node: ("datePublished" in node) + ("headline" in node) + ("author" in node), default=None)


def read(blocks: Iterable[str], *, headline: str) -> StructuredData:
    """Read the JSON-LD blocks of a page.

    Args:
        blocks: contents of its `application/ld+json` scripts.
        headline: a title of the page, to tell its own article from those it refers to.

    """
    nodes: list[type_of_node] = []
    listed: list[type_of_node] = []
    broken = 0
    for block in blocks:
        if not block.strip():
            continue
        try:
            for node, is_listed in _walk(_load(block)):
                nodes.append(node)
                if is_listed and not _is_called(node, headline):
                    listed.append(node)
        except (ValueError, RecursionError):
            broken += 1
            rest = _from_broken(block)
            if rest:
                nodes.append(rest)
    by_id = {str(node["@id"]): node for node in nodes if "@id" in node and not node.keys() <= {"@id", "@type"}}
    others = set(map(id, listed))
    candidates = [node for node in nodes if id(node) not in others]
    articles = [node for node in candidates if any(ARTICLE_TYPE.search(kind) for kind in types_of(node))]
    if not articles:
        articles = [node for node in candidates if "datePublished" in node and ("headline" in node or not types_of(node))]
    own = _own_article(articles, headline)
    return StructuredData(
        article=_resolved(own, by_id) if own else None,
        nodes=tuple(nodes),
        types=frozenset(kind for node in nodes for kind in types_of(node)),
        broken=broken,
    )
