"""Databases of the tests' own on the engines' PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

END_CONNECTIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user"


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@contextmanager
def created(server_url: str, name: str, *, template: str = "template1") -> Iterator[str]:
    """A new database, dropped at the end with whatever is still connected to it; its URL."""
    with psycopg.connect(server_url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield with_database(server_url, name)
        finally:
            # Not FORCE: that is refused to all but superusers while autovacuum is in the database, where a plain DROP ends it.
            server.execute(END_CONNECTIONS, (name,))
            server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
