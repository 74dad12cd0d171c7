"""The archive's files, wherever fsspec reaches: a folder, S3 and its like."""

from __future__ import annotations

import hashlib
import os
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cached_property, partial
from pathlib import Path
from typing import IO, Any, Final

import fsspec
from fsspec.implementations.local import LocalFileSystem
from fsspec.utils import merge_offset_ranges

from pipeline.archive import segment
from pipeline.errors import ArchiveAway, ArchiveUnset, PresswatchError, RecordDamaged, SegmentMissing, SettingsError
from pipeline.records import Place

# Records nearer than this are read together with what is between them, in one request.
GAP_BYTES: Final = 65_536
BLOCK_BYTES: Final = 8_000_000


class BinaryFile:
    """An open file whose trouble is that of the archive, whatever the driver calls it."""

    def __init__(self, file: IO[bytes], reaching: Callable[[], AbstractContextManager[None]]) -> None:
        self._file = file
        self._reaching = reaching

    def write(self, data: bytes) -> None:
        """Append bytes."""
        with self._reaching():
            self._file.write(data)

    def read(self, start: int, length: int) -> bytes:
        """The bytes from a place on, fewer at the end of the file."""
        with self._reaching():
            self._file.seek(start)
            return self._file.read(length)


class Archive:
    """Segments by name below one address. Safe to share between threads."""

    def __init__(self, url: str) -> None:
        """Nothing is opened before the first use.

        Args:
            url: a folder, or an address as fsspec knows them, such as `s3://bucket/prefix`; empty: there is no archive.

        """
        self.url = url

    @property
    def where(self) -> str:
        """The address, without a password."""
        return re.sub(r"//[^/@]*@", "//", self.url)

    @cached_property
    def _system(self) -> tuple[Any, str]:
        """The file system and the root in it.

        Raises:
            ArchiveUnset: there is no address.
            SettingsError: nothing here can speak to such an address.

        """
        if not self.url:
            raise ArchiveUnset
        try:
            system, root = fsspec.url_to_fs(self.url)
        except (ImportError, ValueError) as error:
            raise SettingsError(problem=f"PRESSWATCH_ARCHIVE_URL is {self.where}, and nothing installed can use that: {error}") from error
        except Exception as error:
            raise ArchiveAway(where=self.where, problem=_told(error)) from error
        return system, str(root).rstrip("/")

    def check(self) -> None:
        """Fail if the address can't be used by what is installed; nothing is asked over a network.

        Raises:
            SettingsError: no driver is installed for it.

        """
        _ = self._system

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryFile]:
        """A new file that is there for good when the block ends; after an exception it may be there in part.

        Raises:
            ArchiveAway: it can't be written.

        """
        system, root = self._system
        path = f"{root}/{name}"
        with self._reaching():
            try:
                file = system.open(path, "wb")
            except FileNotFoundError:
                # Only where there are folders: in an object store this would make a bucket.
                system.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
                file = system.open(path, "wb")
        try:
            yield BinaryFile(file, self._reaching)
        except BaseException:
            # The caller's trouble is what counts: what is there of the file is of no use.
            with suppress(Exception):
                file.close()
            raise
        with self._reaching():
            if isinstance(system, LocalFileSystem):
                file.flush()
                os.fsync(file.fileno())
            file.close()
            if isinstance(system, LocalFileSystem):
                _keep_folders(Path(path), Path(root))

    @contextmanager
    def reading(self, name: str) -> Iterator[BinaryFile]:
        """A file, read from any place.

        Raises:
            ArchiveAway: it can't be read.
            SegmentMissing: it is not there.

        """
        system, root = self._system
        with self._reaching(name):
            file = system.open(f"{root}/{name}", "rb")
        try:
            yield BinaryFile(file, partial(self._reaching, name))
        finally:
            with suppress(Exception):
                file.close()

    def remove(self, name: str) -> None:
        """Remove a file, if it is there.

        Raises:
            ArchiveAway: the archive can't be reached.

        """
        system, root = self._system
        with self._reaching():
            system.invalidate_cache()
            if system.exists(f"{root}/{name}"):
                system.rm_file(f"{root}/{name}")

    def read(self, places: Iterable[Place]) -> Mapping[Place, bytes | RecordDamaged]:
        """The bytes of captures, or what is wrong with a record; only their parts of the files are read, neighbours at once.

        Raises:
            ArchiveAway: the archive can't be reached.
            SegmentMissing: a file is not there.

        """
        wanted = list(dict.fromkeys(places))
        if not wanted:
            return {}
        system, root = self._system
        paths, starts, ends = merge_offset_ranges(
            [f"{root}/{place.segment}" for place in wanted],
            [place.offset for place in wanted],
            [place.offset + place.length for place in wanted],
            max_gap=GAP_BYTES,
            max_block=BLOCK_BYTES,
        )
        with self._reaching():
            blocks = system.cat_ranges(list(paths), list(starts), list(ends), on_error="return")
        read = sorted(zip(paths, starts, blocks, strict=True), key=lambda one: one[:2])
        for path, _, block in read:
            if isinstance(block, BaseException):
                with self._reaching(path.removeprefix(f"{root}/")):
                    raise block
        keys = [one[:2] for one in read]
        found: dict[Place, bytes | RecordDamaged] = {}
        for place in wanted:
            _, start, block = read[bisect_right(keys, (f"{root}/{place.segment}", place.offset)) - 1]
            found[place] = _checked(place, block[place.offset - start : place.offset - start + place.length])
        return found

    @contextmanager
    def _reaching(self, name: str | None = None) -> Iterator[None]:
        """Around whatever a driver does, for each has exceptions of its own."""
        try:
            yield
        except PresswatchError:
            raise
        except FileNotFoundError as error:
            if name is None:
                raise ArchiveAway(where=self.where, problem=_told(error)) from error
            raise SegmentMissing(where=self.where, name=name) from error
        except Exception as error:
            raise ArchiveAway(where=self.where, problem=_told(error)) from error


def _checked(place: Place, record: bytes) -> bytes | RecordDamaged:
    try:
        body = segment.payload(record)
    except ValueError as error:
        return RecordDamaged(segment=place.segment, offset=place.offset, problem=error)
    if hashlib.sha256(body).digest() != place.sha256:
        return RecordDamaged(segment=place.segment, offset=place.offset, problem="it holds other bytes than were fetched")
    return body


def _keep_folders(path: Path, root: Path) -> None:
    """Let the entries of a new file and its folders outlast a loss of power."""
    for folder in path.parents:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if folder == root:
            break


def _told(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
