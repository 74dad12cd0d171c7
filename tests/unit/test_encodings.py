"""Packed bodies: every packing that is asked for, in layers, within a size, and only whole."""

from __future__ import annotations

import gzip
import random
import time
import tracemalloc
import zlib
from collections.abc import Callable, Sequence

import brotli
import pytest
from scrapy import Request
from scrapy.http import Response

from crawlers.encodings import ACCEPTED, MOST_LAYERS, UNPACKING, Encodings, unpacked
from crawlers.outcomes import FINAL, Refused

try:
    from compression import zstd  # type: ignore[import-not-found, unused-ignore]
except ImportError:
    from backports import zstd

Pack = Callable[[bytes], bytes]
MOST = 1_000_000
NOISE = random.Random(1).randbytes(200_000)


def raw_deflate(body: bytes) -> bytes:
    made = zlib.compressobj(wbits=-15)
    return made.compress(body) + made.flush()


PACKING: dict[str, tuple[str, Pack]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "two members": ("gzip", lambda body: gzip.compress(body[:1_000]) + gzip.compress(body[1_000:])),
    "padded": ("gzip", lambda body: gzip.compress(body) + b"\0" * 20),
    "no trailer": ("gzip", lambda body: gzip.compress(body)[:-8]),
    "wrong checksum": ("gzip", lambda body: gzip.compress(body)[:-8] + b"\1" * 8),
    "named": ("gzip", lambda body: b"\x1f\x8b\x08\x1e" + b"\0" * 6 + b"\2\0ab" + b"a.html\0" + b"note\0" + b"\0\0" + raw_deflate(body) + b"\0" * 8),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "br": ("br", lambda body: brotli.compress(body, quality=2)),
    "zstd": ("zstd", zstd.compress),
    "two frames": ("zstd", lambda body: zstd.compress(body[:1_000]) + zstd.compress(body[1_000:])),
}  # fmt: skip


def reason(body: bytes, *layers: str) -> str:
    with pytest.raises(Refused) as raised:
        unpacked(body, layers, most_bytes=MOST)
    return raised.value.reason


@pytest.mark.parametrize("name", PACKING)
def test_what_is_asked_for_can_be_read(name: str) -> None:
    encoding, pack = PACKING[name]
    for body in (b"text", NOISE, b"\0" * MOST):
        assert unpacked(pack(body), [encoding], most_bytes=MOST) == body


def test_all_that_is_asked_for_is_known() -> None:
    assert set(ACCEPTED.split(", ")) == set(UNPACKING) - {"x-gzip"}


@pytest.mark.parametrize("name", PACKING)
def test_no_body_grows_beyond_the_limit(name: str) -> None:
    encoding, pack = PACKING[name]
    bomb = pack(b"\0" * 8_000_000)
    tracemalloc.start()
    assert reason(bomb, encoding) == "too_large"
    assert tracemalloc.get_traced_memory()[1] < 4 * MOST
    tracemalloc.stop()


@pytest.mark.parametrize("name", ["gzip", "deflate", "raw deflate", "br", "zstd", "two frames"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.99])
def test_a_body_that_breaks_off_is_not_taken_for_the_whole(name: str, share: float) -> None:
    encoding, pack = PACKING[name]
    packed = pack(NOISE)
    assert reason(packed[: int(len(packed) * share)], encoding) == "truncated"
    assert "truncated" not in FINAL


@pytest.mark.parametrize("encoding", [*UNPACKING, "compress", "xz", "dcb", "exi", "bzip2", "aws-chunked", "x" * 9_000])
def test_what_cannot_be_unpacked_is_refused(encoding: str) -> None:
    assert reason(b"<html>not packed at all</html>" * 9, encoding) in {"bad_encoding", "truncated"}
    assert reason(b"<", encoding) in {"bad_encoding", "truncated"}


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("zstd", zstd.compress)])
def test_bodies_of_endless_members_are_refused(encoding: str, pack: Pack) -> None:
    started = time.process_time()
    assert reason(pack(b"") * 200_000, encoding) == "bad_encoding"
    assert reason(pack(b"x") * 200_000, encoding) == "bad_encoding"
    assert time.process_time() - started < 3


def test_layers() -> None:
    packed = brotli.compress(zlib.compress(gzip.compress(NOISE)))
    assert unpacked(packed, ["gzip", "deflate", "br"], most_bytes=MOST) == NOISE
    nested = gzip.compress(gzip.compress(gzip.compress(b"\0" * 90_000_000, 1), 1), 1)
    assert reason(nested, *["gzip"] * 3) == "too_large"
    assert reason(gzip.compress(b"x"), *["gzip"] * (MOST_LAYERS + 1)) == "bad_encoding"
    assert reason(gzip.compress(b"x"), "compress", "gzip") == "bad_encoding"


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ([], b"plain", b"plain"),
        (["identity"], b"plain", b"plain"),
        (["UTF-8", ""], b"plain", b"plain"),
        (["GZIP "], gzip.compress(b"packed", mtime=0), b"packed"),
        (["gzip, br"], brotli.compress(gzip.compress(b"packed", mtime=0)), b"packed"),
        (["gzip", "br"], brotli.compress(gzip.compress(b"packed", mtime=0)), b"packed"),
        (["gzip"], b"", b""),
    ],
)
def test_headers(headers: Sequence[str], body: bytes, expected: bytes) -> None:
    request, middleware = Request("https://example.com/"), Encodings(MOST)
    middleware.process_request(request)
    assert request.headers["Accept-Encoding"] == ACCEPTED.encode()
    answer = middleware.process_response(request, Response(request.url, headers={"Content-Encoding": headers}, body=body))
    assert answer.body == expected
