"""Why a fetch gave nothing: stable names for the store, and words for people."""

from __future__ import annotations

import email.utils
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    StopDownload,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response

from pipeline.reasons import FETCHING

# A retry would change nothing about these.
FINAL: Final = frozenset({
    "robots", "private_address", "bad_scheme", "bad_port", "bad_url", "url_too_long", "too_large", "redirect_loop", "bad_redirect", "wrong_type", "http_404", "http_410",
})  # fmt: skip
# What the client says of an answer that it can't read, by a part of its words.
BROKEN: Final = {
    "HeadTooLarge": "head_too_large", "Parse": "bad_answer", "BadResponse": "bad_answer", "ValueError": "bad_answer", "KeyError": "bad_answer",
}  # fmt: skip
OK: Final = range(200, 300)
NOT_MODIFIED: Final = 304
ASK_TO_WAIT: Final = (429, 503)
TOO_MANY_REQUESTS: Final = 429
SERVER_ERROR: Final = 500  # and above
# For a host that says "too many requests" without saying for how long, and the longest that is believed.
WAIT_S: Final = 300
LONGEST_WAIT_S: Final = 86_400


class Refused(IgnoreRequest):
    """A request that is not sent, or an answer that is not taken; a reason from `FETCHING`, with a detail."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a fetch gave nothing."""

    reason: str
    detail: str = ""
    status: int | None = None
    wait_s: float = 0.0  # the whole host is to be left alone so long

    @property
    def final(self) -> bool:
        """Whether trying again is no use."""
        return self.reason in FINAL

    @property
    def refused(self) -> bool:
        """Whether we did not want the answer, rather than not getting it."""
        return self.final or self.reason == "robots_unreachable"

    @property
    def words(self) -> str:
        """In words for people, to follow "because"."""
        words = FETCHING.get(self.reason) or (f"the server answers {self.status}" if self.status else self.reason)
        return f"{words} ({self.detail})" if self.detail else words


def of_response(response: Response) -> Failure | None:
    """What is wrong with an answer; null for one that can be taken (2xx and 304)."""
    status = response.status
    if status in OK or status == NOT_MODIFIED:
        return None
    reason = "bad_redirect" if 300 <= status < 400 else f"http_{status}"  # noqa: PLR2004 - the class of redirects
    return Failure(reason=reason, status=status, wait_s=wait_s(response))


def of_exception(error: BaseException) -> Failure:  # noqa: PLR0911 - one for each kind
    """What an exception of the downloader or a middleware means."""
    if isinstance(error, Refused):
        return Failure(reason=error.reason, detail=error.detail)
    if isinstance(error, IgnoreRequest):
        return Failure(reason="redirect_loop")  # Scrapy's own: the limit of redirects
    if isinstance(error, StopDownload):
        kind = ((error.response and error.response.headers.get("Content-Type")) or b"").decode("latin-1")
        return Failure(reason="wrong_type", detail=kind[:100])
    for kinds, reason in (
        (DownloadCancelledError, "too_large"),
        (CannotResolveHostError, "dns"),
        (DownloadConnectionRefusedError, "connection_refused"),
        (DownloadTimeoutError, "timeout"),
        (ResponseDataLossError, "truncated"),
        (UnsupportedURLSchemeError, "bad_scheme"),
    ):
        if isinstance(error, kinds):
            return Failure(reason=reason)
    if isinstance(error, DownloadFailedError):
        return Failure(reason=next((reason for part, reason in BROKEN.items() if part in str(error)), "connection_lost"))
    if type(error).__name__ == "TunnelError":
        return Failure(reason="proxy")
    return Failure(reason="error", detail=f"{type(error).__name__}: {error}"[:200])


def wait_s(response: Response) -> float:
    """How long a 429 or 503 asks us to leave the host alone; 0 for other answers, and for a 503 that does not say."""
    if response.status not in ASK_TO_WAIT:
        return 0.0
    header, sent_at = (_header(response, name) for name in ("Retry-After", "Date"))
    unsaid = WAIT_S if response.status == TOO_MANY_REQUESTS else 0.0
    if header.isascii() and header.isdecimal():
        asked = float(header[:12])
    elif header:
        at = _time(header)
        # By the server's own clock, which may be another one than ours.
        asked = (at - (_time(sent_at) or datetime.now(UTC))).total_seconds() if at is not None else WAIT_S
    else:
        asked = unsaid
    # A time that is over asks for nothing: a 429 means to be left alone all the same.
    return min(asked, LONGEST_WAIT_S) if asked > 0 else unsaid


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1").strip()


def _time(text: str) -> datetime | None:
    """A time as HTTP writes it; null for what is none."""
    try:
        at = email.utils.parsedate_to_datetime(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
