"""The article's picture: what the page gives for sharing it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from pipeline import urls
from pipeline.extract.candidates import Decision, shown
from pipeline.extract.elements import absolute
from pipeline.extract.page import ParsedPage
from pipeline.extract.structured import as_list

# What sites show where an article has no picture, by the name of its file or folder.
PLACEHOLDER: Final = re.compile(
    r"^(?:blank|spacer|pixel|1x1)[\d_x-]*\.|(?:^|[_.-])(?:logo|placeholder|default|fallback|no[_-]?image|favicon|avatar|gravatar)s?(?=[_.-]|\d|$)"
)
PLACEHOLDERS: Final = frozenset({"logo", "logos", "placeholder", "placeholders", "favicon", "favicons", "avatar", "avatars", "fallback"})
DESCRIBED: Final = 5  # words of a name that tells what a picture shows, as `company-changes-logo-after-outcry`


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


def _is_placeholder(url: str) -> bool:
    *folders, name = urlsplit(url.lower()).path.split("/")
    words = [word for word in re.split(r"[^a-z]+", name.rpartition(".")[0]) if len(word) > 1]
    return not PLACEHOLDERS.isdisjoint(folders) or (len(words) < DESCRIBED and PLACEHOLDER.search(name) is not None)


def decide(page: ParsedPage) -> Decision[str | None]:
    """Address of the picture; None if the page names none but the outlet's logo."""
    pairs = [(absolute(page.url, url.strip().replace(" ", "%20")), source) for url, source in _said(page) if url.strip()]
    pairs = [(url, source) for url, source in pairs if urls.is_fetchable(url)]
    chosen = next((url for url, _ in pairs if not _is_placeholder(url)), None)
    return Decision(value=chosen, candidates=shown(pairs))
