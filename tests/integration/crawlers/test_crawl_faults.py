"""Outlets that misbehave: each is recorded in words or by reason, and harms no other."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any, LiteralString

from pipeline.store.database import Database

from .conftest import Answer, Site, Start, article

Run = Callable[..., dict[str, Any]]
Add = Callable[..., int]
Read = Callable[[str], Any]

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]><rss><channel><title>&l9;</title></channel></rss>'.encode()


def test_feeds_that_cannot_be_read_are_recorded_in_words(site: Site, add: Add, rows: Read, crawl: Run) -> None:
    good = site.feed("/good", site.put("/a", article("A")))
    bad = {
        site.put("/html", article("No feed")): "it is a web page, not a feed",
        site.put("/zero"): "the answer is empty",
        site.put("/broken", b"<rss><channel><item><title>", kind="application/xml"): "it is broken",
        site.put("/laughs", BOMB, kind="application/xml"): "",
        site.put("/gone", status=410): "the server answers 410",
        site.put("/error", status=500): "the server answers 500",
        site.put("/huge", b"<rss>" + b" " * 11_000_000, kind="application/xml"): "the answer is larger than",
        "http://127.0.0.1:9/rss": "its address is private",
        site.put("/loop", status=302, Location="/loop"): "it redirects for ever",
        site.put("/private", status=302, Location="http://169.254.169.254/latest"): "its address is private",
        site.put("/file", status=302, Location="file:///etc/passwd"): "it redirects to nowhere",
    }
    empty = site.feed("/empty")
    add(good, empty, *bad)
    report = crawl()
    assert (report["feeds_polled"], report["fetched"]) == (len(bad) + 2, 1)
    errors = {url: (error, failures) for url, error, failures in rows("SELECT url, error, failures FROM feeds")}
    assert errors[good] == errors[empty] == (None, 0)
    for url, part in bad.items():
        if part:  # entities that expand without end may be refused or left out
            assert part in (errors[url][0] or ""), url
            assert errors[url][1] == 1
    assert rows("SELECT polls, failed_polls FROM coverage")[0][0] == len(bad) + 2
    # Discovery fills in for a feed that was given and never worked.
    assert report["outlets_discovered"] == 1


def test_pages_that_cannot_be_fetched_keep_their_reason(site: Site, add: Add, rows: Read, crawl: Run) -> None:
    links = {
        site.put("/gone", status=404): ("http_404", False),
        site.put("/error", status=500): ("http_500", True),
        site.put("/forbidden", status=403): ("http_403", True),
        site.put("/huge", b"x" * 30_000_000): ("too_large", False),
        site.put("/bomb", gzip.compress(b"x" * 30_000_000), Content_Encoding="gzip"): ("too_large", False),
        site.put("/loop", status=301, Location="/loop"): ("redirect_loop", False),
        site.put("/private", status=301, Location="http://10.0.0.1/"): ("private_address", False),
        site.put("/mapped", status=301, Location="http://[::ffff:127.0.0.1]:1/"): ("private_address", False),
        site.put("/nowhere", status=301, Location="http://a..example/"): ("bad_url", False),
        site.put("/cut", b"x", Content_Length="1000", Connection="close"): ("truncated", True),
        site.put("/pdf", b"%PDF-1.4", kind="application/pdf"): ("wrong_type", False),
        "http://10.1.2.3/page": ("private_address", False),
        "http://localhost:1/page": ("private_address", False),
        "http://a..example/page": ("bad_url", False),
        f"http://{'a' * 64}.example/page": ("bad_url", False),
    }
    good = [
        site.put("/zero"),
        site.put("/ok", article("Fine")),
        site.put("/zipped", gzip.compress(article("Zipped")), Content_Encoding="gzip"),
    ]
    add(site.feed("/rss", *links, *good))
    report = crawl(fetch_timeout_s="5")
    assert report["fetched"] == len(good)
    assert report["failed"] == sum(again for _, again in links.values())
    assert report["refused"] == {"http_404": 1, "too_large": 2, "wrong_type": 1, "redirect_loop": 1, "private_address": 4, "bad_url": 3}
    kept = {url: (reason, again) for url, reason, again in rows("SELECT url, reason, due_at > now() FROM pages WHERE fetches = 0")}
    assert {url: (reason, bool(again)) for url, (reason, again) in kept.items()} == links
    assert rows("SELECT body_bytes FROM captures c JOIN pages p ON p.id = c.page_id WHERE p.url LIKE '%/zero'") == [(0,)]


def test_a_slow_host_is_cut_off(site: Site, add: Add, rows: Read, crawl: Run) -> None:
    add(site.feed("/rss", site.put("/slow", article("Slow"), wait_s=5), site.put("/fast", article("Fast"))))
    assert crawl(fetch_timeout_s="1", per_host="2")["fetched"] == 1
    assert rows("SELECT reason FROM pages WHERE fetches = 0") == [("timeout",)]


def test_robots(site: Site, add: Add, rows: Read, crawl: Run) -> None:
    ban = b"User-agent: *\nDisallow: /a"
    hosts = {
        "down": (Answer(status=503), "robots_unreachable"),
        "ban": (Answer(ban), "robots"),
        "away": (Answer(status=301, headers={"Location": "http://10.0.0.1/robots.txt"}), "robots_unreachable"),
        "none": (Answer(status=404), None),
        "us": (Answer(b"User-agent: presswatch\nAllow: /a\n\nUser-agent: *\nDisallow: /"), None),
        "there": (Answer(status=404), "robots"),
    }
    for host, (robots, _) in hosts.items():
        site.answers[f"http://{host}.test/robots.txt"] = robots
    links = [site.put(f"http://{host}.test/a{n}", article("A")) for host in hosts for n in range(2)]
    for n in range(2):
        site.put(f"http://there.test/a{n}", status=302, Location=f"http://ban.test/a{n}")
    add(site.feed("http://feeds.test/rss", *links), url="http://feeds.test/")
    report = crawl(HTTP_PROXY=site.url)
    assert (report["fetched"], report["refused"]) == (4, {"robots_unreachable": 4, "robots": 4})
    # What can't be read may be readable later; a rule is a rule.
    counted = "SELECT host, reason, due_at BETWEEN now() AND now() + interval '2 min', count(*) FROM pages GROUP BY 1, 2, 3"
    found = {(host, reason, again): count for host, reason, again, count in rows(counted)}
    assert found == {
        (f"{host}.test", reason, {"robots": None, "robots_unreachable": True, None: False}[reason]): 2
        for host, (_, reason) in hosts.items()
    }
    for host in hosts:
        assert site.asked(f"http://{host}.test/robots.txt") == 1
    assert not any(site.asked(f"http://{host}.test/a0") for host in ("down", "ban", "away"))


def test_a_slow_outlet_does_not_hold_up_the_others(site: Site, add: Add, crawl: Run) -> None:
    slow = [site.put(f"http://slow.test/a{n}", article(f"A{n}"), wait_s=0.4) for n in range(8)]
    add(site.feed("http://slow.test/rss", *slow), name="Slow", url="http://slow.test/")
    for n in range(6):
        link = site.put(f"http://fast{n}.test/a", article(f"B{n}"))
        add(site.feed(f"http://fast{n}.test/rss", link), name=f"Fast {n}", url=f"http://fast{n}.test/")
    assert crawl(concurrency="4", per_host="4", delay_s="0.4", HTTP_PROXY=site.url)["fetched"] == 14
    order = [path for _, path, _ in site.requests]
    assert max(order.index(f"http://fast{n}.test/a") for n in range(6)) < max(order.index(path) for path in slow)


def test_retry_after_postpones_the_host(site: Site, due: Callable[..., None], rows: Read, crawl: Run) -> None:
    due(10)
    for n in range(10):
        site.put(f"/a{n}", status=429, Retry_After="600")
    report = crawl()
    assert (report["failed"], report["postponed"]) == (1, 9)
    assert sum(site.asked(f"/a{n}") for n in range(10)) == 1
    ((soonest, reason),) = rows("SELECT not_before - now(), reason FROM hosts")
    assert (timedelta(seconds=540) < soonest <= timedelta(seconds=600), reason) == (True, "http_429")
    # The next run asks for none of them.
    assert crawl()["fetched"] == 0
    assert sum(site.asked(f"/a{n}") for n in range(10)) == 1


def test_a_host_that_does_not_answer_is_left_alone(site: Site, due: Callable[..., None], rows: Read, crawl: Run) -> None:
    due(10)
    for n in range(10):
        site.put(f"/a{n}", status=500)
    report = crawl()
    assert (report["failed"], report["postponed"]) == (3, 7)
    assert sum(site.asked(f"/a{n}") for n in range(10)) == 3
    assert rows("SELECT failures, reason, not_before > now() + interval '50 s' FROM hosts") == [(1, "http_500", True)]


def test_the_pause_that_robots_asks_for(site: Site, due: Callable[..., None], crawl: Run) -> None:
    due(4)
    site.put("/robots.txt", b"User-agent: *\nCrawl-delay: 0.4")
    crawl(delay_s="0")
    times = [at for at, path, _ in site.requests if path.startswith("/a")]
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) > 0.35


def test_a_long_pause_is_kept_over_runs(site: Site, due: Callable[..., None], rows: Read, crawl: Run) -> None:
    due(4)
    site.put("/robots.txt", b"User-agent: *\nCrawl-delay: 120")
    report = crawl()  # the host's first turn is its feed's
    assert (report["feeds_polled"], report["fetched"], report["postponed"]) == (1, 0, 4)
    assert crawl()["feeds_polled"] == 0
    assert rows("SELECT reason, not_before > now() + interval '100 s', failures FROM hosts") == [("crawl_delay", True, 0)]
    assert rows("SELECT count(*) FROM pages WHERE due_at <= now() AND leased_by IS NULL") == [(4,)]


def test_robots_is_read_once_a_day(site: Site, database: Database, add: Add, crawl: Run) -> None:
    site.put("/robots.txt", b"User-agent: *\nDisallow: /private")
    link = site.put("/private/a", article("A"))
    add(site.feed("/rss", link))
    assert crawl()["refused"] == {"robots": 1}

    def again(statement: LiteralString) -> dict[str, Any]:
        with database.transaction() as connection:
            connection.execute("UPDATE pages SET due_at = now()")
            connection.execute("UPDATE hosts SET not_before = NULL")
            connection.execute(statement)
        return crawl()

    assert again("SELECT 1")["refused"] == {"robots": 1}
    assert site.asked("/robots.txt") == 1
    # It is asked for again, and while it can't be read, it holds.
    site.put("/robots.txt", status=500)
    assert again("UPDATE robots SET fetched_at = now() - interval '25 h'")["refused"] == {"robots": 1}
    assert site.asked("/robots.txt") == 2
    assert again("SELECT 1")["refused"] == {"robots": 1}
    assert site.asked("/robots.txt") == 2  # not more often than every few minutes
    assert again("UPDATE robots SET fetched_at = now() - interval '31 d'")["refused"] == {"robots_unreachable": 1}
    site.put("/robots.txt", status=404)
    assert again("UPDATE robots SET failed_at = now() - interval '6 min'")["fetched"] == 1


def test_delay_between_requests_to_a_host(site: Site, due: Callable[..., None], crawl: Run) -> None:
    due(4)
    crawl(delay_s="0.3", per_host="4")
    times = [at for at, _, _ in site.requests]
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) > 0.25


def test_with_a_proxy_literal_addresses_are_still_refused(site: Site, add: Add, rows: Read, start: Start) -> None:
    links = [site.put("http://outlet.test/a", article("A")), "http://192.168.0.1/x", "http://0x7f000001/x", "http://localhost/x"]
    links.append(site.put("http://outlet.test/away", status=302, Location="http://[::1]/"))
    add(site.feed("http://outlet.test/rss", *links), url="http://outlet.test/")
    report = start("watch", HTTP_PROXY=site.url).end()
    assert (report["fetched"], report["refused"]) == (1, {"private_address": 4})
    assert not [path for _, path, _ in site.requests if "outlet.test" not in path]
