"""The lines of an import: read from JSON Lines or CSV one by one, and checked; a broken one stops no other."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final, cast

from pipeline import dates, languages, urls
from pipeline.errors import InputError
from pipeline.models import Extraction

FIELDS: Final = ("url", "title", "body", "authors", "published_at", "outlet", "language")
LONGEST_OUTLET: Final = 200
LONGEST_AUTHOR: Final = 1_000
LARGEST_CELL: Final = 100_000_000
# Bytes that are no UTF-8, as `surrogateescape` keeps them.
ESCAPED: Final = re.compile("[\udc80-\udcff]")
UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")

# The number of a line, and its fields or what is wrong with it.
Line = tuple[int, Any | ValueError]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of an import, checked."""

    extraction: Extraction
    outlet: str | None
    date_ignored: bool  # `published_at` was given and is no time that can be
    unknown: tuple[str, ...]  # fields that an import has no use for


def read(path: Path, kind: str) -> Iterator[Line]:
    """The lines of a file of JSON Lines or CSV, also packed with gzip; blank ones are left out.

    Args:
        path: the file.
        kind: `csv`, else JSON Lines.

    Raises:
        InputError: the first line of a CSV does not name the columns.
        OSError: the file can't be read.

    """
    number = 0
    opened = gzip.open(path, "rb") if path.suffix.lower() == ".gz" else path.open("rb")  # noqa: SIM115 - closed below
    with cast("IO[bytes]", opened) as file:
        try:
            for number, row in (_csv if kind == "csv" else _json)(file, path):
                yield number, row
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            if number == 0 and isinstance(error, gzip.BadGzipFile):
                raise
            yield number + 1, ValueError(f"from here on the packed file is cut off or damaged ({error})")


def entry(row: object, now: datetime) -> Entry:
    """A checked line.

    Raises:
        ValueError: it is not usable, with the reason in words.

    """
    if not isinstance(row, dict):
        raise ValueError("it is not a JSON object")  # noqa: TRY004 - one kind of error for a wrong line
    url, body = row.get("url"), row.get("body")
    if not isinstance(url, str) or UNSTORABLE.search(url) or not urls.is_fetchable(url):
        raise ValueError(f"`url` must be an http(s) address of at most {urls.MAX_LENGTH:,} characters")
    url = url.strip()
    canonical = urls.canonical(url)
    if len(canonical) > urls.MAX_LENGTH:
        raise ValueError(f"`url` has more than {urls.MAX_LENGTH:,} characters when they are encoded")
    if not isinstance(body, str) or not (body := clean_text(body).strip()):
        raise ValueError("`body` must be a text that is not empty")
    for name in ("title", "outlet", "language"):
        if not isinstance(row.get(name) or "", str):
            raise ValueError(f"`{name}` must be a text")  # noqa: TRY004 - one kind of error for a wrong line
    outlet = " ".join(clean_text(row.get("outlet") or "").split())
    if len(outlet) > LONGEST_OUTLET:
        raise ValueError(f"`outlet` has more than {LONGEST_OUTLET} characters")
    zone = dates.zone_of(urls.country(url))
    published_at = dates.parse(str(row["published_at"]), zone=zone, latest=now) if row.get("published_at") else None
    return Entry(
        date_ignored=bool(row.get("published_at")) and published_at is None,
        outlet=outlet or None,
        unknown=tuple(str(name) for name in row if name not in FIELDS and name != "id"),
        extraction=Extraction(
            url=url,
            canonical_url=canonical,
            title=clean_text(row.get("title") or "").strip(),
            authors=_authors(row.get("authors") or []),
            published_at=published_at,
            modified_at=None,
            # Stored as all languages are: `en-US` and `EN` are `en`; what is no code says nothing.
            language=languages.tag(row.get("language")) or languages.identify(body),
            body=body,
            topics=(),
            syndicated_from=None,
            rejected_reason=None,
        ),
    )


def clean_text(text: str) -> str:
    """Without NUL and lone surrogates, which PostgreSQL can't store."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _authors(value: object) -> tuple[str, ...]:
    """A list, or names in one text, separated by semicolons or else by commas."""
    if isinstance(value, str):
        value = value.split(";" if ";" in value else ",")
    if not isinstance(value, list) or not all(isinstance(author, str) for author in value):
        raise ValueError("`authors` must be a list of texts")
    authors = [clean_text(author).strip() for author in value]
    if any(len(author) > LONGEST_AUTHOR for author in authors):
        raise ValueError(f"`authors` has a name of more than {LONGEST_AUTHOR:,} characters")
    return tuple(filter(None, authors))


def _json(file: IO[bytes], _path: Path) -> Iterator[Line]:
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
        except UnicodeDecodeError as error:
            yield number, ValueError(f"it is not UTF-8 (byte {error.start + 1} of the line)")
        except RecursionError:
            yield number, ValueError("it is nested too deeply")
        except ValueError as error:
            yield number, ValueError(f"it is not JSON ({error})")


def _csv(file: IO[bytes], path: Path) -> Iterator[Line]:
    csv.field_size_limit(LARGEST_CELL)
    # Bytes that are no UTF-8 must cost their own row only, so they are kept until the row is known.
    reader = csv.reader(io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline=""), strict=True)
    header = [name.strip().lower() for name in next(reader, [])]
    missing = sorted({"url", "body"} - set(header))
    if missing:
        raise InputError(problem=f"{path} has no column {' and no column '.join(missing)}: its first line must name the columns")
    while True:
        # A row may have several lines; it is known by the first.
        number = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            unclosed = "a quotation mark opens here and is never closed" if "end of data" in str(error) else f"it is not CSV ({error})"
            yield number, ValueError(unclosed)
            continue
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header):
            yield number, ValueError("it has more cells than the first line names")
        elif any(map(ESCAPED.search, cells)):
            yield number, ValueError("it is not UTF-8")
        else:
            yield number, {name: cell for name, cell in zip(header, cells, strict=False) if cell}
