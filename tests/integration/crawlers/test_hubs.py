"""WebSub from end to end: an outlet with a hub, the crawler, and the web server that the hub reaches."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from pipeline.config import Settings
from pipeline.models import FeedItem, FeedKind, Poll
from pipeline.steps import websub as step
from pipeline.steps.context import Context
from pipeline.store import outlets, polls, pushes, subscriptions
from pipeline.store.database import Database
from pipeline.store.reading import outlets as reading
from pipeline.websub import Announced
from tests import web_newsroom

from .conftest import Answer, Site, article, rss

PUBLIC = "http://hooks.example/monitor"

Run = Callable[..., dict[str, Any]]
Add = Callable[..., int]
Read = Callable[[str], Any]


@dataclass
class Hub:
    """A hub on the test's server, which reaches the web server as through a reverse proxy."""

    web: httpx.Client
    site: Site
    lease_s: int = 864_000
    verifies: bool = True
    asked: list[dict[str, str]] = field(default_factory=list)
    confirmed: list[bool] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.site.url}/hub"

    @property
    def path(self) -> str:
        """The callback's path behind the proxy."""
        return urlsplit(self.asked[-1]["hub.callback"]).path.removeprefix("/monitor")

    def take(self, handler: Any) -> Answer:
        """A request for a subscription, which is verified before it is answered."""
        assert handler.command == "POST"
        assert handler.headers["Content-Type"] == "application/x-www-form-urlencoded"
        self.asked.append(dict(parse_qsl(handler.form.decode())))
        if self.verifies:
            self.confirmed.append(self.verify(**{"hub.lease_seconds": str(self.lease_s)}))
        return Answer(status=202)

    def verify(self, **changes: str) -> bool:
        """Ask whether a subscription is wanted."""
        question = {name: self.asked[-1][name] for name in ("hub.mode", "hub.topic")} | {"hub.challenge": "<b>1&2"} | changes
        answer = self.web.get(self.path, params=question)
        assert answer.status_code in {200, 404}
        if answer.status_code == 404:
            return False
        assert answer.text == "<b>1&2"
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        return True

    def push(self, body: bytes, *, method: str = "sha256", secret: str | None = None, **headers: str) -> int:
        """Send something; the status of the answer."""
        key = (secret or self.asked[-1]["hub.secret"]).encode()
        signed = {"X-Hub-Signature": f"{method}={hmac.new(key, body, method).hexdigest()}", "Content-Type": "application/rss+xml"}
        return self.web.post(self.path, content=body, headers=signed | headers).status_code


@pytest.fixture
def hub(site: Site, settings: Settings) -> Iterator[Hub]:
    with (
        web_newsroom.serving(settings.model_copy(update={"websub_url": PUBLIC, "page_max_bytes": 100_000})) as url,
        httpx.Client(base_url=url, trust_env=False, headers={"Host": "hooks.example"}) as web,
    ):
        made = Hub(web=web, site=site)
        site.answers["/hub"] = made.take
        yield made


def announcing(site: Site, hub: str, *links: str, topic: str = "/topic") -> bytes:
    """A feed that names its hub and another address of its own than the one it is polled at."""
    head = f'<a:link rel="hub" href="{hub}"/><a:link rel="self" href="{topic}"/>'
    return rss(*links).replace(b"<rss ", b'<rss xmlns:a="http://www.w3.org/2005/Atom" ').replace(b"<channel>", f"<channel>{head}".encode())


def view(database: Database) -> reading.HubView:
    with database.transaction() as connection:
        (outlet,) = reading.outlets(connection, web_newsroom.NOW)
    assert outlet.feeds[0].hub is not None
    return outlet.feeds[0].hub


def nothing_else_is_served(hub: Hub, feed: str) -> None:
    """Only what was asked is confirmed, and under the public name there are no pages."""
    for changes in ({"hub.topic": feed}, {"hub.mode": "unsubscribe"}, {"hub.mode": "publish"}, {"hub.challenge": ""}):
        assert not hub.verify(**changes)
    unknown = hub.web.get(hub.path + "x", params={"hub.mode": "subscribe", "hub.topic": feed, "hub.challenge": "x"})
    assert unknown.status_code == 404
    for path in ("/", "/api/status", "/static/style.css"):
        assert hub.web.get(path).status_code == 400


