"""Furniture: lines around an article that are not of it (share lines, notices, biographies, appeals)."""

# The patterns hold letters and marks of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import re
from collections.abc import Collection, Container, Sequence
from itertools import islice, pairwise
from typing import Final

from pipeline.extract import kinds
from pipeline.extract.agencies import SOURCE_WORDS
from pipeline.extract.listings import words_in
from pipeline.extract.phrases import APPEAL, END, MAX_LINE, NOTICE, REPUBLISHED, is_furniture
from pipeline.extract.titles import fold

TAIL_SHARE: Final = 0.5  # of the words, from where on a notice can be the end of the article
HEAD_PARAGRAPHS: Final = 6

# A line of nothing but stars or dashes before such a line ends the article with it.
RULE: Final = re.compile(r"^[\s*•·#_=~—–-]+$")
SIGNED: Final = re.compile(r"^(?:by|von|por|par|di|door|av|af|от|автор)\s*:?\s+(?P<name>[^.!?]{3,80})$", re.IGNORECASE)
BIOGRAPHY: Final = re.compile(r"^(?:\W*)(?:is|was|has been|writes|works|covers|ist|war|schreibt|es|fue|est|era|è|é|—|–|,)\b", re.IGNORECASE)
MAX_SOURCE: Final = 80  # characters
SOURCE: Final = re.compile(
    rf"^\W*(?:sources|quellen|fuentes|fontes|fonti|bronnen|kilder|źródła|источники|джерела|{'|'.join(SOURCE_WORDS)})\s*[:：]", re.IGNORECASE
)
ADDRESS: Final = re.compile(r"https?://\S+")
# Two of these in a line: what a page says of the article (`Posted by: … Category: … Tags: …`).
LABELS: Final = re.compile(
    r"\b(?:posted by|published by|author|category|categories|tags?|filed under|publicado por|autora?|categoría|categorias?|etiquetas|publié par|auteur"
    r"|catégories?|veröffentlicht von|autor|kategorien?|schlagwörter|pubblicato da|autore|categorie|автор|рубрика|теги)\s*:",
    re.IGNORECASE,
)
COMMENTS: Final = re.compile(
    r"\b(?:comments|comentários|comentarios|commentaires|kommentare|commenti|reacties|kommentarer|комментари[ией]\w*)\b", re.IGNORECASE
)
MODERATION: Final = re.compile(
    r"\b(?:moderat(?:ed|ors?|ion)|moderador\w*|moderación|moderação|modér\w+|moderiert|freigeschaltet|moderatori?|модератор\w*|модерац\w*)\b",
    re.IGNORECASE,
)
CREDIT_AT_END: Final = re.compile(
    r"©[^.!?]{0,80}$|[(\[|/]\s*(?:foto|photo|bild|image|imagen|picture|crédit|credit|courtesy|снимка|фото)s?\b[^()]{0,80}[)\]]?\s*\.?$"
    r"|(?:^|[.!?…\s])(?:foto|photo|bild|image|imagen|picture|crédit|credit|фото)s?(?:\s+(?:credit|by|von|de|par))?\s*[:：][^.!?]{2,60}$",
    re.IGNORECASE,
)
BYLINE_WORDS: Final = 14
NOTES: Final = 3  # paragraphs at the end that may be notes
MORE_AFTER_BOX: Final = 2  # paragraphs of the text, after what may stand in its midst
MORE_AFTER_NOTICE: Final = 4  # after what nearly always stands at its end
MAIL: Final = re.compile(r"[\w.+-]@[\w-]+\.\w")
MAX_CONTACT: Final = 100  # characters
MAX_APPEAL: Final = 600
DATE_WORDS: Final = 9
SEPARATOR: Final = re.compile(r"\s[·|•‧∙]\s")
CELLS: Final = " | "  # between the cells of a table
CAPTIONS_AT_MOST: Final = 0.5  # of the text
ROW_ENTRIES: Final = 3
ROW_WORDS: Final = 6
DATE_LETTERS: Final = 30


def _is_row_of_links(paragraph: str) -> bool:
    """Whether a paragraph is short entries between separators, as in "Share · Print · Report an error"."""
    entries = SEPARATOR.split(paragraph)
    return (
        len(entries) >= ROW_ENTRIES
        and len(paragraph) <= MAX_LINE
        and all(len(entry.split()) <= ROW_WORDS for entry in entries)
        and not re.search(r"[.!?…]\s", paragraph)
    )


def _rows_of_tables(paragraphs: Sequence[str]) -> set[int]:
    """Numbers of the paragraphs that are rows of a table: one alone would be a row of links."""
    barred = [number for number, paragraph in enumerate(paragraphs) if CELLS in paragraph]
    return {number for pair in pairwise(barred) if pair[1] - pair[0] == 1 for number in pair}


def _is_source(paragraph: str) -> bool:
    """Whether a short line names where the article comes from, or is an address."""
    return (len(paragraph) <= MAX_SOURCE and SOURCE.match(paragraph) is not None) or ADDRESS.fullmatch(paragraph) is not None


def _tells_of_article(paragraph: str) -> bool:
    """Whether a line is the article's metadata, each with its label."""
    return len(paragraph) <= MAX_LINE and len({label.lower() for label in LABELS.findall(paragraph)}) > 1


def _is_rule_of_comments(paragraph: str) -> bool:
    """Whether a line tells how readers' comments are moderated."""
    return len(paragraph) <= MAX_LINE and COMMENTS.search(paragraph) is not None and MODERATION.search(paragraph) is not None


def _is_caption(paragraph: str) -> bool:
    """Whether a line ends with the credit of a picture."""
    return len(paragraph) <= MAX_LINE and CREDIT_AT_END.search(paragraph) is not None


