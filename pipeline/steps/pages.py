"""Stored captures with their bytes, whether these are in the database or in the archive: the one way to read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pipeline.errors import RecordDamaged, SegmentMissing
from pipeline.records import Place
from pipeline.steps.context import Context
from pipeline.store import archiving, cleaning

# A segment may be replaced between the look at where it is and the reading of it.
TRIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Captures by id, and those whose record in the archive is damaged; those that were erased are in neither."""

    captures: dict[int, cleaning.Waiting]
    damaged: dict[int, RecordDamaged]


def load(context: Context, capture_ids: Sequence[int]) -> Loaded:
    """Captures with their bytes, their outlet and the first feed entry that showed the page.

    Raises:
        ArchiveAway: the bytes of one of them are in the archive, and it can't be reached.
        SegmentMissing: a file that holds some is not there.

    """
    bodies, damaged = _bodies(context, capture_ids)
    with context.database.transaction() as connection:
        return Loaded(captures=cleaning.load(connection, bodies), damaged=damaged)


def _bodies(context: Context, capture_ids: Sequence[int]) -> tuple[dict[int, bytes], dict[int, RecordDamaged]]:
    for attempt in range(1, TRIES + 1):
        with context.database.transaction() as connection:
            found = archiving.bodies(connection, capture_ids)
        places = {capture_id: body for capture_id, body in found.items() if isinstance(body, Place)}
        try:
            read = context.archive.read(places.values()) if places else {}
        except SegmentMissing:
            if attempt == TRIES:
                raise
            continue
        bodies = {capture_id: read[body] if isinstance(body, Place) else body for capture_id, body in found.items()}
        damaged = {capture_id: body for capture_id, body in bodies.items() if isinstance(body, RecordDamaged)}
        return {capture_id: body for capture_id, body in bodies.items() if not isinstance(body, RecordDamaged)}, damaged
    raise AssertionError  # the last attempt returns or raises
