"""The canonical URL: what the page calls itself, if it is entitled to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from pipeline import identity, urls
from pipeline.extract.candidates import Decision, shown
from pipeline.extract.page import ParsedPage
from pipeline.extract.structured import first_text


def _said(page: ParsedPage) -> Iterator[tuple[str, str]]:
    for url in page.links.get("canonical", ()):
        yield url, "canonical"
    for url in page.metas("og:url"):
        yield _joined(page.url, url), "og"
    for value in (page.article.get("url"), page.article.get("mainEntityOfPage")):
        url = str(value.get("@id") or "") if isinstance(value, dict) else first_text(value)
        if url.startswith("http"):
            yield url, "json-ld"


def _joined(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:  # a bracket that makes no host
        return ""


def _is_own(page: ParsedPage, url: str) -> bool:
    """Whether an address is on the page's site or another one of its outlet."""
    return (
        not page.url
        or urls.same_site(url, page.url)
        or urls.site(url) in {urls.site(f"https://{host}") for host in page.source.outlet_hosts}
    )


def _is_mistaken(page: ParsedPage, url: str) -> bool:
    """Whether an address can't be an article's: the home page, an error page, or the section that the page is in."""
    if urls.is_home(url):
        return not urls.is_home(page.url)
    if re.search(r"/(?:404|error)\b", url):
        return True
    if len(url) >= len(page.url):
        return False
    own, said = urls.canonical(page.url), urls.canonical(url)
    return own.startswith(f"{said}/") and identity.keys(own) != identity.Keys() == identity.keys(said)


def decide(page: ParsedPage) -> Decision[str]:
    """Canonical form of what the page says of itself on its outlet's sites, else of the URL fetched.

    A home page or a section as canonical URL is a mistake of the site's; another site's is evidence of syndication.
    """
    pairs = [(url, source) for url, source in _said(page) if urls.is_fetchable(url)]
    for url, _ in pairs:
        if _is_own(page, url) and not _is_mistaken(page, url):
            return Decision(value=urls.canonical(url), candidates=shown([*pairs, (page.url, "fetched")]))
    return Decision(value=urls.canonical(page.url), candidates=shown([*pairs, (page.url, "fetched")]))


def elsewhere(page: ParsedPage) -> str | None:
    """An article's URL on another site that this page names as its canonical one."""
    for url in page.links.get("canonical", ()):
        if urls.is_fetchable(url) and not _is_own(page, url) and not urls.is_home(url):
            return url
    return None
