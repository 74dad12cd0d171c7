"""What is true of the newsroom: for tests and the demonstration to check results against."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from deploy.newsroom.edition import Edition
from deploy.newsroom.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedArticle:
    """An article that a complete collection holds."""

    url: str  # as its page names it; a fetched or stored address may add a tracking query: compare canonical forms
    outlet: str  # name, as in the outlets file
    language: str
    title: str  # of the first version
    paragraphs: tuple[str, ...]  # of the first version, headings among them without their mark
    authors: tuple[str, ...]  # people, or the agency
    published_at: datetime | None  # None while it waits for the release
    event: str | None
    wire: str | None  # name of the agency text that it is a copy of
    agency: str | None
    copy_kind: str | None  # copy, or derived where the outlet added text of its own; among copies, the first seen is the original
    live: bool
    second_title: str | None  # of the version after the edit


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a complete collection finds."""

    articles: tuple[ExpectedArticle, ...]
    by_outlet: Mapping[str, int]  # articles by outlet name
    copies: Mapping[str, tuple[str, ...]]  # addresses by agency text
    events: Mapping[str, tuple[str, ...]]  # addresses by event, over outlets and languages
    live: tuple[str, ...]  # addresses that appear with the release
    edited: tuple[str, ...]  # addresses with a second version
    consent_walls: tuple[str, ...]  # addresses in feeds that show no article
    not_articles: tuple[str, ...]  # other pages that the outlets link to: home, sections, about
    disallowed: tuple[str, ...]  # linked addresses that robots.txt forbids


def expected(edition: Edition, sites: Sequence[Site]) -> Expected:
    """Gather what is true of an edition on these sites."""
    by_key = {site.publication.key: site for site in sites}
    released_at = edition.released_at()
    articles = []
    walls = []
    for piece in edition.content.pieces:
        site = by_key[piece.outlet]
        url = edition.url(site.publication, piece, site.base)
        if piece.consent_wall:
            walls.append(url)
            continue
        story = next((story for story in edition.stories(site.publication, site.base) if story.url == url), None)
        title, lines = edition.texts(site.publication, piece, edited=False)
        articles.append(
            ExpectedArticle(
                url=url,
                outlet=site.publication.name,
                language=site.publication.language,
                title=title,
                paragraphs=tuple(line.removeprefix("## ") for line in lines),
                authors=piece.authors,
                published_at=story.published_at if story and (released_at or not piece.live) else None,
                event=piece.event,
                wire=piece.agency.wire if piece.agency else None,
                agency=piece.agency.name if piece.agency else None,
                copy_kind=("derived" if piece.agency.has_own_text else "copy") if piece.agency else None,
                live=piece.live,
                second_title=edition.texts(site.publication, piece, edited=True)[0] if piece.edit else None,
            )
        )
    return Expected(
        articles=tuple(articles),
        by_outlet=Counter(article.outlet for article in articles),
        copies=_grouped((article.wire, article.url) for article in articles),
        events=_grouped((article.event, article.url) for article in articles),
        live=tuple(article.url for article in articles if article.live),
        edited=tuple(article.url for article in articles if article.second_title),
        consent_walls=tuple(walls),
        not_articles=tuple(
            site.base + path for site in sites for path in ("/", "/about", *(site.section_path(key) for key in site.publication.sections))
        ),
        disallowed=tuple(site.base + path for site in sites for path in ("/account/login", "/search?q=")),
    )


def outlets_toml(sites: Sequence[Site], *, feeds: bool) -> str:
    """The outlets as `[[outlet]]` tables."""
    tables = []
    for site in sites:
        publication = site.publication
        fields: dict[str, object] = {"name": publication.name, "url": f"{site.base}/"}
        if feeds and site.feed_url:
            fields["feeds"] = [site.feed_url]
        fields |= {"labels": list(publication.labels), "country": publication.country, "language": publication.language}
        if publication.group:
            fields["group"] = publication.group
        # A JSON string or list of strings is one in TOML too.
        tables.append("[[outlet]]\n" + "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in fields.items()))
    return "\n".join(tables)


def _grouped(pairs: Iterable[tuple[str | None, str]]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    for name, url in pairs:
        if name:
            groups[name] = (*groups.get(name, ()), url)
    return groups
