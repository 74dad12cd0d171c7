"""Outlets as people write them down: TOML, CSV and OPML files, read in full or not at all."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from lxml import etree

from pipeline import urls
from pipeline.errors import FileErrors, InputError
from pipeline.models import OutletSpec
from pipeline.spreadsheets import text_of

FIELDS: Final = ("name", "url", "feeds", "sections", "labels", "country", "language", "group")
LISTS: Final = frozenset({"feeds", "sections", "labels"})
LONGEST_NAME: Final = 200
LONGEST_URL: Final = 2000
LARGEST_FILE_BYTES: Final = 50_000_000
# NUL and other control characters, and lone surrogates: a name or an address has none, and the store takes none.
UNFIT: Final = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
LABEL: Final = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?=[;,|]|$)|([^;,|]+)')
HEADER: Final = re.compile(r"\s*\[\[\s*[\"']?outlet[\"']?\s*\]\]")

# A row of a file: its line, and its fields as written there.
Row = tuple[int, Mapping[str, Any]]


def read(path: Path) -> dict[int, OutletSpec]:
    """The outlets of a file, by the line where each begins.

    The format follows the name's ending (`.toml`, `.csv`, `.opml`, `.xml`), else the content.

    Raises:
        InputError: the file can't be read.
        FileErrors: lines of it are wrong; names all of them.

    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(problem=f"{path} can't be read: {error.strerror or error}") from error
    if len(data) > LARGEST_FILE_BYTES:
        raise FileErrors(path=path, problems=[(1, f"the file is larger than {LARGEST_FILE_BYTES:,} bytes")])
    return parse(data, suffix=path.suffix.lower(), path=path)


def parse(data: bytes, *, suffix: str, path: object) -> dict[int, OutletSpec]:
    """As `read`, for content that is at hand."""
    if suffix in {".opml", ".xml"} or (suffix not in {".toml", ".csv"} and data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")):
        rows, problems = _opml(data)
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise FileErrors(path=path, problems=[(data[: error.start].count(b"\n") + 1, "the file is not UTF-8")]) from error
        is_toml = suffix == ".toml" or (suffix != ".csv" and any(map(HEADER.match, text.splitlines())))
        rows, problems = _toml(text) if is_toml else _csv(text)

    found: dict[int, OutletSpec] = {}
    names: dict[str, int] = {}
    addresses: dict[str, int] = {}
    for line, row in rows:
        spec, wrong = _checked(row)
        for kind, value, seen in (("name", spec.name, names), ("url", spec.url, addresses)):
            if value and value in seen:
                wrong.append(f"the {kind} {value!r} stands in line {seen[value]} already")
            seen.setdefault(value, line)
        problems += [(line, problem) for problem in wrong]
        found[line] = spec
    if not found and not problems:
        problems.append((1, "the file has no outlets"))
    if problems:
        raise FileErrors(path=path, problems=sorted(problems))
    return found


def tidy_url(text: str) -> str:
    """An outlet's address as typed, made a full URL: with scheme, host in lower case, and a path.

    Raises:
        ValueError: it is no http(s) address; the message says what is wrong.

    """
    text = text.strip()
    url = text if not text or "://" in text else f"https://{text}"
    if len(url) > LONGEST_URL:
        raise ValueError(f"the address is longer than {LONGEST_URL} characters")
    if UNFIT.search(url) or not urls.is_fetchable(url):
        raise ValueError(f"{text!r} is no http or https address")
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise ValueError(f"{text!r} has a user's name or password in it, and nothing is fetched with one")
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path or "/", parts.query, ""))


def wrong_code(name: str, value: str) -> str | None:
    """What is wrong with a country's or a language's code; null for a good one."""
    return None if re.fullmatch(r"[a-z]{2}", value) else f"`{name}` is a code of two letters, not {value!r}"


def _checked(row: Mapping[str, Any]) -> tuple[OutletSpec, list[str]]:
    wrong = [f"there is no field {name!r} (the fields are {', '.join(FIELDS)})" for name in row if name not in FIELDS]
    values = _values(row, wrong)
    wrong += [
        f"`{name}` has control characters or others that are none"
        for name in ("name", "labels", "group")
        if UNFIT.search("".join(values[name]))
    ]
    if not values["name"]:
        wrong.append("`name` is missing")
    elif len(values["name"]) > LONGEST_NAME:
        wrong.append(f"`name` is longer than {LONGEST_NAME} characters")
    for name in ("country", "language"):
        values[name] = values[name].lower()
        if values[name] and (problem := wrong_code(name, values[name])):
            wrong.append(problem)
    if not values["url"]:
        wrong.append("`url` is missing")
    else:
        values["url"] = _tidied(values["url"], wrong)
    feeds, sections = ([_tidied(address, wrong) for address in values[name]] for name in ("feeds", "sections"))
    spec = OutletSpec(
        name=values["name"],
        url=values["url"],
        feeds=tuple(dict.fromkeys(filter(None, feeds))),
        sections=tuple(dict.fromkeys(filter(None, sections))),
        labels=tuple(dict.fromkeys(values["labels"])),
        country=values["country"] or None,
        language=values["language"] or None,
        group=values["group"] or None,
    )
    return spec, wrong


