"""Free ports on the loopback address."""

from __future__ import annotations

import socket
from typing import Final

from pipeline.errors import EngineFailed

HOST: Final = "127.0.0.1"
# How far from the wanted port we look.
REACH: Final = 200


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port with old connections in TIME_WAIT is free, one that is listened to is not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def pick(wanted: int, *, engine: str) -> int:
    """The wanted port, or the next free one after it.

    Raises:
        EngineFailed: none is free.

    """
    for port in range(wanted, min(wanted + REACH, 65_536)):
        if is_free(port):
            return port
    raise EngineFailed(engine=engine, problem=f"no port from {wanted} on is free", log="not written")
