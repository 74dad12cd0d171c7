"""What the store and the archive tell each other about records of captures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a capture's bytes are in the archive, and their checksum."""

    segment: str  # the file's path below the archive's address
    offset: int
    length: int  # of the record, compressed
    sha256: bytes  # of the bytes themselves


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A fetch as a record tells of it."""

    url: str  # where the bytes came from, after redirects
    fetched_at: datetime
    status: int
    content_type: str
    body_bytes: int
    sha256: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Unarchived:
    """A capture whose bytes are in the store."""

    capture_id: int
    page_id: int
    fetched: Fetched
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecorded:
    """A fetch that found the page unchanged, with the capture of what it found again."""

    page_id: int
    fetched_at: datetime
    status: int
    original: Fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """The bytes of a record in its segment."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A capture whose bytes are in a segment now."""

    capture_id: int
    fetched_at: datetime
    extent: Extent  # of the record that has the bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A fetch whose own record says that it found what another record holds."""

    page_id: int
    fetched_at: datetime
    status: int
    extent: Extent


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a finished segment holds."""

    oldest_at: datetime
    newest_at: datetime
    records: int
    bytes: int
    info_bytes: int
