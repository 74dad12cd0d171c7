"""One JSON value a line, for readers of every make."""

from __future__ import annotations

import json
from typing import Any, Final

# JSON allows these within a text, and many a program ends a line there.
_ENDS: Final = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}


def line(value: Any) -> str:
    """A value in one line, with the end of line, and without any other."""
    return json.dumps(value, ensure_ascii=False).translate(_ENDS) + "\n"
