"""Links of pages told apart: articles from menus, lists and services, on real pages, by three kinds of evidence.

Run `python -m benchmarks.sections [--show]`. The pages come from the corpus (PRESSWATCH_CORPUS, default `../shared/corpus`); the outlets are
split by a hash of their name into a `work` and a `look` half.

`links`: of 54 outlets a page each and at most 16 of its links, drawn at random and labelled by hand (`sections.labels`: a hash of page and
link, 1 for an article, 0 for another page; links of which a reader could say either are left out). Precision and recall of the links shown:
by the general marks alone; with the shapes that the page itself teaches; and with those of articles' addresses that are known of the outlet
(`coverage-8k`, where it has some).

`addresses`: what is learned from addresses alone. Of outlets with at least 40 known articles' addresses and a page in the corpus, so many
are known of each kind, and the share of the others that is told right is counted: articles' addresses, and menus' links (short ones in
menus and footers, told by text and place only). Both kinds count half.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import logging
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.extraction.corpus import SETS, Row, corpus, half, load, outlet
from crawlers.reading import sections
from pipeline import urls
from pipeline.shapes import Known, Shapes

LABELS = Path(__file__).with_suffix(".labels")
LABELLED_SETS = ("publishers", "articles-2019")
FEWEST_KNOWN = 40
MOST_KNOWN = 200
LEARNED = (0, 5, 20, 100)
PARTS = ("work", "look")

Shown = Callable[[Row], set[str]]


def known_addresses() -> dict[str, list[str]]:
    """Articles' addresses by outlet."""
    found: dict[str, list[str]] = defaultdict(list)
    with gzip.open(corpus() / "coverage-8k.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            url = json.loads(line)["url"]
            if url:
                found[urls.site(url)].append(url)
    return found


def links(row: Row) -> tuple[sections.Link, ...]:
    """The links of a page."""
    return sections.links_of(row[1], url=row[0]["url"])


def labelled() -> Iterator[tuple[Row, dict[str, bool]]]:
    """Pages with those of their links that have a label."""
    labels = dict(line.split() for line in LABELS.read_text().splitlines())
    for name in LABELLED_SETS:
        for row in load(name):
            found = {
                link.url: label == "1"
                for link in links(row)
                if (label := labels.get(hashlib.sha256(f"{row[0]['url']} {link.url}".encode()).hexdigest()[:16]))
            }
            if found:
                yield row, found


def measure_links(*, show: bool) -> None:
    """Print precision and recall on the labelled links."""
    known = known_addresses()

    def by_marks(row: Row) -> set[str]:
        return {link.url for link in links(row) if link.points >= sections.ENOUGH}

    def by_page(row: Row) -> set[str]:
        return {item.url for item in sections.read(row[1], url=row[0]["url"], content_type="")}

    def by_known(row: Row) -> set[str]:
        articles = [url for url in known.get(outlet(row[0]), ()) if url != row[0]["url"]]
        return {
            item.url
            for item in sections.read(row[1], url=row[0]["url"], content_type="", known=Known(articles=tuple(articles)[:MOST_KNOWN]))
        }

    pages = list(labelled())
    methods: dict[str, Shown] = {"general marks": by_marks, "and the page": by_page, "and known articles": by_known}
    for name, shown in methods.items():
        counts: Counter[tuple[str, bool, bool]] = Counter()
        for row, labels in pages:
            found = shown(row)
            for url, is_article in labels.items():
                counts[half(row[0]), url in found, is_article] += 1
                if show and name == "and the page" and half(row[0]) == "work" and (url in found) != is_article:
                    print(f"    {'missed' if is_article else 'wrong'} {url}")
        for part in PARTS:
            right, wrong, missed = counts[part, True, True], counts[part, True, False], counts[part, False, True]
            total = sum(count for (of, _, _), count in counts.items() if of == part)
            print(
                f"links      {part}  {total:4} links  {name:20}"
                f"precision {right / (right + wrong):.3f}  recall {right / (right + missed):.3f}"
            )


def measure_addresses() -> None:
    """Print what addresses alone tell, by how many are known."""
    known = {name: addresses for name, addresses in known_addresses().items() if len(addresses) >= FEWEST_KNOWN}
    menus: dict[str, set[str]] = defaultdict(set)
    parts: dict[str, str] = {}
    for name in SETS:
        for row in load(name):
            if outlet(row[0]) in known:
                parts[outlet(row[0])] = half(row[0])
                menus[outlet(row[0])] |= {link.url for link in links(row) if link.place < 0 and 0 < len(link.text.split()) <= 2}
    for part in PARTS:
        names = [name for name in sorted(menus) if parts[name] == part and len(menus[name]) >= FEWEST_KNOWN]
        for learned in LEARNED:
            shares = []
            for name in names:
                chance = random.Random(name)  # noqa: S311 - the same in every run
                articles, others = (chance.sample(sorted(set(urls_)), len(set(urls_))) for urls_ in (known[name], menus[name]))
                half_articles, half_others = len(articles) // 2, len(others) // 2
                shapes = Shapes(
                    Known(
                        articles=tuple(articles[:half_articles][:learned]),
                        others=tuple(others[:half_others][: max(1, learned // 2) if learned else 0]),
                    )
                )
                for held, sign in ((articles[half_articles:], 1), (others[half_others:], -1)):
                    odds = [sign * shapes.odds(url) for url in held]
                    shares.append(sum((value > 0) + 0.5 * (value == 0) for value in odds) / len(odds))
            print(f"addresses  {part}  {len(names):4} outlets  {learned:3} known articles   told right {sum(shares) / len(shares):.3f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--show", action="store_true", help="print the links that are told wrong (`work` outlets)")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    measure_links(show=options.show)
    measure_addresses()


if __name__ == "__main__":
    main()
