"""All pages at once: what becomes of each, and how many articles a second each stage does."""

from __future__ import annotations

import gzip
import json
import os
import tarfile
import time
from collections import Counter
from pathlib import Path

import trafilatura

from benchmarks.replay.place import cpu_s, place, pss_bytes
from pipeline import entities
from pipeline.config import Settings
from pipeline.models import PageSource
from pipeline.steps import chain
from pipeline.steps.context import Context


def measure(tar: Path) -> None:
    """Crawl and process a replayed tar twice: stage by stage for the account, then side by side as in use."""
    _by_stage(tar)
    articles, wall_s, busy_s, memory = _whole(tar)
    cores = os.cpu_count() or 1
    print(
        f"\nwhole chain, side by side: {articles} articles in {wall_s:.1f} s, {busy_s:.1f} CPU s, {articles / wall_s:.1f} a second"
        f"\nwhole chain: {articles / wall_s / cores:.1f} articles/s per core of this machine ({cores} cores, all counted as busy; bound: 6)"
        f"\nmemory of all processes together (PSS): {memory / 1e9:.2f} GB"
        f"\nfor the speed of this machine: trafilatura with metadata reads {_baseline(tar):.1f} of these pages a second on one core"
    )


def _whole(tar: Path) -> tuple[int, float, float, int]:
    """Articles, seconds, CPU seconds and bytes of memory of `process` on all pages."""
    with place(tar, delay_s=0, workers=os.cpu_count()) as here:
        here.presswatch("alerts", "add", "bench", "president OR minister OR company", "--max-age", "none")
        here.presswatch("crawl")
        os.environ.update({name: value for name, value in here.environment.items() if name.startswith("PRESSWATCH_")})
        with Context.open(Settings()) as context:
            _warm_up(context)
            before, began = cpu_s(here.home), time.monotonic()
            for _ in chain.process(context):
                pass
            wall_s = time.monotonic() - began
            busy_s = cpu_s(here.home) - before
            memory = pss_bytes(here.home)
            with context.database.transaction() as connection:
                row = connection.execute("SELECT count(*) FROM articles WHERE indexed_revision >= revision").fetchone()
    return row[0] if row else 0, wall_s, busy_s, memory


def _baseline(tar: Path) -> float:
    """Pages a second that trafilatura with metadata reads on one core."""
    with tarfile.open(tar) as archive:
        names = [name for name in archive.getnames() if name.endswith(".html.gz")]
        pages = [gzip.decompress(content.read()) for name in names if (content := archive.extractfile(name))]
    trafilatura.bare_extraction(pages[0], with_metadata=True)
    start = time.process_time()
    for page in pages:
        trafilatura.bare_extraction(page, with_metadata=True, include_comments=False)
    return len(pages) / (time.process_time() - start)


def _by_stage(tar: Path) -> None:
    """Crawl, run one stage after another, and print what became of each page and what each stage took."""
    with place(tar, delay_s=0, workers=os.cpu_count()) as here:
        print(here.served)
        here.presswatch("alerts", "add", "bench", "president OR minister OR company", "--max-age", "none")
        started = time.monotonic()
        here.presswatch("crawl")
        crawl_s = time.monotonic() - started
        os.environ.update({name: value for name, value in here.environment.items() if name.startswith("PRESSWATCH_")})
        with Context.open(Settings()) as context:
            _warm_up(context)
            seconds: Counter[str] = Counter()
            cpu: Counter[str] = Counter()
            claimed: Counter[str] = Counter()
            outcomes: dict[str, Counter[str]] = {}
            before = cpu_s(here.home)
            for run in chain.STAGES.values():
                counts = run(context)
                after = cpu_s(here.home)
                seconds[counts.stage] += counts.seconds
                cpu[counts.stage] += after - before
                before = after
                claimed[counts.stage] += counts.claimed
                outcomes.setdefault(counts.stage, Counter()).update(counts.outcomes)
            with context.database.transaction() as connection:
                figures = {
                    name: connection.execute(statement).fetchone()[0]  # type: ignore[index]
                    for name, statement in {
                        "pages captured": "SELECT count(DISTINCT page_id) FROM captures",
                        "articles": "SELECT count(*) FROM articles",
                        "copies": "SELECT count(*) FROM duplicates",
                        "stories": "SELECT count(*) FROM stories",
                        "articles in stories": "SELECT count(*) FROM story_articles",
                        "quarantined": "SELECT count(*) FROM quarantine",
                    }.items()
                }
                rejected = connection.execute(
                    "SELECT outcome, count(*) FROM captures WHERE outcome NOT IN ('article', 'unchanged') GROUP BY 1 ORDER BY 2 DESC"
                ).fetchall()
            indexed = context.index.health().documents
            found = _findable(context)
        account = json.loads(here.presswatch("alerts", "show", "bench", "--json"))
    for name, value in figures.items():
        print(f"{name:<22}{value:>8}")
    for reason, count in rejected:
        print(f"  rejected {reason:<13}{count:>8}")
    print(f"{'indexed':<22}{indexed:>8}")
    print(f"{'found by their title':<22}{found:>8}")
    print(f"alert: {account}")
    print(f"\n{'stage':<12}{'claimed':>8}{'seconds':>9}{'CPU s':>8}{'a second':>10}{'a CPU second':>14}")
    print(f"{'crawl':<12}{figures['pages captured']:>8}{crawl_s:>9.1f}")
    for stage in seconds:
        if claimed[stage]:
            print(
                f"{stage:<12}{claimed[stage]:>8}{seconds[stage]:>9.1f}{cpu[stage]:>8.1f}"
                f"{claimed[stage] / seconds[stage]:>10.1f}{claimed[stage] / max(cpu[stage], 0.01):>14.1f}"
            )


def _warm_up(context: Context) -> None:
    """Start the pool and load the models: start-up is not what is measured."""
    from datetime import UTC, datetime

    page = PageSource(url="https://example.org/a", html="<html><body><p>Warm.</p></body></html>", fetched_at=datetime.now(UTC))
    list(context.extractor.extract_many([page] * 8))
    texts = [entities.EntityText(title="Paris", body="Marie Dupont spoke in Paris. " * 50, language=language) for language in ("en", "fr")]
    context.annotator.annotate(texts * 16)


def _findable(context: Context) -> int:
    """How many stored articles a search for their own title finds."""
    from datetime import UTC, datetime

    from pipeline import query, search

    with context.database.transaction() as connection:
        titles = connection.execute(
            "SELECT a.id, v.title FROM articles a JOIN article_versions v ON v.article_id = a.id AND v.version = a.version"
        ).fetchall()
    found = 0
    for article_id, title in titles:
        if not any(letter.isalnum() for letter in title):
            continue  # nothing to search for
        hits = search.search(context.index, f"title:{query.quote(title)}", now=datetime.now(UTC), limit=50, facets=False).hits
        found += any(str(hit.id) == str(article_id) for hit in hits)
    return found
