"""Downloader middleware: what is no text, by its header, is not downloaded: pictures, films, sound, documents for print, archives."""

from __future__ import annotations

import re
from typing import Any, Final

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import HtmlResponse, Response
from scrapy.responsetypes import responsetypes

NO_TEXT: Final = re.compile(
    rb"\s*(?:image/(?!svg)|video/|audio/|font/|model/|application/(?:pdf|epub|postscript|rtf|msword|vnd\.(?:ms-|openxml|oasis|apple)|java-archive"
    rb"|x-(?:shockwave|mpegurl|font|msdownload|iso|apple-diskimage)|vnd\.apple\.mpegurl|dash\+xml|wasm|mp4|ogg))",
    re.IGNORECASE,
)
# Sitemaps come as these; pages do not.
PACKED: Final = re.compile(rb"\s*application/(?:x-)?(?:zip|gzip|bzip2?|xz|7z|rar|tar)\b", re.IGNORECASE)

# Bytes that tell the kind of an answer without a header.
HEAD: Final = 5_000


def is_html(response: Response) -> bool:
    """Whether an answer is a web page, by its header or its first bytes."""
    return issubclass(responsetypes.from_args(headers=response.headers, url=response.url, body=response.body[:HEAD]), HtmlResponse)


def content_type(response: Response) -> str:
    """The header `Content-Type` as it was sent; empty if there is none."""
    return (response.headers.get("Content-Type") or b"").decode("latin-1")


class Kinds:
    """Ends the download of what can be no page, feed or sitemap as soon as its header is there."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Kinds:
        """As Scrapy makes its middlewares."""
        kinds = cls()
        crawler.signals.connect(kinds.headers_received, signals.headers_received)
        return kinds

    def headers_received(self, headers: Any, request: Request) -> None:
        """Scrapy's signal.

        Raises:
            StopDownload: nothing more of the answer is wanted.

        """
        kind = headers.get("Content-Type") or b""
        if b"Location" not in headers and (NO_TEXT.match(kind) or ("page" in request.meta and PACKED.match(kind))):
            raise StopDownload(fail=True)
