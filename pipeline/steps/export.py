"""Exports: any number of stored articles as JSON Lines, CSV or RSS, streamed."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from itertools import islice
from typing import Any, Final, TextIO

from lxml import etree

from pipeline import jsonlines, search
from pipeline.models import Document
from pipeline.spreadsheets import cell
from pipeline.steps.context import Context
from pipeline.store import comparisons, documents, noarchive

SIZE: Final = 500
# Control characters and the two that are none.
UNFIT_FOR_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
CSV_FIELDS: Final = (
    "id", "url", "canonical_url", "outlet", "title", "authors", "published_at", "language", "body", "story_id", "duplicate_of",
    "copy_kind", "shared_text",
)  # fmt: skip


def export(context: Context, query: str, form: str, output: TextIO, *, now: datetime) -> int:
    """Write what a query finds, or everything, as `jsonl`, `csv` or `rss`; how many articles it was."""
    rows = records(context, query, now=now)
    if form == "jsonl":
        count = 0
        for count, row in enumerate(rows, start=1):  # noqa: B007 - the last number is the count
            output.write(jsonlines.line(row))
        return count
    return _csv(rows, output) if form == "csv" else _rss(rows, output, query, context.settings.public_url)


def records(context: Context, query: str, *, now: datetime) -> Iterator[dict[str, Any]]:
    """Articles in the public form, read in batches from PostgreSQL in the order of the search."""
    ids = search.scan(context.index, query, now=now)
    while batch := list(islice(ids, SIZE)):
        with context.database.transaction() as connection:
            found = {document.id: document for document in documents.by_ids(connection, batch)}
            shared = comparisons.shared_text(connection, batch)
            unshown = noarchive.unshown(connection, batch)
        for article_id in batch:
            if article_id in found and not found[article_id].deleted:
                body = noarchive.shown(found[article_id].body, unshown=article_id in unshown)
                yield record(replace(found[article_id], body=body), shared.get(article_id, 0.0))


def record(document: Document, shared_text: float) -> dict[str, Any]:
    """An article in the public form."""
    source = document.syndicated_from
    return {
        "id": str(document.id),
        "url": document.url,
        "canonical_url": document.canonical_url,
        "outlet": document.outlet,
        "title": document.title,
        "authors": list(document.authors),
        "published_at": document.published_at.isoformat() if document.published_at else None,
        "language": document.language,
        "body": document.body,
        "story_id": str(document.story_id) if document.story_id else None,
        "duplicate_of": str(document.duplicate_of) if document.duplicate_of else None,
        "copy_kind": document.copy_kind,
        "shared_text": round(shared_text, 3),
        "entities": [
            {"id": mention.entity_id, "name": mention.name, "type": mention.type, "count": mention.count} for mention in document.entities
        ],
        "quotes": [],
        "syndicated_from": {"name": source.name, "url": source.url} if source else None,
        "versions": document.version,
    }


def _csv(rows: Iterator[dict[str, Any]], output: TextIO) -> int:
    writer = csv.writer(output)
    writer.writerow(CSV_FIELDS)
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the last number is the count
        values = (row[name] for name in CSV_FIELDS)
        writer.writerow(cell("; ".join(value) if isinstance(value, list) else value) for value in values)
    return count


def _rss(rows: Iterator[dict[str, Any]], output: TextIO, query: str, link: str) -> int:
    count = 0
    with etree.xmlfile(_Encoded(output), encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("rss", version="2.0"), xml.element("channel"):
            for name, text in (
                ("title", f"presswatch: {query or 'all articles'}"),
                ("link", link),
                ("description", query or "All articles"),
            ):
                _text(xml, name, text)
            for count, row in enumerate(rows, start=1):  # noqa: B007 - the last number is the count
                with xml.element("item"):
                    _text(xml, "title", row["title"] or row["url"])
                    _text(xml, "link", row["url"])
                    with xml.element("guid", isPermaLink="false"):
                        xml.write(row["id"])
                    if row["published_at"]:
                        _text(xml, "pubDate", format_datetime(datetime.fromisoformat(row["published_at"])))
                    with xml.element("source", url=row["canonical_url"]):
                        xml.write(_printable(row["outlet"]))
                    _text(xml, "description", row["body"][:500])
    output.write("\n")
    return count


def _text(xml: Any, name: str, text: str) -> None:
    with xml.element(name):
        xml.write(_printable(text))


def _printable(text: str) -> str:
    """Without the characters that XML can't hold."""
    return UNFIT_FOR_XML.sub("", text)


class _Encoded:
    """A text stream for a writer of UTF-8 bytes."""

    def __init__(self, output: TextIO) -> None:
        self.output = output

    def write(self, data: bytes) -> None:
        self.output.write(data.decode("utf-8"))
