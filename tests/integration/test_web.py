"""The pages and the JSON API over a stored newsroom, on a real server, and what they say when an engine is away."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from pipeline.cli import serve
from pipeline.client import Client
from pipeline.config import Settings
from pipeline.errors import PortBusy, QueryError, ServerAway, ServerRefused
from pipeline.models import Endpoints
from tests import databases, web_newsroom
from tests.web_newsroom import NOW, SCRIPT, Newsroom


@pytest.fixture(scope="module")
def newsroom(engines: Endpoints, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    with web_newsroom.opened(engines, template, tmp_path_factory.mktemp("newsroom")) as opened:
        yield opened


@pytest.fixture(scope="module")
def site(newsroom: Newsroom) -> Iterator[httpx.Client]:
    with web_newsroom.serving(newsroom.settings) as url, httpx.Client(base_url=url, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def client(site: httpx.Client) -> Iterator[Client]:
    with Client(str(site.base_url)) as opened:
        yield opened


class Reader(HTMLParser):
    """The text and the elements of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def links(self) -> list[str]:
        return [attributes["href"] or "" for tag, attributes in self.elements if tag == "a" and "href" in attributes]


def read(site: httpx.Client, path: str, *, status: int = 200) -> Reader:
    answer = site.get(path)
    assert answer.status_code == status, answer.text[:500]
    return Reader(answer.text)


# --- The API ---


def test_search_answers_what_the_command_line_prints(client: Client, site: httpx.Client, newsroom: Newsroom) -> None:
    from pipeline import search
    from pipeline.steps.context import Context

    with Context.open(newsroom.settings) as context:
        printed = search.search(context.index, "grain strike", now=web_newsroom.NOW, limit=3, group="story").as_json()
    assert site.get("/api/search", params={"q": "grain strike", "limit": 3, "group": "story"}).json() == json.loads(json.dumps(printed))
    found = client.search("dock*", limit=1)
    assert found.total == 4
    assert len(found.hits) == 1
    assert found.facets["outlets"]


def test_pages_of_hits(client: Client) -> None:
    first, second = client.search("grain", limit=5), client.search("grain", limit=5, offset=5)
    assert not {hit.id for hit in first.hits} & {hit.id for hit in second.hits}
    assert first.total == second.total


def test_a_wrong_query_is_told_with_its_position(client: Client, site: httpx.Client) -> None:
    answer = site.get("/api/search", params={"q": "grain AND ("})
    assert answer.status_code == 400
    assert answer.json()["error"]["kind"] == "query_error"
    assert answer.json()["error"]["position"] == 11
    with pytest.raises(QueryError) as caught:
        client.search("grain AND (")
    assert str(caught.value) == answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/api/search?limit=10001", 400, "usage_error"),
        ("/api/search?limit=9000&offset=9000", 400, "usage_error"),
        ("/api/search?sort=best", 400, "usage_error"),
        ("/api/search?query=grain", 400, "usage_error"),
        ("/api/search?q=a&q=b", 400, "usage_error"),
        ("/api/outlets?limit=1", 400, "usage_error"),
        ("/api/alerts/%00", 404, "unknown_name"),
        ("/api/articles/987654321", 404, "not_found"),
        ("/api/articles/none", 404, "not_found"),
        (f"/api/articles/{2**63}", 404, "not_found"),
        ("/api/stories/987654321", 404, "not_found"),
        ("/api/alerts/nobody", 404, "unknown_name"),
        ("/api/nothing", 404, "not_found"),
    ],
)
def test_errors_are_json_with_a_code(site: httpx.Client, path: str, status: int, kind: str) -> None:
    answer = site.get(path)
    assert (answer.status_code, answer.json()["error"]["kind"]) == (status, kind)
    assert answer.json()["error"]["message"].endswith((".", "export`."))


def test_a_parameter_that_does_not_exist_is_told_with_those_that_do(site: httpx.Client) -> None:
    message = site.get("/api/search?query=grain").json()["error"]["message"]
    assert "no parameter 'query'" in message
    assert "q, limit, sort, group, offset" in message


