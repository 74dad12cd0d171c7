"""Which addresses may be fetched."""

# Letters that look like others; addresses, none of which is bound to.
# ruff: noqa: RUF001, S104

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
        "0.0.0.0", "100.100.100.200", "169.254.170.2", "192.168.255.255", "172.20.0.1", "198.19.255.255", "198.51.100.1", "192.0.0.192",
        "239.255.255.250", "233.252.0.1", "255.255.255.254", "fec0::1", "febf::1", "fdff::1", "ff05::1:3", "ff0e::1", "100::1", "100:0:0:1::1",
        "2001::1", "2001:2::1", "2001:10::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "3fff::1", "5f00::1", "4000::1", "::2",
        "::ffff:0:7f00:1", "::ffff:0.0.0.0", "::ffff:100.64.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::6440:1",
        "2002:a9fe:a9fe::", "2002:c0a8:101::1", "fe80::5efe:7f00:1",
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
        ("http://127.0.1/", "private_address"),
        ("http://0/", "private_address"),
        ("http://00000000177.1/", "private_address"),
        ("http://0x7F.1/", "private_address"),
        ("http://017700000001/", "private_address"),
        ("http://0300.0250.1.1/", "private_address"),
        ("http://3232235777/", "private_address"),
        ("http://0xa9fea9fe/", "private_address"),
        ("http://169.254.43518/", "private_address"),
        ("http://010.1.1.1/", "bad_url"),
        ("http://%31%32%37.0.0.1/", "private_address"),
        ("http://１２７.０.０.１/", "private_address"),
        ("http://127。0。0。1/", "private_address"),
        ("http://①②⑦.0.0.1/", "private_address"),
        ("http://[::ffff:7f00:1]/", "private_address"),
        ("http://[0:0:0:0:0:ffff:127.0.0.1]/", "private_address"),
        ("http://[::127.0.0.1]/", "private_address"),
        ("http://[64:ff9b::10.0.0.1]/", "private_address"),
        ("http://[2002:7f00:1::]/", "private_address"),
        ("http://[fd00:ec2::254]/", "private_address"),
        ("http://[fec0::1]/", "private_address"),
        ("http://[fe80::1%25lo]/", "private_address"),
        ("http://[fe80::1%lo]/", "private_address"),
        ("http://localhost/", "private_address"),
        ("http://localhost./", "private_address"),
        ("http://LocalHost.localdomain/", "private_address"),
        ("http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "private_address"),
        ("http://ｌｏｃａｌｈｏｓｔ/", "private_address"),
        ("http://%6c%6f%63%61%6c%68%6f%73%74/", "private_address"),
        ("http://a.b.localhost/", "private_address"),
        ("http://ip6-localhost/", "private_address"),
        ("http://metadata/computeMetadata/v1/", "private_address"),
        ("http://instance-data/latest/", "private_address"),
        ("http://kubernetes.default.svc/", "private_address"),
        ("http://db.default.svc.cluster.local/", "private_address"),
        ("http://host.docker.internal/", "private_address"),
        ("http://router.lan/", "private_address"),
        ("http://fritz.box.home/", "private_address"),
        ("http://nas.home.arpa./", "private_address"),
        ("http://intranet/", "private_address"),
        ("https://127.0.0.1:443/", "private_address"),
        ("HTTP://127.0.0.1/", "private_address"),
        ("http://example.com:22/", "bad_port"),
        ("http://example.com:25/", "bad_port"),
        ("https://example.com:80/", None),
        ("http://example.com:6/", "bad_port"),
        ("http://example.com:-1/", "bad_url"),
        ("http://example.com:8o/", "bad_url"),
        ("http://user@example.com/", "bad_url"),
        ("http://:@127.0.0.1/", "bad_url"),
        ("http://example.com%40127.0.0.1/", "bad_url"),
        ("http://example.com%2f@127.0.0.1/", "bad_url"),
        ("http:\\\\127.0.0.1/", "bad_url"),
        ("http://127.0.0.1\\.example.com/", "bad_url"),
        ("http://exa mple.com/", "bad_url"),
        ("http://example.com\x00.127.0.0.1/", "bad_url"),
        ("http://[127.0.0.1]/", "bad_url"),
        ("http://[fe80::1/", "bad_url"),
        ("http://[v1.fe]/", "bad_url"),
        ("http://0x08080808/", "bad_url"),
        ("http://example.1/", "bad_url"),
        ("http://127.0.0.256/", "bad_url"),
        ("http://0x1ffffffff/", "private_address"),
        ("http://0.0x1ffffffff/", "bad_url"),
        ("http:127.0.0.1/", "bad_url"),
        ("https:///127.0.0.1/", "bad_url"),
        ("", "bad_scheme"),
        ("/etc/passwd", "bad_scheme"),
        ("gopher://127.0.0.1:6379/_INFO", "bad_scheme"),
        ("dict://127.0.0.1:11211/stat", "bad_scheme"),
        ("s3://bucket/key", "bad_scheme"),
        ("blob:https://example.com/x", "bad_scheme"),
        ("about:blank", "bad_scheme"),
        ("ws://example.com/", "bad_scheme"),
        ("view-source:http://127.0.0.1/", "bad_scheme"),
        ("feed://example.com/rss", "bad_scheme"),
        ("file:///etc/passwd", "bad_scheme"),
        ("file://localhost/etc/passwd", "bad_scheme"),
        ("FILE:///etc/passwd", "bad_scheme"),
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
def test_refused_urls(url: str, reason: str | None) -> None:
    assert refusal(url, ()) == reason


@pytest.mark.parametrize(
    "url", ["https://example.com/", "http://example.com:8080/a?b=c", "https://93.184.216.34/", "https://xn--bcher-kva.example/", "https://bücher.example/ä",
     "http://[2606:2800:220:1::1]/", "http://1.1.1.1.example.com/", "http://127.0.0.1.nip.io/", "https://example.com./", "http://localhost.example.com/"],
)  # fmt: skip
def test_urls_that_may_be_fetched(url: str) -> None:
    assert refusal(url, ()) is None


def test_allowed_hosts() -> None:
    assert refusal("http://127.0.0.1:8000/", ["127.0.0.1:8000"]) is None
    assert refusal("http://127.0.0.1:8001/", ["127.0.0.1:8000"]) == "private_address"
    assert refusal("http://127.0.0.1/", ["127.0.0.1:80"]) is None
    assert refusal("http://Localhost:1/", ["localhost"]) is None
    assert refusal("http://newsroom:25/", ["newsroom:25"]) is None
    assert refusal("http://good@127.0.0.1:8000/", ["127.0.0.1:8000", "good"]) == "bad_url"
    assert refusal("http://2130706433:8000/", ["127.0.0.1:8001"]) == "private_address"
    assert refusal("http://[::1]:8000/", ["[::1]:8000"]) is None
    # An allowed host makes no other scheme fetchable.
    assert refusal("file://localhost/etc/passwd", ["localhost"]) == "bad_scheme"
