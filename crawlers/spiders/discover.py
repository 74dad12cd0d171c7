"""Spider `discover`: looks at home pages for feeds, sitemaps and sections. Needs no store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from crawlers.spiders.base import Looking
from pipeline.models import Discovery, Source


class Discover(Looking):
    """Looks at outlets side by side, and at the sources that are known of them; `found` has a discovery for each."""

    name = "discover"

    def __init__(self, *, urls: Sequence[str], found: list[Discovery], known: Mapping[str, Sequence[Source]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.urls = urls
        self.known = known
        self.found = found

    async def start(self) -> AsyncIterator[Any]:
        """Look at all of them; hosts are asked at the pace that politeness sets."""
        self.found += await asyncio.gather(*(self.discover_sources(url, known=self.known.get(url, ())) for url in self.urls))
        nothing: tuple[Any, ...] = ()
        for request in nothing:
            yield request
