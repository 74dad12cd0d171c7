"""Downloader middleware: the cookies and headers that an outlet's rule gives go out to that outlet's hosts, and to no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from scrapy import Request
from scrapy.crawler import Crawler

from pipeline import log, rules, urls
from pipeline.config import Settings
from pipeline.errors import InputError
from pipeline.rules import RuleBook, RuleFile

logger = log.logger("crawlers")


def book(settings: Settings) -> RuleBook:
    """The rules that hold for fetching.

    A file that is wrong ends cleaning with its error, and the pages wait for it; so a crawl leaves it out and goes on,
    for what feeds show meanwhile would be missed.
    """
    files: list[RuleFile] = []
    for folder in (rules.SHIPPED, *filter(None, [settings.rules_folder])):
        try:
            for path in rules.paths(folder):
                files += _read(path, files)
        except InputError as error:
            logger.warning("rules_left_out", error=str(error))
    return RuleBook(files=tuple(replace(file, versions=()) for file in files if file.fetches))


def _read(path: Path, known: list[RuleFile]) -> list[RuleFile]:
    try:
        file = rules.read(path)
        rules.bound([*known, file])
    except InputError as error:
        logger.warning("rule_left_out", error=str(error))
        return []
    return [file]


class Ruled:
    """Adds the headers of each request's host, and takes those of another one away when it is redirected."""

    def __init__(self, rule_book: RuleBook) -> None:
        self.book = rule_book

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Ruled:
        """As Scrapy makes its middlewares."""
        return cls(crawler.settings["PRESSWATCH_RULES"])

    def process_request(self, request: Request) -> None:
        """Set the headers."""
        for name in request.meta.pop("ruled_headers", ()):
            request.headers.pop(name, None)
        page_url = request.meta.get("page_url")
        if page_url is not None and not urls.same_site(request.url, page_url):
            return  # what another outlet's page asks for is not for it to read
        rule = self.book.fetching(request.url, datetime.now(UTC))
        if rule is not None and rule.sent:
            request.meta["ruled_headers"] = tuple(rule.sent)
            for name, value in rule.sent.items():
                request.headers[name] = value
