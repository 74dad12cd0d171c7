"""`serve`: the web pages and the JSON API."""

from __future__ import annotations

import socket
import sys
from typing import Annotated

import typer

from pipeline import config
from pipeline.cli.app import app
from pipeline.errors import PortBusy


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; default: PRESSWATCH_WEB_HOST, this machine only.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Default: PRESSWATCH_WEB_PORT (8290).")] = None,
) -> None:
    """Serve the web pages and the JSON API until Ctrl-C."""
    import uvicorn

    from pipeline.web import guard
    from pipeline.web.app import create

    chosen = {name: value for name, value in (("web_host", host), ("web_port", port)) if value is not None}
    settings = config.load(**chosen)
    if not guard.is_loopback(settings.web_host):
        sys.stderr.write(
            f"presswatch: warning: listening on {settings.web_host}, and there is no login yet: whoever reaches this address reads "
            "everything. Put a proxy with a login before it, and set PRESSWATCH_WEB_URL to the address that people use.\n"
        )
    listening = _listen(settings.web_host, settings.web_port)
    sys.stderr.write(f"presswatch: serving {settings.public_url} (Ctrl-C stops)\n")
    server = uvicorn.Server(
        uvicorn.Config(
            create(settings),
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=5,
        )
    )
    server.run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    """A socket that listens, so that a busy port is told before anything starts."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listening = socket.socket(family, socket.SOCK_STREAM)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((host, port))
            listening.listen(128)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        raise PortBusy(host=host, port=port, problem=(error.strerror or str(error)).lower()) from error
    listening.set_inheritable(True)
    return listening
