"""Downloader middleware: no fetch leaves the public internet, unless a person allows the host by setting.

URLs are checked before every request, redirects and robots.txt included. Names are checked where they are
resolved: the addresses that pass are the ones connected to, so a name can't change in between. With a
forward proxy, names are resolved there: then schemes and spelled-out addresses are checked, here.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.resolver import CachingHostnameResolver
from twisted.internet.base import ReactorBase
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver
from zope.interface.declarations import implementer  # type: ignore[import-untyped]

from crawlers.outcomes import Refused
from pipeline.addresses import is_allowed, is_public, refusal


class Guard:
    """Refuses URLs that must not be fetched."""

    def __init__(self, allow: Sequence[str]) -> None:
        self.allow = frozenset(allow)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Guard:
        """As Scrapy makes its middlewares."""
        return cls(crawler.settings.getlist("PRESSWATCH_ALLOW_HOSTS"))

    def process_request(self, request: Request) -> None:
        """Check the URL of every request.

        Raises:
            Refused: it is not to be sent.

        """
        reason = refusal(request.url, self.allow)
        if reason is not None:
            raise Refused(reason)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Tell a name that leads to private addresses only from one that leads nowhere.

        Raises:
            Refused: the resolver dropped all addresses of the host.

        """
        from twisted.internet import reactor

        resolver = getattr(reactor, "nameResolver", None)
        host = urlsplit(request.url).hostname or ""
        if isinstance(exception, CannotResolveHostError) and isinstance(resolver, Resolver) and host in resolver.refused:
            raise Refused("private_address", f"{host} resolves to it") from exception


class Resolver(CachingHostnameResolver):
    """Resolves names to the addresses that may be connected to."""

    def __init__(self, reactor: ReactorBase, cache_size: int, allow: Sequence[str]) -> None:
        super().__init__(reactor, cache_size)
        self.allow = frozenset(allow)
        self.proxies = _proxies()
        self.refused: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Resolver:
        """As Scrapy makes its resolver; the argument has settings, whatever it is."""
        return cls(reactor, crawler.settings.getint("DNSCACHE_SIZE"), crawler.settings.getlist("PRESSWATCH_ALLOW_HOSTS"))

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """Resolve a name; private addresses are left out, unless it is the proxy's or an allowed one."""
        # Twisted asks without a port when it tunnels, and it tunnels through proxies only.
        is_proxy = any(hostName == host and portNumber in {0, port} for host, port in self.proxies)
        if not is_proxy and not is_allowed(hostName, portNumber, self.allow):
            checked: Any = _Checked(resolutionReceiver, hostName, self.refused)
            return super().resolveHostName(checked, hostName, portNumber, addressTypes, transportSemantics)
        return super().resolveHostName(resolutionReceiver, hostName, portNumber, addressTypes, transportSemantics)


@implementer(IResolutionReceiver)
class _Checked:
    """Passes public addresses on."""

    def __init__(self, receiver: Any, host: str, refused: set[str]) -> None:
        self.receiver = receiver
        self.host = host
        self.refused = refused

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802 - Twisted's name
        """Pass on."""
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802 - Twisted's name
        """Pass on if it is public."""
        if is_public(ip_address(address.host.split("%", 1)[0])):
            self.receiver.addressResolved(address)
        else:
            self.refused.add(self.host)

    def resolutionComplete(self) -> None:  # noqa: N802 - Twisted's name
        """Pass on."""
        self.receiver.resolutionComplete()


def _proxies() -> set[tuple[str, int]]:
    """Hosts and ports of the configured forward proxies, in either spelling of the variables."""
    found = set()
    for scheme, url in getproxies().items():
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if scheme in {"http", "https", "all"} and parts.hostname:
            found.add((parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)))
    return found
