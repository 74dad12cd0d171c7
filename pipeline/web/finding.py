"""The search page: hits with their stories, facets as edits of the query, and the chart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from pipeline import query as syntax
from pipeline import search
from pipeline.query import tree
from pipeline.query.fields import FIELDS
from pipeline.steps.context import Context
from pipeline.store.reading import articles, outlets, stories
from pipeline.store.reading.articles import Listed
from pipeline.store.reading.stories import StoryLine
from pipeline.web import explaining, refining, timeline
from pipeline.web.explaining import Nothing
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
    original: Listed | None  # what it is a copy of or derived from
    copies: int  # of it
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
    nothing: Nothing | None  # where nothing was found


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
    since, until = _asked_days(root, now)
    shown = timeline.frame(counts, today=now.astimezone(UTC).date(), since=since, until=until)
    with context.database.transaction() as connection:
        listed = {str(one.id): one for one in articles.listed(connection, [int(hit.id) for hit in result.hits])}
        originals = {
            one.id: one
            for one in articles.listed(connection, [one.duplicate_of for one in listed.values() if one.duplicate_of is not None])
        }
        copies = articles.copies_of(connection, [one.id for one in listed.values()])
        told = stories.lines(connection, [one.story_id for one in listed.values() if one.story_id is not None])
        watched = outlets.watched_hours(connection, shown.first, shown.last, _outlets_of(root)) if shown else {}
        names = outlets.names(connection)
    nothing = None if result.total else explaining.explain(context.index, wanted.query, now=now, outlets=names)
    chart = timeline.draw(counts, shown, now=now, watched_hours=watched, before=result.total - sum(counts.values())) if shown else None
    return Answer(
        result=result,
        # An article that was erased a moment ago is left out.
        found=tuple(
            Found(
                hit=hit,
                article=one,
                original=originals.get(one.duplicate_of or 0),
                copies=copies.get(one.id, 0),
                story=told.get(one.story_id or 0),
            )
            for hit in result.hits
            if (one := listed.get(hit.id))
        ),
        facets=tuple(_facets(result, wanted)),
        active=tuple(_active(wanted)),
        timeline=chart,
        last_page=min(-(-(result.total if result.groups is None else result.groups) // PAGE), LAST_PAGE) or 1,
        outlets=len(names),
        nothing=nothing,
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


def _asked_days(root: tree.Node, now: datetime) -> tuple[date | None, date | None]:
    """The first and the last day of publication that the query asks for, where it says so."""
    today: date = now.astimezone(UTC).date()
    firsts: list[date] = []
    lasts: list[date] = []
    for part in _demands(root):
        match part:
            case tree.Days(field="published", first=first, last=last):
                firsts += [first] if first else []
                lasts += [last] if last else []
            case tree.Days(field="seen", last=date() as last):
                # What was seen by a day was published by then; what was seen since then may be older.
                lasts.append(last)
            case tree.LastDays(field="published", days=days) if days < today.toordinal():
                firsts.append(today - timedelta(days=days))
            case _:
                pass
    return max(firsts, default=None), min(lasts, default=None)


def _outlets_of(root: tree.Node) -> tuple[str, ...]:
    """The outlets that the query is limited to."""
    return tuple(part.text for part in _demands(root) if isinstance(part, tree.Value) and part.field == "outlet" and part.pattern is None)
