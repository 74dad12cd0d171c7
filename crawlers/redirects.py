"""Downloader middleware: redirects are followed, those to another host only when it is their turn there."""

from __future__ import annotations

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawlers.outcomes import Refused
from pipeline.addresses import refusal


class Elsewhere(IgnoreRequest):
    """An answer points to another host; `request` is what to ask there."""

    def __init__(self, request: Request) -> None:
        super().__init__(f"it redirects to {request.url}")
        self.request = request


class Redirects(RedirectMiddleware):
    """Follows at the same host, and hands out what leads to another one: that may be leased by others, or want a longer pause."""

    def process_response(self, request: Request, response: Response, spider: None = None) -> Request | Response:  # type: ignore[override]  # noqa: ARG002 - Scrapy's old form
        """Follow a redirect.

        Raises:
            Refused: it leads where nothing is fetched from.
            Elsewhere: it leads to another host, and whoever asked keeps an order of hosts.
            IgnoreRequest: there were too many.

        """
        try:
            found = super().process_response(request, response)
        except ValueError as error:  # no request can be made of it
            raise Refused("bad_redirect", str(error)[:200]) from error
        if isinstance(found, Request):
            # Scrapy's own pauses are those of the host that is asked, unless somebody chose others.
            if found.meta.get("download_slot") == urlsplit(request.url).hostname:
                del found.meta["download_slot"]
            reason = refusal(found.url, self.crawler.settings.getlist("PRESSWATCH_ALLOW_HOSTS"))
            if reason is not None:
                raise Refused(reason, found.url[:200])
            in_turn = not request.meta.keys().isdisjoint(("page", "feed", "look"))
            if in_turn and (urlsplit(found.url).hostname or "") != request.meta["host"]:
                raise Elsewhere(found)
        return found
