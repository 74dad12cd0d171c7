"""Outlets written to files are read back as the same outlets, whatever they are called."""

from __future__ import annotations

import csv
import io
import tomllib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline import outlet_files, outlets
from pipeline.models import OutletSpec

HOSTILE = OutletSpec(
    name='=HYPERLINK("https://evil.example","x") </outline> & \'"\\',
    url="https://a.example/",
    feeds=("https://a.example/rss?x=1&y=2,3;4", "https://a.example/sitemap_news.xml"),
    sections=("https://a.example/politics/", "https://a.example/"),
    labels=("wire", "a/b", 'say "it", twice;thrice|', "=1+1", "'quoted'", "# no comment"),
    country="rs",
    language="sr",
    group="@Group, Ltd. «x»",
)
PLAIN = (
    OutletSpec(name="Bare", url="https://b.example/news"),
    OutletSpec(name="'=quoted", url="https://c.example/", labels=("one", "two"), sections=("https://c.example/",)),
    OutletSpec(name="+1 News", url="https://d.example/", feeds=("https://d.example/feed",), group="-"),
)


def read_back(form: str, specs: tuple[OutletSpec, ...]) -> list[OutletSpec]:
    return list(outlets.parse(outlet_files.FORMATS[form](specs).encode(), suffix=f".{form}", path=form).values())


@pytest.mark.parametrize("form", outlet_files.FORMATS)
def test_the_same_outlets_come_back(form: str) -> None:
    specs = (HOSTILE, *PLAIN)
    assert read_back(form, specs) == list(specs)


TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=TEXT, labels=st.lists(TEXT, max_size=3, unique=True), group=st.none() | TEXT)
def test_any_text_comes_back(name: str, labels: list[str], group: str | None) -> None:
    spec = OutletSpec(name=name, url="https://a.example/", labels=tuple(labels), group=group)
    for form in outlet_files.FORMATS:
        assert read_back(form, (spec,)) == [spec]


def test_no_cell_is_a_formula() -> None:
    rows = csv.reader(io.StringIO(outlet_files.as_csv((HOSTILE, *PLAIN))))
    assert not [cell for row in rows for cell in row if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]


def test_other_programs_can_read_them() -> None:
    tables = tomllib.loads(outlet_files.toml((HOSTILE, *PLAIN)))["outlet"]
    assert [table["name"] for table in tables] == [HOSTILE.name, *(spec.name for spec in PLAIN)]
    opml = etree.fromstring(outlet_files.opml((HOSTILE, *PLAIN)).encode())
    assert [outline.get("xmlUrl") for outline in opml.iter("outline") if outline.get("type") == "rss"] == [*HOSTILE.feeds, *PLAIN[2].feeds]
    assert opml.xpath("string(head/title)")


def test_nothing_to_write() -> None:
    assert outlet_files.toml(()) == ""
    assert len(outlet_files.as_csv(()).splitlines()) == 1
