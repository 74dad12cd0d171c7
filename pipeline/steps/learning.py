"""What the pages of a batch tell about their outlets' furniture, and their texts without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.extract import recurring
from pipeline.extract.recurring import Line, Standing
from pipeline.models import Extraction
from pipeline.store import recurring as stored
from pipeline.store.cleaning import Waiting
from pipeline.store.database import Connection
from pipeline.store.recurring import OUTLET, Known, Place, Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A capture with what was extracted from it."""

    capture: Waiting
    extraction: Extraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """The extractions without furniture, in order, and how many captures are cleaned again for what is furniture only now."""

    extractions: tuple[Extraction, ...]
    again: int


def learn(connection: Connection, reads: Sequence[Read]) -> Learned:
    """Count the lines of pages, each page once a line however often it is read, and take out what is furniture by now.

    Pages that were cleaned before one of their lines became furniture wait for `clean` again, all in the caller's transaction.
    """
    found = [recurring.lines(read.extraction.title, read.extraction.body) for read in reads]
    pairs = list(zip(reads, found, strict=True))
    known = stored.look_up(connection, {(read.capture.outlet_id, key) for read, lines in pairs for line in lines for key in line.keys})
    counted = stored.add(connection, _sightings(pairs, known))
    known |= counted
    standings = {(read.capture.outlet_id, line.key): line.standing for read, lines in pairs for line in lines}
    new = {
        place: standing
        for place, standing in standings.items()
        if place in counted
        and not counted[place].furniture
        and recurring.is_furniture(standing, counted[place].pages, counted[place[0], OUTLET].pages)
    }
    again = 0
    if new:
        stored.settle(connection, new)
        # The captures of this batch go without it at once.
        pages = {page for place in new for page in counted[place].holders}
        again = stored.clean_again(connection, pages, but=[read.capture.capture_id for read in reads])
    furniture = {place for place, one in known.items() if one.furniture} | set(new)
    return Learned(extractions=tuple(_without(read, lines, furniture) for read, lines in pairs), again=again)


def _without(read: Read, lines: Sequence[Line], furniture: set[Place]) -> Extraction:
    keys = {key for line in lines for key in line.keys if (read.capture.outlet_id, key) in furniture}
    return recurring.without(read.extraction, lines, keys)


def _sightings(pairs: Sequence[tuple[Read, Sequence[Line]]], known: Mapping[Place, Known]) -> list[Sighting]:
    """What is to be counted of a batch: earlier pages of the batch are other pages to later ones."""
    holders = {place: set(one.holders) for place, one in known.items()}
    sightings = []
    for read, lines in pairs:
        outlet, page = read.capture.outlet_id, read.capture.page_id
        furniture = {key for line in lines for key in line.keys if (outlet, key) in known and known[outlet, key].furniture}
        fresh = [line for line in lines if furniture.isdisjoint(line.keys)]
        others = {line.key for line in fresh if holders.get((outlet, line.key), set()) - {page}}
        taught = set(recurring.taught(fresh, others))
        # A reprint is none of the outlet's articles among which a share is counted.
        sightings.append(Sighting(place=(outlet, OUTLET), page_id=page, at_end=False, counts=not recurring.is_reprint(fresh, others)))
        for line in lines:
            place = (outlet, line.key)
            # That furniture is still seen is kept once a day.
            if line.key not in furniture or not known[place].seen_today:
                sightings.append(Sighting(place=place, page_id=page, at_end=line.standing is Standing.END, counts=line in taught))
                holders.setdefault(place, set()).add(page)
    return sightings
