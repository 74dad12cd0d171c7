"""A user's own PostgreSQL and Elasticsearch: can they be reached, and are they new enough."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from pipeline.errors import DatabaseAway, DatabaseTooOld, SearchEngineAway, SearchEngineRefused, SearchEngineTooOld, SettingsError
from pipeline.models import SearchEndpoint

OLDEST_POSTGRESQL: Final = 14
OLDEST_ELASTICSEARCH: Final = (9, 0)
TIMEOUT_S: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server says of itself."""

    version: str
    health: str
    disk_bytes: int | None = None


def address(url: str) -> str:
    """A URL without user, password and options: to be shown."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{host or 'localhost'}{parts.path}" if parts.scheme.startswith("postgres") else f"{parts.scheme}://{host}{parts.path}"


def check_url(url: str, *, schemes: tuple[str, ...], setting: str, example: str) -> str:
    """The URL, if it is one.

    Raises:
        SettingsError: it is not.

    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError(problem=f"{setting} is not a URL like {example}")
    return url


def ask_postgresql(url: str) -> Answer:
    """Version and size of a database.

    Raises:
        DatabaseAway, DatabaseTooOld: as their names say.

    """
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=TIMEOUT_S, application_name="presswatch") as server:
            number = server.info.server_version
            if number < OLDEST_POSTGRESQL * 10_000:
                raise DatabaseTooOld(where=address(url), version=number // 10_000, needed=OLDEST_POSTGRESQL)
            row = server.execute("SELECT pg_database_size(current_database())").fetchone()
            version = server.info.parameter_status("server_version") or str(number // 10_000)
            return Answer(version=version.split(" ")[0], health="accepting", disk_bytes=row[0] if row else None)
    except psycopg.Error as error:
        raise DatabaseAway(where=address(url), problem=_first_line(error)) from error


def make_database(url: str, name: str) -> str | None:
    """Make a database for Airflow beside that of `url` if it is missing; where that is not allowed, tells what to do.

    Raises:
        DatabaseAway: the server can't be reached.

    """
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=TIMEOUT_S, application_name="presswatch") as server:
            if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                return None
            try:
                server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            except psycopg.errors.DuplicateDatabase:  # another process was faster
                return None
            except psycopg.errors.InsufficientPrivilege:
                return (
                    f"Airflow needs a database of its own, and this role may not make one: have `{name}` made at {address(url)},"
                    " or set PRESSWATCH_AIRFLOW_DATABASE_URL."
                )
    except psycopg.Error as error:
        raise DatabaseAway(where=address(url), problem=_first_line(error)) from error
    return None


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def ask_elasticsearch(endpoint: SearchEndpoint) -> Answer:
    """Version and health of a cluster.

    Raises:
        SearchEngineAway: it can't be reached.
        SearchEngineRefused: it does not let us in, or is something else.
        SearchEngineTooOld: as its name says.

    """
    import httpx

    where = address(endpoint.url)
    try:
        with httpx.Client(
            base_url=endpoint.url,
            auth=_login(endpoint),
            headers={"Authorization": f"ApiKey {endpoint.api_key}"} if endpoint.api_key else {},
            verify=ssl.create_default_context(cafile=endpoint.ca) if endpoint.url.startswith("https") else False,
            timeout=TIMEOUT_S,
            # As Elasticsearch's own client does: proxies of the environment are for the web.
            trust_env=False,
        ) as client:
            version = _version(client, where)
            if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_ELASTICSEARCH:
                raise SearchEngineTooOld(where=where, version=version, needed=".".join(map(str, OLDEST_ELASTICSEARCH)))
            return Answer(version=version, health=_json(client.get("/_cluster/health"), where)["status"])
    except httpx.TransportError as error:
        raise SearchEngineAway(where=where, problem=_first_line(error) or type(error).__name__) from error
    except OSError as error:  # the authority's file
        raise SearchEngineAway(where=where, problem=f"{endpoint.ca}: {_first_line(error)}") from error


def _login(endpoint: SearchEndpoint) -> tuple[str, str] | None:
    if endpoint.user:
        return endpoint.user, endpoint.password
    parts = urlsplit(endpoint.url)
    return (unquote(parts.username), unquote(parts.password or "")) if parts.username else None


def _version(client: Any, where: str) -> str:
    answer = client.get("/")
    if answer.status_code == 405:  # noqa: PLR2004 - the embedded node has no greeting
        nodes = _json(client.get("/_nodes/_local", params={"filter_path": "nodes.*.version"}), where)["nodes"]
        return str(next(iter(nodes.values()))["version"])
    greeting = _json(answer, where)
    try:
        return str(greeting["version"]["number"])
    except (KeyError, TypeError) as error:
        raise SearchEngineRefused(where=where, problem="it is not Elasticsearch") from error


def _json(answer: Any, where: str) -> Any:
    if answer.status_code in (401, 403):
        raise SearchEngineRefused(where=where, problem=f"status {answer.status_code}: check PRESSWATCH_ELASTICSEARCH_USER and its like")
    if answer.headers.get("x-elastic-product") != "Elasticsearch":
        raise SearchEngineRefused(where=where, problem="it is not Elasticsearch")
    if answer.status_code != 200:  # noqa: PLR2004 - HTTP's OK
        raise SearchEngineRefused(where=where, problem=f"status {answer.status_code}")
    return answer.json()


def _first_line(error: BaseException) -> str:
    return str(error).strip().split("\n", 1)[0]
