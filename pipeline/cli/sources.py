"""What `outlets add` and `outlets check` have found, as a table or JSON."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from pipeline.cli.app import print_json, shown

if TYPE_CHECKING:
    from pipeline.models import Source
    from pipeline.steps.outlets import Looked

# A pipe has no width that would cut the addresses.
PIPE_WIDTH: Final = 240


def show(looked: Sequence[Looked], *, as_json: bool) -> None:
    """Print what was found at outlets: the sources in their order, what each yields, and why other addresses are none."""
    if as_json:
        print_json([_json(one) for one in looked])
        return
    for one in looked:
        _print(one)
    if not looked:
        sys.stdout.write("There are no outlets: add one with `presswatch outlets add URL`.\n")


def _print(one: Looked) -> None:
    from rich.console import Console
    from rich.table import Table

    sys.stdout.write(f"{shown(one.outlet.name)} ({one.outlet.url}), {len(one.new)} new sources\n")
    if one.discovery.error:
        sys.stdout.write(f"  {shown(one.discovery.error)}\n")
    lately = {source.url: source for source in one.known}
    columns = ["source", "kind", "items", "newest", "titles", "dates", *(["7 days", "articles"] if lately else []), "state"]
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for source in one.discovery.sources:
        newest = source.newest_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if source.newest_at else ""
        table.add_row(
            source.url,
            source.kind,
            str(source.items),
            newest,
            _share(source.titled, source.items),
            _share(source.dated, source.items),
            *_lately(one, source.url),
            _state(one, source),
        )
    for unused in one.discovery.unused:
        kind = lately[unused.url].kind if unused.url in lately else ""
        table.add_row(unused.url, kind, "", "", "", "", *_lately(one, unused.url), shown(_why(one, unused.url, unused.reason)))
    Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH).print(table)


def _lately(one: Looked, url: str) -> list[str]:
    if not one.known:
        return []
    return next(([str(source.shown), str(source.articles)] for source in one.known if source.url == url), ["", ""])


def _state(one: Looked, source: Source) -> str:
    known = {before.url: before for before in one.known}
    if source.url in known:
        return "ok" if known[source.url].active else "was dead, is read again"
    return "new" if source.url in one.new else "found"


def _why(one: Looked, url: str, reason: str) -> str:
    """Why an address is no source, or a source yields nothing now."""
    known = {before.url: before for before in one.known}
    if url not in known:
        return f"not used: {reason}"
    if url not in one.dead:
        return reason
    return f"dead: {reason}" + ("; polled on, because you named it" if known[url].is_given else "; not polled any more")


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else ""


def _json(one: Looked) -> dict[str, Any]:
    known = {before.url: before for before in one.known}
    sources = [
        {
            "url": source.url,
            "kind": source.kind,
            "new": source.url in one.new,
            "items": source.items,
            "newest_at": _iso(source.newest_at),
            "with_title": source.titled,
            "with_time": source.dated,
            "shown_7_days": known[source.url].shown if source.url in known else None,
            "articles_7_days": known[source.url].articles if source.url in known else None,
        }
        for source in one.discovery.sources
    ]
    unused = [
        {"url": unused.url, "reason": unused.reason, "known": unused.url in known, "dead": unused.url in one.dead}
        for unused in one.discovery.unused
    ]
    return {
        "name": one.outlet.name,
        "url": one.outlet.url,
        "new": len(one.new),
        "error": one.discovery.error,
        "sources": sources,
        "unused": unused,
    }


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else None
