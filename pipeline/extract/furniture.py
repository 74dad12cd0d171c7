"""Furniture: lines around an article that are not of it (share lines, notices, biographies, appeals)."""

# The patterns hold letters and marks of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from pipeline.extract.titles import fold

MAX_LINE: Final = 350  # characters; a longer paragraph is text, however it begins
TAIL_SHARE: Final = 0.5  # of the words, from where on a notice can be the end of the article
HEAD_PARAGRAPHS: Final = 6

# A line that begins like this is furniture, wherever it stands.
LINE: Final = re.compile(
    r"^(?:[\W_]*)(?:"
    r"read (?:more|also|next|the full|our)\b|also read\b|see also\b|related(?: (?:articles?|stories|coverage|content|topics|news))?\s*:|more (?:on this|from|stories|about)\b.{0,60}$|recommended(?: for you)?\s*:?$"
    r"|click (?:the share|here to|on the|the image)|share (?:this|on|via)\b|follow (?:us|me|the author|[^.!?]{1,60} on (?:twitter|facebook|instagram|x|threads|bluesky|mastodon|linkedin|telegram|tiktok|youtube|google))\b|subscribe (?:to|now|here|for)\b|sign up (?:for|to|here|now)|join (?:our|us on)\b|support (?:our|us|independent)"
    r"|advertis(?:e?ment|ing)\b.{0,40}$|sponsored(?: content)?$|story continues below|scroll (?:down )?to continue|continue reading|this story continues|loading\b.{0,20}$|watch (?:live|now|more|the video)\s*:|listen to (?:this|the) (?:article|story)"
    r"|copyright\b|©|\(c\)\s*\d{4}|all rights reserved|featured image\b|(?:cover |header )?(?:image|photo)(?: credit| source)?s?\s*:|getty images$|download (?:our|the) app|print this|email this|leave a (?:comment|reply)|comments? (?:are closed|\(\d+\))"
    r"|\d+ (?:min(?:ute)?s?) read\b|(?:last )?updated?:?\s+.{0,40}$|published:?\s+.{0,40}\d{4}.{0,20}$|posted (?:on|by)\b.{0,60}$"
    r"|lesen sie (?:auch|mehr|hier)|mehr zum thema|das könnte sie auch interessieren|zum thema\s*:?$|newsletter\b.{0,60}$|anzeige$|werbung$|teilen$|folgen sie uns"
    r"|lea (?:también|más|además)|le(?:e|er) (?:también|más)|lee también|te puede interesar|(?:también )?te recomendamos|síguenos|suscríb|compartir$|publicidad$|más información\s*:|vea también|mire también|puede leer"
    r"|publiée? le\b.{0,80}$|mis(?:e)? à jour\b.{0,60}$|publicado (?:el|a las)\b.{0,80}$|actualizado\b.{0,60}$|veröffentlicht am\b.{0,60}$|partager (?:sur|par)\b|compartir (?:en|por)\b|teilen (?:auf|per)\b|condividi su\b"
    r"|illustration[^.!?]{0,40}$|forum sur abonnement|iniciar sesión para comentar|lire aussi|à lire (?:aussi|également)|abonnez-vous|publicité$|partager$|(?:voir|écouter) aussi"
    r"|(?:tags?|filed under|topics?|keywords?|categor(?:y|ies)|archivado en|etiquetas?|temas|schlagwörter|themen|mots[- ]clés|thèmes|argomenti|marcadores|trefwoorden|теги|метки)\s*(?::|$)"
    r"|leggi anche|leia (?:também|mais)|saiba mais|veja também|siga[- ]nos|publicidade$|lees ook|lees meer|läs (?:också|även|mer)|les også|læs også|czytaj (?:też|także|więcej)|zobacz (?:też|także)|přečtěte si|čtěte (?:také|též)"
    r"|читайте (?:также|ещё|еще|нас)|подпи(?:сывайтесь|шитесь)|реклама$|поделиться$|смотрите также|по теме\s*:|читать (?:далее|також)|читайте (?:також|більше)|підпи(?:суйтесь|шіться)|прочетете още|čitajte|pročitajte|oku(?:yun|mak için)"
    r")",
    re.IGNORECASE,
)
# Where one of these comes late, the article is over.
END: Final = re.compile(
    r"^[\W_]*(?:click the share button|the original source of this article is|copyright\s*©|©\s*(?:copyright|\d{4})|all rights reserved|disclaimer\s*:"
    r"|this (?:article|story|piece|post|report) (?:was|is|has been) (?:originally |first )?(?:published|republished|posted)|originally (?:published|posted)|(?:re)?published with permission"
    r"|articles by\s*:|about the author|(?:about|über|à propos de|acerca de|sobre|o firmie) (?-i:[^\W\d_a-z])[^.!?:]{1,40}$|(?:the )?views? expressed|the opinions expressed|share this\b|comment on\b.{0,60}page|become a member|support (?:our work|independent)"
    r"|(?:related|recommended|popular|latest) (?:articles|stories|posts|news|topics)|more (?:stories|articles|from|on this)\b|you may also like|most (?:read|popular)|leave a (?:reply|comment)|join the conversation|sign up (?:for|to) (?:our|the)|for media inquiries"
    r"|este artículo (?:fue|se) public|publicado originalmente|ursprünglich (?:erschienen|veröffentlicht)|cet article (?:a été|est) (?:initialement )?(?:publié|paru)"
    r"|первоисточник|оригинал (?:статьи|публикации)|самое читаемое|mehr aus|meistgelesen|lo más (?:leído|visto)|les plus lus)",
    re.IGNORECASE,
)
# A line of nothing but stars or dashes before such a line ends the article with it.
RULE: Final = re.compile(r"^[\s*•·#_=~—–-]+$")
SIGNED: Final = re.compile(r"^(?:by|von|por|par|di|door|av|af|от|автор)\s*:?\s+(?P<name>[^.!?]{3,80})$", re.IGNORECASE)
BIOGRAPHY: Final = re.compile(r"^(?:\W*)(?:is|was|has been|writes|works|covers|ist|war|schreibt|es|fue|est|era|è|é|—|–|,)\b", re.IGNORECASE)
MAX_SOURCE: Final = 80  # characters
SOURCE: Final = re.compile(
    r"^\W*(?:sources?|quellen?|fuentes?|fontes?|fonti|bron(?:nen)?|kilder?|källa|źródł[oa]|kaynak|zdroj|forrás|источник[и]?|джерел[оа]|来源|來源|出典)\s*[:：]",
    re.IGNORECASE,
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
DATE_WORDS: Final = 9
SEPARATOR: Final = re.compile(r"\s[·|•‧∙]\s")
ROW_ENTRIES: Final = 3
ROW_WORDS: Final = 6
DATE_LETTERS: Final = 30


def _is_line(paragraph: str) -> bool:
    return len(paragraph) <= MAX_LINE and LINE.match(paragraph) is not None


def _is_row_of_links(paragraph: str) -> bool:
    """Whether a paragraph is short entries between separators, as in "Share · Print · Report an error"."""
    entries = SEPARATOR.split(paragraph)
    return (
        len(entries) >= ROW_ENTRIES
        and len(paragraph) <= MAX_LINE
        and all(len(entry.split()) <= ROW_WORDS for entry in entries)
        and not re.search(r"[.!?…]\s", paragraph)
    )


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


def _is_byline(paragraph: str, authors: Sequence[str]) -> bool:
    words = len(paragraph.split())
    signed = SIGNED.match(paragraph)
    if signed and words <= BYLINE_WORDS and sum(word[0].isupper() for word in signed["name"].split()) > words / 2:
        return True
    return words <= BYLINE_WORDS and any(
        fold(name) in fold(paragraph) and words <= len(name.split()) + 4 and not re.search(r"[.!?”\"]\s*$", paragraph) for name in authors
    )


def _end_of(paragraphs: Sequence[str], authors: Sequence[str]) -> int:
    """Number of the paragraph after the article's last one."""
    words = [len(paragraph.split()) for paragraph in paragraphs]
    whole, before = sum(words), 0
    for number, paragraph in enumerate(paragraphs):
        late = before >= TAIL_SHARE * whole
        if late and len(paragraph) <= 2 * MAX_LINE and END.match(paragraph):
            # What stands after a notice and is longer than a tail can be is text again.
            return number
        before += words[number]
    last = len(paragraphs)
    while last > 1 and (
        _is_biography(paragraphs[last - 1], authors)
        or _is_line(paragraphs[last - 1])
        or _is_row_of_links(paragraphs[last - 1])
        or _is_source(paragraphs[last - 1])
        or _is_rule_of_comments(paragraphs[last - 1])
    ):
        last -= 1
    return last


def without(
    paragraphs: Sequence[str], *, title: str, authors: Sequence[str], headlines: Collection[str] = (), captions: Collection[str] = ()
) -> list[str]:
    """Paragraphs of the article alone, in order.

    Args:
        paragraphs: all that was extracted.
        title: not repeated at the beginning.
        headlines: other forms of it, folded, such as one with a kicker before it.
        captions: texts of pictures.
        authors: their bylines and biographies go.

    """
    folded_title = fold(title)
    kept = [
        paragraph
        for paragraph in paragraphs[: _end_of(paragraphs, authors)]
        if not _is_line(paragraph) and not _is_row_of_links(paragraph) and not _is_caption(paragraph) and paragraph not in captions
    ]
    while kept and RULE.match(kept[-1]):
        kept.pop()
    body: list[str] = []
    for number, paragraph in enumerate(kept):
        early = number < HEAD_PARAGRAPHS
        if early and folded_title and (folded := fold(paragraph)) and (folded == folded_title or folded in headlines):
            continue
        if early and (_is_dateline(paragraph) or _tells_of_article(paragraph) or ADDRESS.fullmatch(paragraph)):
            continue
        if (early or number >= len(kept) - 2) and _is_byline(paragraph, authors):
            continue
        if body and paragraph == body[-1]:
            continue
        body.append(paragraph)
    while body and RULE.match(body[0]):
        body.pop(0)
    return body
