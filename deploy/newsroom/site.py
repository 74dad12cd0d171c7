"""One outlet's web site: which resource stands at which address, made from the edition and the outlet's templates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import jinja2

from deploy.newsroom import calendar_words
from deploy.newsroom.content import Publication
from deploy.newsroom.edition import Edition, Story

_HTML: Final = "text/html; charset=utf-8"
_FEEDS: Final = {
    "rss": ("rss.xml", "application/rss+xml; charset=utf-8"),
    "atom": ("atom.xml", "application/atom+xml; charset=utf-8"),
    "news_sitemap": ("news-sitemap.xml", "application/xml; charset=utf-8"),
}
_TEMPLATES: Final = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["rfc822"] = format_datetime
_TEMPLATES.filters["weekday"] = calendar_words.weekday
_TEMPLATES.filters["month"] = calendar_words.month


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """What an address answers with."""

    content: bytes
    media_type: str
    modified_at: datetime
    story: Story | None = None


class Site:
    """The pages, feeds and files of one outlet.

    Args:
        publication: The outlet.
        edition: What is published, and when.
        base: The outlet's address without a final slash.
    """

    def __init__(self, publication: Publication, edition: Edition, base: str) -> None:
        self.publication = publication
        self.base = base
        self._edition = edition

    @property
    def feed_url(self) -> str | None:
        """The address of the feed or sitemap, if the outlet has one."""
        return self.base + self.publication.feed.path if self.publication.feed else None

    def find(self, target: str) -> Resource | None:
        """What stands at a path with its query; None if nothing does."""
        target = _without_tracking(target)
        stories = self._edition.stories(self.publication, self.base)
        modified_at = max(story.modified_at for story in stories)
        resources: dict[str, Callable[[], tuple[str, str]]] = {
            "/": lambda: (self._page("front", stories, listed=stories), _HTML),
            "/about": lambda: (self._page("about", stories), _HTML),
            "/robots.txt": lambda: (_TEMPLATES.get_template("robots.txt").render(site=self), "text/plain; charset=utf-8"),
        }
        for key in self.publication.sections:
            resources[self.section_path(key)] = partial(self._section, key, stories)
        if feed := self.publication.feed:
            template, media_type = _FEEDS[feed.kind]
            resources[feed.path] = lambda: (self._feed(template, stories), media_type)
        for story in stories:
            if target == story.url.removeprefix(self.base):
                kind = "consent" if story.piece.consent_wall else "article"
                content = self._page(kind, stories, story=story)
                return Resource(content=content.encode(), media_type=_HTML, modified_at=modified_at, story=story)
            resources[self.image_path(story)] = partial(_image, story)
        if target not in resources:
            return None
        text, media_type = resources[target]()
        return Resource(content=text.encode(), media_type=media_type, modified_at=modified_at)

    def section_path(self, key: str) -> str:
        """Path and query of a section's page."""
        return self.publication.section_path.format(section=key)

    def image_path(self, story: Story) -> str:
        """Path of the picture of an article."""
        return f"/media/{story.piece.number}.svg"

    def _section(self, key: str, stories: list[Story]) -> tuple[str, str]:
        listed = [story for story in stories if story.piece.section == key]
        return self._page("section", stories, section=key, listed=listed), _HTML

    def _page(
        self, kind: str, stories: list[Story], *, story: Story | None = None, section: str | None = None, listed: list[Story] | None = None
    ) -> str:
        template = "consent.html" if kind == "consent" else f"{self.publication.key}.html"
        others = [other for other in stories if story and other.url != story.url]
        context: dict[str, Any] = {
            "site": self,
            "outlet": self.publication,
            "kind": kind,
            "story": story,
            "section": story.piece.section if story else section,
            "listed": listed or [],
            "related": [other for other in others if story and other.piece.section == story.piece.section][:3],
            "latest": others[:5],
            "text": paragraphs(story) if story else [],
        }
        return _TEMPLATES.get_template(template).render(context)

    def _feed(self, template: str, stories: list[Story]) -> str:
        tracking = self.publication.feed.tracking if self.publication.feed else ""
        return _TEMPLATES.get_template(template).render(
            site=self, outlet=self.publication, stories=stories, tail=f"?{tracking}" if tracking else ""
        )


def paragraphs(story: Story) -> list[tuple[str, str]]:
    """The text as pairs of an element (`h2` or `p`) and its words."""
    return [("h2", text.removeprefix("## ")) if text.startswith("## ") else ("p", text) for text in story.paragraphs]


def _image(story: Story) -> tuple[str, str]:
    return _TEMPLATES.get_template("picture.svg").render(hue=story.piece.number % 360, label=story.piece.section), "image/svg+xml"


def _without_tracking(target: str) -> str:
    parts = urlsplit(target)
    kept = [part for part in parts.query.split("&") if part and not part.startswith("utm_")]
    return unquote(parts.path) + ("?" + "&".join(kept) if kept else "")
