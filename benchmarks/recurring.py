"""What is learned of outlets' furniture, measured on real articles to which furniture of our own is added.

Run `python -m benchmarks.recurring [--show] [--gold]`. The articles come from the corpus (PRESSWATCH_CORPUS, default `../shared/corpus`):
`coverage-8k.jsonl.gz`, the outlets with at least 20 articles, in the order of their dates. To each outlet are added, as sites do: a line
above each text, a box inside most, a notice under all, a biography under each author's articles, one of a few credits. And as newsrooms
do, text that recurs: stories printed twice, the introduction of a series, background paragraphs of the same topic, quotations.

`furniture gone` is the share of added lines that are not in the stored texts in the end, by kind; `text lost` counts lines that must
stay. Lines of the articles themselves that go were never added; they may be furniture that the corpus has left in: `--show` prints them
with how often they went (outlets of the `work` half only). With `--gold`, the extracted pages of the other sets, where an outlet has
at least four: lines that go, and how many of them are in the gold.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import logging
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks import extract as extraction
from pipeline import urls, words
from pipeline.extract import recurring

FEWEST = 20
FEWEST_GOLD = 4
TOPIC_PRINTS = 6  # how many articles repeat a background paragraph

LINE = "Listen to this report, or hand it on to a friend"
BOX = "Like what you read? Our weekly letter brings the best stories straight to your inbox, free of charge."
NOTICE = "Opinions in signed columns belong to their writers. Complaints are answered by the readers' desk within three days."
CREDITS = tuple(f"Picture desk: {name}" for name in ("Ansel Veritz", "Moira Quandt", "Teodor Brask", "Imke Salomon"))
BIOGRAPHY = "{} joined the paper from a rival title, has won two minor prizes and lives by the canal with a parrot."
SERIES = "Every week this newspaper visits a household and asks what its members did with their last pay cheque, and why."
QUOTATION = "“Nobody asked the people who have to live beside it every day, and nobody ever will.”"


@dataclass
class Memory:
    """What `clean` keeps of an outlet, without a store."""

    pages: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    holders: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    recent: list[int] = field(default_factory=list)
    furniture: set[int] = field(default_factory=set)
    mended: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))  # page: keys that became furniture after it

    def read(self, page: int, title: str, body: str) -> set[int]:
        """Learn from a page; the keys that are furniture when it is stored."""
        found = recurring.lines(title, body)
        fresh = [line for line in found if self.furniture.isdisjoint(line.keys)]
        known = {line.key for line in fresh if set(self.holders[line.key]) - {page}}
        if not recurring.is_reprint(fresh, known):
            self.recent = [*self.recent, page][-recurring.RECENT :]
        taught = set(recurring.taught(fresh, known))
        for line in fresh:
            if page not in self.holders[line.key]:
                self.holders[line.key] = [*self.holders[line.key], page][-recurring.RECENT :]
            if line in taught and page not in self.pages[line.key]:
                self.pages[line.key] = [*self.pages[line.key], page][-recurring.RECENT :]
            if recurring.is_furniture(line.standing, self.pages[line.key], self.recent):
                self.furniture.add(line.key)
                for other in self.holders[line.key]:
                    self.mended[other].add(line.key)
        return {key for line in found for key in line.keys if key in self.furniture}


@dataclass
class Article:
    """A text, and what was added to it by kind."""

    title: str
    paragraphs: list[str]
    added: dict[str, str] = field(default_factory=dict)
    recurring_text: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> str:
        """As extracted."""
        return "\n\n".join(self.paragraphs)


def outlets() -> dict[str, list[dict[str, str]]]:
    """The articles of each outlet with enough of them, by date."""
    path = extraction.corpus() / "coverage-8k.jsonl.gz"
    if not path.exists():
        sys.exit(f"{path} is missing: PRESSWATCH_CORPUS must be the folder that holds coverage-8k.jsonl.gz.")
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            found[urls.site(row["url"]) or row["source"]].append(row)
    return {name: sorted(rows, key=lambda row: row["date"]) for name, rows in found.items() if len(rows) >= FEWEST}


def dressed(rows: Sequence[dict[str, str]], outlet: str) -> Iterator[Article]:
    """An outlet's articles with furniture and recurring text added."""
    chance = random.Random(outlet)  # noqa: S311 - the same in every run
    order = chance.sample(["biography", "biography of few", "credit", "notice"], 4)
    background: dict[str, tuple[str, int]] = {}
    for row in rows:
        text = [paragraph for piece in row["text"].split("\n\n") if (paragraph := " ".join(piece.split()))]
        if len(text) < 4:
            continue
        article = Article(row["title"] or "", list(text))
        known, left = background.get(row["topic"], ("", 0))
        if left:
            article.recurring_text["background"] = known
            article.paragraphs.insert(len(article.paragraphs) - chance.randrange(3), known)
        background[row["topic"]] = (known, left - 1) if left > 1 else (chance.choice(text[1:]), TOPIC_PRINTS)
        if chance.random() < 0.05:
            article.recurring_text["quotation"] = QUOTATION
            article.paragraphs.append(QUOTATION)
        if chance.random() < 0.1:
            article.recurring_text["series"] = SERIES
            article.paragraphs.insert(0, SERIES)
        if chance.random() < 0.8:
            article.added["box"] = BOX
            article.paragraphs.insert(len(article.paragraphs) // 3 or 1, BOX)
        author = (row["authors"] or "").split(",")[0].strip()
        if author:
            frequent = sum((other["authors"] or "").split(",")[0].strip() == author for other in rows) >= recurring.Standing.END.articles
            article.added["biography" if frequent else "biography of few"] = BIOGRAPHY.format(author)
        article.added |= {"credit": chance.choice(CREDITS), "notice": NOTICE, "line": LINE}
        under = sorted((kind for kind in article.added if kind not in {"box", "line"}), key=order.index)
        article.paragraphs = [LINE, *article.paragraphs, *(article.added[kind] for kind in under)]
        yield article
        if chance.random() < 0.05:
            again = Article(article.title, article.paragraphs, dict(article.added), dict(article.recurring_text))
            again.recurring_text["reprint"] = text[len(text) // 2]
            yield again


def removed(memory: Memory, articles: Sequence[Article]) -> Iterator[tuple[Article, tuple[str, ...]]]:
    """Each article with the lines that are gone from its stored text in the end."""
    keys = [memory.read(page, article.title, article.body) for page, article in enumerate(articles)]
    for page, article in enumerate(articles):
        found = recurring.lines(article.title, article.body)
        yield article, recurring.split(article.body, found, keys[page] | memory.mended.get(page, set()))[1]


def measure_added(part: str, *, show: bool) -> None:
    """Print what goes of the added furniture and of the text."""
    there, gone, kept_there, lost, own = (Counter[str]() for _ in range(5))
    lines = articles = names = 0
    for name, rows in outlets().items():
        if part != ("work" if hashlib.sha256(name.encode()).digest()[0] % 2 else "look"):
            continue
        names += 1
        for article, out in removed(Memory(), list(dressed(rows, name))):
            articles += 1
            lines += len(article.paragraphs)
            there.update(article.added.keys())
            gone.update(kind for kind, text in article.added.items() if text in out)
            kept_there.update(article.recurring_text.keys())
            lost.update(kind for kind, text in article.recurring_text.items() if text in out)
            own.update(text for text in out if text not in article.added.values() and text not in article.recurring_text.values())
    print(f"added {part}: {names} outlets, {articles} articles, {lines} lines")
    print("  furniture gone  " + "  ".join(f"{kind} {gone[kind] / there[kind]:.3f} of {there[kind]}" for kind in sorted(there)))
    print("  text lost       " + "  ".join(f"{kind} {lost[kind]} of {kept_there[kind]}" for kind in sorted(kept_there)))
    print(f"  the articles' own lines that went: {own.total()} ({len(own)} different)")
    if show and part == "work":
        for text, times in own.most_common():
            print(f"    {times:5} {text[:160]}")


def measure_gold() -> None:
    """Print what goes of the corpus' own pages, and how much of it the gold has."""
    sites: dict[str, list[extraction.Row]] = defaultdict(list)
    for name in extraction.SETS:
        for row, page in extraction.load(name):
            sites[urls.host(row["url"]) or row["id"]].append((row, page))
    sites = {name: rows for name, rows in sites.items() if len(rows) >= FEWEST_GOLD}
    lines = gone = right = 0
    for rows in sites.values():
        results = [(row, extraction.presswatch(row, page)) for row, page in rows]
        articles = [Article(result.title, result.body.split("\n\n")) for _, result in results if result.body]
        golds = [row["gold"] for row, result in results if result.body]
        for (article, out), gold in zip(removed(Memory(), articles), golds, strict=True):
            text = " ".join(words.split(" ".join([gold.get("body") or "", *(gold.get("with") or ())])))
            lines += len(article.paragraphs)
            gone += len(out)
            right += sum(" ".join(words.split(line)) in text for line in out)
    print(f"gold: {len(sites)} outlets with at least {FEWEST_GOLD} pages, {lines} lines; {gone} go, {right} of them are in the gold")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--show", action="store_true", help="print the articles' own lines that went (`work` outlets)")
    parser.add_argument("--gold", action="store_true", help="also the pages of the sets with gold")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    for part in ("work", "look"):
        measure_added(part, show=options.show)
    if options.gold:
        measure_gold()


if __name__ == "__main__":
    main()
