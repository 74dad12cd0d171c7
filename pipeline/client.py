"""A client of the JSON API: what a presswatch server answers, as typed objects.

with Client("http://127.0.0.1:8290") as client:
    for hit in client.search("grain AND export*", limit=50).hits:
        print(hit.outlet, hit.title)
"""

from __future__ import annotations

from typing import Any, Final, Literal, Self, TypeVar
from urllib.parse import quote, urlsplit

import httpx

from pipeline.errors import QueryError, ServerAway, ServerRefused
from pipeline.web.answers import (
    AlertAnswer,
    AlertDetailAnswer,
    AlertsAnswer,
    Answer,
    ArticleAnswer,
    ChangesAnswer,
    Failure,
    OutletAnswer,
    OutletsAnswer,
    SearchAnswer,
    StatusAnswer,
    StoryAnswer,
)

_Kind = TypeVar("_Kind", bound=Answer)
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Client:
    """Reads from a presswatch server; use it as a context manager. Safe to share between threads.

    Every call raises ServerAway if the server can't be reached, and ServerRefused if it answers with an error.
    """

    def __init__(self, url: str = "http://127.0.0.1:8290", *, timeout_s: float = 60, transport: httpx.BaseTransport | None = None) -> None:
        """Nothing is sent yet.

        Args:
            url: the server's address.
            timeout_s: for one answer.
            transport: how requests are carried; by default over the network, this machine's own address without a proxy.

        """
        self.url = url.rstrip("/")
        trusts_proxies = urlsplit(url).hostname not in _LOOPBACK
        self._http = httpx.Client(base_url=self.url, timeout=timeout_s, transport=transport, trust_env=trusts_proxies)

    def search(
        self,
        query: str = "",
        *,
        limit: int = 20,
        sort: Literal["date", "relevance"] = "date",
        group: Literal["none", "copies", "story"] = "none",
        offset: int = 0,
    ) -> SearchAnswer:
        """What a query finds; an empty one finds every article.

        Raises:
            QueryError: the query is wrong; `facts["position"]` says at which character.

        """
        return self._get("/api/search", SearchAnswer, q=query, limit=limit, sort=sort, group=group, offset=offset)

    def article(self, article_id: str | int) -> ArticleAnswer:
        """An article with its text, candidates, copies, versions and entities."""
        return self._get(f"/api/articles/{_part(article_id)}", ArticleAnswer)

    def changes(self, article_id: str | int, new: int, old: int | None = None) -> ChangesAnswer:
        """What changed from one version of an article to another; by default, from the one before."""
        versions = {"new": new} if old is None else {"new": new, "old": old}
        return self._get(f"/api/articles/{_part(article_id)}/changes", ChangesAnswer, **versions)

    def story(self, story_id: str | int) -> StoryAnswer:
        """A story with its articles in the order of time."""
        return self._get(f"/api/stories/{_part(story_id)}", StoryAnswer)

    def outlets(self) -> tuple[OutletAnswer, ...]:
        """The outlets with what they last yielded; those that yield nothing come first."""
        return self._get("/api/outlets", OutletsAnswer).outlets

    def alerts(self) -> tuple[AlertAnswer, ...]:
        """The alerts with their accounts."""
        return self._get("/api/alerts", AlertsAnswer).alerts

    def alert(self, name: str) -> AlertDetailAnswer:
        """An alert with its newest deliveries and matches."""
        return self._get(f"/api/alerts/{_part(name)}", AlertDetailAnswer)

    def status(self) -> StatusAnswer:
        """Where the articles are on their way, and how the engines are."""
        return self._get("/api/status", StatusAnswer)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _get(self, path: str, kind: type[_Kind], **values: Any) -> _Kind:
        try:
            answer = self._http.get(path, params=values)
        except httpx.TransportError as error:
            raise ServerAway(where=self.url, problem=str(error) or type(error).__name__) from error
        if answer.is_success:
            return kind.model_validate_json(answer.content)
        try:
            told = Failure.model_validate_json(answer.content).error
        except ValueError as error:
            # Not our server's own words: a proxy's page, or another program at this address.
            raise ServerRefused(where=self.url, status=answer.status_code, problem=answer.text[:200].strip() or "nothing more.") from error
        if told.kind == "query_error" and told.position is not None:
            prefix = f"The query is wrong at character {told.position}: "
            raise QueryError(position=told.position, problem=told.message.removeprefix(prefix).removesuffix("."))
        raise ServerRefused(where=self.url, status=answer.status_code, problem=told.message)


def _part(value: object) -> str:
    return quote(str(value), safe="")
