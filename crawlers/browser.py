"""The browser: Chromium by scrapy-playwright, for pages that show nothing without one. It has no network of its own.

The page itself has been fetched as any other. What it asks for besides is fetched by the crawler, so that the fetch guard, limits,
proxies and the user agent are the same for it, redirects included; whatever else the browser would send goes nowhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import shutil
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from crawlers import parts
from crawlers.kinds import is_html
from crawlers.outcomes import Failure
from crawlers.parts import Action
from pipeline import log, urls
from pipeline.config import IS_ROOT, Settings
from pipeline.errors import SettingsError

if TYPE_CHECKING:
    from playwright.async_api import Page, Route
    from playwright.async_api import Request as Asked
    from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

logger = log.logger("crawlers")

PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Where Playwright keeps what `playwright install chromium` fetched.
PLAYWRIGHTS_OWN: Final = "chromium-*/chrome-*/chrome"
# Whatever is not answered here goes to a proxy that is not there, and no name is known: the browser reaches nothing by itself.
NOWHERE: Final = "http://127.0.0.1:9"
ARGUMENTS: Final = (
    "--host-resolver-rules=MAP * ~NOTFOUND", "--force-webrtc-ip-handling-policy=disable_non_proxied_udp", "--disable-quic",
    "--disable-gpu", "--js-flags=--max-old-space-size=512",
)  # fmt: skip
# Scrapy's slot for what pages ask for: together they have so many connections.
SLOT: Final = "browser"
CONNECTIONS: Final = 8
MOST_PARTS: Final = 150  # of one page
MOST_REPEATS: Final = 3
# An answer by which a page stays as it is: where a navigation is refused, the browser would show an error in its place.
STAY: Final = {"status": 204, "body": b""}
# The text is taken when nothing has been asked for during half a second, at the latest after this.
SETTLED_S: Final = 10.0
CLOSING_S: Final = 5.0
# After so many failures in a row it is not asked again in a run.
PATIENCE: Final = 3


def installed(path: Path | None) -> Path | None:
    """The browser that a setting names, else one that is installed; null if there is none.

    Raises:
        SettingsError: the setting names no program.

    """
    if path is not None:
        if not os.access(path, os.X_OK) or path.is_dir():
            raise SettingsError(problem=f"PRESSWATCH_BROWSER_PATH: {path} is no program that can be run; name a Chromium, or leave it away")
        return path
    for name in PROGRAMS:
        if found := shutil.which(name):
            return Path(found)
    own = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    return max(own.glob(PLAYWRIGHTS_OWN), default=None)


def scrapy_settings(settings: Settings, *, user_agent: str) -> dict[str, Any]:
    """Scrapy's settings for it."""
    path = installed(settings.browser_path)
    signals = dict.fromkeys(("handle_sigint", "handle_sigterm", "handle_sighup"), False)
    launch = {"args": list(ARGUMENTS), "proxy": {"server": NOWHERE}, "chromium_sandbox": not IS_ROOT, **signals}
    context = {"user_agent": user_agent, "service_workers": "block", "accept_downloads": False, "java_script_enabled": True}
    return {
        "PRESSWATCH_BROWSER": str(path) if path and settings.browser_pages else None,
        "PRESSWATCH_BROWSER_CONTEXT": context,
        "PRESSWATCH_BROWSER_PAGES_AT_ONCE": settings.browser_concurrency,
        "PLAYWRIGHT_LAUNCH_OPTIONS": {**launch, "executable_path": str(path)},
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": 1,
        "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": settings.fetch_timeout_s * 1_000,
        "DOWNLOAD_SLOTS": {SLOT: {"concurrency": CONNECTIONS, "delay": 0}},
    }


