"""One article stays one: when its headline and address change, when it moves, and whatever edition was fetched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.models import Stage
from pipeline.steps import chain, clean
from pipeline.steps.context import Context
from pipeline.store import frontier, imports
from pipeline.trace import trace

SITE = "https://paper.example"
SENTENCES = [
    f"Sentence {n} of the report tells what the {who} said about the {what} on Tuesday."
    for n, (who, what) in enumerate(
        (who, what) for who in ("mayor", "engineer", "ferryman", "union") for what in ("bridge", "harbour", "budget")
    )
]
OTHER = [
    f"In the stadium the {who} of the visiting team {did} the ball into row {n}."
    for n, (who, did) in enumerate((who, did) for who in ("keeper", "striker", "captain") for did in ("kicked", "headed", "threw", "lost"))
]


def page(title: str, sentences: Sequence[str] = SENTENCES, canonical: str | None = None) -> bytes:
    link = f'<link rel="canonical" href="{SITE}{canonical}">' if canonical else ""
    text = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    return f"<html lang=en><head><title>{title}</title>{link}</head><body><article><h1>{title}</h1>{text}</article></body></html>".encode()


class Site:
    """An outlet's pages, each fetched and cleaned in turn."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.at = datetime.now(UTC) - timedelta(hours=2)

    def fetch(self, path: str, body: bytes, *, to: str | None = None) -> str:
        """Fetch a page, which may redirect, and clean it; what became of it."""
        self.at += timedelta(minutes=1)
        with self.context.database.transaction() as connection:
            imports.save_capture(
                connection,
                outlet=imports.outlet_id(connection, "Paper", "paper.example"),
                url=f"{SITE}{path}",
                host="paper.example",
                fetched_at=self.at,
                status=200,
                content_type="text/html",
                body=body,
            )
            if to:
                connection.execute("UPDATE captures SET url = %s WHERE fetched_at = %s", (f"{SITE}{to}", self.at))
        clean.run(self.context)
        return str(self.rows("SELECT outcome FROM captures WHERE fetched_at = %s", self.at)[0][0])

    def rows(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """What a query finds."""
        with self.context.database.transaction() as connection:
            return connection.execute(statement, values).fetchall()  # type: ignore[arg-type]

    def articles(self) -> list[tuple[object, ...]]:
        """Path and version of the articles that are there."""
        rows = self.rows("SELECT url, version FROM articles WHERE deleted_at IS NULL ORDER BY id")
        return [(str(url).removeprefix(SITE), version) for url, version in rows]


@pytest.fixture
def site(context: Context) -> Site:
    return Site(context)


def test_a_new_headline_with_a_new_address_is_a_version(site: Site) -> None:
    assert site.fetch("/news/bridge-closes-4711234", page("Bridge closes")) == "article"
    assert site.fetch("/news/bridge-stays-open-4711234", page("Bridge stays open", SENTENCES[:8] + OTHER[:4])) == "article"
    assert site.articles() == [("/news/bridge-stays-open-4711234", 2)]
    # The old address goes on showing the old text: it is not asked any more.
    assert site.fetch("/news/bridge-closes-4711234", page("Bridge closes!", [*SENTENCES, OTHER[0]])) == "variant"
    assert site.articles() == [("/news/bridge-stays-open-4711234", 2)]


def test_the_trace_of_a_former_address_shows_the_article(site: Site, context: Context) -> None:
    site.fetch("/news/harbour-bridge-closes-for-two-years", page("Bridge closes"))
    site.fetch("/city/harbour-bridge-closes-for-two-years", page("Bridge closes"))
    assert site.articles() == [("/city/harbour-bridge-closes-for-two-years", 1)]
    found = trace(context.database, f"{SITE}/news/harbour-bridge-closes-for-two-years/?utm_source=rss")
    assert [article["url"] for article in found["articles"]] == [f"{SITE}/city/harbour-bridge-closes-for-two-years"]
    assert found["articles"][0]["other_urls"] == [f"{SITE}/news/harbour-bridge-closes-for-two-years"]


def test_the_same_number_over_another_text_is_another_article(site: Site) -> None:
    site.fetch("/section-47112/bridge-closes", page("Bridge closes"))
    site.fetch("/section-47112/two-goals-late", page("Two goals late", OTHER))
    assert site.articles() == [("/section-47112/bridge-closes", 1), ("/section-47112/two-goals-late", 1)]


def test_a_page_that_moved_is_one_article(site: Site) -> None:
    site.fetch("/first", page("Bridge closes"))
    assert site.fetch("/first", page("Bridge closes", [*SENTENCES, OTHER[0]]), to="/second") == "article"
    assert site.articles() == [("/second", 2)]
    assert site.fetch("/second", page("Bridge closes", [*SENTENCES, *OTHER[:2]])) == "article"
    assert site.articles() == [("/second", 3)]


def test_two_articles_that_turn_out_to_be_one_are_merged(site: Site, context: Context) -> None:
    site.fetch("/first", page("Bridge closes"))
    site.fetch("/second", page("Bridge closes after all"))
    assert len(site.articles()) == 2
    list(chain.process(context))
    site.fetch("/first", page("Bridge closes after all", [*SENTENCES, OTHER[0]]), to="/second")
    assert site.articles() == [("/second", 2)]
    list(chain.process(context))
    assert site.rows("SELECT count(*) FROM duplicates") == [(0,)]
    found = trace(context.database, f"{SITE}/second")
    assert [article["version"] for article in found["articles"]] == [2]
    assert site.fetch("/second", page("Bridge closes after all", [*SENTENCES, *OTHER[:2]])) == "article"
    assert site.articles() == [("/second", 3)]


def test_an_address_that_shows_the_newest_article_makes_none_a_version_of_another(site: Site) -> None:
    site.fetch("/latest", page("Bridge closes"), to="/bridge")
    site.fetch("/latest", page("Two goals late", OTHER), to="/goals")
    assert [version for _, version in site.articles()] == [1, 1]


def test_one_canonical_url_on_all_pages_does_not_make_them_one(site: Site) -> None:
    site.fetch("/bridge", page("Bridge closes", canonical="/all-the-news"))
    site.fetch("/goals", page("Two goals late", OTHER, canonical="/all-the-news"))
    for _ in range(2):
        assert [version for _, version in site.articles()] == [1, 1]
        chain.again(site.context, Stage.CLEAN)
        clean.run(site.context)
    # An edition says where the article is, and is believed.
    site.fetch("/read/goals", page("Two goals late", OTHER, canonical="/goals"))
    assert len(site.articles()) == 2


def test_other_editions_make_no_versions_and_the_plain_page_is_the_one_shown(site: Site) -> None:
    assert site.fetch("/bridge/amp", page("Bridge closes", SENTENCES[:9])) == "article"
    assert site.fetch("/bridge", page("Bridge closes")) == "article"
    assert site.articles() == [("/bridge", 2)]
    assert site.fetch("/bridge?print=1", page("Bridge closes", SENTENCES[:7])) == "variant"
    assert site.fetch("/bridge/amp", page("Bridge closes", SENTENCES[:8])) == "variant"
    assert site.fetch("/bridge", page("Bridge closes", [*SENTENCES, OTHER[0]])) == "article"
    assert site.articles() == [("/bridge", 3)]


def test_a_former_address_that_is_not_found_does_not_take_the_article_down(site: Site, context: Context) -> None:
    site.fetch("/news/bridge-closes-4711234", page("Bridge closes"))
    site.fetch("/news/bridge-stays-open-4711234", page("Bridge stays open"))
    with context.database.transaction() as connection:
        rows = connection.execute("SELECT id, url FROM pages ORDER BY id").fetchall()
        for page_id, url in rows[:1]:
            frontier.record_failure(connection, frontier.Page(id=page_id, outlet_id=1, url=url), reason="http_410", status=410, final=True)
    assert site.rows("SELECT gone_at FROM articles") == [(None,)]


def test_cleaning_again_changes_nothing(site: Site, context: Context) -> None:
    site.fetch("/news/bridge-closes-4711234", page("Bridge closes"))
    site.fetch("/news/bridge-stays-open-4711234", page("Bridge stays open", [*SENTENCES, OTHER[0]]))
    site.fetch("/news/bridge-stays-open-4711234/amp", page("Bridge stays open", SENTENCES))
    state = "SELECT a.url, v.version, v.title, v.body FROM articles a JOIN article_versions v ON v.article_id = a.id ORDER BY 1, 2"
    before, outcomes = site.rows(state), site.rows("SELECT outcome FROM captures ORDER BY fetched_at")
    assert chain.again(context, Stage.CLEAN) == 3
    clean.run(context)
    assert (site.rows(state), site.rows("SELECT outcome FROM captures ORDER BY fetched_at")) == (before, outcomes)
