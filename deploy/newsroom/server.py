"""The newsroom's web server: every outlet on a loopback address of its own, all on one port."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from deploy.newsroom import content, truth
from deploy.newsroom.edition import Edition
from deploy.newsroom.site import Resource, Site

START_S: Final = 20.0
PORT_TRIES: Final = 20


class CannotListenError(OSError):
    """The newsroom's addresses can't be bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRequest:
    """A request that the newsroom answered."""

    at: datetime
    outlet: str  # key
    method: str
    target: str  # path and query
    status: int
    conditional: bool
    user_agent: str


class Newsroom:
    """The running newsroom: its outlets, what was asked of it, and its switches.

    Args:
        edition: What is published.
        port: The port that all outlets share.
        edit_on_fetch: Whether the second version of an article appears once the first was fetched.
    """

    def __init__(self, edition: Edition, *, port: int, edit_on_fetch: bool) -> None:
        self.edition = edition
        self.port = port
        self.sites = tuple(
            Site(publication, edition, f"http://{publication.address}:{port}") for publication in edition.content.publications.values()
        )
        self.requests: list[LoggedRequest] = []
        self._by_address = {site.publication.address: site for site in self.sites}
        self._edit_on_fetch = edit_on_fetch

    @property
    def allow_hosts(self) -> str:
        """The value of PRESSWATCH_ALLOW_HOSTS with which presswatch may fetch the outlets."""
        return ",".join(f"{site.publication.address}:{self.port}" for site in self.sites)

    def release_all(self) -> None:
        """Let the articles that wait for the release appear now."""
        self.edition.release()

    def edit_now(self) -> None:
        """Let the second versions appear now."""
        for piece in self.edition.content.pieces:
            self.edition.edit(piece)

    def outlets_toml(self, *, feeds: bool = True) -> str:
        """The outlets as a file for `presswatch outlets import`; without feeds, discovery has to find them."""
        return truth.outlets_toml(self.sites, feeds=feeds)

    def expected(self) -> truth.Expected:
        """What is true of the newsroom, to check results against."""
        return truth.expected(self.edition, self.sites)

    async def answer(self, request: Request) -> Response:
        """Answer one request, and log it."""
        # The address that was connected to decides, as several outlets share the port and a Host header can lie.
        site = self._by_address[request.scope["server"][0]]
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        resource = site.find(target)
        response = _respond(request, resource)
        if resource and resource.story and self._edit_on_fetch and request.method == "GET" and response.status_code == 200:  # noqa: PLR2004 - HTTP's own number
            self.edition.edit(resource.story.piece)
        self.requests.append(
            LoggedRequest(
                at=datetime.now(UTC),
                outlet=site.publication.key,
                method=request.method,
                target=target,
                status=response.status_code,
                conditional="if-none-match" in request.headers or "if-modified-since" in request.headers,
                user_agent=request.headers.get("user-agent", ""),
            )
        )
        return response


def _respond(request: Request, resource: Resource | None) -> Response:
    if resource is None:
        return PlainTextResponse("Not found\n", status_code=404)
    etag = f'"{hashlib.sha256(resource.content).hexdigest()[:20]}"'
    headers = {
        "ETag": etag,
        "Last-Modified": format_datetime(resource.modified_at.astimezone(UTC), usegmt=True),
        "Cache-Control": "max-age=30",
    }
    if _is_current(request, etag, resource.modified_at):
        return Response(status_code=304, headers=headers)
    return Response(resource.content, media_type=resource.media_type, headers=headers)


def _is_current(request: Request, etag: str, modified_at: datetime) -> bool:
    if tags := request.headers.get("if-none-match"):
        return tags.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in tags.split(","))
    with suppress(ValueError, KeyError, TypeError):  # a broken date is as good as none
        return modified_at.replace(microsecond=0) <= parsedate_to_datetime(request.headers["if-modified-since"])
    return False


@contextmanager
def serve(
    *, port: int = 0, release_s: float | None = 0.0, edit_on_fetch: bool = True, started_at: datetime | None = None
) -> Iterator[Newsroom]:
    """Run the newsroom in a thread.

    Args:
        port: The port that all outlets share; 0 chooses a free one.
        release_s: Seconds until the live articles appear: 0 shows them from the start, None waits for `release_all`.
        edit_on_fetch: Whether the second version of an article appears once its first was fetched; else by `edit_now`.
        started_at: The moment from which the ages of articles are counted; now, if not given.

    Yields:
        The running newsroom.

    Raises:
        CannotListenError: An address or the port is taken, or the system has no such loopback addresses.
    """
    texts = content.load()
    sockets = _bind([publication.address for publication in texts.publications.values()], port)
    edition = Edition(texts, started_at=started_at or datetime.now(UTC), release_s=release_s, clock=lambda: datetime.now(UTC))
    newsroom = Newsroom(edition, port=sockets[0].getsockname()[1], edit_on_fetch=edit_on_fetch)
    app = Starlette(
        routes=[Route("/{path:path}", newsroom.answer, methods=["GET", "HEAD"])],
        middleware=[Middleware(GZipMiddleware, minimum_size=500)],
    )
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="error", access_log=False, lifespan="off", server_header=False, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": sockets}, name="newsroom", daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + START_S
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise CannotListenError("The newsroom's server did not start.")
            time.sleep(0.01)
        yield newsroom
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        for listener in sockets:
            listener.close()


def _bind(addresses: Sequence[str], port: int) -> list[socket.socket]:
    for _ in range(1 if port else PORT_TRIES):
        bound: list[socket.socket] = []
        try:
            for address in addresses:
                bound.append(listener := socket.socket(socket.AF_INET, socket.SOCK_STREAM))
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind((address, bound[0].getsockname()[1] if len(bound) > 1 else port))
        except OSError as error:
            for listener in bound:
                listener.close()
            problem = error
        else:
            return bound
    raise CannotListenError(f"The newsroom can't listen on {addresses[0]} to {addresses[-1]}, port {port or 'any'}: {problem}.")
