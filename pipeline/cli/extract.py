"""`presswatch extract`: one page to JSON, or JSON Lines in order. Needs no engine and keeps nothing."""

from __future__ import annotations

import base64
import binascii
import json
import sys
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Final

import typer

from pipeline import config, jsonlines, words
from pipeline.cli.app import app, print_json
from pipeline.errors import InputError, LineError, PageError, PageTimeout, PageTooHeavy, UsageError, WorkerDied

if TYPE_CHECKING:
    from pipeline.models import Extraction, PageSource
    from pipeline.rules import RuleBook

MAX_LINE_BYTES: Final = 100_000_000


def as_json(extraction: Extraction) -> dict[str, Any]:
    """An extraction as the command writes it."""
    origin = extraction.syndicated_from
    return {
        "url": extraction.url,
        "canonical_url": extraction.canonical_url,
        "title": extraction.title,
        "authors": list(extraction.authors),
        "published_at": extraction.published_at.isoformat() if extraction.published_at else None,
        "modified_at": extraction.modified_at.isoformat() if extraction.modified_at else None,
        "language": extraction.language,
        "body": extraction.body,
        "topics": list(extraction.topics),
        "syndicated_from": {"name": origin.name, "url": origin.url} if origin else None,
        "kind": extraction.kind,
        "paywalled": extraction.paywalled,
        "image": extraction.image,
        "word_count": words.count(extraction.body),
        "is_article": extraction.is_article,
        "rejected_reason": extraction.rejected_reason,
        "candidates": {
            field: [{"value": candidate.value, "source": candidate.source} for candidate in candidates]
            for field, candidates in extraction.candidates.items()
        },
    }


def _kind(error: Exception) -> str:
    match error:
        case PageTimeout():
            return "timeout"
        case WorkerDied():
            return "worker_died"
        case PageTooHeavy():
            return "memory"
        case PageError():
            return "page"
        case InputError():
            return "input"
        case _:
            return "internal"


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Numbered lines that are not blank; one that is longer than the limit is cut there."""
    number = 0
    while line := stream.readline(MAX_LINE_BYTES):
        number += 1
        if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            while rest := stream.readline(MAX_LINE_BYTES):
                if rest.endswith(b"\n"):
                    break
        if line.strip():
            yield number, line


def _source(record: Any, fetched_at: datetime, line: int) -> PageSource:
    """The page of a line.

    Raises:
        LineError: the line is no page.

    """
    from pipeline import urls
    from pipeline.models import PageSource

    if not isinstance(record, dict):
        raise LineError(line=line, problem="it is no JSON object")
    url, html, encoded, content_type = (record.get(name) for name in ("url", "html", "html_base64", "content_type"))
    if not isinstance(url, str):
        raise LineError(line=line, problem='it has no "url"')
    if url and not urls.host(url):
        raise LineError(line=line, problem=f'its "url" is no address of a page: {url[:200]!r}')
    if isinstance(html, str):
        page: str | bytes = html
    elif isinstance(encoded, str):
        try:
            page = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError) as error:
            raise LineError(line=line, problem=f'its "html_base64" is no base64 ({error})') from error
    else:
        raise LineError(line=line, problem='it has neither "html" nor "html_base64"')
    return PageSource(url=url, html=page, content_type=content_type if isinstance(content_type, str) else "", fetched_at=fetched_at)


def _sources(stream: BinaryIO, ids: deque[Any], book: RuleBook) -> Iterator[PageSource | Exception]:
    """Pages, or what is wrong with their lines; the id of each goes to `ids` first."""
    fetched_at = datetime.now(UTC)
    for number, line in _lines(stream):
        record: Any = None
        try:
            record = json.loads(line)
            item: PageSource | Exception = book.ruled(_source(record, fetched_at, number))
        except LineError as error:
            item = error
        except (ValueError, RecursionError) as error:
            item = LineError(line=number, problem=f"it is no JSON, or longer than {MAX_LINE_BYTES} bytes ({error})")
        ids.append(record.get("id") if isinstance(record, dict) else None)
        yield item


def _write_line(value: dict[str, Any]) -> None:
    try:
        encoded = jsonlines.line(value).encode()
    except UnicodeEncodeError:  # a lone surrogate in an id or URL
        encoded = json.dumps(value).encode() + b"\n"
    sys.stdout.buffer.write(encoded)
    sys.stdout.buffer.flush()


def _extract_lines(workers: int, settings: config.Settings, book: RuleBook) -> None:
    from pipeline.extract import Extractor

    ids: deque[Any] = deque()
    with Extractor(workers=workers, timeout_s=settings.page_timeout_s, max_bytes=settings.page_max_bytes) as extractor:
        for result in extractor.extract_many(_sources(sys.stdin.buffer, ids, book)):
            identifier = ids.popleft()
            if isinstance(result, Exception):
                message = str(result) or type(result).__name__
                _write_line({"id": identifier, "error": {"kind": _kind(result), "message": message}})
            else:
                _write_line({"id": identifier, **as_json(result)})


def _extract_one(file: Path | None, url: str, settings: config.Settings, book: RuleBook) -> None:
    from pipeline.extract import Extractor
    from pipeline.models import PageSource

    try:
        html = sys.stdin.buffer.read() if file is None or str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise InputError(problem=f"{file} can't be read ({error.strerror}): name an HTML file, or - for standard input") from error
    source = book.ruled(PageSource(url=url, html=html, fetched_at=datetime.now(UTC)))
    with Extractor(workers=1, timeout_s=settings.page_timeout_s, max_bytes=settings.page_max_bytes) as extractor:
        for result in extractor.extract_many([source]):
            if isinstance(result, Exception):
                raise result
            print_json(as_json(result))


@app.command()
def extract(
    file: Annotated[Path | None, typer.Argument(help="An HTML file; - or nothing: standard input.")] = None,
    url: Annotated[str, typer.Option(help="Where the page came from.")] = "",
    jsonl: Annotated[bool, typer.Option("--jsonl", help="Read pages as JSON Lines from standard input, write one object a line.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, max=256, help="Processes for --jsonl; default: all cores.")] = None,
    rules: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Use the outlet rules of a folder.")] = None,
) -> None:
    """Say what is in a page: title, authors, dates, body, and where each was found."""
    from pipeline import rules as reading
    from pipeline import urls

    settings = config.load()
    book = reading.book(*filter(None, [rules]))
    if jsonl:
        if file is not None or url:
            raise UsageError(problem="--jsonl reads standard input, and each line has its own url: leave FILE and --url away")
        _extract_lines(workers or settings.workers, settings, book)
        return
    if not urls.is_fetchable(url):
        raise UsageError(
            problem=f"--url must be the page's http(s) address, not {url!r}" if url else "--url is missing: the page's http(s) address"
        )
    _extract_one(file, url, settings, book)
