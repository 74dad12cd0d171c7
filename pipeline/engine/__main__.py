"""`python -m pipeline.engine`: the embedded engines' programs, for `make setup`."""

from __future__ import annotations

import sys

from pipeline import config
from pipeline.engine import install
from pipeline.errors import PresswatchError


def main() -> None:
    """Install, with one line when there is something to do."""
    try:
        install(config.load(), report=lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201 - this is a program
    except PresswatchError as error:
        sys.exit(f"presswatch: {error}")


if __name__ == "__main__":
    main()
