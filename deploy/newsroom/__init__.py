"""The demo newsroom: eight fictional outlets in three languages, live on loopback.

`python -m deploy.newsroom` runs it in the foreground; `serve()` runs it inside a test.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from deploy.newsroom.server import CannotListenError, LoggedRequest, Newsroom, serve
from deploy.newsroom.truth import Expected, ExpectedArticle

RULES: Final = Path(__file__).with_name("rules")  # outlet rules for it

__all__ = ["RULES", "CannotListenError", "Expected", "ExpectedArticle", "LoggedRequest", "Newsroom", "serve"]
