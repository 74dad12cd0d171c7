"""Segments written to a file system of fsspec and read back, by ranges and by any reader of WARC files."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
from datetime import UTC, datetime

import fsspec
import pytest
from warcio.archiveiterator import ArchiveIterator

from pipeline.archive import Archive, Segment
from pipeline.errors import ArchiveUnset, RecordDamaged, SegmentMissing, SettingsError
from pipeline.records import Fetched, Place

AT = datetime(2026, 3, 1, 23, 59, 59, 123456, tzinfo=UTC)
NAMES = itertools.count()


def fetched(body: bytes, **facts: object) -> Fetched:
    return dataclasses.replace(
        Fetched(
            url="https://paper.example/a",
            fetched_at=AT,
            status=200,
            content_type="text/html",
            body_bytes=len(body),
            sha256=hashlib.sha256(body).digest(),
        ),
        **facts,
    )


@pytest.fixture
def archive() -> Archive:
    return Archive(f"memory://archive-{next(NAMES)}/below")


def write(archive: Archive, name: str, fetches: list[tuple[Fetched, bytes]]) -> list[Place]:
    with archive.writing(name) as file:
        segment = Segment(file, name)
        extents = [segment.response(one, body) for one, body in fetches]
    return [
        Place(segment=name, offset=extent.offset, length=extent.length, sha256=one.sha256)
        for extent, (one, _) in zip(extents, fetches, strict=True)
    ]


def test_what_is_written_is_read(archive: Archive) -> None:
    bodies = [b"<p>one", b"", bytes(range(256)) * 4000, "ž".encode() * 70_000, b"HTTP/1.1 200 OK\r\n\r\nWARC/1.1\r\n"]
    odd = [{}, {"content_type": ""}, {"status": 299}, {"content_type": "text/html;\r\n x=ž"}, {"url": "https://paper.example/ž?a=[b]"}]
    fetches = [(fetched(body, **facts), body) for body, facts in zip(bodies, odd, strict=True)]
    places = write(archive, "a.warc.gz", fetches) + write(archive, "b.warc.gz", fetches[:1])
    wanted = [places[5], *reversed(places[:5]), places[2]]
    assert archive.read(wanted) == dict(zip(places, [*bodies, bodies[0]], strict=True))

    with fsspec.open(f"{archive.url}/a.warc.gz", "rb") as file:
        records = [(record.rec_type, record.content_stream().read()) for record in ArchiveIterator(file, check_digests="raise")]
    assert [body for kind, body in records if kind == "response"] == bodies


def test_each_record_is_there_alone_and_at_its_time(archive: Archive) -> None:
    (place,) = write(archive, "a.warc.gz", [(fetched(b"one"), b"one")])
    with fsspec.open(f"{archive.url}/a.warc.gz", "rb") as file:
        file.seek(place.offset)
        record = next(iter(ArchiveIterator(file)))
    assert record.rec_headers.protocol == "WARC/1.1"
    assert record.rec_headers.get_header("WARC-Date") == "2026-03-01T23:59:59.123456Z"
    assert record.rec_headers.get_header("WARC-Payload-Digest").startswith("sha256:")
    assert record.http_headers.get_header("Content-Length") == "3"


def test_damage_is_told_of_one_record_and_a_missing_file_of_all(archive: Archive) -> None:
    good, bad = write(archive, "a.warc.gz", [(fetched(b"one"), b"one"), (fetched(b"two"), b"two")])
    other = dataclasses.replace(bad, sha256=good.sha256)
    cut = dataclasses.replace(bad, length=bad.length // 2)
    no_record = dataclasses.replace(good, offset=good.offset + 1)
    beyond = dataclasses.replace(good, offset=100_000)
    found = archive.read([good, other, cut, no_record, beyond])
    assert found[good] == b"one"
    assert all(isinstance(found[place], RecordDamaged) for place in (other, cut, no_record, beyond))
    with pytest.raises(SegmentMissing, match=r"The segment c\.warc\.gz is missing from the archive at memory://"):
        archive.read([good, dataclasses.replace(good, segment="c.warc.gz")])
    archive.remove("a.warc.gz")
    archive.remove("a.warc.gz")
    with pytest.raises(SegmentMissing):
        archive.read([good])


@pytest.mark.parametrize("url", ["nosuch://bucket/x", "hdfs3x://a"])
def test_an_address_that_nothing_can_use_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(SettingsError, match=r"PRESSWATCH_ARCHIVE_URL is .*, and nothing installed can use that"):
        Archive(url).check()


def test_no_address_is_told_when_it_is_needed() -> None:
    with pytest.raises(ArchiveUnset):
        Archive("").remove("a.warc.gz")
    assert "secret" not in Archive("ftp://user:secret@files.example/x").where
