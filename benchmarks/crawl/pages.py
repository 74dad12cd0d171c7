"""Made pages as large as those of real outlets, compressed once: a text of its own in the furniture of its host. Pure.

The median page of real articles has 115 kB and is a third of that when compressed; most of it is furniture.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

SYLLABLES: Final = "ba be bi bo ca ce co da de di do fa fe fi ga go la le li lo ma me mi mo na ne no pa pe po ra re ri ro sa se si so ta te ti to va ve vi".split()  # noqa: SIM905
FURNITURE_BYTES: Final = 52_000  # before the text, and as much behind it
PARAGRAPHS: Final = 14
HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"  # RFC 1952: deflate, no name, no time


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a page, and its deflate blocks, which end at a byte."""

    plain: bytes
    blocks: bytes

    @classmethod
    def of(cls, text: str) -> Part:
        """Compress a piece by itself, so that pages are put together without compressing the furniture each time."""
        compressor = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        plain = text.encode()
        return cls(plain=plain, blocks=compressor.compress(plain) + compressor.flush(zlib.Z_FULL_FLUSH))


def packed(parts: Sequence[Part]) -> bytes:
    """Pieces as one gzip stream."""
    plain = b"".join(part.plain for part in parts)
    ending = zlib.crc32(plain).to_bytes(4, "little") + len(plain).to_bytes(4, "little")
    return HEADER + b"".join(part.blocks for part in parts) + b"\x03\x00" + ending


class Outlet:
    """What one host shows: pages, a feed with all of them, a robots.txt."""

    def __init__(self, root: str, *, number: int, pages: int) -> None:
        """Make the furniture; pages are made one at a time.

        Args:
            root: scheme, host and port.
            number: of the outlet; its words depend on it.
            pages: how many it has.

        """
        self.root = root
        self.pages = pages
        self._random = random.Random(number)  # noqa: S311 - the same words each time
        self._words = ["".join(self._random.choices(SYLLABLES, k=self._random.randint(1, 4))) for _ in range(4_000)]
        self.name = f"The {self._words[0].title()} {self._words[1].title()}"
        head = f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{self.name}</title>{self._furniture()}</head><body>'
        self._before, self._behind = Part.of(head), Part.of(f"<footer>{self._furniture()}</footer></body></html>")

    def path(self, page: int) -> str:
        """Where a page is."""
        return f"/news/2025/{page:05}-{self._words[page % 4_000]}.html"

    def page(self, page: int) -> bytes:
        """A page, compressed."""
        title = self.title(page)
        text = "".join(f"<p>{self._sentences(5)}</p>" for _ in range(PARAGRAPHS))
        article = f"<article><h1>{title}</h1><p>By Ann Example</p><time datetime='2025-03-02T10:00:00Z'></time>{text}</article>"
        return packed((self._before, Part.of(article), self._behind))

    def title(self, page: int) -> str:
        """The headline of a page."""
        return f"{page}: {' '.join(self._words[(page * 7 + n) % 4_000] for n in range(9))}"

    def feed(self) -> bytes:
        """An RSS feed with every page."""
        items = "".join(
            f"<item><title>{escape(self.title(n))}</title><link>{self.root}{self.path(n)}</link><pubDate>Sun, 02 Mar 2025 10:00:00 GMT</pubDate></item>"
            for n in range(self.pages)
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{self.name}</title>{items}</channel></rss>'.encode()

    @staticmethod
    def robots() -> bytes:
        """A robots.txt as outlets have them, which lets the pages be fetched."""
        rules = "".join(f"Disallow: /{name}/\nDisallow: /*?{name}=\n" for name in ("search", "account", "print", "ajax", "preview", "tag"))
        others = "".join(f"User-agent: {name}\nDisallow: /\n\n" for name in ("badbot", "grabber", "mirror"))
        return f"{others}User-agent: *\n{rules}Allow: /\n".encode()

    def _sentences(self, count: int) -> str:
        return " ".join(f"{' '.join(self._random.choices(self._words, k=18)).capitalize()}." for _ in range(count))

    def _furniture(self) -> str:
        """Styles, scripts, data and links, about as compressible as those of real pages."""
        pick, made, length = self._random.choice, [], 0
        while length < FURNITURE_BYTES:
            a, b, c = pick(self._words), pick(self._words), pick(self._words)
            made.append(
                f'<li class="{a}-item {b}"><a href="/{a}/{b}/{c}" data-id="{self._random.getrandbits(40):x}">{a} {b} {c}</a></li>'
                f"<style>.{a}-{b}{{margin:0 {len(c)}px;color:#{self._random.getrandbits(24):06x}}}</style>"
                f'<script>window.{c}={{"{a}":"{self._random.getrandbits(64):x}","{b}":{len(a)},"url":"/{c}"}};</script>\n'
            )
            length += len(made[-1])
        return "".join(made)
