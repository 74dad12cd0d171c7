"""`presswatch process`, killed with SIGKILL at random points, ends with every article exactly once."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.steps.context import Context

PAGES = 60
# One more, and what is claimed each time would rightly be suspected of killing its workers.
KILLS = 4
WORDS = (
    "harbour council budget school river bridge doctor market winter election train museum storm farmer signal concert "
    "engineer protest island factory library hospital minister coast verdict airport stadium orchard tunnel senate"
).split()


def archive(path: Path) -> None:
    """A WARC file of pages whose texts all differ."""
    chance = random.Random(7)
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number in range(PAGES):
            sentences = (" ".join(chance.choices(WORDS, k=12)).capitalize() + "." for _ in range(20))
            html = (
                f"<html lang=en><head><title>Report {number}</title></head><body><article><h1>Report number {number}</h1>"
                + "".join(f"<p>{sentence} {next(sentences)}</p>" for sentence in sentences)
                + "</article></body></html>"
            )
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            url = f"https://paper{number % 5}.example/2026/report-{number}"
            writer.write_record(
                writer.create_warc_record(
                    url,
                    "response",
                    payload=io.BytesIO(html.encode()),
                    http_headers=headers,
                    warc_headers_dict={"WARC-Date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")},
                )
            )


def claims(context: Context) -> tuple[object, ...] | None:
    """How many jobs were claimed, ever."""
    with context.database.transaction() as connection:
        return connection.execute("SELECT coalesce(sum(attempts), 0), count(*) FROM work").fetchone()


def wait_for_progress(context: Context, process: subprocess.Popen[bytes]) -> None:
    """Wait until a process has begun to work."""
    before = claims(context)
    while process.poll() is None and claims(context) == before:
        time.sleep(0.01)


def test_every_article_exactly_once(context: Context, environment: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pipeline.cli"]
    archive(tmp_path / "pages.warc.gz")
    subprocess.run([*command, "alerts", "add", "all", "report"], env=environment, check=True, capture_output=True)
    subprocess.run([*command, "import", str(tmp_path / "pages.warc.gz")], env=environment, check=True, capture_output=True)

    chance = random.Random(11)
    killed = 0
    for _ in range(KILLS):
        process = subprocess.Popen([*command, "process"], env=environment, stderr=subprocess.DEVNULL)
        wait_for_progress(context, process)
        try:
            process.wait(timeout=chance.uniform(0, 0.5))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            killed += 1
    assert killed > 0
    done = subprocess.run([*command, "process"], env=environment, check=True, capture_output=True, text=True)

    with context.database.transaction() as connection:
        articles = connection.execute("SELECT url, version FROM articles").fetchall()
        assert connection.execute("SELECT count(*) FROM article_versions").fetchone() == (PAGES,), done.stderr
        assert connection.execute("SELECT count(*) FROM work").fetchone() == (0,), done.stderr
        assert connection.execute("SELECT count(*) FROM quarantine").fetchone() == (0,)
        matches = connection.execute("SELECT count(*), count(DISTINCT article_id) FROM matches").fetchone()
    assert len(articles) == len(set(articles)) == PAGES
    assert matches == (PAGES, PAGES)
    context.index.refresh()
    found = context.index.client.search(index=context.index.alias, size=PAGES + 10, source=["url"])
    assert sorted(hit["_source"]["url"] for hit in found["hits"]["hits"]) == sorted(url for url, _ in articles)
