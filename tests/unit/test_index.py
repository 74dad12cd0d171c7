"""The mapping and the documents it takes, without an engine."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from pipeline.index import documents, mapping
from pipeline.index.connection import reason, with_port
from pipeline.models import CopyKind, Document, EntityMention, EntityType, Syndication, Timestamp

# Where each field of a document goes; a new field of `Document` must be given its place here and in the mapping.
PLACES: dict[str, set[str]] = {
    "id": {"id", "story_key", "copy_key"},
    "revision": set(),  # the external version
    "deleted": set(),  # the kind of action
    "version": {"version"},
    "url": {"url"},
    "canonical_url": {"canonical_url"},
    "outlet": {"outlet"},
    "labels": {"labels"},
    "country": {"country"},
    "group": {"group"},
    "title": {"title", "title_stem"},
    "body": {"body", "body_stem"},
    "authors": {"authors"},
    "published_at": {"published_at", "date"},
    "first_seen_at": {"seen_at", "date"},
    "language": {"language", "title_stem", "body_stem"},
    "topics": {"topics"},
    "syndicated_from": {"syndicated_from"},
    "story_id": {"story_id", "story_key"},
    "duplicate_of": {"duplicate_of", "copy_key"},
    "copy_kind": {"copy_kind", "copy_key"},
    "entities": {"persons", "orgs", "places", "entity_ids"},
}
FULL = Document(
    id=5, revision=9, deleted=False, version=2, url="https://a.example/x?y=1", canonical_url="https://a.example/x", outlet="A", labels=("l",),
    country="us", group="G", title="Title", body="Body", authors=("Jane Doe", "Jane Doe"),
    published_at=Timestamp(at=datetime(2025, 1, 1, 9, tzinfo=timezone(timedelta(hours=2)))),
    first_seen_at=datetime(2025, 1, 2, tzinfo=UTC), language="en", topics=("t",), syndicated_from=Syndication(name="W", url="https://w.example"),
    story_id=3, duplicate_of=4, copy_kind=CopyKind.COPY,
    entities=tuple(EntityMention(entity_id=f"{kind}:x", name="X", type=kind, count=1) for kind in EntityType),
)  # fmt: skip


def changed(**facts: Any) -> dict[str, Any]:
    return documents.source(dataclasses.replace(FULL, **facts))


def test_every_field_of_a_document_has_its_place_in_the_strict_mapping() -> None:
    assert set(PLACES) == {field.name for field in dataclasses.fields(Document)}
    assert set.union(*PLACES.values()) == set(mapping.PROPERTIES) == set(documents.source(FULL))
    assert mapping.MAPPINGS["dynamic"] == "strict"


@pytest.mark.parametrize("field", dataclasses.fields(Document), ids=lambda field: field.name)
def test_a_field_changes_what_it_is_said_to_change(field: dataclasses.Field[Any]) -> None:
    other: dict[str, Any] = {
        "id": 6, "version": 3, "url": "https://b.example", "canonical_url": "https://b.example", "outlet": "B", "labels": ("m",), "country": "de",
        "group": "H", "title": "Other", "body": "Other", "authors": (), "published_at": None, "first_seen_at": datetime(2025, 1, 3, tzinfo=UTC),
        "language": "fr", "topics": (), "syndicated_from": None, "story_id": None, "duplicate_of": 7, "copy_kind": CopyKind.DERIVED,
        "entities": (), "revision": 10, "deleted": True,
    }  # fmt: skip
    before, after = documents.source(FULL), changed(**{field.name: other[field.name]})
    different = {name for name in before | after if before.get(name) != after.get(name)}
    conditional = {"id": {"story_key", "copy_key"}, "first_seen_at": {"date"}, "copy_kind": set()}
    assert different - PLACES[field.name] == set()
    assert PLACES[field.name] - conditional.get(field.name, set()) <= different


def test_groups_always_have_a_key() -> None:
    alone = changed(story_id=None, duplicate_of=None, copy_kind=None)
    assert (alone["story_key"], alone["copy_key"]) == ("article-5", "5")
    joined = changed()
    assert (joined["story_key"], joined["copy_key"]) == ("story-3", "4")
    # What was rewritten from the same source is no copy.
    assert changed(copy_kind=CopyKind.DERIVED)["copy_key"] == "5"


def test_unknown_values_are_left_out_and_the_order_falls_back() -> None:
    bare = changed(published_at=None, language=None, country=None, group=None, syndicated_from=None, entities=(), authors=())
    assert not {"published_at", "language", "country", "group", "syndicated_from", "persons", "authors", "title_stem"} & set(bare)
    assert bare["date"] == bare["seen_at"] == "2025-01-02T00:00:00.000+00:00"


def test_stems_only_for_languages_that_have_a_stemmer() -> None:
    assert changed(language="fr")["body_stem"] == {"fr": "Body"}
    assert "body_stem" not in changed(language="xx")


def test_times_keep_an_offset_that_the_engine_can_read() -> None:
    assert changed()["published_at"] == "2025-01-01T09:00:00+02:00"
    odd = timezone(timedelta(hours=1, seconds=30))
    assert changed(published_at=Timestamp(at=datetime(1890, 1, 1, tzinfo=odd)))["published_at"] == "1889-12-31T22:59:30+00:00"


def test_text_is_composed_and_freed_of_what_is_not_seen() -> None:
    assert changed(title="e\u0301le\u00adc\ue000t\u200bion")["title"] == "élection"


def test_actions_carry_the_revision() -> None:
    assert documents.action(FULL, "i") | {"_source": None} == {
        "_op_type": "index", "_index": "i", "_id": "5", "version": 9, "version_type": "external_gte", "_source": None,
    }  # fmt: skip
    assert documents.action(dataclasses.replace(FULL, deleted=True), "i") == {
        "_op_type": "delete", "_index": "i", "_id": "5", "version": 9, "version_type": "external_gte",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("url", "full"),
    [
        ("http://search", "http://search:9200"),
        ("https://search/path", "https://search:443/path"),
        ("https://search:9243", "https://search:9243"),
        ("http://[::1]", "http://[::1]:9200"),
    ],
)
def test_port_is_written_out(url: str, full: str) -> None:
    assert with_port(url) == full


def test_reason_is_the_outer_and_the_inner_one() -> None:
    assert reason({"type": "a", "reason": "outer", "caused_by": {"reason": "middle", "caused_by": {"type": "inner"}}}) == "outer; inner"
    assert reason("text\nof two lines") == "text of two lines"
