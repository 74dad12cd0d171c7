"""`run`: everything in the foreground."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import typer

from pipeline import config
from pipeline.cli.app import app


@app.command()
def run() -> None:
    """Start the engines, Airflow and the web pages, and monitor the outlets; Ctrl-C stops everything.

    The first start loads the starter list of outlets; a later one continues where it stopped.
    """
    from pipeline.steps import supervisor

    settings = config.load()
    starter = Path(str(resources.files("crawlers") / "outlets.toml"))
    raise typer.Exit(supervisor.run(settings, starter=starter))
