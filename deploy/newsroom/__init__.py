"""The demo newsroom: eight fictional outlets in three languages, live on loopback.

`python -m deploy.newsroom` runs it in the foreground; `serve()` runs it inside a test.
"""

from __future__ import annotations

from deploy.newsroom.server import CannotListenError, LoggedRequest, Newsroom, serve
from deploy.newsroom.truth import Expected, ExpectedArticle

__all__ = ["CannotListenError", "Expected", "ExpectedArticle", "LoggedRequest", "Newsroom", "serve"]
