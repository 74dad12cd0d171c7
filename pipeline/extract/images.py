"""The article's picture: what the page gives for sharing it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from pipeline import urls
from pipeline.extract.candidates import Decision, shown
from pipeline.extract.elements import absolute
from pipeline.extract.page import ParsedPage
from pipeline.extract.structured import as_list

# What sites show where an article has no picture.
PLACEHOLDER: Final = re.compile(
    r"(?:^|[/_.-])(?:logo|placeholder|default|fallback|no[_-]?image|blank|spacer|pixel|favicon|avatar|gravatar)s?(?=[/_.-]|\d|$)"
)


def _in_structured(value: Any) -> Iterator[str]:
    for item in as_list(value):
        found = item.get("url") or item.get("contentUrl") or item.get("@id") if isinstance(item, dict) else item
        yield from (url for url in as_list(found) if isinstance(url, str))


def _said(page: ParsedPage) -> Iterator[tuple[str, str]]:
    yield from ((url, "og") for url in page.metas("og:image:secure_url", "og:image", "og:image:url"))
    yield from ((url, "json-ld") for url in _in_structured(page.article.get("image")))
    yield from ((url, "twitter") for url in page.metas("twitter:image", "twitter:image:src"))
    yield from ((url, "link") for url in page.links.get("image_src", ()))
    yield from ((url, "meta") for url in page.metas("thumbnail", "thumbnailurl", "image"))


def decide(page: ParsedPage) -> Decision[str | None]:
    """Address of the picture; None if the page names none but the outlet's logo."""
    pairs = [(absolute(page.url, url.strip()), source) for url, source in _said(page) if url.strip()]
    pairs = [(url, source) for url, source in pairs if urls.is_fetchable(url)]
    chosen = next(
        (url for url, _ in pairs if not PLACEHOLDER.search(url.lower().split("?", 1)[0].split("//", 1)[-1].partition("/")[2])), None
    )
    return Decision(value=chosen, candidates=shown(pairs))
