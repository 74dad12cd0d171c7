"""Articles of one event find each other, and stories do not grow from one event into the next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from pipeline import stories
from pipeline.models import StoryVector
from pipeline.stories import Background, Decision, Neighbour, decide, keys, similarity, vector, words

NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)
BACKGROUND = Background()

QUAKE = (
    "Quake shakes Valdera, hundreds flee homes",
    (
        "An earthquake of magnitude 6.1 shook the island of Valdera on Monday night, destroying houses in the port of Mirano and sending "
        "hundreds of residents into the streets. Rescuers searched the rubble for survivors. The seismology institute said aftershocks were "
        "likely. Mayor Elda Ferrant asked the residents of Mirano to stay outdoors until engineers had inspected their houses."
    ),
)
QUAKE_TOO = (
    "Rescuers search Mirano rubble after earthquake",
    (
        "Rescuers worked through the night in Mirano, the port on Valdera where an earthquake destroyed dozens of houses on Monday. "
        "Residents spent the night outdoors as aftershocks continued, and the mayor, Elda Ferrant, called for engineers to inspect damage. "
        "The seismology institute put the magnitude at 6.1."
    ),
)
STRIKE = (
    "Rail drivers walk out over pay",
    (
        "Rail drivers began a strike on Tuesday after talks over pay broke down. The union said its members would not return before "
        "the company improved its offer on wages and shifts. Commuters faced cancelled trains in most stations. The company called the strike "
        "irresponsible and said the union had walked away from arbitration."
    ),
)


def made(article: tuple[str, str], *, at: datetime = NOON, language: str | None = "en", entities: tuple[str, ...] = ()) -> StoryVector:
    title, body = article
    return vector(title=title, body=body, entities=entities, at=at, language=language, background=BACKGROUND)


def raw(at: datetime = NOON, entities: tuple[str, ...] = (), language: str = "en", **terms: float) -> StoryVector:
    return StoryVector(terms=terms, entities=frozenset(entities), at=at, language=language)


def near(article_id: int, story_id: int | None, found: StoryVector) -> Neighbour:
    return Neighbour(article_id=article_id, story_id=story_id, vector=found)


def test_reports_of_one_event_resemble_each_other_and_share_keys() -> None:
    quake, too, strike = made(QUAKE), made(QUAKE_TOO), made(STRIKE)
    assert similarity(quake, too) > 0.5
    assert similarity(quake, strike) < 0.1
    assert len(set(keys(quake)) & set(keys(too))) >= 3
    assert not set(keys(quake)) & set(keys(strike))


def test_vectors_are_short_and_of_unit_length() -> None:
    long = made(("Many words", " ".join(f"name{number}" for number in range(5000))))
    assert len(long.terms) == 60
    assert sum(weight**2 for weight in long.terms.values()) == pytest.approx(1)
    assert len(keys(long)) == 8
    assert len(made(QUAKE, entities=tuple(f"person:{n}" for n in range(99))).entities) == 24


def test_telling_words_weigh_most_and_common_ones_nothing() -> None:
    found = made(QUAKE)
    assert {"valdera", "mirano"} <= set(keys(found))
    assert not {"the", "of", "said", "their"} & set(found.terms)


def test_a_language_nothing_is_known_of_has_no_terms() -> None:
    assert not BACKGROUND.knows("xx")
    assert made(QUAKE, language="xx").terms == {}
    assert made(QUAKE, language=None).terms == {}
    assert keys(made(QUAKE, language="xx")) == ()
    counted = Background(snapshots={"xx": (3000, {"the": 2900, "valdera": 3})})
    assert counted.knows("xx")
    assert counted.rarity("the", "xx") < 0.1
    assert counted.rarity("valdera", "xx") > 5


def test_a_snapshot_corrects_the_built_in_list() -> None:
    counted = Background(snapshots={"en": (50_000, {"senate": 20_000})})
    assert counted.rarity("senate", "en") < BACKGROUND.rarity("senate", "en")
    # Only in part, so that similarities keep their scale.
    assert counted.rarity("senate", "en") > 0.6 * BACKGROUND.rarity("senate", "en")


def test_words_of_scripts_without_spaces_are_pairs() -> None:
    assert words("地震 A b Valdera") == {"地震", "valdera"}
    found = made(("地震发生", "周一晚间发生强烈地震 救援人员搜寻幸存者"), language="zh")
    assert "地震" in found.terms


def test_serbian_croatian_and_bosnian_share_one_list() -> None:
    assert all(BACKGROUND.knows(language) for language in ("sr", "hr", "bs", "fr", "ru", "zh"))


def test_an_article_opens_a_story_with_the_one_it_resembles_and_the_next_joins() -> None:
    first, second, other = made(QUAKE), made(QUAKE_TOO), made(STRIKE)
    assert decide(first, []) == Decision()
    opened = decide(second, [near(1, None, first), near(2, None, other)])
    assert (opened.story_id, opened.open_with) == (None, (1,))
    joined = decide(made(QUAKE, at=NOON + timedelta(hours=5)), [near(1, 7, first), near(3, 7, second), near(2, None, other)])
    assert (joined.story_id, joined.open_with) == (7, ())
    assert joined.score > 0.9


def test_time_keeps_alike_events_apart() -> None:
    week = made(QUAKE, at=NOON + timedelta(days=7))
    assert similarity(made(QUAKE), week) == 0
    assert decide(week, [near(1, 7, made(QUAKE))]) == Decision()
    later = made(QUAKE_TOO, at=NOON + timedelta(days=3))
    assert 0 < similarity(made(QUAKE), later) < similarity(made(QUAKE), made(QUAKE_TOO))


def test_one_chance_likeness_does_not_join_a_story() -> None:
    bridge = raw(senate=0.6, budget=0.8)
    members = [near(1, 7, raw(senate=0.6, budget=0.8)), near(2, 7, raw(storm=1.0)), near(3, 7, raw(storm=0.9, coast=0.43))]
    assert decide(raw(budget=0.35, harbour=0.94), [near(1, 7, bridge), *members[1:]]) == Decision()
    assert decide(raw(budget=0.35, harbour=0.94), [near(1, 7, bridge)]).story_id == 7


def test_the_more_alike_of_a_story_and_a_lone_article_wins() -> None:
    seen = raw(quake=0.8, valdera=0.6)
    close, far = raw(quake=0.8, valdera=0.6), raw(quake=0.6, storm=0.8)
    assert decide(seen, [near(1, 7, far), near(2, None, close)]).open_with == (2,)
    assert decide(seen, [near(1, 7, close), near(2, None, far)]).story_id == 7


def test_the_order_of_candidates_does_not_matter() -> None:
    alike = raw(quake=1.0)
    candidates = [near(1, None, alike), near(2, 5, alike), near(3, 4, alike), near(4, None, alike)]
    decisions = {decide(alike, order) for order in permutations(candidates)}
    assert decisions == {Decision(story_id=4, score=1.0)}
    assert decide(alike, [candidates[3], candidates[0]]).open_with == (1,)


def test_a_copy_goes_where_its_original_is() -> None:
    stranger = raw(quake=1.0)
    assert decide(raw(storm=1.0), [near(1, 7, stranger)], duplicate_of=1) == Decision(story_id=7, score=1.0)
    assert decide(raw(storm=1.0), [near(1, None, stranger)], duplicate_of=1) == Decision(open_with=(1,), score=1.0)


def test_languages_come_together_only_where_names_make_it_clear() -> None:
    names = ("person:elda-ferrant", "place:valdera", "place:mirano", "org:red-cross", "org:seismology-institute")
    english = made(QUAKE, entities=names)
    french = made(QUAKE_TOO, language="fr", entities=names)
    assert decide(french, [near(1, 7, english)]).story_id == 7
    assert decide(made(QUAKE_TOO, language="fr", entities=names[:3]), [near(1, 7, english)]) == Decision()
    places = tuple(f"place:{number}" for number in range(8))
    assert similarity(raw(entities=places), raw(entities=places, language="fr")) == 0


def test_the_window_is_days() -> None:
    assert timedelta(days=2) <= stories.WINDOW <= timedelta(days=7)
