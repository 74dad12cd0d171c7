"""What queries find, on the real engine: invented articles in several languages, and many questions."""

# ruff: noqa: RUF001 - letters of many scripts are what is tested

from __future__ import annotations

import json
import unicodedata
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipeline import query
from pipeline.config import Settings
from pipeline.errors import IndexMissing, QueryError, SearchEngineAway, UsageError
from pipeline.index import Index
from pipeline.models import CopyKind, Document, Endpoints, EntityMention, EntityType, SearchEndpoint, Syndication, Timestamp
from pipeline.query import fields, limits, tokens
from pipeline.search import matching, scan, search
from pipeline.search.results import BEGIN, END

NOW = datetime(2025, 3, 10, 12, tzinfo=UTC)
NUMBERS = "one two three four five six seven eight nine ten"


@pytest.fixture
def settings(engines: Endpoints, tmp_path: Path) -> Settings:
    """Without a database, which nothing here needs."""
    return Settings(home=tmp_path, elasticsearch_url=engines.elasticsearch.url, index_prefix=f"{uuid.uuid4().hex}-")


def person(name: str, entity_id: str) -> EntityMention:
    return EntityMention(entity_id=entity_id, name=name, type=EntityType.PERSON, count=2)


def document(article_id: int, title: str, body: str, **facts: Any) -> Document:
    given_facts: dict[str, Any] = {
        "revision": article_id, "deleted": False, "version": 1, "url": f"https://news.example/{article_id}?ref=1",
        "canonical_url": f"https://news.example/{article_id}", "outlet": "Morning Post", "labels": (), "country": "gb", "group": None,
        "authors": (), "published_at": Timestamp(at=datetime(2025, 2, article_id % 20 + 1, 12, tzinfo=UTC)),
        "first_seen_at": datetime(2025, 3, 1, tzinfo=UTC), "language": "en", "topics": (), "syndicated_from": None, "story_id": None,
        "duplicate_of": None, "copy_kind": None, "entities": (),
    }  # fmt: skip
    return Document(id=article_id, title=title, body=body, **(given_facts | facts))


ARTICLES = [
    document(
        1, "Tariffs rise as trade talks stall",
        "The European Union raised its tariff on steel. President Vučić’s government protested. "
        "The talks in Geneva stalled after the U.S. delegation left.",
        outlet="The Daily Ledger", authors=("Jane Doe", "Novak Đoković"), labels=("Business",), topics=("Trade policy",), country="us",
        published_at=Timestamp(at=datetime(2025, 1, 10, 23, 30, tzinfo=timezone(-timedelta(hours=2)))), story_id=7,
        syndicated_from=Syndication(name="Wire One"),
        entities=(
            person("Aleksandar Vučić", "person:aleksandar-vucic"),
            EntityMention(entity_id="org:european-union", name="European Union", type=EntityType.ORG, count=1),
            EntityMention(entity_id="place:geneva", name="Geneva", type=EntityType.PLACE, count=1),
        ),
    ),
    document(2, "A deal on the climate", "Ministers agreed on climate changes. Climatic records fell, and self-driving cars won't help."),
    document(3, "New York", "City council members of the pro-Trump camp met at 10:30. Trump's lawyers wrote to x.com/news about 1,000.50 dollars."),
    document(4, "L’élection présidentielle", "Les élections approchent. L'économie va bien, dit le gouvernement.", language="fr", country="fr",
             outlet="Le Journal"),
    document(5, "Wahlen in Österreich", "Die Wähler gingen zur Wahl. Die Straße war leer.", language="de", country="at"),
    document(6, "Ёлка на площади", "Москва готовится. Президенты встретились в городе.", language="ru", country="ru"),
    document(7, "東京都の選挙", "東京都知事選挙が行われた。", language="ja", country="jp"),
    document(8, "Η Αθήνα σήμερα", "Ο πρόεδρος της Ελλάδας μίλησε.", language="el", country="gr"),
    document(9, "Numbers", NUMBERS, story_id=8),
    document(10, "Sequences", "alpha beta alpha gamma. delta echo foxtrot delta. New York City hall.", story_id=8),
    document(11, "Trade talks: no deal", "The European Union raised its tariff on steel. President Vucic's government protested.", story_id=7,
             duplicate_of=1, copy_kind=CopyKind.COPY, authors=("Wire One",)),
    document(12, "Steel makers worry", "After the union's new tariff, steel makers worry.", story_id=7, duplicate_of=1,
             copy_kind=CopyKind.DERIVED, outlet="Il Giornale di Trieste", topics=("Steel", "trade policy")),
    document(13, "Undated", "A page without a date on elections.", published_at=None, first_seen_at=datetime(2025, 3, 5, 9, tzinfo=UTC)),
    document(14, "Gone", "This tariff was deleted.", deleted=True),
    document(15, "Plain sports", "Novak won in straight sets; the elected captain was electing to rest. Don’t ask O'Brien.", language=None,
             labels=("Sports", "État")),
]  # fmt: skip
LIVE = {article.id for article in ARTICLES if not article.deleted}


