"""The demo newsroom: its content, its pages and feeds over HTTP, releases and edits."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import feedparser
import httpx
import pytest
from lxml import etree, html

from deploy.newsroom import CannotListenError, serve
from pipeline import duplicates, languages, urls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deploy.newsroom import Newsroom

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with serve(edit_on_fetch=False) as running:
        yield running


@pytest.fixture(scope="module")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False) as client:
        yield client


def words(text: str) -> str:
    return " ".join(text.split())


def test_content_is_as_large_and_mixed_as_promised(newsroom: Newsroom) -> None:
    expected = newsroom.expected()
    assert len(expected.articles) >= 64
    assert len(expected.by_outlet) == 8
    assert min(expected.by_outlet.values()) >= 7
    assert {article.language for article in expected.articles} == {"en", "es", "fr"}
    assert len(expected.events) >= 6
    for event, addresses in expected.events.items():
        assert 3 <= len({urlsplit(url).hostname for url in addresses}) <= 8, event
    assert sum(len({urlsplit(url).hostname for url in copies}) >= 3 for copies in expected.copies.values()) >= 6
    assert len(expected.live) >= 4
    assert len(expected.edited) == 1
    assert len(expected.consent_walls) == 1
    kinds = Counter(site.publication.feed.kind if site.publication.feed else None for site in newsroom.sites)
    assert set(kinds) == {"rss", "atom", "news_sitemap", None}


def test_texts_have_a_news_article_s_length_and_their_outlet_s_language(newsroom: Newsroom) -> None:
    for article in newsroom.expected().articles:
        text = "\n\n".join(article.paragraphs)
        assert 150 <= len(text.split()) <= 450, article.url
        assert languages.identify(text) == article.language, article.url
        assert "{" not in text + article.title, article.url


def test_copies_and_nothing_else_read_as_copies(newsroom: Newsroom) -> None:
    articles = newsroom.expected().articles
    texts = {article.url: "\n\n".join(article.paragraphs) for article in articles}
    for one, other in combinations(articles, 2):
        if one.language != other.language:
            continue
        kinds = {duplicates.compare(texts[one.url], texts[other.url])[0], duplicates.compare(texts[other.url], texts[one.url])[0]}
        if not one.wire or one.wire != other.wire:
            assert kinds == {None}, (one.url, other.url)
        elif "derived" in (one.copy_kind, other.copy_kind):
            assert "derived" in kinds, (one.url, other.url)
        else:
            assert kinds == {"copy"}, (one.url, other.url)
            assert one.title != other.title


def test_every_article_is_one_page_that_holds_its_text(newsroom: Newsroom, http: httpx.Client) -> None:
    articles = newsroom.expected().articles
    assert len({urls.canonical(article.url) for article in articles}) == len(articles)
    for article in articles:
        response = http.get(article.url)
        assert response.status_code == 200, article.url
        tree = html.fromstring(response.content)
        assert words(tree.xpath("//h1 | //div[@id='content']/h2")[0].text_content()) == article.title
        shown = words(tree.text_content())
        for paragraph in article.paragraphs:
            assert words(paragraph) in shown, article.url
        assert article.authors[0] in shown
        canonical = tree.xpath("//link[@rel='canonical']/@href")
        assert canonical in ([article.url], []), article.url


def test_feeds_list_what_is_out_and_parse_as_what_they_are(newsroom: Newsroom, http: httpx.Client) -> None:
    expected = newsroom.expected()
    for site in newsroom.sites:
        if not site.feed_url:
            continue
        response = http.get(site.feed_url)
        if site.publication.feed.kind == "news_sitemap":
            links = etree.fromstring(response.content).xpath("//*[local-name()='loc']/text()")
            assert site.feed_url in http.get(f"{site.base}/robots.txt").text
        else:
            parsed = feedparser.parse(response.content, response_headers={"content-type": response.headers["content-type"]})
            assert not parsed.bozo
            assert parsed.version == {"rss": "rss20", "atom": "atom10"}[site.publication.feed.kind]
            assert all(entry.published_parsed and entry.title and entry.summary for entry in parsed.entries)
            links = [entry.link for entry in parsed.entries]
            assert site.publication.feed.path in http.get(f"{site.base}/").text
        everything = {article.url for article in expected.articles if article.outlet == site.publication.name}
        everything |= {url for url in expected.consent_walls if url.startswith(site.base + "/")}
        assert {re.sub(r"\?utm_.*", "", link) for link in links} == everything
        assert len(links) == len(everything)


def test_every_article_is_linked_from_its_front_page_and_links_there(newsroom: Newsroom, http: httpx.Client) -> None:
    expected = newsroom.expected()
    for site in newsroom.sites:
        links = set(html.fromstring(http.get(f"{site.base}/").text, base_url=f"{site.base}/").xpath("//a/@href"))
        absolute = {urljoin(f"{site.base}/", link) for link in links}
        mine = {article.url for article in expected.articles if article.outlet == site.publication.name}
        assert mine <= absolute
        assert {url for url in expected.disallowed if url.startswith(f"{site.base}/account")} <= absolute
        for url in absolute - {url for url in absolute if "/account/" in url or "/search" in url}:
            assert http.get(url).status_code == 200, url
        assert "/" in html.fromstring(http.get(min(mine)).text).xpath("//a/@href")


def test_conditional_requests_are_answered_by_304(newsroom: Newsroom, http: httpx.Client) -> None:
    for url in (newsroom.sites[0].feed_url, newsroom.expected().articles[0].url):
        first = http.get(url)
        assert http.get(url, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
        assert http.get(url, headers={"If-None-Match": f'W/{first.headers["etag"]}, "other"'}).status_code == 304
        assert http.get(url, headers={"If-Modified-Since": first.headers["last-modified"]}).status_code == 304
        assert http.get(url, headers={"If-None-Match": '"other"', "If-Modified-Since": first.headers["last-modified"]}).status_code == 200
        assert http.get(url, headers={"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}).status_code == 200
        assert http.get(url, headers={"If-Modified-Since": "yesterday"}).status_code == 200
    assert newsroom.requests[-1].status == 200
    assert newsroom.requests[-1].conditional


def test_consent_wall_shows_no_article(newsroom: Newsroom, http: httpx.Client) -> None:
    (url,) = newsroom.expected().consent_walls
    response = http.get(url)
    assert response.status_code == 200
    assert "trait de côte" not in response.text
    assert "cookies" in response.text


def test_dates_lie_within_three_days_before_the_start() -> None:
    start = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
    with serve(started_at=start) as newsroom:
        dates = [article.published_at for article in newsroom.expected().articles]
        # Addresses with a date follow the outlet's own calendar.
        assert any("/2026/02/28/" in article.url for article in newsroom.expected().articles)
    assert all(start - timedelta(days=3) <= date <= start for date in dates)
    assert start - min(dates) > timedelta(days=2.5)
    assert {date.utcoffset() for date in dates} >= {timedelta(hours=13), timedelta(hours=-6), timedelta(0)}


def test_live_articles_appear_everywhere_at_once_with_the_release(http: httpx.Client) -> None:
    with serve(release_s=None) as newsroom:
        expected = newsroom.expected()
        feed = newsroom.sites[0].feed_url
        live = next(url for url in expected.live if url.startswith(newsroom.sites[0].base))
        before = http.get(feed)
        assert live not in before.text
        assert http.get(live).status_code == 404
        assert all(article.published_at is None for article in expected.articles if article.live)
        asked = datetime.now(UTC).replace(microsecond=0)
        newsroom.release_all()
        after = http.get(feed, headers={"If-None-Match": before.headers["etag"]})
        assert after.status_code == 200
        assert live in after.text
        assert http.get(live).status_code == 200
        published = {article.published_at for article in newsroom.expected().articles if article.live}
        assert len(published) == 1
        assert asked <= published.pop() <= datetime.now(UTC)


def test_release_waits_for_its_time(http: httpx.Client) -> None:
    with serve(release_s=3600) as newsroom:
        assert http.get(newsroom.expected().live[0]).status_code == 404
    with serve(release_s=3600, started_at=datetime.now(UTC) - timedelta(hours=2)) as newsroom:
        assert http.get(newsroom.expected().live[0]).status_code == 200


def test_an_article_changes_after_its_first_fetch(http: httpx.Client) -> None:
    with serve() as newsroom:
        (url,) = newsroom.expected().edited
        article = next(article for article in newsroom.expected().articles if article.url == url)
        assert http.head(url).status_code == 200
        first = http.get(url)
        assert article.title in html.fromstring(first.text).xpath("//h1")[0].text_content()
        second = http.get(url, headers={"If-None-Match": first.headers["etag"]})
        assert second.status_code == 200
        assert html.fromstring(second.text).xpath("//h1")[0].text_content() == article.second_title
        changed = [
            paragraph for paragraph in article.paragraphs if words(paragraph) not in words(html.fromstring(second.text).text_content())
        ]
        assert len(changed) == 1
        assert http.get(url, headers={"If-None-Match": second.headers["etag"]}).status_code == 304


def test_edit_on_demand_only(http: httpx.Client) -> None:
    with serve(edit_on_fetch=False) as other:
        (url,) = other.expected().edited
        first = http.get(url)
        assert http.get(url).text == first.text
        other.edit_now()
        assert http.get(url).text != first.text


def test_outlets_file_is_one_for_import(newsroom: Newsroom) -> None:
    tables = tomllib.loads(newsroom.outlets_toml())["outlet"]
    assert {table["name"] for table in tables} == set(newsroom.expected().by_outlet)
    assert sum("feeds" in table for table in tables) == 7
    assert all(table["url"].endswith(f":{newsroom.port}/") for table in tables)
    assert all("feeds" not in table for table in tomllib.loads(newsroom.outlets_toml(feeds=False))["outlet"])
    assert newsroom.allow_hosts.split(",") == [urlsplit(table["url"]).netloc for table in tables]


def test_a_taken_port_is_told(newsroom: Newsroom) -> None:
    with pytest.raises(CannotListenError, match=str(newsroom.port)), serve(port=newsroom.port):
        pass


def test_command_tells_when_it_is_ready_and_stops_on_a_signal(tmp_path: Path, http: httpx.Client) -> None:
    ready, outlets = tmp_path / "ready.json", tmp_path / "outlets.toml"
    command = [
        sys.executable,
        "-m",
        "deploy.newsroom",
        "--port",
        "0",
        "--ready-file",
        ready,
        "--outlets-file",
        outlets,
        "--release",
        "3600",
    ]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        told = json.loads(process.stdout.readline())
        try:
            assert http.get(told["outlets"][3]["url"]).status_code == 200
            assert [outlet["feeds"] for outlet in told["outlets"]].count([]) == 1
            assert json.loads(ready.read_text()) == told
            assert len(tomllib.loads(outlets.read_text())["outlet"]) == 8
        finally:
            process.terminate()
        assert process.wait(timeout=10) == 0
