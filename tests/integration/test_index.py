"""The index on the real engine: made once, written by revision, rebuilt without a gap."""

from __future__ import annotations

import dataclasses
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import Settings
from pipeline.errors import IndexMissing, IndexOutdated, SearchEngineAway, SearchEngineRefused
from pipeline.index import Index
from pipeline.models import Document, Endpoints, SearchEndpoint


@pytest.fixture
def settings(engines: Endpoints, tmp_path: Path) -> Settings:
    """Without a database, which nothing here needs."""
    return Settings(home=tmp_path, elasticsearch_url=engines.elasticsearch.url, index_prefix=f"{uuid.uuid4().hex}-")


def document(article_id: int, revision: int = 1, title: str = "Title", **facts: Any) -> Document:
    plain = Document(
        id=article_id, revision=revision, deleted=False, version=1, url=f"https://news.example/{article_id}",
        canonical_url=f"https://news.example/{article_id}", outlet="Morning Post", labels=(), country=None, group=None, title=title, body="Body.",
        authors=(), published_at=None, first_seen_at=datetime(2025, 3, 1, tzinfo=UTC), language="en", topics=(), syndicated_from=None,
        story_id=None, duplicate_of=None, copy_kind=None, entities=(),
    )  # fmt: skip
    return dataclasses.replace(plain, **facts)


def titles(index: Index) -> dict[int, str]:
    index.refresh()
    answer = index.client.search(index=index.alias, size=1_000, source=["title"])
    return {int(hit["_id"]): hit["_source"]["title"] for hit in answer["hits"]["hits"]}


def batches(documents: Sequence[Document], size: int = 3) -> Callable[[int], Sequence[Document]]:
    """As the store gives them: the next ones after an article id."""
    return lambda after: [document for document in sorted(documents, key=lambda one: one.id) if document.id > after][:size]


def nothing(_revision: int) -> Sequence[Document]:
    return ()


def test_processes_that_start_at_once_agree_on_one_index(index: Index) -> None:
    index.drop()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: index.ensure(), range(4)))
    assert len(index.behind(index.alias)) == len(index.everything()) == 1


def test_the_newest_revision_wins_whatever_the_order(index: Index) -> None:
    first = index.write([document(1, 5, "five"), document(2, 5, "five")])
    assert (first.written, first.newer, first.refused) == (2, 0, {})
    second = index.write([document(1, 4, "four"), document(2, 6, "six")])
    assert (second.written, second.newer) == (1, 1)
    # The same revision again is no conflict: the sender may have died before it noted it.
    assert index.write([document(2, 6, "six")]).written == 1
    assert titles(index) == {1: "five", 2: "six"}


def test_deletions_go_by_revision_too(index: Index) -> None:
    index.write([document(1, 5), document(2, 5)])
    result = index.write([document(1, 6, deleted=True), document(2, 4, deleted=True), document(3, 1, deleted=True)])
    assert (result.written, result.newer, result.refused) == (2, 1, {})
    # A late sender of the older state does not bring it back.
    assert index.write([document(1, 5)]).newer == 1
    assert set(titles(index)) == {2}


def test_a_refused_document_is_told_and_the_rest_goes_in(index: Index) -> None:
    result = index.write([document(1), document(2, version=2**40), document(3)])
    assert result.written == 2
    assert list(result.refused) == [2]
    assert "version" in result.refused[2]
    assert set(titles(index)) == {1, 3}


def test_text_of_any_kind_is_taken(index: Index) -> None:
    texts = ["", "\x00\x1f\ufeff", "a" * 100_000, "a." * 50_000, "東" * 20_000, "\U0001f600" * 1_000, "e\u0301" * 20_000, "مرحبا " * 100]
    result = index.write([document(number, body=text, title=text[:500], language="ar") for number, text in enumerate(texts, 1)])
    assert result.refused == {}
    names = document(90, authors=("x" * 40_000,), topics=("y" * 2_000,), labels=("", " "))
    assert index.write([names]).refused == {}


def test_many_documents_go_in_parallel(index: Index) -> None:
    assert index.write([document(number) for number in range(1, 701)]).written == 700
    assert index.write([]).written == 0
    assert len(titles(index)) == 700


def test_rebuild_replaces_the_index_and_keeps_one_old(index: Index) -> None:
    index.write([document(1), document(9, title="not in the store")])
    stored = [document(number, title="new") for number in range(1, 8)]
    generations = []
    for _ in range(3):
        assert index.rebuild(batches(stored), nothing, 0) == 7
        generations.append(index.behind(index.alias))
    assert titles(index) == dict.fromkeys(range(1, 8), "new")
    assert list(index.everything()) == [*generations[1], *generations[2]]
    assert index.behind(index.next_alias) == []


def test_searches_see_no_gap(index: Index) -> None:
    stored = [document(number) for number in range(1, 6)]
    index.write(stored)
    index.refresh()
    counts: list[int] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            counts.append(index.client.count(index=index.alias)["count"])

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look)
        index.rebuild(batches(stored), nothing, 0)
        stop.set()
        looking.result()
    assert len(counts) > 5
    assert set(counts) == {5}


