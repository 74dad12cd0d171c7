"""The web application: routes, middleware, and what a failure looks like."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from importlib import metadata
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from pipeline import config, log
from pipeline.config import Settings
from pipeline.errors import InfrastructureError, InputError, NotFound, PresswatchError, QueryError, UnknownName, UsageError
from pipeline.web import api, guard, hubs, pages, showing
from pipeline.web.connection import Engines

RETRY_AFTER_S: Final = 10
_logger = log.logger("web")


def create(settings: Settings | None = None) -> FastAPI:
    """Make the application; the engines are opened at the first request that needs them.

    Args:
        settings: of this server; by default those of the process.

    """
    chosen = settings or config.load()
    engines = Engines(chosen)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        engines.close()

    app = FastAPI(
        title="presswatch",
        version=metadata.version("presswatch"),
        description="Search, articles, stories, outlets and alerts of this media monitor. Everything here only reads.",
        # The documentation pages of the framework load scripts from elsewhere; the description itself is here.
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=lifespan,
    )
    app.state.engines = engines
    app.state.templates = showing.environment()
    app.include_router(api.router)
    for page in pages.router.routes:
        if isinstance(page, APIRoute):
            # Whoever watches the server asks for the head of a page only.
            page.methods.add("HEAD")
    app.include_router(pages.router)
    app.include_router(hubs.router)
    app.mount("/static", StaticFiles(directory=showing.STATIC))
    app.add_exception_handler(PresswatchError, _failed)
    app.add_exception_handler(RequestValidationError, _wrong_request)
    app.add_exception_handler(HTTPException, _not_served)
    app.add_exception_handler(Exception, _unexpected)
    app.add_middleware(guard.HostGuard, allowed=guard.allowed_hosts(chosen), callbacks=guard.callback_host(chosen), refuse=_foreign_name)
    app.add_middleware(guard.SecurityHeaders)
    return app


def status_of(error: PresswatchError) -> HTTPStatus:
    """The status code that says whose turn it is: the asker's, or the server's."""
    match error:
        case NotFound() | UnknownName():
            return HTTPStatus.NOT_FOUND
        case UsageError() | InputError():
            return HTTPStatus.BAD_REQUEST
        case InfrastructureError():
            return HTTPStatus.SERVICE_UNAVAILABLE
        case _:
            return HTTPStatus.INTERNAL_SERVER_ERROR


def kind_of(error: BaseException) -> str:
    """The error's class as a stable name: `QueryError` is `query_error`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__).lower()


def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, PresswatchError)  # noqa: S101 - registered for that class
    status = status_of(error)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        request.app.state.engines.suspect()
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _logger.warning("request_failed", path=request.url.path, kind=kind_of(error), problem=str(error))
    position = error.facts.get("position") if isinstance(error, QueryError) else None
    answer = _answer(request, status, kind_of(error), str(error), position=position)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def _wrong_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for that class
    problems = "; ".join(f"{fault['loc'][-1]}: {fault['msg'].lower()}" for fault in error.errors())
    # A path that names no number names nothing.
    if all(fault["loc"][0] == "path" for fault in error.errors()):
        return _answer(request, HTTPStatus.NOT_FOUND, "not_found", f"There is nothing at {request.url.path}.")
    return _answer(request, HTTPStatus.BAD_REQUEST, "usage_error", f"The request is wrong: {problems}.")


def _not_served(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for that class
    if error.status_code == HTTPStatus.NOT_FOUND:
        return _answer(request, HTTPStatus.NOT_FOUND, "not_found", f"There is nothing at {request.url.path}.")
    answer = _answer(request, HTTPStatus(error.status_code), "not_served", f"{error.detail}.")
    answer.headers.update(error.headers or {})
    return answer


def _foreign_name(request: Request, name: str) -> Response:
    own = request.app.state.engines.settings.public_url
    message = f"This server does not answer under the name {name!r}: open {own}, or set PRESSWATCH_WEB_URL to the address that people use."
    return _answer(request, HTTPStatus.BAD_REQUEST, "foreign_name", message)


def _unexpected(request: Request, error: Exception) -> Response:
    # The server's own handler logs the traceback.
    return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", f"presswatch failed with {kind_of(error)}: see its log.")


def _answer(request: Request, status: HTTPStatus, kind: str, message: str, **more: Any) -> Response:
    if request.url.path.startswith("/api/"):
        details = {name: value for name, value in more.items() if value is not None}
        return JSONResponse({"error": {"kind": kind, "message": message} | details}, status)
    values = {"status": status.value, "message": message, "section": "", "now": datetime.now(UTC)}
    return HTMLResponse(showing.page(request.app.state.templates, "error.html", values), status)
