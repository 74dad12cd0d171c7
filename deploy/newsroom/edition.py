"""What stands in the newsroom's pages at a moment: which pieces are out, since when, and in which version."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from deploy.newsroom.calendar_words import weekday
from deploy.newsroom.content import Content, Piece, Publication

_STRAIGHT: Final = str.maketrans(
    {
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    }
)
_SUMMARY_CHARS: Final = 220
_WEEKDAY: Final = re.compile(r"\{weekday([+-]\d+)?\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A piece as it reads now."""

    piece: Piece
    url: str
    title: str
    paragraphs: tuple[str, ...]  # headings among them start with `## `
    credit: str  # line on the agency below the text, or empty
    published_at: datetime  # in the outlet's zone
    modified_at: datetime

    @property
    def summary(self) -> str:
        """The beginning of the text."""
        first = next(text for text in self.paragraphs if not text.startswith("## ")) if self.paragraphs else self.title
        return first if len(first) <= _SUMMARY_CHARS else first[: _SUMMARY_CHARS - 1].rsplit(" ", 1)[0] + "…"


class Edition:
    """The state of the newsroom: start, release of the live pieces, edits.

    Args:
        content: What there is to publish.
        started_at: The moment that the ages of pieces count back from.
        release_s: Seconds from the start to the release of the live pieces; None waits for `release`.
        clock: Tells the time, aware.
    """

    def __init__(self, content: Content, *, started_at: datetime, release_s: float | None, clock: Callable[[], datetime]) -> None:
        self.content = content
        self.started_at = started_at.astimezone(UTC).replace(microsecond=0)
        self._clock = clock
        self._release_at = None if release_s is None else self.started_at + timedelta(seconds=release_s)
        self._edited_at: dict[tuple[str, str], datetime] = {}
        self._lock = threading.Lock()

    def released_at(self) -> datetime | None:
        """When the live pieces appeared; None before that."""
        with self._lock:
            return self._release_at if self._release_at and self._release_at <= self._clock() else None

    def release(self) -> None:
        """Let the live pieces appear now, if they have not."""
        with self._lock:
            now = self._now()
            if self._release_at is None or self._release_at > now:
                self._release_at = now

    def edit(self, piece: Piece) -> None:
        """Let the second version of a piece appear now, if it has one."""
        with self._lock:
            if piece.edit:
                self._edited_at.setdefault((piece.outlet, piece.slug), self._now())

    def stories(self, publication: Publication, base: str) -> list[Story]:
        """What an outlet shows now, newest first; `base` is its address without a final slash."""
        released_at = self.released_at()
        shown = [
            self._story(publication, piece, base, released_at)
            for piece in self.content.pieces
            if piece.outlet == publication.key and (released_at or not piece.live)
        ]
        return sorted(shown, key=lambda story: (story.published_at, story.url), reverse=True)

    def url(self, publication: Publication, piece: Piece, base: str) -> str:
        """The canonical address of a piece, known before it appears."""
        date = self._written_at(piece).astimezone(publication.zone)
        return base + publication.article_path.format(date=date, slug=piece.slug, section=piece.section, number=piece.number)

    def texts(self, publication: Publication, piece: Piece, *, edited: bool) -> tuple[str, tuple[str, ...]]:
        """Title and paragraphs of the first or the second version, as the outlet prints them."""
        title, paragraphs = piece.title, list(piece.paragraphs)
        if edited and piece.edit:
            title = piece.edit.title
            paragraphs[piece.edit.paragraph - 1] = piece.edit.text
        if piece.agency and publication.dateline:
            agency = piece.agency
            paragraphs[0] = publication.dateline.format(place=agency.place, agency=agency.name, short=agency.short) + paragraphs[0]
        # All prints of an agency's text name the same day.
        day = self._written_at(piece).astimezone(publication.zone)
        if piece.agency:
            day = self.started_at - timedelta(hours=piece.agency.hours_ago)
        lines = [
            _WEEKDAY.sub(lambda match: weekday(day + timedelta(days=int(match[1] or 0)), publication.language), line)
            for line in (title, *paragraphs)
        ]
        if publication.straight_quotes:
            lines = [line.translate(_STRAIGHT) for line in lines]
        return lines[0], tuple(lines[1:])

    def _story(self, publication: Publication, piece: Piece, base: str, released_at: datetime | None) -> Story:
        published_at = released_at if piece.live and released_at else self._written_at(piece)
        edited_at = self._edited_at.get((piece.outlet, piece.slug))
        title, paragraphs = self.texts(publication, piece, edited=edited_at is not None)
        credit = publication.credit.format(agency=piece.agency.name) if piece.agency else ""
        return Story(
            piece=piece,
            url=self.url(publication, piece, base),
            title=title,
            paragraphs=paragraphs,
            credit=credit,
            published_at=published_at.astimezone(publication.zone),
            modified_at=(edited_at or published_at).astimezone(publication.zone),
        )

    def _written_at(self, piece: Piece) -> datetime:
        return self.started_at - timedelta(hours=piece.hours_ago)

    def _now(self) -> datetime:
        return self._clock().replace(microsecond=0)
