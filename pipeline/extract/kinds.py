"""What kind of article a page holds: its types, its section, its address, the label of its title, its first words."""

# Letters and signs of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Final
from urllib.parse import unquote, urlsplit

from pipeline import words
from pipeline.extract.candidates import Decision, Found, scored
from pipeline.extract.elements import UNSEEN, has_more_than, text_of
from pipeline.extract.page import ParsedPage
from pipeline.extract.structured import ARTICLE_TYPE, all_texts, types_of
from pipeline.models import ArticleKind

TYPES: Final = {
    "LiveBlogPosting": ArticleKind.LIVE_BLOG,
    "OpinionNewsArticle": ArticleKind.OPINION,
    "ReviewNewsArticle": ArticleKind.REVIEW,
    "CriticReview": ArticleKind.REVIEW,
    "Review": ArticleKind.REVIEW,
    "AdvertiserContentArticle": ArticleKind.SPONSORED,
    "ImageGallery": ArticleKind.GALLERY,
    "MediaGallery": ArticleKind.GALLERY,
    "VideoGallery": ArticleKind.VIDEO,
    "PodcastEpisode": ArticleKind.AUDIO,
    "RadioEpisode": ArticleKind.AUDIO,
}
# Types of a page that holds little else; on the page of an article they describe what is embedded in it.
MEDIA_TYPES: Final = {"VideoObject": ArticleKind.VIDEO, "AudioObject": ArticleKind.AUDIO}
# Names of sections, labels of titles and parts of addresses, folded; a hyphen stands for any gap between words.
LABELS: Final = {
    ArticleKind.LIVE_BLOG: (
        "live blog", "liveblog", "live updates", "live ticker", "liveticker", "newsticker", "en direct", "en vivo", "ao vivo", "in diretta",
        "minuto a minuto", "as it happened", "liveverslag", "direkte", "онлайн трансляция", "текстовая трансляция", "canli anlatim",
    ),
    ArticleKind.OPINION: (
        "opinion", "opinions", "op ed", "oped", "commentary", "comment is free", "commentisfree", "editorial", "editorials", "columns", "column",
        "columnists", "columnist", "viewpoint", "viewpoints", "letters", "letters to the editor", "guest column", "perspective", "perspectives",
        "meinung", "kommentar", "kommentare", "leitartikel", "kolumne", "kolumnen", "gastbeitrag", "gastkommentar", "leserbriefe", "standpunkt",
        "columna", "columnas", "columnistas", "tribuna", "tribunas", "editoriales", "cartas al director", "firmas",
        "tribune", "tribunes", "chronique", "chroniques", "editoriaux", "point de vue", "idees", "edito", "editos",
        "opinioni", "editoriale", "editoriali", "commenti", "rubriche", "opiniao", "colunas", "colunistas", "opinie", "opinies", "felieton", "felietony",
        "komentarze", "meninger", "debatt", "debat", "ledare", "leder", "kronik", "kronikk", "insandare", "nazory", "komentare", "velemeny",
        "мнение", "мнения", "колонка", "колонки", "блоги и мнения", "yazarlar", "kose yazilari", "opini", "社説", "社论", "评论", "사설", "칼럼", "오피니언", "γνωμες", "αποψεις",
    ),
    ArticleKind.VIDEO: ("video", "videos", "watch", "видео", "vidéos", "mediathek", "videolar", "wideo", "动画", "動画", "视频", "영상"),
    ArticleKind.AUDIO: ("podcast", "podcasts", "audio", "listen", "подкаст", "подкасты"),
    ArticleKind.GALLERY: (
        "gallery", "galleries", "photo gallery", "photogallery", "photos", "in pictures", "pictures", "slideshow", "slideshows", "photo essay",
        "bildergalerie", "bildergalerien", "bilderstrecke", "fotostrecke", "fotostrecken", "galeria", "galerias", "fotogaleria", "fotogalerias",
        "diaporama", "diaporamas", "en images", "portfolio", "fotogallery", "galeri", "foto galeri", "fotogaleri", "фото", "фотогалерея", "фоторепортаж",
    ),
    ArticleKind.REVIEW: ("review", "reviews", "rezension", "rezensionen", "kritik", "critique", "critiques", "resena", "resenas", "recensione", "recensioni", "recensie", "recensies", "рецензия", "рецензии"),
    ArticleKind.INTERVIEW: ("interview", "interviews", "q a", "entrevista", "entrevistas", "entretien", "entretiens", "intervista", "interviste", "интервью", "wywiad", "wywiady", "roportaj"),
    ArticleKind.PRESS_RELEASE: (
        "press release", "press releases", "news release", "news releases", "media release", "media releases", "for immediate release",
        "pressemitteilung", "pressemitteilungen", "pressemeldung", "medienmitteilung", "medienmitteilungen", "presseaussendung",
        "comunicado", "comunicados", "comunicado de prensa", "comunicados de prensa", "nota de prensa", "notas de prensa", "nota de imprensa", "comunicado de imprensa",
        "communique de presse", "communiques de presse", "communique", "communiques", "comunicato stampa", "comunicati stampa", "persbericht", "persberichten",
        "pressmeddelande", "pressmeddelanden", "pressemelding", "pressemeddelelse", "tiedote", "пресс релиз", "пресс релизы", "basin bulteni", "siaran pers", "komunikat prasowy",
    ),
    ArticleKind.SPONSORED: (
        "sponsored", "sponsored content", "paid content", "paid post", "partner content", "brand content", "branded content", "advertorial", "advertorials",
        "anzeige", "sponsored post", "contenido patrocinado", "branded", "publirreportaje", "publireportage", "contenu sponsorise", "contenuto sponsorizzato",
        "conteudo patrocinado", "на правах рекламы", "партнерский материал",
    ),
}  # fmt: skip
KINDS: Final = {" ".join(words.split(label)): kind for kind, labels in LABELS.items() for label in labels}
AD_SLOTS: Final = frozenset({"anzeige", "sponsored"})  # above a headline they name the banner there
LONGEST_LABEL: Final = 2 * max(map(len, KINDS))  # characters
# What the last part of an address says wherever it stands; sports pages write `en-vivo` and its like of any broadcast.
IN_SLUG: Final = ("live blog", "liveblog", "live updates", "liveticker", "live ticker", "minuto a minuto", "as it happened")
# Reviews there are those that readers write.
REVIEWED: Final = frozenset({"Recipe", "Product"})
PAGE_TYPES: Final = (
    "article_type",
    "article-type",
    "articletype",
    "content_type",
    "content-type",
    "contenttype",
    "page-type",
    "pagetype",
    "page_type",
)
FIRST_PART: Final = re.compile(r"^\s*([^:|•]{3,40}?)\s*[:|•]\s")
SEPARATOR: Final = re.compile(r"\s+[|•·»›–—-]+\s+")
PRESS_WIRE: Final = re.compile(
    r"^(?:[^\n]{0,80}\n+){0,2}[^\n]{0,120}?(?:/\s?PR\s?Newswire\s?/|\(PR\s?Newswire\)|\(?BUSINESS WIRE\)?\s?--|\(?GLOBE\s?NEWSWIRE\)?|/CNW/|\(ots\)|ACCESSWIRE)|^(?:for immediate release)\b",
    re.IGNORECASE,
)
BLOCKS: Final = 3  # around the headline
BESIDE: Final = 2  # elements before each of them
SURE: Final = 3.0
LIKELY: Final = 2.0
HINT: Final = 1.0
NEEDED: Final = 2.0
# A page with so many words is read, whatever else it holds: its video or pictures go with an article.
READ_WORDS: Final = 200
ENOUGH_CHARACTERS: Final = 20_000
SEEN: Final = frozenset({ArticleKind.VIDEO, ArticleKind.AUDIO, ArticleKind.GALLERY})


