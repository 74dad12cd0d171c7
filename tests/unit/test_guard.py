"""The fetch guard: what a name resolves to is what is connected to, and private addresses are left out."""

# ruff: noqa: N802, N815, S104 - the names are Twisted's, and nothing is bound to

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.internet.address import IPv4Address, IPv6Address

from crawlers.guard import Guard, Resolver
from crawlers.outcomes import Refused
from crawlers.redirects import Elsewhere, Redirects

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


REBOUND = ["93.184.216.34", "10.0.0.1"]


def test_a_name_that_changes_is_checked_each_time(resolve: Resolve, monkeypatch: pytest.MonkeyPatch) -> None:
    for address in REBOUND * 2:
        monkeypatch.setitem(DNS, "rebinding.example", [address])
        assert resolve("rebinding.example") == ([address] if address == REBOUND[0] else [])


PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.9.9", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "198.18.0.1", "192.0.2.1", "224.0.0.1",
    "255.255.255.255", "::1", "fe80::1", "fd00::1", "fec0::1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2001::1", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_no_name_leads_to_private_addresses(resolve: Resolve, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setitem(DNS, "name.example", ["93.184.216.34", address, "1.1.1.1"])
    assert resolve("name.example") == ["93.184.216.34", "1.1.1.1"]


@dataclass
class Crawler:
    """What the middlewares ask for."""

    settings: Settings
    spider: None = None


@pytest.fixture
def redirect() -> Callable[..., Request | str]:
    """Where a redirect from https://outlet.example/news/page leads, or why it does not."""
    middleware = Redirects(Settings({"REDIRECT_MAX_TIMES": 8}))
    middleware.crawler = Crawler(Settings({"PRESSWATCH_ALLOW_HOSTS": ["10.0.0.1:8000"]}))  # type: ignore[assignment]

    def follow(location: str, *, status: int = 302, **meta: Any) -> Request | str:
        request = Request("https://outlet.example/news/page", meta={"host": "outlet.example", "download_slot": "outlet.example"} | meta)
        try:
            found = middleware.process_response(request, Response(request.url, status=status, headers={"Location": location.encode()}))
        except Elsewhere as elsewhere:
            return elsewhere.request
        except Refused as refused:
            return refused.reason
        except IgnoreRequest:
            return "redirect_loop"
        return found if isinstance(found, Request) else "bad_redirect"

    return follow


@pytest.mark.parametrize(
    ("location", "leads"),
    [
        ("/other", "https://outlet.example/other"),
        ("other?x=1#y", "https://outlet.example/news/other?x=1#y"),
        ("http://outlet.example/", "http://outlet.example/"),
        ("//www.outlet.example/a", "https://www.outlet.example/a"),
        ("https://www.outlet.example/a", "https://www.outlet.example/a"),
        ("https://b\u00fccher.example/\u00e4", "https://xn--bcher-kva.example/%C3%A4"),
        ("http://10.0.0.1:8000/", "http://10.0.0.1:8000/"),
        ("http://10.0.0.1:8001/", "private_address"),
        *((f"http://[{address}]/" if ":" in address else f"http://{address}/", "private_address") for address in PRIVATE),
        *((f"//[{address}]/" if ":" in address else f"//{address}:443/x", "private_address") for address in PRIVATE),
        ("http://2130706433/", "private_address"),
        ("http://0x7f.1/", "private_address"),
        ("http://0177.0.0.1/", "private_address"),
        ("http://127.1/", "private_address"),
        ("http://%31%32%37.0.0.1/", "private_address"),
        ("http://\uff11\uff12\uff17.0.0.1/", "private_address"),
        ("http://[::ffff:7f00:1]/", "private_address"),
        ("http://localhost/", "private_address"),
        ("http://LOCALHOST.:80/", "private_address"),
        ("http://metadata.google.internal/computeMetadata/v1/", "private_address"),
        ("http://intranet/", "private_address"),
        ("\\\\127.0.0.1\\x", "https://outlet.example/news/%5C%5C127.0.0.1%5Cx"),
        ("http:\\\\127.0.0.1", "private_address"),
        ("/\\127.0.0.1/", "https://outlet.example/%5C127.0.0.1/"),
        ("\thttp://127.0.0.1/", "private_address"),
        ("ht\ntp://127.0.0.1/", "private_address"),
        ("https://user:word@outlet.example/", "bad_url"),
        ("https://outlet.example@127.0.0.1/", "bad_url"),
        ("https://outlet.example:22/", "bad_port"),
        ("https://a..example/", "bad_url"),
        ("/" + "x" * 2_000, "url_too_long"),
        ("file:///etc/passwd", "bad_redirect"),
        ("ftp://outlet.example/", "bad_redirect"),
        ("data:text/html,x", "bad_redirect"),
        ("javascript:alert(1)", "bad_redirect"),
        ("gopher://127.0.0.1:6379/_x", "bad_redirect"),
        ("s3://bucket/key", "bad_redirect"),
        ("about:blank", "bad_redirect"),
        ("https://[::1/", "bad_redirect"),
        ("https://outlet.example:99999/", "bad_redirect"),
    ],
)  # fmt: skip
def test_redirects(redirect: Callable[..., Request | str], location: str, leads: str) -> None:
    found = redirect(location)
    if isinstance(found, Request):
        # What is sent on passes the guard, as any request does.
        try:
            Guard(["10.0.0.1:8000"]).process_request(found)
        except Refused as refused:
            found = refused.reason
    assert (found.url if isinstance(found, Request) else found) == leads


def test_redirects_end(redirect: Callable[..., Request | str]) -> None:
    seventh, ninth = redirect("/x", redirect_times=7), redirect("/x", redirect_times=8)
    assert isinstance(seventh, Request)
    assert seventh.meta["redirect_times"] == 8
    assert ninth == "redirect_loop"


def test_a_redirect_takes_the_pauses_of_its_own_host(redirect: Callable[..., Request | str]) -> None:
    found = redirect("https://other.example/")
    assert isinstance(found, Request)
    assert "download_slot" not in found.meta


def test_every_request_is_checked() -> None:
    guard = Guard(["10.0.0.1:8000"])
    for url in ("http://10.0.0.1/", "https://[::1]/", "ftp://example.com/"):
        with pytest.raises(IgnoreRequest):
            guard.process_request(Request(url))
    guard.process_request(Request("http://10.0.0.1:8000/"))
    guard.process_request(Request("https://example.com/"))
