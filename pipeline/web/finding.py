"""The search page: hits with their stories, facets as edits of the query, and the chart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from pipeline import query as syntax
from pipeline import search
from pipeline.query import tree
from pipeline.query.fields import FIELDS
from pipeline.steps.context import Context
from pipeline.store.reading import articles, outlets, stories
from pipeline.store.reading.articles import Listed
from pipeline.store.reading.stories import StoryLine
from pipeline.web import refining, timeline
from pipeline.web.showing import address
from pipeline.web.timeline import Timeline

PAGE: Final = 20
LAST_PAGE: Final = 10_000 // PAGE
# The facets of a search: what they are called, and the field of the query that asks for a value.
FACETS: Final = {
    "outlets": ("Outlets", "outlet"),
    "languages": ("Languages", "language"),
    "countries": ("Countries", "country"),
    "labels": ("Labels", "label"),
    "topics": ("Topics", "topic"),
    "persons": ("People", "person"),
    "orgs": ("Organisations", "org"),
    "places": ("Places", "place"),
    "authors": ("Authors", "author"),
}
_FIELD: Final = re.compile(r"[-]?([a-z]+):.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the search form says."""

    query: str = ""
    sort: search.Sort = search.Sort.DATE
    group: search.Group = search.Group.STORY
    page: int = 1

    def href(self, query: str | None = None, page: int = 1) -> str:
        """The address of this search with another query or page; what is as usual is left out."""
        return address(
            "/",
            q=self.query if query is None else query,
            sort="" if self.sort is search.Sort.DATE else self.sort.value,
            group="" if self.group is search.Group.STORY else self.group.value,
            page="" if page == 1 else page,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A hit with what the store says of its article."""

    hit: search.Hit
    article: Listed
    story: StoryLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refinement:
    """A value that narrows the search, and the search that it leads to."""

    value: str
    count: int
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetList:
    """The values of one field."""

    title: str
    values: tuple[Refinement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that the search page shows of a search that worked."""

    result: search.SearchResult
    found: tuple[Found, ...]
    facets: tuple[FacetList, ...]
    active: tuple[tuple[str, str], ...]  # filters in the query, and the search without each
    timeline: Timeline | None
    last_page: int
    outlets: int  # that are watched; told where there is nothing to find yet


def find(context: Context, wanted: Wanted, *, now: datetime) -> Answer:
    """Search, and read beside it what the index doesn't keep.

    Raises:
        QueryError: the query is wrong.
        InfrastructureError: an engine is away.

    """
    result = search.search(
        context.index,
        wanted.query,
        now=now,
        limit=PAGE,
        sort=wanted.sort,
        group=wanted.group,
        offset=(wanted.page - 1) * PAGE,
    )
    counts = dict(result.timeline)
    root = syntax.parse(wanted.query).root
    shown = timeline.frame(counts, until=None if _ends_before(root, now) else now.astimezone(UTC).date())
    with context.database.transaction() as connection:
        listed = {str(one.id): one for one in articles.listed(connection, [int(hit.id) for hit in result.hits])}
        told = stories.lines(connection, [one.story_id for one in listed.values() if one.story_id is not None])
        watched = outlets.watched_hours(connection, shown.first, shown.last, _outlets_of(root)) if shown else {}
        watching = outlets.count(connection)
    chart = timeline.draw(counts, shown, now=now, watched_hours=watched, before=result.total - sum(counts.values())) if shown else None
    return Answer(
        result=result,
        # An article that was erased a moment ago is left out.
        found=tuple(
            Found(hit=hit, article=listed[hit.id], story=told.get(listed[hit.id].story_id or 0)) for hit in result.hits if hit.id in listed
        ),
        facets=tuple(_facets(result, wanted)),
        active=tuple(_active(wanted)),
        timeline=chart,
        last_page=min(-(-(result.total if result.groups is None else result.groups) // PAGE), LAST_PAGE) or 1,
        outlets=watching,
    )


def _facets(result: search.SearchResult, wanted: Wanted) -> Iterator[FacetList]:
    present = set(refining.parts(wanted.query))
    for name, (title, field) in FACETS.items():
        values = tuple(
            Refinement(value=facet.value, count=facet.count, href=wanted.href(refining.added(wanted.query, part)))
            for facet in result.facets.get(name, ())
            if (part := refining.filter_for(field, facet.value)) not in present
        )
        if values:
            yield FacetList(title=title, values=values)


def _active(wanted: Wanted) -> Iterator[tuple[str, str]]:
    """The filters side by side with the rest of the query. Within an OR, taking one away would mean something else."""
    parts = refining.parts(wanted.query)
    if "OR" in parts or "NOT" in parts:
        return
    for part in parts:
        field = _FIELD.match(part)
        if field and field[1] in FIELDS:
            yield part, wanted.href(refining.without(wanted.query, part))


def _demands(root: tree.Node) -> Iterator[tree.Node]:
    """What every article that is found must fulfil."""
    if isinstance(root, tree.All):
        for part in root.parts:
            yield from _demands(part)
    else:
        yield root


def _ends_before(root: tree.Node, now: datetime) -> bool:
    """Whether the query asks for days before today only: then the chart ends with its last article."""
    today: date = now.astimezone(UTC).date()
    return any(isinstance(part, tree.Days) and part.last is not None and part.last < today for part in _demands(root))


def _outlets_of(root: tree.Node) -> tuple[str, ...]:
    """The outlets that the query is limited to."""
    return tuple(part.text for part in _demands(root) if isinstance(part, tree.Value) and part.field == "outlet" and part.pattern is None)
