"""Spider `discover`: looks at home pages for feeds, sitemaps and sections. Needs no store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from crawlers.spiders.base import Looking
from pipeline.models import Discovery


class Discover(Looking):
    """Looks at outlets side by side; `found` has a discovery for each."""

    name = "discover"

    def __init__(self, *, urls: Sequence[str], found: list[Discovery], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.urls = urls
        self.found = found

    async def start(self) -> AsyncIterator[Any]:
        """Look at all of them; hosts are asked at the pace that politeness sets."""
        self.found += await asyncio.gather(*map(self.discover_sources, self.urls))
        nothing: tuple[Any, ...] = ()
        for request in nothing:
            yield request