def test_what_is_written_during_a_rebuild_is_in_the_new_index(index: Index) -> None:
    index.write([document(1, 1), document(2, 2), document(3, 3)])
    read = batches([document(1, 1), document(2, 2), document(3, 3)], size=1)

    def after(article_id: int) -> Sequence[Document]:
        batch = read(article_id)
        if article_id == 1:
            # One that was read already, one that is read later in an older state, a deletion, and a new one.
            index.write([document(1, 11, "changed"), document(2, 12, "changed"), document(3, 13, deleted=True), document(4, 14, "new")])
        return batch

    assert index.rebuild(after, nothing, 3) == 3
    assert titles(index) == {1: "changed", 2: "changed", 4: "new"}


def test_rebuild_catches_up_by_revision(index: Index) -> None:
    changed = [document(2, 5, "changed"), document(3, 6, "new"), document(1, 7, deleted=True)]
    asked: list[int] = []

    def changed_since(revision: int) -> Sequence[Document]:
        asked.append(revision)
        return [one for one in changed if one.revision > revision][:2]

    assert index.rebuild(batches([document(1, 1), document(2, 2)]), changed_since, 2) == 2
    assert asked == [2, 6, 7]
    assert titles(index) == {2: "changed", 3: "new"}


def test_an_interrupted_rebuild_changes_nothing(index: Index) -> None:
    index.write([document(1)])
    live = index.behind(index.alias)

    def breaks(article_id: int) -> Sequence[Document]:
        if article_id:
            raise KeyboardInterrupt
        return [document(2)]

    with pytest.raises(KeyboardInterrupt):
        index.rebuild(breaks, nothing, 0)
    assert list(index.everything()) == live
    assert set(titles(index)) == {1}


def test_what_a_killed_rebuild_left_is_cleaned_up_by_the_next(index: Index) -> None:
    left = f"{index.alias}-29990101000000"
    index.create(left, index.next_alias)
    assert index.write([document(1)]).written == 1
    assert set(titles(index)) == {1}
    index.rebuild(batches([document(1)]), nothing, 0)
    assert left not in index.everything()
    assert set(titles(index)) == {1}


def test_an_index_of_another_version_asks_for_a_rebuild(index: Index, settings: Settings) -> None:
    index.client.indices.put_mapping(index=index.alias, meta={"schema": 0})
    other = Index.connect(SearchEndpoint(url=settings.elasticsearch_url), settings)
    for refused in (other.ensure, lambda: other.write([document(1)])):
        with pytest.raises(IndexOutdated, match="presswatch reindex"):
            refused()
    other.rebuild(batches([document(1)]), nothing, 0)
    other.ensure()
    assert other.write([document(2)]).written == 1
    other.close()


def test_a_missing_index_is_no_fault_of_documents(index: Index) -> None:
    index.drop()
    with pytest.raises(IndexMissing):
        index.write([document(1)])
    with pytest.raises(IndexMissing):
        index.refresh()
    assert index.health().index is None
    index.rebuild(batches([document(1)]), nothing, 0)
    assert set(titles(index)) == {1}


def test_health_tells_version_size_and_documents(index: Index) -> None:
    index.write([document(1), document(2)])
    index.refresh()
    health = index.health()
    assert (health.documents, health.status, health.index) == (2, "green", index.behind(index.alias)[0])
    assert health.version.startswith("9.")
    assert health.size_bytes > 0


def test_shards_follow_the_setting_at_a_rebuild(index: Index) -> None:
    index.shards = 2
    index.rebuild(batches([document(1)]), nothing, 0)
    (made,) = index.client.indices.get_settings(index=index.alias).body.values()
    assert made["settings"]["index"]["number_of_shards"] == "2"


@pytest.fixture
def answering() -> Iterator[Callable[[int], str]]:
    """The address of a server that answers every request with this status."""
    servers: list[ThreadingHTTPServer] = []

    def serve(status: int) -> str:
        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                body = b'{"error":{"type":"refused","reason":"by the test"},"status":%d}' % status
                self.send_response(status)
                self.send_header("X-Elastic-Product", "Elasticsearch")
                self.send_header("Content-Type", "application/vnd.elasticsearch+json;compatible-with=9")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = answer  # noqa: N815 - names of the library

            def log_message(self, *_arguments: object) -> None: ...

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("status", "kind"), [(429, SearchEngineAway), (503, SearchEngineAway), (401, SearchEngineRefused)])
def test_a_busy_server_is_away_and_a_refusal_is_one(answering: Callable[[int], str], status: int, kind: type[Exception]) -> None:
    index = Index.connect(SearchEndpoint(url=answering(status)), Settings())
    with pytest.raises(kind, match="by the test"):
        index.write([document(1)])


def test_absent_server_is_away_and_proxies_are_not_asked(monkeypatch: pytest.MonkeyPatch, index: Index) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    through = Index.connect(SearchEndpoint(url=index.where), Settings(index_prefix=index.prefix))
    assert through.write([document(1)]).written == 1
    absent = Index.connect(SearchEndpoint(url="http://127.0.0.1:9"), Settings())
    for refused in (absent.ensure, absent.refresh, absent.health, lambda: absent.write([document(1)])):
        with pytest.raises(SearchEngineAway, match=r"127\.0\.0\.1:9 can't be reached"):
            refused()


def test_logins_are_sent() -> None:
    with_key = Index.connect(SearchEndpoint(url="https://search.example", api_key="a2V5"), Settings())
    assert with_key.client._headers["authorization"] == "ApiKey a2V5"
    with_password = Index.connect(SearchEndpoint(url="https://search.example", user="u", password="p"), Settings())
    assert with_password.client._headers["authorization"].startswith("Basic ")
