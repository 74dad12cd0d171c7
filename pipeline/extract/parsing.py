"""From a page's text to its tree, however deep its elements are nested."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, cast

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from pipeline.errors import PageError
from pipeline.extract.decoding import encoded
from pipeline.extract.elements import INLINE
from pipeline.extract.limits import FLAT_DEPTH, MAX_ATTRIBUTES

ANY_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)[^<>]*>")
# One class for all elements: the library's own look-up asks Python for each of them, and nobody here needs a form's methods.
ELEMENTS: Final = etree.ElementDefaultClassLookup(element=HtmlElement)
# Only a longer tag can have too many attributes.
LONG_TAG: Final = 2 * MAX_ATTRIBUTES
QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_.-]*")
ODD_TAG: Final = re.compile(rf"<{NAME.pattern}+[^a-zA-Z0-9_.\-\s/>]")
LEFT_OUT: Final = "\x01"
BREAKS: Final = re.compile(rf"{LEFT_OUT}[{LEFT_OUT}\s]*")
# These end by themselves, hold no elements, or carry meaning that the text needs.
KEPT_TAGS: Final = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
        "script",
        "style",
        "title",
        "textarea",
        "noscript",
        "head",
        "body",
        "html",
        "p",
        "li",
        "td",
        "th",
        "tr",
        "dt",
        "dd",
        "option",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ]
)


def _parse(text: str) -> tuple[HtmlElement, bool]:
    """Tree, and whether it is whole: the parser stops without an error at 256 open elements."""
    parser = HTMLParser(collect_ids=False, encoding="utf-8", remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(ELEMENTS)
    try:
        tree = document_fromstring(encoded(text), parser=parser)
    except (etree.ParserError, ValueError, AssertionError) as error:  # the parser asserts on some empty documents
        raise PageError(problem=f"the HTML parser gave up ({error})") from error
    return tree, not any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log)


def _flat(text: str) -> str:
    """Markup whose elements beyond a depth are left out; no text is lost."""
    depth = 0

    def keep(match: re.Match[str]) -> str:
        nonlocal depth
        closing, name = match[1], match[2].lower()
        if name in KEPT_TAGS or match[0].endswith("/>"):
            return match[0]
        depth = max(0, depth - 1) if closing else depth + 1
        return match[0] if depth + bool(closing) <= FLAT_DEPTH else "" if name in INLINE else LEFT_OUT

    return BREAKS.sub(" <br> ", ANY_TAG.sub(keep, text))


def _rename_odd_tags(tree: HtmlElement) -> None:
    """Give elements another name whose own can't be made anew: `<o:p>` of Word, `<p<p>` of a slip."""
    for element in tree.iter("*"):
        name = NAME.match(element.tag)
        if name is None or name[0] != element.tag:
            element.tag = "span" if ":" in element.tag or (name and name[0] in INLINE) else "div"


def parse_tree(text: str) -> HtmlElement:
    """Tree of a page, also of one nested deeper than the parser goes.

    Raises:
        PageError: no tree can be made.

    """
    tree, whole = _parse(text)
    if not whole:
        tree, whole = _parse(_flat(text))
    if not whole:
        raise PageError(problem="its elements are nested too deeply or are too large")
    if ODD_TAG.search(text):
        _rename_odd_tags(tree)
    for style in tree.iter("style"):
        style.text = None  # some pages keep rules inside of their headlines
    return tree


def _long_tags(text: str) -> Iterator[str]:
    """Tags longer than `LONG_TAG`, without their brackets."""
    start, step = 0, LONG_TAG // 2
    while start + step <= len(text):
        if text.find("<", start, start + step) >= 0:
            start += step  # a longer tag would fill one of these steps
            continue
        end = text.find("<", start)
        part = text[text.rfind("<", 0, start) + 1 : end if end >= 0 else len(text)]
        if part[:1].isalpha() and len(tag := part.partition(">")[0]) > LONG_TAG:
            yield tag
        start = end if end >= 0 else len(text)


def is_overloaded(text: str) -> bool:
    """Whether a tag has more attributes than any page needs: the parser compares each of them with all others."""
    return any(len(QUOTED.sub("", tag).split()) > MAX_ATTRIBUTES for tag in _long_tags(text))


def count_elements(tree: HtmlElement) -> int:
    """Elements of a page."""
    return int(cast("float", tree.xpath("count(//*)")))
