"""The client, and what its failures mean."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

from elasticsearch import ApiError, Elasticsearch, TransportError
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

from pipeline.errors import IndexMissing, SearchEngineAway, SearchEngineRefused
from pipeline.models import SearchEndpoint

Result = TypeVar("Result")

# It warns of every attempt; the error that comes of it says the same once.
logging.getLogger("elastic_transport.node_pool").setLevel(logging.ERROR)

# Too many requests, and a server or its proxy that is not there just now.
BUSY: Final = frozenset({429, 502, 503, 504})
ATTEMPTS: Final = 4
TIMEOUT_S: Final = 60


def open_client(endpoint: SearchEndpoint) -> Elasticsearch:
    """A client that speaks to this server only. It takes no notice of HTTP_PROXY and its like."""
    login: dict[str, object] = {}
    if endpoint.api_key:
        login["api_key"] = endpoint.api_key
    elif endpoint.user:
        login["basic_auth"] = (endpoint.user, endpoint.password)
    if endpoint.ca:
        login["ca_certs"] = endpoint.ca
    return Elasticsearch([with_port(endpoint.url)], request_timeout=TIMEOUT_S, max_retries=0, **login)  # type: ignore[arg-type]


def with_port(url: str) -> str:
    """The URL with its port written out, which the client insists on."""
    parts = urlsplit(url)
    if parts.port is not None:
        return url
    return urlunsplit(parts._replace(netloc=f"{parts.netloc}:{443 if parts.scheme == 'https' else 9200}"))


def is_passing(error: BaseException) -> bool:
    """Whether it may go well in a moment: the server is away or busy."""
    if isinstance(error, ApiError):
        return error.meta.status in BUSY
    return isinstance(error, TransportError)


@contextmanager
def reaching(where: str) -> Iterator[None]:
    """Turn the client's errors into the project's own.

    Raises:
        SearchEngineAway: no connection, or the server is too busy.
        IndexMissing: the server has no such index.
        SearchEngineRefused: the server answered that it won't.

    """
    try:
        yield
    except ApiError as error:
        if is_passing(error):
            raise SearchEngineAway(where=where, problem=f"status {error.meta.status}: {explain(error)}") from error
        if "index_not_found_exception" in str(error):
            raise IndexMissing(index=error.body["error"].get("index", "")) from error
        raise SearchEngineRefused(where=where, problem=explain(error)) from error
    except TransportError as error:
        raise SearchEngineAway(where=where, problem=str(error.message).strip().rstrip(".")) from error


def patiently(call: Callable[[], Result]) -> Result:
    """Call again, after growing pauses, while the server is away or busy."""
    return Retrying(
        retry=retry_if_exception(is_passing),
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_exponential_jitter(multiplier=0.1, max=2, jitter=0.1),
        reraise=True,
    )(call)


def explain(error: ApiError) -> str:
    """Why the server refused, in one line."""
    cause = error.body.get("error") if isinstance(error.body, dict) else None
    return reason(cause or error.message)


def reason(cause: object) -> str:
    """The outermost and the innermost reason of an error as the server reports it, in one line."""
    if not isinstance(cause, dict):
        return " ".join(str(cause).split())
    reasons = {str(cause.get("reason") or cause.get("type")): None}
    for root in cause.get("root_cause", ()):
        reasons[str(root.get("reason") or root.get("type"))] = None
    deepest = cause
    while isinstance(deepest.get("caused_by"), dict):
        deepest = deepest["caused_by"]
    reasons[str(deepest.get("reason") or deepest.get("type"))] = None
    return " ".join("; ".join(reasons).split())
