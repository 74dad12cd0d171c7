"""Copies, entities and stories measured on real articles.

Run `python benchmarks/compare.py [--room duplicates|entities|stories]` (all three unless named). The articles come
from the corpus, a folder named by PRESSWATCH_CORPUS (default `../shared/corpus`): `coverage-8k.jsonl.gz` and
`stories.jsonl.gz`.

- duplicates: look-up keys that articles share by chance; real articles cut, edited or led in otherwise, and the
  share of them found and called copies; seconds.
- entities: articles of 500 words a second in one core; `--show N` prints what was found in N of them.
- stories: articles are clustered one by one in the order of time. B-cubed precision, recall and F1 on two halves
  of the stories; thresholds were chosen on half 0. `dated` keeps the dates, `packed` moves all stories into the
  same days, `crowded` adds other articles on the same subjects, any of which is an error in a labelled story.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations, count
from pathlib import Path
from typing import Any

from pipeline import duplicates, entities, stories
from pipeline.models import CopyKind, StoryVector

CORPUS = Path(os.environ.get("PRESSWATCH_CORPUS", "../shared/corpus"))
WORDS = 500
NEIGHBOURS = 48  # as many as the store gives
PACKED = datetime(2020, 1, 1, 12, tzinfo=UTC)
Edit = Callable[[list[str]], list[str]]
Row = dict[str, Any]


def rows(name: str, most: int | None = None) -> Iterator[Row]:
    """The articles of a file of the corpus."""
    with gzip.open(CORPUS / name, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number == most:
                return
            yield json.loads(line)


# --- Copies ---


def own(number: int) -> list[str]:
    """Words that no article has."""
    return [f"own{place}" for place in range(number)]


EDITS: dict[str, Edit] = {
    "cut to 3/4": lambda words: words[: len(words) * 3 // 4],
    "cut to 1/2": lambda words: words[: len(words) // 2],
    "cut to 1/3": lambda words: words[: len(words) // 3],
    "40 words before": lambda words: own(40) + words,
    "200 words before": lambda words: own(200) + words,
    "first 20 words other": lambda words: own(20) + words[20:],
    "last 1/8 other": lambda words: words[: len(words) * 7 // 8] + own(len(words) // 8),
    "a word in 50 other": lambda words: [word if place % 50 else "own" for place, word in enumerate(words)],
    "a word in 30 other": lambda words: [word if place % 30 else "own" for place, word in enumerate(words)],
}


def measure_duplicates() -> None:
    """Chance candidates, and what is found of made copies."""
    texts = [row["text"] for row in rows("coverage-8k.jsonl.gz")]
    began = time.process_time()
    prints = [duplicates.fingerprint(text) for text in texts]
    print(f"fingerprint                {len(texts) / (time.process_time() - began):8.0f} articles/s")
    holders: dict[int, list[int]] = defaultdict(list)
    for article, found in enumerate(prints):
        for key in found.bands:
            holders[key].append(article)
    pairs = {pair for articles in holders.values() for pair in combinations(articles, 2)}
    print(f"keys an article            {len(prints[0].bands):8d}")
    print(f"pairs that share a key     {len(pairs):8d} of {len(texts)} articles; the hottest key has {max(map(len, holders.values()))}")
    kinds: Counter[str] = Counter()
    began = time.process_time()
    for one, other in pairs:
        likely = duplicates.likely(prints[other], {one: prints[one]})
        kinds[str(duplicates.compare(texts[other], texts[one])[0]) if likely else "not likely"] += 1
    print(f"of them                    {dict(kinds)}, {(time.process_time() - began) / max(1, len(pairs)) * 1e3:.1f} ms a pair")
    for name, edit in EDITS.items():
        tried = found_ = copies = 0
        for text, known in zip(texts[:800], prints[:800], strict=True):
            words = text.split()
            if len(words) < WORDS // 2:
                continue
            tried += 1
            edited = " ".join(edit(words))
            seen = duplicates.fingerprint(edited)
            if set(seen.bands) & set(known.bands) and duplicates.likely(seen, {1: known}):
                found_ += 1
                copies += duplicates.compare(edited, text)[0] is CopyKind.COPY
        print(f"{name:<26} found {found_ / tried:6.3f}   copies {copies / tried:6.3f}")


# --- Entities ---


def measure_entities(show: int) -> None:
    """Speed, and what was found."""
    texts = [
        entities.EntityText(title=row["title"], body=" ".join(row["text"].split(" ")[:WORDS]), language="en")
        for row in rows("coverage-8k.jsonl.gz", 200)
    ]
    began = time.monotonic()
    entities.annotate(texts[:1])
    print(f"first article              {time.monotonic() - began:8.1f} s, the model's load included")
    began, worked = time.monotonic(), time.process_time()
    found = entities.annotate(texts)
    worked, passed = time.process_time() - worked, time.monotonic() - began
    print(f"annotate                   {len(texts) / worked:8.1f} articles/s and core, {len(texts) / passed:.1f} a second of time")
    for text, mentions in list(zip(texts, found, strict=True))[:show]:
        print(f"\n{text.title}")
        for mention in mentions:
            print(f"  {mention.count:3d} {mention.type:<7} {mention.name}  {', '.join(mention.forms)}")


# --- Stories ---


def when(row: Row) -> datetime | None:
    """The date given, else the one in the URL."""
    match = re.search(r"(20\d\d)[-/](\d\d)[-/](\d\d)", row["date"] or row["url"] or "")
    return datetime(*map(int, match.groups()), 12, tzinfo=UTC) if match else None  # type: ignore[arg-type, misc]


def named(articles: Sequence[Row]) -> list[list[str]]:
    """The public ids of each article's entities."""
    texts = [entities.EntityText(title=row["title"] or "", body=row["text"][:4000], language="en") for row in articles]
    return [[entities.public_id(mention.type, mention.name) for mention in found] for found in entities.annotate(texts)]


