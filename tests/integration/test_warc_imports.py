"""Pages from WARC files as people take them in: of the outlets and times that are wanted, each once, also after a kill."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.backfill import Span
from pipeline.models import OutletSpec
from pipeline.steps import warc_imports
from pipeline.steps.context import Context
from pipeline.steps.import_report import Report
from pipeline.steps.warc_imports import Wanted
from pipeline.store import outlets

HOSTS = ("www.known.example", "other.example", "strange.example")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Pages of three hosts on three days; the second of the first host is broken."""
    path = tmp_path / "CC-NEWS-20250101000000-00001.warc.gz"
    output, broken = io.BytesIO(), 0
    writer = WARCWriter(output, gzip=True)
    writer.write_record(writer.create_warcinfo_record(path.name, {"software": "a crawler"}))
    for day in (1, 2, 3):
        for host in HOSTS:
            if (day, host) == (2, HOSTS[0]):
                broken = output.tell()
            answered = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    f"https://{host}/{day}", "response", payload=io.BytesIO(f"<h1>Page {day}</h1>{os.urandom(800).hex()}".encode()),
                    http_headers=answered, warc_headers_dict={"WARC-Date": f"2025-01-0{day}T08:00:00Z"},
                )
            )  # fmt: skip
    data = bytearray(output.getvalue())
    data[broken + 500 : broken + 540] = bytes(40)
    path.write_bytes(data)
    return path


def take(context: Context, file: Path, wanted: Wanted) -> Report:
    report = Report()
    warc_imports.import_file(context, file, wanted, report, progress=lambda _: None)
    return report


def stored(context: Context) -> list[str]:
    with context.database.transaction() as connection:
        rows = connection.execute(
            "SELECT o.name, c.url FROM captures c JOIN pages p ON p.id = c.page_id JOIN outlets o ON o.id = p.outlet_id"
        )
        return sorted(f"{name} {url[8:]}" for name, url in rows)


def test_pages_of_the_outlets_and_times_that_are_wanted(context: Context, file: Path) -> None:
    with context.database.transaction() as connection:
        for name, url in (("Known", "https://known.example/"), ("Other", "https://other.example/")):
            outlets.save(connection, OutletSpec(name=name, url=url, feeds=(f"{url}rss",)))
    from_second = Span(since=datetime(2025, 1, 2, tzinfo=UTC))
    report = take(context, file, Wanted(span=from_second, outlets=("Known",), known=True))
    assert report.outcomes == {"page": 1, "skipped: of another time": 3, "skipped: of another outlet": 4}
    ((_, problem),) = report.errors
    assert problem.startswith("from byte ")
    assert stored(context) == ["Known www.known.example/3"]

    assert take(context, file, Wanted(known=True)).outcomes == {"page": 4, "skipped: of no outlet that is watched": 3, "unchanged": 1}
    assert take(context, file, Wanted()).outcomes == {"page": 3, "unchanged": 5}
    assert "strange.example strange.example/2" in stored(context)
    with context.database.transaction() as connection:
        row = connection.execute(
            "SELECT c.fetched_at, c.content_type, w.priority FROM captures c JOIN work w ON w.subject_id = c.id"
        ).fetchone()
        assert row == (datetime(2025, 1, 3, 8, tzinfo=UTC), "text/html; charset=utf-8", 2)


def test_after_sigkill_an_import_goes_on_where_it_stopped(context: Context, environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "many.warc.gz"
    with path.open("wb") as output:
        writer = WARCWriter(output, gzip=True)
        for number in range(800):
            answered = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    f"https://a.example/{number}", "response", payload=io.BytesIO(b"<p>Page %d</p>" % number), http_headers=answered,
                    warc_headers_dict={"WARC-Date": "2025-01-01T00:00:00Z"},
                )
            )  # fmt: skip
    command = [sys.executable, "-m", "pipeline.cli", "import", str(path)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        started = time.monotonic()
        while not stored(context):
            assert time.monotonic() - started < 60
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    before = len(stored(context))
    assert 0 < before < 800
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert f"{800 - before} read: {800 - before} page; 0 wrong" in again.stderr
    assert "went on at byte" in again.stderr
    assert len(set(stored(context))) == 800
    with context.database.transaction() as connection:
        assert connection.execute("SELECT FROM warc_imports").rowcount == 0
