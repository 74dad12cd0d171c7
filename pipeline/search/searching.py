"""A page of hits, with counts by field and by day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from pipeline import query
from pipeline.errors import UsageError
from pipeline.index import Index
from pipeline.search import requests
from pipeline.search.results import BEGIN, Facet, Group, Hit, SearchResult, Sort

Choice = TypeVar("Choice", bound=StrEnum)

MOST_HITS: Final = 10_000
FACET_SIZE: Final = 10
TIMELINE_DAYS: Final = 366
FRAGMENTS: Final = 3
LEAD: Final = 200  # characters
# Up to so many groups are counted one by one.
MOST_GROUPS: Final = 65_000

FACETS: Final = {
    "outlets": "outlet",
    "languages": "language",
    "countries": "country",
    "labels": "labels",
    "topics": "topics",
    "authors": "authors",
    "persons": "persons",
    "orgs": "orgs",
    "places": "places",
}
_KEYS: Final = {Group.STORY: "story_key", Group.COPIES: "copy_key"}
_FIELDS: Final = (
    "url", "canonical_url", "outlet", "title", "published_at", "date", "language", "story_id", "story_key", "duplicate_of", "copy_kind",
    "copy_key",
)  # fmt: skip


def search(
    index: Index,
    query_text: str,
    *,
    now: datetime,
    limit: int = 20,
    sort: Sort | str = Sort.DATE,
    group: Group | str = Group.NONE,
    offset: int = 0,
    facets: bool = True,
) -> SearchResult:
    """Search the index.

    Args:
        index: where.
        query_text: in the users' syntax; empty finds every article.
        now: for dates said relative to today.
        limit: how many hits at most; 0 to 10,000 together with `offset`.
        sort: `date` or `relevance`.
        group: `story`, `copies` or `none`.
        offset: how many hits are left out at the beginning.
        facets: whether facets and timeline are counted.

    Raises:
        QueryError: the query is wrong.
        UsageError: another argument is.
        SearchEngineAway: the engine can't be reached.

    """
    if limit < 0 or offset < 0 or limit + offset > MOST_HITS:
        raise UsageError(problem=f"A search shows the first {MOST_HITS:,} hits; for more, use `presswatch export`")
    sort, group = _choice(Sort, sort, "order"), _choice(Group, group, "group")
    asked = query.parse(query_text)
    dsl = query.compile(asked, now=now)
    key = _KEYS.get(group)
    request: dict[str, Any] = {
        "index": index.alias,
        "query": dsl,
        "from_": offset,
        "size": limit,
        "sort": _order(sort),
        "source": list(_FIELDS),
        "track_total_hits": True,
        "highlight": requests.highlight(asked, dsl, fragments=FRAGMENTS, lead=LEAD),
        "aggregations": (_aggregations() if facets else {}) | (_group_count(key) if key else {}),
    }
    if key:
        request["collapse"] = {"field": key}
    # The lists of groups are only counted, not read.
    answer = requests.run(index, request | {"filter_path": "-aggregations.keys.buckets"}, asked=asked)
    found = answer["hits"].get("hits", [])
    sizes = _group_sizes(index, dsl, key, [hit["_source"][key] for hit in found]) if key else {}
    counted = answer.get("aggregations", {})
    return SearchResult(
        total=answer["hits"]["total"]["value"],
        groups=_groups(counted) if key else None,
        hits=tuple(_hit(hit, sizes[hit["_source"][key]] if key else 1) for hit in found),
        facets={name: _facet(counted[name]) for name in FACETS} if facets else {},
        timeline=_timeline(counted["days"]) if facets else (),
        warnings=(),
    )


def _choice(kind: type[Choice], value: str, word: str) -> Choice:
    try:
        return kind(value)
    except ValueError:
        raise UsageError(problem=f"There is no {word} {value!r}: it is one of {', '.join(kind)}") from None


def _order(sort: Sort) -> list[dict[str, str]]:
    newest = [{"date": "desc"}, {"id": "desc"}]
    return newest if sort is Sort.DATE else [{"_score": "desc"}, *newest]


def _aggregations() -> dict[str, Any]:
    by_field = {name: {"terms": {"field": field, "size": FACET_SIZE}} for name, field in FACETS.items()}
    day = {"date_histogram": {"field": "date", "calendar_interval": "day", "order": "desc"}}
    # The newest days that have articles, however far back they lie.
    return by_field | {"days": {"composite": {"size": TIMELINE_DAYS, "sources": [{"day": day}]}}}


def _group_count(key: str) -> dict[str, Any]:
    return {
        "keys": {"terms": {"field": key, "size": MOST_GROUPS}},
        "groups": {"stats_bucket": {"buckets_path": "keys>_count"}},
        "about": {"cardinality": {"field": key, "precision_threshold": 40_000}},
    }


def _groups(counted: dict[str, Any]) -> int:
    """Exact up to `MOST_GROUPS`, beyond that the engine's estimate."""
    if counted["keys"].get("sum_other_doc_count"):
        return max(MOST_GROUPS, int(counted["about"]["value"]))
    return int(counted["groups"]["count"])


def _group_sizes(index: Index, dsl: dict[str, Any], key: str, keys: list[str]) -> dict[str, int]:
    """How many articles the query finds in each of these groups."""
    if not keys:
        return {}
    answer = requests.run(
        index,
        {
            "index": index.alias,
            "query": {"bool": {"filter": [dsl, {"terms": {key: keys}}]}},
            "size": 0,
            "track_total_hits": False,
            "aggregations": {"keys": {"terms": {"field": key, "size": len(keys)}}},
        },
    )
    sizes = {bucket["key"]: bucket["doc_count"] for bucket in answer["aggregations"]["keys"]["buckets"]}
    # An article may have left its group between the two requests.
    return {one: sizes.get(one, 1) for one in keys}


def _hit(hit: dict[str, Any], group_size: int) -> Hit:
    fields, marked = hit["_source"], hit.get("highlight", {})
    body = marked.get("body", ())
    is_found = bool(body) and BEGIN in body[0]
    return Hit(
        id=hit["_id"],
        url=fields["url"],
        canonical_url=fields["canonical_url"],
        outlet=fields["outlet"],
        title=fields["title"],
        marked_title=marked["title"][0] if "title" in marked else fields["title"],
        published_at=fields.get("published_at"),
        date=fields["date"],
        language=fields.get("language"),
        marked_highlights=tuple(body) if is_found else (),
        lead="" if is_found else "".join(body),
        story_id=fields.get("story_id"),
        duplicate_of=fields.get("duplicate_of"),
        copy_kind=fields.get("copy_kind"),
        group_size=group_size,
    )


def _facet(counted: dict[str, Any]) -> tuple[Facet, ...]:
    return tuple(Facet(value=bucket["key"], count=bucket["doc_count"]) for bucket in counted["buckets"])


def _timeline(counted: dict[str, Any]) -> tuple[tuple[date, int], ...]:
    days = ((datetime.fromtimestamp(bucket["key"]["day"] / 1000, tz=UTC).date(), bucket["doc_count"]) for bucket in counted["buckets"])
    return tuple(sorted(days))
