"""The JSON API. It only reads; errors are `{"error": {"kind", "message"}}`, with the position for a wrong query."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.routing import APIRoute

from pipeline import changes, search
from pipeline.errors import InfrastructureError, NotFound, UnknownName, UsageError
from pipeline.store import alerts
from pipeline.store.database import describe
from pipeline.store.reading import articles, outlets, stories, work
from pipeline.web import answering, showing
from pipeline.web.answers import (
    AlertDetailAnswer,
    AlertsAnswer,
    ArticleAnswer,
    ChangesAnswer,
    EngineAnswer,
    Failure,
    OutletsAnswer,
    SearchAnswer,
    StatusAnswer,
    StoryAnswer,
)
from pipeline.web.connection import Engines


def _only_known_parameters(request: Request) -> None:
    """Refuse a parameter that the route doesn't have: a search for all articles would look like the answer to `?query=`."""
    route = request.scope["route"]
    known = [field.alias for field in route.dependant.query_params] if isinstance(route, APIRoute) else []
    for name in request.query_params:
        if name not in known:
            hint = f"the parameters here are {', '.join(known)}" if known else "this address takes none"
            raise UsageError(problem=f"The request is wrong: there is no parameter {name!r}, {hint}")
        if len(request.query_params.getlist(name)) > 1:
            raise UsageError(problem=f"The request is wrong: {name} is given more than once")


router = APIRouter(
    prefix="/api",
    tags=["presswatch"],
    dependencies=[Depends(_only_known_parameters)],
    responses={
        400: {"model": Failure, "description": "The request is wrong; a wrong query says at which character."},
        404: {"model": Failure, "description": "There is no such thing."},
        503: {"model": Failure, "description": "An engine is away; try again later."},
    },
)

MOST_HITS: Final = 10_000
# A number that PostgreSQL can look up.
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Version = Annotated[int, Query(ge=1, le=2**31 - 1)]


def engines_of(request: Request) -> Engines:
    """The engines of the application that answers."""
    engines: Engines = request.app.state.engines
    return engines


@router.get("/search")
def search_articles(
    request: Request,
    q: Annotated[str, Query(description="In the query syntax; empty finds every article.")] = "",
    limit: Annotated[int, Query(ge=0, le=MOST_HITS)] = 20,
    sort: search.Sort = search.Sort.DATE,
    group: search.Group = search.Group.NONE,
    offset: Annotated[int, Query(ge=0, le=MOST_HITS)] = 0,
) -> SearchAnswer:
    """What a query finds. `total` is exact and counts articles; `limit` and `offset` together reach to 10,000."""
    found = search.search(engines_of(request).context().index, q, now=datetime.now(UTC), limit=limit, sort=sort, group=group, offset=offset)
    return SearchAnswer.model_validate(found.as_json())


@router.get("/articles/{article_id}")
def article(request: Request, article_id: Id) -> ArticleAnswer:
    """An article: its text, where its values come from, its copies, versions, entities and story."""
    with engines_of(request).context().database.transaction() as connection:
        found = articles.article(connection, article_id)
    if found is None:
        raise NotFound(kind="article", id=article_id)
    return answering.article(found)


@router.get("/articles/{article_id}/changes")
def changes_of(request: Request, article_id: Id, new: Version, old: Version | None = None) -> ChangesAnswer:
    """What changed from one version of an article to another; by default, from the one before."""
    before, after = two_versions(engines_of(request), article_id, old=old, new=new)
    edit = changes.between(before.title, before.body, after.title, after.body)
    return ChangesAnswer.model_validate({"old": before.version, "new": after.version, **asdict(edit)})


@router.get("/stories/{story_id}")
def story(request: Request, story_id: Id) -> StoryAnswer:
    """A story: its articles across outlets in the order of time."""
    with engines_of(request).context().database.transaction() as connection:
        found = stories.story(connection, story_id)
    if found is None:
        raise NotFound(kind="story", id=story_id)
    return answering.story(found)


@router.get("/outlets")
def list_outlets(request: Request) -> OutletsAnswer:
    """The outlets with what they last yielded; those that yield nothing come first."""
    with engines_of(request).context().database.transaction() as connection:
        found = outlets.outlets(connection, datetime.now(UTC))
    return OutletsAnswer(outlets=tuple(answering.outlet(outlet) for outlet in found))


@router.get("/alerts")
def list_alerts(request: Request) -> AlertsAnswer:
    """The alerts with their accounts."""
    with engines_of(request).context().database.transaction() as connection:
        found = alerts.overview(connection, deliveries=0)
    return AlertsAnswer(alerts=tuple(answering.alert(one.alert, one.account) for one in found))


@router.get("/alerts/{name:path}")
def alert(request: Request, name: str) -> AlertDetailAnswer:
    """An alert with its newest deliveries and matches."""
    return answering.alert_detail(alert_named(engines_of(request), name))


@router.get("/status")
def status(request: Request) -> StatusAnswer:
    """What waits for which stage, what was given up, and how the engines are."""
    return state(engines_of(request), datetime.now(UTC))


def two_versions(engines: Engines, article_id: int, *, old: int | None, new: int) -> tuple[articles.VersionText, articles.VersionText]:
    """Two versions of an article to compare; without the old one, that before the new one.

    Raises:
        NotFound: there is no such version.

    """
    versions = (new - 1 if old is None else old, new)
    with engines.context().database.transaction() as connection:
        texts = articles.version_texts(connection, article_id, versions)
    for version in versions:
        if version not in texts:
            raise NotFound(kind=f"version of article {article_id} with the number", id=version)
    return texts[versions[0]], texts[versions[1]]


def alert_named(engines: Engines, name: str) -> alerts.AlertDetail:
    """An alert by its name.

    Raises:
        UnknownName: there is none.

    """
    if "\0" in name:  # no stored text has one, and PostgreSQL refuses to look for it
        raise UnknownName(kind="alert", name=name, hint=": see `presswatch alerts list`")
    with engines.context().database.transaction() as connection:
        found = alerts.alert_detail(connection, alerts.by_name(connection, name).alert_id)
    if found is None:
        raise NotFound(kind="alert", id=name)
    return found


def state(engines: Engines, now: datetime) -> StatusAnswer:
    """The state of the work and of the engines. Without the search engine the rest is still told."""
    context = engines.context()
    with context.database.transaction() as connection:
        view = work.overview(connection, now)
        server = connection.info.server_version
    states = {
        "postgresql": EngineAnswer(ok=True, message=f"PostgreSQL {server // 10_000}.{server % 10_000} at {describe(context.database.url)}")
    }
    try:
        health = context.index.health()
    except InfrastructureError as error:
        states["elasticsearch"] = EngineAnswer(ok=False, message=str(error))
        engines.suspect()
    else:
        where = context.endpoints.elasticsearch.url
        size = f"{health.documents:,} documents, {showing.size(health.size_bytes)}"
        states["elasticsearch"] = EngineAnswer(
            ok=health.status != "red" and health.index is not None,
            message=f"Elasticsearch {health.version} at {where}: {size}, {health.status}"
            if health.index
            else f"Elasticsearch {health.version} at {where} has no index of articles: run `presswatch up`",
        )
    return answering.status(view, states, metadata.version("presswatch"))
