"""A server that says what a test makes it say, byte by byte; it stands as a forward proxy, so that it has any host."""

from __future__ import annotations

import contextlib
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .conftest import article, rss

Say = Callable[[Callable[[bytes], object]], None]
PAGE = article("Fine")
STEP_S = 0.05


def head(*lines: str, status: str = "HTTP/1.1 200 OK") -> bytes:
    """The head of an answer."""
    return "\r\n".join([status, *lines, "", ""]).encode()


def whole(body: bytes, *lines: str, status: str = "HTTP/1.1 200 OK") -> bytes:
    """An answer with a body of a length."""
    return head(f"Content-Length: {len(body)}", *lines, status=status) + body


def at_once(data: bytes) -> Say:
    """Says it, and hangs up."""
    return lambda send: send(data) and None


def without_end(start: bytes, part: bytes) -> Say:
    """Goes on until nobody listens."""

    def say(send: Callable[[bytes], object]) -> None:
        send(start)
        while True:
            send(part)

    return say


def drop_by_drop(start: bytes, part: bytes) -> Say:
    """Never silent for long, and never at an end."""

    def say(send: Callable[[bytes], object]) -> None:
        send(start)
        while True:
            time.sleep(STEP_S)
            send(part)

    return say


@dataclass
class Raw:
    """Answers by URL."""

    port: int = 0
    says: dict[str, Say] = field(default_factory=dict)
    requests: list[tuple[float, str]] = field(default_factory=list)
    sent: dict[str, int] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Of the proxy."""
        return f"http://127.0.0.1:{self.port}"

    def put(self, url: str, say: Say | bytes) -> str:
        """Set what a URL says."""
        self.says[url] = at_once(say) if isinstance(say, bytes) else say
        return url

    def feed(self, url: str, *links: str) -> str:
        """Set a feed."""
        return self.put(url, whole(rss(*links), "Content-Type: application/rss+xml"))

    def asked(self, url: str) -> int:
        """How often a URL was asked for."""
        return sum(1 for _, asked in self.requests if asked == url)


@contextlib.contextmanager
def serving(certificate: ssl.SSLContext | None = None) -> Iterator[Raw]:
    """A server on a port of its own; with a certificate it speaks https, and is no proxy."""
    raw = Raw()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            url = self.rfile.readline().split()[1].decode()
            while self.rfile.readline().strip():
                pass
            raw.requests.append((time.monotonic(), url))
            raw.sent[url] = 0

            def send(data: bytes) -> int:
                self.request.sendall(data)
                raw.sent[url] += len(data)
                return len(data)

            with contextlib.suppress(OSError):
                raw.says.get(url, at_once(whole(b"", status="HTTP/1.1 404 Not Found")))(send)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            """Who does not want more hangs up."""

    with Server(("127.0.0.1", 0), Handler) as server:
        raw.port = server.server_address[1]
        if certificate is not None:
            server.socket = certificate.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield raw
        server.shutdown()
