"""Runs a spider in this process, from the settings to its result."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess

from crawlers.parser import Parser
from crawlers.progress import Progress
from crawlers.settings import scrapy_settings
from crawlers.spiders.discover import Discover
from crawlers.spiders.watch import Watch
from crawlers.tally import Tally
from pipeline.config import Settings
from pipeline.engine import addresses
from pipeline.errors import CrawlFailed, PresswatchError
from pipeline.models import CrawlReport, Discovery, Source
from pipeline.store import outlets as outlet_store
from pipeline.store.database import Database


def watch(settings: Settings, *, outlets: Sequence[str] | None, max_seconds: float | None, progress: bool) -> CrawlReport:
    """Fetch what is due, of all outlets or of those named.

    Raises:
        UnknownName: there is no such outlet.
        InfrastructureError: an engine went away; what was not stored is still due.

    """
    tally = Tally()
    bar = Progress(shown=progress)
    parser = Parser()
    with Database(addresses.database(settings)) as database:
        database.check()
        database.ensure_partitions()
        ids = None
        if outlets:
            with database.transaction() as connection:
                ids = [outlet.id for outlet in outlet_store.by_names(connection, outlets)]
        try:
            spider = _run(
                settings, Watch, limits=settings, database=database, tally=tally, progress=bar, parser=parser,
                outlets=ids, max_seconds=max_seconds,
            )  # fmt: skip
        finally:
            bar.close()
            parser.close()
        if isinstance(spider.broken, PresswatchError):
            raise spider.broken
        if spider.broken is not None:
            raise CrawlFailed(problem=f"{type(spider.broken).__name__}: {spider.broken}") from spider.broken
    return tally.report()


def discover(settings: Settings, urls: Sequence[str], known: Mapping[str, Sequence[Source]]) -> list[Discovery]:
    """Look at home pages for the sources of outlets, and at those known of them, in the order of the URLs."""
    found: list[Discovery] = []
    parser = Parser()
    try:
        _run(settings, Discover, urls=urls, known=known, found=found, parser=parser)
    finally:
        parser.close()
    if len(found) != len(urls):
        raise CrawlFailed(problem="it was interrupted")
    return found


def _run(settings: Settings, spider: type[Spider], **arguments: Any) -> Any:
    # Scrapy opens its loggers wide; they must not be louder than the rest of this process. What it warns of,
    # such as an answer that is too large, is an outcome here: counted, and recorded with its reason.
    logging.disable(logging.getLogger().level - 1)
    process = AsyncCrawlerProcess(scrapy_settings(settings))
    logging.getLogger("scrapy").setLevel(logging.DEBUG if settings.log_level == "debug" else logging.ERROR)
    crawler = process.create_crawler(spider)
    process.crawl(crawler, **arguments)
    process.start()
    if crawler.spider is None:
        raise CrawlFailed(problem="the spider could not be started; its messages are on stderr")
    return crawler.spider
