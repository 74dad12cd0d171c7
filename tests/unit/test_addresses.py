"""Which addresses may be fetched."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from pipeline.addresses import is_public, refusal


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "169.254.0.1", "0.1.2.3",
        "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.9", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "192.88.99.1", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.1.2.3", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:a00:1::", "::7f00:1",
    ],
)  # fmt: skip
def test_private_addresses(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1/", "private_address"),
        ("http://127.1/", "private_address"),
        ("http://2130706433/", "private_address"),
        ("http://0x7f000001/", "private_address"),
        ("http://0x7f.0.0.1/", "private_address"),
        ("http://0177.0.0.1/", "private_address"),
        ("http://127.0.0.1./", "private_address"),
        ("http://[::1]:80/", "private_address"),
        ("http://[::ffff:169.254.169.254]/latest/meta-data", "private_address"),
        ("http://[fe80::1%25eth0]/", "private_address"),
        ("http://localhost:8080/", "private_address"),
        ("http://LOCALHOST./", "private_address"),
        ("http://db.localhost/", "private_address"),
        ("http://metadata.google.internal/", "private_address"),
        ("http://printer.local/", "private_address"),
        ("file:///etc/passwd", "bad_scheme"),
        ("ftp://example.com/", "bad_scheme"),
        ("data:text/html,x", "bad_scheme"),
        ("javascript:alert(1)", "bad_scheme"),
        ("//example.com/", "bad_scheme"),
        ("http:///path", "bad_url"),
        ("http://a..example/", "bad_url"),
        ("http://%%%/", "bad_url"),
        ("http://-example-/", "bad_url"),
        (f"http://{'a' * 64}.example/", "bad_url"),
        ("http://example.com@127.0.0.1/", "bad_url"),
        ("http://127.0.0.1:80@example.com/", "bad_url"),
        ("http://example.com\\@127.0.0.1/", "bad_url"),
        ("http://example.com:99999/", "bad_url"),
        ("http://example.com:0/", "bad_url"),
        ("http://[::1/", "bad_url"),
        ("http://example.com/" + "a" * 2000, "url_too_long"),
    ],
)
def test_refused_urls(url: str, reason: str) -> None:
    assert refusal(url, ()) == reason


@pytest.mark.parametrize(
    "url", ["https://example.com/", "http://example.com:8080/a?b=c", "https://93.184.216.34/", "https://xn--bcher-kva.example/"]
)
def test_urls_that_may_be_fetched(url: str) -> None:
    assert refusal(url, ()) is None


def test_allowed_hosts() -> None:
    assert refusal("http://127.0.0.1:8000/", ["127.0.0.1:8000"]) is None
    assert refusal("http://127.0.0.1:8001/", ["127.0.0.1:8000"]) == "private_address"
    assert refusal("http://127.0.0.1/", ["127.0.0.1:80"]) is None
    assert refusal("http://Localhost:1/", ["localhost"]) is None
    assert refusal("http://[::1]:8000/", ["[::1]:8000"]) is None
    # An allowed host makes no other scheme fetchable.
    assert refusal("file://localhost/etc/passwd", ["localhost"]) == "bad_scheme"
