"""Broken markup: no crash, no hang, and nothing that the store refuses."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import markup

QUICK = settings(
    max_examples=60, deadline=5_000, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@QUICK
@given(markup.markup)
def test_broken_markup(html: str) -> None:
    markup.stands(html)


@QUICK
@given(
    markup.mutations,
    st.sampled_from(("", "text/html; charset=utf-16", "text/html; charset=gb2312", "application/json", "text/html; charset=")),
)
def test_mutated_pages(page: bytes, content_type: str) -> None:
    markup.stands(page, content_type)
