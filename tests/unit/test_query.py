"""The query syntax without an engine: what is understood, what is refused and where, and what it compiles to."""

# ruff: noqa: RUF001 - letters of many scripts are what is tested

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import query
from pipeline.errors import QueryError
from pipeline.query import limits, tokens
from pipeline.query.fields import FIELDS
from pipeline.query.tree import All, Days, Everything, LastDays, Near, Not, Stem, Value, Words
from pipeline.query.tree import Any as AnyOf

NOW = datetime(2025, 3, 10, 23, 30, tzinfo=UTC)


def word(text: str, at: int, field: str | None = None) -> Words:
    return Words(at=at, text=text, count=1, field=field)


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("", Everything()),
        ("\t\n", Everything()),
        ("a", word("a", 1)),
        ("a b", All(parts=(word("a", 1), word("b", 3)))),
        ("a AND b c", All(parts=(word("a", 1), word("b", 7), word("c", 9)))),
        ("a OR b c", AnyOf(parts=(word("a", 1), All(parts=(word("b", 6), word("c", 8)))))),
        ("a b OR c", AnyOf(parts=(All(parts=(word("a", 1), word("b", 3))), word("c", 8)))),
        ("a OR b OR c", AnyOf(parts=(word("a", 1), word("b", 6), word("c", 11)))),
        ("a -b", All(parts=(word("a", 1), Not(part=word("b", 4))))),
        ("a NOT b", All(parts=(word("a", 1), Not(part=word("b", 7))))),
        ("-a b", All(parts=(Not(part=word("a", 2)), word("b", 4)))),
        ("(a OR b) c", All(parts=(AnyOf(parts=(word("a", 2), word("b", 7))), word("c", 10)))),
        ("a and b", All(parts=(word("a", 1), word("and", 3), word("b", 7)))),
        ("ANDroid", word("ANDroid", 1)),
        ("a(b)c", All(parts=(word("a", 1), word("b", 3), word("c", 5)))),
        ("pro-Trump", Words(at=1, text="pro-Trump", count=2)),
        ("10:30", Words(at=1, text="10:30", count=2)),
        ('"a b  c"', Words(at=1, text="a b  c", count=3)),
        ('"a \\"b\\""', Words(at=1, text='a  "b "', count=2)),
        ("tari*", Words(at=1, text="", count=0, pattern="tari*")),
        ('"new yor?"', Words(at=1, text="new", count=1, pattern="yor?")),
        ("pro-tru*", Words(at=1, text="pro-", count=1, pattern="tru*")),
        ('"really\\?"', Words(at=1, text="really", count=1)),
        ("~talks", Stem(at=1, text="talks")),
        ("title:~talks", Stem(at=7, text="talks", field="title")),
        ("a NEAR/3 b", Near(at=3, distance=3, ordered=False, left=(word("a", 1),), right=(word("b", 10),))),
        ("a ONEAR/3 (b OR c)", Near(at=3, distance=3, ordered=True, left=(word("a", 1),), right=(word("b", 12), word("c", 17)))),
        ("a NEAR/3 b c", All(parts=(Near(at=3, distance=3, ordered=False, left=(word("a", 1),), right=(word("b", 10),)), word("c", 12)))),
        ("title:a b", All(parts=(word("a", 7, "title"), word("b", 9)))),
        ("title:(a b)", All(parts=(word("a", 8, "title"), word("b", 10, "title")))),
        ("Outlet:Post", Value(at=8, field="outlet", text="Post")),
        ('outlet:"The Post"', Value(at=8, field="outlet", text="The Post")),
        ("outlet:po*", Value(at=8, field="outlet", text="po*", pattern="po*")),
        ('outlet:"O\\*NET \\"x\\""', Value(at=8, field="outlet", text='O*NET "x"')),
        ("org:org:nato", Value(at=5, field="org", text="org:nato")),
        ("author:doe", Value(at=8, field="author", text="doe", words=word("doe", 8, "author"))),
        ("seen:2025-01-31", Days(at=6, field="seen", first=date(2025, 1, 31), last=date(2025, 1, 31))),
        ("published:2024-2", Days(at=11, field="published", first=date(2024, 2, 1), last=date(2024, 2, 29))),
        ("published:2024", Days(at=11, field="published", first=date(2024, 1, 1), last=date(2024, 12, 31))),
        ("published:2024..2025-01", Days(at=11, field="published", first=date(2024, 1, 1), last=date(2025, 1, 31))),
        ("published:..2025-01-31", Days(at=11, field="published", last=date(2025, 1, 31))),
        ("published:>2025-01", Days(at=11, field="published", first=date(2025, 2, 1))),
        ("published:>=2025-01", Days(at=11, field="published", first=date(2025, 1, 1))),
        ("published:<2025-01", Days(at=11, field="published", last=date(2024, 12, 31))),
        ("published:<=2025-01", Days(at=11, field="published", last=date(2025, 1, 31))),
        ('published:"7d"', LastDays(at=11, field="published", days=7)),
    ],
)
def test_query_is_understood(text: str, root: object) -> None:
    assert query.parse(text).root == root


