"""Outlet rules as people write them: TOML files that say where an outlet's pages hold what, and how they are fetched.

`pipeline/outlet_rules/README.md` describes the files. A file is read in full or not at all.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import cssselect
from parsel.csstranslator import HTMLTranslator

from pipeline import fetching, urls, validity
from pipeline.errors import InputError, RuleError
from pipeline.fetching import FetchRule
from pipeline.models import PageSource, Rule

FIELDS: Final = ("title", "authors", "published_at", "body", "topics")
SELECTORS: Final = (*FIELDS, "remove")
WHOLE_ELEMENTS: Final = frozenset({"body", "remove"})
FILE_KEYS: Final = ("hosts", "fetch", "version")
VERSION_KEYS: Final = ("valid_from", "test", *SELECTORS)
SHIPPED: Final = Path(__file__).with_name("outlet_rules")

_translator: Final = HTMLTranslator()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A rule for one layout of an outlet's pages."""

    valid_from: datetime | None  # pages fetched from then on, until the next version; None: since ever
    rule: Rule
    test: Path  # a page of this layout; what must come out of it stands beside it, as .json


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFile:
    """The rules of one outlet."""

    path: Path
    hosts: tuple[str, ...]
    versions: tuple[Version, ...]  # the oldest first
    fetches: tuple[FetchRule, ...] = ()  # the oldest first

    def rule_at(self, at: datetime) -> Rule | None:
        """The rule for pages fetched at a time."""
        version = validity.at(self.versions, at)
        return version.rule if version else None

    def fetch_at(self, at: datetime) -> FetchRule | None:
        """How pages are fetched at a time."""
        return validity.at(self.fetches, at)

    def is_for(self, source: PageSource) -> bool:
        """Whether a page is of the outlet, and fetched when it had one of these layouts."""
        return RuleBook(files=(self,)).ruled(source).rule is not None


@dataclass(frozen=True, kw_only=True)
class RuleBook:
    """All rules, by host."""

    files: tuple[RuleFile, ...] = ()

    @cached_property
    def _by_host(self) -> Mapping[str, RuleFile]:
        return {_bare(host): file for file in self.files for host in file.hosts}

    def ruled(self, source: PageSource) -> PageSource:
        """A page with its rule: that of the host where it was found in the end, at the time when it was fetched."""
        file = self._by_host.get(_bare(urls.host(source.final_url or source.url)))
        rule = file.rule_at(source.fetched_at) if file else None
        return replace(source, rule=rule) if rule else source

    def fetching(self, url: str, at: datetime) -> FetchRule | None:
        """How a URL is fetched at a time, by the rule of its host."""
        file = self._by_host.get(_bare(urls.host(url)))
        return file.fetch_at(at) if file else None

    def browser_hosts(self, at: datetime) -> frozenset[str]:
        """The hosts whose pages are fetched with a browser at a time."""
        ruled = (host for host, file in self._by_host.items() if (rule := file.fetch_at(at)) and rule.browser)
        return frozenset(spelling for host in ruled for spelling in spellings(host))


def xpath(selector: str) -> str:
    """A CSS selector, which may end in `::attr(name)` or `::text`, as an XPath expression.

    Raises:
        ValueError: it is none; the message says why.

    """
    try:
        return _translator.css_to_xpath(selector)
    except cssselect.SelectorError as error:
        raise ValueError(str(error)) from error


def paths(folder: Path) -> list[Path]:
    """The rule files of a folder.

    Raises:
        InputError: the folder can't be read.

    """
    try:
        return sorted(entry for entry in folder.iterdir() if entry.suffix == ".toml")
    except OSError as error:
        raise InputError(problem=f"the folder of rules {folder} can't be read: {error.strerror or error}") from error


def book(*folders: Path) -> RuleBook:
    """The rules of these folders, after those that presswatch brings.

    Raises:
        InputError: a folder can't be read.
        RuleError: a file is wrong, or two are for one host.

    """
    return bound(read(path) for folder in (SHIPPED, *folders) for path in paths(folder))


def bound(files: Iterable[RuleFile]) -> RuleBook:
    """Files as one book.

    Raises:
        RuleError: two of them are for one host.

    """
    bound_files = tuple(files)
    owners: dict[str, Path] = {}
    for file in bound_files:
        for host in file.hosts:
            owner = owners.setdefault(_bare(host), file.path)
            if owner != file.path:
                problem = f"the host {host} has a rule in {owner} already: put both into one file, as versions"
                raise RuleError(path=file.path, problem=problem)
    return RuleBook(files=bound_files)


