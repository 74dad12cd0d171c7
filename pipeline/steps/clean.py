"""Stage `clean`: captures become articles or new versions of them, or are rejected with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from pipeline import urls
from pipeline.errors import PageError
from pipeline.models import Counts, Extraction, Job, Priority, Stage
from pipeline.steps import batch, learning, pages, rendering
from pipeline.steps.context import Context
from pipeline.store import articles, cleaning, forgotten, identities, noarchive, work, yields
from pipeline.store.cleaning import Waiting
from pipeline.store.database import Connection

SIZE: Final = 32
# What a capture is that made no version.
CAPTURES: Final = {"unchanged": "unchanged", "mended": "unchanged", "withdrawn": "unchanged", "outdated": "outdated", "variant": "variant"}


def run(context: Context, *, deadline: float | None = None, lowest: Priority = Priority.BACKLOG) -> Counts:
    """Clean what waits.

    Raises:
        InputError: an outlet rule is wrong; that is no page's fault, and nothing was claimed.

    """
    _ = context.rules
    return batch.run(context, Stage.CLEAN, partial(_clean, context), size=SIZE, deadline=deadline, lowest=lowest)


def _clean(context: Context, jobs: Sequence[Job]) -> batch.Done:
    loaded = pages.load(context, [job.subject_id for job in jobs])
    captures = loaded.captures
    here = [job for job in jobs if job.subject_id in captures]
    sources = (context.rules.ruled(captures[job.subject_id].source) for job in here)
    read = dict(zip(here, context.extractor.extract_many(sources), strict=True))

    failures: list[tuple[Job, BaseException]] = [(job, loaded.damaged[job.subject_id]) for job in jobs if job.subject_id in loaded.damaged]
    rejected: list[tuple[Job, str]] = []
    found: list[tuple[Job, Extraction]] = []
    for job, result in read.items():
        if isinstance(result, PageError):
            rejected.append((job, "unreadable"))
        elif isinstance(result, BaseException):
            failures.append((job, result))
        elif result.rejected_reason is not None:
            rejected.append((job, result.rejected_reason))
        else:
            found.append((job, result))

    outcomes = Counter({"missing": len(jobs) - len(here) - len(loaded.damaged)}) + Counter(f"rejected: {reason}" for _, reason in rejected)
    made = [_outcome(job.subject_id, reason, read[job]) for job, reason in rejected]
    onward: list[tuple[int, int, int]] = []
    unshown: dict[int, bool] = {}
    new: set[int] = set()
    with context.database.transaction() as connection:
        found, outcomes["forgotten"] = _without_forgotten(connection, found, captures)
        reads = [learning.Read(capture=captures[job.subject_id], extraction=extraction) for job, extraction in found]
        learned = learning.learn(connection, reads)
        outcomes["to be cleaned again"] = learned.again
        found = [(job, extraction) for (job, _), extraction in zip(found, learned.extractions, strict=True)]
        # In the order of canonical URLs, so that two workers can't wait for each other.
        for job, extraction in sorted(found, key=lambda pair: (pair[1].canonical_url, pair[0].id)):
            capture = captures[job.subject_id]
            saved = articles.save(
                connection,
                extraction,
                identities.Origin(
                    outlet_id=capture.outlet_id,
                    url=capture.source.url,
                    first_seen_at=capture.first_seen_at,
                    priority=job.priority,
                    page_id=capture.page_id,
                    capture_id=capture.capture_id,
                    final_url=capture.source.final_url,
                ),
            )
            outcomes[saved.outcome] += 1
            unshown[saved.article_id] = extraction.noarchive
            outcome = _outcome(capture.capture_id, CAPTURES.get(saved.outcome, "article"), extraction)
            made.append(replace(outcome, article_id=saved.article_id, version=saved.version))
            if saved.outcome == "new":
                new.add(capture.capture_id)
            if saved.goes_on:
                onward.append((saved.article_id, saved.version, job.priority))
        made, asked = rendering.follow(connection, context.rules, {job.subject_id: job for job in here}, captures, made, new)
        outcomes["to be fetched with a browser"] = asked
        yields.count(connection, made)
        cleaning.mark(connection, made)
        if context.settings.respect_noarchive:
            unkept = [job.subject_id for job, result in read.items() if isinstance(result, Extraction) and result.noarchive]
            noarchive.respect(connection, unkept, unshown)
        work.enqueue(connection, Stage.COMPARE, onward)
        failed = {job.id for job, _ in failures}
        work.finish(connection, [job for job in jobs if job.id not in failed])
    return batch.Done(outcomes=+outcomes, failures=failures)


def _without_forgotten(
    connection: Connection, found: Sequence[tuple[Job, Extraction]], captures: Mapping[int, Waiting]
) -> tuple[list[tuple[Job, Extraction]], int]:
    """What may be stored, and how many pages may not: addresses nobody knew of that lead to a forgotten article are erased with it.

    A page that has an article of its own keeps it, whatever it names as its canonical address.
    """
    barred = forgotten.among(
        connection, {form for job, one in found for form in (one.canonical_url, *_addresses(captures[job.subject_id]))}
    )
    if not barred:
        return list(found), 0
    leading = forgotten.leading(connection, [captures[job.subject_id].page_id for job, _ in found])
    kept: list[tuple[Job, Extraction]] = []
    dropped: list[Waiting] = []
    for job, extraction in found:
        capture = captures[job.subject_id]
        is_barred = extraction.canonical_url in barred
        if not barred.isdisjoint(_addresses(capture)) or (is_barred and capture.page_id not in leading):
            dropped.append(capture)
        else:
            own = urls.canonical(capture.source.final_url or capture.source.url)
            kept.append((job, replace(extraction, canonical_url=own) if is_barred else extraction))
    forgotten.remember(connection, [capture.source.url for capture in dropped])
    forgotten.erase_pages(connection, [capture.page_id for capture in dropped])
    return kept, len(dropped)


def _addresses(capture: Waiting) -> tuple[str, ...]:
    return capture.source.url, capture.source.final_url or capture.source.url


def _outcome(capture_id: int, outcome: str, result: Extraction | Exception) -> cleaning.Outcome:
    if isinstance(result, Exception):
        return cleaning.Outcome(capture_id=capture_id, outcome=outcome)
    return cleaning.Outcome(capture_id=capture_id, outcome=outcome, found=yields.found(result), characters=len(result.body))
