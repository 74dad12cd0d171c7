"""Ids of sessions in addresses: every answer makes a new one, and the server gives the page without it, too. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit, urlunsplit

NAMES: Final = r"jsessionid|phpsessid|aspsessionid\w*|sessionid|session_id|sessid|cfid|cftoken|oscsid|zenid"
IN_PATH: Final = re.compile(rf";(?:{NAMES}|sid)=[^/?;]*|/\((?:[A-Z]\([\w-]+\))+\)(?=/)", re.IGNORECASE)
NAME: Final = re.compile(NAMES, re.IGNORECASE)
# A short name may also choose an article; a session's value is long and means nothing.
SHORT_NAME: Final = re.compile(r"sid|sess|session|s", re.IGNORECASE)
VALUE: Final = re.compile(r"(?=.*\d)(?=.*[a-z])[0-9a-z]{24,}", re.IGNORECASE)


def is_session(name: str, value: str) -> bool:
    """Whether a parameter of a query is the id of a session."""
    return bool(NAME.fullmatch(name) or (SHORT_NAME.fullmatch(name) and VALUE.fullmatch(value)))


def shortened(path: str) -> str:
    """A path without the ids of sessions in it."""
    return IN_PATH.sub("", path)


def without(url: str) -> str:
    """A URL without the id of a session; the rest stays as it was given."""
    if ";" not in url and "(" not in url and "?" not in url:
        return url
    parts = urlsplit(url)
    path = shortened(parts.path)
    # Cut out, and not put together anew: what is left must stay as it was given.
    query = "&".join(part for part in parts.query.split("&") if not is_session(*part.partition("=")[::2]))
    return urlunsplit(parts._replace(path=path, query=query)) if (path, query) != (parts.path, parts.query) else url