def read(path: Path) -> RuleFile:
    """One file.

    Raises:
        InputError: it can't be read.
        RuleError: it is no rule; names all that is wrong in it, by key.

    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise RuleError(path=path, problem="it is not UTF-8") from error
    except OSError as error:
        raise InputError(problem=f"{path} can't be read: {error.strerror or error}") from error
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(path=path, problem=f"it is no TOML ({error})") from error
    return _file(document, path)


def _file(document: Mapping[str, Any], path: Path) -> RuleFile:
    problems = [f"`{key}` is no key of it (the keys are hosts, [fetch] and [[version]])" for key in document if key not in FILE_KEYS]
    hosts = list(_hosts(document.get("hosts"), problems))
    tables = _tables(document, "version", problems)
    if not tables and "fetch" not in document:
        problems.append(
            "`version` is missing: begin each layout's selectors with a line [[version]], or say with [fetch] how it is fetched"
        )
    versions = [_version(table, path, f"version {number}: ", problems) for number, table in enumerate(tables, 1)]
    fetches = [
        fetching.read(table, validity.read(table.get("valid_from"), f"fetch {number}: ", problems), f"fetch {number}: ", problems)
        for number, table in enumerate(_tables(document, "fetch", problems), 1)
    ]
    ordered, ruled = validity.ordered(versions, "versions", problems), validity.ordered(fetches, "fetches", problems)
    if problems:
        raise RuleError(path=path, problem="; ".join(problems))
    return RuleFile(path=path, hosts=tuple(hosts), versions=ordered, fetches=ruled)


def _tables(document: Mapping[str, Any], key: str, problems: list[str]) -> list[dict[str, Any]]:
    """One table or a list of them."""
    value = document.get(key, [])
    tables = [value] if isinstance(value, dict) else value
    if isinstance(tables, list) and all(isinstance(table, dict) for table in tables):
        return tables
    problems.append(f"`{key}` is no table: write a line [[{key}]], and below it what belongs to it")
    return []


def _hosts(value: object, problems: list[str]) -> Iterator[str]:
    named = _texts(value)
    if not named:
        problems.append('`hosts` is missing: name the outlet\'s hosts, such as hosts = ["www.example.org"]')
    for host in named or ():
        known = urls.host(f"https://{host}/")
        if not known or set(host) & set("/:@?#"):
            problems.append(f"`hosts`: {host!r} is no host's name: write it without scheme, port and path")
        yield known


def _version(table: Mapping[str, Any], path: Path, where: str, problems: list[str]) -> Version:
    problems += [f"{where}`{key}` is no key of it (the keys are {', '.join(VERSION_KEYS)})" for key in table if key not in VERSION_KEYS]
    valid_from = validity.read(table.get("valid_from"), where, problems)
    selectors = {name: tuple(_selectors(name, table[name], where, problems)) for name in SELECTORS if name in table}
    if not selectors:
        problems.append(f"{where}it has no selector: give one of {', '.join(SELECTORS)}")
    test = table.get("test")
    if not isinstance(test, str) or not test.endswith(".html"):
        problems.append(f'{where}`test` is missing: name a page of this layout, such as test = "{path.stem}.html"')
    name = f"{path.name} since {valid_from.isoformat()}" if valid_from else path.name
    return Version(valid_from=valid_from, rule=Rule(name=name, **selectors), test=path.parent / str(test))


def _selectors(name: str, value: object, where: str, problems: list[str]) -> Iterator[str]:
    named = _texts(value)
    if not named:
        problems.append(f'{where}`{name}` is no selector: write one such as "h1.headline", or a list of them in the order of trust')
    for selector in named or ():
        try:
            xpath(selector)
            parts = any(one.pseudo_element is not None for one in cssselect.parse(selector))
        except ValueError as error:
            problems.append(f"{where}`{name}`: {selector!r} is no CSS selector ({error}): correct it")
            continue
        if parts and name in WHOLE_ELEMENTS:
            problems.append(f"{where}`{name}`: {selector!r} must name elements: leave ::attr and ::text away")
        yield selector


def _texts(value: object) -> list[str] | None:
    """A string or a list of strings as a list; None for anything else, also if it holds nothing."""
    values = value if isinstance(value, list) else [value]
    texts = [text.strip() for text in values if isinstance(text, str) and text.strip()]
    return texts if texts and len(texts) == len(values) else None


def spellings(host: str) -> tuple[str, str]:
    """A host without and with `www.`, which are the same to a rule."""
    return _bare(host), f"www.{_bare(host)}"


def _bare(host: str) -> str:
    return host.removeprefix("www.")
