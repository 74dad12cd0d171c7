"""Outlets, their hosts, and what they yielded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, LiteralString
from urllib.parse import urlsplit

from pipeline.errors import AddressTaken, InputError, NameTaken, UnknownName
from pipeline.models import FeedKind, Outlet, OutletSpec
from pipeline.store import subscriptions
from pipeline.store.database import Connection

COLUMNS: Final[LiteralString] = 'o.id, o.name, o.url, o.labels, o.country, o.language, o."group"'


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
        ON CONFLICT (outlet_id, url) DO UPDATE SET origin = 'given', active = true,
            -- Polls tell the kinds of feeds apart; only a person knows a section page from a feed that is broken.
            kind = CASE WHEN 'section' IN (excluded.kind, feeds.kind) THEN excluded.kind ELSE feeds.kind END
        """,
        (outlet_id, [*spec.feeds, *spec.sections], [*map(guessed_kind, spec.feeds), *(FeedKind.SECTION for _ in spec.sections)]),
    )
    if not spec.feeds and not spec.sections:
        connection.execute("INSERT INTO discoveries (outlet_id) VALUES (%s) ON CONFLICT (outlet_id) DO NOTHING", (outlet_id,))
    found = by_names(connection, [spec.name])
    return found[0], not rows


def create(connection: Connection, spec: OutletSpec) -> Outlet:
    """Add an outlet that is not there yet.

    Raises:
        NameTaken: an outlet with this name or address is there.

    """
    refuse_taken(connection, name=spec.name, url=spec.url)
    return save(connection, spec)[0]


def refuse_taken(connection: Connection, *, name: str, url: str) -> None:
    """Fail if an outlet has this name or this address.

    Raises:
        NameTaken: one has.

    """
    taken = connection.execute(
        "SELECT name, url = %(url)s FROM outlets WHERE removed_at IS NULL AND (name = %(name)s OR url = %(url)s) ORDER BY 2 DESC LIMIT 1",
        {"name": name, "url": url},
    ).fetchone()
    if taken is not None:
        raise AddressTaken(name=taken[0], url=url) if taken[1] else NameTaken(kind="an outlet", name=taken[0])


def is_taken(connection: Connection, name: str, *, url: str) -> bool:
    """Whether another outlet than that of an address has this name, also a removed one."""
    return connection.execute("SELECT FROM outlets WHERE name = %s AND url <> %s", (name, url)).fetchone() is not None


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


def by_names(connection: Connection, names: Sequence[str], *, removed: bool = False) -> list[Outlet]:
    """The outlets with these names, in this order; with `removed` also those that were removed.

    Raises:
        UnknownName: there is no such outlet.

    """
    rows = connection.execute(
        f"SELECT {COLUMNS} FROM outlets o WHERE (%s OR o.removed_at IS NULL) AND o.name = ANY (%s)", (removed, list(names))
    )
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


def collected(connection: Connection) -> list[Outlet]:
    """The outlets that are collected, by name; not those that only an import of articles made."""
    rows = connection.execute(
        f"""
        SELECT {COLUMNS} FROM outlets o WHERE o.removed_at IS NULL AND (
            EXISTS (SELECT FROM feeds f WHERE f.outlet_id = o.id) OR EXISTS (SELECT FROM discoveries d WHERE d.outlet_id = o.id)
        ) ORDER BY lower(o.name), o.name
        """
    )
    return [_outlet(row) for row in rows]


def remove(connection: Connection, name: str) -> None:
    """Stop collecting an outlet; its articles stay, and so does its name for them.

    Raises:
        UnknownName: there is no such outlet.

    """
    outlet = by_names(connection, [name])[0]
    connection.execute("UPDATE outlets SET removed_at = now() WHERE id = %s", (outlet.id,))
    subscriptions.end(connection, outlet.id)


def crawled(connection: Connection) -> list[Outlet]:
    """The outlets that are watched, by name; without those that only an import made."""
    rows = connection.execute(f"SELECT {COLUMNS} FROM outlets o WHERE o.removed_at IS NULL ORDER BY lower(o.name)")
    imported = uncrawled(connection)
    return [_outlet(row) for row in rows if row[0] not in imported]


def known(connection: Connection) -> int:
    """How many outlets are collected."""
    row = connection.execute("SELECT count(*) FROM outlets WHERE removed_at IS NULL").fetchone()
    return int(row[0]) if row else 0


def article_counts(connection: Connection) -> dict[int, int]:
    """How many articles each outlet has."""
    rows = connection.execute("SELECT outlet_id, count(*) FROM articles WHERE deleted_at IS NULL GROUP BY outlet_id")
    return {row[0]: row[1] for row in rows}


def uncrawled(connection: Connection) -> set[int]:
    """Outlets that an import of articles made: they have no feeds, and none are looked for."""
    rows = connection.execute(
        """
        SELECT o.id FROM outlets o WHERE o.removed_at IS NULL
          AND NOT EXISTS (SELECT FROM feeds f WHERE f.outlet_id = o.id)
          AND NOT EXISTS (SELECT FROM discoveries d WHERE d.outlet_id = o.id)
        """
    )
    return {row[0] for row in rows}


def _outlet(row: Sequence[Any]) -> Outlet:
    return Outlet(id=row[0], name=row[1], url=row[2], labels=tuple(row[3]), country=row[4], language=row[5], group=row[6])
