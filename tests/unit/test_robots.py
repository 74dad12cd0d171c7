"""robots.txt as RFC 9309 reads it: a table of files and addresses, with the section that each line is from."""

from __future__ import annotations

import pytest
from scrapy.http import TextResponse

from crawlers.politeness import LARGEST_BYTES, Rules

SITE = "https://example.com"


def rules(text: str | bytes) -> Rules:
    body = text if isinstance(text, bytes) else text.encode()
    return Rules.of_response(TextResponse(f"{SITE}/robots.txt", body=body))


def allowed(text: str | bytes, path: str) -> bool:
    return rules(text).refusal(SITE + path) is None


# 2.2.1: which group is ours. `presswatch` is the product token.
GROUPS = [
    ("", "/a", True),
    ("User-agent: *\nDisallow: /", "/a", False),
    ("User-agent: presswatch\nDisallow: /", "/a", False),
    ("user-AGENT: PressWatch\ndisALLOW: /", "/a", False),
    ("User-agent: presswatch/1.0\nDisallow: /", "/a", False),
    ("User-agent: otherbot\nDisallow: /", "/a", True),
    ("User-agent: presswatch\nDisallow: /a\n\nUser-agent: *\nDisallow: /", "/b", True),
    ("User-agent: *\nDisallow: /\n\nUser-agent: presswatch\nDisallow: /a", "/b", True),
    ("User-agent: *\nDisallow: /\n\nUser-agent: presswatch\nDisallow: /a", "/a", False),
    ("User-agent: presswatch\nDisallow:\n\nUser-agent: *\nDisallow: /", "/a", True),
    ("User-agent: presswatch\n\nUser-agent: *\nDisallow: /", "/a", False),
    # Several names for one group.
    ("User-agent: otherbot\nUser-agent: presswatch\nDisallow: /", "/a", False),
    ("User-agent: presswatch\nUser-agent: otherbot\nDisallow: /", "/a", False),
    # Groups of one name are combined.
    ("User-agent: presswatch\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: presswatch\nDisallow: /b", "/a", False),
    ("User-agent: presswatch\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: presswatch\nDisallow: /b", "/b", False),
    ("User-agent: presswatch\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: presswatch\nDisallow: /b", "/c", True),
    ("User-agent: *\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: *\nDisallow: /b", "/a", False),
    # A longer or shorter product token is another crawler.
    ("User-agent: presswatchers\nDisallow: /", "/a", True),
    ("User-agent: press\nDisallow: /", "/a", True),
    ("User-agent: watch\nDisallow: /", "/a", True),
    ("User-agent: s\nDisallow: /", "/a", True),
    ("User-agent: presswatch-images\nDisallow: /", "/a", True),
    # Rules before any group are of nobody.
    ("Disallow: /\nUser-agent: x\nDisallow: /b", "/a", True),
    # Lines of other kinds do not end a group.
    ("User-agent: presswatch\nSitemap: https://example.com/s.xml\nDisallow: /a", "/a", False),
    ("User-agent: presswatch\nCrawl-delay: 3\nDisallow: /a", "/a", False),
    ("User-agent: presswatch\nUnknown: 3\nDisallow: /a", "/a", False),
]
# 2.2.2: which rule of the group wins.
MATCHES = [
    ("Disallow: /a", "/a", False),
    ("Disallow: /a", "/ab/c?d", False),
    ("Disallow: /a", "/A", True),
    ("Disallow: /a/", "/a", True),
    ("Disallow: /a/", "/a/b", False),
    ("Disallow:", "/a", True),
    ("Allow:\nDisallow: /a", "/a", False),
    ("Disallow: /\nAllow: /a", "/a/b", True),
    ("Allow: /a\nDisallow: /", "/a/b", True),
    ("Allow: /a\nDisallow: /a/b", "/a/b/c", False),
    ("Disallow: /a/b\nAllow: /a", "/a/b/c", False),
    ("Allow: /a/b\nDisallow: /a", "/a/b/c", True),
    # The one with more octets, and of equals the one that allows.
    ("Disallow: /page\nAllow: /page", "/page", True),
    ("Allow: /page\nDisallow: /page", "/page", True),
    ("Allow: /folder\nDisallow: /folder/", "/folder/page", False),
    ("Allow: /p\nDisallow: /*.html", "/page.html", False),
    ("Allow: /page\nDisallow: /*.htm", "/page.htm", False),
    ("Disallow: /a\nDisallow: /a/b\nAllow: /a/b/c", "/a/b/c", True),
]
# 2.2.3: special characters.
SIGNS = [
    ("Disallow: /*.php", "/a/b.php?c", False),
    ("Disallow: /*.php$", "/a/b.php", False),
    ("Disallow: /*.php$", "/a/b.php?c", True),
    ("Disallow: /*.php$", "/a/b.phpx", True),
    ("Disallow: /a*b", "/axxb", False),
    ("Disallow: /a*b", "/axx", True),
    ("Disallow: /a*", "/ab", False),
    ("Disallow: *", "/a", False),
    ("Disallow: /*/private/", "/x/y/private/z", False),
    ("Disallow: /a$b", "/a$b", False),
    ("Disallow: /a.b", "/axb", True),
    ("Disallow: /a+b", "/aab", True),
    ("Disallow: /a?b", "/a?b=1", False),
    ("Disallow: /a[b]", "/ab", True),
    ("Disallow: /$", "/", False),
    ("Disallow: /$", "/a", True),
    ("Disallow: /a # the archive", "/a", False),
    ("Disallow: /a#b", "/ab", False),
    ("Disallow: /\nAllow: /$", "/", True),
    ("Disallow: /a**b", "/axb", False),
]
# 2.2.2: octets outside ASCII, and those that are written with a percent sign.
OCTETS = [
    ("Disallow: /foo/bar?baz=https://foo.bar", "/foo/bar?baz=https://foo.bar", False),
    ("Disallow: /foo/bar/ツ", "/foo/bar/%E3%83%84", False),
    ("Disallow: /foo/bar/%E3%83%84", "/foo/bar/%E3%83%84", False),
    ("Disallow: /foo/bar/%E3%83%84", "/foo/bar/ツ", False),
    ("Disallow: /foo/bar/%e3%83%84", "/foo/bar/%E3%83%84", False),
    ("Disallow: /foo/bar/%62%61%7A", "/foo/bar/baz", False),
    ("Disallow: /a%3Cd.html", "/a%3cd.html", False),
    ("Disallow: /a%2Fb", "/a/b", True),
    ("Disallow: /~joe/", "/%7Ejoe/index.html", False),
]
# 2.2, 2.3, 2.4: lines, ends of lines, marks of order, and what is no robots.txt.
LINES: list[tuple[str | bytes, str, bool]] = [
    ("User-agent: *\r\nDisallow: /a\r\n", "/a", False),
    ("User-agent: *\rDisallow: /a\r", "/a", False),
    (b"\xef\xbb\xbfUser-agent: *\nDisallow: /a", "/a", False),
    ("   User-agent  :   *   \n\t Disallow  :  /a  ", "/a", False),
    ("# hello\n\nUser-agent: *\n# of the archive\nDisallow: /a\n", "/a", False),
    ("User-agent: *\n\n\nDisallow: /a", "/a", False),
    (b"User-agent: *\nDisallow: /a\xff\nDisallow: /b", "/b", False),
    (b"\x00\x01\x02\xff", "/a", True),
    ("<html><body>Not found</body></html>", "/a", True),
    ("User-agent: *\nDisallow: /a\x00b\nDisallow: /c", "/c", False),
    ("User-agent: *\nDisallow /a\nDisallow: /c", "/c", False),
    ("User-agent: *\nDisallow: /a\n" + "x" * 100_000 + "\nDisallow: /b", "/b", False),
]


