"""The authors: people only; none rather than a wrong one. An agency is a credit, not a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from pipeline.extract import bywords, declared
from pipeline.extract.bylines import BY_RELATION, MAY_NAME_AUTHOR, Byline, bylines, first_people
from pipeline.extract.candidates import Decision, shown
from pipeline.extract.names import names_in
from pipeline.extract.page import ParsedPage
from pipeline.extract.structured import first_text
from pipeline.extract.titles import fold
from pipeline.extract.vicinity import Vicinity

MAX_AUTHORS: Final = 20


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple({fold(name): name for name in reversed(list(names))}.values())[::-1][:MAX_AUTHORS]


def choices(page):
    sites = frozenset(map(fold, page.site_names))

    @cache
    def read(text: str, is_name: bool) -> tuple[str, ...]:
        return tuple(names_in(text, sites=sites, declared=is_name))

    nodes = declared.author_nodes(page)
    metas = declared.metas(page)
    vicinity = Vicinity(page)
    near = bylines(vicinity.near if vicinity.has_headline else page.marked(MAY_NAME_AUTHOR), vicinity, is_near=True)
    spoken = list(bywords.near_headline(vicinity.ahead, read))
    pairs = [(first_text(node), "json-ld") for node in nodes]
    pairs += [(value, "meta") for _, value in metas]
    pairs += [(byline.text, "byline") for byline in near]
    pairs += [(text, "text") for text, _ in spoken]

    def far_():
        if not hasattr(far_, "v"):
            near_elements = set(vicinity.near)
            far_.v = bylines((e for e in page.marked(MAY_NAME_AUTHOR) if e not in near_elements), vicinity, is_near=False) if vicinity.has_headline else []
        return far_.v

    def farfirst():
        far = [b for b in far_() if not b.is_apart]
        r = first_people(far, read)
        return r if len({fold(n) for b in far for n in b.people(read)}) == len(set(map(fold, r))) else []

    def labelled():
        lab = list(bywords.labelled(page.marks, read))
        return next((p for _, p in lab if p), ())
    todo = {
        "ld": lambda: declared.people_of(nodes, read),
        "mnear": lambda: first_people([b for b in near if not b.is_apart], read),
        "spoken": lambda: next((p for _, p in spoken if p), ()),
        "labelled": labelled,
        "mnearapart": lambda: first_people([b for b in near if b.is_apart], read),
        "meta": lambda: declared.people_in(metas, read),
        "mfar": farfirst,
        "signed": lambda: bywords.signed(vicinity.ahead, read),
        "c": lambda: declared.collectives_of(nodes),
        "mapart": lambda: first_people([b for b in far_() if b.is_apart and b.trust == BY_RELATION], read),
    }
    return todo, pairs, nodes, metas, near, far_


def sources(page):
    todo, pairs, nodes, metas, near, far = choices(page)
    return {k: list(f()) for k, f in todo.items()}, nodes, metas, near+far()


def decide(page: ParsedPage) -> Decision[tuple[str, ...]]:
    """The people who wrote the article, in the page's order; the first kind of source that names any decides."""
    todo, pairs, *_ = choices(page)
    return Decision(value=_unique(next((x for f in todo.values() if (x := f())), ())), candidates=shown(pairs))
