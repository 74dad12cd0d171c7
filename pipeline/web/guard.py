"""What every answer carries so that a browser runs nothing but our own files, and which names the server answers to."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Collection
from typing import Final
from urllib.parse import urlsplit

import psutil
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline import websub
from pipeline.config import Settings

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # An outlet does not learn what was searched for.
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/?#@\[\]]+)(?::\d+)?")


class SecurityHeaders:
    """Middleware that puts the headers on every answer, errors and static files among them."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", "private, no-cache")
            await send(message)

        await self.app(scope, receive, send_with_headers)


class HostGuard:
    """Middleware that answers only under this server's own names, and under no name that a foreign page lets point here."""

    def __init__(
        self, app: ASGIApp, *, allowed: Collection[str], callbacks: str | None, refuse: Callable[[Request, str], Response]
    ) -> None:
        """Wrap an application.

        Args:
            app: what answers the others.
            allowed: the names, as `allowed_hosts` gives them.
            callbacks: the name, as `callback_host` gives it, under which nothing but hubs' callbacks is answered.
            refuse: the answer to a request under another name, which it is given.

        """
        self.app = app
        self.allowed = frozenset(allowed)
        self.callbacks = callbacks
        self.refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        name = _name_of(request.headers.get("host", ""))
        is_callback = name == self.callbacks and request.url.path.startswith(websub.PATH)
        answer = self.app if name in self.allowed or is_callback else self.refuse(request, name)
        await answer(scope, receive, send)


def allowed_hosts(settings: Settings) -> list[str]:
    """The names by which a browser may address the server; any other Host header is refused.

    That keeps a foreign web page from reading the answers under a name of its own that it lets point here.
    A server that listens on every address is also addressed by this machine's own addresses, which no
    foreign name can stand for.
    """
    names = {"localhost", "127.0.0.1", "[::1]", _in_header(settings.web_host)}
    public = urlsplit(settings.public_url).hostname
    if public:
        names.add(_in_header(public))
    if settings.web_host in {"0.0.0.0", "::"}:  # noqa: S104 - asked whether it is, not bound
        for addresses in psutil.net_if_addrs().values():
            names |= {_in_header(found.address.split("%")[0]) for found in addresses if found.family in (socket.AF_INET, socket.AF_INET6)}
    return sorted(names)


def callback_host(settings: Settings) -> str | None:
    """The name under which hubs (WebSub) reach this server; null: they don't. Its pages are not for the public."""
    public = urlsplit(settings.websub_url).hostname
    return _in_header(public) if public else None


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _name_of(header: str) -> str:
    """The name in a Host header, without the port; what is no name is allowed nowhere."""
    found = _HOST.fullmatch(header)
    return found[1].lower() if found else ""


def _in_header(host: str) -> str:
    return f"[{host}]" if ":" in host else host.lower()