@pytest.mark.parametrize(
    ("text", "position", "problem"),
    [
        ("tariff AND", 11, "must follow AND"),
        ("tariff OR ", 10, "must follow OR"),
        ("NOT", 4, "must follow NOT"),
        ("AND tariff", 1, "before AND"),
        ("a OR OR b", 6, "between OR and OR"),
        ("a AND OR b", 7, "between AND and OR"),
        ("( OR a)", 3, "between ( and OR"),
        ("()", 2, "between ( and )"),
        ("(a (b", 4, "never closed"),
        ('("(" a', 1, "never closed"),
        ("a)", 2, "closes nothing"),
        ("(a))", 4, "closes nothing"),
        ('a "b c', 3, "no partner"),
        ("a “b c", 3, "no partner"),
        ("a b”", 4, "no partner"),
        ('""', 1, "no letter or digit"),
        ("fish & chips", 6, "& has no letter or digit"),
        ("- a", 1, "- has no letter"),
        ("a* b", 1, "at least 2 letters"),
        ("*", 1, "at least 2 letters"),
        ("a ?bc", 3, "at least 2 letters"),
        ('"new y* city"', 6, "only the last word"),
        ("ab*c*d*e*f*g*", 1, "at most 5 wildcards"),
        ("a " + "b" * 100 + "*", 3, "at most 100 characters"),
        ("~self-made", 1, "one word without wildcards"),
        ("~tar*", 1, "one word without wildcards"),
        ('~"a b"', 2, "between ~ and"),
        ("outlet:~post", 8, "~ does not work there"),
        ("seen:~x", 6, "~ does not work there"),
        ("a NEAR b", 3, "needs a distance from 1 to 100"),
        ("a NEAR/0 b", 3, "needs a distance from 1 to 100"),
        ("a NEAR/101 b", 3, "needs a distance from 1 to 100"),
        ("a ONEAR/x b", 3, "needs a distance from 1 to 100"),
        ("NEAR/3 b", 1, "before NEAR/3"),
        ("a NEAR/3", 9, "must follow NEAR/3"),
        ("a NEAR/3 -b", 10, "between NEAR/3 and -"),
        ("a NEAR/3 NOT b", 10, "between NEAR/3 and NOT"),
        ("a NEAR/3 (b c)", 11, "takes a word, a prefix, a phrase"),
        ("a NEAR/3 ~b", 10, "takes a word, a prefix, a phrase"),
        ("title:a NEAR/3 b", 1, "takes a word, a prefix, a phrase"),
        ("a NEAR/3 b NEAR/3 c", 12, "two operands only"),
        ("(a NEAR/3 b) NEAR/3 c", 4, "takes a word, a prefix, a phrase"),
        ("outlet:(a NEAR/3 b)", 11, "works in title: and body:"),
        ("a foo:bar", 3, "there is no field foo:"),
        ("https://example.org/x", 1, "there is no field https:"),
        ("title:", 7, "must follow title:"),
        ("title:-a", 7, "between title: and -"),
        ("title:(body:a)", 8, "body: can't stand within title:"),
        ("outlet:(a b)", 9, "only one outlet"),
        ('outlet:" "', 8, "needs a value"),
        ("outlet:*post", 8, "can't begin with a wildcard"),
        ("outlet:" + "a" * 501, 8, "more than 500 characters"),
        ("copies:some", 8, "an article's id"),
        ("published:tomorrow", 11, "tomorrow is no date"),
        ("published:2025-02-30", 11, "there is no date 2025-02-30"),
        ("published:0000", 11, "there is no date 0000"),
        ("published:..", 11, "at least one side"),
        ("published:2025-02..2025-01", 11, "ends before it begins"),
        ("published:>=", 11, "is no date"),
        ("published:>9999-12-31", 11, "no date lies beyond"),
        ("published:36501d", 11, "more than the 36,500 days"),
        ("published:(2024 OR 2025)", 12, "without parentheses"),
        ("a\udc80", 2, "no character"),
        ("a " * 5_001, 10_001, "at most 10,000"),
        ("(" * 11 + "a" + ")" * 11, 1, "deeper than the 10 levels"),
        ("NOT " * 11 + "a", 1, "deeper than the 10 levels"),
        ("a " * 1_001, 2_001, "more than the 1,000 words"),
        ("~a " * 51, 151, "more than the 1,000 words"),
        ("({0}) NEAR/2 ({0})".format(" OR ".join("a" * 21)), 105, "441 pairs, and at most 400"),
    ],
)
def test_refused_with_place_and_reason(text: str, position: int, problem: str) -> None:
    with pytest.raises(QueryError) as refused:
        query.parse(text)
    assert problem in str(refused.value)
    assert refused.value.facts["position"] == position
    assert refused.value.exit_code == 2


