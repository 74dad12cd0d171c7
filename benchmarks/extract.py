"""Extraction measured on real pages, beside trafilatura with metadata, newspaper4k and readability-lxml.

Run `python benchmarks/extract.py [--set NAME] [--tools A,B] [--limit N] [--show FIELD]`. The pages come from the corpus,
a folder named by PRESSWATCH_CORPUS (default `../shared/corpus`).

Body is F1: the mean over pages of precision and recall of 4-word shingles (multisets), combined into one F1; for
`multilingual` it is that of the text chunks that must and must not be there. Titles compare after folding quotation
marks, dashes and white space; authors as sets of case-folded names; dates on the calendar day. Gold sets differ in which
of a page's headlines they take: `headline` is right with gold or with any of h1, og:title and JSON-LD, once the site's
name is off both the title and the headline. `people` are the authors of rows whose gold names no organisation and no several
people in one. `accepted` is the share of pages that are not rejected.

The outlets are split by a hash of their host into a `work` and a `look` half: rules are made from the first, and the
second tells whether they hold. Intervals are those of 95 % of 1,000 resamples of the outlets. All tools read a page one
after the other, so that the machine's noise hits them alike; seconds are of processor time. Last comes a table of what the
product must reach, on both halves together; the memory is that of one worker of the pool over all pages.
"""

from __future__ import annotations

import argparse
import gc
import logging
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from itertools import cycle

from benchmarks.extraction.corpus import SETS, Gold, Row, corpus, half, load, outlet
from benchmarks.extraction.figures import Figure, Sample, figures, speed
from benchmarks.extraction.measures import grade
from benchmarks.extraction.tools import TOOLS, Result
from pipeline import dates, languages
from pipeline.extract import extractor

BASELINE = "trafilatura"
BOUNDS = {
    "articles-2019": {"body": 0.972},
    "publishers": {"body": 0.963, "title": 0.78, "headline": 0.99, "authors": 0.86, "people": 0.93, "date": 0.98},
    "multilingual": {"body": 0.942, "title": 0.82, "headline": 0.965, "authors": 0.70, "people": 0.78, "date": 0.89},
    "dates": {"date": 0.912},
}
SPEED = 1.3
MEMORY_MB = 400
Samples = dict[str, list[Sample]]  # by tool


def show(row: Gold, result: Result, graded: dict[str, float], field: str) -> None:
    """Print a row whose field is wrong."""
    if field == "accepted" and result.rejected:
        print(f"    {row['id']} {row['url']}: {result.rejected}; {result.title!r}; {len(result.body.split())} words")
    elif field == "body" and min(graded.get("precision", 1), graded.get("recall", 1)) < 0.9:
        print(f"    {row['id']} {row['url']}: precision {graded['precision']:.2f}, recall {graded['recall']:.2f}")
    elif graded.get(field) == 0:
        of = {"headline": "title", "people": "authors"}.get(field, field)
        mine = {"title": result.title, "authors": sorted(result.authors or ()), "date": result.date}[of]
        print(f"    {row['id']} {row['url']}: gold {row['gold'][of]!r}, found {mine!r}")


def read(rows: Sequence[Row], tools: Sequence[str], field: str | None) -> Samples:
    """Let all tools read all pages, in turns page by page."""
    samples: Samples = defaultdict(list)
    for name in tools:
        TOOLS[name](*rows[0])  # models and rules are read once, outside the figures
    for (row, page), order in zip(rows, cycle((tools, tools[::-1])), strict=False):
        for name in order:
            start = time.process_time()
            result = TOOLS[name](row, page)
            seconds = time.process_time() - start
            values = dict(grade(row, result, page))
            samples[name].append(Sample(outlet=outlet(row), half=half(row), seconds=seconds, values=values))
            if field and name == "presswatch" and half(row) == "work":
                show(row, result, values, field)
    return samples


def print_figures(title: str, samples: Samples) -> None:
    """Each tool's measures: on the two halves, and on both together with intervals."""
    for part in ("work", "look", "both"):
        for name in samples:
            chosen = [sample for sample in samples[name] if part in {sample.half, "both"}]
            if not chosen:
                continue
            print(f"{title:14} {part:4} {len(chosen):4} pages  {name:11}", end="")
            for measure, figure in figures(chosen).items():
                value = f"{figure.value:.1f}" if measure == "pages/s" else str(figure) if part == "both" else f"{figure.value:.3f}"
                print(f"  {measure} {value}", end="")
            print(flush=True)


def print_line(title: str, measure: str, figure: str, bound: str, *, met: bool) -> None:
    """A line of the last table."""
    print(f"{title:14}  {measure:15}  {figure:24}  {bound:>10}  {'yes' if met else 'NO'}", flush=True)


def print_bounds(read_sets: dict[str, Samples], peak: int) -> None:
    """What must be reached, and whether it is."""
    print(f"\n{'set':14}  {'measure':15}  {'figure [95 %]':24}  {'bound':>10}  met?")
    for name, samples in read_sets.items():
        found: dict[str, Figure] = figures(samples["presswatch"])
        for measure, bound in BOUNDS[name].items():
            if measure in found:
                print_line(name, measure, str(found[measure]), f">= {bound:.3f}", met=found[measure].value >= bound)
    everything = {tool: [sample for samples in read_sets.values() for sample in samples.get(tool, ())] for tool in ("presswatch", BASELINE)}
    if everything[BASELINE]:
        figure = speed(everything["presswatch"], everything[BASELINE])
        print_line("all", f"x {BASELINE}", str(figure), f">= {SPEED}", met=figure.value >= SPEED)
    print_line("all", "worker's peak", f"{peak / 1e6:.0f} MB", f"< {MEMORY_MB} MB", met=peak < MEMORY_MB * 1e6)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--set", dest="sets", action="append", choices=SETS, help="one set; may be given again; default: all")
    parser.add_argument("--tools", default=",".join(TOOLS), help=f"some of {', '.join(TOOLS)}, separated by commas; default: all")
    parser.add_argument("--limit", type=int, help="at most so many pages a set")
    fields = ("title", "headline", "authors", "people", "date", "body", "accepted")
    parser.add_argument("--show", choices=fields, help="print the `work` rows wrong in this field")
    options = parser.parse_args()
    tools = options.tools.split(",")
    if unknown := set(tools) - set(TOOLS):
        parser.error(f"no such tool: {', '.join(sorted(unknown))}; there are {', '.join(TOOLS)}")
    corpus()  # exits if it is not there
    logging.disable(logging.CRITICAL)
    languages.preload()
    dates.preload()
    extractor.preload()
    gc.freeze()  # as the pool's workers do
    sets: list[str] = options.sets or list(SETS)
    read_sets: dict[str, Samples] = {}
    for name in sets:
        read_sets[name] = read(load(name)[: options.limit], tools, options.show)
        print_figures(name, read_sets[name])
    if "presswatch" in tools:
        measured = [sys.executable, "-m", "benchmarks.extraction.memory", str(options.limit or 0), *sets]
        peak = int(subprocess.run(measured, check=True, stdout=subprocess.PIPE).stdout)
        print_bounds(read_sets, peak)


if __name__ == "__main__":
    sys.exit(main())