def _is_biography(paragraph: str, authors: Sequence[str]) -> bool:
    return any(paragraph.casefold().startswith(name.casefold()) and BIOGRAPHY.match(paragraph[len(name) :]) for name in authors)


def _is_dateline(paragraph: str) -> bool:
    """Whether a paragraph is nothing but a date and time."""
    return (
        len(paragraph.split()) <= DATE_WORDS
        and re.search(r"\b(?:19|20)\d{2}\b", paragraph) is not None
        and sum(map(str.isalpha, paragraph)) <= DATE_LETTERS
        and bool(re.search(r"\d\D+\d", paragraph))
    )


def _is_origin(paragraph: str) -> bool:
    """Whether a line says where an article was published before."""
    return len(paragraph) <= MAX_LINE and REPUBLISHED.match(paragraph) is not None


def _is_byline(paragraph: str, authors: Sequence[str]) -> bool:
    words = max(len(paragraph.split()), words_in(paragraph[:MAX_LINE]))
    signed = SIGNED.match(paragraph)
    if signed and words <= BYLINE_WORDS and sum(word[0].isupper() for word in signed["name"].split()) > words / 2:
        return True
    return words <= BYLINE_WORDS and any(
        fold(name) in fold(paragraph) and words <= len(name.split()) + 4 and not re.search(r"[.!?”\"。！？]\s*$", paragraph)
        for name in authors
    )


def _is_tail(paragraph: str, authors: Sequence[str]) -> bool:
    """Whether a paragraph is none of the article's if it is the last one."""
    return (
        _is_biography(paragraph, authors)
        or is_furniture(paragraph)
        or _is_row_of_links(paragraph)
        or _is_source(paragraph)
        or _is_rule_of_comments(paragraph)
        or (len(paragraph) <= MAX_CONTACT and MAIL.search(paragraph) is not None)
        or (len(paragraph) <= MAX_APPEAL and APPEAL.search(paragraph) is not None)
    )


def _goes_on(paragraphs: Sequence[str], authors: Sequence[str], own: Container[str], least: int) -> bool:
    """Whether so many paragraphs of the text follow; boxes of a newsletter and of a photograph's owner stand inside of texts too."""
    texts = (paragraph for paragraph in paragraphs if paragraph in own and not END.match(paragraph) and not _is_tail(paragraph, authors))
    return sum(1 for _ in islice(texts, least)) == least


def _end_of(paragraphs: Sequence[str], authors: Sequence[str], own: Container[str]) -> int:
    """Number of the paragraph after the article's last one."""
    words = [len(paragraph.split()) for paragraph in paragraphs]
    late, before, last = TAIL_SHARE * sum(words), 0, len(paragraphs)
    for number, paragraph in enumerate(paragraphs):
        if (
            before >= late
            and len(paragraph) <= 2 * MAX_LINE
            and END.match(paragraph)
            and not _goes_on(paragraphs[number + 1 :], authors, own, MORE_AFTER_NOTICE if NOTICE.match(paragraph) else MORE_AFTER_BOX)
        ):
            last = number
            break
        before += words[number]
    while last > 1 and (_is_tail(paragraphs[last - 1], authors) or RULE.match(paragraphs[last - 1])):
        last -= 1
    return last


def _trimmed(body: list[str], subheads: Container[str]) -> list[str]:
    """A text without rules before it and a lone heading behind it."""
    start = next((number for number, paragraph in enumerate(body) if not RULE.match(paragraph)), len(body))
    is_headed = len(body) > start + 1 and body[-1] in subheads and body[-2] not in subheads
    return body[start : len(body) - is_headed]


def without(
    paragraphs: Sequence[str],
    *,
    title: str,
    authors: Sequence[str],
    headlines: Collection[str] = (),
    captions: Collection[str] = (),
    own: Container[str] = (),
    subheads: Container[str] = (),
) -> list[str]:
    """Paragraphs of the article alone, in order.

    Args:
        paragraphs: all that was extracted.
        title: not repeated at the beginning.
        headlines: other forms of it, folded, such as one with a kicker before it.
        captions: texts of pictures.
        authors: their bylines and biographies go.
        own: paragraphs that stand with most of the text; where some of them follow, the article is not over.
        subheads: texts of headings; one alone at the end headed a box that went.

    """
    folded_title = fold(title)
    table = _rows_of_tables(paragraphs)
    shown = {paragraph for paragraph in paragraphs if paragraph in captions or _is_caption(paragraph)}
    if sum(map(len, shown)) > CAPTIONS_AT_MOST * sum(map(len, paragraphs)):
        shown = set()  # the pictures are what the page tells
    kept = [
        paragraph
        for number, paragraph in enumerate(paragraphs[: _end_of(paragraphs, authors, own)])
        if number in table or (not is_furniture(paragraph) and not _is_row_of_links(paragraph) and paragraph not in shown)
    ]
    body: list[str] = []
    for number, paragraph in enumerate(kept):
        early = number < HEAD_PARAGRAPHS
        if early and folded_title and (folded := fold(paragraph)) and (folded == folded_title or folded in headlines):
            continue
        if early and (_is_dateline(paragraph) or _is_origin(paragraph) or _tells_of_article(paragraph) or ADDRESS.fullmatch(paragraph)):
            continue
        if not body and kinds.named(paragraph):
            continue
        if (early or number >= len(kept) - 2) and _is_byline(paragraph, authors):
            continue
        if number >= max(1, len(kept) - NOTES) and _is_biography(paragraph, authors):
            continue  # notes of corrections may stand below it
        if body and paragraph == body[-1]:
            continue
        body.append(paragraph)
    return _trimmed(body, subheads)
