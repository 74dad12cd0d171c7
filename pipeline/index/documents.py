"""A document as Elasticsearch stores it."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Any, Final

from pipeline.index.mapping import STEMMERS
from pipeline.models import CopyKind, Document, EntityType

# Signs that can't be seen and would cut words: soft hyphen, zero-width space, word joiner, byte order mark.
_UNSEEN: Final = dict.fromkeys((0x00AD, 0x200B, 0x2060, 0xFEFF))


def action(document: Document, index: str) -> dict[str, Any]:
    """The bulk action that brings an index to this state of an article, unless it has a newer one."""
    head = {"_index": index, "_id": str(document.id), "version": document.revision, "version_type": "external_gte"}
    if document.deleted:
        return head | {"_op_type": "delete"}
    return head | {"_op_type": "index", "_source": source(document)}


def source(document: Document) -> dict[str, Any]:
    """The fields of `pipeline.index.mapping`; what is unknown is left out."""
    title, body = text(document.title), text(document.body)
    names = {kind: list(dict.fromkeys(entity.name for entity in document.entities if entity.type is kind)) for kind in EntityType}
    is_copy = document.copy_kind is CopyKind.COPY and document.duplicate_of is not None
    fields: dict[str, Any] = {
        "id": document.id,
        "version": document.version,
        "url": document.url,
        "canonical_url": document.canonical_url,
        "outlet": document.outlet,
        "labels": list(document.labels),
        "country": document.country,
        "group": document.group,
        "title": title,
        "body": body,
        "authors": list(document.authors),
        "published_at": moment(document.published_at.at) if document.published_at else None,
        "seen_at": moment(document.first_seen_at.astimezone(UTC)),
        "date": moment(document.ordered_at.astimezone(UTC)),
        "language": document.language,
        "topics": list(document.topics),
        "syndicated_from": document.syndicated_from.name if document.syndicated_from else None,
        "story_id": None if document.story_id is None else str(document.story_id),
        "duplicate_of": None if document.duplicate_of is None else str(document.duplicate_of),
        "copy_kind": document.copy_kind.value if document.copy_kind else None,
        "story_key": f"article-{document.id}" if document.story_id is None else f"story-{document.story_id}",
        "copy_key": str(document.duplicate_of if is_copy else document.id),
        "persons": names[EntityType.PERSON],
        "orgs": names[EntityType.ORG],
        "places": names[EntityType.PLACE],
        "entity_ids": list(dict.fromkeys(entity.entity_id for entity in document.entities)),
    }
    if document.language in STEMMERS:
        fields["title_stem"] = {document.language: title}
        fields["body_stem"] = {document.language: body}
    return {name: value for name, value in fields.items() if value not in (None, [])}


def text(value: str) -> str:
    """Text in composed form and without signs that can't be seen, so that it is cut as a reader would."""
    if value.isascii():
        return value
    return unicodedata.normalize("NFC", value.translate(_UNSEEN))


def moment(at: datetime) -> str:
    """A time with its own offset, as Elasticsearch reads it: offsets of whole minutes only."""
    offset = at.utcoffset()
    if offset is not None and offset.total_seconds() % 60:
        at = at.astimezone(UTC)
    return at.isoformat(timespec="milliseconds")
