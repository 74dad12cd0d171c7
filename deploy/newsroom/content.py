"""The newsroom's texts and outlets, read from the data beside this module.

`outlets.toml` describes the outlets. `articles/OUTLET/SLUG.md` is an article: TOML between lines of `+++`, then its
paragraphs, where `## ` opens a heading and `{weekday}`, `{weekday-1}` name days around the publication.
`wire/NAME.md` is a text of a news agency with one `[[run]]` table for each outlet that prints it: its own headline,
the paragraphs it cuts (`cut`, counted from 1) or reduces to their first sentence (`shorten`), and what it puts in of
its own (`add`, each text after the paragraph that it names).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlan:
    """Which kind of feed an outlet has, and where."""

    kind: str  # rss, atom or news_sitemap
    path: str
    tracking: str = ""  # query that the feed adds to its links


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """An outlet of the newsroom."""

    key: str
    name: str
    tagline: str
    address: str
    country: str
    language: str
    zone: ZoneInfo
    sections: Mapping[str, str]  # names by key
    article_path: str
    section_path: str
    about: str
    labels: tuple[str, ...] = ()
    group: str | None = None
    feed: FeedPlan | None = None
    dateline: str = ""
    credit: str = ""
    straight_quotes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """The agency text that an article is a copy of."""

    wire: str  # name of the file
    name: str
    short: str
    place: str
    hours_ago: float
    has_own_text: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What the second version of an article changes."""

    title: str
    paragraph: int  # counted from 1
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One article of one outlet, as written."""

    outlet: str
    slug: str
    section: str
    title: str
    authors: tuple[str, ...]
    topics: tuple[str, ...]
    paragraphs: tuple[str, ...]
    hours_ago: float = 0.0
    live: bool = False  # appears with the release
    event: str | None = None
    agency: Agency | None = None
    edit: Edit | None = None
    consent_wall: bool = False  # the address shows no article, only a consent form

    @property
    def number(self) -> int:
        """A stable number for addresses."""
        return 10_000 + zlib.crc32(f"{self.outlet}/{self.slug}".encode()) % 90_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """All that the newsroom publishes."""

    publications: Mapping[str, Publication]
    pieces: tuple[Piece, ...]


@cache
def load() -> Content:
    """Read everything.

    Returns:
        The outlets in the order of `outlets.toml` and all pieces.

    Raises:
        ValueError: The data contradicts itself: an unknown outlet or section, or two pieces at one address.
    """
    table = tomllib.loads((HERE / "outlets.toml").read_text(encoding="utf-8"))
    publications = {row["key"]: _publication(row) for row in table["outlet"]}
    pieces = (*_articles(), *_wires())
    seen: set[tuple[str, object]] = set()
    for piece in pieces:
        publication = publications.get(piece.outlet)
        if publication is None or piece.section not in publication.sections:
            raise ValueError(f"{piece.outlet}/{piece.slug}: no such outlet or section ({piece.section})")
        for address in (piece.slug, piece.number):
            if (piece.outlet, address) in seen:
                raise ValueError(f"{piece.outlet}/{piece.slug}: address taken twice")
            seen.add((piece.outlet, address))
    return Content(publications=publications, pieces=pieces)


def _publication(row: dict[str, Any]) -> Publication:
    feed = row.pop("feed", None)
    return Publication(
        **row | {"zone": ZoneInfo(row["zone"]), "labels": tuple(row["labels"])},
        feed=FeedPlan(**feed) if feed else None,
    )


def _articles() -> Iterator[Piece]:
    for path in sorted(HERE.glob("articles/*/*.md")):
        head, paragraphs = _read(path)
        edit, author, topics = head.pop("edit", None), head.pop("author"), head.pop("topics", ())
        yield Piece(
            **head,
            outlet=path.parent.name,
            slug=path.stem,
            authors=(author,),
            topics=tuple(topics),
            paragraphs=paragraphs,
            edit=Edit(**edit) if edit else None,
        )


def _wires() -> Iterator[Piece]:
    for path in sorted(HERE.glob("wire/*.md")):
        head, paragraphs = _read(path)
        for run in head["run"]:
            yield Piece(
                outlet=run["outlet"],
                slug=slugify(run["title"]),
                section=run["section"],
                title=run["title"],
                authors=(head["agency"],),
                topics=tuple(head["topics"]),
                paragraphs=tuple(_printed(paragraphs, run)),
                hours_ago=run["hours_ago"],
                event=head.get("event"),
                agency=Agency(
                    wire=path.stem,
                    name=head["agency"],
                    short=head["short"],
                    place=head["place"],
                    hours_ago=head["hours_ago"],
                    has_own_text="add" in run,
                ),
            )


def _printed(paragraphs: tuple[str, ...], run: dict[str, Any]) -> Iterator[str]:
    own = {row["after"]: row["text"] for row in run.get("add", ())}
    for number, text in enumerate(paragraphs, 1):
        if number not in run.get("cut", ()):
            yield text.split(". ")[0] + "." if number in run.get("shorten", ()) else text
        if number in own:
            yield own[number]


def _read(path: Path) -> tuple[dict[str, Any], tuple[str, ...]]:
    _, head, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    return tomllib.loads(head), tuple(filter(None, (part.strip() for part in body.split("\n\n"))))


def slugify(title: str) -> str:
    """The title as the last part of an address: ASCII letters and digits, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", re.sub("['\N{RIGHT SINGLE QUOTATION MARK}]", "", title)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
