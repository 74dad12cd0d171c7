"""`python -m benchmarks.crawl [PART]`: one part, or all in turn. Exit code 1 if a part does not hold what it is to show."""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import Final

# Modules with a function `run(options)`, which gives the exit code.
PARTS: Final = {
    "throughput": "`presswatch crawl` next to a bare Scrapy spider on the same pages of a local nginx, and its memory",
    "kills": "a crawl that is killed again and again: which pages are lost, and which are fetched twice",
    "faults": "outlets that misbehave, one line each",
    "completeness": "the share of the articles that is collected from outlets with short feeds, and what is estimated of it",
}


def main() -> int:
    """Read the options and run the parts; 1 if one of them failed."""
    description = f"{__doc__}\n\n" + "\n".join(f"  {name:<12} {words}" for name, words in PARTS.items())
    parser = argparse.ArgumentParser(prog="benchmarks.crawl", description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="?", choices=PARTS, help="default: all in turn")
    parser.add_argument("--pages", type=int, metavar="N", help="pages to crawl (throughput: 20000, kills: 5000)")
    parser.add_argument("--rounds", type=int, default=2, metavar="N", help="of throughput, each of both spiders (default: 2)")
    parser.add_argument("--kills", type=int, default=50, metavar="N", help="of kills (default: 50)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments of the kills (default: 1)")
    parser.add_argument("--set", default="articles-2019", help="of faults: a tar of the corpus")
    options = parser.parse_args()
    failed = 0
    for part in (options.part,) if options.part else PARTS:
        print(f"== {part}", flush=True)
        failed |= importlib.import_module(f"benchmarks.crawl.{part}").run(options)
    return failed


if __name__ == "__main__":
    sys.exit(main())
