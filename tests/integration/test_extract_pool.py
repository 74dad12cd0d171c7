"""A page that hangs or kills its process harms no other; order stays; `presswatch extract` speaks JSON."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from pipeline.errors import InputError, PageError, PageTimeout, PageTooHeavy, WorkerDied
from pipeline.extract import Extractor
from pipeline.models import Extraction, PageSource

NOW = datetime(2025, 1, 20, 12, tzinfo=UTC)
PAGE = (Path(__file__).parents[1] / "pages" / "json-ld.html").read_text(encoding="utf-8")
# Many paragraphs of sentences below the limit on elements: several seconds of work.
SLOW = "<html><body><h1>T</h1>" + "".join(
    f"<p>{number} {'Words of a line that is read as a sentence of the text. ' * 8}</p>" for number in range(19_000)
)


def source(number: int, html: str = PAGE) -> PageSource:
    return PageSource(url=f"https://example.org/{number}", html=html, fetched_at=NOW)


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor(workers=2, timeout_s=1) as pool:
        yield pool


def test_order_stays_and_the_rest_goes_on(extractor: Extractor) -> None:
    sources: list[PageSource | Exception] = [source(number) for number in range(30)]
    sources[3] = source(3, SLOW)
    sources[4] = InputError(problem="a broken line")
    sources[5] = source(5, "<html><body>" + "<h1>" * 5_000)
    results = list(extractor.extract_many(sources))
    assert len(results) == 30
    assert isinstance(results[3], PageTimeout)
    assert isinstance(results[4], InputError)
    assert isinstance(results[5], PageError)
    assert "nested too deeply" in str(results[5])
    for number in {*range(30)} - {3, 4, 5}:
        result = results[number]
        assert isinstance(result, Extraction)
        assert result.url == f"https://example.org/{number}"
        assert result.is_article


def kill_at_work(server: psutil.Process) -> None:
    """Kill the first worker that has computed for a while."""
    began = time.monotonic()
    idle = {worker.pid: worker.cpu_times().user for worker in server.children()}
    while time.monotonic() < began + 30:
        for worker in server.children():
            if worker.cpu_times().user > idle.get(worker.pid, 0.0) + 0.2:
                worker.kill()
                return
        time.sleep(0.01)


def test_a_killed_worker_costs_one_page() -> None:
    with Extractor(workers=1, timeout_s=60) as pool:
        assert isinstance(next(pool.extract_many([source(0)])), Extraction)  # it has started
        server = next(child for child in psutil.Process().children() if child.children() and "forkserver" in " ".join(child.cmdline()))
        before = {worker.pid for worker in server.children()}
        threading.Thread(target=kill_at_work, args=(server,), daemon=True).start()
        results = list(pool.extract_many([source(1, SLOW), source(2)]))
        assert isinstance(results[0], WorkerDied)
        assert isinstance(results[1], Extraction)
        assert {worker.pid for worker in server.children()} != before


def test_a_page_that_needs_too_much_memory_is_given_up_and_the_rest_goes_on() -> None:
    heavy = f"<html><body><h1>T</h1><p>{'A word and another. ' * 450_000}</p></body></html>"
    with Extractor(workers=1, timeout_s=60, memory_bytes=100_000_000) as pool:
        before, given_up, after = pool.extract_many([source(1), source(2, heavy), source(3)])
    assert isinstance(before, Extraction)
    assert isinstance(given_up, PageTooHeavy)
    assert "https://example.org/2 needed more than 100 MB" in str(given_up)
    assert isinstance(after, Extraction)


def test_sources_are_read_a_bounded_number_ahead(extractor: Extractor) -> None:
    read = 0

    def endless() -> Iterator[PageSource]:
        nonlocal read
        while True:
            read += 1
            yield source(read)

    results = extractor.extract_many(endless())
    for _ in range(3):
        next(results)
    results.close()  # type: ignore[attr-defined]
    assert read < 40


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    program = "from pipeline.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "extract", *arguments], input=stdin, capture_output=True, check=False, timeout=120
    )


def test_one_page_from_a_file_and_from_standard_input(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(PAGE, encoding="utf-8")
    from_file = run(str(file), "--url", "https://example.org/a?utm_source=x")
    assert from_file.returncode == 0, from_file.stderr
    found = json.loads(from_file.stdout)
    assert found["title"] == "River towns rebuild their bridges after the flood"
    assert found["is_article"] is True
    assert found["rejected_reason"] is None
    assert {"value": "The Harbour Post", "source": "json-ld"} in found["candidates"]["authors"]
    assert list(found) == [
        "url", "canonical_url", "title", "authors", "published_at", "modified_at", "language", "body", "topics", "syndicated_from",
        "kind", "paywalled", "image", "word_count", "is_article", "rejected_reason", "candidates",
    ]  # fmt: skip
    assert json.loads(run("--url", "https://example.org/a?utm_source=x", stdin=PAGE.encode()).stdout) == found


def test_json_lines_in_order_with_errors_at_their_place() -> None:
    lines: list[Any] = [
        {"id": 1, "url": "https://example.org/1", "html": PAGE},
        {"id": "two", "url": "https://example.org/2", "html_base64": base64.b64encode(PAGE.encode("utf-16")).decode()},
        {"id": 3, "url": "https://example.org/3"},
        {"id": 4, "url": "https://example.org/4", "html_base64": "%%%"},
        [],
        {"id": 6, "url": "https://example.org/6", "html": "", "content_type": "text/html"},
        {"id": 7, "url": "https://[example.org/7", "html": PAGE},
    ]
    text = "\n".join(map(json.dumps, lines)) + "\n{broken\n\n" + json.dumps({"id": 8, "url": "", "html": PAGE})
    done = run("--jsonl", "--workers", "2", stdin=text.encode())
    assert done.returncode == 0, done.stderr
    out = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["id"] for line in out] == [1, "two", 3, 4, None, 6, 7, None, 8]
    assert out[0]["title"] == out[1]["title"] == out[8]["title"]
    assert [line["error"]["kind"] for line in out if "error" in line] == ["input"] * 5
    assert "Line 3" in out[2]["error"]["message"]
    assert "Line 7" in out[6]["error"]["message"]
    assert "Line 8" in out[7]["error"]["message"]
    assert out[5]["rejected_reason"] == "empty_page"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--jsonl", "--url", "https://example.org/"], "--jsonl reads standard input"),
        ([], "--url is missing"),
        (["--url", "nonsense"], "http"),
    ],
)
def test_wrong_use_is_said(arguments: list[str], says: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "extract", *arguments], capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert says in done.stderr.decode()
