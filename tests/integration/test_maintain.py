"""Housekeeping: what it drops, and what it must keep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipeline.steps import clean, maintain
from pipeline.steps.context import Context
from pipeline.store import imports

PAGE = (
    b"<html lang=en><head><title>A bridge</title></head><body><article><h1>A bridge</h1>"
    + b"<p>%s</p>" % (b"The council voted to close the bridge for two years, and the ferries will run instead of it. " * 12)
    + b"</article></body></html>"
)


def put(context: Context, name: str, at: datetime) -> None:
    context.database.ensure_partitions([at])
    with context.database.transaction() as connection:
        imports.save_capture(
            connection,
            outlet=imports.outlet_id(connection, "Paper", "paper.example"),
            url=f"https://paper.example/{name}",
            host="paper.example",
            fetched_at=at,
            status=200,
            content_type="text/html",
            body=PAGE,
        )


def names(context: Context) -> list[str]:
    with context.database.transaction() as connection:
        return [row[0].rsplit("/", 1)[-1] for row in connection.execute("SELECT url FROM captures ORDER BY url")]


def test_retention_drops_old_captures_and_keeps_their_articles(context: Context) -> None:
    now = datetime.now(UTC)
    for name, days in (("ancient", 200), ("old", 91), ("young", 89)):
        put(context, name, now - timedelta(days=days))
    clean.run(context)
    put(context, "waiting", now - timedelta(days=92))
    put(context, "waiting-long", now - timedelta(days=300))
    maintain.retention(context, now=now)
    assert names(context) == ["waiting", "waiting-long", "young"]
    with context.database.transaction() as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchone() == (3,)


def test_too_few_articles_make_no_word_background(context: Context) -> None:
    put(context, "one", datetime.now(UTC))
    clean.run(context)
    assert maintain.word_background(context, since=datetime.now(UTC) - timedelta(days=30)) == {}
