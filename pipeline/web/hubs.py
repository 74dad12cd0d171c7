"""The callbacks of hubs (WebSub): the only routes for strangers. Each knows just the one address that it was given."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from pipeline import websub
from pipeline.steps import websub as step
from pipeline.steps.websub import Receipt
from pipeline.web.api import engines_of

RECEIVE_S: Final = 30
RETRY_AFTER_S: Final = 600
LONGEST_CHALLENGE: Final = 1_000
# Wrong signatures get what right ones get: who tries learns nothing.
STATUS: Final = {
    Receipt.KEPT: HTTPStatus.ACCEPTED,
    Receipt.IGNORED: HTTPStatus.ACCEPTED,
    Receipt.GONE: HTTPStatus.GONE,
    Receipt.LATER: HTTPStatus.SERVICE_UNAVAILABLE,
}

router = APIRouter(prefix=websub.PATH.rstrip("/"), include_in_schema=False)

Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{16,100}$")]


@router.get("/{token}")
def verify(
    request: Request,
    token: Token,
    mode: Annotated[str, Query(alias="hub.mode")],
    topic: Annotated[str, Query(alias="hub.topic", max_length=2_000, pattern=r"^[^\x00]*$")],
    challenge: Annotated[str, Query(alias="hub.challenge", max_length=LONGEST_CHALLENGE)] = "",
    lease: Annotated[str | None, Query(alias="hub.lease_seconds")] = None,
    reason: Annotated[str, Query(alias="hub.reason")] = "",
) -> Response:
    """Confirm to a hub what we have asked for, and nothing else; or take note that it denies it."""
    context = engines_of(request).context()
    if mode == "denied":
        noted = step.takes_denial(context, token, topic=topic, reason=reason)
        return Response(status_code=HTTPStatus.OK if noted else HTTPStatus.NOT_FOUND)
    if not challenge or not step.answers_challenge(context, token, mode=mode, topic=topic, lease=lease):
        return Response(status_code=HTTPStatus.NOT_FOUND)
    # No type that a browser would show or run.
    return Response(challenge.encode(), media_type="application/octet-stream")


@router.post("/{token}")
async def receive(request: Request, token: Token) -> Response:
    """Keep what a hub sends; it is read later."""
    engines = engines_of(request)
    if not await run_in_threadpool(lambda: step.expects(engines.context(), token)):
        return Response(status_code=HTTPStatus.GONE)
    try:
        async with asyncio.timeout(RECEIVE_S):
            body = await _body(request, most=engines.settings.page_max_bytes)
    except TimeoutError:
        return Response(status_code=HTTPStatus.REQUEST_TIMEOUT)
    if body is None:
        return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    receipt = await run_in_threadpool(
        lambda: step.receive(
            engines.context(),
            token,
            body=body,
            content_type=request.headers.get("content-type", "")[:200],
            signature=request.headers.get("x-hub-signature"),
        )
    )
    headers = {"Retry-After": str(RETRY_AFTER_S)} if receipt is Receipt.LATER else None
    return Response(status_code=STATUS[receipt], headers=headers)


async def _body(request: Request, *, most: int) -> bytes | None:
    """The body; null if it is longer than `most` bytes."""
    parts = bytearray()
    async for part in request.stream():
        parts += part
        if len(parts) > most:
            return None
    return bytes(parts)
