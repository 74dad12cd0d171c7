"""`up`, `down`, `status`: the engines, the schema and the index."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from pipeline import config
from pipeline.cli.app import JsonOption, app, print_json

if TYPE_CHECKING:
    from pipeline.engine import EngineStatus
    from pipeline.steps.system import SystemStatus


@app.command()
def up() -> None:
    """Start PostgreSQL and Elasticsearch, migrated and with the index ready; a second time changes nothing."""
    from pipeline.steps import system

    settings = config.load()
    system.up(settings)
    _show(system.status(settings))


@app.command()
def down() -> None:
    """Stop them cleanly, and wait until they have ended."""
    from pipeline.steps import system

    system.down(config.load())


@app.command()
def status(*, as_json: JsonOption = False) -> None:
    """Show what runs where, versions, sizes and health; stopped is an answer too."""
    from pipeline.steps import system

    found = system.status(config.load())
    if as_json:
        print_json({"running": found.running, **asdict(found)})
    else:
        _show(found)


def _show(found: SystemStatus) -> None:
    for name, engine in (("PostgreSQL", found.postgresql), ("Elasticsearch", found.elasticsearch)):
        typer.echo(f"{name:<14}{_engine(engine)}")
    if found.database:
        typer.echo(f"{'Database':<14}{'migrated' if found.database.migrated else found.database.problem}")
    if found.index:
        index = found.index
        told = f"{index.name}, {index.health}, {index.documents:,} documents, {_size(index.size_bytes)}"
        typer.echo(f"{'Index':<14}{index.problem or (told if index.name else 'missing: run `presswatch up`')}")
    typer.echo(f"{'State':<14}{found.home}")


def _engine(engine: EngineStatus) -> str:
    if engine.problem:
        return engine.problem
    if not engine.running:
        return "stopped"
    parts = [f"{engine.version} at {engine.where}", engine.health]
    parts.append(f"process {engine.pid}" if engine.embedded else "your own server")
    parts += [f"{_size(engine.memory_bytes)} memory"] if engine.memory_bytes is not None else []
    parts += [f"{_size(engine.disk_bytes)} on disk"] if engine.disk_bytes is not None else []
    return ", ".join(part for part in parts if part)


def _size(size_bytes: int) -> str:
    megabytes = size_bytes / 1_000_000
    return f"{megabytes / 1000:.1f} GB" if megabytes >= 1000 else f"{megabytes:.0f} MB"  # noqa: PLR2004 - thousands