def _values(row: Mapping[str, Any], wrong: list[str]) -> dict[str, Any]:
    """All fields, each of its type and tidied; empty where the row has none of it."""
    values: dict[str, Any] = {}
    for name in FIELDS:
        value = row.get(name)
        if name in LISTS:
            value = [] if value is None else value
            if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
                wrong.append(f"`{name}` is a list of strings")
                value = []
            values[name] = [part.strip() for part in value if part.strip()]
        else:
            if value is not None and not isinstance(value, str):
                wrong.append(f"`{name}` is a string")
                value = None
            values[name] = " ".join((value or "").split())
    return values


def _tidied(url: str, wrong: list[str]) -> str:
    try:
        return tidy_url(url)
    except ValueError as error:
        wrong.append(str(error))
        return ""


def _toml(text: str) -> tuple[list[Row], list[tuple[int, str]]]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        return [], [(int(line[1]) if line else text.count("\n") + 1, f"this is no TOML: {error}")]
    problems = [(_toml_line(text, key), f"the file has {key!r}, but only [[outlet]] is known") for key in document if key != "outlet"]
    tables = document.get("outlet", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        return [], [*problems, (1, "each outlet begins with a line [[outlet]]")]
    lines = [number for number, line in enumerate(text.splitlines(), 1) if HEADER.match(line)]
    if len(lines) != len(tables):  # an inline array, or a header inside a string: all that is known is the order
        lines = list(range(1, len(tables) + 1))
    return list(zip(lines, tables, strict=True)), problems


def _toml_line(text: str, key: str) -> int:
    """The first line that sets a key of the file, or begins a table of this name."""
    found = re.search(rf"^[ \t]*\[{{0,2}}[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*[\].=]", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _csv(text: str) -> tuple[list[Row], list[tuple[int, str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    problems: list[tuple[int, str]] = []
    header = [name.strip().lower() for name in next(reader, [])]
    missing = [name for name in ("name", "url") if name not in header]
    if missing:
        return [], [(1, f"the header has no column {' and no column '.join(map(repr, missing))} (the columns are {', '.join(FIELDS)})")]
    while True:
        # A row may have several lines; it is known by the first.
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            is_open = "end of data" in str(error)
            problems.append((line, "a quotation mark opens here and is never closed" if is_open else f"this is no CSV: {error}"))
            continue
        if cells is None:
            break
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header):
            problems.append((line, f"there are {len(cells)} cells, and the header has {len(header)}"))
        row: dict[str, Any] = dict(zip(header, map(text_of, cells), strict=False))
        # A URL may hold a comma or a semicolon, a label a space, and in quotation marks anything.
        row |= {name: (row.get(name) or "").split() for name in ("feeds", "sections")}
        row["labels"] = [quoted.replace('""', '"') or bare for quoted, bare in LABEL.findall(row.get("labels") or "")]
        rows.append((line, row))
    return rows, problems


def _opml(data: bytes) -> tuple[list[Row], list[tuple[int, str]]]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        return [], [(_line(error.lineno), f"this is no OPML: {error.msg}")]
    if not isinstance(root.tag, str) or root.tag.lower() != "opml":
        return [], [(_line(root.sourceline), "this is no OPML: the root element is not <opml>")]
    # Readers write one outline a feed: those of one site are one outlet.
    sites: dict[str, tuple[int, dict[str, Any]]] = {}
    for line, row in _outlines(root, ()):
        if row["url"] not in sites:
            sites[row["url"]] = (line, row)
        else:
            for name in LISTS:
                sites[row["url"]][1][name] += row[name]
    return list(sites.values()), []


def _line(number: object) -> int:
    return number if isinstance(number, int) and number > 0 else 1


def _outlines(element: Any, labels: tuple[str, ...]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Outlines with a feed or a site are outlets; those around them are their labels."""
    for outline in element.iterchildren("outline", "body"):
        written = {str(name).lower(): str(value) for name, value in outline.attrib.items()}
        title = written.get("title") or written.get("text") or ""
        feed, site = written.get("xmlurl", ""), written.get("htmlurl", "")
        if not feed and not site:
            yield from _outlines(outline, (*labels, title) if title else labels)
            continue
        own = [label for part in written.get("category", "").split(",") if (label := part.strip().rsplit("/", 1)[-1])]
        if not site:
            parts = urlsplit(feed)
            site = urlunsplit((parts.scheme, parts.netloc, "/", "", ""))
        row: dict[str, Any] = {
            "name": title or urlsplit(site).netloc,
            "url": site,
            "feeds": [feed] if feed else [],
            # A link is no feed; beside the site's own address it is a page of that.
            "sections": [written["url"]] if written.get("type") == "link" and written.get("url") else [],
            "labels": [*labels, *own],
        }
        row |= {name: written[name] for name in ("country", "language", "group") if name in written}
        yield _line(outline.sourceline), row
