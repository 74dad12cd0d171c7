"""Logging: structured events on stderr, never on stdout."""

from __future__ import annotations

import logging
import sys
from typing import Final

import structlog

LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def set_up(level: str = "warning", *, as_json: bool = False) -> None:
    """Send the log events of this process from `level` on to stderr, readable or as JSON lines."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=28)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        # Whatever stderr is when an event is written, not when logging was set up.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(stream=sys.stderr, level=max(LEVELS[level], logging.WARNING), format="%(levelname)s %(name)s: %(message)s")
    # It tells of every attempt to connect; the error in the end says as much in one sentence.
    logging.getLogger("psycopg.pool").setLevel(max(LEVELS[level], logging.ERROR))


def logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """A logger whose events carry the name of their room."""
    bound: structlog.typing.FilteringBoundLogger = structlog.get_logger(room=name)
    return bound
