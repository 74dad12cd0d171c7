"""How values look on a page: times, links, marked passages. All text is escaped by the templates, here only what has mark-up."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import jinja2
from markupsafe import Markup, escape

from pipeline import reasons
from pipeline.models import Article, Precision, Timestamp
from pipeline.search.results import BEGIN, END
from pipeline.web import refining
from pipeline.web.timeline import Bar

STATIC: Final = Path(__file__).parent / "static"
_MINUTE_S: Final = 60
_HOUR_S: Final = 3600
_DAY_S: Final = 86_400
_KIB: Final = 1024


def environment() -> jinja2.Environment:
    """The templates with their filters; a name that a template gets wrong is an error."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "time": time,
        "day": day,
        "ago": ago,
        "outbound": outbound,
        "shown_url": shown_url,
        "number": number,
        "count_of": count_of,
        "size": size,
        "share": share,
        "marked": marked,
        "code": code,
        "used": used,
        "opening": opening,
        "paragraphs": paragraphs,
        "words": words,
        "why": why,
        "path_part": path_part,
    }
    made.globals |= {
        "asset": asset,
        "address": address,
        "narrowed_days": narrowed_days,
        "narrowed": refining.added,
        "filter_for": refining.filter_for,
    }
    return made


def time(value: Timestamp | datetime | None) -> Markup:
    """A time as the page gave it, with its own offset; a bare date without an hour; times of our own in UTC."""
    if value is None:
        return Markup("")
    if isinstance(value, Timestamp):
        if value.precision is Precision.DAY:
            return _element(value.at.date().isoformat(), _date(value.at), "")
        return _element(value.isoformat(), f"{_date(value.at)}, {value.at:%H:%M}", _offset(value.at))
    at = value.astimezone(UTC)
    return _element(at.isoformat(timespec="seconds"), f"{_date(at)}, {at:%H:%M}", "UTC")


def day(value: datetime) -> str:
    """The date alone."""
    return _date(value)


def ago(value: datetime | None, now: datetime) -> str:
    """How long ago in one unit, for reading beside the exact time."""
    if value is None:
        return "never"
    seconds = (now - value).total_seconds()
    if seconds < 0:
        return f"in {_span(-seconds)}"
    return "just now" if seconds < _MINUTE_S else f"{_span(seconds)} ago"


def _span(seconds: float) -> str:
    if seconds < _HOUR_S:
        return f"{max(round(seconds / _MINUTE_S), 1)} min"
    if seconds < 2 * _DAY_S:
        return f"{round(seconds / _HOUR_S)} h"
    return f"{round(seconds / _DAY_S)} days"


def outbound(url: str | None) -> str | None:
    """A URL that may be linked: only http and https; others are shown as text or not at all."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None


def shown_url(url: str) -> str:
    """A URL for reading: without the scheme, and cut where it gets long."""
    short = re.sub(r"^https?://(www\.)?", "", url).rstrip("/")
    return short if len(short) <= 72 else f"{short[:70]}…"  # noqa: PLR2004 - two characters make room for one


def number(value: int) -> str:
    """Digits in groups of three."""
    return f"{value:,}"


def count_of(value: int, one: str, many: str = "") -> str:
    """A count with its noun: `1 article`, `12 articles`."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def size(value: int) -> str:
    """Bytes for reading."""
    amount = float(value)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < _KIB or unit == "GiB":
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= _KIB
    raise AssertionError(value)


def share(value: float) -> str:
    """A share of 1 in per cent."""
    return f"{value:.0%}"


def marked(value: str) -> Markup:
    """A passage with the query's words marked."""
    return Markup(str(escape(value)).replace(BEGIN, "<mark>").replace(END, "</mark>"))  # noqa: S704 - escaped before the tags


def why(reason: str) -> str:
    """Why a page gave no article, in words as far as there are some."""
    return reasons.READING.get(reason) or reasons.FETCHING.get(reason) or words(reason)


def code(text: str) -> Markup:
    """A sentence in which commands stand between backquotes."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before the tags


def opening(text: str) -> str:
    """The beginning of a text, with a sign that it goes on where it stops within a sentence."""
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?", "…", "”", "»", '"')) else f"{text}…"


def paragraphs(text: str) -> list[str]:
    """A body's paragraphs."""
    return [paragraph.strip() for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip()]


def words(value: str) -> str:
    """A stable identifier for reading: `no_body` is "no body"."""
    return value.replace("_", " ")


def used(article: Article, field: str) -> tuple[str, ...]:
    """What an article has in a field, as candidates for it are written."""
    match getattr(article, field, None):
        case Timestamp() as time_of:
            return (time_of.isoformat(), *([time_of.at.date().isoformat()] if time_of.precision is Precision.DAY else ()))
        case str() as text:
            return (text,)
        case tuple() as several:
            return tuple(str(one) for one in several)
        case _:
            return ()


def path_part(value: str) -> str:
    """A name as one part of a path."""
    return quote(value, safe="")


def address(path: str, **values: object) -> str:
    """A path with the given values as its query; empty ones are left out."""
    given = {name: value for name, value in values.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path


def narrowed_days(query: str, bar: Bar) -> str:
    """The query, limited to the days of a bar of the chart."""
    days = bar.first.isoformat() if bar.first == bar.last else f"{bar.first.isoformat()}..{bar.last.isoformat()}"
    return refining.added(query, f"published:{days}")


@cache
def asset(name: str) -> str:
    """The address of a static file, another one when its content changes."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def page(templates: jinja2.Environment, name: str, values: Mapping[str, Any]) -> str:
    """A rendered page."""
    return templates.get_template(name).render(values)


def _date(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"


def _offset(at: datetime) -> str:
    written = f"{at:%z}"
    return "UTC" if written in {"", "+0000"} else f"{written[:3]}:{written[3:5]}"


def _element(machine: str, shown: str, offset: str) -> Markup:
    zone = Markup(' <span class="zone">{}</span>').format(offset) if offset else ""
    return Markup('<time datetime="{}">{}{}</time>').format(escape(machine), shown, zone)
