"""What changed between two texts."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import changes
from pipeline.changes import Change, Piece


def removed(text: str) -> Piece:
    return Piece(change=Change.REMOVED, text=text)


def added(text: str) -> Piece:
    return Piece(change=Change.ADDED, text=text)


def same(text: str) -> Piece:
    return Piece(change=Change.SAME, text=text)


def test_words_inside_a_sentence() -> None:
    assert changes.pieces("eleven ships wait", "fourteen ships wait") == (removed("eleven"), added("fourteen"), same(" ships wait"))


def test_a_rewritten_clause_reads_as_one() -> None:
    assert changes.pieces("He said no today", "He denied it today") == (same("He "), removed("said no"), added("denied it"), same(" today"))


def test_unchanged_paragraphs_are_left_out_but_counted() -> None:
    old = "one\n\ntwo\n\nthree\n\nfour\n\nfive old words here\n\nsix\n\nseven\n\neight"
    found = changes.compare(old, old.replace("five old words", "five new words"))
    assert [(paragraph.skipped, paragraph.change) for paragraph in found.paragraphs] == [
        (3, Change.SAME),
        (0, Change.SAME),
        (0, Change.SAME),
    ]
    assert removed("old") in found.paragraphs[1].pieces
    assert found.skipped_at_end == 2


def test_a_new_paragraph_and_a_lost_one() -> None:
    found = changes.compare("Alpha beta gamma.\n\nIt rains.", "Alpha beta gamma.\n\nSomething else altogether.")
    assert [paragraph.change for paragraph in found.paragraphs] == [Change.SAME, Change.REMOVED, Change.ADDED]


def test_same_texts_have_no_difference() -> None:
    assert changes.compare("a\n\nb", "a\n\n b").nothing is False
    assert changes.compare("a\n\nb", "a\n\nb").nothing
    assert changes.compare("", "").nothing


def test_a_huge_rewritten_paragraph_takes_no_minutes() -> None:
    old, new = (" ".join(f"{word}{number}" for number in range(5000)) for word in ("a", "b"))
    assert changes.pieces(old, new) == (removed(old), added(new))


@pytest.mark.timeout(20)
@pytest.mark.parametrize("words", [300, 1], ids=["rewritten", "alike"])
def test_a_huge_rewritten_text_takes_no_minutes(words: int) -> None:
    chance = random.Random(1)

    def text() -> str:
        return "\n\n".join(" ".join(f"word{chance.randrange(words)}" for _ in range(1 + chance.randrange(25))) for _ in range(3000))

    assert changes.compare(text(), text()).paragraphs


def test_title_and_text_together() -> None:
    found = changes.between("Eleven ships", "One.\n\nTwo words.", "Twelve ships", "One.\n\nTwo words.")
    assert found.title == (removed("Eleven"), added("Twelve"), same(" ships"))
    assert found.body.nothing
    assert changes.between("Ships", "One.", "Ships", "Two.").title == ()


@given(st.text(alphabet="ab .\n", max_size=60), st.text(alphabet="ab .\n", max_size=60))
def test_both_texts_can_be_read_from_the_difference(old: str, new: str) -> None:
    found = changes.pieces(old, new)
    assert "".join("".join(piece.text for piece in found if piece.change is not Change.ADDED).split()) == "".join(old.split())
    assert "".join("".join(piece.text for piece in found if piece.change is not Change.REMOVED).split()) == "".join(new.split())
