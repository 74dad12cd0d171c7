"""Scrapy's settings, made from presswatch's."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, Final

from crawlers import browser, ruled
from pipeline.config import Settings

MOST_REDIRECTS: Final = 8


def user_agent(settings: Settings) -> str:
    """How we introduce ourselves: name, version, and where we can be reached."""
    contact = f" (+{settings.contact})" if settings.contact else ""
    return f"presswatch/{version('presswatch')}{contact}"


def scrapy_settings(settings: Settings) -> dict[str, Any]:
    """Scrapy's settings for any of our spiders."""
    return {
        "BOT_NAME": "presswatch",
        "USER_AGENT": user_agent(settings),
        "DEFAULT_REQUEST_HEADERS": {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "TWISTED_DNS_RESOLVER": "crawlers.guard.Resolver",
        "REACTOR_THREADPOOL_MAXSIZE": 20,
        "PRESSWATCH_ALLOW_HOSTS": list(settings.allow_hosts),
        "PRESSWATCH_RULES": ruled.book(settings),
        **browser.scrapy_settings(settings, user_agent=user_agent(settings)),
        # Requests are handed out by `crawlers.turns`, which keeps to the number of connections: what is
        # in Scrapy's hands besides are a robots.txt and redirects, which must not wait for others.
        "CONCURRENT_REQUESTS": 0,
        # Scrapy starts so many tasks for each answer, and ours give one item at most.
        "CONCURRENT_ITEMS": 1,
        "CONCURRENT_REQUESTS_PER_DOMAIN": settings.per_host,
        "DOWNLOAD_DELAY": settings.delay_s,
        "DOWNLOAD_DELAY_JITTER": 0,
        "DOWNLOAD_TIMEOUT": settings.fetch_timeout_s,
        "DOWNLOAD_MAXSIZE": settings.page_max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "REDIRECT_MAX_TIMES": MOST_REDIRECTS,
        # Which URLs were fetched is the frontier's business; so are retries.
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        # What answers with an error goes to the spider, which records it.
        "HTTPERROR_ALLOW_ALL": True,
        "REFERRER_POLICY": "no-referrer",
        # Scrapy's defaults are replaced as a whole: what is only switched off is loaded all the same, and a
        # crawl starts every minute.
        "EXTENSIONS_BASE": {},
        "DOWNLOAD_HANDLERS": dict.fromkeys(("data", "file", "ftp", "s3"), None)
        | dict.fromkeys(("http", "https"), "crawlers.downloading.Handler"),
        "LOG_INSTALL_ROOT_HANDLER": False,
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "DOWNLOADER_MIDDLEWARES": {
            "crawlers.guard.Guard": 50,
            "crawlers.politeness.Robots": 100,
            "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
            "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
            "crawlers.conditional.Conditional": 450,
            "crawlers.ruled.Ruled": 460,
            "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
            "crawlers.encodings.Encodings": 590,
            "crawlers.redirects.Redirects": 600,
            "crawlers.kinds.Kinds": 610,
            "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 750,
        },
    }
