"""Pages in WARC files, read one by one: a damaged part costs what is in it, and is told by its place in the file.

A packed file is a row of gzip members, as a rule one for each record (WARC 1.1, annex D). They are unpacked here, not by the
library, which takes what is damaged for the end of the file, or for text.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from pipeline import dates, urls
from pipeline.errors import InputError
from pipeline.steps import entries

CHUNK_BYTES: Final = 65_536
GZIP: Final = b"\x1f\x8b\x08"
RECORD: Final = b"WARC/"
# A record without packing begins a line.
NEXT_RECORD: Final = b"\nWARC/"
OK: Final = 200
HTML: Final = re.compile(r"\s*(text/html|application/xhtml\+xml)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedPage:
    """A page as it was fetched once."""

    url: str
    fetched_at: datetime
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A record: its page, or why there is none."""

    number: int
    resume_at: int  # where a later run may go on after it
    page: ArchivedPage | None = None
    skipped: str = ""  # what it is instead
    problem: str = ""  # what is wrong with it


class Damaged(Exception):
    """A member can't be unpacked, or the file ends in it."""


class Member:
    """The content of the gzip member at a place of a file, unpacked as it is read."""

    def __init__(self, file: IO[bytes], begin: int) -> None:
        self.file = file
        self.begin = begin
        self._unpacker = zlib.decompressobj(wbits=31)
        self._packed = b""
        self._read = 0
        file.seek(begin)

    def read(self, size: int = CHUNK_BYTES) -> bytes:
        """At most so many bytes; empty at the end.

        Raises:
            Damaged: it is broken, or cut off.

        """
        while not self._unpacker.eof:
            if not self._packed:
                self._packed = self.file.read(CHUNK_BYTES)
                self._read += len(self._packed)
                if not self._packed:
                    raise Damaged("the file is cut off")
            try:
                found = self._unpacker.decompress(self._packed, max(size, 1))
            except zlib.error as error:
                raise Damaged(f"it can't be unpacked ({error})") from error
            self._packed = self._unpacker.unconsumed_tail
            if found:
                return found
        return b""

    def tell(self) -> int:
        """The library asks for it."""
        return self.begin

    def end(self) -> int:
        """Read to the end of the member: where the next one begins.

        Raises:
            Damaged: it is broken, or cut off.

        """
        while self.read():
            pass
        return self.begin + self._read - len(self._unpacker.unused_data)


def read(path: Path, *, most_bytes: int, begin: int = 0, number: int = 0) -> Iterator[Entry]:
    """The records of a file that hold answers.

    Args:
        path: the file, packed or not.
        most_bytes: a larger page is a problem.
        begin: where to begin, as a `resume_at` said; 0 for the whole file.
        number: records before that place.

    Raises:
        InputError: it is no WARC file.
        OSError: it can't be read.

    """
    with path.open("rb") as file:
        head = file.read(len(RECORD))
        if head.startswith(GZIP):
            yield from _packed(file, most_bytes=most_bytes, begin=begin, number=number)
        elif head == RECORD:
            yield from _plain(file, most_bytes=most_bytes, begin=begin, number=number)
        else:
            raise InputError(problem=f"{path} is no WARC file (it does not begin with a record, and is not packed with gzip)")


def _packed(file: IO[bytes], *, most_bytes: int, begin: int, number: int) -> Iterator[Entry]:
    size = file.seek(0, 2)
    while begin < size:
        member = Member(file, begin)
        held: Entry | None = None
        try:
            # Each is given on only when what follows it could be read: the check sum stands at a member's end.
            for record in ArchiveIterator(member):
                if held is not None:
                    yield held
                number += 1
                held = _entry(record, number, resume_at=begin, most_bytes=most_bytes)
            begin = member.end()
            if held is not None:
                yield replace(held, resume_at=begin)
        except (Damaged, ArchiveLoadFailed, EOFError) as error:
            number += held is None
            after = _next(file, GZIP, begin + 1, size, check=_opens_record)
            problem = f"from byte {begin:,} to {after:,} the file is damaged: {_words(error)}"
            yield Entry(number=number, resume_at=after, problem=problem)
            begin = after


