"""A body that gzip compressed is stored as it came, if that gives back just the body."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse

from crawlers.encodings import Encodings
from pipeline.models import Capture
from pipeline.store.captures import compressed

BODY = b"<p>The council approved the plan.</p>" * 100
CAME = gzip.compress(BODY, 9, mtime=0)


@pytest.mark.parametrize("came", [
    b"",
    CAME[:-1],
    CAME + b"\n",
    CAME + gzip.compress(b"more", mtime=0),
    CAME[:-8] + b"\0" * 8,
    gzip.compress(b"<p>Other", mtime=0),
    gzip.compress(BODY + b"!", mtime=0),
    b"no gzip at all",
])  # fmt: skip
def test_what_would_not_give_back_the_body_is_compressed_again(came: bytes) -> None:
    made = compressed(capture(came))
    assert made != came
    assert gzip.decompress(made) == BODY


def test_what_came_whole_is_kept() -> None:
    assert compressed(capture(CAME)) == CAME


@pytest.mark.parametrize(("encoding", "kept"), [("gzip", CAME), ("x-gzip", None), ("gzip, gzip", None), ("", None)])
def test_only_what_gzip_alone_compressed_is_kept(encoding: str, kept: bytes | None) -> None:
    request = Request("https://a.example/")
    headers = {"Content-Encoding": encoding} if encoding else {}
    came = gzip.compress(CAME) if encoding == "gzip, gzip" else CAME
    answer = Encodings(1_000_000).process_response(request, HtmlResponse("https://a.example/", status=203, headers=headers, body=came))
    assert request.meta.get("body_gzip") == kept
    assert (answer.body, answer.status, answer.headers.get("Content-Encoding")) == (BODY if encoding else CAME, 203, None)


def capture(came: bytes) -> Capture:
    return Capture(page_id=1, fetched_at=datetime.now(UTC), url="", status=200, content_type="", body=BODY, body_gzip=came)
