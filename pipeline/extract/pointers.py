"""Labels of lines that lead to other articles (`Read also: …`), told from those that name topics."""

# Words of many languages.
# ruff: noqa: RUF001

from __future__ import annotations

import re
import unicodedata
from typing import Final

# What such a label says, folded: without accents, in lower case.
POINTER: Final = re.compile(
    r"\b(?:also|read|see|more|related|further|watch|listen|miss|next|recommended|previous(?:ly)?|earlier|background"
    r"|auch|lesen?|lesetipps?|mehr|dazu|passend|weiter(?:e|lesen)?|hintergrund|voir|lire|aussi|ecouter|meme sujet|meme theme"
    r"|tambien|lea|leer?|ver|vea|mira|mas|interesar|relacionad[ao]s?|sigue|tambem|leia|veja|mais|anche|leggi|guarda|approfondi\w*|correlat\w+"
    r"|ook|lees|meer|bekijk|gerelateerd|tez|takze|rowniez|czytaj|zobacz|wiecej|przeczytaj|powiazane"
    r"|ocksa|aven|las|mer|se|ogsa|les|mere|relatert\w*|relaterad\w*|myos|lue|katso|lisaa"
    r"|oku\w*|ilgili haber\w*|ayrica|izle\w*|take|ctete|precte\w*|vice|souvisejici|precitajte|olvass\w*|kapcsolodo|ezt is"
    r"|citeste|cititi|vezi|pe aceeasi|baca|simak|lihat|juga|xem|doc them|lien quan|taip pat|skaityk\w*|placiau|lasi|ari|loe|vaata|lisaks"
    r"|procitaj\w*|citaj\w*|pogledaj\w*|povezan\w*|vise|jos|preberite|lexo|lexoni)\b"
    r"|также|читайте|читать|подробнее|смотрите|по теме|еще|також|детальніше|дивіться|за темою|прочетете|вижте|още|прочитај\w*|погледни"
    r"|διαβαστε|δειτε|επισης|σχετικα|اقرا|شاهد|المزيد|ذات صله|ذات صلة|طالع|קרא|עוד|ראו|כתבות|بخوانید|بیشتر|مرتبط|ببینید|پڑھیں|پڑھئے|مزید"
    r"|पढ|देख|यह भी|আরও|পড|関連|続き|あわせて|こちら|相关|相關|延伸|阅读|閱讀|更多|推荐|관련|더보기|อ่าน|เพิ่มเติม"
)
# A label with one of these names topics all the same: `More on: Bridges`.
TOPIC: Final = re.compile(
    r"\b(?:tags?|topics?|subjects?|themes?|themen?|thema|temas?|temat\w*|tema|sujets|argoment\w+|assuntos?|keywords?|on|about|ueber|uber|zu|zum|sur|sobre|su|over|om|onderwerp\w*|amnen|emner|aiheet|konu\w*)\s*$"
    r"|темы|тем[ае]ми|теги|θεματα|标签|標籤|話題|テーマ|태그"
)


# The same subject's articles, whatever the label ends with.
SAME: Final = re.compile(r"\b(?:same|selben|gleichen|meme|mismo|mesmo|stesso|samma|samme)\b")


def _folded(text: str) -> str:
    letters = (letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", "".join(letters))


def is_pointer(label: str) -> bool:
    """Whether a label (`Lire aussi :`) stands before the titles of other articles and not before topics."""
    folded = _folded(label).rstrip(" :：")
    return POINTER.search(folded) is not None and (TOPIC.search(folded) is None or SAME.search(folded) is not None)
