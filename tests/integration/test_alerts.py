"""Alerts on real engines: what matches, what is sent, and that it is sent once. Receivers are real servers on loopback."""

from __future__ import annotations

import dataclasses
import http.server
import json
import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import pipeline.cli.alerts  # noqa: F401 - adds its commands
from pipeline.cli.app import app
from pipeline.config import Settings
from pipeline.engine import secrets
from pipeline.errors import AlertError, ChannelError, ChannelsUnreadable, NameTaken, QueryError, UnknownName
from pipeline.index import Index
from pipeline.models import CopyKind, Every, Extraction, Priority, Stage, Timestamp
from pipeline.steps import alert
from pipeline.steps.context import Context
from pipeline.steps.deliver import deliver
from pipeline.store import alerts, articles, documents, identities, imports, stories, work
from pipeline.store.alerts import Account


@dataclasses.dataclass
class Call:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Webhook:
    """A receiver that answers as told, and remembers."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.answers: list[tuple[int, dict[str, str]]] = []  # then 200
        self.hold = threading.Event()
        self.hold.set()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.calls.append(Call(self.path, dict(self.headers), body))
                outer.hold.wait(30)
                status, headers = outer.answers.pop(0) if outer.answers else (200, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.hold.set()
        self.server.shutdown()
        self.server.server_close()


class Mailbox:
    """An SMTP server that takes everything."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"220 test\r\n")
                while line := self.rfile.readline():
                    command = line[:4].upper()
                    if command == b"DATA":
                        self.wfile.write(b"354 go on\r\n")
                        lines = []
                        while (part := self.rfile.readline()) != b".\r\n":
                            lines.append(part.removeprefix(b"."))
                        outer.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
                    self.wfile.write(b"221 bye\r\n" if command == b"QUIT" else b"250 ok\r\n")
                    if command == b"QUIT":
                        return

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Newsroom:
    """Puts articles where the alert stage finds them: stored, in their stories, in the index, waiting for `alert`."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.stories: dict[str, int] = {}

    def publish(
        self, number: int, body: str, *, outlet: str = "Herald", story: str | None = None, copy_of: int | None = None,
        published: timedelta | None = timedelta(hours=1), seen: datetime | None = None,
    ) -> int:  # fmt: skip
        now = datetime.now(UTC)
        extraction = Extraction(
            url=f"https://{outlet.lower()}.example/{number}", canonical_url=f"https://{outlet.lower()}.example/{number}",
            title=f"Title {number} of {outlet}", authors=(), published_at=Timestamp(at=now - published) if published is not None else None,
            modified_at=None, language="en", body=body, topics=(), syndicated_from=None, rejected_reason=None,
        )  # fmt: skip
        with self.context.database.transaction() as connection:
            outlet_id = imports.outlet_id(connection, outlet, f"{outlet.lower()}.example")
            saved = articles.save(
                connection,
                extraction,
                identities.Origin(outlet_id=outlet_id, url=extraction.url, first_seen_at=seen or now, priority=Priority.LIVE),
            )
            if story is not None:
                if story not in self.stories:
                    self.stories[story] = stories.open_story(connection, story, now)
                stories.join(connection, self.stories[story], articles.current(connection, [saved.article_id])[saved.article_id], 1.0)
            if copy_of is not None:
                connection.execute(
                    "INSERT INTO duplicates (article_id, version, duplicate_of, kind, shared_text) VALUES (%s, 1, %s, %s, 1)",
                    (saved.article_id, copy_of, CopyKind.COPY),
                )
            articles.touch(connection, [saved.article_id])
            batch = documents.by_ids(connection, [saved.article_id])
        assert self.context.index.write(batch).written == 1
        self.queue(saved.article_id, saved.version)
        return saved.article_id

    def queue(self, article_id: int, version: int = 1) -> None:
        with self.context.database.transaction() as connection:
            work.enqueue(connection, Stage.ALERT, [(article_id, version, Priority.LIVE)])

    def watch(self, query: str = "tariff*", *, name: str = "watch", to: tuple[str, ...] = (), **options: Any) -> None:
        alert.add(self.context, name=name, query_text=query, to=to, **options)

    def account(self, name: str = "watch") -> Account:
        with self.context.database.transaction() as connection:
            alert_id = alerts.by_name(connection, name).alert_id
            return alerts.accounts(connection, [alert_id])[alert_id]

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self.context.database.transaction() as connection:
            cursor = connection.execute(statement, values)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def pass_time(self) -> None:
        """Windows, digests and retries that wait are due now."""
        self.sql("UPDATE matches SET due_at = now() WHERE state = 'waiting'")
        self.sql("UPDATE deliveries SET not_before = now() WHERE state = 'waiting'")


@pytest.fixture
def open_context(settings: Settings, index: Index) -> Iterator[Callable[..., Context]]:
    """Makes contexts with changed settings; loopback may be notified and windows are closed at once."""
    del index
    secrets.make(settings)
    made: list[Context] = []

    def make(**changed: object) -> Context:
        context = Context.open(settings.model_copy(update={"allow_hosts": ("127.0.0.1",), "alert_window_s": 0, **changed}))
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def room(open_context: Callable[..., Context]) -> Newsroom:
    return Newsroom(open_context())


@pytest.fixture
def hook() -> Iterator[Webhook]:
    receiver = Webhook()
    yield receiver
    receiver.close()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    receiver = Mailbox()
    yield receiver
    receiver.close()


# --- Matching, stories, the account ---


def test_a_story_of_three_outlets_is_one_message_and_is_told_once(room: Newsroom, hook: Webhook) -> None:
    room.watch(to=(hook.url,))
    first = room.publish(1, "New tariffs on steel were announced.", outlet="Herald", story="Tariffs")
    room.publish(2, "The tariffs hit steel makers.", outlet="Post", story="Tariffs")
    room.publish(3, "Tariffs on steel, says the minister.", outlet="Times", story="Tariffs")
    room.publish(4, "A football match.", outlet="Times", story="Football")
    counts = alert.run(room.context)
    assert (counts.claimed, counts.outcomes) == (4, {"matched: waiting": 3, "messages composed": 1, "messages sent": 1})
    (call,) = hook.calls
    assert call.json["story"] == {"id": room.stories["Tariffs"], "title": "Tariffs"}
    assert [one["outlet"] for one in call.json["articles"]] == ["Herald", "Post", "Times"]
    assert call.json["articles"][0]["id"] == first
    assert "tariffs" in call.json["articles"][0]["highlight"]
    assert call.headers["Content-Type"] == "application/json"
    assert call.headers["User-Agent"].startswith("presswatch/")

    assert (alert.run(room.context).claimed, alert.run(room.context).outcomes) == (0, {})
    later = room.publish(5, "Tariffs: what we know.", outlet="Globe", story="Tariffs")
    copy = room.publish(6, "New tariffs on steel were announced.", outlet="Echo", copy_of=first)
    other = room.publish(7, "Tariffs on cheese.", outlet="Echo", story="Cheese")
    alert.run(room.context)
    assert [call.json["story"]["title"] for call in hook.calls] == ["Tariffs", "Cheese"]
    assert room.account() == Account(sent=4, grouped=2)
    with room.context.database.transaction() as connection:
        told = [alerts.explain(connection, article)[0] for article in (later, copy, other, 4)]
        (one,) = alerts.overview(connection)
        detail = alerts.alert_detail(connection, one.alert.alert_id)
        assert alerts.alert_detail(connection, 999) is None
    assert (one.account, [line.story for line in one.deliveries]) == (room.account(), ["Cheese", "Tariffs"])
    assert detail is not None
    assert [(match.article_id, match.state) for match in detail.matches][:2] == [(other, "sent"), (copy, "grouped")]
    assert [(one["state"], one["reason"]) for one in told] == [
        ("grouped", "story_told"), ("grouped", "story_told"), ("sent", None), (None, None),
    ]  # fmt: skip
    assert told[2]["deliveries"][0]["state"] == "sent"
    assert "did not find" in told[3]["explanation"]


def test_articles_that_come_within_the_window_share_the_message(open_context: Callable[..., Context], hook: Webhook) -> None:
    room = Newsroom(open_context(alert_window_s=600))
    room.watch(to=(hook.url,))
    room.publish(1, "tariffs", story="A")
    alert.run(room.context)
    room.publish(2, "tariffs again", story="A", outlet="Post")
    # Alone when it matched; it joins the story while it waits.
    third = room.publish(3, "tariffs, too", outlet="Times")
    alert.run(room.context)
    with room.context.database.transaction() as connection:
        stories.join(connection, room.stories["A"], articles.current(connection, [third])[third], 1.0)
    assert hook.calls == []
    assert room.account() == Account(waiting=3)
    assert len(room.sql("SELECT DISTINCT due_at FROM matches")) == 2
    room.sql("UPDATE matches SET due_at = now() WHERE article_id = 1")
    alert.run(room.context)
    assert [call.json["count"] for call in hook.calls] == [3]
    assert room.account() == Account(sent=3)


def test_waiting_for_a_window_ends_with_it_and_not_with_the_deadline(open_context: Callable[..., Context], hook: Webhook) -> None:
    room = Newsroom(open_context(alert_window_s=3))
    room.watch(to=(hook.url,))
    started = time.monotonic()  # the window counts from when the article was first seen
    room.publish(1, "tariffs")
    alert.match(room.context)
    deliver(room.context, deadline=time.monotonic() + 0.2, wait=True)
    assert hook.calls == []
    deliver(room.context, deadline=started + 20, wait=True)
    assert len(hook.calls) == 1
    assert 3 <= time.monotonic() - started < 8


def test_old_and_earlier_articles_are_muted_and_a_changed_text_is_matched_once(room: Newsroom, hook: Webhook) -> None:
    earlier = room.publish(1, "tariffs")
    rewritten = room.publish(6, "an earlier text without the word")
    alert.run(room.context)
    waiting = room.publish(2, "tariffs of yesterday", published=timedelta(days=1))  # stored, and not through the alerts yet
    room.watch(to=(hook.url,))
    late = room.publish(3, "tariffs of last year", published=timedelta(days=365))
    undated = room.publish(4, "tariffs without a date", published=None)
    room.publish(5, "a text without the word")
    for article in (earlier, rewritten):
        room.queue(article)  # as `process --again` does
    alert.run(room.context)
    states = dict(room.sql("SELECT article_id, state || coalesce(':' || reason, '') FROM matches ORDER BY 1"))
    assert states == {earlier: "muted:before_alert", waiting: "sent", late: "muted:too_old", undated: "sent"}

    # Again, all of them: nothing new. Then the text changes so that the query finds it.
    for article in states:
        room.queue(article)
    assert alert.run(room.context).outcomes == {}
    room.publish(5, "a text with tariffs")
    room.publish(6, "an earlier text with tariffs")
    alert.run(room.context)
    assert room.account() == Account(sent=3, muted=3)
    assert len(hook.calls) == 3


def test_an_alert_without_a_limit_tells_of_old_articles_and_one_without_channels_only_counts(room: Newsroom, hook: Webhook) -> None:
    room.watch(name="all", to=(hook.url,), max_age="none")
    room.watch(name="quiet")
    room.publish(1, "tariffs of last year", published=timedelta(days=365))
    room.publish(2, "tariffs", story="A")
    room.publish(3, "tariffs", story="A", outlet="Post")
    alert.run(room.context)
    assert (room.account("all"), room.account("quiet")) == (Account(sent=3), Account(sent=2, muted=1))
    assert sorted(room.sql("SELECT article_id, reason FROM matches WHERE delivery_ids = '{}'")) == [
        (1, "too_old"), (2, "no_channel"), (3, "no_channel"),
    ]  # fmt: skip
    assert len(hook.calls) == 2


def test_a_broken_query_does_not_stop_the_others_and_says_why(room: Newsroom, hook: Webhook) -> None:
    room.watch(to=(hook.url,))
    room.watch("other", name="broken")
    room.sql("UPDATE alert_versions SET query = 'other AND (' WHERE query = 'other'")
    room.publish(1, "tariffs and other things")
    alert.run(room.context)
    assert len(hook.calls) == 1
    with room.context.database.transaction() as connection:
        found = {one.alert.name: one.alert.broken for one in alerts.overview(connection)}
        why = {one["alert"]: one["explanation"] for one in alerts.explain(connection, 1)}
    assert found["watch"] is None
    assert "wrong at character" in (found["broken"] or "")
    assert "can't run" in why["broken"]
    room.sql("UPDATE alert_versions SET query = 'other' WHERE query = 'other AND ('")
    room.publish(2, "other things")
    alert.run(room.context)
    with room.context.database.transaction() as connection:
        assert alerts.by_name(connection, "broken").broken is None
    assert room.account("broken") == Account(sent=1)


def test_an_article_of_another_month_finds_its_partition(room: Newsroom) -> None:
    room.watch()
    room.publish(1, "tariffs", seen=datetime(2019, 3, 5, tzinfo=UTC), published=None)
    alert.run(room.context)
    assert room.account() == Account(sent=1)


# --- Digests ---


def test_a_digest_is_one_message_of_all_stories_and_later_ones_leave_out_what_was_told(room: Newsroom, hook: Webhook) -> None:
    room.watch(to=(hook.url,), every=Every.HOUR)
    room.publish(1, "tariffs", story="A")
    room.publish(2, "tariffs", story="B")
    room.publish(3, "tariffs", story="A", outlet="Post")
    alert.run(room.context)
    (due,) = room.sql("SELECT DISTINCT due_at FROM matches")
    now = datetime.now(UTC)
    assert (due[0].minute, due[0].second) == (0, 0)
    assert now < due[0] <= now + timedelta(hours=1)
    assert hook.calls == []
    room.pass_time()
    alert.run(room.context)
    (call,) = hook.calls
    assert call.json["story"] is None
    assert [one["story_id"] for one in call.json["articles"]] == [room.stories["A"]] * 2 + [room.stories["B"]]
    room.publish(4, "tariffs", story="A", outlet="Times")
    room.publish(5, "tariffs", story="C")
    alert.run(room.context)
    room.pass_time()
    alert.run(room.context)
    assert [one["story_id"] for one in hook.calls[1].json["articles"]] == [room.stories["C"]]
    assert room.account() == Account(sent=4, grouped=1)


# --- Sending ---


def test_a_failed_message_is_sent_again_later_as_the_same_bytes_under_the_same_key(room: Newsroom, hook: Webhook) -> None:
    hook.answers = [(500, {}), (503, {"Retry-After": "300"})]
    room.watch(to=(hook.url,))
    room.publish(1, "tariffs", story="A")
    assert alert.run(room.context).outcomes["messages to retry"] == 1
    assert deliver(room.context).outcomes == {}
    waits = "SELECT extract(epoch FROM not_before - now())::integer, status, error FROM deliveries"
    ((seconds, status, error),) = room.sql(waits)
    assert (seconds in range(25, 31), status, error) == (True, 500, "it answered 500 Internal Server Error")
    with room.context.database.transaction() as connection:
        (told,) = alerts.explain(connection, 1)
    assert told["explanation"].endswith("its message is being sent (attempt 1 failed: it answered 500 Internal Server Error)")
    room.pass_time()
    deliver(room.context)
    ((seconds, status, _),) = room.sql(waits)
    assert (seconds in range(290, 301), status) == (True, 503)
    assert room.account() == Account(waiting=1)
    room.pass_time()
    assert deliver(room.context).outcomes == {"messages sent": 1}
    assert deliver(room.context).outcomes == {}
    assert len(hook.calls) == 3
    assert len({(call.headers["Idempotency-Key"], call.body) for call in hook.calls}) == 1
    assert room.account() == Account(sent=1)
    # What was changed since does not change the message.
    room.publish(2, "tariffs", story="B")
    alert.run(room.context)
    assert hook.calls[3].headers["Idempotency-Key"] != hook.calls[0].headers["Idempotency-Key"]


def test_while_a_receiver_is_away_its_other_messages_wait_until_one_arrives(room: Newsroom, hook: Webhook) -> None:
    hook.answers = [(503, {})]
    room.watch(to=(hook.url,))
    for number in range(3):
        room.publish(number, "tariffs", story=f"story {number}")
    alert.run(room.context)
    assert len(hook.calls) == 1
    room.sql("UPDATE deliveries SET not_before = now() WHERE id = (SELECT min(id) FROM deliveries)")
    deliver(room.context)
    assert len(hook.calls) == 4
    assert room.account() == Account(sent=3)


def test_a_message_is_given_up_after_a_day(room: Newsroom, hook: Webhook) -> None:
    hook.answers = [(500, {}), (500, {})]
    room.watch(to=(hook.url,))
    article = room.publish(1, "tariffs", story="A")
    alert.run(room.context)
    room.sql("UPDATE deliveries SET created_at = now() - interval '25 hours'")
    room.pass_time()
    assert deliver(room.context).outcomes == {"messages failed": 1}
    assert room.account() == Account(failed=1)
    with room.context.database.transaction() as connection:
        assert "it answered 500" in alerts.explain(connection, article)[0]["explanation"]
    # The story was never told, so its next article tells it.
    room.publish(2, "tariffs", story="A", outlet="Post")
    alert.run(room.context)
    assert room.account() == Account(failed=1, sent=1)


def test_a_refused_message_fails_at_once_and_the_next_one_is_tried(room: Newsroom, hook: Webhook) -> None:
    hook.answers = [(400, {})]
    room.watch(to=(hook.url,))
    room.publish(1, "tariffs", story="A")
    alert.run(room.context)
    room.publish(2, "tariffs", story="B")
    alert.run(room.context)
    assert len(hook.calls) == 2
    assert room.account() == Account(failed=1, sent=1)


def test_nothing_more_is_sent_to_a_channel_that_is_gone(room: Newsroom, hook: Webhook) -> None:
    hook.answers = [(410, {})]
    room.watch(to=(hook.url,))
    room.publish(1, "tariffs", story="A")
    alert.run(room.context)
    room.publish(2, "tariffs", story="B")
    alert.run(room.context)
    assert len(hook.calls) == 1
    assert room.account() == Account(failed=2)
    assert [row[0] for row in room.sql("SELECT reason FROM matches ORDER BY article_id")] == ["it answered 410 Gone", "channels_gone"]


def test_one_channel_that_takes_it_is_enough(room: Newsroom, hook: Webhook, mailbox: Mailbox) -> None:
    hook.answers = [(404, {})]
    room.watch(to=(hook.url, f"mailto://127.0.0.1:{mailbox.port}?from=alerts@example.org&to=me@example.org"))
    room.publish(1, "New tariffs were announced today.", outlet="Herald", story="A")
    room.publish(2, "The tariffs, again.", outlet="Post", story="A")
    alert.run(room.context)
    assert room.account() == Account(sent=2)
    (mail,) = mailbox.mails
    assert mail["Subject"] == "watch: Title 1 of Herald"
    assert mail["To"] == "me@example.org"
    text = mail.get_content()
    assert mail.get_content_type() == "text/plain"
    order = ["Title 1 of Herald", "https://herald.example/1", "tariffs were announced", "Also in: Post", f"/stories/{room.stories['A']}"]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)


def test_a_bare_address_goes_through_the_installation_s_mail_server(open_context: Callable[..., Context], mailbox: Mailbox) -> None:
    from pydantic import SecretStr

    room = Newsroom(open_context(smtp_url=SecretStr(f"mailto://127.0.0.1:{mailbox.port}?from=alerts@example.org")))
    room.watch(to=("mailto://me@example.org",))
    room.publish(1, "tariffs")
    alert.run(room.context)
    assert [mail["To"] for mail in mailbox.mails] == ["me@example.org"]


def test_further_articles_wait_while_the_message_of_their_story_is_on_its_way(room: Newsroom, hook: Webhook) -> None:
    hook.answers = [(500, {})]
    room.watch(to=(hook.url,))
    room.publish(1, "tariffs", story="A")
    alert.run(room.context)
    room.publish(2, "tariffs", story="A", outlet="Post")
    alert.run(room.context)
    assert (len(hook.calls), room.account()) == (1, Account(waiting=2))
    room.pass_time()
    deliver(room.context)
    assert (len(hook.calls), room.account()) == (2, Account(sent=1, grouped=1))


def test_redirects_keep_the_message_and_never_lead_to_private_hosts(room: Newsroom, hook: Webhook) -> None:
    hook.answers = [(308, {"Location": "/moved"})]
    room.watch(to=(hook.url,))
    room.publish(1, "tariffs", story="A")
    alert.run(room.context)
    assert [call.path for call in hook.calls] == ["/hook", "/moved"]
    assert hook.calls[0].body == hook.calls[1].body
    hook.answers = [(307, {"Location": hook.url.replace("127.0.0.1", "127.0.0.2")})]
    room.publish(2, "tariffs", story="B")
    alert.run(room.context)
    assert len(hook.calls) == 3
    assert "127.0.0.2" in room.sql("SELECT error FROM deliveries ORDER BY id DESC")[0][0]
    assert room.account() == Account(sent=1, failed=1)


def test_concurrent_runs_send_each_message_once(open_context: Callable[..., Context], hook: Webhook) -> None:
    room = Newsroom(open_context())
    for number in range(4):
        room.watch(name=f"watch {number}", to=(f"{hook.url}/{number}",))
    for number in range(10):
        room.publish(number, "tariffs", story=f"story {number}")
    contexts = [open_context() for _ in range(4)]  # each its own worker
    with ThreadPoolExecutor(8) as pool:
        for run in [pool.submit(alert.run, context) for context in contexts * 2]:
            run.result()
    deliver(room.context)
    assert len({(call.path, call.json["articles"][0]["id"]) for call in hook.calls}) == 40
    assert len(hook.calls) == 40


CHILD = """
import sys
from pipeline import config
from pipeline.steps import alert, deliver
from pipeline.steps.context import Context

