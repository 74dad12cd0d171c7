"""Addresses without end: which are told from articles' addresses, and how many new pages an outlet may have in a day."""

from __future__ import annotations

import itertools

import pytest

from pipeline import reasons, sessions, urls
from pipeline.traps import MOST_FILTERS, allowance, filtered, trap

SITE = "https://example.com"
ID = "0A1B2C3D4E5F60718293A4B5C6D7E8F9"


@pytest.mark.parametrize(
    ("path", "linked", "reason"),
    [
        ("/news/news/news/story", False, "repeated_path"),
        ("/a/b/a/b/a/b/story", False, "repeated_path"),
        ("/en/news/x/en/news/x/en/news/x", False, "repeated_path"),
        ("/start/w/x/y/z/w/x/y/z/w/x/y/z/end", True, "repeated_path"),
        ("/NEWS/news/News/", False, "repeated_path"),
        ("/" + "/".join(map(str, range(21))), False, "deep_path"),
        ("/list?" + "&".join(f"f{n}=1" for n in range(17)), False, "many_parameters"),
        ("/list?" + "&".join(["f[]=1"] * 17), False, "many_parameters"),
        ("/calendar/2031/05", True, "calendar"),
        ("/events/2031-12-31/", True, "calendar"),
        ("/kalender/2024/", True, "calendar"),
        ("/veranstaltungen/?month=5&year=2031", True, "calendar"),
        ("/agenda?date=1999-01-01", True, "calendar"),
        ("/calendar/2031/05", False, None),  # a feed says that it is an article
        ("/news/news/story", True, None),
        ("/2025/05/05/05/story", True, None),
        ("/11/11/11/story", True, None),
        ("/a/b/a/b/story", True, None),
        ("/2025/03/04/minister-resigns", True, None),
        ("/events/2025/05/summer-fair-opens", True, None),
        ("/horoscope/2025-05-01", True, None),
        ("/article.php?id=17&month=5", True, None),
        ("/" + "/".join(f"part{n}" for n in range(20)), True, None),
        ("/", True, None),
        ("/%C3%A4/%C3%A4?x", True, None),
    ],
)
def test_traps(path: str, linked: bool, reason: str | None) -> None:
    assert trap(SITE + path, linked=linked) == reason
    assert reason is None or reason in reasons.TRAPS


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (f"/story;jsessionid={ID}", "/story"),
        (f"/story;JSESSIONID={ID}.node1?id=7", "/story?id=7"),
        (f"/story?PHPSESSID={ID.lower()}", "/story"),
        (f"/story?id=7&PHPSESSID={ID}&x=1", "/story?id=7&x=1"),
        (f"/story?sid={ID}", "/story"),
        (f"/story?s={ID}&id=7", "/story?id=7"),
        ("/(S(lit3py55t21z5v55vlm25s55))/story.aspx", "/story.aspx"),
        ("/story?CFID=123&CFTOKEN=456&id=7", "/story?id=7"),
        ("/story?ASPSESSIONIDQQRS=ABC&id=7", "/story?id=7"),
        ("/story?sid=1234", "/story?sid=1234"),
        ("/story?s=title-of-a-story-in-many-words", "/story?s=title-of-a-story-in-many-words"),
        ("/story;v=2?a=%20b&c", "/story;v=2?a=%20b&c"),
        ("/story-(part-1)/x", "/story-(part-1)/x"),
        ("/story?", "/story?"),
        ("/story#(S(x))", "/story#(S(x))"),
    ],
)
def test_sessions_make_no_new_page(given: str, kept: str) -> None:
    assert sessions.without(SITE + given) == SITE + kept
    assert sessions.without(SITE + kept) == SITE + kept
    assert urls.canonical(SITE + given) == urls.canonical(SITE + kept)


def test_lists_that_are_sorted_and_filtered() -> None:
    names = ("sort", "page", "colour", "size", "brand")
    queries = ["&".join(f"{name}=1" for name in order) for count in (1, 2, 3) for order in itertools.permutations(names, count)]
    urls = [f"{SITE}/shop?{query}" for query in queries]
    assert len(urls) - len(filtered(urls)) == MOST_FILTERS
    assert filtered([f"{SITE}/a?x=1&y=2", f"{SITE}/a?y=2&x=1"]) == {f"{SITE}/a?y=2&x=1"}
    # One script that shows all articles is no list.
    assert not filtered(f"{SITE}/article.php?id={n}&lang=en" for n in range(500))
    assert not filtered(f"{SITE}/article-{n}" for n in range(500))


def test_the_allowance_follows_what_is_usual() -> None:
    assert allowance(2_000, []) == 2_000
    assert allowance(2_000, [900] * 14) == 2_000
    assert allowance(2_000, [3_000] * 14) == 6_000
    # Some wild days change nothing.
    assert allowance(2_000, [90_000] * 6) == 2_000
    assert allowance(2_000, [90_000] * 6 + [1_500] * 8) == 3_000
