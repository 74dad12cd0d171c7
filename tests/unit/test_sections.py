"""Links of section pages: articles told from the rest by general marks, by the page itself and by what is known of the outlet."""

from __future__ import annotations

import pytest

from crawlers.reading import sections
from pipeline.shapes import Known, Shapes

HOME = "https://example.com/"


def shown(*links: tuple[str, str], known: Known | None = None, menu: tuple[tuple[str, str], ...] = ()) -> list[str]:
    around = "".join(f'<li><a href="{path}">{text}</a></li>' for path, text in menu)
    body = "".join(f'<p><a href="{path}">{text}</a></p>' for path, text in links)
    page = f"<html><body><nav>{around}</nav>{body}</body></html>".encode()
    return [item.url.removeprefix(HOME) for item in sections.read(page, url=HOME, content_type="text/html", known=known)]


MENU = tuple(
    (f"/rubrik/{name}", name.title()) for name in ("politik", "kultur", "sport", "wissen", "reise", "auto", "lokal", "medien", "essen")
)
HEADLINES = tuple((f"/c/dmf2025010{n}_9688713{n}", f"The council votes on bridge number {n} after a long debate") for n in range(9))


def test_a_page_teaches_the_shape_of_its_outlets_addresses() -> None:
    short = ("/c/dmf20250109_96887139", "Bridge closed")
    assert shown(short) == []  # by itself it is no headline
    assert shown(*HEADLINES, short, menu=MENU)[-1] == "c/dmf20250109_96887139"
    # What looks like the menu's own is none, however long it is called.
    club = ("/rubrik/klub", "Everything about our club for readers of this paper")
    assert "rubrik/klub" not in shown(*HEADLINES, club, menu=MENU)


def test_what_became_of_pages_teaches() -> None:
    long = "All that we know about the harbour and its future"
    before = shown(("/dossier/hafen-und-die-zukunft", long), ("/meldung/hafen-und-die-zukunft", long))
    assert before == ["dossier/hafen-und-die-zukunft", "meldung/hafen-und-die-zukunft"]
    others = tuple(f"{HOME}dossier/thema-und-mehr-{name}" for name in "abcdefgh")
    articles = tuple(f"{HOME}meldung/bericht-vom-tage-{name}" for name in "abcdefgh")
    known = Known(articles=articles, others=others)
    assert shown(("/dossier/hafen-und-die-zukunft", long), ("/meldung/hafen-und-die-zukunft", long), known=known) == [
        "meldung/hafen-und-die-zukunft"
    ]
    # Pages of which it is known what they are: an article whatever its link says, and another never again.
    assert shown(("/meldung/bericht-vom-tage-a", "a"), (others[0], long), known=known) == ["meldung/bericht-vom-tage-a"]


def test_guesses_cost_a_bounded_number_of_fetches() -> None:
    guesses = tuple((f"/stadt/teil-{n}.html", f"What there is to see in part {n}") for n in range(40))
    first = shown(*guesses)
    assert len(first) == sections.MOST_GUESSES
    # They were none: the rest is not even tried.
    assert shown(*guesses, known=Known(others=tuple(HOME + path for path in first))) == []
    # They were articles: they are guesses no more, and neither are the others.
    assert len(shown(*guesses, known=Known(articles=tuple(HOME + path for path in first)))) == len(guesses)


def test_sections_of_a_home_page() -> None:
    links = "".join(f'<a href="{path}">{text}</a>' for path, text in HEADLINES)
    services = '<a href="/kontakt">Kontakt</a><a href="/abo/">Abo</a><a href="/login">Log in</a><a href="/rubrik/?page=2">2</a>'
    menu = "".join(f'<a href="{path}">{text}</a>' for path, text in MENU)
    page = f'<p><a href="/lokales/">Lokales</a></p>{links}<nav>{services}{menu}<a href="https://other.example/x">Other</a></nav>'
    found = sections.sections(page.encode(), url=HOME)
    assert [url.removeprefix(HOME) for url in found] == [*(path[1:] for path, _ in MENU), "lokales/"]


def test_shapes_know_nothing_of_an_outlet_that_nobody_knows() -> None:
    assert Shapes(Known()).odds(f"{HOME}2025/03/04/a-long-name-of-it") == 0


@pytest.mark.parametrize(
    ("articles", "others", "article", "other"),
    [
        ("/doc/771504{}", "/theme/31{}", "/doc/7999999", "/theme/3754"),
        ("/2025/03/0{}/a-b-c-d", "/tag/a-b-c-{}", "/2025/04/01/x-y-z-w", "/tag/x-y-z"),
        ("/story.php?id=120{}", "/list.php?cat={}", "/story.php?id=77", "/list.php?cat=77"),
        ("/новости/пожар-в-порту-на-{}", "/тема/порт-{}", "/новости/выборы-в-совете-города-завтра", "/тема/город"),
    ],
)
def test_shapes_of_several_outlets(articles: str, others: str, article: str, other: str) -> None:
    known = Known(
        articles=tuple(f"https://example.com{articles.format(n)}" for n in range(1, 9)),
        others=tuple(f"https://example.com{others.format(n)}" for n in range(1, 5)),
    )
    shapes = Shapes(known)
    assert shapes.odds(f"https://example.com{article}") > 1
    assert shapes.odds(f"https://example.com{other}") < -1


def test_an_address_that_makes_no_sense_has_no_shape() -> None:
    assert Shapes(Known(articles=("http://[",))).odds("http://[x") == 0