def test_an_article_has_all_that_is_known_of_it(client: Client, newsroom: Newsroom) -> None:
    article = client.article(newsroom.strike)
    assert article.title == "Dock strike holds up fourteen grain ships"
    assert article.authors == ("Ada Whitcombe", "Tom O'Leary")
    assert article.published_at is not None
    assert article.published_at.endswith("+02:00")
    assert [candidate.source for candidate in article.candidates["title"]] == ["json-ld", "title"]
    assert (article.versions, [version.version for version in article.history]) == (2, [2, 1])
    assert {(copy.outlet, copy.copy_kind) for copy in article.copies} == {("City Desk", "copy"), ("Northern Wire", "derived")}
    assert ("person:marta-lindqvist", 4) in {(entity.id, entity.count) for entity in article.entities}
    assert article.story_id == str(newsroom.story)
    copy = client.article(newsroom.copy)
    assert (copy.duplicate_of, copy.copy_kind, copy.shared_text) == (str(newsroom.strike), "copy", 0.99)
    assert copy.syndicated_from is not None
    assert copy.syndicated_from.name == "Harbour Gazette"
    assert client.article(newsroom.imported).published_at is None


def test_what_changed_between_versions(client: Client, newsroom: Newsroom) -> None:
    changes = client.changes(newsroom.strike, new=2)
    assert (changes.old, changes.new) == (1, 2)
    assert [piece.text for piece in changes.title if piece.change == "removed"] == ["eleven"]
    assert any(paragraph.change == "added" for paragraph in changes.body.paragraphs)
    back = client.changes(newsroom.strike, new=1, old=2)
    assert [piece.text for piece in back.title if piece.change == "added"] == ["eleven"]
    with pytest.raises(ServerRefused, match="There is no version"):
        client.changes(newsroom.strike, new=9)


def test_a_story_is_in_the_order_of_time(client: Client, newsroom: Newsroom) -> None:
    story = client.story(newsroom.story)
    assert (story.total, story.outlets) == (5, 5)
    assert [article.outlet for article in story.articles] == ["Harbour Gazette", "City Desk", "Northern Wire", "Le Quai", "Степ"]
    assert story.first_at < story.last_at
    assert story.entities[0].count == 3


def test_outlets_that_yield_nothing_come_first_and_say_why(client: Client) -> None:
    outlets = {outlet.name: outlet for outlet in client.outlets()}
    assert [(name, outlet.yields) for name, outlet in outlets.items()][:4] == [
        ("No Feed Post", "no_feeds"), ("Broken Times", "failing"), ("Quiet Review", "silent"), ("City Desk", "partly"),
    ]  # fmt: skip
    assert outlets["Harbour Gazette"].yields == "well"
    # Nobody asked for it to be read, so that it lacks nothing.
    assert list(outlets)[-1] == "Old Bundle"
    assert outlets["Old Bundle"].yields == "imported"
    assert outlets["Quiet Review"].pages_without_article == {"robots": 12}
    assert outlets["Broken Times"].feeds[0].error == "the server answered 500"
    assert outlets["Harbour Gazette"].articles_week > outlets["Harbour Gazette"].articles_day > 0


def test_alerts_have_an_account_and_keep_their_channels_secret(client: Client, site: httpx.Client) -> None:
    harbours, grain = sorted(client.alerts(), key=lambda alert: alert.name, reverse=True)
    assert (grain.matched, grain.sent, grain.grouped, grain.waiting) == (3, 1, 1, 1)
    assert harbours.broken
    detail = client.alert("grain/ports")
    assert [(delivery.state, delivery.status) for delivery in detail.deliveries] == [("failed", 410), ("sent", 204)]
    assert {match.state for match in detail.matches} == {"sent", "grouped", "waiting"}
    assert "channels" not in site.get("/api/alerts/grain%2Fports").json()


def test_status(client: Client) -> None:
    status = client.status()
    assert all(engine.ok for engine in status.engines.values())
    assert status.waiting["clean"] == 2
    assert status.quarantined == {"annotate": 1}
    assert status.not_indexed == 0


def test_the_description_of_the_api_has_every_answer(site: httpx.Client) -> None:
    described = site.get("/api/openapi.json").json()
    assert set(described["paths"]) == {
        "/api/search", "/api/articles/{article_id}", "/api/articles/{article_id}/changes", "/api/stories/{story_id}", "/api/outlets", "/api/alerts", "/api/alerts/{name}", "/api/status",
    }  # fmt: skip
    assert site.get("/docs").status_code == 404


# --- The pages ---

