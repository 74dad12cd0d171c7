"""What the requests of a page in the browser may fetch. Pure.

A page is shown for its text: its scripts and the data they ask for are fetched, as far as they are public and asked for by GET.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from pipeline import urls

FETCHED: Final = frozenset({"script", "xhr", "fetch"})
# What these say is not ours to say (the crawler's client names itself), or not wanted.
DROPPED: Final = frozenset({"user-agent", "cookie", "host", "accept-encoding", "connection", "proxy-authorization"})
# Of an answer: it is unpacked, and nothing is kept.
DROPPED_FROM_ANSWERS: Final = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "set-cookie", "connection", "keep-alive"}
)
# Sites that only count readers or sell their attention.
ADVERTISING: Final = frozenset({
    "2mdn.net", "adform.net", "adnxs.com", "adsafeprotected.com", "adsrvr.org", "amazon-adsystem.com", "bidswitch.net", "casalemedia.com",
    "chartbeat.com", "chartbeat.net", "clarity.ms", "criteo.com", "criteo.net", "doubleclick.net", "doubleverify.com", "facebook.net",
    "google-analytics.com", "googlesyndication.com", "googletagmanager.com", "googletagservices.com", "hotjar.com", "imrworldwide.com",
    "moatads.com", "newrelic.com", "nr-data.net", "openx.net", "outbrain.com", "parsely.com", "permutive.com", "piano.io", "pubmatic.com",
    "quantserve.com", "rubiconproject.com", "scorecardresearch.com", "segment.com", "sentry.io", "smartadserver.com", "taboola.com",
    "teads.tv", "tiktok.com", "yandex.ru", "yieldlove.com",
})  # fmt: skip


class Action(Enum):
    """What is done with a request."""

    FETCH = "fetch"
    EMPTY = "empty"  # answered without a fetch: scripts wait for a style sheet, and the text needs none
    REFUSE = "refuse"


def action(*, kind: str, method: str, url: str, page_url: str, main: bool) -> Action:
    """What to do with a request.

    Args:
        kind: the browser's name of what asks: document, script, stylesheet, image, fetch…
        method: of HTTP.
        url: asked for.
        page_url: the page that asks.
        main: it would replace the page itself.

    """
    if method != "GET":
        return Action.REFUSE
    if kind == "document":
        return Action.FETCH if main and urls.same_site(url, page_url) else Action.REFUSE
    if kind == "stylesheet":
        return Action.EMPTY
    if kind not in FETCHED:
        return Action.REFUSE
    advertises = urls.site(url) in ADVERTISING and not urls.same_site(url, page_url)
    return Action.REFUSE if advertises else Action.FETCH


def asked(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of the browser's request that go out."""
    return {name: value for name, value in headers.items() if name not in DROPPED and not name.startswith(("sec-", "proxy-"))}


def answered(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of an answer that the browser sees."""
    return {name: value for name, value in headers.items() if name.lower() not in DROPPED_FROM_ANSWERS}
