"""Outlets: added with discovery, imported from files, listed, checked, removed; by the command line."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import pipeline.cli.collect
import pipeline.cli.outlets  # noqa: F401 - adds its commands
from pipeline.cli.app import app
from pipeline.errors import AddressTaken, CrawlFailed, FileErrors, InputError, NameTaken, OutletsUnreachable, UnknownName, UsageError
from pipeline.store.database import Database

from .conftest import Answer, Site, article

Run = Callable[..., dict[str, Any]]
Read = Callable[[str], Any]
Command = Callable[..., Result]
Add = Callable[..., int]
Change = Callable[[str], None]


@pytest.fixture
def presswatch(environment: dict[str, str], site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Runs the command line; what it raises is raised."""
    for name, value in (environment | {"PRESSWATCH_ALLOW_HOSTS": site.host}).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(app, ["outlets", *arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def age(database: Database) -> Change:
    """Changes what the store remembers."""

    def change(statement: str) -> None:
        with database.transaction() as connection:
            connection.execute(statement)  # type: ignore[arg-type] - the test's own words

    return change


def newsroom(site: Site) -> None:
    """A home page that announces a feed, a comments feed, a podcast and a broken one; robots.txt names a news sitemap."""
    links = [site.put(f"/2025/03/04/story-number-{n}-of-today", article(f"S{n}")) for n in range(3)]
    site.feed("/feed", *links)
    site.feed("/comments/feed", site.url + "/c")
    entry = "<url><loc>{}</loc><n:news xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><n:publication_date>2025-03-04</n:publication_date></n:news></url>"
    site.put("/news.xml", f"<urlset>{entry.format(links[0])}</urlset>".encode(), kind="application/xml")
    site.put("/robots.txt", f"User-agent: *\nSitemap: {site.url}/news.xml\nSitemap: {site.url}/all.xml".encode(), kind="text/plain")
    heard = f'<item><title>Episode</title><link>{site.url}/e</link><enclosure url="{site.url}/e.mp3" type="audio/mpeg" length="1"/></item>'
    site.put("/podcast", f'<rss version="2.0"><channel>{heard}</channel></rss>'.encode(), kind="application/rss+xml")
    announced = ("/missing", "/feed", "/comments/feed", "/podcast", "/tag/harbour/feed")
    head = "".join(f'<link rel="alternate" type="application/rss+xml" href="{path}">' for path in announced)
    site.put("/", f'<head><meta property="og:site_name" content="The Example">{head}</head>'.encode())


def test_add_discovers_and_the_next_crawl_collects(site: Site, presswatch: Command, rows: Read, crawl: Run, age: Change) -> None:
    newsroom(site)
    result = presswatch("add", site.url, "--label", "wire", "--country", "rs", "--json")
    (added,) = json.loads(result.stdout)
    assert (added["name"], added["error"], added["new"]) == ("The Example", None, 2)
    fields = ("kind", "items", "with_title", "with_time", "new")
    assert [tuple(source[name] for name in fields) for source in added["sources"]] == [
        ("feed", 3, 3, 0, True),
        ("news_sitemap", 1, 0, 1, True),
    ]
    assert {unused["url"].removeprefix(site.url): unused["reason"] for unused in added["unused"]} == {
        "/": "no links to articles",
        "/comments/feed": "a comments feed",
        "/missing": "the server answers 404",
        "/podcast": "a podcast: its entries are sound or film",
        "/tag/harbour/feed": "a tag's feed",
    }
    assert rows("SELECT name, labels, country FROM outlets") == [("The Example", ["wire"], "rs")]
    assert rows("SELECT host FROM outlet_hosts") == [("127.0.0.1",)]
    assert site.asked("/comments/feed") == 0
    assert crawl()["fetched"] == 3

    (listed,) = json.loads(presswatch("list", "--json").stdout)
    assert (listed["name"], listed["labels"], listed["articles"], listed["last_article_at"]) == ("The Example", ["wire"], 0, None)
    feed = next(feed for feed in listed["feeds"] if feed["kind"] == "feed")
    assert (feed["items"], feed["error"]) == (3, None)
    assert "The Example" in presswatch("list").stdout
    with pytest.raises(AddressTaken, match="'The Example' has the address"):
        presswatch("add", site.url)
    with pytest.raises(NameTaken, match="choose another name"):
        presswatch("add", f"{site.url}/other", "--name", "The Example")

    # A second look: one source is new, one is dead, one is still read.
    site.feed("/missing", site.url + "/sport")
    sitemap = site.answers.pop("/news.xml")
    age("UPDATE feeds SET succeeded_at = now() - interval '4 days' WHERE url LIKE '%/news.xml'")
    table = presswatch("check").stdout
    assert "1 new sources" in table
    lines = {words[0].removeprefix(site.url): line for line in table.splitlines() if (words := line.split())}
    assert lines["/missing"].split()[-1] == "new"
    assert lines["/news.xml"].rstrip().endswith("dead: the server answers 404; not polled any more")
    assert lines["/feed"].split()[1:] == ["feed", "3", "100%", "0%", "3", "0", "ok"]
    assert rows("SELECT substr(url, length(%s) + 1), active FROM feeds ORDER BY id".replace("%s", f"'{site.url}'")) == [
        ("/feed", True),
        ("/news.xml", False),
        ("/missing", True),
    ]
    site.answers["/news.xml"] = sitemap
    (again,) = json.loads(presswatch("check", "The Example", "--json").stdout)
    assert (again["new"], rows("SELECT count(*) FROM feeds WHERE active")) == (1, [(3,)])
    with pytest.raises(UnknownName, match="did you mean 'The Example'"):
        presswatch("check", "example")

    presswatch("remove", "The Example")
    assert json.loads(presswatch("list", "--json").stdout) == []
    assert rows("SELECT count(*) FROM pages") == [(3,)]
    with pytest.raises(UnknownName):
        presswatch("remove", "The Example")
    site.answers.clear()
    with pytest.raises(OutletsUnreachable, match="answers 404"):
        presswatch("add", site.url)
    presswatch("add", site.url, "--no-check", "--name", "The Example")
    assert rows("SELECT name, removed_at FROM outlets") == [("The Example", None)]


def test_a_look_waits_for_its_turns_at_its_hosts(site: Site, database: Database, add: Add, rows: Read, crawl: Run) -> None:
    held: list[bool] = []

    def home(_: object) -> Answer:
        held.extend(row[0] for row in rows("SELECT leased_by IS NOT NULL FROM hosts WHERE host = 'paper.test'"))
        return Answer(
            body=b'<link rel="alternate" type="application/rss+xml" href="/feed"><link rel="alternate" type="application/rss+xml" href="/moved">'
        )

    site.answers["http://paper.test/"] = home
    site.put("http://paper.test/robots.txt", b"User-agent: *\nCrawl-delay: 0.4")
    site.feed("http://paper.test/feed", *(site.put(f"http://paper.test/a{n}", article(f"A{n}")) for n in range(3)))
    site.put("http://paper.test/moved", status=302, Location="http://there.test/feed")
    site.feed("http://there.test/feed", site.put("http://paper.test/b", article("B")))
    add(url="http://paper.test/")
    report = crawl(HTTP_PROXY=site.url)
    assert (report["outlets_discovered"], report["feeds_found"], report["fetched"]) == (1, 2, 4)
    times = [at for at, path, _ in site.requests if path.startswith("http://paper.test/") and not path.endswith("robots.txt")]
    assert len(times) > 8
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) > 0.3
    assert held == [True]
    assert rows("SELECT count(*) FROM hosts WHERE leased_by IS NOT NULL") == [(0,)]

    # A host that is to be left alone is not asked.
    with database.transaction() as connection:
        connection.execute("UPDATE hosts SET not_before = now() + interval '1 h', reason = 'http_429' WHERE host = 'paper.test'")
        connection.execute("UPDATE discoveries SET due_at = now()")
    before = len(site.requests)
    assert crawl(HTTP_PROXY=site.url)["outlets_discovered"] == 1
    assert not any("paper.test" in path for _, path, _ in site.requests[before:])
    assert rows("SELECT error LIKE 'another crawl%', due_at > now() + interval '5 min' FROM discoveries") == [(True, True)]


def test_an_outlet_without_feeds_is_read_by_its_sections_which_teach(
    site: Site, presswatch: Command, rows: Read, crawl: Run, age: Change, make_due: Callable[[], None]
) -> None:
    def listing(*paths: str) -> bytes:
        menu = "".join(f'<li><a href="/{name}/">{name.title()}</a></li>' for name in ("sport", "local", "about", "empty"))
        items = "".join(f'<h2><a href="{path}">What there is to read at {path.rsplit("/")[-1]}</a></h2>' for path in paths)
        return f"<title>Feedless</title><nav>{menu}</nav>{items}".encode()

    def stories(kind: str, *numbers: int) -> list[str]:
        paths = [f"/{kind}/an-item-of-the-day-{number}" for number in numbers]
        for path in paths:
            site.put(path, article(path))
        return paths

    site.put("/", listing(*stories("story", 1, 2, 3), *stories("topic", 1, 2, 3)))
    site.put("/sport/", listing(*stories("story", 3, 4, 5, 6)))
    site.put("/local/", listing(*stories("story", 1, 2)))
    site.put("/empty/", listing())
    (added,) = json.loads(presswatch("add", site.url, "--json").stdout)
    assert [(source["kind"], source["url"].removeprefix(site.url), source["items"]) for source in added["sources"]] == [
        ("section", "/", 6),
        ("section", "/sport/", 4),
    ]
    reasons = {unused["url"].removeprefix(site.url): unused["reason"] for unused in added["unused"]}
    assert (reasons["/local/"], reasons["/empty/"]) == ("lists only 0 articles that the others don't", "no links to articles")
    assert site.asked("/about/") == 0
    assert crawl()["fetched"] == 9

    # The topics were lists. A new one is not fetched, a new story is, and so is one whose link says little.
    age("UPDATE captures SET outcome = CASE WHEN url LIKE '%/topic/%' THEN 'index_page' ELSE 'article' END")
    make_due()
    age("UPDATE pages SET due_at = NULL")
    site.put("/", listing(*stories("topic", 4, 5), *stories("story", 7)) + b'<a href="/story/an-item-of-the-day-8">More</a>')
    stories("story", 8)
    assert crawl()["fetched"] == 2
    assert (site.asked("/topic/an-item-of-the-day-4"), site.asked("/story/an-item-of-the-day-8")) == (0, 1)


def test_outlets_that_are_of_no_use_are_not_added(site: Site, presswatch: Command, rows: Read) -> None:
    site.put("/", b"<p>Nothing</p>")
    with pytest.raises(OutletsUnreachable, match=r"neither a feed.*private"):
        presswatch("add", site.url, "http://10.0.0.1/")
    wrong = (["ftp://example.com"], ["http://a..example"], [site.url, "--country", "Serbia"], [site.url, "--name", "A\x01"])
    for arguments in (*wrong, [site.url, "--label", "\x01"], [site.url, "--language", "eng"]):
        with pytest.raises(UsageError):
            presswatch("add", *arguments)
    assert rows("SELECT count(*) FROM outlets") == [(0,)]


def test_import_is_all_or_nothing_idempotent_and_offline(site: Site, presswatch: Command, rows: Read, crawl: Run, tmp_path: Path) -> None:
    newsroom(site)
    file = tmp_path / "outlets.toml"
    file.write_text(f'[[outlet]]\nname = "One"\nurl = "{site.url}"\n\n[[outlet]]\nname = "Two"\nurl = "nonsense://x"\n')
    with pytest.raises(FileErrors) as raised:
        presswatch("import", str(file))
    assert [line for line, _ in raised.value.problems] == [5]
    assert rows("SELECT count(*) FROM outlets") == [(0,)]

    file.write_text(
        f'[[outlet]]\nname = "One"\nurl = "{site.url}"\n\n[[outlet]]\nname = "Two"\nurl = "https://www.two.example"\nfeeds = ["https://two.example/f"]\n'
    )
    assert "Imported 2 outlets" in presswatch("import", str(file)).stdout
    file.write_text(file.read_text().replace('name = "Two"', 'name = "Two"\nlabels = ["x"]'))
    presswatch("import", str(file))
    assert rows("SELECT name, labels FROM outlets ORDER BY name") == [("One", []), ("Two", ["x"])]
    assert rows("SELECT host FROM outlet_hosts ORDER BY host") == [("127.0.0.1",), ("two.example",), ("www.two.example",)]
    assert rows("SELECT url, origin FROM feeds") == [("https://two.example/f", "given")]
    assert not site.requests

    file.write_text(f'[[outlet]]\nname = "Two"\nurl = "{site.url}"\n')
    with pytest.raises(FileErrors, match=r"line 1: .*'One' has it"):
        presswatch("import", str(file))

    report = crawl("--outlet", "One")
    assert (report["outlets_discovered"], report["feeds_found"], report["fetched"]) == (1, 2, 3)
    assert crawl("--outlet", "One")["outlets_discovered"] == 0


@pytest.mark.parametrize("form", ["toml", "csv", "opml"])
def test_exported_outlets_can_be_imported(site: Site, presswatch: Command, rows: Read, age: Change, tmp_path: Path, form: str) -> None:
    first = tmp_path / "outlets.toml"
    first.write_text("""
        [[outlet]]
        name = "=One </outline>"
        url = "https://one.example"
        feeds = ["https://one.example/rss?a=1&b=2", "https://one.example/news-sitemap.xml"]
        sections = ["https://one.example/sport"]
        labels = ["a/b", "c;d"]
        country = "rs"
        language = "sr"
        group = "@G"

        [[outlet]]
        name = "Two"
        url = "https://two.example/"
    """)
    presswatch("import", str(first))
    kept = """
        SELECT o.name, o.url, o.labels, o.country, o.language, o."group", f.url, f.kind, f.origin
        FROM outlets o LEFT JOIN feeds f ON f.outlet_id = o.id ORDER BY o.name, f.id
    """
    before = rows(kept)
    assert [row[7] for row in before] == ["feed", "news_sitemap", "section", None]
    age("INSERT INTO outlets (name, url) VALUES ('Only imported', 'https://imported.example/')")
    exported = tmp_path / f"exported.{form}"
    presswatch("export", "--output", str(exported))
    assert presswatch("export", "--format", form).stdout == exported.read_text()
    age("DELETE FROM outlets")
    presswatch("import", str(exported))
    assert rows(kept) == before
    assert rows("SELECT count(*) FROM discoveries") == [(1,)]
    with pytest.raises(InputError, match="can't be written"):
        presswatch("export", "--output", str(tmp_path / "none" / "x.csv"))
    assert not site.requests


def test_crawl_command(site: Site, presswatch: Command, add: Callable[..., int]) -> None:
    del presswatch  # sets the environment
    add(site.feed("/rss", site.put("/a", article("A"))))
    result = CliRunner().invoke(app, ["crawl", "--json", "--max-seconds", "60"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["fetched"] == 1
    assert CliRunner().invoke(app, ["crawl", "--nonsense"]).exit_code == 2
    unknown = CliRunner().invoke(app, ["crawl", "--outlet", "Nobody"])
    assert isinstance(unknown.exception, UnknownName)


def test_a_crawler_that_dies_is_an_error(presswatch: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    del presswatch
    monkeypatch.setattr("pipeline.steps.collect.LAUNCHER", "/dev/null")
    result = CliRunner().invoke(app, ["crawl"])
    assert isinstance(result.exception, CrawlFailed)


def test_a_sitemap_and_the_home_page_are_kept_beside_a_feed(site: Site, presswatch: Command, crawl: Run, rows: Read) -> None:
    today = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    stories = [site.put(f"/2025/03/04/story-number-{number}-of-today", article(f"S{number}")) for number in range(4)]
    site.feed("/feed", *stories[:2])
    entries = "".join(f"<url><loc>{url}</loc><lastmod>{today}</lastmod></url>" for url in stories[:3])
    site.put("/posts.xml", f"<urlset>{entries}</urlset>".encode(), kind="application/xml")
    site.put("/robots.txt", f"User-agent: *\nSitemap: {site.url}/images.xml\nSitemap: {site.url}/posts.xml".encode(), kind="text/plain")
    links = "".join(f'<h2><a href="{url}">A story that is told at some length</a></h2>' for url in (stories[0], stories[3]))
    site.put("/", f'<head><link rel="alternate" type="application/rss+xml" href="/feed"></head><body>{links}</body>'.encode())
    (added,) = json.loads(presswatch("add", site.url, "--json").stdout)
    # The feed of this site tells no times, the sitemap does.
    assert [source["kind"] for source in added["sources"]] == ["sitemap", "feed", "section"]
    assert site.asked("/images.xml") == 0
    assert crawl()["fetched"] == 4
    waits = dict(rows("SELECT kind, round(extract(epoch FROM due_at - polled_at) / 0.9)::integer FROM feeds"))
    assert waits == {"feed": 10, "section": 1_800, "sitemap": 3_600}
    # Which look showed what is what the share collected is estimated from.
    assert rows("SELECT f.kind, count(*)::integer FROM sightings JOIN feeds f ON f.id = feed_id GROUP BY 1 ORDER BY 1") == [
        ("feed", 2), ("section", 2), ("sitemap", 3),
    ]  # fmt: skip
