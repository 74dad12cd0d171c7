"""Addresses of one page have one identity, and addresses of two pages have two."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import urls


@pytest.mark.parametrize(
    ("url", "identity"),
    [
        ("http://WWW.Example.org:80/News/Story.html#top", "https://example.org/News/Story.html"),
        ("https://example.org/a/", "https://example.org/a"),
        ("https://example.org", "https://example.org/"),
        ("//example.org/a", "https://example.org/a"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("https://example.org/a?utm_source=x&id=7&fbclid=abc&UTM_medium=y", "https://example.org/a?id=7"),
        ("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2"),
        ("https://example.org/a?ref=rss", "https://example.org/a"),
        ("https://example.org/a?ref=48213", "https://example.org/a?ref=48213"),
        ("https://m.example.org/a", "https://example.org/a"),
        ("https://amp.www.example.co.uk/a", "https://example.co.uk/a"),
        ("https://m.org/a", "https://m.org/a"),
        ("https://www.org/a", "https://www.org/a"),
        ("https://news.example.org/a", "https://news.example.org/a"),
        ("https://example.org/a/amp/", "https://example.org/a"),
        ("https://example.org/amp/a", "https://example.org/a"),
        ("https://example.org/a.amp.html", "https://example.org/a.html"),
        ("https://example.org/a?outputType=amp", "https://example.org/a"),
        ("https://example.org/amplifier", "https://example.org/amplifier"),
        ("https://example.org/a/print/", "https://example.org/a"),
        ("https://example.org/a?print=1", "https://example.org/a"),
        ("https://example.org/a.print.html", "https://example.org/a.html"),
        ("https://example.org/print/a", "https://example.org/print/a"),
        ("https://example.org/a/index.html", "https://example.org/a"),
        ("https://example.org/index.php?id=7", "https://example.org/?id=7"),
        ("https://example.org/a;jsessionid=0F3?PHPSESSID=ab12", "https://example.org/a"),
        ("https://www.google.com/amp/s/www.example.org/a/amp", "https://example.org/a"),
        ("https://example-org.cdn.ampproject.org/c/s/example.org/a", "https://example.org/a"),
        ("https://münchen.example/straße", "https://xn--mnchen-3ya.example/stra%C3%9Fe"),
        ("https://example.org/%7euser/a%2fb", "https://example.org/~user/a%2Fb"),
        ("https://example.org/a b", "https://example.org/a%20b"),
        ("https://example.org/a//b/../c", "https://example.org/a/c"),
        ("  https://example.org/a\n", "https://example.org/a"),
        ("mailto:desk@example.org", "mailto:desk@example.org"),
        ("https://[::1]:8080/a", "https://[::1]:8080/a"),
    ],
)
def test_canonical(url: str, identity: str) -> None:
    assert urls.canonical(url) == identity
    assert urls.canonical(identity) == identity


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.builds(
            "{}://{}{}?{}#{}".format,
            st.sampled_from(["http", "https", "HTTP"]),
            st.sampled_from(["www.example.org", "m.example.co.uk:80", "EXAMPLE.org.", "bücher.example", "amp.m.www.a.b.example.org"]),
            st.text(alphabet="/aAmp.%20~é;:+&=?§\u3042 ", max_size=30).map(lambda path: "/" + path),
            st.text(alphabet="utm_=&a1%2fé+; amp", max_size=30),
            st.text(max_size=5),
        ),
    )
)
def test_canonical_is_idempotent_and_never_fails(url: str) -> None:
    once = urls.canonical(url)
    assert urls.canonical(once) == once


def test_host_is_ascii_and_lower_case() -> None:
    assert urls.host("https://Bücher.Example:8080/x") == "xn--bcher-kva.example"
    assert urls.host("not a url") == ""
    assert urls.host("https://exa mple.org/") == ""


@pytest.mark.parametrize(
    ("url", "fetchable"),
    [
        ("https://example.org/a?b=c", True),
        ("http://127.0.0.1:8000/", True),
        ("ftp://example.org/a", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://example.org:99999/", False),
        ("https://example.org/" + "a" * 3000, False),
        ("https://example.org/a\x00b", False),
        ("/relative", False),
    ],
)
def test_is_fetchable(url: str, *, fetchable: bool) -> None:
    assert urls.is_fetchable(url) is fetchable


@pytest.mark.parametrize(
    ("url", "edition"),
    [
        ("https://m.example.org/a", True),
        ("https://example.org/a/amp", True),
        ("https://example.org/a?outputType=amp", True),
        ("https://example.org/a/print", True),
        ("https://www.google.com/amp/s/www.example.org/a", True),
        ("https://www.example.org/a?utm_source=rss", False),
        ("https://m.org/a", False),
        ("https://example.org/a?view=grid", False),
        ("mailto:desk@example.org", False),
    ],
)
def test_is_edition(url: str, *, edition: bool) -> None:
    assert urls.is_edition(url) is edition


def test_same_site_is_the_registrable_domain() -> None:
    assert urls.same_site("https://news.example.co.uk/a", "http://example.co.uk/")
    assert not urls.same_site("https://one.co.uk/", "https://two.co.uk/")
    assert not urls.same_site("https://one.blogspot.com/", "https://two.blogspot.com/")
    assert not urls.same_site("", "")


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("https://example.org", True),
        ("https://example.org/index.html", True),
        ("https://example.org/en/", True),
        ("https://example.org/?utm_source=x", True),
        ("https://example.org/?p=31", False),
        ("https://example.org/news", False),
    ],
)
def test_is_home(url: str, *, home: bool) -> None:
    assert urls.is_home(url) is home