def test_from_the_announcement_to_the_end(site: Site, hub: Hub, database: Database, add: Add, one: Read, rows: Read, crawl: Run) -> None:
    links = [site.put(f"/a{n}", article(f"A{n}")) for n in range(4)]
    feed = site.put("/rss", announcing(site, hub.url, *links[:2]), kind="application/rss+xml")
    add(feed)

    # Nothing is sent where no address is configured.
    assert crawl()["hubs_asked"] == 0
    with database.transaction() as connection:
        connection.execute("UPDATE feeds SET due_at = now() - interval '1 s'")
    report = crawl(websub_url=PUBLIC)
    assert (report["feeds_polled"], report["hubs_asked"]) == (1, 1)
    (asked,) = hub.asked
    assert (asked["hub.mode"], asked["hub.topic"], asked["hub.lease_seconds"]) == ("subscribe", f"{site.url}/topic", "864000")
    assert re.fullmatch(rf"{PUBLIC}/websub/[\w-]{{32}}", asked["hub.callback"])
    assert len(asked["hub.secret"]) == 32
    assert hub.confirmed == [True]
    assert one("SELECT due_at BETWEEN now() + interval '7 d' AND now() + interval '8 d' FROM subscriptions") == (True,)
    assert "pushed by" in view(database).words(web_newsroom.NOW)

    nothing_else_is_served(hub, feed)

    # What is pushed is known and fetched by the next crawl, without a poll.
    assert hub.push(rss(links[2])) == 202
    assert one("SELECT count(*), min(content_type) FROM pushes") == (1, "application/rss+xml")
    report = crawl(websub_url=PUBLIC)
    assert (report["pushes"], report["new_pages"], report["fetched"], report["feeds_polled"]) == (1, 1, 1, 0)
    assert one("SELECT count(*) FROM sightings WHERE feed_id = (SELECT id FROM feeds)")[0] == 3
    assert one("SELECT items, new_items FROM feeds") == (2, 1)
    assert one("SELECT sum(polls), sum(new_items), sum(gaps) FROM coverage") == (2, 3, 0)
    assert one("SELECT count(*) FROM pushes") == (0,)

    # What is not signed as it should be is ignored and counted, and who sent it can't tell.
    assert hub.push(rss(links[3]), secret="guess") == 202
    assert hub.push(rss(links[3]), **{"X-Hub-Signature": ""}) == 202
    assert hub.push(rss(links[3]), **{"X-Hub-Signature": "md5=" + hashlib.md5(b"").hexdigest()}) == 202  # noqa: S324
    assert hub.push(b"x" * 200_000) == 413
    assert one("SELECT count(*) FROM pushes") == (0,)
    assert (view(database).refused, view(database).pushes) == (3, 1)

    # A push without items, or one that can't be read, lets the feed be polled at once.
    site.put("/rss", announcing(site, hub.url, *links), kind="application/rss+xml")
    assert hub.push(b"\x00nonsense", method="sha1") == 202
    report = crawl(websub_url=PUBLIC)
    assert (report["pushes"], report["feeds_polled"], report["new_pages"]) == (1, 1, 1)
    assert "can't be read" in (view(database).error or "")
    assert one("SELECT count(*) FROM pages") == (4,)

    # A lease is renewed before its end, with the same secret at the same address.
    with database.transaction() as connection:
        connection.execute("UPDATE subscriptions SET due_at = now()")
    assert crawl(websub_url=PUBLIC)["hubs_asked"] == 1
    assert hub.asked[-1] == asked
    assert hub.confirmed == [True, True]

    # With the outlet the subscription goes.
    with database.transaction() as connection:
        outlets.remove(connection, "Example")
        connection.execute("UPDATE subscriptions SET lease_ends_at = now() + interval '1 d'")
    assert hub.push(rss(links[3])) == 410
    assert crawl(websub_url=PUBLIC)["hubs_asked"] == 1
    assert (hub.asked[-1]["hub.mode"], hub.confirmed[-1]) == ("unsubscribe", True)
    assert "hub.secret" not in hub.asked[-1]
    assert rows("SELECT * FROM subscriptions") == []
    assert hub.push(rss(links[3]), secret="any") == 410


