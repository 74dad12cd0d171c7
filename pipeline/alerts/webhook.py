"""Sends the stored body of a message to a webhook, and tells what came of it.

The address that was checked is the one connected to, also after a redirect. Behind a forward proxy the
proxy resolves names; literal addresses are still checked here. Certificates are always verified.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.metadata import version
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, Literal
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from pipeline import addresses

TIMEOUT: Final = httpx.Timeout(20, connect=10)
MOST_REDIRECTS: Final = 3
# A redirect keeps method and body; 303 asks for a GET, which would tell nobody anything.
REDIRECTS: Final = frozenset({301, 302, 307, 308})
GONE: Final = 410
RETRIED: Final = frozenset({408, 425, 429})
# With these the receiver as a whole is away, not this one message refused.
AWAY: Final = frozenset({429, 502, 503, 504})
REFUSALS: Final = {
    "url_too_long": "its URL is too long",
    "bad_scheme": "it is not http or https",
    "bad_url": "its URL can't be read",
    "bad_port": "its port belongs to another service: allow it with PRESSWATCH_ALLOW_HOSTS if you mean it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one attempt."""

    state: Literal["sent", "retry", "failed"]
    status: int | None = None
    error: str | None = None  # for people, without secrets
    retry_after_s: float | None = None  # as the receiver asks
    away: bool = False  # nothing answers there: other messages need not be tried at once


class _Refused(Exception):
    """The URL must not be connected to; the argument says why."""


def private(host: str, port: int) -> str:
    """The sentence for a private host that is not allowed."""
    return f"{host}:{port} is a private address: allow it with PRESSWATCH_ALLOW_HOSTS={host}:{port} if you mean it"


def refusal(url: str, allow_hosts: Collection[str]) -> str | None:
    """Why a webhook must not be used, as far as it can be known now; null if it may. A name that nobody knows passes."""
    try:
        _address(httpx.URL(url), allow_hosts)
    except httpx.InvalidURL:
        return "its URL can't be read"
    except _Refused as refused:
        return str(refused)
    except socket.gaierror:
        return None
    return None


def resolve(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    """The addresses of a name.

    Raises:
        socket.gaierror: it has none.

    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(str(entry[4][0]).split("%", 1)[0]) for entry in found))


def send(url: str, body: bytes, key: str, *, allow_hosts: Collection[str], contact: str) -> Outcome:
    """Send a message once.

    Args:
        url: of the webhook.
        body: sent as it is.
        key: of the message, the same at every attempt.
        allow_hosts: private hosts that may be notified.
        contact: for the user agent; may be empty.

    """
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "User-Agent": f"presswatch/{version('presswatch')}" + (f" (+{contact})" if contact else ""),
    }
    host = urlsplit(url).hostname
    try:
        return _outcome(_follow(httpx.URL(url), body, headers, allow_hosts))
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        return Outcome(state="failed", error="its URL, or one that it redirects to, can't be read")
    except _Refused as refused:
        return Outcome(state="failed", error=str(refused))
    except socket.gaierror:
        return Outcome(state="retry", error=f"the name {host} can't be resolved", away=True)
    except httpx.TimeoutException:
        return Outcome(state="retry", error=f"{host} did not answer in time", away=True)
    except httpx.TransportError as error:
        return Outcome(state="retry", error=f"{host} can't be reached: {str(error) or type(error).__name__}", away=True)


def _follow(target: httpx.URL, body: bytes, headers: dict[str, str], allow_hosts: Collection[str]) -> httpx.Response:
    """The answer to a request, after redirects that may be followed.

    Raises:
        _Refused: a redirect leads where it must not, or there are too many.

    """
    for _ in range(MOST_REDIRECTS + 1):
        response = _post(target, body, headers, allow_hosts)
        if response.status_code not in REDIRECTS or "Location" not in response.headers:
            return response
        following = target.join(response.headers["Location"])
        if target.scheme == "https" and following.scheme != "https":
            raise _Refused("it redirects from https to http")
        if following.netloc != target.netloc:
            # The password is meant for the first host alone.
            following = following.copy_with(userinfo=b"")
        target = following
    raise _Refused(f"it redirects more than {MOST_REDIRECTS} times")


def _post(target: httpx.URL, body: bytes, headers: dict[str, str], allow_hosts: Collection[str]) -> httpx.Response:
    """One request, its answer's body unread."""
    proxy = _proxy(target)
    address = _address(target, allow_hosts)
    extensions: dict[str, str] = {}
    sent_to = target
    if proxy is None and address is not None:
        # Connect to the address that was checked; the name still goes into Host and into the check of the certificate.
        headers = headers | {"Host": target.netloc.decode()}
        extensions = {"sni_hostname": target.host}
        sent_to = target.copy_with(host=str(address))
    auth = httpx.BasicAuth(target.username, target.password) if target.userinfo else None
    with httpx.Client(verify=_certificates(), proxy=proxy, trust_env=False, timeout=TIMEOUT) as client:
        request = client.build_request("POST", sent_to.copy_with(userinfo=b""), content=body, headers=headers, extensions=extensions)
        response = client.send(request, auth=auth, stream=True)
        response.close()
    return response


def _address(target: httpx.URL, allow_hosts: Collection[str]) -> IPv4Address | IPv6Address | None:
    """The address to connect to; null if the proxy resolves the name.

    Raises:
        _Refused: the URL or one of its addresses is not allowed.
        socket.gaierror: the name has no address.

    """
    host, port = target.host, target.port or addresses.PORTS.get(target.scheme, 0)
    problem = addresses.refusal(str(target.copy_with(userinfo=b"")), allow_hosts)
    if problem == "private_address":
        raise _Refused(private(host, port))
    if problem is not None:
        raise _Refused(REFUSALS[problem])
    literal = addresses.literal(host)
    if literal is not None:
        return literal
    if _proxy(target) is not None:
        return None
    found = resolve(host, port)
    if not addresses.is_allowed(host, port, allow_hosts) and not all(addresses.is_public(address) for address in found):
        raise _Refused(private(host, port))
    return found[0]


def _proxy(target: httpx.URL) -> str | None:
    """The forward proxy of the environment for a URL; never for loopback."""
    literal = addresses.literal(target.host)
    if target.host == "localhost" or (literal is not None and literal.is_loopback) or proxy_bypass(target.host):
        return None
    proxies = getproxies()
    found = proxies.get(target.scheme) or proxies.get("all")
    return found and (found if "://" in found else f"http://{found}")


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def _outcome(response: httpx.Response) -> Outcome:
    status = response.status_code
    if response.is_success:
        return Outcome(state="sent", status=status)
    error = f"it answered {status} {response.reason_phrase}".rstrip()
    if response.is_server_error or status in RETRIED:
        asked = _retry_after_s(response.headers.get("Retry-After")) if status in {429, 503} else None
        return Outcome(state="retry", status=status, error=error, retry_after_s=asked, away=status in AWAY)
    return Outcome(state="failed", status=status, error=error)


def _retry_after_s(value: str | None) -> float | None:
    """Seconds from a Retry-After header, a number or a date (RFC 9110); null if it says nothing."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()
