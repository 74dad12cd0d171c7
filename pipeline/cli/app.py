"""The command line's frame: the Typer application, how errors are shown, and exit codes.

Exit codes: 0 done, 1 failed, 2 wrong use. Errors are one sentence on stderr.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Annotated, Any, Final

import typer

from pipeline import config, log
from pipeline.errors import PresswatchError

app: Final = typer.Typer(
    name="presswatch",
    help="A media monitor that you run yourself.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# Each module decorates its commands on import; what is heavy is imported inside the commands.
MODULES: Final = ("engines", "outlets", "collect", "extract", "articles", "search", "alerts", "trace", "serve", "run")

JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


@app.callback()
def _frame(
    log_level: Annotated[str, typer.Option(help="debug, info, warning or error; on stderr.", envvar="PRESSWATCH_LOG_LEVEL")] = "warning",
) -> None:
    if log_level not in log.LEVELS:
        raise typer.BadParameter(f"it is one of {', '.join(log.LEVELS)}", param_hint="--log-level")
    log.set_up(log_level, as_json=config.load().log_format == "json")


def print_json(value: Any) -> None:
    """Print one JSON document on stdout."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def main() -> None:
    """Run the command line of this process."""
    for module in MODULES:
        importlib.import_module(f"pipeline.cli.{module}")
    try:
        app()
    except PresswatchError as error:
        sys.stderr.write(f"presswatch: {error}\n")
        sys.exit(error.exit_code)
