"""Adding, importing, checking and removing outlets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from pipeline import outlets as files
from pipeline.errors import FileErrors, InputError, OutletsUnreachable, UsageError
from pipeline.models import Discovery, Outlet, OutletSpec, Source
from pipeline.steps import collect
from pipeline.steps.context import Context
from pipeline.store import discoveries, sources
from pipeline.store import outlets as store
from pipeline.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """An outlet, what was found at it, and which of these sources are new."""

    outlet: Outlet
    discovery: Discovery
    new: frozenset[str]
    known: tuple[sources.KnownSource, ...] = ()  # that it had before
    dead: frozenset[str] = frozenset()  # of them


def known(context: Context) -> int:
    """How many outlets are collected."""
    with context.database.transaction() as connection:
        return store.known(connection)


def import_file(context: Context, path: Path) -> int:
    """Add or update the outlets of a TOML, CSV or OPML file, all or none; nothing is fetched. Tells how many.

    Raises:
        FileErrors: lines of it are wrong; all of them are named, and nothing was imported.

    """
    specs = files.read(path)
    problems: list[tuple[int, str]] = []
    with context.database.transaction() as connection:
        for line, spec in specs.items():
            try:
                store.save(connection, spec)
            except InputError as error:
                problems.append((line, str(error).rstrip(".")))
        if problems:
            raise FileErrors(path=path, problems=problems)
    return len(specs)


def add(context: Context, urls: Sequence[str], spec: OutletSpec | None = None, *, check: bool = True) -> list[Looked]:
    """Add outlets by their addresses, and look at once for their feeds, sitemaps and sections.

    Args:
        context: open.
        urls: home pages, with or without scheme.
        spec: fields to use for them; its name only with a single address, else empty.
        check: an outlet that can't be reached, or shows no articles, is an error; nothing is added then.

    Raises:
        UsageError: an address makes no sense.
        OutletsUnreachable: with `check`, for the reason above.
        NameTaken: an outlet with this name or address is there.

    """
    try:
        addresses = list(dict.fromkeys(files.tidy_url(url) for url in urls))
    except ValueError as error:
        raise UsageError(problem=str(error)) from error
    given = _tidied(spec or OutletSpec(name="", url=""))
    if given.name and len(addresses) > 1:
        raise UsageError(problem="a name is for one outlet: add them one by one")
    for name, code in (("country", given.country), ("language", given.language)):
        if code is not None and (problem := files.wrong_code(name, code)):
            raise UsageError(problem=problem)
    if len(given.name) > files.LONGEST_NAME or any(map(files.UNFIT.search, (given.name, given.group or "", *given.labels))):
        raise UsageError(
            problem=f"a name has at most {files.LONGEST_NAME} characters, and neither it nor a label or group a control character"
        )
    with context.database.transaction() as connection:
        for url in addresses:
            store.refuse_taken(connection, name=given.name, url=url)
    looks = collect.discover(context.settings, addresses)
    failed = [found for found in looks if found.error is not None]
    if check and failed:
        raise OutletsUnreachable(problems="; ".join(f"{found.url} can't be used ({found.error})" for found in failed))
    looked = []
    with context.database.transaction() as connection:
        for found in looks:
            host = (urlsplit(found.url).hostname or "").removeprefix("www.")
            name = given.name or found.name or host
            if not given.name and store.is_taken(connection, name, url=found.url):
                name = host
            outlet = store.create(connection, replace(given, name=name, url=found.url))
            new = discoveries.record(connection, outlet.id, found)
            looked.append(Looked(outlet=outlet, discovery=found, new=frozenset(feed.url for feed in new)))
    return looked


def _tidied(spec: OutletSpec) -> OutletSpec:
    """Names without needless white space, as a file of outlets has them."""
    labels = (" ".join(label.split()) for label in spec.labels)
    return replace(
        spec,
        name=" ".join(spec.name.split()),
        labels=tuple(dict.fromkeys(filter(None, labels))),
        group=" ".join((spec.group or "").split()) or None,
    )


def check(context: Context, names: Sequence[str] = ()) -> list[Looked]:
    """Look again at outlets and at each of their sources: new ones are added, and dead ones are polled no more.

    A source that a person named is polled on, dead or not; none is dead while its outlet shows nothing at all.

    Args:
        context: open.
        names: of the outlets; empty: all.

    Raises:
        UnknownName: there is no such outlet.

    """
    with context.database.transaction() as connection:
        outlets = store.by_names(connection, names) if names else store.collected(connection)
        known = sources.of_outlets(connection, [outlet.id for outlet in outlets])
    if not outlets:
        return []
    asked = {outlet.url: [Source(url=one.url, kind=one.kind) for one in known.get(outlet.id, ())] for outlet in outlets}
    looks = collect.discover(context.settings, list(asked), asked)
    with context.database.transaction() as connection:
        return [_checked(connection, outlet, tuple(known.get(outlet.id, ())), found) for outlet, found in zip(outlets, looks, strict=True)]


def _checked(connection: Connection, outlet: Outlet, known: tuple[sources.KnownSource, ...], found: Discovery) -> Looked:
    """Keep what a second look at an outlet has shown."""
    new = discoveries.record(connection, outlet.id, found)
    reasons = {one.url: one.reason for one in found.unused}
    # Where nothing answers, the whole outlet may be away for a while, and polls tell when it is back.
    dead = [one for one in known if one.is_dying and one.url in reasons and found.error is None]
    sources.retire(connection, outlet.id, {one.url: reasons[one.url] for one in dead if one.active and not one.is_given})
    return Looked(
        outlet=outlet,
        discovery=found,
        new=frozenset(feed.url for feed in new),
        known=known,
        dead=frozenset(one.url for one in dead),
    )


def specs(context: Context) -> list[OutletSpec]:
    """The outlets that are collected as a file describes them, with the sources that are polled; by name."""
    with context.database.transaction() as connection:
        addresses = sources.addresses(connection)
        return [
            OutletSpec(
                name=outlet.name,
                url=outlet.url,
                feeds=tuple(addresses.get(outlet.id, {}).get(False, ())),
                sections=tuple(addresses.get(outlet.id, {}).get(True, ())),
                labels=outlet.labels,
                country=outlet.country,
                language=outlet.language,
                group=outlet.group,
            )
            for outlet in store.collected(connection)
        ]


def remove(context: Context, names: Sequence[str]) -> None:
    """Stop collecting outlets; their articles stay.

    Raises:
        UnknownName: there is no such outlet.

    """
    with context.database.transaction() as connection:
        for name in names:
            store.remove(connection, name)
