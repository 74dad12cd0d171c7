"""How an outlet's pages are fetched, as its rule file says: with a browser, and with which cookies and headers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

KEYS: Final = ("valid_from", "browser", "cookies", "headers")
# RFC 9110, 5.6.2 and 5.5; in cookies browsers send more than RFC 6265 lets servers set.
TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
COOKIE_VALUE: Final = re.compile(r"(?:[!-:<-~](?:[ -:<-~]*[!-:<-~])?)?")
HEADER_VALUE: Final = re.compile(r"[!-~](?:[ !-~]*[!-~])?")
# What the crawler says itself, and says truly.
OWN_HEADERS: Final = frozenset({
    "accept-encoding", "connection", "content-length", "content-type", "cookie", "expect", "from", "host", "if-modified-since",
    "if-none-match", "keep-alive", "proxy-authorization", "proxy-connection", "range", "te", "trailer", "transfer-encoding", "upgrade",
    "user-agent",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRule:
    """How an outlet's pages are fetched from a time on."""

    valid_from: datetime | None = None  # until the next rule; None: since ever
    browser: bool | None = None  # always, or never; None: where a page shows nothing without one
    cookies: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def sent(self) -> dict[str, str]:
        """The headers that go out with each request to the outlet's hosts."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies)
        return dict(self.headers) | ({"Cookie": cookie} if cookie else {})


def read(table: Mapping[str, Any], valid_from: datetime | None, where: str, problems: list[str]) -> FetchRule:
    """A table `[fetch]` of a rule file, whose time has been read; what is wrong in it is added to `problems`."""
    problems += [f"{where}`{key}` is no key of it (the keys are {', '.join(KEYS)})" for key in table if key not in KEYS]
    browser = table.get("browser")
    if browser is not None and not isinstance(browser, bool):
        problems.append(f"{where}`browser` is neither true nor false: write browser = true")
        browser = None
    cookies = tuple(_pairs("cookies", table.get("cookies"), where, problems))
    headers = tuple(_pairs("headers", table.get("headers"), where, problems))
    if browser is None and not {"cookies", "headers"} & set(table):
        problems.append(f"{where}it says nothing: give one of {', '.join(KEYS[1:])}")
    return FetchRule(valid_from=valid_from, browser=browser, cookies=cookies, headers=headers)


def _pairs(key: str, value: object, where: str, problems: list[str]) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if not isinstance(value, dict) or not value or not all(isinstance(text, str) for text in value.values()):
        problems.append(f'{where}`{key}` is no table of texts: write {key} = {{name = "value"}}')
        return
    allowed = COOKIE_VALUE if key == "cookies" else HEADER_VALUE
    for name, text in value.items():
        if not TOKEN.fullmatch(name):
            problems.append(f"{where}`{key}`: {name!r} is no name: letters, digits and hyphens make one")
        elif key == "headers" and name.lower() in OWN_HEADERS:
            meant = "give cookies by `cookies`" if name.lower() == "cookie" else "leave it away"
            problems.append(f"{where}`{key}`: {name} is the crawler's own: {meant}")
        elif not allowed.fullmatch(text):
            problems.append(f"{where}`{key}`: the value of {name} has characters that can't be sent: write it as the browser sends it")
        else:
            yield name, text
