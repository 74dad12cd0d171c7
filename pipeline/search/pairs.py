"""Which alerts find which articles: the alerts' queries run over exactly the given articles.

Many queries go in one request, each under its name, and every hit says which of them found it. A query that the
engine refuses fails its whole request; the queries of such a request are then run one by one, and those that the
engine refuses are told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from elasticsearch import ApiError

from pipeline import query
from pipeline.errors import QueryError, SearchEngineAway, SearchEngineRefused
from pipeline.index import BUSY, Index, explain, patiently, reaching, reason
from pipeline.query import Query
from pipeline.search import requests
from pipeline.search.results import plain

# The engine counts clauses and refuses more than 8,192 in a request at its smallest heap.
CLAUSES: Final = 4_000
QUERIES: Final = 200
ARTICLES: Final = 1_000
THREADS: Final = 2
SEARCHES: Final = 100


@dataclass(frozen=True, slots=True)
class _Asked:
    key: int
    query: Query
    dsl: dict[str, Any]


class Matches(dict[int, dict[int, str]]):
    """Alert version id → article id → highlight (plain text), of the alerts that found something.

    `broken` has the alerts whose queries could not be run, and why; nothing is known of what they would find.
    """

    def __init__(self) -> None:
        super().__init__()
        self.broken: dict[int, str] = {}


def matching(index: Index, article_ids: Sequence[int], queries: Mapping[int, str], *, now: datetime) -> Matches:
    """Run the alerts' queries over these articles, and no others, as the index has them.

    Args:
        index: where.
        article_ids: which articles; one that is not in the index matches nothing.
        queries: alert version id → query in the users' syntax.
        now: for dates said relative to today.

    Raises:
        SearchEngineAway: the engine can't be reached.

    """
    matches = Matches()
    asked: list[_Asked] = []
    for key, text in queries.items():
        try:
            parsed = query.parse(text)
        except QueryError as error:
            matches.broken[key] = str(error)
        else:
            asked.append(_Asked(key, parsed, query.compile(parsed, now=now)))
    if not asked or not article_ids:
        return matches
    index.refresh()
    ids = sorted(set(article_ids))
    tasks = [(ids[start : start + ARTICLES], chunk) for start in range(0, len(ids), ARTICLES) for chunk in _chunks(asked)]
    pairs: dict[int, list[int]] = {}
    with ThreadPoolExecutor(THREADS) as pool:
        for found, broken in pool.map(lambda task: _match(index, *task), tasks):
            matches.broken.update(broken)
            for key, article_id in found:
                pairs.setdefault(key, []).append(article_id)
    by_key = {one.key: one for one in asked}
    for key, highlights in _highlights(index, [(by_key[key], found) for key, found in pairs.items() if key not in matches.broken]):
        matches[key] = highlights
    return matches


def _chunks(asked: Sequence[_Asked]) -> Iterator[list[_Asked]]:
    """Queries that fit in one request together."""
    chunk: list[_Asked] = []
    clauses = 0
    for one in asked:
        cost = query.clauses(one.query) + 1
        if chunk and (clauses + cost > CLAUSES or len(chunk) == QUERIES):
            yield chunk
            chunk, clauses = [], 0
        chunk.append(one)
        clauses += cost
    yield chunk


def _among(ids: Sequence[int]) -> dict[str, Any]:
    return {"ids": {"values": [str(article_id) for article_id in ids]}}


def _match(index: Index, ids: Sequence[int], chunk: Sequence[_Asked]) -> tuple[list[tuple[int, int]], dict[int, str]]:
    """Pairs of alert and article, and what is wrong with alerts that could not be run."""
    named = [{"bool": {"filter": [one.dsl], "_name": str(one.key)}} for one in chunk]
    with reaching(index.where):
        try:
            answer = patiently(
                lambda: index.client.search(
                    index=index.alias,
                    query={"bool": {"filter": [_among(ids)], "should": named, "minimum_should_match": 1}},
                    sort=["_doc"],
                    size=len(ids),
                    source=False,
                    track_total_hits=True,
                    request_cache=False,
                    allow_partial_search_results=False,
                )
            )
        except ApiError as error:
            if not _is_of_query(error.meta.status, explain(error)):
                raise
            return _match_singly(index, ids, chunk)
    hits, total = answer["hits"]["hits"], answer["hits"]["total"]["value"]
    if total != len(hits):
        raise SearchEngineRefused(where=index.where, problem=f"it found {total} articles and sent {len(hits)}")
    return [(int(name), int(hit["_id"])) for hit in hits for name in hit["matched_queries"]], {}


def _match_singly(index: Index, ids: Sequence[int], chunk: Sequence[_Asked]) -> tuple[list[tuple[int, int]], dict[int, str]]:
    bodies = [
        {"query": {"bool": {"filter": [_among(ids), one.dsl]}}, "size": len(ids), "_source": False, "track_total_hits": True}
        for one in chunk
    ]
    pairs: list[tuple[int, int]] = []
    broken: dict[int, str] = {}
    for one, answer in zip(chunk, _each(index, bodies), strict=True):
        if isinstance(answer, str):
            broken[one.key] = answer
            continue
        pairs.extend((one.key, int(hit["_id"])) for hit in answer["hits"]["hits"])
    return pairs, broken


def _highlights(index: Index, found: Sequence[tuple[_Asked, list[int]]]) -> Iterator[tuple[int, dict[int, str]]]:
    """For each alert, its articles with the best fragment around its words."""
    bodies = [
        {
            "query": _among(ids),
            "size": len(ids),
            "_source": ["title"],
            "highlight": requests.highlight(one.query, one.dsl, fragments=1),
        }
        for one, ids in ((one, ids[start : start + ARTICLES]) for one, ids in found for start in range(0, len(ids), ARTICLES))
    ]
    answers = iter(_each(index, bodies))
    for one, ids in found:
        texts = dict.fromkeys(ids, "")
        for _ in range(0, len(ids), ARTICLES):
            answer = next(answers)
            if not isinstance(answer, str):
                texts.update({int(hit["_id"]): _best(hit) for hit in answer["hits"]["hits"]})
        yield one.key, texts


def _best(hit: dict[str, Any]) -> str:
    """A fragment of the body; the title if the words are there only; empty if the query has no words."""
    marked = hit.get("highlight", {})
    return plain(next(iter(marked.get("body") or marked.get("title") or [""])))


def _each(index: Index, bodies: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any] | str]:
    """The answer to each search, or what the engine says is wrong with it."""
    for start in range(0, len(bodies), SEARCHES):
        some = bodies[start : start + SEARCHES]
        head = {"index": index.alias, "allow_partial_search_results": False}
        with reaching(index.where):
            try:
                answers = patiently(lambda: index.client.msearch(searches=[line for body in some for line in (head, body)]))["responses"]  # noqa: B023 - called at once
            except ApiError as error:
                # A query that can't even be read fails all of them together.
                if not _is_of_query(error.meta.status, explain(error)):
                    raise
                answers = [_alone(index, body) for body in some]
        for answer in answers:
            if "error" not in answer:
                yield answer
                continue
            why, status = reason(answer["error"]), answer["status"]
            if status in BUSY:
                raise SearchEngineAway(where=index.where, problem=f"status {status}: {why}")
            if not _is_of_query(status, why):
                raise SearchEngineRefused(where=index.where, problem=why)
            many = requests.too_many_words(why)
            yield requests.problem(*many) if many else why


def _alone(index: Index, body: dict[str, Any]) -> dict[str, Any]:
    try:
        return dict(patiently(lambda: index.client.search(index=index.alias, body=body, allow_partial_search_results=False)).body)
    except ApiError as error:
        if not _is_of_query(error.meta.status, explain(error)):
            raise
        return dict(error.body)


def _is_of_query(status: int, why: str) -> bool:
    """Whether the query is at fault, and no other trouble of the engine."""
    return status == HTTPStatus.BAD_REQUEST or requests.too_many_words(why) is not None