def test_hubs_that_cannot_be_asked(site: Site, add: Add, rows: Read, crawl: Run) -> None:
    site.put("/302", status=302, Location="/elsewhere")
    site.put("/307", status=307, Location="/taken")
    site.put("/private", status=308, Location="http://10.0.0.1/hub")
    site.put("/taken", status=202)
    site.put("/no", b"topic is not known here", status=422, kind="text/plain")
    hubs = {
        "http://10.0.0.1/hub": "its address is private",
        "http://a..example/hub": "the address makes no sense",
        f"{site.url}/302": "it redirects to nowhere",
        f"{site.url}/private": "its address is private",
        f"{site.url}/no": "the server answers 422: topic is not known here",
        f"{site.url}/307": None,
    }
    add(*(site.put(f"/rss{n}", announcing(site, hub), kind="application/rss+xml") for n, hub in enumerate(hubs)))
    assert crawl(websub_url=PUBLIC)["hubs_asked"] == 6
    found = {hub: (error, failures) for hub, error, failures in rows("SELECT hub, error, failures FROM subscriptions")}
    assert set(found) == set(hubs)
    for hub, error in hubs.items():
        assert found[hub][1] == 1
        assert (found[hub][0] or "taken").startswith(error or "taken"), hub
    assert site.asked("/elsewhere") == 0
    assert site.asked("/taken") == 1
    assert rows("SELECT count(*) FROM subscriptions WHERE due_at < now() + interval '59 min'") == [(0,)]
    # The feeds go on as before.
    assert rows("SELECT count(*) FROM feeds WHERE error IS NULL AND failures = 0") == [(len(hubs),)]


@pytest.fixture
def subscribed(database: Database, context: Context, add: Add) -> tuple[Context, str, int]:
    """A feed whose hub has confirmed a subscription: the context of a web server, the token, and the feed."""
    add("https://example.com/rss", url="https://example.com/")
    with database.transaction() as connection:
        (feed,) = polls.claim(connection, 1, due_by=web_newsroom.NOW.replace(year=9999), outlets=None, limit=9)
        subscriptions.follow(connection, feed.id, Announced(hub="https://hub.example/", topic=feed.url), base=PUBLIC)
        (ask,) = subscriptions.claim(connection, 1, outlets=None, limit=9)
    token = ask.callback.rsplit("/", 1)[1]
    served = Context(settings=context.settings.model_copy(update={"websub_url": PUBLIC}), endpoints=context.endpoints)
    assert step.answers_challenge(served, token, mode="subscribe", topic=feed.url, lease="864000")
    return served, token, feed.id


def signed(database: Database, token: str, body: bytes) -> str:
    with database.transaction() as connection:
        secret = subscriptions.secret(connection, token)
    assert secret is not None
    return "sha512=" + hmac.new(secret.encode(), body, "sha512").hexdigest()


def test_polls_are_a_safety_net_while_the_hub_delivers(database: Database, subscribed: tuple[Context, str, int]) -> None:
    served, token, feed_id = subscribed

    def poll(*names: str) -> float:
        with database.transaction() as connection:
            items = tuple(FeedItem(url=f"https://example.com/{name}") for name in names)
            made = Poll(feed=polls.feed(connection, feed_id), started_at=web_newsroom.NOW, kind=FeedKind.FEED, items=items)
            polls.record(connection, made, worker=1, interval_s=100, longest_s=9_000)
            row = connection.execute("SELECT extract(epoch FROM due_at - polled_at)::float8 FROM feeds").fetchone()
        assert row is not None
        return float(row[0])

    assert poll("a", "b", "c") < 200  # nothing was pushed so far
    body = rss("https://example.com/d")
    for _ in range(2):  # again, as a hub does that has not heard the answer
        assert step.receive(served, token, body=body, content_type="", signature=signed(database, token, body)) is step.Receipt.KEPT
    with database.transaction() as connection:
        for push in pushes.claim(connection, 1, outlets=None, limit=9):
            pushes.record(connection, push, (FeedItem(url="https://example.com/d"),), worker=1, interval_s=100)
    assert poll("b", "c", "d") == 8_100
    assert poll("c", "d", "e") == 8_100  # on its way
    with database.transaction() as connection:
        connection.execute("UPDATE subscriptions SET pushed_at = now() - interval '1 h'")
    assert poll("d", "e", "f") == 8_100
    assert poll("e", "f", "g") < 8_100  # it has failed to tell twice


