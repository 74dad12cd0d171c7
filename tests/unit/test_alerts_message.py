"""How messages read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

from pipeline.alerts import message
from pipeline.alerts.message import Item, Message
from pipeline.models import Precision, Timestamp
from pipeline.store.matches import Told

AT = datetime(2025, 5, 1, 9, 30, tzinfo=timezone(timedelta(hours=2)))


def article(number, *, outlet="Herald", title="Title", original=None, story=7, minutes=0, published=True, precision=Precision.MINUTE):
    return Told(
        id=number,
        title=f"{title} {number}",
        url=f"https://{outlet.lower()}.example/{number}",
        outlet=outlet,
        published_at=Timestamp(at=AT + timedelta(minutes=minutes), precision=precision) if published else None,
        first_seen_at=datetime(2025, 5, 1, 12, tzinfo=UTC),
        story_id=story,
        story="Name of the story" if story else None,
        original_id=original or number,
    )


def told(*stories, digest=False):
    return Message(
        alert="tariffs & more",
        query="tariff*",
        stories=tuple(message.ordered([Item(article=one, highlight=f"the tariffs of {one.id}") for one in story]) for story in stories),
        digest=digest,
        public_url="https://press.example",
    )


def test_webhook_of_a_story():
    body = json.loads(message.as_json(told([article(2, outlet="Post", original=1, minutes=-5), article(1)])))
    assert body == {
        "alert": "tariffs & more",
        "query": "tariff*",
        "story": {"id": 7, "title": "Name of the story"},
        "articles": [
            {
                "id": 1, "title": "Title 1", "url": "https://herald.example/1", "outlet": "Herald",
                "published_at": "2025-05-01T09:30:00+02:00", "highlight": "the tariffs of 1", "story_id": 7,
            },
            {
                "id": 2, "title": "Title 2", "url": "https://post.example/2", "outlet": "Post",
                "published_at": "2025-05-01T09:25:00+02:00", "highlight": "the tariffs of 2", "story_id": 7,
            },
        ],
        "count": 2,
        "link": "https://press.example/stories/7",
    }  # fmt: skip


def test_webhook_of_an_article_alone():
    body = json.loads(message.as_json(told([article(1, story=None, published=False)])))
    assert (body["story"], body["link"], body["articles"][0]["published_at"]) == (None, "https://press.example/articles/1", None)


def test_text_of_a_story_has_the_best_title_first_then_the_other_outlets_then_the_link():
    text = message.as_text(
        told([article(1), article(2, outlet="Post", minutes=1), article(3, outlet="Times", minutes=2), article(4, minutes=3)])
    )
    assert text.title == "tariffs & more: Title 1"
    assert text.body == (
        "Title 1\nHerald, 2025-05-01 09:30 +0200\nhttps://herald.example/1\n\nthe tariffs of 1\n\nAlso in: Post, Times\n\n"
        "Read on: https://press.example/stories/7\nAlert: tariffs & more\nQuery: tariff*\n"
    )


def test_a_bare_date_is_shown_without_a_time():
    assert "Herald, 2025-05-01\n" in message.as_text(told([article(1, precision=Precision.DAY)])).body


def test_digest():
    both = told([article(1)], [article(2, story=8), article(3, story=8, outlet="Post", minutes=1)], digest=True)
    body = json.loads(message.as_json(both))
    assert (body["story"], body["count"], body["link"]) == (None, 3, "https://press.example/alerts/tariffs%20%26%20more")
    assert [one["story_id"] for one in body["articles"]] == [7, 8, 8]
    text = message.as_text(both)
    assert text.title == "tariffs & more: 2 stories"
    assert text.body.index("Title 1") < text.body.index("Title 2")


def test_a_long_digest_says_how_many_stories_it_leaves_out():
    text = message.as_text(told(*([article(n, story=n)] for n in range(1, 41)), digest=True))
    assert "And 10 more stories." in text.body
    assert "Title 31" not in text.body


def test_a_title_is_one_line():
    text = message.as_text(told([article(1, title="Broken\r\nSubject:  x")]))
    assert "\n" not in text.title
    assert text.body.startswith("Broken Subject: x 1\n")