def _plain(file: IO[bytes], *, most_bytes: int, begin: int, number: int) -> Iterator[Entry]:
    size = file.seek(0, 2)
    while begin < size:
        file.seek(begin)
        records = ArchiveIterator(file)
        try:
            for record in records:
                number += 1
                held = _entry(record, number, resume_at=begin, most_bytes=most_bytes)
                if held is not None:
                    records.read_to_end()
                    begin = records.offset
                    yield replace(held, resume_at=begin)
        except (ArchiveLoadFailed, EOFError) as error:
            number += 1
            at = records.offset
            after = _next(file, NEXT_RECORD, at + 1, size) + 1
            yield Entry(number=number, resume_at=after, problem=f"from byte {at:,} to {after:,} the file is damaged: {_words(error)}")
            begin = after
        else:
            return


def _next(file: IO[bytes], mark: bytes, begin: int, size: int, check: Any = lambda _file, _at: True) -> int:
    """The next place from `begin` on where a mark stands that passes a check; the size of the file if there is none."""
    kept = b""
    at = begin
    while at < size:
        file.seek(at)
        chunk = kept + file.read(CHUNK_BYTES)
        base = at - len(kept)
        found = chunk.find(mark)
        while found >= 0:
            if check(file, base + found):
                return base + found
            found = chunk.find(mark, found + 1)
        at = base + len(chunk)
        kept = chunk[-len(mark) + 1 :]
    return size


def _opens_record(file: IO[bytes], at: int) -> bool:
    """Whether a gzip member with a record begins here."""
    try:
        return Member(file, at).read(len(RECORD)) == RECORD
    except Damaged:
        return False


def _words(error: Exception) -> str:
    # The library shows the line that it can't read, which may be anything.
    return str(error) if isinstance(error, Damaged) else "no record begins there"


def _entry(record: Any, number: int, *, resume_at: int, most_bytes: int) -> Entry | None:
    """What a record holds; null for one that holds no answer."""
    if record.rec_type not in {"response", "resource"}:
        return None
    try:
        page = _page(record, most_bytes)
    except ValueError as error:
        return Entry(number=number, resume_at=resume_at, problem=str(error))
    if isinstance(page, str):
        return Entry(number=number, resume_at=resume_at, skipped=page)
    return Entry(number=number, resume_at=resume_at, page=page)


def _page(record: Any, most_bytes: int) -> ArchivedPage | str:
    """The page of a record, or what it is instead.

    Raises:
        ValueError: the record is broken, with the reason in words.

    """
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    headers = record.http_headers
    code = headers.get_statuscode() if headers else str(OK)
    if not code.isdecimal():
        raise ValueError("its answer has no status")
    if int(code) != OK:
        return f"status {code}"
    if entries.UNSTORABLE.search(url) or not urls.is_fetchable(url):
        return "no web page"
    content_type = entries.clean_text((headers or record.rec_headers).get_header("Content-Type") or "")
    if content_type and not HTML.match(content_type):
        return "no HTML"
    fetched_at = _time(record.rec_headers.get_header("WARC-Date"))
    body = record.content_stream().read(most_bytes + 1)
    if len(body) > most_bytes:
        raise ValueError(f"{url} is larger than {most_bytes} bytes")
    record.raw_stream.read()
    if getattr(record.raw_stream, "limit", 0) > 0:
        raise ValueError(f"{url} breaks off: the record says that it is longer")
    return ArchivedPage(url=url, fetched_at=fetched_at, content_type=content_type, body=body)


def _time(text: str | None) -> datetime:
    """When a record was fetched.

    Raises:
        ValueError: that is missing, or no time that can be.

    """
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        raise ValueError(f"its WARC-Date is no time: {text!r}") from None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    if not dates.plausible(at, latest=datetime.now(UTC)):
        raise ValueError(f"its WARC-Date is no possible time: {text!r}")
    return at
