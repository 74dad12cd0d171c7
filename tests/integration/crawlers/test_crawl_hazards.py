"""Servers that would harm a crawler: every limit holds, with a reason, and the other outlets are fetched all the same."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pipeline.alerts import webhook
from pipeline.store.database import Database

from .conftest import Site, article
from .raw import PAGE, Raw, Say, drop_by_drop, head, serving, whole, without_end

Run = Callable[..., dict[str, Any]]
Add = Callable[..., int]
Read = Callable[[str], Any]

HTML = "Content-Type: text/html"
CHUNKED = head(HTML, "Transfer-Encoding: chunked")
ZIPPED = gzip.compress(article("Zipped"))
FILM = 5_000_000

# What a server says; why it is not fetched, or null if it is.
SAYINGS: dict[str, tuple[Say | bytes, str | None]] = {
    "fine": (whole(PAGE, HTML), None),
    "until-it-hangs-up": (head(HTML) + PAGE, None),
    "chunked": (CHUNKED + b"%x\r\n%b\r\n0\r\n\r\n" % (len(PAGE), PAGE), None),
    "no-kind": (whole(PAGE), None),
    "bad-header-line": (whole(PAGE, HTML, "nonsense"), None),
    "informed": (head(status="HTTP/1.1 103 Early Hints") * 3 + whole(PAGE, HTML), None),
    "silent": (lambda _: time.sleep(9), "timeout"),
    "slow-head": (drop_by_drop(b"HTTP/1.1 200 OK\r\n", b"X"), "timeout"),
    "slow-body": (drop_by_drop(head(HTML), b"x"), "timeout"),
    "slow-chunks": (drop_by_drop(CHUNKED, b"1\r\nx\r\n"), "timeout"),
    "endless-body": (without_end(head(HTML), b"x" * 65_536), "too_large"),
    "endless-chunks": (without_end(CHUNKED, b"10000\r\n" + b"x" * 65_536 + b"\r\n"), "too_large"),
    "announced": (head(HTML, "Content-Length: 99999999999"), "too_large"),
    "endless-headers": (without_end(b"HTTP/1.1 200 OK\r\n", b"X-Y: z\r\n" * 99), "head_too_large"),
    "endless-folding": (without_end(b"HTTP/1.1 200 OK\r\nX: y\r\n", b" and more\r\n" * 99), "head_too_large"),
    "endless-hints": (without_end(b"", head(status="HTTP/1.1 103 Early Hints") * 99), "head_too_large"),
    "endless-line": (without_end(b"HTTP/1.1 200 OK\r\nX: ", b"y" * 9_999), "connection_lost"),
    "http-0.9": (b"<html>\n" + PAGE, "bad_answer"),
    "no-http": (b"SSH-2.0-OpenSSH_9.2\r\n" * 9, "bad_answer"),
    "no-status": (b"HTTP/1.1 abc OK\r\n\r\n", "bad_answer"),
    "two-lengths": (head(HTML, "Content-Length: 3", "Content-Length: 4") + b"abcd", "bad_answer"),
    "negative-length": (head(HTML, "Content-Length: -3") + b"abcd", "bad_answer"),
    "unknown-transfer": (head(HTML, "Transfer-Encoding: xz") + b"abcd", "bad_answer"),
    "hung-up": (b"", "connection_lost"),
    "cut": (head(HTML, f"Content-Length: {len(PAGE) + 1}") + PAGE, "truncated"),
    "cut-chunks": (CHUNKED + b"%x\r\n%b\r\n" % (len(PAGE), PAGE), "truncated"),
    "cut-chunk": (CHUNKED + b"%x\r\n%b" % (len(PAGE) + 9, PAGE), "truncated"),
    "broken-chunk": (CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n", "truncated"),
    "cut-gzip": (whole(ZIPPED[:-30], HTML, "Content-Encoding: gzip"), "truncated"),
    "no-gzip": (whole(PAGE, HTML, "Content-Encoding: gzip"), "bad_encoding"),
    "unasked-packing": (whole(PAGE, HTML, "Content-Encoding: compress"), "bad_encoding"),
    "bomb": (whole(gzip.compress(gzip.compress(b"\0" * 20_000_000)), HTML, "Content-Encoding: gzip, gzip"), "too_large"),
    "film": (without_end(head("Content-Type: video/mp4"), b"\0" * 65_536), "wrong_type"),
    "radio": (without_end(head("Content-Type: audio/mpeg"), b"\0" * 65_536), "wrong_type"),
    "picture": (without_end(head("Content-Type: IMAGE/JPEG"), b"\0" * 65_536), "wrong_type"),
    "pdf": (without_end(head("Content-Type: application/pdf;x=y"), b"\0" * 65_536), "wrong_type"),
    "archive": (without_end(head("Content-Type: application/zip"), b"\0" * 65_536), "wrong_type"),
}  # fmt: skip
FINAL = {"too_large", "wrong_type"}


@pytest.fixture
def raw() -> Iterator[Raw]:
    with serving() as server:
        yield server


def test_every_limit_of_an_answer_holds(raw: Raw, add: Add, rows: Read, crawl: Run) -> None:
    links = [raw.put(f"http://{name}.test/page", says) for name, (says, _) in SAYINGS.items()]
    add(raw.feed("http://feeds.test/rss", *links), url="http://feeds.test/")
    started = time.monotonic()
    report = crawl(HTTP_PROXY=raw.url, fetch_timeout_s="3", page_max_bytes="5000000")
    assert time.monotonic() - started < 40
    assert report["fetched"] == sum(reason is None for _, reason in SAYINGS.values())
    found = {host.removesuffix(".test"): reason for host, reason in rows("SELECT host, reason FROM pages")}
    assert found == {name: reason for name, (_, reason) in SAYINGS.items()}
    # What may be better next time is tried again.
    again = {host.removesuffix(".test") for (host,) in rows("SELECT host FROM pages WHERE fetches = 0 AND due_at > now()")}
    assert again == {name for name, (_, reason) in SAYINGS.items() if reason and reason not in FINAL}
    for name in ("film", "radio", "picture", "pdf", "archive"):
        assert raw.sent[f"http://{name}.test/page"] < FILM, name


def test_redirects_have_an_end_and_keep_their_scheme(raw: Raw, add: Add, rows: Read, crawl: Run) -> None:
    def moved(url: str, to: str, status: int = 302) -> str:
        return raw.put(url, whole(b"", f"Location: {to}", status=f"HTTP/1.1 {status} Moved"))

    expected = {
        moved("http://r.test/file", "file:///etc/passwd"): "bad_redirect",
        moved("http://r.test/ftp", "ftp://r.test/x"): "bad_redirect",
        moved("http://r.test/data", "data:text/html,x"): "bad_redirect",
        moved("http://r.test/script", "javascript:alert(1)"): "bad_redirect",
        moved("http://r.test/gopher", "gopher://127.0.0.1:6379/_INFO"): "bad_redirect",
        moved("http://r.test/empty", ""): "redirect_loop",
        raw.put("http://r.test/none", head(status="HTTP/1.1 302 Found")): "bad_redirect",
        moved("http://r.test/self", "/self"): "redirect_loop",
        moved("http://r.test/a", "/b"): "redirect_loop",
        moved("http://r.test/b", "http://s.test/b"): "redirect_loop",
        moved("http://r.test/long", "/" + "x" * 2_000): "url_too_long",
        moved("http://r.test/user", "http://good.test@127.0.0.1/"): "bad_url",
        moved("http://r.test/backslash", "http:\\\\127.0.0.1\\"): "private_address",
        moved("http://r.test/slashes", "///127.0.0.1/"): "private_address",
        moved("http://r.test/metadata", "http://169.254.169.254/latest", 308): "private_address",
        moved("http://r.test/tabs", "ht\ttp://127.0.0.1/", 307): "private_address",
    }
    moved("http://s.test/b", "http://r.test/a")
    for step in range(12):
        moved(f"http://r.test/step{step}", f"/step{step + 1}")
    expected["http://r.test/step0"] = "redirect_loop"
    add(raw.feed("http://r.test/rss", *expected), url="http://r.test/")
    crawl(HTTP_PROXY=raw.url)
    assert dict(rows("SELECT url, reason FROM pages")) == expected
    assert raw.asked("http://r.test/step8") == 1
    assert raw.asked("http://r.test/step9") == 0
    assert {url.split("/")[2] for _, url in raw.requests} == {"r.test", "s.test"}


def test_a_redirect_waits_for_its_turn_at_the_host_that_it_leads_to(site: Site, add: Add, rows: Read, crawl: Run) -> None:
    site.put("http://there.test/robots.txt", b"User-agent: *\nCrawl-delay: 0.5")
    links = []
    for n in range(4):
        site.put(f"http://there.test/a{n}", article(f"A{n}"))
        links.append(site.put(f"http://here{n}.test/a", status=301, Location=f"http://there.test/a{n}"))
    add(site.feed("http://feeds.test/rss", *links), url="http://feeds.test/")
    assert crawl(HTTP_PROXY=site.url)["fetched"] == 4
    times = [at for at, path, _ in site.requests if path.startswith("http://there.test/a")]
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) > 0.35
    assert rows("SELECT host, leased_by FROM hosts WHERE host = 'there.test'") == [("there.test", None)]
    assert rows("SELECT DISTINCT url FROM captures ORDER BY 1") == [(f"http://there.test/a{n}",) for n in range(4)]


def test_a_redirect_leaves_alone_who_wants_to_be_left_alone(
    site: Site, database: Database, add: Add, rows: Read, crawl: Run, make_due: Callable[[], None]
) -> None:
    link = site.put("http://here.test/a", status=302, Location="http://there.test/a")
    site.put("http://there.test/a", article("A"))
    moved = site.put("http://here.test/moved", status=302, Location="http://there.test/rss")
    site.feed("http://there.test/rss", link)
    add(site.feed("http://here.test/rss", link), moved, url="http://here.test/")
    with database.transaction() as connection:
        connection.execute("INSERT INTO hosts (host, not_before, reason) VALUES ('there.test', now() + interval '1 h', 'http_429')")
    report = crawl(HTTP_PROXY=site.url)
    assert (report["fetched"], report["postponed"], report["failed"]) == (0, 2, 0)
    assert not any("there.test" in path for _, path, _ in site.requests)
    later = "SELECT due_at > now() + interval '50 min', leased_by FROM {}"
    assert rows(later.format("pages")) == [(True, None)]
    assert (True, None) in rows(later.format("feeds"))
    with database.transaction() as connection:
        connection.execute("UPDATE hosts SET not_before = NULL")
    make_due()
    assert crawl(HTTP_PROXY=site.url)["fetched"] == 1


def test_what_a_redirect_target_says_is_the_targets(site: Site, add: Add, rows: Read, crawl: Run) -> None:
    links = [site.put(f"http://here.test/a{n}", status=302, Location=f"http://there.test/a{n}") for n in range(3)]
    for n in range(3):
        site.put(f"http://there.test/a{n}", status=429, Retry_After="600")
    links.append(site.put("http://here.test/fine", article("Fine")))
    add(site.feed("http://here.test/rss", *links), url="http://here.test/")
    assert crawl(HTTP_PROXY=site.url)["fetched"] == 1
    assert rows("SELECT host, reason FROM hosts WHERE not_before > now() + interval '5 min'") == [("there.test", "http_429")]
    assert sum(site.asked(f"http://there.test/a{n}") for n in range(3)) == 1


def test_sitemaps_that_name_each_other_end(site: Site, add: Add, rows: Read, crawl: Run) -> None:
    def index(path: str, *parts: str) -> str:
        inside = "".join(f"<sitemap><loc>{site.url}{part}</loc></sitemap>" for part in parts)
        return site.put(path, f"<sitemapindex>{inside}</sitemapindex>".encode(), kind="application/xml")

    link = site.put("/story", article("Story"))
    site.put("/a.xml", f"<urlset><url><loc>{link}</loc></url></urlset>".encode(), kind="application/xml")
    bomb = gzip.compress(b"<urlset>" + b" " * 40_000_000)
    site.put("/bomb.xml.gz", bomb, kind="application/gzip")
    indexes = [
        index("/self.xml", "/self.xml", "/a.xml"),
        index("/one.xml", "/two.xml", "/self.xml", "/bomb.xml.gz", "/a.xml"),
        index("/two.xml", "/one.xml"),
    ]
    many = index("/many.xml", *(f"/part{n}.xml" for n in range(500)))
    add(*indexes, many)
    assert crawl()["fetched"] == 1
    assert len(site.requests) < 60
    assert dict(rows("SELECT url, error FROM feeds"))[indexes[0]] is None


RESOLVED = """
import socket, sys
real = socket.getaddrinfo
def resolve(host, port, *rest, **named):
    if str(host).endswith(".example"):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)), (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::ffff:7f00:1", port, 0, 0))]
    return real(host, port, *rest, **named)
socket.getaddrinfo = resolve
from crawlers.__main__ import main
sys.exit(main(["discover", sys.argv[1]]))
"""


def test_a_name_is_connected_to_only_at_addresses_that_may_be(site: Site, environment: dict[str, str]) -> None:
    site.put("/", article("Home"))
    url = f"http://rebound.example:{site.port}/"

    def look(allow: str) -> str:
        command, variables = [sys.executable, "-c", RESOLVED, url], environment | {"PRESSWATCH_ALLOW_HOSTS": allow}
        return subprocess.run(command, env=variables, capture_output=True, text=True, check=True, timeout=60).stdout

    assert "its address is private" in look("other.example")
    assert not site.requests
    assert "private" not in look(f"rebound.example:{site.port}")
    assert site.asked("/") == 1


Certify = Callable[..., ssl.SSLContext]


@pytest.fixture
def certify(tmp_path: Path) -> Certify:
    """Makes certificates, signed by an authority of the test's own (`authority.pem`) or by nobody."""
    now = datetime.now(UTC)

    def made(name: str, key: ec.EllipticCurvePrivateKey, issuer: str, by: ec.EllipticCurvePrivateKey, days: int, hosts: list[x509.GeneralName]) -> x509.Certificate:  # fmt: skip
        builder = x509.CertificateBuilder(
            subject_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
            issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]),
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now - timedelta(days=30),
            not_valid_after=now + timedelta(days=days),
        ).add_extension(x509.BasicConstraints(ca=not hosts, path_length=None), critical=True)
        if hosts:
            builder = builder.add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        return builder.sign(by, hashes.SHA256())

    authority = ec.generate_private_key(ec.SECP256R1())
    root = made("The authority", authority, "The authority", authority, 30, [])
    (tmp_path / "authority.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))

    def certified(*, host: str = "127.0.0.1", days: int = 30, signed: bool = True) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.IPAddress(ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
        certificate = made("Outlet", key, *(("The authority", authority) if signed else ("Outlet", key)), days, [name])
        file = tmp_path / f"{host}{days}{signed}.pem"
        private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    return certified


def test_certificates_are_not_asked_for_and_noted(site: Site, certify: Certify, tmp_path: Path, add: Add, rows: Read, crawl: Run) -> None:
    contexts = {
        "valid": certify(),
        "self_signed": certify(signed=False),
        "expired": certify(days=-1),
        "other_host": certify(host="other.example"),
    }
    with contextlib.ExitStack() as stack:
        servers = {fault: stack.enter_context(serving(context)) for fault, context in contexts.items()}
        links = [raw.put("/page", whole(article(fault), HTML)) and f"https://127.0.0.1:{raw.port}/page" for fault, raw in servers.items()]
        add(site.feed("/rss", *links, site.put("/plain", article("Plain"))))
        hosts = ",".join([site.host, *(f"127.0.0.1:{raw.port}" for raw in servers.values())])
        report = crawl(allow_hosts=hosts, SSL_CERT_FILE=str(tmp_path / "authority.pem"))
        assert report["fetched"] == len(servers) + 1
        found = dict(rows("SELECT url, certificate FROM captures"))
        assert found == {**dict(zip(links, servers, strict=True)), f"{site.url}/plain": None}


def test_certificates_of_webhooks_must_be_valid(certify: Certify, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificates = [certify(), certify(signed=False), certify(days=-1), certify(host="other.example")]
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    webhook._certificates.cache_clear()
    states = []
    with contextlib.ExitStack() as stack:
        for raw in [stack.enter_context(serving(certificate)) for certificate in certificates]:
            raw.put("/hook", whole(b""))
            outcome = webhook.send(f"https://127.0.0.1:{raw.port}/hook", b"{}", "key", allow_hosts=["127.0.0.1"], contact="")
            states.append((outcome.state, len(raw.requests)))
    webhook._certificates.cache_clear()
    assert states == [("sent", 1), ("retry", 0), ("retry", 0), ("retry", 0)]
