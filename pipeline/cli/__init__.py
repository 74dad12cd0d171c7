"""The command line: thin commands that read options, call a step or a search, and print."""

from pipeline.cli.app import main

__all__ = ["main"]
