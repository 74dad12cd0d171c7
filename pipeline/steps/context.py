"""What every step works with: settings, the database, the search engine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

from pipeline import engine
from pipeline.config import Settings
from pipeline.models import Endpoints

if TYPE_CHECKING:
    from pipeline.archive import Archive
    from pipeline.entities.pool import Annotator
    from pipeline.extract.pool import Extractor
    from pipeline.index import Index
    from pipeline.rules import RuleBook
    from pipeline.store.database import Database


@dataclass(frozen=True)
class Context:
    """Open connections of one process, each opened when first used; use it as a context manager.

    What only some commands need is imported on first use: a search loads no extractor.
    """

    settings: Settings
    endpoints: Endpoints

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Find the engines that `presswatch up` started, or the user's own.

        Raises:
            NotStarted: the embedded engines don't run.

        """
        return cls(settings=settings, endpoints=engine.endpoints(settings))

    @cached_property
    def database(self) -> Database:
        """The store's database."""
        from pipeline.store.database import Database

        return Database(self.endpoints.database_url)

    @cached_property
    def index(self) -> Index:
        """The index of articles."""
        from pipeline.index import Index

        return Index.connect(self.endpoints.elasticsearch, self.settings)

    @cached_property
    def archive(self) -> Archive:
        """The files that hold the bytes of older captures."""
        from pipeline.archive import Archive

        return Archive(self.settings.archive_url)

    @cached_property
    def extractor(self) -> Extractor:
        """The pool of processes that read pages."""
        from pipeline.extract.pool import Extractor

        return Extractor(workers=self.settings.workers, timeout_s=self.settings.page_timeout_s)

    @cached_property
    def rules(self) -> RuleBook:
        """The outlet rules, as they are when first used.

        Raises:
            InputError: a file of them is wrong, or the folder can't be read.

        """
        from pipeline import rules

        return rules.book(*filter(None, [self.settings.rules_folder]))

    @cached_property
    def annotator(self) -> Annotator:
        """The pool of processes that recognise entities."""
        from pipeline.entities.pool import Annotator

        return Annotator(workers=self.settings.workers)

    def close(self) -> None:
        """Close what was opened."""
        for name in ("extractor", "annotator", "index", "database"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