@pytest.fixture(scope="module")
def library(engines: Endpoints) -> Iterator[Index]:
    """An index with the articles above; tests of this module only read it."""
    endpoint = SearchEndpoint(url=engines.elasticsearch.url)
    opened = Index.connect(endpoint, Settings(index_prefix=f"{uuid.uuid4().hex}-", index_shards=2))
    opened.ensure()
    assert opened.write(ARTICLES).written == len(ARTICLES)
    opened.refresh()
    yield opened
    opened.drop()
    opened.close()


FOUND: list[tuple[str, set[int]]] = [
    # Words: title or body, any case, any accent.
    ("", LIVE),
    ("   ", LIVE),
    ("tariff", {1, 11, 12}),
    ("TARIFF", {1, 11, 12}),
    ("tariffs", {1}),
    ("Vucic", {1, 11}),
    ("VUČIĆ", {1, 11}),
    ("vučić's", {1, 11}),
    ("vucic’s", {1, 11}),
    ("trump", {3}),
    ("o'brien", {15}),
    ("O’Brien's", {15}),
    ("don't", {15}),
    ("dont", set()),
    ("don", set()),
    ("u.s.", {1}),
    ("U.S", {1}),
    ("us", set()),
    ("x.com", {3}),
    ("x.com/news", {3}),
    ("1,000.50", {3}),
    ("1000", set()),
    ("10:30", {3}),
    ("the", {1, 2, 3, 11, 12, 15}),
    ("strasse", {5}),
    ("straße", {5}),
    ("osterreich", {5}),
    ("елка", {6}),
    ("ёлка", {6}),
    ("МОСКВА", {6}),
    ("αθηνα", {8}),
    ("ΣΉΜΕΡΑ", {8}),
    ("選挙", {7}),
    ("東京都", {7}),
    ("都京", set()),
    ("l'économie", {4}),
    ("l’economie", {4}),
    ("e\u0301lections", {4, 13}),
    ("elec\u00adtions", {4, 13}),
    # Hyphens and phrases.
    ("pro-Trump", {3}),
    ("protrump", set()),
    ("self-driving", {2}),
    ('"self driving"', {2}),
    ("driving-self", set()),
    ('"trade talks"', {1, 11}),
    ('"talks trade"', set()),
    ("“trade talks”", {1, 11}),
    ("«trade talks»", {1, 11}),
    ('"president vucic government"', {1, 11}),
    ('"new york city"', {10}),
    ('"york city"', {10}),
    ("new york city", {3, 10}),
    ('"deal raised"', set()),
    # AND, OR, NOT, minus, parentheses, order of binding.
    ("tariff AND geneva", {1}),
    ("tariff geneva", {1}),
    ("geneva OR climate", {1, 2}),
    ("geneva OR climate ministers", {1, 2}),
    ("(geneva OR climate) ministers", {2}),
    ("tariff -geneva", {11, 12}),
    ("tariff NOT geneva", {11, 12}),
    ("tariff AND NOT geneva", {11, 12}),
    ("tariff -(geneva OR worry)", {11}),
    ('tariff -"european union"', {12}),
    ("-the", LIVE - {1, 2, 3, 11, 12, 15}),
    ("NOT NOT tariff", {1, 11, 12}),
    ("geneva OR -tariff", LIVE - {11, 12}),
    ("and or not", set()),
    ('"AND"', {2}),
    # Wildcards.
    ("tariff*", {1, 11, 12}),
    ("TARI*", {1, 11, 12}),
    ("vuč*", {1, 11}),
    ("VUC*", {1, 11}),
    ("te?", {9}),
    ("tal?s", {1, 11}),
    ("ta*ff", {1, 11, 12}),
    ("u.s*", {1}),
    ("don’*", {15}),
    ("ελλ*", {8}),
    ('"climate chang*"', {2}),
    ('"climate cha?ges"', {2}),
    ('"climate tari*"', set()),
    ("pro-tru*", {3}),
    # Any inflection.
    ("~tariff", {1, 11, 12}),
    ("~tariffs", {1, 11, 12}),
    ("title:~tariff", {1}),
    ("~talk", {1, 11}),
    ("~élection", {4, 13}),
    ("~election", {4, 13}),
    ("~wahl", {5}),
    ("~президент", {6}),
    ("~electing", {15}),
    ("~electric", set()),
    ("body:~raise", {1, 11}),
    # NEAR: facing ends, overlaps, never across title and body.
    ("one NEAR/1 two", {9}),
    ("two NEAR/1 one", {9}),
    ("one ONEAR/1 two", {9}),
    ("two ONEAR/1 one", set()),
    ("one NEAR/4 five", {9}),
    ("one NEAR/3 five", set()),
    ('"one two" ONEAR/3 "five six"', {9}),
    ('"one two" ONEAR/2 "five six"', set()),
    ('"one two" NEAR/5 "two three"', set()),
    ("one NEAR/5 one", set()),
    ("alpha NEAR/2 alpha", {10}),
    ("alpha NEAR/1 alpha", set()),
    ("delta ONEAR/3 delta", {10}),
    ("(two OR nine) NEAR/1 ten", {9}),
    ("(two OR nine) NEAR/1 (one OR six)", {9}),
    ('(new OR "new york") ONEAR/1 city', {10}),
    ('city NEAR/1 (york OR "new york")', {10}),
    ('hall NEAR/2 ("new york" OR alpha)', {10}),
    ("fou* NEAR/2 si?", {9}),
    ("york NEAR/1 city", {10}),
    ("york NEAR/9 council", set()),
    ("title:(trade NEAR/1 talks)", {1, 11}),
    ("body:(trade NEAR/1 talks)", set()),
    ("one NEAR/1 two three", {9}),
    # Fields.
    ("title:tariffs", {1}),
    ("title:tariff", set()),
    ("body:numbers", set()),
    ('title:"trade talks" -deal', {1}),
    ("title:(deal OR worry)", {2, 11, 12}),
    ("TITLE:deal", {2, 11}),
    ('outlet:"the daily ledger"', {1}),
    ("outlet:ledger", set()),
    ('outlet:"THE DAILY*"', {1}),
    ('outlet:("le journal" OR "the daily ledger")', {1, 4}),
    ('author:"jane doe"', {1}),
    ("author:dokovic", {1}),
    ("author:DOK*", {1}),
    ('author:"doe novak"', set()),
    ("author:wire", {11}),
    ("language:fr", {4}),
    ("language:(fr OR de)", {4, 5}),
    ("country:US", {1}),
    ("label:business", {1}),
    ("label:etat", {15}),
    ("label:(sports etat)", {15}),
    ('topic:"trade policy"', {1, 12}),
    ("topic:trade", set()),
    ("person:vucic", {1}),
    ('person:"Aleksandar Vucic"', {1}),
    ("person:person:aleksandar-vucic", {1}),
    ("entity:person:aleksandar-vucic", {1}),
    ("entity:place:geneva", {1}),
    ("person:place:geneva", set()),
    ("place:geneva", {1}),
    ('org:"european union"', {1}),
    ("org:union", set()),
    ("org:euro*", {1}),
    ("entity:geneva", {1}),
    ("story:7", {1, 11, 12}),
    ("copies:1", {1, 11, 12}),
    ("copies:none tariff", {1}),
    ("copies:copy", {11}),
    ("copies:DERIVED", {12}),
    ("tariff -copies:copy", {1, 12}),
    # Dates are days in UTC; unknown ones are when the page was first seen.
    ("published:2025-01-11", {1}),
    ("published:2025-01-10", set()),
    ("published:2025-01", {1}),
    ("published:2025-01-01..2025-01-31", {1}),
    ("published:2025-01-11..2025-01-11", {1}),
    ("published:..2025-01-11", {1}),
    ("published:2025-03..", {13}),
    ("published:>=2025-03-05", {13}),
    ("published:>2025-03-05", set()),
    ("published:<2025-02-01", {1}),
    ("published:<=2025-01-10", set()),
    ("published:5d", {13}),
    ("published:4d", set()),
    ("published:2025 tariff", {1, 11, 12}),
    ("-published:2025-02", {1, 13}),
    ("seen:2025-03-05", {13}),
    ("seen:2025-03-01 tariff", {1, 11, 12}),
    ("published:<9999-12-31 undated", {13}),
    ("published:36500d undated", {13}),
]


