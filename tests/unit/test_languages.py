"""The text decides its language; a label helps where the text can't."""

from __future__ import annotations

import pytest

from pipeline import languages


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The ministers agreed on Tuesday to reopen the border crossing after a week of talks.", "en"),
        ("Los ministros acordaron el martes reabrir el paso fronterizo tras una semana de conversaciones.", "es"),
        ("Die Minister einigten sich am Dienstag darauf, den Grenzübergang wieder zu öffnen.", "de"),
        ("Министры договорились во вторник вновь открыть пограничный переход после недели переговоров.", "ru"),
        ("部长们周二同意在经过一周的会谈后重新开放边境口岸货车可以立即通行。", "zh"),
        ("اتفق الوزراء يوم الثلاثاء على إعادة فتح المعبر الحدودي بعد أسبوع من المحادثات.", "ar"),
    ],
)
def test_identify(text: str, language: str) -> None:
    assert languages.identify(text) == language


@pytest.mark.parametrize("text", ["", "   ", "OK", "12 34 56 78 " * 20, "\ud800" * 10])
def test_too_little_to_tell(text: str) -> None:
    assert languages.identify(text) is None


@pytest.mark.parametrize(
    ("label", "code"),
    [("en-US", "en"), ("pt_BR", "pt"), ("nb-NO", "no"), (" DE ", "de"), ("ua", "uk"), ("english", None), ("", None), (None, None)],
)
def test_tag(label: str | None, code: str | None) -> None:
    assert languages.tag(label) == code


def test_settle() -> None:
    german = "Die Minister einigten sich am Dienstag darauf, den Grenzübergang wieder zu öffnen, sagte eine Sprecherin."
    assert languages.settle(german, ["en-US"]) == "de"
    assert languages.settle("Kurz.", [None, "", "de-AT"]) == "de"
    assert languages.settle("Kurz.", []) is None
    serbian = "Ministri su se u utorak dogovorili da ponovo otvore granični prelaz posle nedelju dana razgovora o tome."
    assert languages.settle(serbian, ["sr-Latn"]) == "sr"
