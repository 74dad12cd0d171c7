"""Filters are edits of the query, and taking one away gives back the query that was there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import query as syntax
from pipeline.query import tree
from pipeline.web import refining


@pytest.mark.parametrize(
    ("field", "value", "part"),
    [
        ("language", "en", "language:en"),
        ("outlet", "Global Research", 'outlet:"Global Research"'),
        ("outlet", 'The "Post"', r'outlet:"The \"Post\""'),
        ("topic", "what?", r'topic:"what\?"'),
        ("label", "OR", 'label:"OR"'),
        ("outlet", "A (B", 'outlet:"A (B"'),
    ],
)
def test_a_value_is_written_so_that_the_query_means_it(field: str, value: str, part: str) -> None:
    assert refining.filter_for(field, value) == part
    root = syntax.parse(part).root
    assert isinstance(root, tree.Value)
    assert (root.field, root.text, root.pattern) == (field, value, None)


@pytest.mark.parametrize(
    ("query", "narrowed"),
    [
        ("", "language:en"),
        ("grain", "grain language:en"),
        ("grain OR wheat", "(grain OR wheat) language:en"),
        ('"grain OR wheat"', '"grain OR wheat" language:en'),
        ("(grain OR wheat) port", "(grain OR wheat) port language:en"),
        ("grain language:en", "grain language:en"),
    ],
)
def test_narrowing(query: str, narrowed: str) -> None:
    assert refining.added(query, "language:en") == narrowed


@pytest.mark.parametrize(
    ("query", "wider"),
    [
        ("grain language:en", "grain"),
        ("language:en", ""),
        ("grain AND language:en", "grain"),
        ("language:en AND grain", "grain"),
        ("(grain OR wheat) language:en", "grain OR wheat"),
        ("(grain OR wheat) language:en outlet:x", "(grain OR wheat) outlet:x"),
        ('grain "language:en"', 'grain "language:en"'),
    ],
)
def test_widening(query: str, wider: str) -> None:
    assert refining.without(query, "language:en") == wider


@pytest.mark.parametrize(
    ("query", "operands"),
    [
        ("grain AND (a OR b) -c", ["grain", "(a OR b)", "-c"]),
        ("NOT a b NEAR/3 c ONEAR d e", ["NOT a", "b NEAR/3 c ONEAR d", "e"]),
        ('outlet: "Le Quai" x', ['outlet: "Le Quai"', "x"]),
        ("a OR b c", []),
        ("", []),
    ],
)
def test_what_every_article_must_fulfil(query: str, operands: list[str]) -> None:
    assert refining.operands(query) == operands


def test_one_part_in_the_place_of_another() -> None:
    assert refining.replaced("a AND tarif b", "tarif", "tarif*") == "a tarif* b"
    assert refining.replaced("tarif", "tarif", "~tarif") == "~tarif"


def test_an_unfinished_query_is_cut_all_the_same() -> None:
    assert refining.parts('grain (wheat OR "rye') == ["grain", '(wheat OR "rye']


@given(st.sampled_from(["", "grain", "a OR b", '"x y" -z', "(a OR b) c", "title:(a b)"]), st.text(min_size=1, max_size=30))
def test_added_then_taken_away(query: str, value: str) -> None:
    part = refining.filter_for("outlet", value)
    narrowed = refining.added(query, part)
    assert part in refining.parts(narrowed)
    assert refining.without(narrowed, part) == query
