"""The index behind its alias: created, written to, refreshed, looked after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Self

from elasticsearch import ApiError, Elasticsearch, NotFoundError, helpers

from pipeline.config import Settings
from pipeline.errors import IndexOutdated, SearchEngineAway, SearchEngineTooOld
from pipeline.index import documents, mapping, rebuilding
from pipeline.index.connection import BUSY, open_client, patiently, reaching, reason
from pipeline.models import Document, SearchEndpoint

ALIAS: Final = "articles"
# The index that a rebuild fills has this alias too; what is written meanwhile goes to both.
NEXT: Final = "next"
# The first index has a fixed name, so that two processes that start at once agree on it.
FIRST: Final = "00000000000000"
OLDEST_VERSION: Final = (9, 0)
CHUNK: Final = 250
THREADS: Final = 2
# How often documents are sent again that the server was too busy for.
ROUNDS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteResult:
    """What became of the documents of a write."""

    written: int  # created, updated or deleted
    newer: int  # the index has a newer revision already
    refused: Mapping[int, str] = field(default_factory=dict)  # article id → why the server would not take it


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The search engine and the index as they are now."""

    version: str
    status: str  # green, yellow or red
    index: str | None  # None: there is none yet
    documents: int
    size_bytes: int


class Index:
    """The articles in Elasticsearch. Safe to use from several threads."""

    def __init__(self, client: Elasticsearch, *, where: str, prefix: str, shards: int, replicas: int) -> None:
        self.client = client
        self.where = where
        self.prefix = prefix
        self.shards = shards
        self.replicas = replicas

    @classmethod
    def connect(cls, endpoint: SearchEndpoint, settings: Settings) -> Self:
        """The index at a server; nothing is checked yet."""
        with reaching(endpoint.url):
            client = open_client(endpoint)
        return cls(
            client,
            where=endpoint.url,
            prefix=settings.index_prefix,
            shards=settings.index_shards,
            replicas=settings.index_replicas,
        )

    @property
    def alias(self) -> str:
        """The name that searches use."""
        return f"{self.prefix}{ALIAS}"

    @property
    def next_alias(self) -> str:
        """The name of the index that a rebuild fills, while one runs."""
        return f"{self.prefix}{ALIAS}-{NEXT}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def ensure(self) -> None:
        """Create index and alias if they are missing, and check that the index is of this version's making.

        Raises:
            IndexOutdated: another version of presswatch made it; `presswatch reindex` makes it anew.
            SearchEngineTooOld: the server can't do what is asked of it.
            SearchEngineAway: it can't be reached.

        """
        with reaching(self.where):
            patiently(self._check_version)
            live = self.behind(self.alias)
            if not live:
                name = f"{self.prefix}{ALIAS}-{FIRST}"
                try:
                    self.create(name, self.alias)
                except ApiError as error:
                    if "resource_already_exists_exception" not in str(error):
                        raise
                live = self.behind(self.alias)
            answer = self.client.indices.get_mapping(index=self.alias)
        found = {name: body["mappings"].get("_meta", {}).get("schema") for name, body in answer.items()}
        if set(found.values()) != {mapping.SCHEMA}:
            raise IndexOutdated(index=", ".join(found))

    def create(self, name: str, alias: str) -> None:
        """Create an empty index behind an alias."""
        self.client.indices.create(
            index=name,
            mappings=mapping.MAPPINGS,
            settings=mapping.settings(shards=self.shards, replicas=self.replicas),
            aliases={alias: {}},
            wait_for_active_shards=1,
        )

    def write(self, batch: Sequence[Document]) -> WriteResult:
        """Bring the index to the state of these documents, also the one that a rebuild fills.

        Raises:
            SearchEngineAway: the server is away or stays too busy; some documents may have been written.
            SearchEngineRefused: it refuses the request as a whole.

        """
        with reaching(self.where):
            targets = patiently(lambda: [*self.behind(self.alias), *self.behind(self.next_alias)])
        if not targets:
            raise SearchEngineAway(where=self.where, problem=f"there is no index {self.alias}")
        results = [self.send(batch, target) for target in targets]
        return results[0]

    def send(self, batch: Sequence[Document], target: str) -> WriteResult:
        """Write documents to one index by its own name; errors are those of `write`."""
        waiting = {str(document.id): document for document in batch}
        written = newer = 0
        refused: dict[int, str] = {}
        for _ in range(ROUNDS):
            with reaching(self.where):
                outcomes = patiently(lambda: self._bulk(list(waiting.values()), target))  # noqa: B023 - called at once
            again: dict[str, Document] = {}
            for key, (status, why) in outcomes.items():
                if status in BUSY:
                    again[key] = waiting[key]
                elif status == HTTPStatus.CONFLICT:
                    newer += 1
                elif status < HTTPStatus.MULTIPLE_CHOICES or (status == HTTPStatus.NOT_FOUND and waiting[key].deleted):
                    written += 1
                else:
                    refused[int(key)] = why
            waiting = again
            if not waiting:
                return WriteResult(written=written, newer=newer, refused=refused)
        raise SearchEngineAway(where=self.where, problem=f"it was too busy to take {len(waiting)} documents")

    def refresh(self) -> None:
        """Make all that was written visible to searches."""
        with reaching(self.where):
            patiently(lambda: self.client.indices.refresh(index=self.alias))

    def rebuild(self, after: Callable[[int], Sequence[Document]], changed_since: Callable[[int], Sequence[Document]], revision: int) -> int:
        """Fill a new index from the store and put it in the live one's place; see `pipeline.index.rebuilding`."""
        return rebuilding.rebuild(self, after, changed_since, revision)

    def drop(self) -> None:
        """Delete all indices of this prefix, the live one too; `ensure` and a rebuild bring it back."""
        with reaching(self.where):
            rebuilding.remove(self, rebuilding.everything(self))

    def health(self) -> Health:
        """How the server and the index are."""
        with reaching(self.where):
            version = self._version()
            live = self.behind(self.alias)
            if not live:
                status = str(self.client.cluster.health()["status"])
                return Health(version=version, status=status, index=None, documents=0, size_bytes=0)
            status = str(self.client.cluster.health(index=self.alias)["status"])
            total = self.client.indices.stats(index=self.alias, metric="store")["_all"]["primaries"]
            count = self.client.count(index=self.alias)["count"]
        return Health(version=version, status=status, index=live[0], documents=count, size_bytes=total["store"]["size_in_bytes"])

    def behind(self, alias: str) -> list[str]:
        """The names of the indices that an alias stands for."""
        try:
            return sorted(self.client.indices.get_alias(name=alias).body)
        except NotFoundError:
            return []

    def _version(self) -> str:
        # `GET /` is missing in the embedded node.
        nodes: dict[str, Any] = self.client.nodes.info(node_id="_local", metric="http", filter_path="nodes.*.version")["nodes"]
        return str(next(iter(nodes.values()))["version"])

    def _check_version(self) -> None:
        version = self._version()
        if tuple(int(part) for part in version.split("-")[0].split(".")[:2]) < OLDEST_VERSION:
            raise SearchEngineTooOld(where=self.where, version=version, needed=".".join(map(str, OLDEST_VERSION)))

    def _bulk(self, batch: Sequence[Document], target: str) -> dict[str, tuple[int, str]]:
        """Document id → status and, for a failure, its reason."""
        actions = (documents.action(document, target) for document in batch)
        outcomes: dict[str, tuple[int, str]] = {}
        sending = (
            helpers.parallel_bulk(self.client, actions, thread_count=THREADS, chunk_size=CHUNK, raise_on_error=False)
            if len(batch) > CHUNK
            else helpers.streaming_bulk(self.client, actions, chunk_size=CHUNK, raise_on_error=False)
        )
        for _, item in sending:
            result = next(iter(item.values()))
            error = result.get("error")
            outcomes[result["_id"]] = (result["status"], reason(error) if error else "")
        return outcomes