PAGES = ("/", "/?q=grain", "/?q=zzzz", "/?q=a+AND", "/alerts", "/alerts/grain%2Fports", "/outlets", "/status", "/nowhere")


def test_nothing_inline_and_nothing_from_elsewhere(site: httpx.Client, newsroom: Newsroom) -> None:
    for path in (*PAGES, f"/articles/{newsroom.strike}", f"/articles/{newsroom.hostile}", f"/stories/{newsroom.story}"):
        answer = site.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        page = Reader(answer.text)
        for tag, attributes in page.elements:
            assert tag != "style"
            assert "style" not in attributes
            assert not [name for name in attributes if name.startswith(("on", "hx-on"))]
            loaded = attributes.get("src") or (attributes.get("href") if tag == "link" else None)
            assert loaded is None or loaded.startswith("/static/"), (tag, attributes)
            if tag == "a" and (attributes.get("href") or "").startswith("http"):
                assert attributes["rel"] == "noopener noreferrer"


def test_what_a_page_wrote_is_never_mark_up(site: httpx.Client, newsroom: Newsroom) -> None:
    for path in (f"/articles/{newsroom.hostile}", "/?q=title:headline", f"/?q={httpx.QueryParams({'q': SCRIPT})['q']}"):
        answer = site.get(path)
        assert "<script>alert" not in answer.text
        assert [attributes for tag, attributes in Reader(answer.text).elements if tag == "script"] == [
            {"src": attributes["src"], "defer": None} for tag, attributes in Reader(answer.text).elements if tag == "script"
        ]
    assert SCRIPT in read(site, f"/articles/{newsroom.hostile}").text


def test_search_page_shows_hits_marks_facets_and_the_chart(site: httpx.Client) -> None:
    page = read(site, "/?q=dock*")
    assert "4 articles in 1 story" in page.text
    assert "Story: 5 articles of 5 outlets" in page.text
    assert [tag for tag, _ in page.elements].count("mark") >= 1
    assert "/?q=dock%2A+outlet%3A%22City+Desk%22" in page.links()
    bars = [attributes for tag, attributes in page.elements if tag == "rect" and (attributes.get("class") or "").startswith("bar")]
    assert len(bars) >= 14
    assert (bars[-1]["class"]) == "bar so_far"
    assert "so far" in page.text


def test_a_hit_tells_its_copies_and_how_much_of_its_story_was_found(site: httpx.Client, newsroom: Newsroom) -> None:
    page = read(site, "/?q=dock*")
    assert "4 of them found" in page.text
    assert f"/?q=dock%2A+story%3A{newsroom.story}&group=none" in page.links()
    page = read(site, "/?q=dock*&group=none")
    assert "copy of Harbour Gazette , 99% shared" in page.text.replace("Gazette,", "Gazette ,")
    assert "derived from Harbour Gazette" in page.text
    copies = f"/?q=copies%3A{newsroom.strike}&group=none"
    assert copies in page.links()
    assert "1 copy" in page.text


def test_a_hit_without_a_title_has_a_name_and_repeats_no_passage(site: httpx.Client) -> None:
    page = read(site, '/?q=archive+outlet%3A"Old+Bundle"')
    assert "(no title)" in page.text
    assert page.text.count("A text from an archive") == 1


def test_nothing_found_tells_what_each_part_finds(site: httpx.Client) -> None:
    page = read(site, '/?q=walked+zebra+outlet:"City+Desk"')
    assert re.search(r"walked\s*\d+ articles?\s*nothing\s*zebra\s*nothing\s*\d+ articles?", page.text)
    assert "/?q=walked+outlet%3A%22City+Desk%22" in page.links()
    # A word that stands in another form, an operator in small letters, a part of an outlet's name.
    assert "/?q=termina%2A" in read(site, "/?q=termina").links()
    assert "/?q=walked+OR+zebra" in read(site, "/?q=walked+or+zebra").links()
    assert "/?q=walked+outlet%3A%22City+Desk%22" in read(site, "/?q=walked+outlet:city").links()
    assert "/?q=walked+%28terminal+ministry%29" in read(site, '/?q=walked+"terminal+ministry"').links()


