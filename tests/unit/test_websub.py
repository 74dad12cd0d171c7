"""Hubs: what feeds announce, and what proves that a push is a hub's own."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from pydantic import ValidationError
from scrapy.http import Response

from crawlers.hubs import in_headers
from crawlers.reading import Reading, read
from pipeline import websub
from pipeline.config import Settings
from pipeline.models import FeedKind
from pipeline.websub import Announced, Ask

URL = "https://example.com/feeds/rss"
ATOM = '<link rel="hub" href="https://hub.example/"/><link rel="self" href="/self"/>'
RSS = ATOM.replace("link", "a:link")


def announced(body: str) -> Announced:
    found = read(body.encode(), url=URL, content_type="", kind=FeedKind.FEED)
    assert isinstance(found, Reading), found
    return found.announced


@pytest.mark.parametrize(
    "body",
    [
        f'<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel>{RSS}<item><link>http://a.example/1</link></item></channel></rss>',
        f'<feed xmlns="http://www.w3.org/2005/Atom">{ATOM}<entry><link rel="self" href="http://a.example/1"/></entry></feed>',
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "feed_url": "/self",
                "hubs": [{"type": "rssCloud", "url": "https://cloud.example/"}, {"type": "WebSub", "url": "https://hub.example/"}, 7],
                "items": [],
            }
        ),
    ],
)
def test_feeds_announce_a_hub_and_their_own_address(body: str) -> None:
    assert announced(body) == Announced(hub="https://hub.example/", topic="https://example.com/self")


@pytest.mark.parametrize("hub", ["file:///etc/passwd", "javascript:1", "hub", "https://" + "h" * 3_000 + ".example/"])
def test_what_is_no_web_address_is_no_hub(hub: str) -> None:
    found = announced(f'<feed xmlns="http://www.w3.org/2005/Atom"><link rel="hub" href="{hub}"/><entry/></feed>')
    assert found.hub is None or found.hub.startswith("https://example.com/")


@pytest.mark.parametrize(
    ("headers", "hub", "topic"),
    [
        (['<https://hub.example/>; rel="hub", <https://example.com/self>; rel="self"'], "https://hub.example/", "https://example.com/self"),
        (["<https://hub.example/>; rel=hub", "</self>; rel=self"], "https://hub.example/", "https://example.com/self"),
        (['<https://hub.example/>; rel="alternate HUB"'], "https://hub.example/", None),
        (['<https://example.com/wp-json/>; rel="https://api.w.org/"'], None, None),
        (["hub; self; <><;=,", '<ftp://hub.example/>; rel="hub"'], None, None),
        ([], None, None),
    ],
)
def test_headers_announce_too(headers: list[str], hub: str | None, topic: str | None) -> None:
    assert in_headers(Response(URL, headers={"Link": headers})) == Announced(hub=hub, topic=topic)


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_signatures(method: str) -> None:
    right = hmac.new(b"secret", b"body", getattr(hashlib, method)).hexdigest()
    assert websub.is_signed(f"{method}={right}", "secret", b"body")
    assert websub.is_signed(f" {method.upper()}={right.upper()} ", "secret", b"body")
    for header, secret, body in (
        (f"{method}={right}", "other", b"body"),
        (f"{method}={right}", "secret", b"body "),
        (f"{method}={right[:-1]}", "secret", b"body"),
        (f"{method}=", "secret", b"body"),
        (right, "secret", b"body"),
        (f"md5={right}", "secret", b"body"),
        (f"{method}=\u00e9\u20ac", "secret", b"body"),
        ("", "secret", b"body"),
        (None, "secret", b"body"),
    ):
        assert not websub.is_signed(header, secret, body)


@pytest.mark.parametrize(
    ("said", "lease_s"),
    [("3600", 3_600), (None, websub.LEASE_S), ("", websub.LEASE_S), ("0", websub.LEASE_S), ("-5", websub.LEASE_S), ("\u00b2", websub.LEASE_S),
     ("1e9", websub.LEASE_S), ("9" * 400, websub.LONGEST_LEASE_S)],
)  # fmt: skip
def test_leases(said: str | None, lease_s: int) -> None:
    assert websub.lease_s(said) == lease_s


def test_renewal_comes_before_the_end_and_not_too_often() -> None:
    assert websub.renew_after_s(864_000) == 648_000
    assert websub.renew_after_s(1) == 600


def test_requests() -> None:
    ask = Ask(id=1, hub="https://hub.example/", topic=URL, mode="subscribe", callback="https://our.example/websub/t", secret="s")
    assert ask.form() == {
        "hub.callback": "https://our.example/websub/t", "hub.mode": "subscribe", "hub.topic": URL, "hub.lease_seconds": "864000", "hub.secret": "s",
    }  # fmt: skip
    assert websub.callback("https://our.example/monitor/", "t") == "https://our.example/monitor/websub/t"


@pytest.mark.parametrize("url", ["our.example", "ftp://our.example", "https://", "https://our.example/?x=1", "https://u:p@our.example/"])
def test_a_public_address_that_hubs_cannot_use_is_refused(url: str) -> None:
    with pytest.raises(ValidationError):
        Settings(websub_url=url)
