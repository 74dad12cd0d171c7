"""A local nginx with many outlets, each on an address of its own, and what it was asked."""

from __future__ import annotations

import gzip
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crawl.pages import Outlet

CONFIGURATION = """\
daemon off;
{user}worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 2048; }}
http {{
    log_format asked '$msec $server_addr $uri $status $request_completion';
    access_log {folder}/access.log asked;
    types {{ text/html html; application/rss+xml xml; text/plain txt; }}
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    keepalive_requests 100000;
    charset utf-8;
    gzip_static always; gunzip on;
    server {{
        {listen}
        root {folder}/outlets/$server_addr;
        etag on;
    }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as nginx logged it when it had ended."""

    at: float  # seconds since the epoch
    host: str
    path: str
    status: int
    whole: bool  # sent to the last byte

    @property
    def is_page(self) -> bool:
        """Whether it asks for an article."""
        return self.path.startswith("/news/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A running nginx."""

    folder: Path
    port: int
    hosts: tuple[str, ...]
    urls: tuple[str, ...]  # of all pages, hosts in turn

    @property
    def roots(self) -> tuple[str, ...]:
        """The outlets' addresses."""
        return tuple(f"http://{host}:{self.port}" for host in self.hosts)

    def asked(self, start: int = 0) -> tuple[list[Asked], int]:
        """What was asked for, from a place in the log on; and the place where it ends now."""
        with (self.folder / "access.log").open("rb") as log:
            log.seek(start)
            text = log.read()
        whole = text[: text.rfind(b"\n") + 1]
        rows = (line.split() for line in whole.decode().splitlines())
        return [
            Asked(at=float(at), host=host, path=path, status=int(status), whole=done == "OK") for at, host, path, status, *rest in rows
            for done in (rest or [""])
        ], start + len(whole)  # fmt: skip


def program() -> str:
    """Where nginx is; ends the program with a sentence if it is nowhere."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        sys.exit("benchmarks: nginx is missing: install it (Debian: apt-get install nginx-light); it needs not be started")
    return found


@contextmanager
def serving(folder: Path, *, hosts: int, pages: int) -> Iterator[Site]:
    """Make the outlets and serve them on loopback, each at an address of 127.0.0.0/8, until the block ends.

    Args:
        folder: for files, configuration and log; everything that leads to it can be entered by all.
        hosts: how many outlets.
        pages: how many in all.

    """
    nginx = program()
    port = free_port()
    addresses = tuple(f"127.20.{n // 250}.{n % 250 + 1}" for n in range(hosts))
    paths: list[list[str]] = []
    for number, address in enumerate(addresses):
        outlet = Outlet(f"http://{address}:{port}", number=number, pages=(pages + hosts - 1 - number) // hosts)
        paths.append([outlet.root + outlet.path(n) for n in range(outlet.pages)])
        home = folder / "outlets" / address
        (home / "news" / "2025").mkdir(parents=True)
        for n in range(outlet.pages):
            (home / f"{outlet.path(n)[1:]}.gz").write_bytes(outlet.page(n))
        _pack(home / "feed.xml.gz", outlet.feed())
        _pack(home / "robots.txt.gz", outlet.robots())
    (folder / "nginx.conf").write_text(
        CONFIGURATION.format(
            folder=folder,
            listen=" ".join(f"listen {address}:{port};" for address in addresses),
            user="user root;\n" if os.geteuid() == 0 else "",
        )
    )
    urls = tuple(each[turn] for turn in range(max(map(len, paths))) for each in paths if turn < len(each))
    running = subprocess.Popen([nginx, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"])
    try:
        _wait(running, addresses[-1], port)
        yield Site(folder=folder, port=port, hosts=addresses, urls=urls)
    finally:
        running.terminate()
        running.wait()


def _pack(path: Path, content: bytes) -> None:
    path.write_bytes(gzip.compress(content, mtime=0))


def free_port() -> int:
    """A port of loopback that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _wait(running: subprocess.Popen[bytes], host: str, port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if running.poll() is not None:
            sys.exit("benchmarks: nginx ended at once; what it printed says why")
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    sys.exit("benchmarks: nginx does not answer after 10 s")
