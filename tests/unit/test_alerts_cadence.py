"""When messages are due, retried and given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.alerts import cadence
from pipeline.errors import AlertError
from pipeline.models import Every

WINDOW = timedelta(seconds=60)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone


@pytest.mark.parametrize(
    ("every", "at", "due"),
    [
        (Every.NOW, "2025-05-01T09:30:10", "2025-05-01T09:31:10"),
        (Every.HOUR, "2025-05-01T09:30:10", "2025-05-01T10:00:00"),
        (Every.HOUR, "2025-05-01T10:00:00", "2025-05-01T11:00:00"),
        (Every.HOUR, "2025-12-31T23:59:59", "2026-01-01T00:00:00"),
        (Every.DAY, "2025-05-01T05:59:59", "2025-05-01T06:00:00"),
        (Every.DAY, "2025-05-01T06:00:00", "2025-05-02T06:00:00"),
        (Every.WEEK, "2025-05-01T09:30:10", "2025-05-05T06:00:00"),  # a Thursday
        (Every.WEEK, "2025-05-05T05:00:00", "2025-05-05T06:00:00"),  # a Monday
        (Every.WEEK, "2025-05-05T06:00:00", "2025-05-12T06:00:00"),
        (Every.WEEK, "2025-05-04T23:00:00", "2025-05-05T06:00:00"),  # a Sunday
    ],
)
def test_due(every, at, due):
    assert cadence.due_at(every, datetime.fromisoformat(at + "+00:00"), WINDOW) == datetime.fromisoformat(due + "+00:00")


def test_the_page_s_own_offset_does_not_move_a_digest():
    assert cadence.due_at(Every.DAY, datetime.fromisoformat("2025-05-02T01:00:00+03:00"), WINDOW) == datetime(2025, 5, 2, 6, tzinfo=UTC)


@given(TIMES, st.sampled_from([Every.HOUR, Every.DAY, Every.WEEK]))
def test_a_digest_is_due_within_one_period_at_its_full_hour(at, every):
    due = cadence.due_at(every, at, WINDOW)
    period = {Every.HOUR: timedelta(hours=1), Every.DAY: timedelta(days=1), Every.WEEK: timedelta(days=7)}[every]
    assert at < due <= at + period
    assert (due.minute, due.second, due.microsecond) == (0, 0, 0)
    assert every is Every.HOUR or due.hour == cadence.DIGEST_HOUR
    assert every is not Every.WEEK or due.weekday() == 0


def test_retries_grow_to_an_hour_and_a_receiver_s_wish_is_kept_up_to_a_day():
    assert [cadence.retry_after(n).total_seconds() for n in (1, 2, 3, 8, 9, 500)] == [30, 60, 120, 3600, 3600, 3600]
    assert cadence.retry_after(9, 5) == timedelta(seconds=5)
    assert cadence.retry_after(1, -10) == timedelta(seconds=1)
    assert cadence.retry_after(1, 10**9) == timedelta(hours=24)


@pytest.mark.parametrize(
    ("text", "age"), [("7d", timedelta(days=7)), ("12h", timedelta(hours=12)), ("2W", timedelta(weeks=2)), ("none", None)]
)
def test_max_age(text, age):
    assert cadence.max_age(text) == age


@pytest.mark.parametrize("text", ["", "7", "d", "-1d", "0d", "7 days", "99999999w"])
def test_max_age_refused(text):
    with pytest.raises(AlertError, match="--max-age"):
        cadence.max_age(text)