@pytest.mark.parametrize(("text", "expected"), FOUND, ids=[text or "(empty)" for text, _ in FOUND])
def test_query_finds_exactly(library: Index, text: str, expected: set[int]) -> None:
    result = search(library, text, now=NOW, limit=100, facets=False)
    assert {int(hit.id) for hit in result.hits} == expected
    assert result.total == len(expected)


def test_highlights_are_the_words_of_the_query(library: Index) -> None:
    (hit,) = search(library, 'vucic "european union" outlet:"the daily ledger" -nothing geneva', now=NOW).hits
    marked = " ".join(hit.marked_highlights)
    assert {part.split(END)[0] for part in marked.split(BEGIN)[1:]} == {"Vučić’s", "European Union", "Geneva"}
    assert not any(mark in text for text in hit.highlights for mark in (BEGIN, END))
    assert hit.marked_title == hit.title


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("~raise geneva", ["raised", "Geneva"]),
        ("tari* geneva", ["tariff", "Tariffs", "Geneva"]),
        ('"european uni*" geneva', ["European", "Union", "Geneva"]),
        ("raised NEAR/2 tariff geneva", ["raised", "tariff", "Geneva"]),
        ("title:talks geneva", ["talks", "Geneva"]),
    ],
)
def test_every_kind_of_word_is_marked(library: Index, text: str, marked: list[str]) -> None:
    (hit,) = search(library, text, now=NOW).hits
    shown = "".join((hit.marked_title, *hit.marked_highlights))
    assert {part.split(END)[0] for part in shown.split(BEGIN)[1:]} == set(marked)


