"""`trace`: everything that happened to one URL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Final

import typer

from pipeline import config, reasons
from pipeline.cli.app import JsonOption, app, shown
from pipeline.errors import UsageError

SIGNS: Final = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
NEAR: Final = 40  # characters


@app.command()
def trace(url: Annotated[str, typer.Argument(help="The address of a page, as fetched or canonical.")], as_json: JsonOption = False) -> None:
    """Show everything that happened to a URL, stage by stage, and which alerts it matched or why not."""
    from pipeline import trace as room
    from pipeline import urls
    from pipeline.steps.context import Context

    if not urls.is_fetchable(url):
        raise UsageError(problem=f"{url!r} is no http or https address: give the address of a page")
    with Context.open(config.load()) as context:
        found = room.trace(context.database, url)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2, default=_plain))
    else:
        for line in (found["verdict"], *_lines(found)):
            typer.echo(shown(line))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _at(value: datetime | None) -> str:
    return value.strftime("%Y-%m-%d %H:%M:%S") if value else "-" * 10 + " " * 9


def _read(feed: dict[str, Any]) -> str:
    """What the last poll of a feed said."""
    read = f"{feed['items']} items, without this" if feed["polled_at"] else "not read yet"
    read = feed["error"] or read
    if not feed["hub"]:
        return str(read)
    until = f"until {_at(feed['hub_until'])}" if feed["hub_until"] else "not confirmed"
    return f"{read}; hub {feed['hub']}, {feed['hub_error'] or until}"


def _described(version: dict[str, Any]) -> str:
    """What a version is, in a few words."""
    kind = "" if version["kind"] == "article" else f", {version['kind'].replace('_', ' ')}"
    return f"{version['words']} words{kind}{', for subscribers' if version['paywalled'] else ''}"


def _remarks(capture: dict[str, Any]) -> str:
    """What is unusual about what was fetched."""
    certificate = "" if capture["certificate"] in {None, "valid"} else f"; certificate not valid ({capture['certificate']})"
    return certificate + ("; its bytes are not kept, as the outlet asks for it" if capture["dropped_at"] else "")


def _changes(edit: dict[str, Any] | None) -> Iterator[str]:
    """What changed from the version before, a line a paragraph: `[-old words-]{+new words+}`."""
    if edit is None:
        return
    if edit["title"]:
        yield f"changed title: {_words(edit['title'])}"
    for paragraph in edit["body"]["paragraphs"]:
        yield f"changed: {_words(paragraph['pieces'])}"


def _words(pieces: list[dict[str, str]]) -> str:
    """Pieces in the signs of a word diff; of what stayed only what is next to a change."""
    told = []
    for number, piece in enumerate(pieces):
        text = piece["text"]
        if piece["change"] == "same" and len(text) > 2 * NEAR:
            head, tail = text[:NEAR] if number else "", text[-NEAR:] if number < len(pieces) - 1 else ""
            text = f"{head}…{tail}"
        told.append(SIGNS[piece["change"]].format(text))
    return "".join(told)


def _article(article: dict[str, Any]) -> Iterator[str]:
    if article["deleted_at"]:
        yield f"{_at(article['deleted_at'])}  erased    the article with all its versions"
        return
    for version in article["versions"]:
        yield f"{_at(version['created_at'])}  version   {version['version']}: {version['title']} ({_described(version)})"
        for field, values in version["candidates"].items():
            yield f"{' ' * 19}    {field}: " + "; ".join(f"{value} [{source}]" for value, source, *_ in values)
        yield from (f"{' ' * 19}    {line}" for line in _changes(version["changes"]))
    yield from (f"{' ' * 19}  known as  {url}" for url in article["other_urls"])
    if article["gone_at"]:
        yield f"{_at(article['gone_at'])}  gone      the outlet has taken it down; what was stored stays"
    copied = (
        f"{article['copy_kind']} of {article['duplicate_of_url']}, {article['shared_text']:.0%} shared"
        if article["copy_kind"]
        else "original"
    )
    yield f"{' ' * 19}  compare   {copied}"
    if article["entities"] is not None:
        yield f"{' ' * 19}  annotate  {article['entities']} entities"
    if article["story_id"]:
        yield f"{' ' * 19}  cluster   story {article['story_id']}: {article['story']}"
    yield f"{_at(article['indexed_at'])}  index     revision {article['indexed_revision']} of {article['revision']}"
    yield from (f"{' ' * 19}  alert     {alert['explanation']}" for alert in article["alerts"])


def _lines(found: dict[str, Any]) -> list[str]:
    lines = [f"{_at(feed['polled_at'])}  feed      {feed['kind']} {feed['url']}: {_read(feed)}" for feed in found["feeds"]]
    for page in found["pages"]:
        lines.append(f"{_at(page['first_seen_at'])}  page      {page['url']} ({page['outlet']})")
        if page["reason"]:
            lines.append(f"{_at(page['fetched_at'])}  fetch     {reasons.why_not_fetched(page['reason'])}")
        if page["due_at"]:
            lines.append(f"{_at(page['due_at'])}  fetch     due then")
        if page["host_not_before"] and page["host_reason"]:
            lines.append(f"{_at(page['host_not_before'])}  host      not before then: {reasons.why_not_fetched(page['host_reason'])}")
    lines += [f"{_at(sight['seen_at'])}  sighting  {sight['kind']} {sight['feed']}: {sight['title'] or ''}" for sight in found["sightings"]]
    lines += [
        f"{_at(capture['fetched_at'])}  capture   {capture['status']}, {capture['body_bytes']} bytes, {capture['content_type']}{', by the browser' * capture['rendered']}: "
        f"{reasons.why_no_article(capture['outcome']) if capture['outcome'] else 'waits for clean'}{_remarks(capture)}"
        for capture in found["captures"]
    ]
    lines += [f"{_at(visit['fetched_at'])}  capture   {visit['status']}, as it was before" for visit in found["revisits"]]
    lines += [line for article in found["articles"] for line in _article(article)]
    lines += [
        f"{_at(wait['since'])}  waits     for {wait['stage']}, attempt {wait['attempts']} {wait['error'] or ''}"
        for wait in found["waiting"]
    ]
    return lines