@pytest.mark.parametrize(("text", "path", "expected"), [*GROUPS, *LINES])
def test_files(text: str | bytes, path: str, expected: bool) -> None:
    assert allowed(text, path) is expected


@pytest.mark.parametrize(("text", "path", "expected"), [*MATCHES, *SIGNS, *OCTETS])
def test_groups_rules(text: str, path: str, expected: bool) -> None:
    assert allowed(f"User-agent: *\n{text}", path) is expected
    assert allowed(f"User-agent: presswatch\n{text}\n\nUser-agent: *\nDisallow: {'/' if expected else ''}", path) is expected


def test_the_file_itself_may_always_be_fetched() -> None:
    assert allowed("User-agent: *\nDisallow: /", "/robots.txt")


def test_at_least_500_kib_are_read() -> None:
    padding = "# padding\n" * ((LARGEST_BYTES - 100) // 10)
    assert LARGEST_BYTES >= 500 * 1024
    assert not allowed(f"{padding}User-agent: *\nDisallow: /a", "/a")


def test_a_rule_that_is_cut_at_the_limit_is_none() -> None:
    head = "User-agent: *\nDisallow: /b\n"
    text = f"{head}{'#' * (LARGEST_BYTES - len(head) - 13)}\nDisallow: /archive"
    assert allowed(text, "/about")
    assert not allowed(text, "/b")