def test_unknown_field_lists_the_fields() -> None:
    with pytest.raises(QueryError) as refused:
        query.parse("foo:bar")
    assert all(f"{name}:" in str(refused.value) for name in FIELDS)


@pytest.mark.parametrize(
    ("text", "problem"), [("", "something to look for"), ("-a", "only excludes"), ("-a OR (NOT b -c)", "only excludes")]
)
def test_alerts_need_something_to_look_for(text: str, problem: str) -> None:
    query.parse(text)
    with pytest.raises(QueryError, match=problem):
        query.parse(text, for_alert=True)


@pytest.mark.parametrize("text", ["a", "a -b", "NOT NOT a", "outlet:x", "a OR b"])
def test_alerts_take_what_looks_for_something(text: str) -> None:
    assert query.parse(text, for_alert=True) == query.parse(text)


PIECES = st.sampled_from(
    ["AND", "OR", "NOT", "NEAR/3", "ONEAR/", "(", ")", '"', "“", "”", "-", "~", "*", "?", "\\", "a", "bc*", "é", "東", ":", "..", ">="]
    + [f"{name}:" for name in FIELDS]
    + ["2025-01-31", "9999-12-31", "7d", "\u2028", "\x00", "\x1f", "’", "."]
)


@given(
    st.one_of(
        st.text(),
        st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=30).flatmap(
            lambda parts: st.sampled_from([" ".join(parts), "".join(parts)])
        ),
    )
)
@settings(max_examples=400, deadline=None)
def test_parsing_ends_in_a_query_or_in_a_query_error(text: str) -> None:
    place = 1
    asked = None
    try:
        asked = query.parse(text)
    except QueryError as error:
        place = int(str(error.facts["position"]))
    assert 1 <= place <= len(text) + 1
    if asked is None:
        return
    json.dumps(query.compile(asked, now=NOW)).encode()
    assert query.clauses(asked) >= 1


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_quoted_values_come_back(text: str) -> None:
    expected = tokens.composed(text).strip()
    if expected and len(expected) <= limits.VALUE:
        found = query.parse(f"outlet:{query.quote(text)}").root
        assert isinstance(found, Value)
        assert (found.text, found.pattern) == (expected, None)


def compiled(text: str) -> dict[str, Any]:
    return query.compile(query.parse(text), now=NOW)


def test_relative_days_begin_at_midnight_utc() -> None:
    assert compiled("published:7d")["constant_score"]["filter"] == {"range": {"date": {"gte": "2025-03-03T00:00:00Z"}}}
    assert compiled("seen:36500d")["constant_score"]["filter"]["range"]["seen_at"]["gte"].startswith("1925-")


def test_days_include_their_last_one() -> None:
    wanted = {"range": {"date": {"gte": "2025-01-01T00:00:00Z", "lt": "2025-02-01T00:00:00Z"}}}
    assert compiled("published:2025-01-01..2025-01-31")["constant_score"]["filter"] == wanted
    assert compiled("published:..9999-12-31")["constant_score"]["filter"] == {"range": {"date": {}}}


def test_distance_is_in_positions() -> None:
    rule = compiled("body:(a ONEAR/4 b)")["intervals"]["body"]["all_of"]
    assert (rule["ordered"], rule["max_gaps"]) == (True, 3)


def test_clauses_are_counted_and_stems_noticed() -> None:
    assert query.clauses(query.parse("a")) < query.clauses(query.parse('"a b c"')) < query.clauses(query.parse("~a"))
    assert query.clauses(query.parse("(a OR b) NEAR/2 (c OR d)")) > query.clauses(query.parse("a NEAR/2 b")) * 3
    assert query.uses_stems(query.parse("a -(b OR ~c)"))
    assert not query.uses_stems(query.parse("a -(b OR c)"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("U.S. and E.U.", ["U.S", "and", "E.U"]),
        ("Trump's don’t 'tis", ["Trump's", "don’t", "tis"]),
        ("a:b c/d e-f g_h", ["a", "b", "c", "d", "e", "f", "g", "h"]),
        ("1,000.50 x..y ...", ["1,000.50", "x", "y"]),
        ("東京abcひ", ["東", "京", "abc", "ひ"]),
        ("हिन्दी ไทย ที่", ["हिन्दी", "ไ", "ท", "ย", "ที่"]),
        ("x" * 450, ["x" * 200, "x" * 200, "x" * 50]),
    ],
)
def test_text_is_cut(text: str, words: list[str]) -> None:
    assert [token.text for token in tokens.cut(tokens.composed(text))] == words
