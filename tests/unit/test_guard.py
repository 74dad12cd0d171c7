"""The fetch guard: what a name resolves to is what is connected to, and private addresses are left out."""

# ruff: noqa: N802, N815 - the names are Twisted's

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from twisted.internet.address import IPv4Address, IPv6Address

from crawlers.guard import Guard, Resolver

DNS = {
    "public.example": ["93.184.216.34", "2606:2800:220:1::1"],
    "private.example": ["127.0.0.1", "10.0.0.1", "::1", "::ffff:192.168.0.1"],
    "mixed.example": ["169.254.169.254", "93.184.216.34"],
    "proxy.example": ["10.9.9.9"],
    "none.example": [],
}


class Server:
    """A resolver that knows a few names."""

    def resolveHostName(self, receiver: Any, host: str, port: int = 0, *_: object) -> None:
        receiver.resolutionBegan(None)
        for address in DNS[host]:
            receiver.addressResolved((IPv6Address if ":" in address else IPv4Address)("TCP", address, port))
        receiver.resolutionComplete()


class Reactor:
    nameResolver = Server()


class Receiver:
    """What a connection is made from."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.complete = False

    def resolutionBegan(self, _: object) -> None:
        pass

    def addressResolved(self, address: Any) -> None:
        self.addresses.append(address.host)

    def resolutionComplete(self) -> None:
        self.complete = True


Resolve = Callable[..., list[str]]


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Resolve:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)

    def run(host: str, port: int = 443, *, allow: tuple[str, ...] = ()) -> list[str]:
        receiver = Receiver()
        Resolver(Reactor(), 0, allow).resolveHostName(receiver, host, port)  # type: ignore[arg-type] - all that is used of one
        assert receiver.complete
        return receiver.addresses

    return run


def test_only_public_addresses_are_connected_to(resolve: Resolve) -> None:
    assert resolve("public.example") == DNS["public.example"]
    assert resolve("private.example") == []
    assert resolve("mixed.example") == ["93.184.216.34"]
    assert resolve("none.example") == []


def test_a_person_may_allow_a_private_host(resolve: Resolve) -> None:
    assert resolve("private.example", allow=("private.example",)) == DNS["private.example"]
    assert resolve("private.example", 8000, allow=("private.example:8000",)) == DNS["private.example"]
    assert resolve("private.example", 8001, allow=("private.example:8000",)) == []


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "https_proxy"])
def test_the_proxy_itself_is_exempt(resolve: Resolve, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    assert resolve("proxy.example", 3128) == []
    monkeypatch.setenv(variable, "http://user:secret@proxy.example:3128")
    assert resolve("proxy.example", 3128) == ["10.9.9.9"]
    assert resolve("proxy.example", 0) == ["10.9.9.9"]  # Twisted, when it tunnels
    assert resolve("proxy.example", 80) == []
    assert resolve("private.example") == []


def test_every_request_is_checked() -> None:
    guard = Guard(["10.0.0.1:8000"])
    for url in ("http://10.0.0.1/", "https://[::1]/", "ftp://example.com/"):
        with pytest.raises(IgnoreRequest):
            guard.process_request(Request(url))
    guard.process_request(Request("http://10.0.0.1:8000/"))
    guard.process_request(Request("https://example.com/"))
