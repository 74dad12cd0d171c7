"""What answers mean: failures, Retry-After, robots.txt."""

from __future__ import annotations

import email.utils
import re
import time

import pytest
from scrapy.exceptions import DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response

from crawlers.outcomes import FINAL, LONGEST_WAIT_S, WAIT_S, Refused, of_exception, of_response
from crawlers.politeness import Rules
from pipeline import reasons
from pipeline.extract import verdict

URL = "https://example.com/"


def answer(status: int, body: bytes = b"", **headers: str) -> Response:
    return Response(URL, status=status, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("status", [200, 203, 304])
def test_answers_that_can_be_taken(status: int) -> None:
    assert of_response(answer(status)) is None


@pytest.mark.parametrize(("status", "final"), [(404, True), (410, True), (403, False), (500, False), (503, False), (302, True)])
def test_answers_that_fail(status: int, final: bool) -> None:
    failure = of_response(answer(status))
    assert failure is not None
    assert (failure.final, failure.status) == (final, status)


@pytest.mark.parametrize(
    ("status", "header", "wait_s"),
    [
        (429, "120", 120), (503, "7", 7), (429, None, WAIT_S), (503, None, 0), (429, "soon", WAIT_S), (429, "-5", WAIT_S),
        (503, "99999999999", LONGEST_WAIT_S), (500, "120", 0), (429, "Wed, 21 Oct 2015 07:28:00 GMT", WAIT_S),
    ],
)  # fmt: skip
def test_retry_after(status: int, header: str | None, wait_s: float) -> None:
    failure = of_response(answer(status, **({"Retry_After": header} if header else {})))
    assert failure is not None
    assert failure.wait_s == wait_s


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [
        ("0", WAIT_S), ("\u00b2", WAIT_S), ("\u0663", WAIT_S), ("1.5", WAIT_S), ("1e9", WAIT_S), ("9" * 5_000, LONGEST_WAIT_S), ("  30 ", 30),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT_S), ("Fri, 31 Dec 9999 23:59:59 -1200", WAIT_S), ("Mon, 32 Foo 2025 25:61:61 GMT", WAIT_S),
        ("Mon, 01 Jan 99999999999999 00:00:00 GMT", WAIT_S), ("Thu, 01 Jan 1970 00:00:00 GMT", WAIT_S), ("Thu, 01 Jan 0001 00:00:00 +1200", WAIT_S),
    ],
)  # fmt: skip
def test_absurd_retry_after(header: str, wait_s: float) -> None:
    response = Response(URL, status=429, headers={"Retry-After": header.encode("utf-8")})
    failure = of_response(response)
    assert failure is not None
    assert failure.wait_s == wait_s


def test_retry_after_by_the_clock_of_the_server() -> None:
    ahead = {"Date": "Wed, 21 Oct 2099 07:28:00 GMT", "Retry-After": "Wed, 21 Oct 2099 07:29:30 GMT"}
    behind = {"Date": "Wed, 21 Oct 2015 07:28:00 GMT", "Retry-After": "Wed, 21 Oct 2015 07:29:30 GMT"}
    for headers in (ahead, behind):
        failure = of_response(Response(URL, status=503, headers=headers))
        assert failure is not None
        assert failure.wait_s == 90


def test_retry_after_as_a_date() -> None:
    failure = of_response(answer(503, Retry_After=email.utils.formatdate(time.time() + 90, usegmt=True)))
    assert failure is not None
    assert 80 < failure.wait_s <= 90


def test_exceptions() -> None:
    assert of_exception(Refused("robots")).final
    assert not of_exception(Refused("robots_unreachable")).final
    assert of_exception(DownloadTimeoutError()).reason == "timeout"
    assert of_exception(IgnoreRequest("max redirections reached")).reason == "redirect_loop"
    assert of_exception(KeyError("x")).reason == "error"


@pytest.mark.parametrize(
    ("status", "refused"),
    [
        (200, "robots"),
        (404, None),
        (403, None),
        (401, None),
        (500, "robots_unreachable"),
        (503, "robots_unreachable"),
        (429, "robots_unreachable"),
    ],
)
def test_robots_by_status(status: int, refused: str | None) -> None:
    found = Rules.of_response(answer(status, b"User-agent: *\nDisallow: /private")).refusal(URL + "private/page")
    assert (found.reason if found else None) == refused


def test_robots_rules() -> None:
    rules = Rules.of_response(
        answer(
            200,
            b"\xef\xbb\xbfUser-agent: presswatch\nDisallow: /a\nAllow: /a/b$\n\nUser-agent: *\nDisallow: /\n\nSitemap: https://example.com/s.xml",
        )
    )
    assert rules.refusal(URL + "news") is None
    assert rules.refusal(URL + "a/x") is not None
    assert rules.refusal(URL + "a/b") is None
    assert rules.sitemaps == ["https://example.com/s.xml"]


def test_every_reason_has_words() -> None:
    given = {
        value for name, value in vars(verdict).items() if name.isupper() and isinstance(value, str) and re.fullmatch(r"[a-z_]+", value)
    }
    assert given <= set(reasons.READING)
    assert set(FINAL) <= {*reasons.FETCHING, "http_404", "http_410"}
    assert reasons.why_no_article("too_short") == "its text is too short for an article (too_short)"
    assert reasons.why_not_fetched("robots") == "its robots.txt disallows it (robots)"
    assert reasons.why_not_fetched("http_503") == "the server answers 503"
    assert reasons.why_no_article("new one") == reasons.why_not_fetched("new one") == "new one"
