"""Outlets files: read in full, or not at all with every error named."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import outlets
from pipeline.errors import FileErrors, InputError

TOML = """\
# Whom we watch
[[outlet]]
name = "Example News"
url = "example.com"
feeds = ["https://example.com/rss"]
labels = ["wire", "world"]
country = "RS"
language = "sr"
group = "Example Group"

[[outlet]]
name = "Other"
url = "https://WWW.Other.example/news"
"""


def parse(text: str, suffix: str) -> dict:
    return outlets.parse(text.encode(), suffix=suffix, path="list" + suffix)


def problems(text: str, suffix: str) -> list[tuple[int, str]]:
    with pytest.raises(FileErrors) as raised:
        parse(text, suffix)
    return raised.value.problems


def test_toml() -> None:
    first, second = parse(TOML, ".toml").items()
    assert first[0] == 2
    assert first[1].name == "Example News"
    assert first[1].url == "https://example.com/"
    assert first[1].feeds == ("https://example.com/rss",)
    assert first[1].labels == ("wire", "world")
    assert (first[1].country, first[1].language, first[1].group) == ("rs", "sr", "Example Group")
    assert second[0] == 11
    assert second[1].url == "https://www.other.example/news"


def test_toml_names_every_error_with_its_line() -> None:
    found = problems(
        """\
[[outlet]]
name = "A"
url = "ftp://a.example"
country = "Serbia"

[[outlet]]
url = "https://b.example"
colour = "red"

[[outlet]]
name = "A"
url = "https://c.example"
labels = "wire"
""",
        ".toml",
    )
    assert [line for line, _ in found] == [1, 1, 6, 6, 10, 10]
    text = "\n".join(problem for _, problem in found)
    for part in ("ftp://a.example", "'serbia'", "`name` is missing", "'colour'", "`labels` is a list", "stands in line 1 already"):
        assert part in text


def test_broken_toml_names_the_line() -> None:
    assert problems('[[outlet]]\nname = "A\n', ".toml")[0][0] == 2


def test_csv() -> None:
    found = parse(
        'name,url,feeds,labels,country\n"Example, the News",example.com,https://a.example/1 https://a.example/2,"wire;world",rs\n\nB,b.example,,,\n',
        ".csv",
    )
    assert list(found) == [2, 4]
    assert found[2].name == "Example, the News"
    assert found[2].feeds == ("https://a.example/1", "https://a.example/2")
    assert found[2].labels == ("wire", "world")
    assert found[4].feeds == ()


def test_csv_errors() -> None:
    assert "'url'" in problems("name,feeds\nA,b\n", ".csv")[0][1]
    found = problems("name,url\nA,a.example,extra\n,b.example\nC,http://\n", ".csv")
    assert [line for line, _ in found] == [2, 3, 4]


def test_opml_joins_feeds_of_a_site_and_labels_them() -> None:
    found = parse(
        """\
<?xml version="1.0"?>
<opml version="2.0"><head/><body>
<outline text="World">
<outline text="Example" xmlUrl="https://example.com/rss" htmlUrl="https://example.com/"/>
<outline text="Example Sport" xmlUrl="https://example.com/sport" htmlUrl="https://example.com/"/>
</outline>
<outline title="Bare" xmlUrl="https://bare.example/feed"/>
</body></opml>""",
        ".opml",
    )
    assert list(found) == [4, 7]
    assert found[4].feeds == ("https://example.com/rss", "https://example.com/sport")
    assert found[4].labels == ("World",)
    assert found[7].url == "https://bare.example/"


@pytest.mark.parametrize("text", ["<rss/>", "<opml><body><outline></body></opml>", "", "hello"])
def test_not_an_outlets_file(text: str) -> None:
    assert problems(text, "")[0][0] >= 1


def test_entities_in_opml_are_not_expanded() -> None:
    secret = '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/hostname">]><opml><body><outline text="&x;" xmlUrl="https://a.example/f"/></body></opml>'
    with pytest.raises(FileErrors):
        parse(secret, ".opml")


def test_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read: No such file"):
        outlets.read(tmp_path / "none.toml")


def test_not_utf8_names_the_line() -> None:
    with pytest.raises(FileErrors) as raised:
        outlets.parse(b"name,url\nA,a.example\nB\xff,b.example\n", suffix=".csv", path="x")
    assert raised.value.problems == [(3, "the file is not UTF-8")]


def test_toml_keys_that_do_not_belong_are_named_by_their_own_line() -> None:
    text = 'title = "Ours"\n[[outlet]]\nname = "A"\nurl = "a.example"\n\n[ other ]\nx = 1\n[[more]]\ny = 2\n'
    assert [line for line, _ in problems(text, ".toml")] == [1, 6, 8]


def test_csv_goes_on_after_a_broken_row() -> None:
    text = 'name,url\nA,ftp://a\nB,"b.example"x\nC,\nD,"d.example\nE,e.example\n'
    found = problems(text, ".csv")
    assert [line for line, _ in found] == [2, 3, 4, 5]
    assert "this is no CSV" in found[1][1]
    assert found[3][1] == "a quotation mark opens here and is never closed"


@pytest.mark.parametrize(
    ("field", "value"), [("name", "A\\u0000"), ("group", "A\\u0001"), ("labels", "A\\u0000"), ("url", "https://a.example/\\u0007")]
)
def test_what_the_store_cannot_hold_is_a_mistake(field: str, value: str) -> None:
    fields = {"name": '"A"', "url": '"https://a.example/"', "group": '"G"', "labels": '["L"]'}
    fields[field] = f'["{value}"]' if field == "labels" else f'"{value}"'
    ((line, problem),) = problems("[[outlet]]\n" + "".join(f"{name} = {text}\n" for name, text in fields.items()), ".toml")
    assert line == 1
    assert "control characters" in problem if field != "url" else "is no http or https address" in problem


@pytest.mark.parametrize(
    "typed",
    ["", "ftp://a.example", "https://", "http://a..example/", "http://%%%/", "http://[::1", "http://a.example:99999", "a b.example",
     f"https://{'a' * 64}.example", "javascript:alert(1)", "/etc/passwd"],
)  # fmt: skip
def test_addresses_that_are_none_are_named_as_typed(typed: str) -> None:
    with pytest.raises(ValueError, match="is no http or https address") as raised:
        outlets.tidy_url(typed)
    assert str(raised.value).startswith(repr(typed))


@pytest.mark.parametrize("typed", ["https://user:pw@a.example/", "mailto:x@a.example"])
def test_addresses_with_a_password_are_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="user's name or password"):
        outlets.tidy_url(typed)


def test_one_mistake_is_told_as_one() -> None:
    with pytest.raises(FileErrors) as raised:
        parse("name,url\n", ".csv")
    assert str(raised.value) == "list.csv was not imported, because of a mistake:\n  line 1: the file has no outlets."
