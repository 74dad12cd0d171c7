"""How values look on a page, and that what others wrote never becomes mark-up."""

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest

from pipeline.config import Settings
from pipeline.models import Precision, Timestamp
from pipeline.search.results import BEGIN, END
from pipeline.web import guard, showing

AT = datetime(2025, 3, 4, 14, 5, tzinfo=timezone(timedelta(hours=5, minutes=30)))


def test_a_time_keeps_the_offset_of_its_page() -> None:
    assert showing.time(Timestamp(at=AT)) == (
        '<time datetime="2025-03-04T14:05:00+05:30">4 Mar 2025, 14:05 <span class="zone">+05:30</span></time>'
    )


def test_a_bare_date_has_no_hour() -> None:
    assert showing.time(Timestamp(at=AT, precision=Precision.DAY)) == '<time datetime="2025-03-04">4 Mar 2025</time>'


def test_our_own_times_are_utc() -> None:
    assert showing.time(AT) == '<time datetime="2025-03-04T08:35:00+00:00">4 Mar 2025, 08:35 <span class="zone">UTC</span></time>'


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://a.example/x?y=1", True),
        ("http://a.example", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//a.example/x", False),
        ("https://[broken", False),
        (" javascript:alert(1)", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_are_linked(url: str | None, linked: bool) -> None:
    assert showing.outbound(url) == (url if linked else None)


def test_marks_are_put_into_escaped_text() -> None:
    assert showing.marked(f"<b>{BEGIN}grain{END}</b>") == "&lt;b&gt;<mark>grain</mark>&lt;/b&gt;"


def test_commands_in_a_sentence_are_code_and_nothing_else_is() -> None:
    assert showing.code("run `presswatch <up>` & wait") == "run <code>presswatch &lt;up&gt;</code> &amp; wait"


def test_what_was_used_of_the_candidates() -> None:
    article = SimpleNamespace(title="A", topics=("x", "y"), published_at=Timestamp(at=AT, precision=Precision.DAY), modified_at=None)
    assert [showing.used(article, field) for field in ("title", "topics", "modified_at", "no_field")] == [("A",), ("x", "y"), (), ()]  # type: ignore[arg-type]
    assert "2025-03-04" in showing.used(article, "published_at")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seconds", "text"), [(20, "just now"), (90, "2 min ago"), (3 * 3600, "3 h ago"), (5 * 86_400, "5 days ago"), (-7200, "in 2 h")]
)
def test_how_long_ago(seconds: int, text: str) -> None:
    now = datetime(2025, 1, 1, tzinfo=UTC)
    assert showing.ago(now - timedelta(seconds=seconds), now) == text
    assert showing.ago(None, now) == "never"


def test_an_address_leaves_out_what_is_empty() -> None:
    assert showing.address("/", q='a "b"&c', sort="", page=2) == "/?q=a+%22b%22%26c&page=2"
    assert showing.address("/", q="") == "/"


def test_the_beginning_of_a_text_says_that_it_goes_on() -> None:
    assert showing.opening("One.\n\nTwo and") == "One. Two and…"
    assert showing.opening("One.") == "One."


def test_every_template_compiles() -> None:
    templates = showing.environment()
    for name in templates.list_templates():
        templates.get_template(name)


def test_the_server_answers_to_its_own_names_only(tmp_path) -> None:
    hosts = guard.allowed_hosts(Settings(home=tmp_path, web_host="10.1.2.3", web_url="https://Watch.example:8443/x"))
    assert hosts == ["10.1.2.3", "127.0.0.1", "[::1]", "localhost", "watch.example"]
    public = Settings(home=tmp_path, websub_url="https://Hubs.example:8443/x")
    assert guard.callback_host(public) == "hubs.example"
    assert "hubs.example" not in guard.allowed_hosts(public)
    assert "127.0.0.1" in guard.allowed_hosts(Settings(home=tmp_path, web_host="0.0.0.0"))  # noqa: S104 - nothing is bound


@pytest.mark.parametrize(
    ("host", "loopback"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("192.0.2.1", False), ("news", False)]
)
def test_what_only_this_machine_reaches(host: str, loopback: bool) -> None:
    assert guard.is_loopback(host) is loopback
