"""Why an address gave no article: the stable names that the store keeps, in words for people."""

from __future__ import annotations

import re
from typing import Final

# Why a fetch gave nothing; to follow "because".
FETCHING: Final = {
    "robots": "its robots.txt disallows it",
    "robots_unreachable": "its robots.txt can't be read, which counts as a ban",
    "private_address": "its address is private (allow it with PRESSWATCH_ALLOW_HOSTS)",
    "bad_scheme": "only http and https are fetched",
    "bad_port": "its port belongs to another service (allow it with PRESSWATCH_ALLOW_HOSTS)",
    "bad_url": "the address makes no sense",
    "url_too_long": "the address is too long",
    "too_large": "the answer is larger than PRESSWATCH_PAGE_MAX_BYTES",
    "redirect_loop": "it redirects for ever",
    "bad_redirect": "it redirects to nowhere",
    "dns": "the host's name can't be resolved",
    "connection_refused": "the host refuses the connection",
    "timeout": "the host does not answer in time",
    "truncated": "the answer breaks off",
    "bad_encoding": "the answer is packed in a way that can't be read",
    "head_too_large": "the head of the answer does not end",
    "wrong_type": "the answer is no text, but a picture, a film, sound, a document or an archive",
    "connection_lost": "the connection breaks off",
    "proxy": "the proxy can't reach it",
    "bad_answer": "the answer is no valid HTTP",
    "over_budget": "the outlet shows more new pages than PRESSWATCH_NEW_PAGES_PER_DAY allows, and this one waits",
    "needs_browser": "its text shows only in a browser, and the crawler has none: install Chromium (Debian: apt-get install chromium) or "
    "name one with PRESSWATCH_BROWSER_PATH, and let PRESSWATCH_BROWSER_PAGES be more than 0",
    "browser_failed": "the browser can't show it",
    "host_busy": "another crawl fetches from its host just now, or the host is left alone for a while",
    "crawl_delay": "its robots.txt asks for a long pause between two fetches",
}
# Why an address does not become a page.
TRAPS: Final = {
    "repeated_path": "parts of its path are repeated again and again",
    "deep_path": "its path has too many parts",
    "many_parameters": "it has too many parameters",
    "calendar": "it is a page of a calendar",
}
# Why a page that was fetched is no article.
READING: Final = {
    "not_html": "it is no HTML page",
    "empty_page": "the page is empty",
    "too_large": "the page is larger than can be read",
    "no_body": "no text of an article was found in it",
    "too_short": "its text is too short for an article",
    "needs_browser": "its text shows only in a browser (Chromium, where the crawler runs)",
    "consent_wall": "it asks for consent instead of showing an article",
    "login_page": "it asks for a login instead of showing an article",
    "paywall": "its text stands behind a paywall",
    "error_page": "it is an error page",
    "index_page": "it lists articles and is none itself",
    "noindex": "it asks presswatch by name to leave it out",
    "not_an_article": "it is a page of another kind",
    "outdated": "a newer text of the article was stored before",
    "variant": "it is a former address or another edition of a stored article",
}


def why_not_fetched(reason: str) -> str:
    """In words, with the name behind them."""
    if status := re.fullmatch(r"http_(\d+)", reason):
        return f"the server answers {status[1]}"
    return f"{FETCHING[reason]} ({reason})" if reason in FETCHING else reason


def why_no_article(reason: str) -> str:
    """In words, with the name behind them."""
    return f"{READING[reason]} ({reason})" if reason in READING else reason
