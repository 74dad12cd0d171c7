"""Pages a second of `presswatch crawl`, everything on, next to a bare Scrapy spider on the same pages; and its memory."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.crawl import site, store
from benchmarks.crawl.site import Site
from benchmarks.crawl.store import Store, Used

HOSTS = 200
PAGES = 20_000
FEW = 2_000
CONCURRENCY = 32
SHARE = 0.7  # of the bare spider's pages a second, at least
GROWTH = 1.15  # of memory from few pages to many, at most


def run(options: argparse.Namespace) -> int:
    """Measure in turns, and print; 1 if it is too slow or memory grows."""
    pages = options.pages or PAGES
    site.program()
    with tempfile.TemporaryDirectory(prefix="presswatch-bench-", ignore_cleanup_errors=True) as folder, store.running(Path(folder)) as here:
        Path(folder).chmod(0o755)
        print(f"{pages} pages of {HOSTS} hosts are made", flush=True)
        with site.serving(Path(folder) / "few", hosts=HOSTS, pages=FEW) as few:
            small = _presswatch(here, few, FEW)
        with site.serving(Path(folder) / "site", hosts=HOSTS, pages=pages) as served:
            rounds = [(_bare(here, served, pages), _presswatch(here, served, pages)) for _ in range(options.rounds)]
    print("\nof medians           pages/s   pages/CPU-s   pages/CPU-s with PostgreSQL   peak memory")
    bare, ours = ([each[n] for each in rounds] for n in (0, 1))
    for name, runs in (("bare Scrapy", bare), ("presswatch crawl", ours)):
        wall, cpu, both = (pages / statistics.median(values) for values in _times(runs))
        print(f"{name:<20} {wall:7.0f}   {cpu:11.0f}   {both:27.0f}   {max(used.peak_bytes for used in runs) / 1e6:8.0f} MB")
    shares = [statistics.median(theirs) / statistics.median(own) for theirs, own in zip(_times(bare), _times(ours), strict=True)]
    peaks = [small.peak_bytes, max(used.peak_bytes for used in ours)]
    print(f"presswatch's share   {shares[0]:7.0%}   {shares[1]:11.0%}   {shares[2]:27.0%}   (bound: {SHARE:.0%} of pages/s)")
    print(f"peak memory of the crawl: {peaks[0] / 1e6:.0f} MB for {FEW} pages, {peaks[1] / 1e6:.0f} MB for {pages} (bound: {GROWTH:.0%})")
    return int(min(shares[:2]) < SHARE or peaks[1] > GROWTH * peaks[0])


def _times(runs: list[Used]) -> tuple[list[float], list[float], list[float]]:
    return [run.wall_s for run in runs], [run.cpu_s for run in runs], [run.cpu_s + run.store_cpu_s for run in runs]


def _bare(here: Store, served: Site, pages: int) -> Used:
    listing = served.folder / "urls.txt"
    listing.write_text("\n".join(served.urls))
    environment = here.environment("", ())
    used = here.run([sys.executable, "-m", "benchmarks.crawl.bare", str(listing), str(CONCURRENCY)], environment)
    assert int(used.printed) == pages, "the bare spider did not fetch all"
    _tell("bare Scrapy", used, pages)
    return used


def _presswatch(here: Store, served: Site, pages: int) -> Used:
    allow = [root.partition("://")[2] for root in served.roots]
    database = here.database(served.roots)
    _, start = served.asked()
    used, report = here.crawl(here.environment(database, allow, concurrency=CONCURRENCY))
    asked, _ = served.asked(start)
    fetched = [each for each in asked if each.is_page]
    assert report["fetched"] == len(fetched) == len({(each.host, each.path) for each in fetched}) == pages, f"not all once: {report}"
    _tell("presswatch crawl", used, pages)
    return used


def _tell(name: str, used: Used, pages: int) -> None:
    print(
        f"  {name:<18} {pages} pages in {used.wall_s:6.1f} s: {used.cpu_s:6.1f} CPU s, PostgreSQL's {used.store_cpu_s:5.1f}; "
        f"{pages / used.wall_s:5.0f} pages/s; peak {used.peak_bytes / 1e6:.0f} MB",
        flush=True,
    )
