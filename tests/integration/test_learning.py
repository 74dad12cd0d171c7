"""What recurs over an outlet's pages is learned and taken out, and text is not."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaits
from datetime import UTC, datetime, timedelta

import pytest

from pipeline import trace
from pipeline.extract import extract
from pipeline.models import Stage
from pipeline.steps import alert, chain, clean, learning, maintain
from pipeline.steps.context import Context
from pipeline.store import archiving, cleaning
from tests.archive import Archive

WORDS = (
    "harbour council budget school river bridge doctor market winter election train museum storm farmer signal concert "
    "engineer protest island factory library hospital minister coast verdict airport stadium orchard tunnel senate"
).split()
BIOGRAPHY = "Ottilie Marsh has covered regional affairs since 2009 and lives in Tarnford with two greyhounds."
BOX = "Like what you read? Our weekly letter brings the best stories straight to your inbox."
APPEAL = "Independent reporting is expensive: please consider a donation."


def story(number: int, sentences: int = 16) -> list[str]:
    """Paragraphs of a text of its own."""
    chance = random.Random(number)
    lines = [f"{' '.join(chance.choices(WORDS, k=12)).capitalize()} number {number}{place}." for place in range(sentences)]
    return [" ".join(lines[place : place + 2]) for place in range(0, sentences, 2)]


def page(number: int, paragraphs: list[str], head: str = "") -> bytes:
    """A page with these paragraphs."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    title = f"Report number {number}"
    return f"<html lang=en><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>{text}</article></body></html>".encode()


@pytest.fixture
def archive(context: Context) -> Archive:
    return Archive(context)


def knowledge(archive: Archive) -> list[tuple[object, ...]]:
    """All that is learned, without its times."""
    return archive.rows("SELECT outlet_id, key, at_end, pages, furniture_since IS NULL FROM recurring_paragraphs ORDER BY 1, 2")


def test_furniture_goes_and_earlier_articles_are_mended(archive: Archive, context: Context) -> None:
    alert.add(context, name="letters", query_text="weekly OR harbour")
    for number in range(4):
        archive.put(str(number), page(number, [*story(number), BIOGRAPHY, APPEAL]))
        list(chain.process(context))
    assert all(APPEAL in body for body in archive.bodies().values())  # so far it can be text
    matched = archive.rows("SELECT article_id, state FROM matches ORDER BY 1")
    for number in (4, 5):
        archive.put(str(number), page(number, [*story(number), BIOGRAPHY if number == 4 else "", APPEAL]))
    list(chain.process(context))

    assert archive.bodies() == {str(number): "\n\n".join(story(number)) for number in range(6)}
    assert {version["version"] for version in archive.versions()} == {1}
    assert archive.outcomes() == ["article"] * 6
    assert archive.rows("SELECT article_id, state FROM matches ORDER BY 1")[: len(matched)] == matched
    context.index.refresh()
    assert not any(
        APPEAL in document["_source"]["body"] for document in context.index.client.search(index=context.index.alias)["hits"]["hits"]
    )
    told = trace.trace(context.database, "https://paper.example/news/0")["articles"][0]["versions"][0]["candidates"]["body"]
    assert [value for value, source, _ in told if source == "recurs at this outlet"] == [BIOGRAPHY, APPEAL]


def test_a_box_inside_goes_where_most_articles_have_it(archive: Archive, context: Context) -> None:
    for number in range(8):
        text = story(number, 28)
        archive.put(str(number), page(number, [*text[:4], BOX, *text[4:]]))
        archive.put(f"some-{number}", page(100 + number, story(100 + number, 28)), outlet="gazette")
        if number < 6:  # half of its recent articles would be enough
            archive.put(
                f"box-{number}", page(200 + number, [*story(200 + number, 28)[:4], BOX, *story(200 + number, 28)[4:]]), outlet="herald"
            )
            archive.put(f"none-{number}", page(300 + number, story(300 + number, 28)), outlet="herald")
            archive.put(f"not-{number}", page(400 + number, story(400 + number, 28)), outlet="herald")
    clean.run(context)
    for name, body in archive.bodies().items():
        assert (BOX in body) == name.startswith("box-")


def test_text_that_recurs_stays(archive: Archive, context: Context) -> None:
    introduction = "Every week this newspaper visits a household and asks what its members did with their last pay cheque and why."
    quotation = "“Nobody asked the people who have to live beside it every day, and nobody will.”"
    background = "The harbour council, the school and the bridge by the river were built with the budget of the factory and its engineer."
    once = story(1)
    pages = [(f"series-{n}", [introduction, *story(10 + n)]) for n in range(12)]
    pages += [(f"quote-{n}", [*story(30 + n), quotation]) for n in range(6)]
    pages += [(f"table-{n}", [*story(40 + n), "Riverside United | 3"]) for n in range(6)]
    pages += [(f"background-{n}", [*story(50 + n), background]) for n in range(6)]
    pages += [(f"print-{n}", [*once[:7], f"{once[7]} Update {n}."]) for n in range(6)]  # one story at six addresses
    for number, (name, paragraphs) in enumerate(pages):
        archive.put(name, page(number, paragraphs), outlet=name.split("-")[0])
    for edit in range(6):  # a page that grows
        archive.put("live", page(99, [*[f"{word} again." for word in WORDS[:edit]], *story(60)]), outlet="live")
    clean.run(context)
    bodies = archive.bodies()
    assert {name: bodies[name] for name, _ in pages} == {name: "\n\n".join(paragraphs) for name, paragraphs in pages}
    assert story(60)[-1] in bodies["live"]
    assert archive.rows("SELECT * FROM recurring_paragraphs WHERE furniture_since IS NOT NULL") == []


