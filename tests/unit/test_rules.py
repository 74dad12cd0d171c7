"""Outlet rules: what their files may hold, which page gets which, and what they do to a page."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.newsroom import RULES
from pipeline import cli, rules
from pipeline.errors import InputError, RuleError
from pipeline.extract.extraction import extract
from pipeline.models import Extraction, PageSource, Precision
from pipeline.steps import rules as step

NOVEMBER = datetime(2025, 11, 24, 14, tzinfo=UTC)
SENTENCE = "The council of the valley decided to open the old road along the river again, after nine years of talks and two votes. "
PAGE = f"""<html lang=en><head><title>General title</title><meta name=section content=Roads></head><body>
<div class=kicker>Roads</div><h1>General title</h1><p class=line>The title of the rule</p>
<div class=who>By Jane Roe and <b>John Doe</b>, Valley Post</div><i class=when datetime="2025-11-24T09:30:00+01:00">this morning</i>
<article><p>A general paragraph. {SENTENCE}</p></article>
<div class=own><p>First. {SENTENCE}<script>track()</script></p>A label.<div class=promo><p>Buy our book.</p></div>
<p>Second. {SENTENCE}<br>Third. {SENTENCE}</p></div></body></html>"""
WHOLE = """
hosts = ["www.valley.example", "news.valley.example"]
[[version]]
test = "old.html"
title = "h1"
[[version]]
valid_from = 2025-11-24T14:00:00Z
test = "valley.html"
title = [".none", ".kicker:empty", "p.line"]
authors = ".who"
published_at = ".when"
body = [".own > p", ".own"]
topics = "meta[name=section]"
remove = ".promo"
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str, name: str = "valley.toml") -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return written


def source(html: str = PAGE, url: str = "https://valley.example/road", fetched_at: datetime = NOVEMBER) -> PageSource:
    return PageSource(url=url, html=html, fetched_at=fetched_at)


def read_with(path: Path, page: PageSource) -> Extraction:
    return extract(rules.bound([rules.read(path)]).ruled(page))


def test_what_a_rule_finds_wins_as_it_stands(write: Write) -> None:
    found = read_with(write(WHOLE), source())
    assert found.title == "The title of the rule"
    assert found.authors == ("Jane Roe", "John Doe")
    assert found.published_at
    assert (found.published_at.isoformat(), found.published_at.precision) == ("2025-11-24T09:30:00+01:00", Precision.MINUTE)
    assert found.topics == ("Roads",)
    sentence = SENTENCE.strip()
    assert found.body.split("\n\n") == [f"First. {sentence}", f"Second. {sentence}", f"Third. {sentence}"]
    assert (found.rejected_reason, found.rule_missed) == (None, ())
    assert [(candidate.value, candidate.source) for candidate in found.candidates["title"][:2]] == [
        ("The title of the rule", "rule"),
        ("General title", "h1"),
    ]
    assert found.candidates["title"][0].score > found.candidates["title"][1].score
    assert all(found.candidates[field][0].source == "rule" for field in rules.FIELDS)


def test_where_it_finds_nothing_general_means_decide_and_that_is_told(write: Write) -> None:
    bare = (
        PAGE.replace("class=line", "").replace("class=own", "").replace("class=when", "").replace("By Jane Roe and <b>John Doe</b>, ", "")
    )
    found, general = read_with(write(WHOLE), source(bare)), extract(source(bare))
    assert found.rule_missed == ("title", "authors", "published_at", "body")
    assert (found.title, found.authors) == (general.title, general.authors) == ("General title", ())
    assert "A general paragraph." in found.body
    assert general.rule_missed is None


def test_what_is_removed_is_gone_for_general_means_too(write: Write) -> None:
    rule = 'hosts = ["valley.example"]\n[[version]]\ntest = "valley.html"\nremove = ["article", "h1"]\n'
    found = read_with(write(rule), source())
    assert "general paragraph" not in found.body
    assert "Second." in found.body
    assert found.candidates["title"][0].source == "title"


def test_a_container_and_its_paragraphs_are_read_once(write: Write) -> None:
    rule = 'hosts = ["valley.example"]\n[[version]]\ntest = "valley.html"\nbody = ".own, .own p"\n'
    assert read_with(write(rule), source()).body.count("Second.") == 1


def test_a_time_is_read_in_the_language_of_the_page_also_where_it_says_english(write: Write) -> None:
    french = (
        "<p>Le bac a repris la traversée du fleuve lundi matin, avec une heure d'avance sur l'horaire que la commune avait annoncé.</p>"
    )
    html = f"<html lang=en><body><h1>Le bac</h1><i class=when>24 novembre 2025 à 09h30</i><div class=own>{french * 3}</div></body></html>"
    found = read_with(write(WHOLE), source(html))
    assert found.published_at
    assert (found.published_at.at.date().isoformat(), found.candidates["published_at"][0].source) == ("2025-11-24", "rule")