with Context.open(config.load()) as context:
    if sys.argv[1] == "compose":
        alert.match(context)
        assert deliver._Run(context).compose() == 1
        print("composed", flush=True)
        sys.stdin.read()
    alert.run(context)
"""


def child(environment: dict[str, str], step: str) -> subprocess.Popen[str]:
    variables = environment | {"PRESSWATCH_ALLOW_HOSTS": "127.0.0.1", "PRESSWATCH_ALERT_WINDOW_S": "0"}
    return subprocess.Popen([sys.executable, "-c", CHILD, step], env=variables, stdin=-1, stdout=-1, text=True)


def test_a_message_composed_by_a_killed_process_is_sent_once(room: Newsroom, hook: Webhook, environment: dict[str, str]) -> None:
    room.watch(to=(hook.url,))
    room.publish(1, "tariffs", story="A")
    with child(environment, "compose") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "composed\n"
        os.kill(process.pid, signal.SIGKILL)
    alert.run(room.context)
    alert.run(room.context)
    assert len(hook.calls) == 1
    assert room.account() == Account(sent=1)


def test_a_process_killed_while_sending_keeps_its_claim_while_it_lives_and_is_then_repeated_under_its_key(
    room: Newsroom, hook: Webhook, environment: dict[str, str]
) -> None:
    room.watch(to=(hook.url,))
    room.publish(1, "tariffs", story="A")
    hook.hold.clear()
    with child(environment, "run") as process:
        wait_until(lambda: bool(hook.calls))
        assert deliver(room.context).outcomes == {}  # the other process is alive and sending
        os.kill(process.pid, signal.SIGKILL)
    hook.hold.set()
    wait_until(lambda: bool(deliver(room.context).outcomes))
    assert len({(call.headers["Idempotency-Key"], call.body) for call in hook.calls}) == 1
    assert len(hook.calls) == 2
    assert room.account() == Account(sent=1)


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


# --- Saving ---


def test_channels_are_encrypted_and_another_key_is_told_while_the_rest_is_sent(
    open_context: Callable[..., Context], room: Newsroom, hook: Webhook
) -> None:
    from pydantic import SecretStr

    room.watch(name="unreadable", to=(hook.url + "/hidden",))
    ((channels,),) = room.sql("SELECT channels FROM alert_versions")
    assert b"hidden" not in channels[0]
    other = Newsroom(open_context(secret_key=SecretStr("b" * 43 + "=")))
    other.watch(name="readable", to=(hook.url,))
    room.publish(1, "tariffs")
    with pytest.raises(ChannelsUnreadable, match="unreadable"):
        alert.run(other.context)
    assert [call.path for call in hook.calls] == ["/hook"]
    assert room.account("unreadable") == Account(waiting=1)


def test_saving_refuses_what_makes_no_sense(room: Newsroom) -> None:
    room.watch(name="taken")
    with pytest.raises(NameTaken, match="taken"):
        room.watch(name=" taken ")
    for query in ("", "  ", "tariff AND", "(tariff"):
        with pytest.raises(QueryError):
            room.watch(query, name="new")
    for options in ({"name": ""}, {"name": "a\nb"}, {"max_age": "soon"}):
        with pytest.raises(AlertError):
            room.watch(**({"name": "new"} | options))
    with pytest.raises(ChannelError, match=r"10\.0\.0\.1"):
        room.watch(name="new", to=("http://10.0.0.1/x",))
    assert room.sql("SELECT name FROM alerts") == [("taken",)]


def test_command_line(room: Newsroom, hook: Webhook, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (environment | {"PRESSWATCH_ALLOW_HOSTS": "127.0.0.1"}).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["alerts", *arguments])

    wrong = run("add", "steel", "steel AND (tariff", "--to", hook.url)
    assert (wrong.stdout, type(wrong.exception)) == ("", QueryError)
    assert "character" in str(wrong.exception)
    assert run("add", "steel", "steel", "--every", "year").exit_code == 2
    added = run("add", "steel", "tariff* AND steel", "--max-age", "none", "--to", f"{hook.url}?token=hidden")
    assert (added.exit_code, added.stdout) == (0, "")
    assert "127.0.0.1" in added.stderr
    assert "hidden" not in added.stderr
    room.publish(1, "tariffs on steel")
    alert.run(room.context)
    expected = {
        "name": "steel", "query": "tariff* AND steel", "version": 1, "matched": 1, "sent": 1, "grouped": 0, "muted": 0, "failed": 0,
        "waiting": 0, "broken": None,
    }  # fmt: skip
    assert json.loads(run("show", "steel", "--json").stdout) == expected
    assert json.loads(run("list", "--json").stdout) == [expected]
    text = run("show", "steel").stdout
    assert "Herald: Title 1 of Herald" in text
    assert "hidden" not in text
    assert "steel" in run("list").stdout
    assert isinstance(run("show", "stele").exception, UnknownName)