def test_title_alone_is_a_highlight_and_a_filter_is_none(library: Index) -> None:
    (hit,) = search(library, "numbers", now=NOW).hits
    assert (hit.highlights, hit.lead) == (("Numbers",), NUMBERS)
    (hit,) = search(library, "language:fr", now=NOW).hits
    assert hit.highlights == ()
    assert hit.lead.startswith("Les élections")


def test_json_has_the_public_fields(library: Index) -> None:
    result = search(library, "copies:copy", now=NOW)
    shown = json.loads(json.dumps(result.as_json()))
    assert list(shown) == ["total", "groups", "hits", "facets", "warnings"]
    assert shown["hits"] == [
        {
            "id": "11",
            "url": "https://news.example/11?ref=1",
            "outlet": "Morning Post",
            "title": "Trade talks: no deal",
            "published_at": "2025-02-12T12:00:00+00:00",
            "highlights": [],
            "story_id": "7",
            "duplicate_of": "1",
        }
    ]


def test_dates_keep_the_offset_of_the_page_and_order_by_time(library: Index) -> None:
    hits = search(library, "undated OR geneva OR climate", now=NOW).hits
    assert [(hit.id, hit.published_at) for hit in hits] == [
        ("13", None),
        ("2", "2025-02-03T12:00:00+00:00"),
        ("1", "2025-01-10T23:30:00-02:00"),
    ]


