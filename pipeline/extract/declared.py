"""The authors that a page declares, in its structured data and its metadata."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from pipeline.extract.agencies import agency_of
from pipeline.extract.names import BY, ReadNames
from pipeline.extract.page import ParsedPage
from pipeline.extract.structured import all_texts, as_list, first_text, types_of

MAX_COLLECTIVE: Final = 60  # characters
META_NAME: Final = re.compile(r"(?!.*(?:image|photo|video))(?:.*[:._-])?(?:authors?|author[_-]?names?|byl|byline|creator)|dc\.contributor")
WRITTEN_BY: Final = "twitter:data1"  # where a common plug-in says who wrote the text; others say other things there
ORGANISATION_TYPES: Final = frozenset({"Organization", "NewsMediaOrganization", "Corporation"})
AUTHOR_TYPES: Final = ORGANISATION_TYPES | {"Person"}
# Works that are no articles to schema.org, and may be all that a page's structured data describe.
WORK: Final = re.compile(r"(?:Page|Recipe|HowTo|CreativeWork\w*|Posting|Episode|Question)$")
# What forms are filled in with that want a name.
PLACEHOLDER: Final = re.compile(
    r"@|https?:|\b(?:null|none|no author|admin\w*|webmaster|unknown|unbekannt|anonym\w*|guest|user|test|super ?user|root|wordpress)\b|^(?:site )?(?:editor|author|contributor)$",
    re.IGNORECASE,
)

FULL_NAME: Final = re.compile(r"[^\W\d_]{2,20}(?: (?:[a-z]{2,3} )?[^\W\d_a-z][^\W\d_]{1,20}){1,2}\b(?! [^\W\d_a-zß-ÿ])")

Node = dict[str, Any]


def _flat(value: Any) -> Iterator[Any]:
    """The values of a property, also of lists within lists."""
    for item in as_list(value):
        if isinstance(item, list):
            yield from _flat(item)
        else:
            yield item


def author_nodes(page: ParsedPage) -> list[Node]:
    """The authors in the structured data, each with its type where the page tells it anywhere."""
    article = page.article
    # A reader's review of a recipe or a product is not what the page is about.
    if not article or ("Review" in types_of(article) and "itemReviewed" not in article):
        article = next((node for node in page.data.nodes if "author" in node and any(map(WORK.search, types_of(node)))), {})
    nodes = [item if isinstance(item, dict) else {"name": item} for item in _flat(article.get("author") or article.get("creator"))]
    if any("@id" in node and "@type" not in node for node in nodes):
        known = {str(node["@id"]): node for node in page.data.nodes if node.keys() >= {"@id", "@type", "name"}}
        nodes = [node if "@type" in node else known.get(str(node.get("@id")), node) for node in nodes]
    return nodes


def _in_full(name: str, description: str) -> str:
    """A first name in the full form that the description begins with, as in `Jane Roe writes about bridges`."""
    begun = FULL_NAME.match(description)
    return begun[0] if begun and begun[0].split()[0] == name else name


def people_of(nodes: Iterable[Node], read: ReadNames) -> list[str]:
    """People among the authors of the structured data; what it calls an organisation is none."""
    people: list[str] = []
    for node in nodes:
        kinds = set(types_of(node))
        if "Person" in kinds or not kinds & ORGANISATION_TYPES:
            for name in all_texts(node.get("name")):
                people += read(_in_full(name, first_text(node.get("description"))), True)
    return people


def collectives_of(nodes: Iterable[Node]) -> list[str]:
    """Whom the structured data call the author besides people: a desk, a pen name that looks like none, an organisation. No agency."""
    names = [BY.sub("", name) for node in nodes if AUTHOR_TYPES & set(types_of(node)) for name in all_texts(node.get("name"))]
    return [name for name in names if 0 < len(name) <= MAX_COLLECTIVE and not PLACEHOLDER.search(name) and not agency_of(name)]


def metas(page: ParsedPage) -> list[tuple[str, str]]:
    """Names and values of the metadata that tell of an author, without addresses."""
    return [
        (name, value)
        for name, values in page.meta.items()
        if name == WRITTEN_BY or (META_NAME.fullmatch(name) and name != "twitter:creator")
        for value in values
        if not value.startswith(("http://", "https://", "/", "@"))
    ]


def people_in(found: Iterable[tuple[str, str]], read: ReadNames) -> list[str]:
    """People of the first name in the metadata that tells of any."""
    by_name: dict[str, list[str]] = {}
    for name, value in found:
        by_name.setdefault(name, []).extend(read(value, name != WRITTEN_BY))
    return next((people for name, people in sorted(by_name.items(), key=lambda item: item[0] == WRITTEN_BY) if people), [])
