"""The starter list of outlets: what `presswatch outlets import` takes, wide enough to begin with."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import wordfreq

from pipeline import outlets
from pipeline.models import OutletSpec
from pipeline.urls import is_fetchable

PATH = Path(__file__).parents[2] / "crawlers" / "outlets.toml"


@pytest.fixture(scope="module")
def specs() -> list[OutletSpec]:
    return list(outlets.read(PATH).values())


def countries() -> set[str]:
    """The codes of ISO 3166-1, from the time zone database."""
    table = (resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    return {line[:2].lower() for line in table.splitlines() if not line.startswith("#")}


def test_names_and_hosts_are_unique(specs: list[OutletSpec]) -> None:
    assert len({spec.name for spec in specs}) == len(specs)
    assert len({urlsplit(spec.url).hostname for spec in specs}) == len(specs)
    feeds = [feed for spec in specs for feed in spec.feeds]
    assert len(set(feeds)) == len(feeds)


def test_addresses_can_be_fetched_over_https(specs: list[OutletSpec]) -> None:
    for url in [url for spec in specs for url in (spec.url, *spec.feeds)]:
        assert url.startswith("https://"), url
        assert is_fetchable(url), url


def test_codes_are_real_and_every_outlet_is_described(specs: list[OutletSpec]) -> None:
    known = countries()
    assert {"gb", "cl", "sn"} <= known
    for spec in specs:
        assert spec.country is None or spec.country in known, spec
        assert spec.language, spec
        assert spec.labels, spec
    # Languages whose words presswatch knows the frequency of.
    assert {spec.language for spec in specs} <= set(wordfreq.available_languages())


def test_list_is_wide(specs: list[OutletSpec]) -> None:
    assert len(specs) >= 40
    assert len({spec.country for spec in specs if spec.country}) >= 12
    assert len({spec.language for spec in specs}) >= 8
    assert sum(bool(spec.feeds) for spec in specs) >= 35
    wires = {spec.name for spec in specs if "wire" in spec.labels}
    assert wires >= {"Reuters", "Associated Press", "Agence France-Presse", "dpa", "TASS", "Xinhua", "EFE", "ANSA"}
    assert {"Global Research", "InfoBrics"} <= {spec.name for spec in specs}