def test_relevance_prefers_titles(library: Index) -> None:
    assert [hit.id for hit in search(library, "deal OR ministers OR tariffs", now=NOW, sort="relevance", limit=1).hits] == ["2"]
    assert [hit.id for hit in search(library, "new york", now=NOW, sort="relevance").hits] == ["3", "10"]


def test_groups_fold_copies_and_stories_and_total_counts_articles(library: Index) -> None:
    single = search(library, "tariff", now=NOW)
    copies = search(library, "tariff", now=NOW, group="copies")
    story = search(library, "tariff OR climate", now=NOW, group="story")
    assert (single.total, single.groups, len(single.hits)) == (3, None, 3)
    assert (copies.total, copies.groups, {(hit.id, hit.group_size) for hit in copies.hits}) == (3, 2, {("11", 2), ("12", 1)})
    assert (story.total, story.groups, [(hit.id, hit.group_size) for hit in story.hits]) == (4, 2, [("12", 3), ("2", 1)])
    (first,) = search(library, "one OR alpha OR tariff", now=NOW, group="story", limit=1, offset=1).hits
    assert (first.story_id, first.group_size) == ("8", 2)
    assert search(library, "nowhere", now=NOW, group="story").groups == 0


def test_pages_of_hits_follow_each_other(library: Index) -> None:
    whole = [hit.id for hit in search(library, "", now=NOW, limit=100).hits]
    parts = [hit.id for offset in range(0, 15, 4) for hit in search(library, "", now=NOW, limit=4, offset=offset).hits]
    assert parts == whole


def test_facets_and_timeline_count_the_articles_found(library: Index) -> None:
    result = search(library, "tariff", now=NOW, group="story")
    facets = {name: {facet.value: facet.count for facet in facets} for name, facets in result.facets.items()}
    assert facets["outlets"] == {"The Daily Ledger": 1, "Morning Post": 1, "Il Giornale di Trieste": 1}
    assert facets["authors"] == {"Jane Doe": 1, "Novak Đoković": 1, "Wire One": 1}
    assert facets["persons"] == {"Aleksandar Vučić": 1}
    assert facets["topics"] == {"Trade policy": 1, "trade policy": 1, "Steel": 1}
    assert result.timeline == ((date(2025, 1, 11), 1), (date(2025, 2, 12), 1), (date(2025, 2, 13), 1))
    without = search(library, "tariff", now=NOW, facets=False)
    assert (without.facets, without.timeline) == ({}, ())


def test_a_quoted_facet_finds_its_articles(library: Index) -> None:
    for text, count in (("The Daily Ledger", 1), ('odd "name" with \\ and * or ?', 0)):
        assert search(library, f"outlet:{query.quote(text)}", now=NOW).total == count