def test_an_address_in_the_search_box_tells_what_became_of_it(site: httpx.Client, newsroom: Newsroom, client: Client) -> None:
    page = read(site, f"/?q={client.article(str(newsroom.copy)).url}")
    assert "It is in the index and can be found." in page.text
    assert f"/articles/{newsroom.copy}" in page.links()
    assert "in desk.example/rss" in page.text
    stopped = read(site, f"/?q={client.article(str(newsroom.strike)).url}")
    assert "It stopped at annotate and is quarantined: worker_died." in stopped.text
    assert "It is known and was not fetched: its robots.txt disallows it (robots)." in read(site, "/?q=https://quiet.example/3").text
    assert "belongs to no outlet" in read(site, "/?q=www.nowhere.example/x").text
    assert "Nothing: it was never seen." in read(site, "/?q=http://[broken/").text


def test_titles_say_in_which_language_they_are(site: httpx.Client, newsroom: Newsroom) -> None:
    def language_of(path: str, words: str) -> bool:
        return re.search(rf'<(?:h1|h3|a)[^>]* lang="fr"[^>]*>(?:<a[^>]*>)?{words}', site.get(path).text) is not None

    french = next(one.id for one in Client(str(site.base_url)).story(str(newsroom.story)).articles if one.language == "fr")
    for path in ("/?q=Grève&group=none", f"/stories/{newsroom.story}", f"/articles/{french}"):
        assert language_of(path, "(?:<mark>)?Grève"), path
    assert re.search(r'<h1 lang="en" dir="auto">', site.get(f"/stories/{newsroom.story}").text)
    assert re.search(r'<h3 lang="en" dir="auto">', site.get("/alerts/grain%2Fports").text)


def test_chart_tells_the_days_that_nobody_watched(site: httpx.Client) -> None:
    page = read(site, "/?group=none")
    gaps = [attributes["class"] for tag, attributes in page.elements if tag == "rect" and (attributes.get("class") or "").startswith("gap")]
    # The last one is of the legend.
    assert gaps == ["gap unwatched", "gap unwatched", "gap partly", "gap partly", "gap"]
    assert "watched 12 of 24 hours" in page.text
    # One outlet of five that are usually read is not the news of these hours.
    assert "watched 18 of 24 hours" in page.text
    assert "watched 18 of 24 hours" not in read(site, "/?q=outlet%3A%22Northern+Wire%22").text
    # The feeds of the outlet that this search is limited to were read in no hour.
    assert "not watched" in read(site, "/?q=outlet%3A%22Harbour+Gazette%22").text


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ("published:2d", 3),
        ("published:2d published:5d", 3),
        (f"published:{NOW - timedelta(days=9):%Y-%m-%d}..{NOW - timedelta(days=6):%Y-%m-%d}", 4),
        # What was seen since a day may have been published before it.
        ("seen:2d", 14),
        ("published:2d OR zebra", 14),
    ],
)
def test_the_chart_has_no_days_that_were_not_asked_for(site: httpx.Client, asked: str, days: int) -> None:
    page = read(site, f"/?q=({asked})+grain&group=none")
    bars = [attributes for tag, attributes in page.elements if tag == "rect" and (attributes.get("class") or "").startswith("bar ")]
    assert len(bars) == days


def test_filters_in_the_query_can_be_removed(site: httpx.Client) -> None:
    page = read(site, '/?q=grain+outlet%3A"City+Desk"+language%3Aen')
    assert "/?q=grain+language%3Aen" in page.links()
    assert "/?q=grain+outlet%3A%22City+Desk%22" in page.links()


def test_pages_of_the_search_keep_its_settings(site: httpx.Client) -> None:
    links = read(site, "/?q=grain&group=none&sort=relevance&page=2").links()
    assert "/?q=grain&sort=relevance&group=none&page=3" in links
    assert "/?q=grain&sort=relevance&group=none" in links
    assert "There is no page 400" in read(site, "/?q=grain&page=400").text


def test_a_wrong_query_points_at_the_place(site: httpx.Client) -> None:
    page = read(site, "/?q=grain+AND+%28", status=400)
    assert "The query is wrong at character 11" in page.text
    assert ("mark", {}) in page.elements
    assert any(attributes.get("aria-invalid") == "true" for _, attributes in page.elements)