def named(text: str) -> ArticleKind | None:
    """The kind that a label names."""
    return KINDS.get(" ".join(words.split(text))) if len(text) <= LONGEST_LABEL else None


def _in_address(url: str) -> Iterator[Found[ArticleKind]]:
    """Kinds that the parts of an address name."""
    parts = [" ".join(words.split(part)) for part in unquote(urlsplit(url).path).split("/") if part]
    for part in parts[:-1]:
        if kind := KINDS.get(part):
            yield Found(value=kind, source="url", score=LIKELY)
    if parts and (label := next((label for label in IN_SLUG if f" {label} " in f" {parts[-1]} "), None)):
        yield Found(value=KINDS[label], source="url", score=LIKELY)


def _in_types(page: ParsedPage) -> Iterator[Found[ArticleKind]]:
    """Kinds that the structured data and OpenGraph name."""
    own = types_of(page.article)
    if not REVIEWED & page.data.types:
        yield from (Found(value=TYPES[name], source="json-ld", score=SURE) for name in own if name in TYPES)
    if not any(ARTICLE_TYPE.search(name) for name in own):
        yield from (Found(value=kind, source="json-ld", score=LIKELY) for name, kind in MEDIA_TYPES.items() if name in page.data.types)
    if any(value.lower().startswith("video") for value in page.metas("og:type")):
        yield Found(value=ArticleKind.VIDEO, source="og", score=LIKELY)
    if any(value.lower() == "true" for value in page.metas("article:opinion")):
        yield Found(value=ArticleKind.OPINION, source="meta", score=SURE)


