"""Outlets, their hosts, and what they yielded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString
from urllib.parse import urlsplit

from pipeline.errors import InputError, NameTaken, UnknownName
from pipeline.models import FeedKind, Outlet, OutletSpec
from pipeline.store.database import Connection

COLUMNS: Final[LiteralString] = 'o.id, o.name, o.url, o.labels, o.country, o.language, o."group"'


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """A feed and what its last polls gave."""

    url: str
    kind: FeedKind
    origin: str  # given or found
    active: bool
    polled_at: datetime | None
    succeeded_at: datetime | None
    items: int | None
    new_items: int | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletState:
    """An outlet with its feeds and what it yielded."""

    outlet: Outlet
    feeds: tuple[FeedState, ...]
    pages: int
    articles: int
    last_article_at: datetime | None  # when its newest article was first seen
    discovered_at: datetime | None
    discovery_error: str | None


def save(connection: Connection, spec: OutletSpec) -> tuple[Outlet, bool]:
    """Add an outlet, or bring the one with this name or this address up to date; tells whether it is new.

    Feeds that a person names are added as given; a feed that is no longer named stays.

    Raises:
        InputError: the name belongs to one outlet and the address to another.

    """
    rows = connection.execute("SELECT id, name, url FROM outlets WHERE name = %s OR url = %s FOR UPDATE", (spec.name, spec.url)).fetchall()
    if len(rows) > 1:
        owner = next(row[1] for row in rows if row[2] == spec.url)
        raise InputError(problem=f"the outlet {spec.name!r} can't have the address {spec.url}, because {owner!r} has it")
    values = {
        "id": rows[0][0] if rows else None,
        "name": spec.name,
        "url": spec.url,
        "labels": list(spec.labels),
        "country": spec.country,
        "language": spec.language,
        "group": spec.group,
    }
    if rows:
        connection.execute(
            """
            UPDATE outlets SET name = %(name)s, url = %(url)s, labels = %(labels)s, country = %(country)s,
                language = %(language)s, "group" = %(group)s, removed_at = NULL WHERE id = %(id)s
            """,
            values,
        )
    else:
        created = connection.execute(
            """
            INSERT INTO outlets (name, url, labels, country, language, "group")
            VALUES (%(name)s, %(url)s, %(labels)s, %(country)s, %(language)s, %(group)s) RETURNING id
            """,
            values,
        ).fetchone()
        values["id"] = created[0] if created else None
    outlet_id = values["id"]
    connection.execute(
        "INSERT INTO outlet_hosts (host, outlet_id) SELECT host, %s FROM unnest(%s::text[]) AS host ON CONFLICT (host) DO NOTHING",
        (outlet_id, hosts(spec.url)),
    )
    connection.execute(
        """
        INSERT INTO feeds (outlet_id, url, kind, origin)
        SELECT %s, url, kind, 'given' FROM unnest(%s::text[], %s::text[]) AS given (url, kind)
        ON CONFLICT (outlet_id, url) DO UPDATE SET origin = 'given', active = true
        """,
        (outlet_id, list(spec.feeds), [guessed_kind(feed) for feed in spec.feeds]),
    )
    if not spec.feeds:
        connection.execute("INSERT INTO discoveries (outlet_id) VALUES (%s) ON CONFLICT (outlet_id) DO NOTHING", (outlet_id,))
    found = by_names(connection, [spec.name])
    return found[0], not rows


def create(connection: Connection, spec: OutletSpec) -> Outlet:
    """Add an outlet that is not there yet.

    Raises:
        NameTaken: an outlet with this name or address is there.

    """
    taken = connection.execute(
        "SELECT name FROM outlets WHERE removed_at IS NULL AND (name = %s OR url = %s) LIMIT 1", (spec.name, spec.url)
    ).fetchone()
    if taken is not None:
        raise NameTaken(kind="an outlet", name=taken[0])
    return save(connection, spec)[0]


def hosts(url: str) -> list[str]:
    """The hosts of an outlet's address: the one it has, and the same with or without `www.`."""
    host = (urlsplit(url).hostname or "").lower()
    bare = host.removeprefix("www.")
    return [host] if host.replace(".", "").isdigit() or ":" in host else [bare, f"www.{bare}"]