def test_article_page(site: httpx.Client, newsroom: Newsroom) -> None:
    page = read(site, f"/articles/{newsroom.strike}")
    for text in (
        "Ada Whitcombe, Tom O'Leary", "+02:00", "[removed: eleven]", "[added: fourteen]", "1 to 2", "Marta Lindqvist", "byline",
        "copy, 99% shared", "in harbour.example/rss", "status 200, 47.1 KiB: an article", "its text is not found in an earlier article",
        "matched, sent", "not compared, its query can't run",
    ):  # fmt: skip
        assert text in page.text, text
    assert f"/stories/{newsroom.story}" in page.links()
    assert "/alerts/grain%2Fports" in page.links()
    copy = read(site, f"/articles/{newsroom.copy}")
    assert "This is a copy of Dock strike holds up fourteen grain ships" in copy.text
    assert "99% of its words are found there" in copy.text
    imported = read(site, f"/articles/{newsroom.imported}")
    assert "It was imported." in imported.text
    assert "seen" in imported.text


def test_changes_page(site: httpx.Client, newsroom: Newsroom) -> None:
    assert "[added: The ministry of transport has offered" in read(site, f"/articles/{newsroom.strike}/changes?new=2").text
    assert "From version 2 to version 1" in read(site, f"/articles/{newsroom.strike}/changes?old=2&new=1").text
    assert "There is no version" in read(site, f"/articles/{newsroom.strike}/changes?new=9", status=404).text


def test_story_page_folds_copies(site: httpx.Client, newsroom: Newsroom) -> None:
    page = read(site, f"/stories/{newsroom.story}")
    assert "5 articles of 5 outlets" in page.text
    assert "1 copy at City Desk" in page.text
    assert page.text.index("Dock strike holds up fourteen") < page.text.index("Wheat prices") < page.text.index("Grève des dockers")


def test_erased_articles_are_nowhere(site: httpx.Client, newsroom: Newsroom) -> None:
    from pipeline.store.database import Database

    with Database(newsroom.settings.database_url.get_secret_value()) as database:
        with database.transaction() as connection:
            connection.execute("UPDATE articles SET deleted_at = now() WHERE id = %s", (newsroom.hostile,))
        try:
            assert "it was erased" in read(site, f"/articles/{newsroom.hostile}", status=404).text
            assert f"/articles/{newsroom.hostile}" not in read(site, "/?q=title:headline").links()
        finally:
            with database.transaction() as connection:
                connection.execute("UPDATE articles SET deleted_at = NULL WHERE id = %s", (newsroom.hostile,))


def test_outlets_alerts_and_status_pages(site: httpx.Client) -> None:
    outlets = read(site, "/outlets")
    assert "8 outlets are watched; 3 yield nothing and come first; 1 came with imported articles and come last." in outlets.text
    assert "Pages of the last seven days gave no article: its robots.txt disallows it (12)." in outlets.text
    alerts = read(site, "/alerts")
    assert "Its query can't run: harbour* stands for too many words" in alerts.text
    harbours = read(site, "/alerts/harbours").text
    assert "no channel: shown here only" in harbours
    assert "sent" not in harbours
    assert "the receiver answered 410: it is gone" in read(site, "/alerts/grain%2Fports").text
    assert "the alert had already told of its story" in read(site, "/alerts/grain%2Fports").text
    assert re.search("clean20.*annotate01", read(site, "/status").text)


def test_an_empty_store_says_what_to_do_next(settings: Settings, index: object) -> None:
    with web_newsroom.serving(settings) as url, httpx.Client(base_url=url, trust_env=False) as site:
        assert "presswatch outlets add" in read(site, "/").text
        assert "presswatch outlets add" in read(site, "/outlets").text
        assert "presswatch alerts add" in read(site, "/alerts").text
        assert "Nothing waits" in read(site, "/status").text


# --- The server ---


def test_a_foreign_host_name_is_refused(site: httpx.Client) -> None:
    for host in ("evil.example", "evil.example:8290", "127.0.0.1.evil.example"):
        answer = site.get("/api/search", headers={"Host": host})
        assert (answer.status_code, answer.json()["error"]["kind"]) == (400, "foreign_name")
        assert "PRESSWATCH_WEB_URL" in answer.json()["error"]["message"]
    assert site.get("/", headers={"Host": "<b>evil</b>"}).status_code == 400
    for host in ("localhost:1234", "LOCALHOST", "[::1]:8290"):
        assert site.get("/api/outlets", headers={"Host": host}).status_code == 200


