"""Extraction against broken and huge pages, for as long as you like.

Run `python benchmarks/fuzz.py [--seconds N] [--seed N]`. First come the pages of tests/hazards.py in full size, each in the
pool with its limits: what was found or why not, and how long it took. Then, until the time is over, random markup and
mutations of the project's own pages (tests/markup.py): each must give an extraction that the store takes or a PageError
within SECONDS_A_PAGE of processor time. What fails is made as small as it can be, and printed. Exit code 1 if anything failed.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from pipeline import dates, languages
from pipeline.extract import Extractor
from pipeline.models import Extraction, PageSource
from tests import hazards, markup
from tests.sentences import SENTENCES

SECONDS_A_PAGE = 5.0
HANG_S = 60
TIMEOUT_S = 30
EXAMPLES = 200  # of one kind, then the other's turn
CONTENT_TYPES = ("", "text/html; charset=utf-16", "text/html; charset=gb2312", "text/html; charset=x-unknown", "application/json")


def _hangs(_signal: int, _frame: object) -> None:
    raise TimeoutError(f"a page took more than {HANG_S} s")


def within_time(page: str | bytes, content_type: str) -> None:
    """Extract a page, check what was found, and how long it took."""
    start = time.process_time()
    signal.alarm(HANG_S)
    try:
        markup.stands(page, content_type)
    finally:
        signal.alarm(0)
    assert time.process_time() - start < SECONDS_A_PAGE


def fuzz(seconds: float, chance: random.Random) -> int:
    """Try pages until the time is over; tells how many rounds failed."""
    kinds: tuple[st.SearchStrategy[Any], ...] = (markup.markup, markup.mutations)
    rounds = failed = 0
    signal.signal(signal.SIGALRM, _hangs)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        number = chance.getrandbits(32)
        pages = given(page=kinds[rounds % len(kinds)], content_type=st.sampled_from(CONTENT_TYPES))
        bounds = settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        within: Callable[[], None] = bounds(seed(number)(pages(within_time)))
        rounds += 1
        try:
            within()
        except Exception:  # noqa: BLE001 - whatever it is: it is printed and counted, and the search goes on
            failed += 1
            print(f"seed {number}:\n{traceback.format_exc()}", flush=True)
    print(f"{rounds * EXAMPLES} pages, {failed} of {rounds} rounds failed")
    return failed


def read_hazards() -> int:
    """Put each huge page through the pool; tells how many lost the article without saying so."""
    failed = 0
    with Extractor(workers=1, timeout_s=TIMEOUT_S) as extractor:
        for name, (make, size) in hazards.ARTICLES.items():
            source = PageSource(url="https://example.org/news/story", html=make(size), fetched_at=markup.NOW)
            start = time.monotonic()
            (found,) = extractor.extract_many([source])
            seconds = time.monotonic() - start
            lost = isinstance(found, Extraction) and found.is_article and not all(sentence in found.body for sentence in SENTENCES)
            failed += lost
            result = found.rejected_reason or ("text lost" if lost else "article") if isinstance(found, Extraction) else repr(found)
            print(f"{name:24} {len(source.html) / 1e6:5.1f} MB  {seconds:5.1f} s  {result}", flush=True)
    return failed


def main() -> int:
    """Read the huge pages, then try random ones."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600, help="for random pages; default: 600")
    parser.add_argument("--seed", type=int, default=None, help="repeat a run; default: another one each time")
    options = parser.parse_args()
    failed = read_hazards()
    languages.preload()
    dates.preload()
    return min(1, failed + fuzz(options.seconds, random.Random(options.seed)))  # noqa: S311 - no secret


if __name__ == "__main__":
    sys.exit(main())