def test_a_refetch_without_or_with_furniture_is_no_version(archive: Archive, context: Context) -> None:
    for number in range(4):
        archive.put(str(number), page(number, [*story(number), APPEAL]))
        clean.run(context)
    # The fifth page teaches it; page 0 comes again, still with it, before it is cleaned again.
    archive.put("4", page(4, [*story(4), APPEAL]))
    archive.put("0", page(0, [*story(0), APPEAL], head="<meta name=changed>"))
    clean.run(context)
    archive.put("1", page(1, story(1), head="<meta name=changed>"))
    archive.put("2", page(2, [*story(2), "A last word that is new."]))
    clean.run(context)
    assert archive.outcomes() == [*["article"] * 5, "unchanged", "unchanged", "article"]
    assert [f"{version['url'][-1]} {version['version']}" for version in archive.versions()] == ["0 1", "1 1", "2 1", "2 2", "3 1", "4 1"]
    assert not any(APPEAL in version["body"] for version in archive.versions())


def test_what_taught_nothing_is_mended_too(archive: Archive, context: Context) -> None:
    correction = "An earlier form of this report named the wrong street, which a reader kindly told us."
    archive.put("print", page(0, [*story(0), APPEAL]))
    archive.put("reprint", page(0, [*story(0), APPEAL]))
    archive.put("corrected", page(1, [*story(1), APPEAL, correction]))
    clean.run(context)
    for number in range(2, 5):
        archive.put(str(number), page(number, [*story(number), APPEAL]))
        clean.run(context)
    assert all(APPEAL in body for body in archive.bodies().values())  # in six texts, and four of them count
    archive.put("5", page(5, [*story(5), APPEAL]))
    clean.run(context)
    assert not any(APPEAL in body for body in archive.bodies().values())
    assert archive.bodies()["corrected"].endswith(correction)


def test_a_version_that_was_only_new_furniture_is_withdrawn(archive: Archive, context: Context) -> None:
    for number in range(5):
        archive.put(str(number), page(number, story(number)))
    clean.run(context)
    for number in range(5):  # the outlet begins to appeal, and the pages are fetched again one by one
        archive.put(str(number), page(number, [*story(number), APPEAL]))
        clean.run(context)
    clean.run(context)
    assert [version["version"] for version in archive.versions()] == [1] * 5
    assert archive.rows("SELECT DISTINCT version FROM articles") == [(1,)]
    assert not any(APPEAL in version["body"] for version in archive.versions())
    before = archive.versions()
    chain.again(context, Stage.CLEAN)
    clean.run(context)
    assert archive.versions() == before


def test_cleaning_again_learns_and_changes_nothing_more(archive: Archive, context: Context) -> None:
    for number in range(6):
        archive.put(str(number), page(number, [*story(number), *([BIOGRAPHY] if number % 2 else []), APPEAL]))
    clean.run(context)
    bodies, learned = archive.bodies(), knowledge(archive)
    assert sum(BIOGRAPHY in body for body in bodies.values()) == 3  # three articles of this author are too few
    for _ in range(2):
        assert chain.again(context, Stage.CLEAN) == 6
        clean.run(context)
        assert archive.bodies() == bodies
        assert knowledge(archive) == learned


def test_a_batch_that_fails_teaches_nothing(archive: Archive, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        archive.put(str(number), page(number, [*story(number), APPEAL]))
    mark, calls = cleaning.mark, []

    def fail_once(*arguments: object) -> None:
        calls.append(knowledge(archive))
        if len(calls) == 1:
            raise RuntimeError("no luck")
        mark(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(cleaning, "mark", fail_once)
    clean.run(context)
    assert calls == [[], []]
    assert not any(APPEAL in body for body in archive.bodies().values())


def test_two_workers_learn_from_each_other(archive: Archive, context: Context) -> None:
    for number in range(5):
        archive.put(str(number), page(number, [*story(number), APPEAL]))
    with context.database.transaction() as connection:
        captures = cleaning.load(
            connection, archiving.bodies(connection, [row[0] for row in connection.execute("SELECT id FROM captures").fetchall()])
        )
    reads = [learning.Read(capture=capture, extraction=extract(capture.source)) for capture in captures.values()]

    def learn() -> learning.Learned:
        with context.database.transaction() as connection:
            return learning.learn(connection, reads[2:])

    with ThreadPoolExecutor(1) as other:
        with context.database.transaction() as connection:
            mine = learning.learn(connection, reads[:2])
            theirs = other.submit(learn)
            with pytest.raises(StillWaits):
                theirs.result(timeout=0.5)
        assert all(APPEAL in extraction.body for extraction in mine.extractions)
        assert not any(APPEAL in extraction.body for extraction in theirs.result().extractions)


def test_housekeeping_bounds_what_is_kept(archive: Archive, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        archive.put(str(number), page(number, [*story(number), *([BIOGRAPHY] if number < 2 else []), APPEAL]))
    clean.run(context)
    furniture = archive.rows("SELECT key FROM recurring_paragraphs WHERE furniture_since IS NOT NULL")
    shared = archive.rows("SELECT key FROM recurring_paragraphs WHERE cardinality(pages) = 2")
    assert len(furniture) == len(shared) == 1
    monkeypatch.setattr(maintain, "MOST_PARAGRAPHS", 3)
    maintain.retention(context, now=datetime.now(UTC))
    assert sorted(archive.rows("SELECT key FROM recurring_paragraphs")) == sorted([(0,), *furniture, *shared])
    maintain.retention(context, now=datetime.now(UTC) + timedelta(days=91))
    assert knowledge(archive) == []
