"""Entities, their aliases, and which article mentions them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.models import EntityType
from pipeline.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A mention with the identity of its entity."""

    public_id: str
    type: EntityType
    name: str
    aliases: tuple[str, ...]  # folded
    count: int


def save(connection: Connection, mentions: Sequence[tuple[int, int, Sequence[Named]]]) -> None:
    """Keep what articles mention, given as (article id, version, mentions, the most frequent first)."""
    ids = ensure(connection, [named for _, _, all_named in mentions for named in all_named])
    for article_id, version, all_named in mentions:
        connection.execute(
            """
            INSERT INTO mentions (article_id, version, entity_ids, counts) VALUES (%s, %s, %s, %s)
            ON CONFLICT (article_id) DO UPDATE
            SET version = excluded.version, entity_ids = excluded.entity_ids, counts = excluded.counts
            """,
            (article_id, version, [ids[named.public_id] for named in all_named], [named.count for named in all_named]),
        )


def ensure(connection: Connection, mentions: Sequence[Named]) -> dict[str, int]:
    """Ids by public id, created where unknown. In the order of public ids, so that two writers can't wait for each other."""
    wanted = {named.public_id: named for named in mentions}
    names = sorted(wanted)
    connection.execute(
        """
        INSERT INTO entities (public_id, type, name)
        SELECT * FROM unnest(%s::text[], %s::text[], %s::text[]) ON CONFLICT (public_id) DO NOTHING
        """,
        (names, [wanted[name].type for name in names], [wanted[name].name for name in names]),
    )
    ids = {row[1]: row[0] for row in connection.execute("SELECT id, public_id FROM entities WHERE public_id = ANY (%s)", (names,))}
    aliases = sorted({(alias, ids[named.public_id]) for named in mentions for alias in named.aliases})
    connection.execute(
        """
        INSERT INTO entity_aliases (alias, entity_id) SELECT * FROM unnest(%s::text[], %s::bigint[]) ON CONFLICT DO NOTHING
        """,
        ([alias for alias, _ in aliases], [entity_id for _, entity_id in aliases]),
    )
    return ids


def public_ids(connection: Connection, article_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The entities of articles by public id, the most mentioned first."""
    rows = connection.execute(
        """
        SELECT mentions.article_id, array_agg(e.public_id ORDER BY m.place)
        FROM mentions JOIN LATERAL unnest(mentions.entity_ids) WITH ORDINALITY AS m (entity_id, place) ON true
        JOIN entities e ON e.id = m.entity_id
        WHERE mentions.article_id = ANY (%s) GROUP BY 1
        """,
        (list(article_ids),),
    )
    return {row[0]: tuple(row[1]) for row in rows}
