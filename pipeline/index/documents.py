"""A document as Elasticsearch stores it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from pipeline.index.mapping import STEMMERS
from pipeline.models import CopyKind, Document, EntityType
from pipeline.query.tokens import composed


def action(document: Document, index: str) -> dict[str, Any]:
    """The bulk action that brings an index to this state of an article, unless it has a newer one."""
    head = {"_index": index, "_id": str(document.id), "version": document.revision, "version_type": "external_gte"}
    if document.deleted:
        return head | {"_op_type": "delete"}
    return head | {"_op_type": "index", "_source": source(document)}


def source(document: Document) -> dict[str, Any]:
    """The fields of `pipeline.index.mapping`; what is unknown is left out."""
    title, body = composed(document.title), composed(document.body)
    named = {kind: _names(entity.name for entity in document.entities if entity.type is kind) for kind in EntityType}
    is_copy = document.copy_kind is CopyKind.COPY and document.duplicate_of is not None
    fields: dict[str, Any] = {
        "id": document.id,
        "version": document.version,
        "url": document.url,
        "canonical_url": document.canonical_url,
        "outlet": composed(document.outlet),
        "labels": _names(document.labels),
        "country": document.country,
        "group": document.group,
        "title": title,
        "body": body,
        "authors": _names(document.authors),
        "published_at": moment(document.published_at.at, "seconds") if document.published_at else None,
        "seen_at": moment(document.first_seen_at.astimezone(UTC)),
        "date": moment(document.ordered_at.astimezone(UTC)),
        "language": document.language,
        "topics": _names(document.topics),
        "syndicated_from": composed(document.syndicated_from.name) if document.syndicated_from else None,
        "story_id": None if document.story_id is None else str(document.story_id),
        "duplicate_of": None if document.duplicate_of is None else str(document.duplicate_of),
        "copy_kind": document.copy_kind.value if document.copy_kind else None,
        "story_key": f"article-{document.id}" if document.story_id is None else f"story-{document.story_id}",
        "copy_key": str(document.duplicate_of if is_copy else document.id),
        "persons": named[EntityType.PERSON],
        "orgs": named[EntityType.ORG],
        "places": named[EntityType.PLACE],
        "entity_ids": _names(entity.entity_id for entity in document.entities),
    }
    if document.language in STEMMERS:
        fields["title_stem"] = {document.language: title}
        fields["body_stem"] = {document.language: body}
    return {name: value for name, value in fields.items() if value not in (None, [])}


def _names(values: Iterable[str]) -> list[str]:
    """Each value once."""
    return list(dict.fromkeys(composed(value) for value in values))


def moment(at: datetime, exactness: str = "milliseconds") -> str:
    """A time with its own offset, as Elasticsearch reads it: offsets of whole minutes only."""
    offset = at.utcoffset()
    if offset is not None and offset.total_seconds() % 60:
        at = at.astimezone(UTC)
    return at.isoformat(timespec=exactness)
