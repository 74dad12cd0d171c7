"""Data that Next.js streams into a page (`self.__next_f.push([1,"…"])`): React's wire format for server components.

The strings of all pushes make one stream of rows. A row is `ID:JSON` up to a line break, or `ID:Tn,` with a text of n (hexadecimal)
bytes; other rows hold modules and hints. A string `"$ID"` stands for the text of that row. Source: `ReactFlightClient.js` of React 19.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

PUSH: Final = re.compile(r"__next_f\.push\(\s*(?=\[\s*1\s*,)")
ROW: Final = re.compile(rb"([0-9a-f]+):(?:T([0-9a-f]{1,7}),)?")
REFERENCE: Final = re.compile(r'"\$([0-9a-f]+)"')
MAX_CHARACTERS: Final = 5_000_000  # of the stream


def _stream(scripts: Iterable[str]) -> bytes:
    decoder = json.JSONDecoder(strict=False)
    chunks: list[str] = []
    left = MAX_CHARACTERS
    for script in scripts:
        for push in PUSH.finditer(script):
            try:
                pushed, _ = decoder.raw_decode(script, push.end())
            except (ValueError, RecursionError):  # cut off
                continue
            if len(pushed) > 1 and isinstance(pushed[1], str) and len(pushed[1]) <= left:
                chunks.append(pushed[1])
                left -= len(pushed[1])
    return "".join(chunks).encode("utf-8", "surrogatepass")


def _rows(stream: bytes) -> tuple[dict[str, str], list[str]]:
    """Texts by their row, and the rows of JSON."""
    texts: dict[str, str] = {}
    rows: list[str] = []
    place = 0
    while place < len(stream):
        row = ROW.match(stream, place)
        if row and row[2]:
            end = row.end() + int(row[2], 16)
            texts[row[1].decode()] = stream[row.end() : end].decode("utf-8", "replace")
            place = end
            continue
        end = stream.find(b"\n", place)
        end = len(stream) if end < 0 else end
        if row and stream[row.end() : row.end() + 1] in {b"{", b"["}:
            rows.append(stream[row.end() : end].decode("utf-8", "replace"))
        place = end + 1
    return texts, rows


def values(scripts: Iterable[str]) -> Iterator[Any]:
    """The JSON values of the stream, with the texts in place of what refers to them; none in a page without one."""
    texts, rows = _rows(_stream(scripts))
    left = MAX_CHARACTERS  # a text may be referred to many times

    def text(reference: re.Match[str]) -> str:
        nonlocal left
        found = texts.get(reference[1], "")
        left -= len(found)
        return json.dumps(found) if found and left >= 0 else reference[0]

    for row in rows:
        try:
            yield json.loads(REFERENCE.sub(text, row), strict=False)
        except (ValueError, RecursionError):  # a row that was cut off
            continue