class Browser:
    """Shows pages, a few at a time, each in a context of its own; it is started for the first of them."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.timeout_s = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self.most_bytes = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._turns = asyncio.Semaphore(crawler.settings.getint("PRESSWATCH_BROWSER_PAGES_AT_ONCE"))
        self._starting = asyncio.Lock()
        self._handler: ScrapyPlaywrightDownloadHandler | None = None
        self._names = itertools.count(1)
        self._failures = 0

    @property
    def has_failed(self) -> bool:
        """Whether it has failed so often in a row that it is not asked again."""
        return self._failures >= PATIENCE

    async def show(self, response: Response, *, deadline: float) -> bytes | Failure:
        """The HTML of a page when its scripts have run, as UTF-8; or why there is none.

        Args:
            response: the page as the server sent it.
            deadline: monotonic seconds by which it must be over.

        """
        async with self._turns:
            view = View(self.crawler, response, most_bytes=self.most_bytes)
            name = str(next(self._names))
            try:
                async with asyncio.timeout(min(self.timeout_s, deadline - time.monotonic())):
                    shown: bytes | Failure = await self._shown(view, name)
            except TimeoutError:
                shown = Failure(reason="browser_failed", detail="it takes too long")
            except Exception as error:  # noqa: BLE001 - whatever ends a browser ends the showing of this page only, with the reason kept
                said = str(error).strip() or type(error).__name__
                shown = Failure(reason="browser_failed", detail=said.splitlines()[0][:200])
            await self._end(name)
            self._failures = self._failures + 1 if isinstance(shown, Failure) and shown.reason == "browser_failed" else 0
            return shown

    async def _shown(self, view: View, name: str) -> bytes | Failure:
        from playwright.async_api import TimeoutError as Unsettled

        handler = await self._ready()
        request = Request(
            view.url,
            meta={
                "playwright": True,
                "playwright_include_page": True,
                "playwright_context": name,
                "playwright_context_kwargs": dict(self.crawler.settings["PRESSWATCH_BROWSER_CONTEXT"]),
                "playwright_page_init_callback": view.open,
                "playwright_page_goto_kwargs": {"wait_until": "commit"},
            },
        )
        await handler.download_request(request)
        page: Page = request.meta["playwright_page"]
        with contextlib.suppress(Unsettled):  # it asks for something for ever: what it shows by now is taken
            await page.wait_for_load_state("networkidle", timeout=SETTLED_S * 1_000)
        if not urls.same_site(page.url, view.url):
            return Failure(reason="browser_failed", detail="it goes elsewhere")
        html = (await page.content()).encode("utf-8", "replace")
        return html if len(html) <= self.most_bytes else Failure(reason="too_large")

    async def _ready(self) -> ScrapyPlaywrightDownloadHandler:
        """The handler that keeps the browser, which it starts anew when it has died."""
        async with self._starting:
            if self._handler is None:
                from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
                from scrapy_playwright.provider import PlaywrightBrowserProvider

                # What it warns of is an outcome here, with its reason.
                logging.getLogger("scrapy-playwright").setLevel(logging.ERROR)
                handler = ScrapyPlaywrightDownloadHandler.from_crawler(self.crawler)
                # A page that takes the browser with it is not shown again at once.
                handler.config.target_closed_max_retries = 0
                # As it does itself at the start of a crawl, which is over.
                handler.browser_provider = PlaywrightBrowserProvider(handler.config)
                await handler.browser_provider.start()
                self._handler = handler
            return self._handler

    async def _end(self, name: str) -> None:
        """Close a page and all that it left; a browser that can't any more is closed as a whole."""
        opened = self._handler.context_wrappers.get(name) if self._handler else None
        if opened is not None:
            try:
                async with asyncio.timeout(CLOSING_S):
                    await opened.context.close()
            except Exception:  # noqa: BLE001 - the page's own outcome stands
                await self.close()

    async def close(self) -> None:
        """End the browser; the next page starts another one."""
        handler, self._handler = self._handler, None
        if handler is not None:
            try:
                async with asyncio.timeout(CLOSING_S):
                    await handler.close()
            except Exception as error:  # noqa: BLE001 - it is gone, or ends with this process
                logger.debug("browser_not_closed", error=str(error))


class View:
    """One page in the browser, and what it may ask for."""

    def __init__(self, crawler: Crawler, response: Response, *, most_bytes: int) -> None:
        self.crawler = crawler
        self.response = response
        self.url = response.url
        self.left_bytes = most_bytes
        self._asked: Counter[str] = Counter()
        self._opened = False

    async def open(self, page: Page, request: Request) -> None:
        """Answer for a new page, before it asks for anything; other windows that it opens get nothing."""
        del request
        page.context.on("page", _close)
        await page.context.route("**", lambda route: route.abort("blockedbyclient"))
        await page.route("**", self._answer)
        rule = self.crawler.settings["PRESSWATCH_RULES"].fetching(self.url, datetime.now(UTC))
        if rule is not None and rule.cookies:
            # For scripts that look whether a wall was answered; what goes out has them anyway.
            await page.context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in rule.cookies])

    async def _answer(self, route: Route, asked: Asked) -> None:
        from playwright.async_api import Error

        with contextlib.suppress(Error):  # the page has been closed meanwhile
            answer = await self._answered(asked)
            if answer is None:
                await route.abort("blockedbyclient")
            else:
                await route.fulfill(**answer)

    async def _answered(self, asked: Asked) -> dict[str, Any] | None:
        """What a request is answered with; null if it is refused."""
        main = asked.is_navigation_request() and asked.frame.parent_frame is None
        if main and not self._opened:
            self._opened = True
            return _answer(self.response)
        action = parts.action(kind=asked.resource_type, method=asked.method, url=asked.url, page_url=self.url, main=main)
        if action is Action.EMPTY:
            return {"status": 200, "content_type": "text/css", "body": b""}
        answer = await self._fetch(asked) if action is Action.FETCH and self._may_ask(asked.url) else None
        if main:
            return _answer(answer) if answer is not None and is_html(answer) else STAY
        return _answer(answer) if answer is not None else None

    def _may_ask(self, url: str) -> bool:
        """Whether this page may have one more answer."""
        self._asked[url] += 1
        return self._asked.total() <= MOST_PARTS and self._asked[url] <= MOST_REPEATS and self.left_bytes > 0

    async def _fetch(self, asked: Asked) -> Response | None:
        # Another page is another page for robots.txt; what belongs to this one is asked for as any reader's browser does.
        meta = {"page_url": self.url, "is_part": not asked.is_navigation_request(), "download_slot": SLOT, "download_timeout": SETTLED_S}
        assert self.crawler.engine is not None, "the crawl runs"  # noqa: S101 - for the type checker
        try:
            request = Request(asked.url, headers=parts.asked(asked.headers), meta=meta, callback=NO_CALLBACK, dont_filter=True)
            response = await self.crawler.engine.download_async(request)
        except Exception:  # noqa: BLE001 - whatever it is, the page goes without
            return None
        self.left_bytes -= len(response.body)
        return response if self.left_bytes >= 0 else None


async def _close(page: Page) -> None:
    from playwright.async_api import Error

    with contextlib.suppress(Error):  # it has gone by itself
        await page.close()


def _answer(response: Response) -> dict[str, Any]:
    headers = {name.decode("latin-1"): b", ".join(values).decode("latin-1") for name, values in response.headers.items()}
    return {"status": response.status, "headers": parts.answered(headers), "body": response.body}