def test_what_was_acknowledged_outlives_its_reader(database: Database, subscribed: tuple[Context, str, int]) -> None:
    served, token, _ = subscribed
    body = rss("https://example.com/a")
    assert step.receive(served, token, body=body, content_type="", signature=signed(database, token, body)) is step.Receipt.KEPT
    reader = Database(database.url)
    dead = reader.worker()
    with reader.transaction() as connection:
        assert [push.body for push in pushes.claim(connection, dead, outlets=None, limit=9)] == [body]
    with database.transaction() as connection:
        assert pushes.claim(connection, database.worker(), outlets=None, limit=9) == []
    reader.close()
    with database.transaction() as connection:
        subscriptions.follow(connection, subscribed[2], None, base=PUBLIC)
        connection.execute("DELETE FROM subscriptions")
    until_free(database, body)


def test_a_hub_may_deny_it_at_any_time(site: Site, hub: Hub, database: Database, subscribed: tuple[Context, str, int]) -> None:
    _, token, _ = subscribed
    question = {"hub.mode": "denied", "hub.topic": "https://example.com/rss", "hub.reason": "no\nmore\x00"}
    assert hub.web.get(f"/websub/{token}", params=question | {"hub.topic": "https://example.com/other"}).status_code == 404
    assert view(database).until is not None
    assert hub.web.get(f"/websub/{token}", params=question).status_code == 200
    assert view(database).words(web_newsroom.NOW) == "https://hub.example/ has not confirmed yet: the hub denies it: no more"
    # And is not asked again soon.
    with database.transaction() as connection:
        assert connection.execute("SELECT due_at > now() + interval '6 d' FROM subscriptions").fetchone() == (True,)


def until_free(database: Database, body: bytes) -> None:
    """The server notices soon that a worker is gone."""
    for _ in range(200):
        with database.transaction() as connection:
            found = pushes.claim(connection, database.worker(), outlets=None, limit=9)
        if found:
            assert [push.body for push in found] == [body]
            return
    raise AssertionError


def test_a_hub_that_floods_is_told_to_come_later(database: Database, subscribed: tuple[Context, str, int]) -> None:
    served, token, _ = subscribed
    body = rss("https://example.com/a")
    signature = signed(database, token, body)
    found = [
        step.receive(served, token, body=body, content_type="", signature=signature) for _ in range(pushes.MOST_WAITING + 2)
    ]  # fmt: skip
    assert found == [step.Receipt.KEPT] * pushes.MOST_WAITING + [step.Receipt.LATER] * 2


def test_a_feed_that_moves_to_another_hub_or_address(database: Database, subscribed: tuple[Context, str, int]) -> None:
    served, token, feed_id = subscribed
    with database.transaction() as connection:
        elsewhere = Announced(hub="https://other.example/", topic="https://example.com/rss")
        subscriptions.follow(connection, feed_id, elsewhere, base=PUBLIC)
        asks = {(ask.hub, ask.mode) for ask in subscriptions.claim(connection, 1, outlets=None, limit=9)}
    assert asks == {("https://hub.example/", "unsubscribe"), ("https://other.example/", "subscribe")}
    assert not step.answers_challenge(served, token, mode="subscribe", topic="https://example.com/rss", lease=None)
    with database.transaction() as connection:
        subscriptions.follow(connection, feed_id, elsewhere, base="https://new.example")
        (ask,) = subscriptions.claim(connection, 1, outlets=None, limit=9)
        assert (ask.mode, ask.callback.startswith("https://new.example/websub/")) == ("subscribe", True)
        # An end that the hub never confirms is not asked for for ever.
        for _ in range(4):
            connection.execute("UPDATE subscriptions SET due_at = now() WHERE NOT wanted")
            subscriptions.claim(connection, 1, outlets=None, limit=9)
        assert connection.execute("SELECT count(*) FROM subscriptions").fetchone() == (1,)
