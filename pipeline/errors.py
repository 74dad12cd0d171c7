"""The tree of errors. A class's docstring is its message, filled with the facts it is raised with.

Every message is one sentence that says what is wrong, where, and what to do. A room may add its own
classes in this file; none is defined anywhere else.
"""

from __future__ import annotations

import inspect
from typing import ClassVar


class PresswatchError(Exception):
    """presswatch failed: {problem}."""

    exit_code: ClassVar[int] = 1

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(inspect.cleandoc(type(self).__doc__ or "").format(**facts))

    def __reduce__(self) -> tuple[object, ...]:
        """Errors travel between processes."""
        return _revive, (type(self), self.args, self.__dict__)


def _revive(kind: type[PresswatchError], args: tuple[object, ...], state: dict[str, object]) -> PresswatchError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class UsageError(PresswatchError):
    """{problem}."""

    exit_code = 2


class SettingsError(UsageError):
    """The settings are wrong: {problem}."""


# --- Infrastructure: it rises, the attempt is given back, and whoever called tries again later ---


class InfrastructureError(PresswatchError):
    """{what} is not available: {problem}."""


class NotStarted(InfrastructureError):
    """presswatch is not up: start it with `presswatch up` (looked in {home})."""


class DatabaseAway(InfrastructureError):
    """PostgreSQL at {where} can't be reached ({problem}): check PRESSWATCH_DATABASE_URL or run `presswatch up`."""


class DatabaseTooOld(InfrastructureError):
    """PostgreSQL at {where} is version {version}, and presswatch needs {needed} or newer: upgrade the server."""


class DatabaseBehind(InfrastructureError):
    """The database has not been migrated to this version of presswatch: run `presswatch up`."""


class SearchEngineAway(InfrastructureError):
    """Elasticsearch at {where} can't be reached ({problem}): check PRESSWATCH_ELASTICSEARCH_URL or run `presswatch up`."""


class SearchEngineTooOld(InfrastructureError):
    """Elasticsearch at {where} is version {version}, and presswatch needs {needed} or newer: upgrade the server."""


class SearchEngineRefused(InfrastructureError):
    """Elasticsearch at {where} refused the request ({problem})."""


class IndexMissing(InfrastructureError):
    """There is no index {index} in Elasticsearch: run `presswatch reindex`."""


class IndexOutdated(InfrastructureError):
    """The index {index} was made by another version of presswatch: run `presswatch reindex`."""


class ArchiveAway(InfrastructureError):
    """The archive at {where} can't be used ({problem}): check PRESSWATCH_ARCHIVE_URL, and whether it can be reached."""


class ArchiveUnset(InfrastructureError):
    """Captures are in an archive, and PRESSWATCH_ARCHIVE_URL does not say where it is: set it as it was."""


class SegmentMissing(InfrastructureError):
    """The segment {name} is missing from the archive at {where}: bring it back, or mount or name the right place."""


class EngineFailed(InfrastructureError):
    """{engine} did not start: {problem} (its log is {log})."""


class AlreadyRunning(InfrastructureError):
    """{engine} is already running on {folder} (process {pid}): use it, or stop it with `presswatch down`."""


class NotSetUp(InfrastructureError):
    """The search engine's programs are missing from {folder}: run `make setup`."""


class ProgramNotFetched(InfrastructureError):
    """{file} can't be fetched ({problem}): check the network and the proxy, and run `make setup` again."""


class WrongChecksum(InfrastructureError):
    """{file} is not the file that presswatch was tested with (its sha256 is another one) and was removed: run `make setup` again."""


class RootRefused(InfrastructureError):
    """PostgreSQL can't be run for root here ({problem}): run presswatch as an ordinary user, or set PRESSWATCH_DATABASE_URL."""


class DataOfOtherVersion(InfrastructureError):
    """{folder} was written by PostgreSQL {found}, and this presswatch brings {needed}: use the presswatch that wrote it, or upgrade the data with pg_upgrade."""


class HomeUnusable(InfrastructureError):
    """The state folder {folder} can't be used: {problem}."""


class CrawlFailed(InfrastructureError):
    """The crawl stopped: {problem}."""


class PortBusy(InfrastructureError):
    """The web server can't listen on {host}:{port} ({problem}): stop what uses it, or choose another with --port."""


class ServerAway(InfrastructureError):
    """The presswatch server at {where} can't be reached ({problem}): start it with `presswatch serve`."""


class ServerRefused(PresswatchError):
    """The presswatch server at {where} answered {status} ({problem})."""


class ExtractorFailed(InfrastructureError):
    """The processes that read pages can't run ({problem}); nothing was lost: what they said stands above."""


# --- Input that people give ---


class InputError(PresswatchError):
    """{problem}."""


class UnknownName(InputError):
    """There is no {kind} named {name!r}{hint}."""


class NotFound(InputError):
    """There is no {kind} {id}: the address is wrong, or it was erased."""


class NothingStored(InputError):
    """Nothing is stored of {url}: give the address as it was fetched or its canonical form, which `presswatch trace` shows."""


class NameTaken(InputError):
    """There is already {kind} named {name!r}: choose another name, or remove that one first."""


class AddressTaken(NameTaken):
    """The outlet {name!r} has the address {url} already: look for more feeds of it with `presswatch outlets check`, or remove it first."""


class OutletsUnreachable(InputError):
    """Nothing was added, because {problems}: check the address, or add it all the same with --no-check."""


class FileErrors(InputError):
    """{path} was not imported, because of {count}:{listing}."""

    def __init__(self, *, path: object, problems: list[tuple[int, str]]) -> None:
        listing = "".join(f"\n  line {line}: {problem}" for line, problem in problems)
        self.problems = problems
        super().__init__(path=path, count=f"{len(problems)} mistakes" if len(problems) > 1 else "a mistake", listing=listing)


class RuleError(InputError):
    """{path} is no outlet rule that can be used: {problem}."""


class LineError(InputError):
    """Line {line} was left out: {problem}."""


class QueryError(InputError):
    """The query is wrong at character {position}: {problem}."""

    exit_code = 2


class AlertError(InputError):
    """The alert was not saved: {problem}."""

    exit_code = 2


class ChannelError(AlertError):
    """The channel {channel} can't be used: {problem}."""


class ChannelsUnreadable(PresswatchError):
    """The channels of {names} can't be read: PRESSWATCH_SECRET_KEY (or HOME/secret.key) must be the key they were saved with."""


# --- A page or an article that can't be worked on; counted, never fatal ---


class PageError(PresswatchError):
    """The page can't be read: {problem}."""


class FeedUnreadable(PageError):
    """The feed can't be read: {problem}."""


class ForgottenInPart(PresswatchError):
    """{url} is erased from the database and will not be fetched again, but {rest} could not follow ({problem}): run `presswatch forget` again when it can."""


class RecordDamaged(PresswatchError):
    """The record at byte {offset} of {segment} in the archive can't be used: {problem}."""


class PageTimeout(PresswatchError):
    """{url} took longer than {seconds:g} s to extract and was given up."""


class PageTooHeavy(PresswatchError):
    """{url} needed more than {megabytes:.0f} MB of memory to extract and was given up."""


class WorkerDied(PresswatchError):
    """The process that extracted {url} died ({problem})."""


class FetchRefused(PageError):
    """{url} is not fetched: {problem}."""
