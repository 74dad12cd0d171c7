"""A segment: a WARC 1.1 file (ISO 28500:2017), each record compressed on its own so that it can be read alone."""

from __future__ import annotations

import base64
import io
import zlib
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final, Protocol

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.timeutils import datetime_to_iso_date
from warcio.warcwriter import WARCWriter

from pipeline.records import Extent, Fetched, Summary

LEVEL: Final = 6
GZIP: Final = 31  # as zlib counts: the largest window, and a head as gzip's
COPIED_BYTES: Final = 4_000_000
NOT_MODIFIED: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


class Sink(Protocol):
    """What a segment is written to."""

    def write(self, data: bytes, /) -> object:
        """Append bytes."""


class Source(Protocol):
    """What records are taken over from."""

    def read(self, start: int, length: int, /) -> bytes:
        """The bytes from a place on, fewer at the end."""


class Segment:
    """Writes records to an open file, one after the other, and says where each is."""

    def __init__(self, file: Sink, name: str) -> None:
        """Write the record that describes the file.

        Args:
            file: a new one.
            name: of the file, without its folder.

        """
        self.file = file
        self.bytes = 0
        self.records = 0
        self._times: tuple[datetime, ...] = ()
        self._compressed = _Compressed()
        self._writer = WARCWriter(self._compressed, gzip=False, warc_version="1.1")
        about = {
            "software": f"presswatch/{version('presswatch')}",
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        }
        self.info_bytes = self._write(self._writer.create_warcinfo_record(name, about)).length

    def response(self, fetched: Fetched, body: bytes) -> Extent:
        """Record a fetch with its bytes, as they were after content decoding."""
        record = self._writer.create_warc_record(
            fetched.url,
            "response",
            payload=io.BytesIO(body),
            length=len(body),
            http_headers=_headers(fetched.status, fetched.content_type, len(body)),
            warc_headers_dict={"WARC-Date": _date(fetched.fetched_at), "WARC-Payload-Digest": _digest(fetched.sha256)},
        )
        return self._count(record, fetched.fetched_at)

    def revisit(self, url: str, fetched_at: datetime, status: int, original: Fetched) -> Extent:
        """Record a fetch that found the bytes of an earlier one, or was told that nothing had changed."""
        headers = _headers(status, original.content_type, None if status == HTTPStatus.NOT_MODIFIED else original.body_bytes)
        record = self._writer.create_revisit_record(
            url,
            _digest(original.sha256),
            original.url,
            _date(original.fetched_at),
            http_headers=headers,
            warc_headers_dict={"WARC-Date": _date(fetched_at)},
        )
        if status == HTTPStatus.NOT_MODIFIED:
            record.rec_headers.replace_header("WARC-Profile", NOT_MODIFIED)
        return self._count(record, fetched_at)

    def copy(self, source: Source, start: int, end: int) -> None:
        """Take over whole records of another segment, as they are.

        Raises:
            EOFError: the other segment is shorter.

        """
        while start < end:
            data = source.read(start, min(COPIED_BYTES, end - start))
            if not data:
                raise EOFError(start)
            self.file.write(data)
            self.bytes += len(data)
            start += len(data)

    def summary(self) -> Summary:
        """What it holds, once something is in it."""
        return Summary(
            oldest_at=min(self._times),
            newest_at=max(self._times),
            records=self.records,
            bytes=self.bytes,
            info_bytes=self.info_bytes,
        )

    def _count(self, record: Any, at: datetime) -> Extent:
        extent = self._write(record)
        self.records += 1
        # The first and the last are enough, however many there are.
        self._times = min(*self._times, at, at), max(*self._times, at, at)
        return extent

    def _write(self, record: Any) -> Extent:
        self._writer.write_record(record)
        data = self._compressed.take()
        self.file.write(data)
        self.bytes += len(data)
        return Extent(offset=self.bytes - len(data), length=len(data))


class _Compressed:
    """Each record as a gzip member of its own; `warcio` compresses harder, which takes half as long again for a hundredth of the size."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self._compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)

    def write(self, data: bytes) -> None:
        self.parts.append(self._compressor.compress(data))

    def flush(self) -> None:
        """At the end of a record."""
        self.parts.append(self._compressor.flush())
        self._compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)

    def take(self) -> bytes:
        """The record."""
        data = b"".join(self.parts)
        self.parts.clear()
        return data


def payload(record: bytes) -> bytes:
    """The bytes that a single compressed record holds.

    Raises:
        ValueError: it is no such record, or damaged.

    """
    try:
        found = next(iter(ArchiveIterator(io.BytesIO(record))), None)
        body = b"" if found is None else bytes(found.content_stream().read())
    except Exception as error:  # a damaged head makes the parser fail in many ways
        raise ValueError(f"it is damaged ({type(error).__name__}: {error})") from error
    if found is None or found.rec_type != "response":
        raise ValueError("no answer was recorded there")
    return body


def _headers(status: int, content_type: str, length: int | None) -> StatusAndHeaders:
    """What is kept of an answer's head."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    headers = [("Content-Type", " ".join(content_type.split()))] if content_type else []
    if length is not None:
        headers.append(("Content-Length", str(length)))
    return StatusAndHeaders(f"{status} {phrase}".rstrip(), headers, protocol="HTTP/1.1")


def _date(at: datetime) -> str:
    return str(datetime_to_iso_date(at.astimezone(UTC).replace(tzinfo=None), use_micros=True))


def _digest(sha256: bytes) -> str:
    return f"sha256:{base64.b32encode(sha256).decode()}"
