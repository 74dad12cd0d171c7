"""Which lines of a text can be an outlet's furniture, and when they are."""

from __future__ import annotations

import random

import pytest

from pipeline.extract import recurring
from pipeline.extract.recurring import Standing

TEXT = (
    "The harbour council voted on Tuesday to close the swing bridge for two years.",
    "Engineers had found cracks in both of its piers, and divers confirmed them in January.",
    "Ferries will carry passengers and bicycles every ten minutes until the crossing opens.",
    "Shopkeepers on the western bank fear that customers will stay away all summer.",
    "The province pays most of the repairs, which are put at eleven million.",
)
BOX = "Like what you read? Our weekly letter brings the best stories straight to your inbox."


def furniture_of(paragraphs: list[str], title: str = "Bridge closes") -> dict[str, Standing]:
    """The paragraphs that can be furniture, with where they stand."""
    found = recurring.lines(title, "\n\n".join(paragraphs))
    return {paragraphs[line.number]: line.standing for line in found if line.teaches}


def test_a_line_whose_words_are_not_the_article_s_can_be_furniture() -> None:
    assert furniture_of([*TEXT, BOX])[BOX] is Standing.END
    assert furniture_of([*TEXT[:3], "Share", *TEXT[3:], *TEXT[:4], *TEXT])["Share"] is Standing.INSIDE
    assert furniture_of([BOX, *TEXT])[BOX] is Standing.OPENING
    assert furniture_of(["Listen to it", *TEXT])["Listen to it"] is Standing.INSIDE


@pytest.mark.parametrize(
    "paragraph",
    [
        "The harbour council has closed the swing bridge before, most recently when engineers found cracks in 1998.",
        "“Like what you read? Our weekly letter brings the best stories straight to your inbox.”",
        "Team | Played | Won",
        "* * *",
        "An essay without an end, " + "and on and on and on it went " * 30,
    ],
    ids=["background", "quotation", "table", "rule", "long"],
)
def test_text_that_may_recur_is_no_furniture(paragraph: str) -> None:
    assert paragraph not in furniture_of([*TEXT, paragraph])


def test_a_line_that_the_page_repeats_is_no_word_of_the_article() -> None:
    told = furniture_of(["Advertisement", *TEXT[:3], "Advertisement!", *TEXT[3:], "ADVERTISEMENT"])
    assert {"Advertisement", "Advertisement!", "ADVERTISEMENT"} <= told.keys()


def test_words_compare_folded_and_places_apart() -> None:
    end = recurring.lines("", "\n\n".join([*TEXT, "Share this story"]))[-1]
    other = recurring.lines("", "\n\n".join([*TEXT, "SHARE  this story!"]))[-1]
    inside = recurring.lines("", "\n\n".join(["Share this story", *TEXT, *TEXT]))[0]
    assert end.keys == other.keys
    assert end.key != inside.key
    assert inside.key in end.keys  # furniture inside is furniture at the end


def test_scripts_without_spaces_compare_by_pairs() -> None:
    text = ["市议会周二投票决定关闭旧桥两年。", "工程师在桥墩上发现了裂缝。", "渡轮将每十分钟运送乘客。", "商店担心夏天没有顾客。"]
    told = furniture_of([*text, "请扫描二维码关注我们的公众号", "市议会曾经关闭旧桥两年"], title="旧桥关闭")
    assert list(told)[-1] == "请扫描二维码关注我们的公众号"


def test_how_often_a_line_must_recur() -> None:
    recent = list(range(24))
    assert not recurring.is_furniture(Standing.END, [1, 2, 3, 4], recent)
    assert recurring.is_furniture(Standing.END, [100, 200, 300, 400, 500], recent)
    assert not recurring.is_furniture(Standing.INSIDE, range(11), recent)
    assert recurring.is_furniture(Standing.INSIDE, range(12), recent)
    assert not recurring.is_furniture(Standing.INSIDE, range(5), range(5))
    assert not recurring.is_furniture(Standing.OPENING, range(17), range(17))


def test_what_mostly_repeats_another_text_teaches_nothing() -> None:
    found = recurring.lines("Bridge closes", "\n\n".join([*TEXT, BOX]))
    assert recurring.is_reprint(found, {line.key for line in found})
    assert recurring.taught(found, {line.key for line in found}) == ()
    assert not recurring.is_reprint(found, {found[-1].key})
    assert not recurring.is_reprint((), set())


def test_what_an_article_s_own_sentence_follows_does_not_count_again() -> None:
    own = "Nobody knows yet who will pay for what the storm has broken there."

    def counts(*after: str, known: bool) -> bool:
        found = recurring.lines("Bridge closes", "\n\n".join([*TEXT, *TEXT, BOX, *after]))
        box = found[2 * len(TEXT)]
        return box in recurring.taught(found, {box.key} if known else set())

    assert counts(own, known=False)  # it may turn out to be furniture itself
    assert not counts(own, known=True)
    assert counts("Harbour, bridges", known=True)
    assert counts(known=True)


def test_a_text_is_never_left_empty() -> None:
    body = f"{TEXT[0]}\n\n{BOX}\n\nShare"
    found = recurring.lines("Bridge closes", body)
    assert recurring.split(body, found, {line.key for line in found[1:]}) == (TEXT[0], (BOX, "Share"))
    assert recurring.split(body, found, {line.key for line in found}) == (body, ())
    assert recurring.split(body, found, {line.key for line in found[:2]}) == (body, ())


@pytest.mark.timeout(10)
def test_a_long_text_takes_no_seconds() -> None:
    chance = random.Random(1)
    words = [f"word{number}" for number in range(5000)]
    body = "\n\n".join(" ".join(chance.choices(words, k=20)) for _ in range(2_000))
    assert len(recurring.lines("A title", body)) == 2_000
