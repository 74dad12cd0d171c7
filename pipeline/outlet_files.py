"""Outlets written down as TOML, CSV and OPML, such that `pipeline.outlets` reads the same outlets back."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from lxml import etree

from pipeline.models import OutletSpec
from pipeline.outlets import FIELDS
from pipeline.spreadsheets import cell

# What XML has no way to write; a name or a label can do without.
NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# Labels of which one has such a sign stand as outlines around their outlet, because in a list of categories it would be several.
IN_NO_CATEGORY: Final = re.compile(r"[,/]")


def toml(specs: Iterable[OutletSpec]) -> str:
    """`[[outlet]]` tables, as in the starter list."""
    return "\n".join(
        "[[outlet]]\n" + "".join(f"{name} = {_toml(value)}\n" for name in FIELDS if (value := getattr(spec, name))) for spec in specs
    )


def _toml(value: str | tuple[str, ...]) -> str:
    # What JSON writes for a text is a basic string of TOML, but for the one control character that only TOML escapes.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def as_csv(specs: Iterable[OutletSpec]) -> str:
    """A line an outlet, under a line of names; feeds with a space between them, labels with a semicolon."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\n")
    writer.writerow(FIELDS)
    for spec in specs:
        lists = {"feeds": " ".join(spec.feeds), "sections": " ".join(spec.sections), "labels": ";".join(map(_label, spec.labels))}
        writer.writerow([cell(lists.get(name, getattr(spec, name) or "")) for name in FIELDS])
    return output.getvalue()


def _label(label: str) -> str:
    return '"{}"'.format(label.replace('"', '""')) if re.search(r'[;,|"]', label) else label


def opml(specs: Iterable[OutletSpec]) -> str:
    """OPML 2.0: an outline a feed, as feed readers take them; section pages are links beside their site's address."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = "Outlets"
    body = etree.SubElement(root, "body")
    for spec in specs:
        within: Any = body
        around = spec.labels if any(map(IN_NO_CATEGORY.search, spec.labels)) else ()
        for label in around:
            within = etree.SubElement(within, "outline", text=_xml(label))
        common = {"text": spec.name, "title": spec.name, "htmlUrl": spec.url}
        common |= {name: value for name in ("country", "language", "group") if (value := getattr(spec, name))}
        if spec.labels and not around:
            common["category"] = ",".join(spec.labels)
        entries = [{"type": "rss", "xmlUrl": feed} for feed in spec.feeds] + [{"type": "link", "url": url} for url in spec.sections]
        for entry in entries or [{}]:
            etree.SubElement(within, "outline", {name: _xml(value) for name, value in (common | entry).items()})
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True).decode()


def _xml(text: str) -> str:
    return NO_XML.sub("", text)


FORMATS: Final[Mapping[str, Callable[[Iterable[OutletSpec]], str]]] = {"toml": toml, "csv": as_csv, "opml": opml}