def test_pages_get_the_rule_of_their_host_and_time(write: Write) -> None:
    book = rules.bound([rules.read(write(WHOLE))])

    def name(url: str, fetched_at: datetime = NOVEMBER, final_url: str | None = None) -> str | None:
        rule = book.ruled(PageSource(url=url, html="", fetched_at=fetched_at, final_url=final_url)).rule
        return rule.name if rule else None

    new = "valley.toml since 2025-11-24T14:00:00+00:00"
    assert name("https://valley.example/a") == name("http://WWW.valley.example:8080/a") == name("https://news.valley.example/") == new
    assert name("https://valley.example/a", NOVEMBER.replace(hour=13)) == "valley.toml"
    assert name("https://sport.valley.example/a") is name("https://valley.example.org/a") is None
    assert name("https://short.example/x", final_url="https://valley.example/a") == new


def test_rules_travel_to_the_processes_that_read_pages(write: Write) -> None:
    page = rules.bound([rules.read(write(WHOLE))]).ruled(source())
    assert pickle.loads(pickle.dumps(page)) == page  # noqa: S301 - made here


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hosts = [", "it is no TOML ("),
        ('[[version]]\ntest = "a.html"\ntitle = "h1"', "`hosts` is missing: name the outlet's hosts"),
        ('hosts = ["https://a.example/"]\n[[version]]\ntest = "a.html"\ntitle = "h1"', "'https://a.example/' is no host's name"),
        ('hosts = ["a.example"]', "`version` is missing: begin each layout's selectors with a line [[version]]"),
        (
            'hosts = ["a.example"]\ntitle = "h1"\n[[version]]\ntest = "a.html"\ntitle = "h1"',
            "`title` is no key of it (the keys are hosts, [fetch] and",
        ),
        (
            'hosts = ["a.example"]\n[[version]]\ntest = "a.html"\nbyline = "h1"',
            "version 1: `byline` is no key of it (the keys are valid_from",
        ),
        ('hosts = ["a.example"]\n[[version]]\ntest = "a.html"', "version 1: it has no selector"),
        (
            'hosts = ["a.example"]\n[[version]]\ntitle = "h1"',
            'version 1: `test` is missing: name a page of this layout, such as test = "valley.',
        ),
        ('hosts = ["a.example"]\n[[version]]\ntest = "a.html"\ntitle = "h1["', "version 1: `title`: 'h1[' is no CSS selector ("),
        ('hosts = ["a.example"]\n[[version]]\ntest = "a.html"\ntitle = "p:nope"', "version 1: `title`: 'p:nope' is no CSS selector ("),
        ('hosts = ["a.example"]\n[[version]]\ntest = "a.html"\ntitle = ["h1", 3]', "version 1: `title` is no selector: write one such as"),
        ('hosts = ["a.example"]\n[[version]]\ntest = "a.html"\nbody = "p::text"', "`body`: 'p::text' must name elements"),
        (
            'hosts = ["a.example"]\n[[version]]\nvalid_from = "2025-11-24"\ntest = "a.html"\ntitle = "h1"',
            "`valid_from` is no time: write 2025-11-24 or",
        ),
        (
            'hosts = ["a.example"]\n' + '[[version]]\nvalid_from = 2025-11-24\ntest = "a.html"\ntitle = "h1"\n' * 2,
            "two versions have the same `valid_from` (2025-11-24T00:00:00+00:00)",
        ),
        ('hosts = ["a.example"]\n[fetch]', "fetch 1: it says nothing: give one of browser, cookies, headers"),
        ('hosts = ["a.example"]\nfetch = 3', "`fetch` is no table: write a line [[fetch]]"),
        ('hosts = ["a.example"]\n[fetch]\nbrowser = "yes"', "fetch 1: `browser` is neither true nor false: write browser = true"),
        ('hosts = ["a.example"]\n[fetch]\ncookie = {a = "b"}', "fetch 1: `cookie` is no key of it (the keys are valid_from, browser"),
        ('hosts = ["a.example"]\n[fetch]\ncookies = {a = 1}', 'fetch 1: `cookies` is no table of texts: write cookies = {name = "value"}'),
        ('hosts = ["a.example"]\n[fetch]\ncookies = {a = "b; c"}', "`cookies`: the value of a has characters that can't be sent"),
        ('hosts = ["a.example"]\n[fetch]\nheaders = {User-Agent = "x"}', "`headers`: User-Agent is the crawler's own: leave it away"),
        ('hosts = ["a.example"]\n[fetch]\nheaders = {X-A = "b\\r\\nC: d"}', "`headers`: the value of X-A has characters that can't"),
        ('hosts = ["a.example"]\n[fetch]\nheaders = {"X A" = "b"}', "`headers`: 'X A' is no name"),
        (
            'hosts = ["a.example"]\n[[fetch]]\nbrowser = true\n[[fetch]]\nbrowser = false',
            "two fetches have the same `valid_from` (no time, which is since ever)",
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_file_and_key(write: Write, text: str, told: str) -> None:
    path = write(text)
    with pytest.raises(RuleError) as wrong:
        rules.read(path)
    assert str(wrong.value).startswith(f"{path} is no outlet rule that can be used: ")
    assert told in str(wrong.value)


def test_a_host_has_one_file(write: Write) -> None:
    paths = [write(WHOLE), write(WHOLE.replace("www.valley", "valley").replace("news.", "sport."), "second.toml")]
    with pytest.raises(RuleError, match=r"valley\.toml is no .* the host www\.valley\.example has a rule in .*second\.toml already"):
        rules.book(paths[0].parent)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"the folder of rules .*nowhere can't be read"):
        rules.book(tmp_path / "nowhere")


def test_checking_runs_each_test_page(write: Write, tmp_path: Path) -> None:
    path = write(WHOLE)
    (tmp_path / "valley.html").write_text(PAGE)
    told = {"source": {"url": "https://valley.example/road"}, "expect": {"title": "The title of the rule", "body_lacks": ["Buy"]}}
    (tmp_path / "valley.json").write_text(json.dumps(told))
    (tmp_path / "old.html").write_text(PAGE.replace("<h1>General title</h1>", ""))
    told = {"source": {"url": "https://hill.example/road"}, "expect": {"title": "Another", "language": "en"}}
    (tmp_path / "old.json").write_text(json.dumps(told))
    old, new = step.check([path])
    assert new.problems == ()
    assert old.problems == (
        "the test page's address is of the host hill.example, and the rule is for www.valley.example, news.valley.example",
        "the selector of title finds nothing on the test page",
        "title must be 'Another', and is 'General title'",
    )
    (tmp_path / "valley.json").write_text('{"source": {"url": "https://valley.example/"}, "expect": {"headline": "x"}}')
    (tmp_path / "old.json").unlink()
    problems = [one.problems[0] for one in step.check([path, write("hosts = 3", "third.toml")])]
    assert "old.json can't be read" in problems[0]
    assert "'headline' is no key of 'expect'" in problems[1]
    assert "third.toml is no outlet rule" in problems[2]


def test_a_file_may_say_only_how_pages_are_fetched(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write('hosts = ["www.valley.example"]\n[fetch]\ncookies = {consent = "yes", v = "2 a"}\n')
    rule = rules.book(tmp_path).fetching("https://valley.example/road", NOVEMBER)
    assert rule is not None
    assert (rule.browser, rule.sent) == (None, {"Cookie": "consent=yes; v=2 a"})
    assert rules.book(tmp_path).fetching("https://sport.valley.example/road", NOVEMBER) is None
    code, stdout, _ = run(monkeypatch, capsys, tmp_path, "rules", "check", str(path))
    assert (code, stdout) == (0, "valley.toml: it is sound, and has no selectors to test\n")


def test_rules_that_come_with_presswatch_are_sound() -> None:
    paths = [path for folder in (rules.SHIPPED, RULES) for path in rules.paths(folder)]
    assert [one.problems for one in step.check(paths)] == [()] * len(paths)


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path, *arguments: str) -> tuple[int, str, str]:
    monkeypatch.setenv("PRESSWATCH_HOME", str(home))
    monkeypatch.setattr("sys.argv", ["presswatch", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return (int(ended.value.code or 0), *capsys.readouterr())


def test_commands(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, capsys, tmp_path, "rules", "check") == (0, "There are no outlet rules.\n", "")
    write(WHOLE)
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    code, stdout, _ = run(
        monkeypatch, capsys, tmp_path, "extract", str(page), "--url", "https://valley.example/a", "--rules", str(tmp_path)
    )
    assert (code, json.loads(stdout)["title"]) == (0, "The title of the rule")
    (tmp_path / "rules").mkdir()
    write(WHOLE, "rules/valley.toml")
    code, stdout, stderr = run(monkeypatch, capsys, tmp_path, "rules", "check")
    assert (code, stderr) == (1, "")
    assert stdout.count("old.html can't be read") == 1
    code, _, stderr = run(
        monkeypatch, capsys, tmp_path, "extract", str(page), "--url", "https://a.example/", "--rules", str(tmp_path / "x")
    )
    assert (code, "the folder of rules" in stderr) == (1, True)
