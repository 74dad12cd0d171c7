"""The index behind its alias: created, written to, refreshed, looked after."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, Self

from elasticsearch import BadRequestError, Elasticsearch, helpers

from pipeline.config import Settings
from pipeline.errors import IndexMissing, IndexOutdated, SearchEngineAway, SearchEngineTooOld
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
# The engine works on a tenth of its heap at once and counts several times a text's size; a larger document goes alone.
CHUNK_BYTES: Final = 2_000_000
THREADS: Final = 2
_TOO_LARGE: Final = re.compile(r"_operation_bytes=(?P<size>\d+), max_\w+_bytes=(?P<most>\d+)")
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
        # Indices that are known to have this version's mapping.
        self._checked: set[str] = set()

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
            if not self.behind(self.alias):
                try:
                    self.create(f"{self.alias}-{FIRST}", self.alias)
                except BadRequestError as error:
                    # Another process was faster.
                    if "resource_already_exists_exception" not in str(error):
                        raise
                    self.client.indices.put_alias(index=f"{self.alias}-{FIRST}", name=self.alias)
            self._check_schema(self.behind(self.alias))

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
            IndexMissing: it was never made, or was deleted.
            IndexOutdated: another version of presswatch made it.
            SearchEngineAway: the server is away or stays too busy; some documents may have been written.
            SearchEngineRefused: it refuses the request as a whole.

        """
        with reaching(self.where):
            own = patiently(self.everything)
            targets = [name for name, aliases in own.items() if {self.alias, self.next_alias} & aliases]
            if not any(self.alias in own[name] for name in targets):
                raise IndexMissing(index=self.alias)
            self._check_schema(targets)
        results = {name: self.send(batch, name) for name in targets}
        if erased := [document for document in batch if document.deleted]:
            # Also from the index that was kept when it was replaced.
            for name in own.keys() - targets:
                self.send(erased, name)
        live = next(result for name, result in results.items() if self.alias in own[name])
        refused = {key: why for result in results.values() for key, why in result.refused.items()}
        return WriteResult(written=live.written, newer=live.newer, refused=refused)

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
                if status in BUSY and _is_too_large(why):
                    refused[int(key)] = f"it is too large for the search engine's memory; PRESSWATCH_ELASTICSEARCH_HEAP sets it ({why})"
                elif status in BUSY:
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
            rebuilding.remove(self, list(self.everything()))

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

    def everything(self) -> dict[str, set[str]]:
        """All indices of this prefix, the oldest first, and their aliases."""
        found = self.client.indices.get(index=f"{self.alias}-*", features="aliases").body
        ours = re.compile(rf"{re.escape(self.alias)}-\d{{14,20}}")
        return {name: set(found[name]["aliases"]) for name in sorted(found) if ours.fullmatch(name)}

    def behind(self, alias: str) -> list[str]:
        """The names of the indices that an alias stands for."""
        return [name for name, aliases in self.everything().items() if alias in aliases]

    def _check_schema(self, names: Sequence[str]) -> None:
        """A strict mapping of another version would refuse every document, as if the documents were at fault."""
        unknown = [name for name in names if name not in self._checked]
        if unknown:
            answer = self.client.indices.get_mapping(index=",".join(unknown)).body
            for name in unknown:
                if answer[name]["mappings"].get("_meta", {}).get("schema") != mapping.SCHEMA:
                    raise IndexOutdated(index=name)
            self._checked.update(unknown)

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
            helpers.parallel_bulk(
                self.client, actions, thread_count=THREADS, chunk_size=CHUNK, max_chunk_bytes=CHUNK_BYTES, raise_on_error=False
            )
            if len(batch) > CHUNK
            else helpers.streaming_bulk(self.client, actions, chunk_size=CHUNK, max_chunk_bytes=CHUNK_BYTES, raise_on_error=False)
        )
        for _, item in sending:
            result = next(iter(item.values()))
            error = result.get("error")
            outcomes[result["_id"]] = (result["status"], reason(error) if error else "")
        return outcomes


def _is_too_large(why: str) -> bool:
    """Whether the engine is not busy with others, but would never take a request of this size.

    Requests are small enough, unless they hold a single large document.
    """
    found = _TOO_LARGE.search(why)
    return found is not None and int(found["size"]) > int(found["most"])
