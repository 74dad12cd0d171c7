"""`python -m benchmarks.replay [--set articles-2019] [--release 30] [--airflow | --no-airflow]`.

Without --release: all pages at once, and what becomes of each. With it: pages appear one by one, and the
time from a page's first appearance in its feed to the delivered alert is measured, through Airflow and without.
"""

from __future__ import annotations

import argparse

from benchmarks.replay import latency, throughput
from benchmarks.replay.place import pages_of


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(prog="benchmarks.replay", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", default="articles-2019", help="a tar of the corpus")
    parser.add_argument("--release", type=int, metavar="N", help="pages a minute")
    parser.add_argument("--airflow", action=argparse.BooleanOptionalAction, help="only this way (default: both)")
    options = parser.parse_args()
    tar = pages_of(options.set)
    if options.release is None:
        throughput.measure(tar)
        return
    for airflow in (True, False) if options.airflow is None else (options.airflow,):
        latency.measure(tar, per_minute=options.release, airflow=airflow)


if __name__ == "__main__":
    main()
