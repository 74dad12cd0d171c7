"""Downloader middleware: bodies that came compressed are kept so, too, beside what is read of them."""

from __future__ import annotations

from scrapy import Request
from scrapy.http import Response


class Packing:
    """Leaves in `meta["body_gzip"]` a body that gzip compressed, as it came: it need not be compressed again to be stored."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the body, before others decompress it."""
        if not response.headers.get("Content-Encoding"):
            return response
        if response.headers.getlist("Content-Encoding") == [b"gzip"]:
            request.meta["body_gzip"] = response.body
        # Whenever Scrapy copies an answer that may be text, it guesses at its encoding, here from compressed bytes.
        return Response(
            response.url,
            status=response.status,
            headers=response.headers,
            body=response.body,
            flags=response.flags,
            request=response.request,
            certificate=response.certificate,
            ip_address=response.ip_address,
            protocol=response.protocol,
        )
