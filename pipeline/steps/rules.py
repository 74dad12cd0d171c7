"""Outlet rules before they go live: their test pages, and what they would change in stored pages. Nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pipeline import examples, rules, urls, validity
from pipeline.errors import InputError, PageError
from pipeline.extract.extraction import extract
from pipeline.models import Extraction, PageSource
from pipeline.rules import RuleFile, Version
from pipeline.steps import pages
from pipeline.steps.context import Context
from pipeline.store import cleaning, outlets

FIELDS: Final = (*rules.FIELDS, "verdict")
MAX_EXAMPLES: Final = 3
BATCH: Final = 32
Results = Iterator[Extraction | Exception]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A rule and what is wrong with it; a file that can't be read, or that has no selectors, is one without a test page."""

    name: str
    test: Path | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A field of a page without and with the rule."""

    url: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What a rule would change in stored pages."""

    pages: int  # stored pages that were looked at
    ruled: int  # of these, pages that the rule is for
    failed: Mapping[str, int]  # pages that could not be read, by error
    missed: Mapping[str, int]  # by field, pages on which the rule did not find it
    counts: Mapping[str, Mapping[str, int]]  # by field: same, gained, lost, changed
    examples: Mapping[str, tuple[Change, ...]]  # by field


def check(paths: Sequence[Path]) -> list[Checked]:
    """Read rule files, and run each rule on its test page."""
    checked: list[Checked] = []
    files: list[RuleFile] = []
    for path in paths:
        try:
            file = rules.read(path)
            rules.bound([*files, file])
        except InputError as error:
            checked.append(Checked(name=str(path), problems=(str(error),)))
            continue
        files.append(file)
        if not file.versions:
            checked.append(Checked(name=file.path.name))
        checked += [
            Checked(name=version.rule.name, test=version.test, problems=tuple(_problems(file, version))) for version in file.versions
        ]
    return checked


def _problems(file: RuleFile, version: Version) -> Iterator[str]:
    try:
        example = examples.read(version.test, fetched_at=datetime.now(UTC))
        found = extract(replace(example.source, rule=version.rule))
    except (InputError, PageError) as error:
        yield str(error)
        return
    if not file.is_for(example.source):
        yield f"the test page's address is of the host {urls.host(example.source.url)}, and the rule is for {', '.join(file.hosts)}"
    yield from (f"the selector of {field} finds nothing on the test page" for field in found.rule_missed or ())
    yield from examples.differences(found, example.expect)


def replay(context: Context, path: Path, *, names: Sequence[str] = (), limit: int) -> Replay:
    """Read the newest stored pages as they are read now, and with a rule file in place of those for its hosts.

    Args:
        context: open connections.
        path: the rule file; it need not be in the folder of rules.
        names: of outlets; by default those that the rule's hosts belong to.
        limit: pages at most.

    Raises:
        InputError: the file is wrong, no outlet has the name or the hosts, or nothing is stored.

    """
    file = rules.read(path)
    if not file.versions:
        raise InputError(problem=f"{path} has no [[version]], so it changes nothing in stored pages: try it with `presswatch crawl`")
    candidate = rules.bound([file])
    live = rules.bound(known for known in context.rules.files if known.path.resolve() != path.resolve())
    with context.database.transaction() as connection:
        if names:
            ids = [outlet.id for outlet in outlets.by_names(connection, names, removed=True)]
        else:
            owners = [outlets.of_host(connection, name) for host in file.hosts for name in rules.spellings(host)]
            ids = list({owner.id for owner in owners if owner})
        if not ids:
            raise InputError(problem=f"no outlet has the host {' or '.join(file.hosts)}: name the outlet with --outlet")
        since = file.versions[0].valid_from or validity.EARLIEST
        captures = cleaning.select_recent(connection, ids, since=since, limit=limit)
    if not captures:
        since_when = f" that was fetched since {since.isoformat()}, from when the rule holds" if since > validity.EARLIEST else ""
        raise InputError(problem=f"no page of the outlet is stored{since_when}: collect some with `presswatch crawl`")
    sources = (page for page in _stored(context, captures) if file.is_for(page))
    return _compared(
        context.extractor.extract_many(side for page in sources for side in (live.ruled(page), candidate.ruled(page))), len(captures)
    )


def _stored(context: Context, captures: Sequence[int]) -> Iterator[PageSource]:
    for start in range(0, len(captures), BATCH):
        loaded = pages.load(context, captures[start : start + BATCH])
        for damaged in loaded.damaged.values():
            raise damaged
        yield from (waiting.source for waiting in loaded.captures.values())


def _compared(results: Results, pages: int) -> Replay:
    ruled = 0
    failed: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    counts: dict[str, Counter[str]] = {field: Counter() for field in FIELDS}
    shown: dict[str, list[Change]] = {field: [] for field in FIELDS}
    for before, after in zip(results, results, strict=True):
        ruled += 1
        if isinstance(before, Exception) or isinstance(after, Exception):
            failed[type(after if isinstance(after, Exception) else before).__name__] += 1
            continue
        missed.update(after.rule_missed or ())
        for field in FIELDS:
            old, new = _value(before, field), _value(after, field)
            kind = "same" if old == new else "gained" if not old else "lost" if not new else "changed"
            counts[field][kind] += 1
            if kind != "same" and len(shown[field]) < MAX_EXAMPLES:
                shown[field].append(_change(after.url, field, old, new))
    return Replay(
        pages=pages,
        ruled=ruled,
        failed=dict(failed),
        missed=dict(missed),
        counts={field: dict(of_field) for field, of_field in counts.items()},
        examples={field: tuple(changes) for field, changes in shown.items() if changes},
    )


def _value(found: Extraction, field: str) -> str:
    match field:
        case "verdict":
            return found.rejected_reason or "article"
        case "authors" | "topics":
            return ", ".join(getattr(found, field))
        case "published_at":
            return found.published_at.isoformat() if found.published_at else ""
        case _:
            return str(getattr(found, field))


def _change(url: str, field: str, old: str, new: str) -> Change:
    """An example; of bodies only the paragraphs that the other one has not."""
    if field == "body":
        before, after = dict.fromkeys(old.split("\n\n")), dict.fromkeys(new.split("\n\n"))
        old, new = ("\n\n".join(text for text in mine if text not in other) for mine, other in ((before, after), (after, before)))
    return Change(url=url, before=old, after=new)