def guessed_kind(url: str) -> FeedKind:
    """What a feed is by the look of its URL; the first poll tells for sure."""
    path = urlsplit(url).path.lower()
    if "sitemap" in path:
        return FeedKind.NEWS_SITEMAP if "news" in path else FeedKind.SITEMAP
    return FeedKind.FEED


def by_names(connection: Connection, names: Sequence[str]) -> list[Outlet]:
    """The outlets with these names, in this order.

    Raises:
        UnknownName: there is no such outlet, or it was removed.

    """
    rows = connection.execute(f"SELECT {COLUMNS} FROM outlets o WHERE o.removed_at IS NULL AND o.name = ANY (%s)", (list(names),))
    found = {row[1]: _outlet(row) for row in rows}
    for name in names:
        if name not in found:
            near = connection.execute(
                "SELECT name FROM outlets WHERE removed_at IS NULL AND strpos(lower(name), lower(%s)) > 0 ORDER BY name LIMIT 1", (name,)
            ).fetchone()
            raise UnknownName(kind="outlet", name=name, hint=f" (did you mean {near[0]!r}?)" if near else ": see `presswatch outlets list`")
    return [found[name] for name in names]


def of_host(connection: Connection, host: str) -> Outlet | None:
    """The outlet that a host belongs to, also a removed one."""
    row = connection.execute(
        f"SELECT {COLUMNS} FROM outlet_hosts h JOIN outlets o ON o.id = h.outlet_id WHERE h.host = %s", (host.lower(),)
    ).fetchone()
    return _outlet(row) if row else None


def with_ids(connection: Connection, ids: Iterable[int]) -> dict[int, Outlet]:
    """Outlets by id."""
    rows = connection.execute(f"SELECT {COLUMNS} FROM outlets o WHERE o.id = ANY (%s)", (list(ids),))
    return {row[0]: _outlet(row) for row in rows}


def remove(connection: Connection, name: str) -> None:
    """Stop collecting an outlet; its articles stay, and so does its name for them.

    Raises:
        UnknownName: there is no such outlet.

    """
    outlet = by_names(connection, [name])[0]
    connection.execute("UPDATE outlets SET removed_at = now() WHERE id = %s", (outlet.id,))


def states(connection: Connection) -> list[OutletState]:
    """All outlets that are collected, by name, with their feeds and what they yielded."""
    feeds: dict[int, list[FeedState]] = {}
    for row in connection.execute(
        """
        SELECT outlet_id, url, kind, origin, active, polled_at, succeeded_at, items, new_items, error
        FROM feeds ORDER BY outlet_id, active DESC, id
        """
    ):
        feeds.setdefault(row[0], []).append(
            FeedState(
                url=row[1],
                kind=FeedKind(row[2]),
                origin=row[3],
                active=row[4],
                polled_at=row[5],
                succeeded_at=row[6],
                items=row[7],
                new_items=row[8],
                error=row[9],
            )
        )
    rows = connection.execute(
        f"""
        SELECT {COLUMNS}, coalesce(p.pages, 0), coalesce(a.articles, 0), a.last_at, d.looked_at, d.error
        FROM outlets o
        LEFT JOIN (SELECT outlet_id, count(*) AS pages FROM pages GROUP BY outlet_id) p ON p.outlet_id = o.id
        LEFT JOIN (
            SELECT outlet_id, count(*) AS articles, max(first_seen_at) AS last_at FROM articles WHERE deleted_at IS NULL GROUP BY outlet_id
        ) a ON a.outlet_id = o.id
        LEFT JOIN discoveries d ON d.outlet_id = o.id
        WHERE o.removed_at IS NULL ORDER BY lower(o.name), o.id
        """
    )
    return [
        OutletState(
            outlet=_outlet(row),
            feeds=tuple(feeds.get(row[0], ())),
            pages=row[7],
            articles=row[8],
            last_article_at=row[9],
            discovered_at=row[10],
            discovery_error=row[11],
        )
        for row in rows
    ]


def _outlet(row: Sequence[Any]) -> Outlet:
    return Outlet(id=row[0], name=row[1], url=row[2], labels=tuple(row[3]), country=row[4], language=row[5], group=row[6])
