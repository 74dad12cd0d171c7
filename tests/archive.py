"""Captures put into the store one by one, and what became of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.steps.context import Context
from pipeline.store import imports


class Archive:
    """Pages of an outlet as they come in, a second apart."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.at = datetime.now(UTC) - timedelta(hours=1)

    def put(self, name: str, body: bytes, content_type: str = "text/html; charset=utf-8", *, outlet: str = "paper") -> None:
        """A capture of the page with this name, waiting for `clean`."""
        self.at += timedelta(seconds=1)
        with self.context.database.transaction() as connection:
            imports.save_capture(
                connection,
                outlet=imports.outlet_id(connection, outlet.capitalize(), f"{outlet}.example"),
                url=f"https://{outlet}.example/news/{name}",
                host=f"{outlet}.example",
                fetched_at=self.at,
                status=200,
                content_type=content_type,
                body=body,
            )

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with self.context.database.transaction() as connection:
            return connection.execute(statement, values).fetchall()  # type: ignore[arg-type]

    def outcomes(self) -> list[str]:
        """What became of the captures, in the order in which they were fetched."""
        return [row[0] for row in self.rows("SELECT outcome FROM captures ORDER BY fetched_at")]

    def versions(self) -> list[dict[str, Any]]:
        """All versions of all articles."""
        rows = self.rows(
            "SELECT a.url, v.version, v.title, v.body, v.published_at FROM article_versions v JOIN articles a ON a.id = v.article_id ORDER BY 1, 2"
        )
        return [dict(zip(("url", "version", "title", "body", "published_at"), row, strict=True)) for row in rows]

    def bodies(self) -> dict[str, str]:
        """The current texts by the names of their pages."""
        rows = self.rows("SELECT a.url, v.body FROM articles a JOIN article_versions v ON v.article_id = a.id AND v.version = a.version")
        return {url.rsplit("/", 1)[-1]: body for url, body in rows}
