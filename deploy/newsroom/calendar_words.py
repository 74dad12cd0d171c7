"""Dates in the words of the newsroom's three languages."""

from __future__ import annotations

from datetime import datetime
from typing import Final

_WEEKDAYS: Final = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
}
_MONTHS: Final = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}


def weekday(day: datetime, language: str) -> str:
    """The name of the day of the week."""
    return _WEEKDAYS[language].split()[day.weekday()]


def month(day: datetime, language: str) -> str:
    """The name of the month."""
    return _MONTHS[language].split()[day.month - 1]
