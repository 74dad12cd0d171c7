"""In which zone a country's media write their dates."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import cache, lru_cache
from importlib import resources
from typing import Final
from zoneinfo import ZoneInfo

# Where a country's media sit, for countries with several zones. All others come from the zone database.
MEDIA_ZONES: Final = {
    "ar": "America/Argentina/Buenos_Aires", "au": "Australia/Sydney", "br": "America/Sao_Paulo", "ca": "America/Toronto",
    "cd": "Africa/Kinshasa", "cl": "America/Santiago", "cn": "Asia/Shanghai", "cy": "Asia/Nicosia", "de": "Europe/Berlin",
    "ec": "America/Guayaquil", "es": "Europe/Madrid", "id": "Asia/Jakarta", "kz": "Asia/Almaty", "mn": "Asia/Ulaanbaatar",
    "mx": "America/Mexico_City", "my": "Asia/Kuala_Lumpur", "nz": "Pacific/Auckland", "ps": "Asia/Gaza", "pt": "Europe/Lisbon",
    "ru": "Europe/Moscow", "ua": "Europe/Kyiv", "uk": "Europe/London", "us": "America/New_York", "uz": "Asia/Tashkent",
}  # fmt: skip


@cache
def _single_zones() -> dict[str, str]:
    """Country to its zone, from the zone database's own table; of several, the first."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    zones: dict[str, str] = {}
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _, name = line.split("\t")[:3]
            zones.setdefault(country.lower(), name)
    return zones


@lru_cache(maxsize=512)
def zone_of(country: str | None) -> tzinfo:
    """The zone in which a country's media write their dates; UTC if the country is unknown.

    Args:
        country: ISO 3166-1 alpha-2 code, in any case.

    """
    code = (country or "").lower()
    name = MEDIA_ZONES.get(code) or _single_zones().get(code)
    return ZoneInfo(name) if name else UTC
