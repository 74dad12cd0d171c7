"""How a message reads: JSON for webhooks, plain text for everything else. Pure.

The body of a webhook is one JSON object, the same for a story and for a digest:

    {
      "alert": "name of the alert",
      "query": "its query",
      "story": {"id": 7, "title": "title of the story"} or null (a digest, or an article in no story),
      "articles": [
        {"id": 12, "title": "…", "url": "…", "outlet": "…", "published_at": "2025-05-01T09:30:00+02:00" or null,
         "highlight": "the passage that the query found", "story_id": 7 or null}
      ],
      "count": 1,
      "link": "address of the page that shows it"
    }

`articles` lists originals before what repeats them, the earliest first, and a digest lists story after
story. `published_at` has the article's own offset. The request carries `Idempotency-Key`: a message that
is sent again, because its first answer was lost, has the same key and the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from pipeline.store.matches import Told

MOST_STORIES: Final = 30
MOST_OUTLETS: Final = 12
LONGEST_TITLE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An article of a message and the passage that the query found."""

    article: Told
    highlight: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A message in plain text."""

    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is told at once: one story, or the stories of a digest."""

    alert: str
    query: str
    stories: tuple[tuple[Item, ...], ...]  # each ordered, the best first
    digest: bool
    public_url: str

    @property
    def link(self) -> str:
        """The page that shows it: the alert for a digest, else the story or the article."""
        if self.digest:
            return f"{self.public_url}/alerts/{quote(self.alert, safe='')}"
        best = self.stories[0][0].article
        return f"{self.public_url}/{f'stories/{best.story_id}' if best.story_id is not None else f'articles/{best.id}'}"


def ordered(items: Sequence[Item]) -> tuple[Item, ...]:
    """The articles of a story: originals before copies of them, the earliest first."""
    return tuple(sorted(items, key=lambda item: (item.article.original_id != item.article.id, item.article.ordered_at, item.article.id)))


def as_json(message: Message) -> bytes:
    """The body of a webhook."""
    best = message.stories[0][0].article
    articles = [_json(item) for story in message.stories for item in story]
    body = {
        "alert": message.alert,
        "query": message.query,
        "story": None if message.digest or best.story_id is None else {"id": best.story_id, "title": best.story or best.title},
        "articles": articles,
        "count": len(articles),
        "link": message.link,
    }
    return json.dumps(body, ensure_ascii=False).encode()


def as_text(message: Message) -> Text:
    """The message as a title and plain text: the best title first, then the other outlets, then where to read on."""
    best = message.stories[0][0].article
    if message.digest:
        count = len(message.stories)
        title = f"{message.alert}: {best.title}" if count == 1 else f"{message.alert}: {count} stories"
    else:
        title = f"{message.alert}: {best.title}"
    parts = [_paragraphs(story) for story in message.stories[:MOST_STORIES]]
    if len(message.stories) > MOST_STORIES:
        parts.append(f"And {len(message.stories) - MOST_STORIES} more stories.")
    parts.append(f"Read on: {message.link}\nAlert: {message.alert}\nQuery: {message.query}")
    return Text(title=_line(title)[:LONGEST_TITLE], body="\n\n".join(parts) + "\n")


def _paragraphs(story: Sequence[Item]) -> str:
    best = story[0]
    lines = [_line(best.article.title), _origin(best.article), best.article.url]
    if best.highlight:
        lines += ["", _line(best.highlight)]
    outlets = list(dict.fromkeys(item.article.outlet for item in story[1:] if item.article.outlet != best.article.outlet))
    if outlets:
        more = f" and {len(outlets) - MOST_OUTLETS} more" if len(outlets) > MOST_OUTLETS else ""
        lines += ["", "Also in: " + ", ".join(outlets[:MOST_OUTLETS]) + more]
    return "\n".join(lines)


def _origin(article: Told) -> str:
    if article.published_at is None:
        return article.outlet
    precise = article.published_at.precision == "minute"
    return (
        f"{article.outlet}, {article.published_at.at:%Y-%m-%d %H:%M %z}"
        if precise
        else f"{article.outlet}, {article.published_at.at:%Y-%m-%d}"
    )


def _json(item: Item) -> dict[str, Any]:
    article = item.article
    return {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "outlet": article.outlet,
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "highlight": item.highlight,
        "story_id": article.story_id,
    }


def _line(text: str) -> str:
    return " ".join(text.split())
