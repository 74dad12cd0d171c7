"""Which addresses a fetch may go to: public ones, and those that a person allows by setting. Pure."""

from __future__ import annotations

import re
import socket
from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from pipeline import urls

LONGEST_URL: Final = 2000
PORTS: Final = {"http": 80, "https": 443}

# Networks that carry an IPv4 address inside an IPv6 one: NAT64 (RFC 6052, RFC 8215).
NAT64: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
# All IPv6 addresses that are given to anybody; of these, protocols' own (Teredo among them) and those for documentation.
UNICAST: Final = IPv6Network("2000::/3")
SPECIAL: Final = (IPv6Network("2001::/23"), IPv6Network("2001:db8::/32"), IPv6Network("3fff::/20"))
# Not global in the registry's sense only since newer Pythons, or global but never a news outlet.
UNUSED: Final = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"), IPv4Network("240.0.0.0/4"))

# Forms of IPv4 addresses that resolvers understand beyond four decimal numbers: 127.1, 0x7f.1, 017700000001.
ODD_IPV4: Final = re.compile(r"(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+)){0,3}\.?")
NUMBER: Final = re.compile(r"\d+|0x[0-9a-f]*")
# Names of networks that are nobody else's, and those without a dot, which only such a network can have.
LOCAL_NAMES: Final = re.compile(
    r"(.*\.)?(localhost|localdomain|local|internal|intranet|private|corp|home|lan|svc|home\.arpa)\.?|[^.:]+", re.IGNORECASE
)
FIRST_FREE_PORT: Final = 1_024  # below it each port has a service, which may take a request for a command


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address belongs to the public internet, also when it carries another address inside."""
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and not any(address in network for network in UNUSED)
    inner = _inner(address)
    if inner is not None:
        return is_public(inner)
    return address in UNICAST and address.is_global and not any(address in network for network in SPECIAL)


def literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a URL's host spells out, in any form a resolver would understand; null for a name."""
    host = host.strip("[]").split("%", 1)[0]
    try:
        return ip_address(host)
    except ValueError:
        pass
    if ODD_IPV4.fullmatch(host.lower()):
        try:
            return IPv4Address(socket.inet_aton(host.rstrip(".")))
        except OSError:
            return None
    return None


def is_allowed(host: str, port: int, allow: Collection[str]) -> bool:
    """Whether a person allows a private host by setting, as `host` or `host:port`."""
    host = host.lower().strip("[]")
    return host in allow or f"{host}:{port}" in allow or f"[{host}]:{port}" in allow


def refusal(url: str, allow: Collection[str]) -> str | None:  # noqa: PLR0911 - one for each reason
    """Why a URL must not be fetched; null if nothing speaks against it.

    Names are not resolved here: whoever connects checks the addresses that a name has.

    Args:
        url: an absolute URL.
        allow: private hosts that may be fetched, as `host` or `host:port`.

    Returns:
        `url_too_long`, `bad_url`, `bad_scheme`, `bad_port`, `private_address`, or null.

    """
    if len(url) > LONGEST_URL:
        return "url_too_long"
    try:
        parts = urlsplit(url)
        spelled, given_port = parts.hostname or "", parts.port
    except ValueError:
        return "bad_url"
    if parts.scheme not in PORTS:
        return "bad_scheme"
    # What a name service would be asked for: full-width letters, escapes and the like are other spellings of it.
    host, port = urls.host(url), PORTS[parts.scheme] if given_port is None else given_port
    # Programs differ in where they see the host when there is an `@` or a backslash.
    # What no name service can be asked for would fail in the downloader.
    if not host or "@" in parts.netloc or "\\" in url or port == 0:
        return "bad_url"
    if is_allowed(spelled, port, allow) or is_allowed(host, port, allow):
        return None
    address = literal(host)
    if (not is_public(address)) if address is not None else LOCAL_NAMES.fullmatch(host):
        return "private_address"
    # An address that programs read in different ways, or not at all.
    if str(address or "") != host and ("[" in parts.netloc or NUMBER.fullmatch(host.rpartition(".")[2])):
        return "bad_url"
    return "bad_port" if port < FIRST_FREE_PORT and port not in PORTS.values() else None


def _inner(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if any(address in network for network in NAT64):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return None
