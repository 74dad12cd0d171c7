"""Which pages go to the browser, and what a page in it may ask for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy import Request

from crawlers import browser, parts
from crawlers.browsing import Browsing, Way
from crawlers.parts import Action
from crawlers.ruled import Ruled
from pipeline import rules
from pipeline.errors import SettingsError
from pipeline.models import Page
from pipeline.rules import RuleBook

AT = datetime(2025, 11, 24, 14, tzinfo=UTC)
PAGE = "https://www.valley.example/road"


@pytest.fixture
def book(tmp_path: Path) -> RuleBook:
    (tmp_path / "always.toml").write_text("""
hosts = ["www.always.example"]
[[fetch]]
valid_from = 2025-11-24T14:00:00Z
browser = true
cookies = {consent = "yes"}
headers = {X-Reader = "us"}
[[fetch]]
valid_from = 2025-11-25
browser = false
""")
    (tmp_path / "never.toml").write_text('hosts = ["never.example"]\nfetch = {browser = false}\n')
    return rules.book(tmp_path)


def page(url: str = PAGE, *, outlet: int = 1, fetches: int = 0, needs: bool | None = None) -> Page:
    return Page(id=1, outlet_id=outlet, url=url, fetches=fetches, browser=needs)


def test_rule_then_page_then_outlet_decide_how_a_page_is_fetched(book: RuleBook) -> None:
    browsing = Browsing(book=book, pages=3, installed=True, at=AT)
    browsing.outlets = {2}
    plain = (
        page(),
        page(outlet=2, fetches=1),
        page(outlet=2, needs=False),
        page("https://never.example/a", outlet=2, fetches=1, needs=True),
    )
    assert [browsing.way(one) for one in plain] == [Way.PLAIN] * 4
    assert (browsing.is_open, browsing.busy_hosts()) == (True, frozenset())
    shown = (page(needs=True, fetches=1), page(outlet=2), page("https://always.example/a"))
    assert [browsing.way(one) for one in shown] == [Way.BROWSER] * 3
    assert [browsing.way(one) for one in (*shown, page())] == [Way.LATER, Way.LATER, Way.LATER, Way.PLAIN]
    assert (browsing.is_open, browsing.busy_hosts()) == (False, {"always.example", "www.always.example"})
    for at in (AT.replace(hour=13), AT.replace(day=25)):
        assert Browsing(book=book, pages=3, installed=True, at=at).way(page("https://always.example/a")) is Way.PLAIN


@pytest.mark.parametrize(("pages", "installed"), [(3, False), (0, True)])
def test_without_a_browser_only_pages_that_are_known_to_need_one_are_put_off(book: RuleBook, pages: int, *, installed: bool) -> None:
    browsing = Browsing(book=book, pages=pages, installed=installed, at=AT)
    browsing.outlets = {2}
    known = page(needs=True, fetches=1)
    assert [browsing.way(one) for one in (known, page(outlet=2), page("https://always.example/a"))] == [
        Way.NOT_AT_ALL,
        Way.PLAIN,
        Way.PLAIN,
    ]
    assert browsing.is_open


@pytest.mark.parametrize(
    ("kind", "url", "action"),
    [
        ("script", "https://cdn.example/app.js", Action.FETCH),
        ("fetch", "https://api.valley.example/road.json", Action.FETCH),
        ("xhr", "https://other.example/road.json", Action.FETCH),
        ("stylesheet", "https://cdn.example/app.css", Action.EMPTY),
        ("image", "https://valley.example/a.png", Action.REFUSE),
        ("font", "https://valley.example/a.woff2", Action.REFUSE),
        ("media", "https://valley.example/a.mp4", Action.REFUSE),
        ("eventsource", "https://valley.example/live", Action.REFUSE),
        ("other", "https://valley.example/prefetched", Action.REFUSE),
        ("script", "https://www.googletagmanager.com/gtm.js", Action.REFUSE),
        ("document", "https://valley.example/frame", Action.REFUSE),
    ],
)
def test_scripts_and_data_are_what_a_page_may_ask_for(kind: str, url: str, action: Action) -> None:
    assert parts.action(kind=kind, method="GET", url=url, page_url=PAGE, main=False) is action
    assert parts.action(kind=kind, method="POST", url=url, page_url=PAGE, main=False) is Action.REFUSE


def test_a_page_may_go_on_within_its_site_only() -> None:
    for url, action in (("https://valley.example/road?page=2", Action.FETCH), ("https://other.example/", Action.REFUSE)):
        assert parts.action(kind="document", method="GET", url=url, page_url=PAGE, main=True) is action


def test_the_crawler_names_itself_and_unpacked_answers_say_so() -> None:
    headers = {"accept": "*/*", "user-agent": "Chrome", "sec-ch-ua-platform": "Windows", "cookie": "a=b", "x-key": "1"}
    assert parts.asked(headers) == {"accept": "*/*", "x-key": "1"}
    assert parts.answered({"Content-Type": "text/html", "Content-Encoding": "br", "Set-Cookie": "a=b"}) == {"Content-Type": "text/html"}


def test_a_rules_headers_go_to_its_hosts_and_not_along_with_a_redirect(book: RuleBook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawlers.ruled.datetime", type("Clock", (), {"now": staticmethod(lambda _: AT)}))
    ruled = Ruled(book)

    def sent(request: Request) -> dict[str, str]:
        ruled.process_request(request)
        return {name.decode(): value[0].decode() for name, value in request.headers.items()}

    request = Request("https://always.example/a", headers={"Accept": "text/html"})
    assert sent(request) == {"Accept": "text/html", "Cookie": "consent=yes", "X-Reader": "us"}
    assert sent(request.replace(url="https://always.example.org/a")) == {"Accept": "text/html"}
    # Nor to the outlet for another's page that would read the answer.
    assert sent(Request("https://always.example/a", meta={"page_url": "https://other.example/"})) == {}
    assert sent(Request("https://always.example/a", meta={"page_url": "https://www.always.example/b"})) != {}


def test_a_browser_is_looked_for_and_a_wrong_setting_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    assert browser.installed(None) is None
    for place in ("chromium-1100/chrome-linux/chrome", "chromium-1200/chrome-linux/chrome", "bin/google-chrome"):
        program = tmp_path / place
        program.parent.mkdir(parents=True)
        program.touch(mode=0o755)
        assert browser.installed(None) == program
    assert browser.installed(program) == program
    with pytest.raises(SettingsError, match=r"PRESSWATCH_BROWSER_PATH: .*/nothing is no program"):
        browser.installed(tmp_path / "nothing")