def test_only_reading(site: httpx.Client) -> None:
    assert site.post("/api/search").status_code == 405
    assert site.head("/?q=grain").status_code == 200
    assert site.get("/static/../app.py").status_code == 404
    static = site.get("/static/htmx.min.js")
    assert static.headers["Content-Type"].startswith("text/javascript")
    assert "Content-Security-Policy" in static.headers


def test_without_engines_it_says_so_and_what_to_do(tmp_path: Path) -> None:
    with web_newsroom.serving(Settings(home=tmp_path)) as url, httpx.Client(base_url=url, trust_env=False) as site:
        answer = site.get("/api/search")
        assert (answer.status_code, answer.json()["error"]["kind"]) == (503, "not_started")
        assert answer.headers["Retry-After"]
        page = read(site, "/", status=503)
        assert "start it with presswatch up" in page.text
        # A search without a reload finds in it what it shows.
        assert {"count", "found"} <= {attributes.get("id") for _, attributes in page.elements}
        # The page that is looked at when something is wrong goes on asking.
        status = read(site, "/status", status=503)
        assert "start it with presswatch up" in status.text
        assert any(attributes.get("hx-get") == "/status" for _, attributes in status.elements)


def test_without_the_search_engine_the_rest_goes_on(newsroom: Newsroom) -> None:
    away = newsroom.settings.model_copy(update={"elasticsearch_url": "http://127.0.0.1:9"})
    with web_newsroom.serving(away) as url, httpx.Client(base_url=url, trust_env=False) as site:
        assert site.get("/?q=x", timeout=20).status_code == 503
        # What needs no search engine goes on.
        assert site.get(f"/articles/{newsroom.strike}").status_code == 200
        status = site.get("/api/status", timeout=20).json()
        assert (status["engines"]["postgresql"]["ok"], status["engines"]["elasticsearch"]["ok"]) == (True, False)


def test_a_database_that_comes_back_is_found_again(engines: Endpoints, template: str, tmp_path: Path) -> None:
    name = f"{template}_late"
    settings = Settings(
        home=tmp_path, database_url=databases.with_database(engines.database_url, name), elasticsearch_url=engines.elasticsearch.url
    )
    with (
        web_newsroom.serving(settings) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=60) as site,
    ):
        assert site.get("/api/outlets").json()["error"]["kind"] == "database_away"
        with databases.created(engines.database_url, name):
            assert site.get("/api/outlets").json()["error"]["kind"] == "database_behind"
        with databases.created(engines.database_url, name, template=template):
            assert site.get("/api/outlets").json() == {"outlets": []}


def test_client_tells_what_is_wrong_with_the_server() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with Client(url) as client, pytest.raises(ServerAway, match="presswatch serve"):
        client.status()

    def other_program(_: httpx.Request) -> httpx.Response:
        return httpx.Response(502, text="<h1>Bad gateway</h1>")

    with Client(url, transport=httpx.MockTransport(other_program)) as client, pytest.raises(ServerRefused, match="answered 502"):
        client.status()


def test_serve_listens_and_stops(environment: dict[str, str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "serve", "--port", port]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        assert f"serving http://127.0.0.1:{port}" in server.stderr.readline()
        deadline = time.monotonic() + 20
        while True:
            try:
                assert httpx.get(f"http://127.0.0.1:{port}/static/icon.svg", trust_env=False).status_code == 200
                break
            except httpx.TransportError:
                assert time.monotonic() < deadline
                time.sleep(0.1)
    finally:
        server.terminate()
        assert server.wait(20) in (0, -15)


def test_a_busy_port_is_told_before_anything_starts(environment: dict[str, str]) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        done = CliRunner().invoke(serve.app, ["serve", "--port", str(port)], env=environment)
    assert isinstance(done.exception, PortBusy)
    assert str(done.exception).startswith(f"The web server can't listen on 127.0.0.1:{port} (address already in use)")


def test_listening_for_others_is_warned_of(environment: dict[str, str]) -> None:
    # An address that this machine does not have: the warning comes, and nothing is opened to the network.
    done = CliRunner().invoke(serve.app, ["serve", "--host", "192.0.2.1"], env=environment)
    assert "there is no login yet" in done.stderr
    assert isinstance(done.exception, PortBusy)
