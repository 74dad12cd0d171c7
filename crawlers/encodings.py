"""Downloader middleware: bodies are unpacked (RFC 9110, 8.4), within the size that a page may have, and only if they are whole."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

import brotli  # type: ignore[import-untyped]
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawlers.outcomes import Refused

try:
    from compression import zstd  # type: ignore[import-not-found, unused-ignore] # Python 3.14
except ImportError:
    from backports import zstd

ACCEPTED: Final = "gzip, deflate, br, zstd"
# What some servers say of a body that is not packed at all.
NOT_PACKED: Final = frozenset({"", "identity", "none", "utf-8", "utf8", "binary", "8bit", "7bit"})
# No honest server packs a body more often.
MOST_LAYERS: Final = 3
STEP_BYTES: Final = 262_144
# Of a gzip or zstd body; each costs a look at the rest.
MOST_MEMBERS: Final = 200
GZIP_MAGIC: Final = b"\x1f\x8b"
HEADER_BYTES: Final = 10
TRAILER_BYTES: Final = 8
RAW: Final = -15  # deflate alone


class Encodings:
    """Asks for the packings that can be read, and takes them off; another one is refused."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Encodings:
        """As Scrapy makes its middlewares."""
        return cls(crawler.settings.getint("DOWNLOAD_MAXSIZE"))

    def process_request(self, request: Request) -> None:
        """Say what can be read."""
        request.headers.setdefault("Accept-Encoding", ACCEPTED)

    def process_response(self, request: Request, response: Response) -> Response:
        """Unpack an answer's body; one that gzip packed is left in `meta["body_gzip"]`, too, and need not be packed again to be stored.

        Raises:
            Refused: it is packed in a way that was not asked for, is broken, breaks off, or is larger than it may be.

        """
        layers = [
            name.strip().lower()
            for line in response.headers.getlist("Content-Encoding")
            for name in line.decode("latin-1").split(",")
            if name.strip().lower() not in NOT_PACKED
        ]
        if not layers:
            return response
        # An answer without a body, such as "not modified", may name the packing that the body would have.
        most_bytes = request.meta.get("download_maxsize", self.most_bytes)
        body = unpacked(response.body, layers, most_bytes=most_bytes) if response.body else b""
        if layers == ["gzip"]:
            request.meta["body_gzip"] = response.body
        # Not by its own method: of what may be text, that would guess the encoding, from packed bytes.
        whole = Response(
            response.url,
            status=response.status,
            headers=response.headers,
            body=body,
            flags=response.flags,
            request=response.request,
            certificate=response.certificate,
            ip_address=response.ip_address,
            protocol=response.protocol,
        )
        del whole.headers["Content-Encoding"]
        return whole


def unpacked(body: bytes, layers: Sequence[str], *, most_bytes: int) -> bytes:
    """A body without its packings.

    Args:
        body: as sent.
        layers: the names of the packings in the order in which they were applied, in lower case.
        most_bytes: how long the body may be after each step.

    Raises:
        Refused: `bad_encoding`, `truncated` or `too_large`.

    """
    if len(layers) > MOST_LAYERS:
        raise Refused("bad_encoding", f"{len(layers)} layers")
    for name in reversed(layers):
        unpack = UNPACKING.get(name)
        if unpack is None:
            raise Refused("bad_encoding", name[:40])
        try:
            body = unpack(body, most_bytes)
        except (zlib.error, brotli.error, zstd.ZstdError, EOFError) as error:
            raise Refused("bad_encoding", f"{name}: {error}"[:200]) from error
    return body


def _gzip(body: bytes, most_bytes: int) -> bytes:
    """The members of a gzip file (RFC 1952); what follows them is no part of it."""
    whole = b""
    for number in range(MOST_MEMBERS):
        if number and not body.startswith(GZIP_MAGIC):
            return whole
        made = zlib.decompressobj(wbits=RAW)
        whole += _whole(_inflated(made, body[_header_bytes(body) :]), partial(getattr, made, "eof"), most_bytes - len(whole))
        body = made.unused_data[TRAILER_BYTES:]
    raise EOFError("it has too many members")


def _header_bytes(body: bytes) -> int:
    if not body.startswith(GZIP_MAGIC) or len(body) < HEADER_BYTES:
        raise EOFError("it is no gzip file")
    flags, at = body[3], HEADER_BYTES
    if flags & 4:
        at += 2 + int.from_bytes(body[at : at + 2], "little")
    for bit in (8, 16):  # a name, a comment
        if flags & bit:
            at = body.find(b"\0", at) + 1 or len(body)
    return at + (2 if flags & 2 else 0)


def _deflate(body: bytes, most_bytes: int) -> bytes:
    """With a zlib header (RFC 1950), as the standard says, or without one, as some servers send it."""
    has_header = len(body) > 1 and body[0] & 0x0F == zlib.DEFLATED and (body[0] << 8 | body[1]) % 31 == 0
    made = zlib.decompressobj(wbits=RAW)
    return _whole(_inflated(made, body[2 if has_header else 0 :]), lambda: made.eof, most_bytes)


def _inflated(made: Any, body: bytes) -> Iterator[bytes]:
    # Without their checksums, which some servers get wrong or leave out: the end of the data tells whether it is whole.
    while not made.eof:
        yield made.decompress(body, STEP_BYTES)
        if not made.unconsumed_tail and not body:
            return
        body = made.unconsumed_tail


def _brotli(body: bytes, most_bytes: int) -> bytes:
    made = brotli.Decompressor()

    def steps() -> Iterator[bytes]:
        part = made.process(body, output_buffer_limit=STEP_BYTES)
        while part:
            yield part
            part = b"" if made.is_finished() else made.process(b"", output_buffer_limit=STEP_BYTES)

    return _whole(steps(), made.is_finished, most_bytes)


def _zstd(body: bytes, most_bytes: int) -> bytes:
    whole = b""
    for _ in range(MOST_MEMBERS):
        if not body:
            return whole
        made = zstd.ZstdDecompressor()
        whole += _whole(_frame(made, body), partial(getattr, made, "eof"), most_bytes - len(whole))
        body = made.unused_data
    raise EOFError("it has too many frames")


def _frame(made: Any, body: bytes) -> Iterator[bytes]:
    yield made.decompress(body, max_length=STEP_BYTES)
    while not made.eof and not made.needs_input:
        yield made.decompress(b"", max_length=STEP_BYTES)


def _whole(steps: Iterator[bytes], is_whole: Callable[[], bool], most_bytes: int) -> bytes:
    parts, length = [], 0
    for part in steps:
        length += len(part)
        if length > most_bytes:
            raise Refused("too_large", "unpacked")
        parts.append(part)
    if not is_whole():
        raise Refused("truncated")
    return b"".join(parts)


UNPACKING: Final[Mapping[str, Callable[[bytes, int], bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
