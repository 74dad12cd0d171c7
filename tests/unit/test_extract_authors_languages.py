"""Bylines of many languages name people; roles, places, desks and the reporters of other articles are none."""

# Names and words of many scripts.
# ruff: noqa: RUF001

from __future__ import annotations

import pytest

from pipeline.extract.names import names_in
from tests.sentences import TEXT
from tests.unit.test_extract_authors import H1, decided


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("Ein Gastbeitrag von Jana Rot", ("Jana Rot",)),
        ("Das Interview führte Jana Rot", ("Jana Rot",)),
        ("Von unserem Korrespondenten Jörg Öztürk", ("Jörg Öztürk",)),
        ("Text und Fotos: Jana Rot", ("Jana Rot",)),
        ("Propos recueillis par Jeanne Roux", ("Jeanne Roux",)),
        ("Propos recueillis à Lyon par Jeanne Roux", ("Jeanne Roux",)),
        ("A cura di Gianna Rossi", ("Gianna Rossi",)),
        ("Dal nostro inviato Gianni Rossi", ("Gianni Rossi",)),
        ("Un artículo de Juana Ruiz", ("Juana Ruiz",)),
        ("Por Juana Ruiz y Pedro Núñez", ("Juana Ruiz", "Pedro Núñez")),
        ("Texto: Joana Reis", ("Joana Reis",)),
        ("Door onze verslaggever Jan de Rooij", ("Jan de Rooij",)),
        ("Opracowała Anna Nowak", ("Anna Nowak",)),
        ("Rozmawiał Jan Nowak", ("Jan Nowak",)),
        ("Připravila Jana Nováková", ("Jana Nováková",)),
        ("Szerző: Kovács Anna", ("Kovács Anna",)),
        ("Piše: Ana Horvat", ("Ana Horvat",)),
        ("Пише: Ана Јовановић", ("Ана Јовановић",)),
        ("Автор: Анна Петрова", ("Анна Петрова",)),
        ("Текст: Анна Петрова", ("Анна Петрова",)),
        ("Γράφει η Άννα Παππά", ("Άννα Παππά",)),
        ("Haber: AYŞE ÇİĞDEM YILDIZ", ("Ayşe Çiğdem Yıldız",)),
        ("Teksti: Anna Virtanen", ("Anna Virtanen",)),
        ("بقلم: أحمد سالم", ("أحمد سالم",)),
        ("نویسنده: سارا رضایی", ("سارا رضایی",)),
        ("מאת: דנה כהן", ("דנה כהן",)),
        ("लेखक: अनिल शर्मा", ("अनिल शर्मा",)),
        ("Penulis: Budi Santoso", ("Budi Santoso",)),
        ("Tác giả: Nguyễn Văn An", ("Nguyễn Văn An",)),
    ],
)
def test_lines_near_the_headline(line: str, people: tuple[str, ...]) -> None:
    assert decided(f"{H1}<p>{line}</p>{TEXT}") == people


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("本报记者张三", ["张三"]),
        ("记者 张三 李四", ["张三", "李四"]),
        ("기자 홍길동", ["홍길동"]),
        ("홍길동 선임기자", ["홍길동"]),
        ("山田太郎 編集委員", ["山田太郎"]),
        ("By Jane Roe, Assistant Sports Editor, New York", ["Jane Roe"]),
        ("Jane Roe in Berlin", ["Jane Roe"]),
        ("Jane Roe, Addis Ababa", ["Jane Roe"]),
        ("By Ahmed al-Sharaa", ["Ahmed al-Sharaa"]),
        ("By Gabriele d'Angelo and JANE MCROE", ["Gabriele d'Angelo", "Jane McRoe"]),
        ("ÇİĞDEM IŞIK ve MEHMET KAYA", ["Çiğdem Işık", "Mehmet Kaya"]),
        ("New Delhi", []),
        ("नई दिल्ली", []),
        ("MDR", []),
        ("संवाददाता", []),
        ("온라인뉴스팀", []),
        ("责任编辑：张三", []),
        ("وكالات", []),
        ("Redakcja", []),
        ("Toà soạn", []),
        ("Posts by this author", []),
    ],
)
def test_names_in_bylines(text: str, people: list[str]) -> None:
    assert names_in(text, sites=frozenset({"mdr"})) == people


@pytest.mark.parametrize(
    ("paragraph", "people"),
    [
        ("(서울=하버뉴스) 홍길동 기자 = 정부는 화요일 국경 검문소를 다시 열기로 합의했다고 밝혔다.", ("홍길동",)),
        ("[하버일보=홍길동·김철수 기자] 정부는 화요일 국경 검문소를 다시 열기로 합의했다고 밝혔다.", ("홍길동", "김철수")),
        ("【記者王小明／台北報導】政府週二同意重新開放邊境口岸。", ("王小明",)),
        ("（记者 张三、李四）政府周二同意重新开放边境口岸。", ("张三", "李四")),
        ("取材・文 山田太郎", ("山田太郎",)),
        # Whoever is asked, or takes a picture, did not write.
        ("记者获悉，政府周二同意重新开放边境口岸。", ()),
        ("记者张三摄", ()),
    ],
)
def test_reporters_within_lines_of_east_asian_news(paragraph: str, people: tuple[str, ...]) -> None:
    assert decided(f"{H1}<p>{paragraph}</p>{TEXT}") == people


def test_two_reporters_of_different_lines_are_none() -> None:
    far = "<p>正文。</p>" * 200
    assert decided(f"{H1}{TEXT}{far}<p>（记者 张三）</p><p>（记者 李四）</p>") == ()
    assert decided(f"{H1}{TEXT}{far}<p>（记者 张三）</p>") == ("张三",)


def test_a_nested_byline_after_by_is_read_whole() -> None:
    assert decided(f"{H1}<div>By <span><b>Jane</b> Roe</span></div>{TEXT}") == ("Jane Roe",)


def test_a_desk_is_no_person_and_an_account_of_the_site_nobody() -> None:
    assert decided(f"{H1}<p>By ITV Newsroom Services</p>{TEXT}") in {(), ("ITV Newsroom Services",)}
    assert decided(f"{H1}<p>By Site Admin</p>{TEXT}") == ()
