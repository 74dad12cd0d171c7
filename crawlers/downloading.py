"""Download handler: Scrapy's, which reads no endless head of an answer and tells what is wrong with a certificate.

Outlets' certificates are checked, and a fault ends nothing: it is kept with what was fetched.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from OpenSSL import SSL
from OpenSSL.crypto import X509
from scrapy import Request
from scrapy.core.downloader.contextfactory import _ScrapyClientContextFactory
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _LenientHTTP11ClientFactory, _LenientHTTP11ClientProtocol
from scrapy.core.downloader.tls import _ScrapyClientTLSOptions26
from scrapy.crawler import Crawler
from scrapy.http import Response
from service_identity import VerificationError
from service_identity.exceptions import CertificateError
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.interfaces import IAddress
from twisted.internet.ssl import CertificateOptions, platformTrust
from twisted.python.failure import Failure
from twisted.web._newclient import BODY, DONE

from pipeline.addresses import PORTS

# Status line and headers of an answer, those before it ("100 Continue" and the like) included.
LARGEST_HEAD_BYTES: Final = 65_536
VALID: Final = "valid"
# OpenSSL's numbers (`man x509_verify_cert_error_string`).
FAULTS: Final = {
    9: "not_yet_valid",
    10: "expired",
    18: "self_signed",
    19: "unknown_authority",
    20: "unknown_authority",
    21: "unknown_authority",
    23: "revoked",
}


class HeadTooLarge(Exception):
    """The head of an answer is larger than it may be."""


class Handler(HTTP11DownloadHandler):
    """Leaves in `meta["certificate"]` whether the certificate of an https answer is `valid`, or what is wrong with it."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.certificates = Certificates.from_crawler(crawler)
        self._contextFactory = self.certificates  # type: ignore[assignment]  # it is one
        self._pool._factory = _Factory  # noqa: SLF001 - the only way to another protocol

    async def download_request(self, request: Request) -> Response:
        """As Scrapy asks for it."""
        response = await super().download_request(request)
        request.meta["certificate"] = self.certificates.of(request.url)
        return response


class Certificates(_ScrapyClientContextFactory):
    """Notes for each host what was wrong with its certificate when it was last connected to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._options: CertificateOptions | None = None
        self._found: dict[tuple[bytes, int], str] = {}

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:  # noqa: N802 - Twisted's name
        """As Twisted asks for it."""
        if self._options is None:
            # One for all connections: it reads the authorities from a file.
            self._options = self._get_cert_options()
        place = (hostname, port)
        self._found[place] = VALID
        return _Checking(self._options._makeTLSConnection, hostname.decode("ascii"), note=lambda fault: self._note(place, fault))  # noqa: SLF001

    def of(self, url: str) -> str | None:
        """What is known of the certificate behind a URL; null without one."""
        parts = urlsplit(url)
        return self._found.get(((parts.hostname or "").encode("ascii"), parts.port or PORTS["https"])) if parts.scheme == "https" else None

    def _note(self, place: tuple[bytes, int], fault: str) -> None:
        if self._found[place] == VALID:
            self._found[place] = fault

    def _get_cert_options_kwargs(self) -> dict[str, Any]:
        return super()._get_cert_options_kwargs() | {"trustRoot": platformTrust()}  # type: ignore[no-untyped-call]


class _Checking(_ScrapyClientTLSOptions26):
    def __init__(self, connect: Callable[[Any], SSL.Connection], hostname: str, *, note: Callable[[str], None]) -> None:
        super().__init__(connect, hostname)
        self._note = note

    def _verifyCB(self, is_name: bool, host: str) -> Callable[[SSL.Connection, X509, int, int, int], bool]:  # type: ignore[override]  # noqa: N802
        wanted = DNS_ID(host) if is_name else IPAddress_ID(host)

        def check(_: SSL.Connection, certificate: X509, error: int, depth: int, ok: int) -> bool:
            if not ok:
                self._note(FAULTS.get(error, f"error_{error}"))
            if depth == 0:
                try:
                    verify_service_identity(extract_patterns(certificate), [wanted], [])
                except (CertificateError, VerificationError):
                    self._note("other_host")
            return True

        return check


class _Protocol(_LenientHTTP11ClientProtocol):
    head_bytes = 0

    def request(self, request: Any) -> Any:
        self.head_bytes = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        in_head = self._parser is not None and self._parser.state not in {BODY, DONE}
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if in_head and self._parser is not None and self._parser.state not in {BODY, DONE}:
            self.head_bytes += len(data)
            if self.head_bytes > LARGEST_HEAD_BYTES:
                self._giveUp(Failure(HeadTooLarge()))  # type: ignore[no-untyped-call]


class _Factory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, address: IAddress | None) -> _Protocol:  # noqa: ARG002, N802 - Twisted's form
        return _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]