@pytest.mark.parametrize(
    "options", [{"limit": -1}, {"limit": 10_001}, {"limit": 5_000, "offset": 5_001}, {"sort": "size"}, {"group": "outlet"}], ids=str
)
def test_wrong_options_are_wrong_use(library: Index, options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        search(library, "tariff", now=NOW, **options)


def test_scan_gives_every_id_once(library: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.search.scanning.PAGE", 4)
    ids = list(scan(library, "", now=NOW))
    assert ids[0] == 13
    assert sorted(ids) == sorted(LIVE)
    assert list(scan(library, "tariff", now=NOW)) == [12, 11, 1]
    stopped = scan(library, "", now=NOW)
    assert next(stopped) == 13
    stopped.close()


def test_matching_is_what_search_finds_among_the_articles(library: Index) -> None:
    queries = {number: text for number, (text, _) in enumerate(FOUND)}
    among = [1, 3, 9, 10, 11, 999]
    matches = matching(library, among, queries, now=NOW)
    assert {key: set(found) for key, found in matches.items()} == {
        number: expected & set(among) for number, (_, expected) in enumerate(FOUND) if expected & set(among)
    }
    assert matches.broken == {}


def test_matching_highlights_plainly(library: Index) -> None:
    matches = matching(library, [1, 9], {5: "geneva", 6: "numbers", 7: "country:us"}, now=NOW)
    assert matches == {5: {1: "The talks in Geneva stalled after the U.S. delegation left."}, 6: {9: "Numbers"}, 7: {1: ""}}


def test_one_broken_alert_does_not_fail_the_others(library: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = query.compile
    monkeypatch.setattr(
        "pipeline.query.compile", lambda asked, *, now: {"no_such_query": {}} if asked.text == "bad" else compiled(asked, now=now)
    )
    matches = matching(library, [1, 9], {1: "geneva", 2: "bad", 3: "(unclosed", 4: "one"}, now=NOW)
    assert {key: set(found) for key, found in matches.items()} == {1: {1}, 4: {9}}
    assert set(matches.broken) == {2, 3}
    assert "no_such_query" in matches.broken[2]
    assert "never closed" in matches.broken[3]


def test_trouble_of_the_engine_is_no_fault_of_an_alert(library: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = Index(library.client, where=library.where, prefix="none-such-", shards=1, replicas=0)
    monkeypatch.setattr(missing, "refresh", lambda: None)
    with pytest.raises(IndexMissing):
        matching(missing, [1], {1: "tariff"}, now=NOW)


def test_matching_works_in_many_requests(library: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (("ARTICLES", 2), ("QUERIES", 3), ("SEARCHES", 2)):
        monkeypatch.setattr(f"pipeline.search.pairs.{name}", size)
    matches = matching(library, sorted(LIVE), dict.fromkeys(range(10), "tariff OR one"), now=NOW)
    assert {key: set(found) for key, found in matches.items()} == {key: {1, 9, 11, 12} for key in range(10)}


def test_nothing_to_match_asks_nothing(library: Index) -> None:
    assert matching(library, [], {1: "geneva"}, now=NOW) == {}
    assert matching(library, [1], {}, now=NOW) == {}


def test_a_prefix_within_a_phrase_is_complete_or_an_error(index: Index) -> None:
    body = " ".join(f"start pre{number:05d}" for number in range(13_000))
    index.write([document(1, "Many", body)])
    index.refresh()
    assert search(index, '"start pre12*"', now=NOW).total == 1
    assert search(index, '"start pre00499*"', now=NOW).total == 1
    assert search(index, "pre*", now=NOW).total == 1
    with pytest.raises(QueryError, match=r"at character 20: pre\* stands for more than"):
        search(index, 'many -other "start pre*"', now=NOW)
    matches = matching(index, [1], {1: '"start pre*"', 2: "many"}, now=NOW)
    assert set(matches) == {2}
    assert "stands for more than" in matches.broken[1]


def deepest() -> str:
    text = "(a NEAR/2 b)"
    for _ in range(limits.DEPTH - 1):
        text = f"x OR (y {text})"
    return f"{text} published:7d"


LARGEST = {
    "depth": deepest(),
    "negations": "x OR -(y " * (limits.DEPTH // 2) + "entity:z" + ")" * (limits.DEPTH // 2),
    "words": " OR ".join(f"w{number}" for number in range(limits.TERMS)),
    "phrase": f'"{" ".join(f"w{number}" for number in range(limits.TERMS))}"',
    "stems": " ".join(f"~w{number}" for number in range(limits.TERMS // limits.STEM_TERMS)),
    "near": "({0}) NEAR/{1} ({0})".format(" OR ".join(f'"w{n} v{n}*"' for n in range(20)), limits.DISTANCE),
    "names": " OR ".join(f"entity:n{number}" for number in range(limits.LENGTH // 20)),
    "wildcard": "ab" + "*c" * limits.WILDCARDS + "d" * (limits.WORD - 2 - 2 * limits.WILDCARDS),
}


@pytest.mark.parametrize("text", LARGEST.values(), ids=LARGEST)
def test_largest_allowed_queries_are_run(library: Index, text: str) -> None:
    search(library, text, now=NOW)
    assert matching(library, [1], {1: text, 2: "geneva"}, now=NOW).broken == {}


WORDS = st.sampled_from(
    [
        "tariff",
        "Vučić's",
        "tari*",
        "te?t",
        '"trade talks"',
        '"trade tal*"',
        "~talks",
        "pro-Trump",
        "東京",
        "don’t",
        "o'b*",
        'a"b c"',
        "&",
        "*",
    ]
)
VALUES = st.sampled_from(
    ["one", '"two words"', '"wild \\* ca*d"', "2025-01-01", ">=2025-01", "7d", "(a OR b)", "..2025", "none", "~x", "a?c"]
)
FIELDS = st.sampled_from([f"{name}:" for name in fields.FIELDS] + ["", "", "nofield:"])
PARTS = st.one_of(
    WORDS,
    st.tuples(FIELDS, VALUES).map("".join),
    st.sampled_from(["AND", "OR", "NOT", "-", "(", ")", "NEAR/3", "ONEAR/2", '"', "title:("]),
    st.text(max_size=8),
)


@hypothesis_settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PARTS, max_size=12).map(" ".join))
def test_whatever_is_parsed_is_accepted_by_the_engine(library: Index, text: str) -> None:
    try:
        asked = query.parse(text)
    except QueryError:
        return
    dsl = query.compile(asked, now=NOW)
    answer = library.client.indices.validate_query(index=library.alias, query=dsl, all_shards=True, explain=True)
    assert answer["valid"], (text, answer.body)
    assert library.client.search(index=library.alias, query=dsl, size=0)["_shards"]["failed"] == 0


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
@hypothesis_settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_text_is_cut_as_the_engine_cuts_it(library: Index, text: str) -> None:
    assert [(token.start, len(token.text)) for token in tokens.cut(text)] == engine_cuts(library, text)


def test_every_script_is_cut_as_the_engine_cuts_it(library: Index) -> None:
    # All letters of the smaller scripts, and some of the others; those that came to Unicode lately may be unknown to one.
    codes = [*range(0x20, 0x3400), *range(0x3400, 0x2FA1E, 97)]
    letters = [chr(code) for code in codes if unicodedata.category(chr(code)) not in {"Cs", "Cn", "Co"}]
    for start in range(0, len(letters), 3_000):
        text = "".join(f"a{letter}b " for letter in letters[start : start + 3_000])
        ours, theirs = [(token.start, len(token.text)) for token in tokens.cut(text)], engine_cuts(library, text)
        assert len(set(ours) ^ set(theirs)) < 20


def engine_cuts(index: Index, text: str) -> list[tuple[int, int]]:
    """Where the engine's words start, in characters, and how long they are; Java counts in UTF-16 units."""
    answer = index.client.indices.analyze(index=index.alias, tokenizer="words", text=text)["tokens"] if text else []
    place, places = 0, {}
    for number, letter in enumerate(text):
        places[place] = number
        place += 2 if ord(letter) > 0xFFFF else 1
    places[place] = len(text)
    return [(places[token["start_offset"]], places[token["end_offset"]] - places[token["start_offset"]]) for token in answer]


def test_missing_index_and_absent_engine_are_said(library: Index) -> None:
    nowhere = Index.connect(SearchEndpoint(url="http://127.0.0.1:9"), Settings())
    with pytest.raises(SearchEngineAway, match=r"127\.0\.0\.1:9 can't be reached"):
        search(nowhere, "tariff", now=NOW)
    missing = Index(library.client, where=library.where, prefix="none-such-", shards=1, replicas=0)
    with pytest.raises(IndexMissing, match="none-such-articles"):
        search(missing, "tariff", now=NOW)
    with pytest.raises(IndexMissing, match="none-such-articles"):
        matching(missing, [1], {1: "tariff"}, now=NOW)
    with pytest.raises(IndexMissing, match="none-such-articles"):
        list(scan(missing, "tariff", now=NOW))
