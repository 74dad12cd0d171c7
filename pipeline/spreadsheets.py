"""Cells of CSV files: no text of an article or an outlet may become a formula where somebody opens the file in a spreadsheet."""

from __future__ import annotations

import re
from typing import Final

FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")


def cell(value: object) -> object:
    """A value as it is written: a text that a spreadsheet would run as a formula is quoted by an apostrophe."""
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


def text_of(written: str) -> str:
    """The text of a cell that `cell` has written."""
    return written[1:] if written.startswith("'") and FORMULA.match(written) else written