def vectors(articles: Sequence[Row], names: Sequence[list[str]], times: Sequence[datetime]) -> list[StoryVector]:
    """As the stages make them."""
    background = stories.Background()
    return [
        stories.vector(title=row["title"] or "", body=row["text"], entities=found, at=at, language="en", background=background)
        for row, found, at in zip(articles, names, times, strict=True)
    ]


def clustered(found: Sequence[StoryVector]) -> tuple[list[object], float]:
    """Each article's story (or a mark of its own), and the mean number of articles that share a key with one."""
    holders: dict[str, list[int]] = defaultdict(list)
    story: dict[int, int] = {}
    numbers = count()
    looked_up = 0
    for article in sorted(range(len(found)), key=lambda place: found[place].at):
        keys = stories.keys(found[article])
        sharing = Counter(other for key in keys for other in holders[key])
        looked_up += len(sharing)
        nearest = sorted(sharing, key=lambda other: (-sharing[other], other))[:NEIGHBOURS]
        decision = stories.decide(
            found[article],
            [stories.Neighbour(article_id=other, story_id=story.get(other), vector=found[other]) for other in nearest],
        )
        if decision.story_id is not None:
            story[article] = decision.story_id
        elif decision.open_with:
            story[article] = next(numbers)
            story.update(dict.fromkeys(decision.open_with, story[article]))
        for key in keys:
            holders[key].append(article)
    return [story.get(article, ("alone", article)) for article in range(len(found))], looked_up / len(found)


def b_cubed(gold: Sequence[str | None], found: Sequence[object]) -> tuple[float, float, float]:
    """Precision, recall and F1 over the labelled articles; unlabelled ones count against precision."""
    right: dict[str, set[int]] = defaultdict(set)
    got: dict[object, set[int]] = defaultdict(set)
    for article, (label, story) in enumerate(zip(gold, found, strict=True)):
        got[story].add(article)
        if label is not None:
            right[label].add(article)
    scores = [
        (len(right[label] & got[story]) / len(got[story]), len(right[label] & got[story]) / len(right[label]))
        for label, story in zip(gold, found, strict=True)
        if label is not None
    ]
    precision, recall = (sum(score[side] for score in scores) / len(scores) for side in (0, 1))
    return precision, recall, 2 * precision * recall / (precision + recall)


