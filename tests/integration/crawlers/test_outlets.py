"""Outlets: added with discovery, imported from files, listed, checked, removed; by the command line."""

from __future__ import annotations

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
from pipeline.errors import AddressTaken, CrawlFailed, FileErrors, NameTaken, OutletsUnreachable, UnknownName, UsageError

from .conftest import Site, article

Run = Callable[..., dict[str, Any]]
Read = Callable[[str], Any]
Command = Callable[..., Result]


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


def newsroom(site: Site) -> None:
    """A home page that announces a feed, a comments feed and a broken one; robots.txt names a news sitemap."""
    links = [site.put(f"/2025/03/04/story-number-{n}-of-today", article(f"S{n}")) for n in range(3)]
    site.feed("/feed", *links)
    site.feed("/comments/feed", site.url + "/c")
    entry = "<url><loc>{}</loc><n:news xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><n:publication_date>2025-03-04</n:publication_date></n:news></url>"
    site.put("/news.xml", f"<urlset>{entry.format(links[0])}</urlset>".encode(), kind="application/xml")
    site.put("/robots.txt", f"User-agent: *\nSitemap: {site.url}/news.xml\nSitemap: {site.url}/all.xml".encode(), kind="text/plain")
    head = "".join(f'<link rel="alternate" type="application/rss+xml" href="{path}">' for path in ("/missing", "/feed", "/comments/feed"))
    site.put("/", f'<head><meta property="og:site_name" content="The Example">{head}</head>'.encode())


def test_add_discovers_and_the_next_crawl_collects(site: Site, presswatch: Command, rows: Read, crawl: Run) -> None:
    newsroom(site)
    result = presswatch("add", site.url, "--label", "wire", "--country", "rs", "--json")
    (added,) = json.loads(result.stdout)
    assert (added["name"], added["error"], added["new"]) == ("The Example", None, 2)
    assert [(source["kind"], source["items"]) for source in added["sources"]] == [("feed", 3), ("news_sitemap", 1)]
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

    site.feed("/missing", site.url + "/sport")
    assert "1 new sources" in presswatch("check", "The Example").stdout
    assert rows("SELECT count(*) FROM feeds WHERE active") == [(3,)]
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


def test_an_outlet_without_feeds_is_read_by_its_links(site: Site, presswatch: Command, crawl: Run) -> None:
    story = site.put("/2025/03/04/the-only-story-of-the-day", article("Story"))
    site.put("/", f'<title>Feedless</title><h2><a href="{story}">The only story of the day is this</a></h2>'.encode())
    (added,) = json.loads(presswatch("add", site.url, "--json").stdout)
    assert (added["name"], [source["kind"] for source in added["sources"]]) == ("Feedless", ["section"])
    assert crawl()["fetched"] == 1


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
    assert [source["kind"] for source in added["sources"]] == ["feed", "sitemap", "section"]
    assert site.asked("/images.xml") == 0
    assert crawl()["fetched"] == 4
    waits = dict(rows("SELECT kind, round(extract(epoch FROM due_at - polled_at) / 0.9)::integer FROM feeds"))
    assert waits == {"feed": 10, "section": 1_800, "sitemap": 3_600}
    # Which look showed what is what the share collected is estimated from.
    assert rows("SELECT f.kind, count(*)::integer FROM sightings JOIN feeds f ON f.id = feed_id GROUP BY 1 ORDER BY 1") == [
        ("feed", 2), ("section", 2), ("sitemap", 3),
    ]  # fmt: skip
