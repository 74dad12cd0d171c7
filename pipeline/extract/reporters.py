"""Reporters whom East Asian news name within a line: before the first sentence, after the last, or among source and date."""

# Words and marks of these languages.
# ruff: noqa: RUF001, RUF003

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from lxml.html import HtmlElement

from pipeline.extract.names import ReadNames

MAX_LINE: Final = 100  # characters of a line that is no paragraph
LEAD: Final = 70  # characters of a paragraph that may hold a byline

_HAN: Final = r"[\u4e00-\u9fff]{2,4}"
_HANS: Final = rf"(?P<who>{_HAN}(?:[、，,\s]\s?{_HAN})*?)"
_KANA: Final = r"[\u3005\u30f6\u4e00-\u9fff\u3040-\u30ff]"
_HANGULS: Final = r"(?P<who>[\uac00-\ud7a3]{2,4}(?:\s?[·,]\s?[\uac00-\ud7a3]{2,4})*)"
TRIGGERS: Final = ("기자", "특파원", "记者", "記者", "文", "作者")
# As in `(서울=연합뉴스) 홍길동 기자 =` and `[한국일보=홍길동 기자]`, or before an address.
KOREAN: Final = re.compile(
    rf"(?<![\uac00-\ud7a3]){_HANGULS}\s?(?:(?:선임|수습|인턴|객원|전문)\s?)?(?:기자|특파원)\s*(?=[=\])】]|$|[\w.+-]{{2,40}}@)"
)
# As in `【記者王小明／台北報導】` and `（记者 张三、李四）`.
BRACKETED: Final = re.compile(rf"[【\[(（〔][^】\])）〕]{{0,12}}?(?:记者|記者)\s?[:：]?\s?{_HANS}\s?(?=[/／╱|】\])）〕])")
PLACED: Final = re.compile(rf"(?:记者|記者)\s?{_HANS}[/／╱][\u4e00-\u9fff]{{2,6}}(?:報導|報道|报道)")
LABELLED: Final = re.compile(rf"(?:记者|記者|作者|撰文)(?:\s?[:：]\s?|\s){_HANS}(?=$|[\s)）】\]|/／\d])")
# As in `取材・文 山田太郎`.
JAPANESE: Final = re.compile(
    rf"(?:取材・文|文・写真|文・構成|執筆|取材・執筆)(?:\s?[:：/／=＝]\s?|\s)(?P<who>{_KANA}{{2,8}}(?:\s{_KANA}{{1,4}})?)(?=$|[\s)）】\]|/／、])"
)
PICTURE: Final = re.compile("사진|그래픽|영상|제공|摄|攝|撮影|图片|圖")
# What follows the word for a reporter in a sentence.
NO_NAMES: Final = re.compile(
    "[获獲]悉|了解|表示|采[访訪]|[报報][导導道]|[现現][场場]|注意|[发發][现現]|提[问問]|[协協][会會]|招待|编辑|編輯|综合|綜合|电|電"
)


def _matches(text: str) -> Iterator[re.Match[str]]:
    """Bylines in a line or at a paragraph's beginning, the surest form first."""
    start = text[:LEAD]
    for pattern in (BRACKETED, PLACED, KOREAN):
        yield from pattern.finditer(start)
    if len(text) <= MAX_LINE:
        yield from LABELLED.finditer(text)
        yield from JAPANESE.finditer(text)


def _named(text: str, read: ReadNames) -> Sequence[str]:
    for match in _matches(text):
        around = text[max(0, match.start() - 6) : match.end() + 4]
        if not PICTURE.search(around) and not NO_NAMES.search(match["who"]):
            names = re.split(r"[、，,·\s]+", match["who"]) if match.re is not JAPANESE else [match["who"]]
            people = [person for name in names for person in read(name, True)]
            if len(people) == len(names):
                return people
    return ()


def credited(elements: Iterable[HtmlElement], read: ReadNames, *, is_strange: Callable[[HtmlElement], bool]) -> Iterator[Sequence[str]]:
    """Whom the texts of elements credit, one after the other.

    Args:
        elements: in the page's order.
        read: reads names.
        is_strange: whether an element belongs to a comment or to another article.

    """
    for element in elements:
        own = element.text
        if not own or not any(word in own for word in TRIGGERS):
            continue
        people = _named(" ".join(own.split()), read)
        if people and not is_strange(element):
            yield people