def measure_stories() -> None:
    """Both halves, at three densities."""
    articles = list(rows("stories.jsonl.gz"))
    members: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(articles):
        members[row["story"]].append(place)
    dated: list[datetime] = [PACKED] * len(articles)
    for places in members.values():
        known = [at for place in places if (at := when(articles[place]))]
        for place in places:
            dated[place] = when(articles[place]) or min(known, default=PACKED)
    began = {story: min(dated[place] for place in places) for story, places in members.items()}
    packed = [PACKED + (dated[place] - began[row["story"]]) for place, row in enumerate(articles)]

    chance = random.Random(5)  # noqa: S311 - a sample, no secret
    others = [
        row
        for row in chance.sample(list(rows("coverage-8k.jsonl.gz")), 1500)
        # A report of a labelled event would be no error.
        if (at := when(row)) and all(abs(at - start) > timedelta(days=5) for start in began.values())
    ]
    order = sorted(members)
    random.Random(7).shuffle(order)  # noqa: S311 - as above
    half = {story: place % 2 for place, story in enumerate(order)}

    names = named(articles)
    at_dates, at_once = vectors(articles, names, dated), vectors(articles, names, packed)
    crowd = vectors(others, named(others), [PACKED + timedelta(hours=chance.randrange(72)) for _ in others])
    for number in (0, 1):
        chosen = [place for place, row in enumerate(articles) if half[row["story"]] == number]
        gold: list[str | None] = [articles[place]["story"] for place in chosen]
        for name, given, more in (("dated", at_dates, []), ("packed", at_once, []), ("crowded", at_once, crowd)):
            found, looked_up = clustered([*(given[place] for place in chosen), *more])
            precision, recall, f1 = b_cubed([*gold, *[None] * len(more)], found)
            print(
                f"half {number} {name:<8} {len(found):5d} articles   precision {precision:.3f}   recall {recall:.3f}   F1 {f1:.3f}"
                f"   share a key with {looked_up:.0f}"
            )
    everything = list(rows("coverage-8k.jsonl.gz"))
    background = stories.Background()
    keys = [
        stories.keys(stories.vector(title=row["title"], body=row["text"], entities=(), at=PACKED, language="en", background=background))
        for row in everything
    ]
    holders: dict[str, set[int]] = defaultdict(set)
    for article, own_keys in enumerate(keys):
        for key in own_keys:
            holders[key].add(article)
    sample = range(0, len(keys), 20)
    sharing = [Counter(other for key in keys[article] for other in holders[key]) for article in sample]
    once, twice = (sum(sum(shared >= least for shared in found.values()) for found in sharing) / len(sharing) for least in (1, 2))
    print(f"look-up in {len(keys)} articles of one subject, as if of one window: {once:.0f} share a key, {twice:.0f} share two")


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument(
        "--room",
        dest="rooms",
        action="append",
        choices=["duplicates", "entities", "stories"],
        help="one room; may be given again; default: all",
    )
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print the entities of N articles")
    chosen = parser.parse_args()
    for name in ("coverage-8k.jsonl.gz", "stories.jsonl.gz"):
        if not (CORPUS / name).exists():
            print(f"{CORPUS / name} is missing: set PRESSWATCH_CORPUS to the folder of the corpus.", file=sys.stderr)
            return 1
    for room, measure in (
        ("duplicates", measure_duplicates),
        ("entities", lambda: measure_entities(chosen.show)),
        ("stories", measure_stories),
    ):
        if not chosen.rooms or room in chosen.rooms:
            print(f"\n{room}")
            measure()
    return 0


if __name__ == "__main__":
    sys.exit(main())
