"""Moving captures to the archive, and removing from it what is no longer to be kept.

A segment is noted in the database, written, brought to rest on its disk or in its bucket, and only then do captures
point into it in place of their bytes, all in one transaction. A crash before that leaves a segment that was never
finished, whose file the next run removes, and captures as they were.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pipeline import log
from pipeline.archive import Segment
from pipeline.errors import RecordDamaged
from pipeline.records import Extent, Fetched, Moved, Recorded
from pipeline.steps.context import Context
from pipeline.store import archiving, segments

logger = log.logger("steps")
MEGABYTE: Final = 1_000_000
DAY: Final = timedelta(days=1)


def archive(context: Context, *, now: datetime, deadline: float | None = None) -> dict[str, Any]:
    """Bring the archive up to date: move what is old enough, and remove what is no longer needed.

    Args:
        context: open connections.
        now: by which captures are old enough, and not past retention.
        deadline: after it, in monotonic seconds, no further segment is begun.

    Returns:
        Counts: `segments`, `captures`, `revisits` and `bytes` written, `rewritten` and `removed` segments.

    Raises:
        ArchiveAway: the archive can't be reached; nothing is lost, and the next run goes on.
        ArchiveUnset: files are to be removed, and the settings don't say where they are.

    """
    settings = context.settings
    done: Counter[str] = Counter()
    if settings.archive_url:
        context.archive.check()
        since, before = now - timedelta(days=settings.retention_days), now - timedelta(days=settings.archive_after_days)
        while deadline is None or time.monotonic() < deadline:
            moved = _move(context, since=since, before=before)
            if not moved:
                break
            done.update(moved)
    done["rewritten"] += erase(context)
    done["removed"] += sweep(context)
    return dict(+done)


def sweep(context: Context) -> int:
    """Remove the files of segments that were dropped or never finished; how many."""
    with context.database.transaction() as connection:
        segments.lock(connection)
        left = segments.unfinished(connection)
        for segment_id, name in left:
            context.archive.remove(name)
            segments.remove(connection, segment_id)
    return len(left)


def erase(context: Context) -> int:
    """Write the segments anew that hold records to which nothing points any more; how many.

    The files that they replace are removed by `sweep`.
    """
    done = 0
    while _rewrite(context):
        done += 1
    return done


def _move(context: Context, *, since: datetime, before: datetime) -> Counter[str]:
    """Write the next segment; what was put into it, nothing if there is nothing to move."""
    most = context.settings.archive_segment_mb * MEGABYTE
    with context.database.transaction() as connection:
        segments.lock(connection)
        first = archiving.oldest(connection, since=since, before=before)
        if first is None:
            return Counter()
        # Retention drops whole segments, so none spans two days.
        until = min(before, first.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + DAY)
        name = _name(first)
        segment_id = _begin(context, name)
        with context.archive.writing(name) as file:
            segment = Segment(file, name.rsplit("/", 1)[-1])
            moved: list[Moved] = []
            recorded: list[Recorded] = []
            originals: dict[tuple[int, bytes], tuple[Extent, Fetched]] = {}
            for capture in archiving.captures(connection, since=first, before=until):
                if segment.bytes >= most:
                    until = capture.fetched.fetched_at
                    break
                key, own = (capture.page_id, capture.fetched.sha256), capture.fetched
                if key in originals:
                    extent, original = originals[key]
                    revisit = segment.revisit(own.url, own.fetched_at, own.status, original)
                    recorded.append(Recorded(page_id=capture.page_id, fetched_at=own.fetched_at, status=own.status, extent=revisit))
                else:
                    extent = segment.response(own, capture.body)
                    originals[key] = extent, own
                moved.append(Moved(capture_id=capture.capture_id, fetched_at=own.fetched_at, extent=extent))
            archiving.move(connection, segment_id, moved)
            for visit in archiving.unrecorded(connection, since=first, before=until):
                extent = segment.revisit(visit.original.url, visit.fetched_at, visit.status, visit.original)
                recorded.append(Recorded(page_id=visit.page_id, fetched_at=visit.fetched_at, status=visit.status, extent=extent))
            archiving.record(connection, segment_id, recorded)
        segments.finish(connection, segment_id, segment.summary())
    logger.info("segment_written", segment=name, captures=len(moved), revisits=len(recorded), bytes=segment.bytes)
    return Counter(segments=1, captures=len(moved), revisits=len(recorded), bytes=segment.bytes)


def _rewrite(context: Context) -> bool:
    """Copy the next segment that has holes without them; False if there is none."""
    with context.database.transaction() as connection:
        segments.lock(connection)
        old = segments.holed(connection)
        if old is None:
            return False
        if old.is_empty:
            segments.drop(connection, old.id)
            return True
        name = _name(old.oldest_at)
        new_id = _begin(context, name)
        with context.archive.reading(old.name) as source, context.archive.writing(name) as file:
            segment = Segment(file, name.rsplit("/", 1)[-1])
            start = old.info_bytes
            try:
                for hole in old.holes:
                    segment.copy(source, start, hole.offset)
                    start = hole.offset + hole.length
                segment.copy(source, start, old.bytes)
            except EOFError as error:
                raise RecordDamaged(segment=old.name, offset=error, problem="the file ends before it") from error
        segments.replace(connection, old, new_id, bytes_now=segment.bytes, info_bytes=segment.info_bytes)
    return True


def _begin(context: Context, name: str) -> int:
    """In a transaction of its own, so that the file is known of before it is there."""
    with context.database.transaction() as connection:
        return segments.begin(connection, name)


def _name(day: datetime) -> str:
    """A new segment's path: by day, and with a part that no other installation's segment has."""
    return f"{day.astimezone(UTC):%Y/%m/presswatch-%Y%m%d}-{time.time_ns() // 1_000_000}-{secrets.token_hex(4)}.warc.gz"
