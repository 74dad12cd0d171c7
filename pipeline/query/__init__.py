"""The users' query syntax: parsed once, compiled to Elasticsearch's DSL, for searches and alerts alike.

`parse` turns text into a tree and says what is wrong, and at which character; `compile` turns the tree into DSL.
Nothing else in the project writes queries over articles.
"""

from pipeline.query.compiler import clauses, compile, uses_stems  # noqa: A004 - called as `query.compile`
from pipeline.query.parser import parse, quote
from pipeline.query.tree import Query

__all__ = ["Query", "clauses", "compile", "parse", "quote", "uses_stems"]
