"""The pages: each route reads, and a template shows. A page is whole without scripts; htmx only saves a reload."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse

from pipeline import changes, search
from pipeline.errors import InfrastructureError, NotFound, QueryError
from pipeline.models import Stage
from pipeline.store import alerts
from pipeline.store.reading import articles, outlets, stories
from pipeline.web import api, finding, showing, telling, tracing

router = APIRouter(default_response_class=HTMLResponse, include_in_schema=False)

Id = Annotated[int, Path(ge=1, le=2**63 - 1)]


@router.get("/")
def search_page(
    request: Request,
    q: str = "",
    sort: search.Sort = search.Sort.DATE,
    group: search.Group = search.Group.STORY,
    page: Annotated[int, Query(ge=1, le=finding.LAST_PAGE)] = 1,
) -> HTMLResponse:
    """What a query finds; without a query, everything, the newest first; of an address, what became of it."""
    now = datetime.now(UTC)
    wanted = finding.Wanted(query=q.strip(), sort=sort, group=group, page=page)
    if tracing.is_address(wanted.query):
        traced = tracing.follow(api.engines_of(request).context().database, wanted.query)
        return _page(request, "search.html", "/", now, wanted=wanted, answer=None, problem="", wrong=None, traced=traced)
    try:
        answer = finding.find(api.engines_of(request).context(), wanted, now=now)
    except QueryError as error:
        place = int(str(error.facts["position"])) - 1
        wrong = (wanted.query[:place], wanted.query[place : place + 1] or " ", wanted.query[place + 1 :])
        values = {"wanted": wanted, "answer": None, "problem": str(error), "wrong": wrong, "traced": None}
        return _page(request, "search.html", "/", now, HTTPStatus.BAD_REQUEST, **values)
    return _page(request, "search.html", "/", now, wanted=wanted, answer=answer, problem="", wrong=None, traced=None)


@router.get("/articles/{article_id}")
def article_page(request: Request, article_id: Id) -> HTMLResponse:
    """An article with all that is known of it."""
    now = datetime.now(UTC)
    with api.engines_of(request).context().database.transaction() as connection:
        view = articles.article(connection, article_id)
        if view is None:
            raise NotFound(kind="article", id=article_id)
        explained = alerts.explain(connection, article_id)
        newest = view.article.version
        texts = articles.version_texts(connection, article_id, [newest - 1, newest]) if newest > 1 else {}
    comparison = _comparison(texts[newest - 1], texts[newest]) if len(texts) > 1 else None
    return _page(
        request,
        "article.html",
        "",
        now,
        view=view,
        article=view.article,
        trail=telling.trail(view),
        alerts=explained,
        comparison=comparison,
    )


@router.get("/articles/{article_id}/changes")
def changes_page(request: Request, article_id: Id, new: api.Version, old: api.Version | None = None) -> HTMLResponse:
    """What changed from one version of an article to another; by default, from the one before."""
    now = datetime.now(UTC)
    before, after = api.two_versions(api.engines_of(request), article_id, old=old, new=new)
    return _page(request, "changes.html", "", now, article_id=article_id, comparison=_comparison(before, after))


@router.get("/stories/{story_id}")
def story_page(request: Request, story_id: Id) -> HTMLResponse:
    """A story's articles across outlets, in the order of time."""
    with api.engines_of(request).context().database.transaction() as connection:
        story = stories.story(connection, story_id)
    if story is None:
        raise NotFound(kind="story", id=story_id)
    return _page(request, "story.html", "", datetime.now(UTC), story=story, folded=telling.folded(story.articles))


@router.get("/alerts")
def alerts_page(request: Request) -> HTMLResponse:
    """The alerts, each with its account."""
    with api.engines_of(request).context().database.transaction() as connection:
        found = alerts.overview(connection)
    return _page(request, "alerts.html", "/alerts", datetime.now(UTC), overview=found)


@router.get("/alerts/{name:path}")
def alert_page(request: Request, name: str) -> HTMLResponse:
    """An alert with what it sent and what it found."""
    engines = api.engines_of(request)
    detail = api.alert_named(engines, name)
    with engines.context().database.transaction() as connection:
        found = {one.id: one for one in articles.listed(connection, [match.article_id for match in detail.matches])}
    values: dict[str, Any] = {"detail": detail, "alert": detail.alert, "articles": found, "reasons": alerts.REASONS}
    return _page(request, "alert.html", "/alerts", datetime.now(UTC), **values)


@router.get("/outlets")
def outlets_page(request: Request) -> HTMLResponse:
    """The outlets with what they last yielded."""
    now = datetime.now(UTC)
    with api.engines_of(request).context().database.transaction() as connection:
        found = outlets.outlets(connection, now)
    return _page(request, "outlets.html", "/outlets", now, outlets=found, Yield=outlets.Yield)


@router.get("/status")
def status_page(request: Request) -> HTMLResponse:
    """Where the articles are on their way, and how the engines are; this page has an answer without them, too."""
    now = datetime.now(UTC)
    engines = api.engines_of(request)
    try:
        state, problem = api.state(engines, now), ""
    except InfrastructureError as error:
        engines.suspect()
        state, problem = None, str(error)
    status = HTTPStatus.SERVICE_UNAVAILABLE if problem else HTTPStatus.OK
    return _page(request, "status.html", "/status", now, status, state=state, problem=problem, stages=list(Stage))


def _comparison(before: articles.VersionText, after: articles.VersionText) -> dict[str, Any]:
    edit = changes.between(before.title, before.body, after.title, after.body)
    return {"old": before, "new": after, "language": after.language, "title": edit.title, "body": edit.body}


def _page(request: Request, template: str, section: str, now: datetime, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> HTMLResponse:
    common = {"section": section, "now": now}
    return HTMLResponse(showing.page(request.app.state.templates, template, common | values), status)
