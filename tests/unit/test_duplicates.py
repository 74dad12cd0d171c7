"""Copies are found and told from texts that merely share a passage."""

from __future__ import annotations

import random
import struct
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import duplicates, words
from pipeline.duplicates import compare, fingerprint, likely
from pipeline.models import CopyKind

VOCABULARY = [f"word{number}" for number in range(3000)]


def prose(seed: int, length: int) -> list[str]:
    return random.Random(seed).choices(VOCABULARY, k=length)


def joined(*parts: list[str]) -> str:
    return " ".join(word for part in parts for word in part)


WIRE = prose(1, 400)
GOLDEN_SHA256 = "82f791bea315c971f32be94535770338cfbc96036cdaac7e1bf3a3fd05964281"
GOLDEN_SIGNATURE = (3237691454, 3230619126, 3190686803, 3448217988)
GOLDEN_BANDS = (-7362075613467198407, -7496780248019452784, -2012651680676645411)


def test_case_accents_and_punctuation_do_not_matter() -> None:
    one, other = fingerprint("Vučić said: “It\u2019s over, d'accord?”"), fingerprint("VUCIC SAID 'It's over' d\u2019accord")
    assert one == other
    assert compare("Łódź — Straße", "lodz strasse") == (CopyKind.COPY, 1.0)


def test_words_of_scripts_without_spaces_are_characters() -> None:
    assert words.split("中国人 said हिन्दी 한국어 สวัสดี") == ["中", "国", "人", "said", "हिन्दी", "한국어", "ส", "วั", "ส", "ดี"]


def test_stored_bytes_never_change() -> None:
    # Fingerprints are kept for a month: other bytes would find nothing of what is stored.
    found = fingerprint("The quick brown fox jumps over the lazy dog near the river bank.")
    assert found.text_sha256.hex() == GOLDEN_SHA256
    assert struct.unpack("<128I", found.minhash)[:4] == GOLDEN_SIGNATURE
    assert found.bands[:3] == GOLDEN_BANDS
    assert len(found.bands) == 42
    assert all(-(2**63) <= key < 2**63 for key in found.bands)


def test_another_process_makes_the_same_fingerprint() -> None:
    code = "from pipeline.duplicates import fingerprint; f = fingerprint('one two three four five six'); print(f.minhash.hex(), f.bands)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    found = fingerprint("one two three four five six")
    assert printed == f"{found.minhash.hex()} {found.bands}"


@pytest.mark.parametrize(
    ("text", "share"),
    [
        pytest.param(joined(WIRE[:200]), 1.0, id="cut to half"),
        pytest.param(joined(prose(2, 40), WIRE), 0.9, id="a lead of its own before it"),
        pytest.param(joined(prose(3, 15), WIRE[15:]), 0.96, id="another first sentence"),
        pytest.param(joined([word if place % 40 else "edited" for place, word in enumerate(WIRE)]), 0.97, id="a word in 40 edited"),
        pytest.param(joined(WIRE[:150], prose(4, 25), WIRE[150:]), 0.94, id="a paragraph put in"),
    ],
)
def test_wire_copies_are_copies_and_are_found(text: str, share: float) -> None:
    kind, shared = compare(text, joined(WIRE))
    assert kind is CopyKind.COPY
    assert shared == pytest.approx(share, abs=0.02)
    one, other = fingerprint(text), fingerprint(joined(WIRE))
    assert set(one.bands) & set(other.bands)
    assert likely(one, {7: other}) == [7]


def test_share_is_of_the_first_texts_words() -> None:
    lead = prose(5, 100)
    assert compare(joined(lead, WIRE), joined(WIRE))[1] == pytest.approx(0.8, abs=0.01)
    assert compare(joined(WIRE), joined(lead, WIRE))[1] == 1.0


@pytest.mark.parametrize("own", [30, 60, 150])
def test_a_shared_footer_makes_no_copies(own: int) -> None:
    footer = prose(6, 200)
    assert compare(joined(prose(7, own), footer), joined(prose(8, own + 10), footer))[0] is None


@pytest.mark.parametrize("own", [60, 150])
def test_a_shared_beginning_of_different_texts_makes_no_copies(own: int) -> None:
    header = prose(6, 200)
    assert compare(joined(header, prose(7, own)), joined(header, prose(8, own + 10)))[0] is None


def test_prints_of_one_text_may_each_end_as_they_like() -> None:
    assert compare(joined(WIRE[:240], prose(7, 30)), joined(WIRE[:240], prose(8, 38)))[0] is CopyKind.COPY


def test_different_articles_share_nothing() -> None:
    assert compare(joined(prose(9, 300)), joined(prose(10, 300))) == (None, 0.0)
    assert likely(fingerprint(joined(prose(9, 300))), {1: fingerprint(joined(prose(10, 300)))}) == []


def test_rewritten_from_several_passages_is_derived() -> None:
    text = joined(WIRE[:90], prose(11, 30), WIRE[120:220], prose(12, 40), WIRE[300:380], prose(13, 20))
    kind, share = compare(text, joined(WIRE, prose(14, 300)))
    assert kind is CopyKind.DERIVED
    assert 0.7 < share < 0.8


def test_near_empty_texts_are_copies_only_if_identical() -> None:
    assert compare("Watch the video below.", "Watch the video below!") == (CopyKind.COPY, 1.0)
    assert compare("Watch the video below now or later today", "Watch the video below now or later tonight")[0] is None
    assert compare("Watch", "Watch the video")[0] is None
    notice = "This report can not be shown in your region for legal reasons we are sorry"
    assert compare(f"{notice} today", f"{notice} now")[0] is None


@pytest.mark.parametrize("empty", ["", " \n", "…!"])
def test_texts_without_words_are_never_copies(empty: str) -> None:
    found = fingerprint(empty)
    assert (found.words, found.bands, found.minhash) == (0, (), b"")
    assert compare(empty, empty) == (None, 0.0)
    assert likely(found, {1: fingerprint(joined(WIRE))}) == []


def test_the_likeliest_comes_first_and_the_oldest_of_equals() -> None:
    copy, cut = fingerprint(joined(WIRE)), fingerprint(joined(WIRE[:250]))
    others = {9: copy, 3: cut, 5: copy, 4: fingerprint(joined(prose(15, 300)))}
    assert likely(fingerprint(joined(WIRE)), others) == [5, 9, 3]
    assert likely(fingerprint(joined(WIRE)), others, most=1) == [5]


def test_a_megabyte_takes_well_under_a_second() -> None:
    text = joined(prose(16, 140_000))
    assert len(text) > 1_000_000
    started = time.process_time()
    fingerprint(text)
    compare(text, text[:-2000] + " other")
    assert time.process_time() - started < 2


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_texts_compare(one: str, other: str) -> None:
    kind, share = compare(one, other)
    assert 0 <= share <= 1
    assert kind is None or share > 0
    assert duplicates.fingerprint(one).words == len(words.split(one))
