"""What becomes of a match, and which matches share a message."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.alerts import ledger
from pipeline.models import Every
from pipeline.store.alerts import Watched
from pipeline.store.matches import Kin, Open, Subject

NOW = datetime(2025, 5, 1, 12, tzinfo=UTC)
WINDOW = timedelta(seconds=60)


def alert(**changed):
    values = {
        "alert_id": 1, "version_id": 10, "name": "a", "version": 1, "query": "q", "every": Every.NOW, "max_age": timedelta(days=7),
        "channels": (b"sealed",), "created_at": NOW - timedelta(hours=1), "broken": None,
    }  # fmt: skip
    return Watched(**(values | changed))


def subject(**changed):
    values = {
        "article_id": 5, "first_seen_at": NOW, "published_at": NOW - timedelta(hours=1), "alerted_at": None, "story_id": None,
        "original_id": 5,
    }  # fmt: skip
    return Subject(**(values | changed))


def kin(**changed):
    return Kin(**({"alert_id": 1, "article_id": 5, "told": False, "on_its_way": False, "open_due_at": None} | changed))


def entered(*, alert=alert(), subject=subject(), kin=()):  # noqa: B008 - both are frozen
    return ledger.enter(alert, subject, "x", kin, now=NOW, window=WINDOW)


def test_a_new_match_waits_for_its_window():
    entry = entered()
    assert (entry.state, entry.reason, entry.due_at) == ("waiting", None, NOW + WINDOW)


def test_it_waits_no_longer_than_what_its_story_waits_for_already():
    assert entered(
        kin=[kin(open_due_at=NOW + timedelta(seconds=7)), kin(open_due_at=NOW + timedelta(seconds=20))]
    ).due_at == NOW + timedelta(seconds=7)


def test_a_story_told_is_not_told_again_but_one_on_its_way_may_still_fail():
    assert (entered(kin=[kin(told=True)]).state, entered(kin=[kin(told=True)]).reason) == ("grouped", ledger.STORY_TOLD)
    assert entered(kin=[kin(on_its_way=True)]).state == "waiting"


@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        (subject(alerted_at=NOW - timedelta(hours=2)), ledger.BEFORE_ALERT),
        (subject(alerted_at=NOW - timedelta(minutes=30)), None),  # passed after the alert was made: a changed text
        (subject(published_at=NOW - timedelta(days=7, seconds=1)), ledger.TOO_OLD),
        (subject(published_at=NOW - timedelta(days=7)), None),
        (subject(published_at=None), None),
        # Its age counts from when it was first seen: a late run mutes nothing.
        (subject(first_seen_at=NOW - timedelta(days=30), published_at=NOW - timedelta(days=31)), None),
    ],
)
def test_muted(subject, reason):
    entry = entered(subject=subject)
    assert (entry.state, entry.reason) == (("muted", reason) if reason else ("waiting", None))


def test_without_a_limit_nothing_is_too_old():
    assert entered(alert=alert(max_age=None), subject=subject(published_at=NOW - timedelta(days=9000))).state == "waiting"


def test_without_channels_a_match_is_complete_but_old_ones_stay_muted():
    assert (entered(alert=alert(channels=())).state, entered(alert=alert(channels=())).reason) == ("sent", ledger.NO_CHANNEL)
    assert entered(alert=alert(channels=()), subject=subject(published_at=NOW - timedelta(days=8))).state == "muted"


def opened(article_id, *, story=None, original=None, due=0):
    return Open(
        alert_version_id=10, article_id=article_id, story_id=story, original_id=original or article_id,
        due_at=NOW + timedelta(seconds=due), highlight="",
    )  # fmt: skip


def ids(bundles):
    return [sorted(match.article_id for match in one.matches) for one in bundles]


def test_stories_and_copies_share_a_message():
    matches = [
        opened(1, story=7, due=9), opened(2, story=7, due=5), opened(3, story=8, due=1),
        opened(4, original=1), opened(5, original=99, due=20), opened(6, original=99, due=30), opened(9, due=40),
    ]  # fmt: skip
    bundles = ledger.bundle(matches, {})
    assert ids(bundles) == [[1, 2, 4], [3], [5, 6], [9]]
    assert bundles[0].due_at == NOW
    assert bundles[0].story_id == 7


def test_two_stories_joined_by_copies_are_one_message():
    assert ids(ledger.bundle([opened(1, story=7), opened(2, story=8, original=1), opened(3, story=8)], {})) == [[1, 2, 3]]


def test_what_the_alert_has_told_counts_for_the_whole_bundle():
    (one,) = ledger.bundle([opened(1, story=7), opened(2, story=7)], {2: [kin(article_id=2, told=True)]})
    assert one.told
    (other,) = ledger.bundle([opened(1, story=7), opened(2, story=7)], {1: [kin(article_id=1, on_its_way=True)]})
    assert other.on_its_way
    assert not other.told
