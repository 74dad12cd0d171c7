"""A story's articles with their copies folded."""

from datetime import UTC, datetime, timedelta

from pipeline.models import CopyKind, FeedKind
from pipeline.store.reading.articles import Listed
from pipeline.store.reading.outlets import FeedView, Yield, judge
from pipeline.web import telling

NOW = datetime(2025, 3, 10, tzinfo=UTC)


def listed(number: int, duplicate_of: int | None = None, kind: CopyKind | None = CopyKind.COPY) -> Listed:
    return Listed(
        id=number, url="https://a.example/", outlet="A", title=str(number), published_at=None, first_seen_at=NOW + timedelta(hours=number),
        language="en", words=10, versions=1, story_id=1, duplicate_of=duplicate_of, copy_kind=kind if duplicate_of else None,
        shared_text=1.0 if duplicate_of else None,
    )  # fmt: skip


def shape(*articles: Listed) -> list[tuple[int, list[int]]]:
    return [(one.article.id, [copy.id for copy in one.copies]) for one in telling.folded(articles)]


def test_copies_stand_below_their_original() -> None:
    assert shape(listed(1), listed(2), listed(3, 1), listed(4, 2)) == [(1, [3]), (2, [4])]


def test_copies_whose_original_is_in_no_story_stand_below_the_first_of_them() -> None:
    assert shape(listed(2, 1), listed(3, 1), listed(4)) == [(2, [3]), (4, [])]


def test_a_copy_that_is_dated_before_its_original() -> None:
    assert shape(listed(2, 5), listed(5)) == [(5, [2])]


def test_derived_articles_are_not_folded() -> None:
    assert shape(listed(1), listed(2, 1, CopyKind.DERIVED)) == [(1, []), (2, [])]


def feed(*, failures: int = 0, active: bool = True, polled: bool = True) -> FeedView:
    return FeedView(
        url="https://a.example/rss", kind=FeedKind.FEED, origin="found", active=active, due_at=NOW, polled_at=NOW if polled else None,
        succeeded_at=None, items=None, new_items=None, status=None, failures=failures, error=None,
    )  # fmt: skip


def judged(*feeds: FeedView, articles: int = 3, age: timedelta = timedelta(days=30)) -> Yield:
    return judge(feeds, articles_week=articles, added_at=NOW - age, now=NOW)


def test_how_an_outlet_does() -> None:
    assert judged(feed()) is Yield.WELL
    assert judged(feed(), feed(failures=2)) is Yield.PARTLY
    assert judged(feed(failures=1), articles=3) is Yield.FAILING
    assert judged(feed(), articles=0) is Yield.SILENT
    assert judged(feed(), articles=0, age=timedelta(minutes=5)) is Yield.NEW
    assert judged(feed(polled=False), articles=0, age=timedelta(minutes=5)) is Yield.NEW
    assert judged() is Yield.NO_FEEDS
    assert judged(feed(active=False)) is Yield.NO_FEEDS
    assert judge((), articles_week=3, added_at=NOW, now=NOW, is_imported=True) is Yield.IMPORTED
    assert judge((feed(failures=1),), articles_week=3, added_at=NOW, now=NOW, is_imported=True) is Yield.FAILING
