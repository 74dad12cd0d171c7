"""A bare Scrapy spider, for comparison: `python -m benchmarks.crawl.bare FILE CONCURRENCY` fetches the URLs of a file's lines.

Scrapy's own defaults, robots.txt obeyed, as many connections as the crawl next to it; items are thrown away.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response


class Bare(Spider):
    """Fetches what it is given."""

    name = "bare"

    def __init__(self, *, urls: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.urls = urls
        self.pages = 0

    async def start(self) -> AsyncIterator[Request]:
        """A request for each."""
        for url in self.urls:
            yield Request(url)

    def parse(self, response: Response) -> Iterator[dict[str, object]]:
        """Take the page."""
        self.pages += 1
        yield {"url": response.url, "body": response.body}


def main() -> None:
    """Crawl, and print how many pages were fetched."""
    file, concurrency = sys.argv[1:]
    process = AsyncCrawlerProcess({
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": int(concurrency),
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": 0,
        "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False,
    })  # fmt: skip
    crawler = process.create_crawler(Bare)
    process.crawl(crawler, urls=Path(file).read_text().split())
    process.start()
    spider = crawler.spider
    assert isinstance(spider, Bare)
    print(spider.pages)


if __name__ == "__main__":
    main()
