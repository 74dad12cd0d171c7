"""A store with an archive in a folder: captures put in, moved, read back, and the records of its files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from warcio.archiveiterator import ArchiveIterator

from pipeline.steps import archive, pages
from pipeline.steps.context import Context
from pipeline.store import imports

NOW = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
OLD = NOW - timedelta(days=20)
TEXT = "The harbour council voted on Tuesday to close the old swing bridge for two years, after engineers found cracks in it. "


def html(title: str, text: str = TEXT * 8) -> bytes:
    return f"<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{text}</p></article></body></html>".encode()


@dataclass(frozen=True)
class Record:
    kind: str
    headers: dict[str, str]
    status: str
    body: bytes


@dataclass(frozen=True)
class Newsroom:
    """A store with an archive."""

    context: Context

    @classmethod
    @contextmanager
    def open(cls, context: Context, folder: Path, **settings: object) -> Iterator[Self]:
        """The same engines, with an archive in a folder."""
        changed = {"archive_url": str(folder), "archive_after_days": 14, **settings}
        with Context(settings=context.settings.model_copy(update=changed), endpoints=context.endpoints) as opened:
            yield cls(opened)

    @property
    def folder(self) -> Path:
        return Path(self.context.settings.archive_url)

    def put(self, name: str, body: bytes, at: datetime, *, outlet: str = "paper") -> None:
        self.context.database.ensure_partitions([at])
        with self.context.database.transaction() as connection:
            imports.save_capture(
                connection,
                outlet=imports.outlet_id(connection, outlet.capitalize(), f"{outlet}.example"),
                url=f"https://{outlet}.example/{name}",
                host=f"{outlet}.example",
                fetched_at=at,
                status=200,
                content_type="text/html; charset=utf-8",
                body=body,
            )

    def archive(self) -> dict[str, Any]:
        return archive.archive(self.context, now=NOW)

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self.context.database.transaction() as connection:
            return connection.execute(statement, values).fetchall()  # type: ignore[arg-type]

    def bodies(self) -> dict[str, bytes]:
        """What is read of all captures, by name and day."""
        found = pages.load(self.context, [row[0] for row in self.rows("SELECT id FROM captures")])
        assert found.damaged == {}
        return {
            f"{one.source.url.rsplit('/', 1)[-1]} {one.source.fetched_at:%m-%d %H}": bytes(one.source.html)  # type: ignore[arg-type]
            for one in found.captures.values()
        }

    def files(self) -> list[Path]:
        return sorted(self.folder.rglob("*.warc.gz"))

    def records(self) -> list[Record]:
        found = []
        for path in self.files():
            with path.open("rb") as file:
                found += [
                    Record(
                        record.rec_type,
                        dict(record.rec_headers.headers),
                        record.http_headers.get_statuscode() if record.http_headers else "",
                        record.content_stream().read(),
                    )
                    for record in ArchiveIterator(file, check_digests="raise")
                ]
        return found