def _labels_of_titles(page: ParsedPage) -> Iterator[str]:
    """What stands before a title (`Opinion: …`), and after it in the window's (`… | Opinion | The Gazette`)."""
    for title in (page.title_tag, *page.metas("og:title"), *(heading.text for heading in page.headings[:2]), page.source.feed_title or ""):
        if before := FIRST_PART.match(title):
            yield before[1]
    yield from SEPARATOR.split(page.title_tag)[1:]


def _above_headline(page: ParsedPage) -> Iterator[str]:
    """Short texts that stand directly above the headline, by themselves in a block; rows of links are longer."""
    heading = next((one.element for one in page.headings if not one.is_logo), None)
    if heading is None:
        return
    for place in islice((heading, *heading.iterancestors()), BLOCKS):
        for sibling in islice(place.itersiblings(preceding=True), BESIDE):
            if isinstance(sibling.tag, str) and sibling.tag not in UNSEEN and not has_more_than(sibling, LONGEST_LABEL):
                yield text_of(sibling)


def _in_labels(page: ParsedPage) -> Iterator[Found[ArticleKind]]:
    """Kinds that the section, the page's own word for its type and the label of its title name."""
    sections = (*all_texts(page.article.get("articleSection")), *page.metas("article:section"), *page.source.feed_topics)
    said = [(text, "section") for text in sections] + [(text, "meta") for text in page.metas(*PAGE_TYPES)]
    said += [(text, "title") for text in _labels_of_titles(page)]
    said += [(text, "label") for text in _above_headline(page) if text.casefold() not in AD_SLOTS]
    yield from (Found(value=kind, source=source, score=LIKELY) for text, source in said if (kind := named(text)))


def decide(page: ParsedPage, *, body: str) -> Decision[ArticleKind]:
    """The kind with the most evidence; `article` where there is little.

    Args:
        page: the parsed page.
        body: as decided.

    """
    found = [*_in_types(page), *_in_labels(page), *_in_address(page.url)]
    if PRESS_WIRE.match(body):
        found.append(Found(value=ArticleKind.PRESS_RELEASE, source="text", score=SURE))
    # Each kind of source speaks once for a kind.
    best = {(one.value, one.source): one for one in sorted(found, key=lambda one: one.score)}
    sums: dict[ArticleKind, float] = defaultdict(float)
    for one in best.values():
        sums[one.value] += one.score
    if SEEN & sums.keys() and words.count(body[:ENOUGH_CHARACTERS]) >= READ_WORDS:
        for kind in SEEN & sums.keys():
            sums[kind] -= HINT
    kind, score = max(sums.items(), key=lambda item: item[1], default=(ArticleKind.ARTICLE, 0.0))
    return Decision(
        value=kind if score >= NEEDED else ArticleKind.ARTICLE,
        candidates=scored(Found(value=one.value.value, source=one.source, score=one.score) for one in best.values()),
    )
