"""The command line's frame: the Typer application, how errors are shown, and exit codes.

Exit codes: 0 done, 1 failed, 2 wrong use. Errors are one sentence on stderr.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Any, Final

import typer
from typer.exceptions import TyperException

from pipeline import config, log
from pipeline.errors import PresswatchError, UsageError

app: Final = typer.Typer(
    name="presswatch",
    help="A media monitor that you run yourself.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# Each module decorates its commands on import; what is heavy is imported inside the commands.
MODULES: Final = (
    "engines",
    "outlets",
    "collect",
    "extract",
    "articles",
    "search",
    "alerts",
    "trace",
    "health",
    "rules",
    "upkeep",
    "serve",
    "run",
)

FAILED: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130  # by Ctrl-C, as shells count
# Bytes of the command line that are no UTF-8, as Python shows them.
BROKEN: Final = re.compile("[\ud800-\udfff]")

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


def shown(text: str) -> str:
    """A text of a page or a feed for the terminal, which it must not steer."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def main() -> None:
    """Run the command line of this process, and end it."""
    try:
        for module in MODULES:
            importlib.import_module(f"pipeline.cli.{module}")
        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code. What is wrong is told on stderr in one sentence."""
    try:
        _refuse_broken(arguments)
        ended = app(list(arguments), prog_name="presswatch", standalone_mode=False)
        # Here, where a reader that went away can still be answered for.
        sys.stdout.flush()
    except PresswatchError as error:
        return _told(str(error), error.exit_code)
    except TyperException as error:
        # Called without anything, a command has shown its help and has no more to say.
        return _told(_wrong_use(error), USAGE) if str(error) else USAGE
    except (typer.Abort, BrokenPipeError):
        return _hung_up()
    except OSError as error:
        _told(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}.", FAILED)
        return _hung_up()
    # What a command ends with by `typer.Exit`; the commands themselves give nothing.
    return ended if isinstance(ended, int) else 0


def _told(sentence: str, code: int) -> int:
    # A page or a name may hold anything, and must not stop the sentence.
    sys.stderr.write(f"presswatch: {sentence}\n".encode("utf-8", "backslashreplace").decode())
    return code


def _hung_up() -> int:
    """The output can't be written, because its reader went away or its disk is full: also not at the interpreter's end."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    with suppress(OSError, ValueError):
        stdout = sys.stdout.fileno()
        os.dup2(os.open(os.devnull, os.O_WRONLY), stdout)
    return FAILED


def _refuse_broken(arguments: Sequence[str]) -> None:
    """No command can use bytes that are no text, except as the name of a file."""
    for argument in arguments:
        if BROKEN.search(argument) and not os.path.lexists(argument):
            shown = BROKEN.sub("\N{REPLACEMENT CHARACTER}", argument)
            raise UsageError(problem=f"{shown!r} is not UTF-8: type it in a terminal that writes UTF-8")


def _wrong_use(error: TyperException) -> str:
    """Typer's complaint as one sentence."""
    context = getattr(error, "ctx", None)
    told = error.format_message() if hasattr(error, "format_message") else str(error)
    problem = " ".join(told.split()).replace("Value error, ", "").replace("Input should be", "it must be").rstrip(".")
    if context is None:
        return f"{problem}."
    takes_query = any(parameter.name == "query" for parameter in context.command.params)
    minus = "; a query that begins with a minus goes after `--`" if takes_query and problem.startswith("No such option") else ""
    return f"{problem}{minus}: see `{context.command_path} -h`."
