"""The ids of any number of articles."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from pipeline import query
from pipeline.index import Index, patiently, reaching
from pipeline.search import requests

PAGE: Final = 5_000
# How long the engine keeps its state between two pages: the reader may be slow.
KEEP_ALIVE: Final = "10m"


def scan(index: Index, query_text: str, *, now: datetime) -> Iterator[int]:
    """The ids of all articles that a query finds, the newest first, as the index is when this begins.

    Raises:
        QueryError: the query is wrong.
        SearchEngineAway: the engine can't be reached.

    """
    asked = query.parse(query_text)
    dsl = query.compile(asked, now=now)
    with reaching(index.where):
        point = patiently(lambda: index.client.open_point_in_time(index=index.alias, keep_alive=KEEP_ALIVE))["id"]
    try:
        after: list[Any] | None = None
        while True:
            request: dict[str, Any] = {
                "pit": {"id": point, "keep_alive": KEEP_ALIVE},
                "query": dsl,
                "size": PAGE,
                "sort": [{"date": "desc"}, {"id": "desc"}],
                "source": False,
                "track_total_hits": False,
            }
            answer = requests.run(index, request | ({"search_after": after} if after else {}), asked=asked)
            point = answer["pit_id"]
            hits = answer["hits"]["hits"]
            yield from (int(hit["_id"]) for hit in hits)
            if len(hits) < PAGE:
                return
            after = hits[-1]["sort"]
    finally:
        with reaching(index.where):
            index.client.close_point_in_time(id=point)
