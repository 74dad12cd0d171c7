"""Downloader middleware: requests that say what we have, so that an unchanged answer need not be sent."""

from __future__ import annotations

from scrapy import Request
from scrapy.http import Response


class Conditional:
    """Adds `If-None-Match` and `If-Modified-Since` from `meta["validators"]`: an ETag and a Last-Modified, as once received."""

    def process_request(self, request: Request) -> None:
        """Add the headers."""
        etag, last_modified = request.meta.get("validators", (None, None))
        if etag:
            request.headers["If-None-Match"] = etag
        if last_modified:
            request.headers["If-Modified-Since"] = last_modified


def validators(response: Response) -> tuple[str | None, str | None]:
    """The ETag and Last-Modified of an answer."""
    return tuple(_header(response, name) for name in ("ETag", "Last-Modified"))  # type: ignore[return-value]


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1").replace("\x00", "")[:500] or None if value else None
