"""Records of WARC files: a damaged one costs no other, whatever the damage is, and the reading can go on anywhere."""

from __future__ import annotations

import gzip
import io
import random
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.errors import InputError
from pipeline.steps import warc_records

COUNT = 5


def archive(*, packed: bool = True, content_type: str = "text/html") -> tuple[bytes, list[int]]:
    """A file of pages with text that does not pack well, and where its records begin."""
    output, places = io.BytesIO(), []
    writer, numbers = WARCWriter(output, gzip=packed), random.Random(7)
    for number in range(COUNT):
        places.append(output.tell())
        body = " ".join(str(numbers.random()) for _ in range(200)).encode()
        answered = StatusAndHeaders("200 OK", [("Content-Type", content_type)], protocol="HTTP/1.1")
        headers = {"WARC-Date": f"2025-01-0{number + 1}T00:00:00Z"}
        writer.write_record(
            writer.create_warc_record(
                f"https://a.example/{number}", "response", payload=io.BytesIO(body), http_headers=answered, warc_headers_dict=headers
            )
        )
    return output.getvalue(), [*places, len(output.getvalue())]


def entries(tmp_path: Path, data: bytes, **place: int) -> list[warc_records.Entry]:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(data)
    return list(warc_records.read(path, most_bytes=100_000, **place))


def told(found: list[warc_records.Entry]) -> list[str]:
    """The last part of a page's address, else what is wrong."""
    return [entry.page.url.rsplit("/", 1)[1] if entry.page else entry.problem or entry.skipped for entry in found]


def damaged(data: bytes, at: int, size: int = 8) -> bytes:
    return data[:at] + b"\x01" * size + data[at + size :]


@pytest.mark.parametrize("where", ["head", "middle", "check sum", "cut", "garbage"])
def test_a_damaged_member_costs_no_other(tmp_path: Path, where: str) -> None:
    whole, places = archive()
    begin, after = places[2], places[3]
    data = {
        "head": damaged(whole, begin),
        "middle": damaged(whole, begin + 600),
        "check sum": damaged(whole, after - 8, 4),
        "cut": whole[: begin + 400] + whole[after:],
        "garbage": whole[:begin] + b"no member" * 40 + whole[begin:],
    }[where]
    found = told(entries(tmp_path, data))
    assert [name for name in found if len(name) == 1] == ["0", "1", *(["2"] if where == "garbage" else []), "3", "4"]
    (problem,) = (name for name in found if len(name) > 1)
    end = begin + len(data) - len(whole) + (0 if where == "garbage" else after - begin)
    assert problem.startswith(f"from byte {begin:,} to {end:,} the file is damaged: ")


def test_the_end_of_a_file_that_is_cut_is_told(tmp_path: Path) -> None:
    whole, places = archive()
    found = entries(tmp_path, whole[:-20])
    assert told(found)[:4] == ["0", "1", "2", "3"]
    assert found[4].problem == f"from byte {places[4]:,} to {len(whole) - 20:,} the file is damaged: the file is cut off"


def test_files_that_are_packed_as_one_or_not_at_all(tmp_path: Path) -> None:
    plain, places = archive(packed=False)
    assert told(entries(tmp_path, plain)) == told(entries(tmp_path, gzip.compress(plain))) == ["0", "1", "2", "3", "4"]
    found = told(entries(tmp_path, damaged(plain, places[2])))
    assert [name for name in found if len(name) == 1] == ["0", "1", "3", "4"]
    assert told(entries(tmp_path, plain[:-300]))[4] == "https://a.example/4 breaks off: the record says that it is longer"


@pytest.mark.parametrize("packed", [True, False])
def test_the_reading_goes_on_where_it_stopped(tmp_path: Path, packed: bool) -> None:
    data, _ = archive(packed=packed)
    found = entries(tmp_path, data)
    rest = entries(tmp_path, data, begin=found[1].resume_at, number=found[1].number)
    assert [(entry.number, entry.page) for entry in rest] == [(entry.number, entry.page) for entry in found[2:]]
    assert entries(tmp_path, data, begin=found[-1].resume_at) == []


def test_what_is_no_page(tmp_path: Path) -> None:
    assert told(entries(tmp_path, archive(content_type="image/png")[0])) == ["no HTML"] * COUNT
    path = tmp_path / "a.warc.gz"
    path.write_bytes(archive()[0])
    assert all("is larger than 1000 bytes" in entry.problem for entry in warc_records.read(path, most_bytes=1000))
    for data in (b"", b"no archive", b"\x1f\x8b\x09"):
        with pytest.raises(InputError, match="is no WARC file"):
            entries(tmp_path, data)
