"""What cleaning yields is counted by outlet and hour, and what changes is told by `presswatch health`."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import health
from pipeline.errors import RuleError
from pipeline.health import OutletHealth
from pipeline.models import Stage
from pipeline.steps import chain, clean, maintain
from pipeline.steps.context import Context
from pipeline.store import imports

NOW = datetime.now(UTC)
TEXT = (
    "The harbour council voted on Tuesday to close the old swing bridge for two years, after engineers found cracks in both of its piers. "
    "Ferries will carry passengers and bicycles every ten minutes until the new crossing opens. "
)
SIGNED = '<p class="byline">By <a rel="author">Jane Roe</a></p>'
TEASER = "<html><body><h1>Bridge</h1><div id=app></div></body></html>"
RULE = """
hosts = ["paper.example"]
[[version]]
test = "paper.html"
authors = ".signed"
"""


def page(number: int, byline: str = SIGNED, text: str = TEXT) -> str:
    paragraphs = "".join(f"<p>{place} {text}</p>" for place in ("At the quay.", "In the town.", "On the water."))
    return f"<html lang=en><head><title>Bridge</title></head><body><article><h1>Bridge closes {number}</h1>{byline}{paragraphs}</article></body></html>"


def put(context: Context, number: int, at: datetime, html: str, outlet: str = "paper") -> None:
    with context.database.transaction() as connection:
        imports.save_capture(
            connection,
            outlet=imports.outlet_id(connection, outlet.title(), f"{outlet}.example"),
            url=f"https://{outlet}.example/news/{number}",
            host=f"{outlet}.example",
            fetched_at=at,
            status=200,
            content_type="text/html; charset=utf-8",
            body=html.encode(),
        )


def counted(context: Context) -> dict[str, tuple[int, ...]]:
    with context.database.transaction() as connection:
        rows = connection.execute(
            "SELECT outcome, sum(pages), sum(titles), sum(authors), sum(ruled), sum(missed_authors), round(sum(length_logs)) FROM yields GROUP BY 1"
        )
        return {row[0]: tuple(map(int, row[1:])) for row in rows if row[1]}


def outlet(context: Context, name: str = "Paper") -> OutletHealth:
    return next(found for found in health.health(context.database, NOW) if found.name == name)


def test_a_layout_that_loses_its_bylines_is_told_with_the_time_when_it_did(context: Context) -> None:
    since = (NOW - timedelta(hours=20)).replace(minute=0, second=0, microsecond=0)
    for number in range(60):
        put(context, number, since - timedelta(hours=60 - number), page(number, SIGNED if number % 20 else ""))
    clean.run(context)
    assert outlet(context).warnings == ()
    for number in range(60, 76):
        put(context, number, since + timedelta(hours=number - 60), page(number, ""))
    clean.run(context)
    found = outlet(context)
    assert [(warning.kind, warning.field, warning.since) for warning in found.warnings] == [("field", "authors", since)]
    assert found.warnings[0].text == f"Since {since:%-d %b %H:%M} UTC only 0 of 16 articles have an author, before 95%"
    assert (found.pages, found.articles, found.titles) == (67, 67, 67)


def test_pages_that_give_no_text_any_more_count_too(context: Context) -> None:
    for number in range(60):
        put(context, number, NOW - timedelta(hours=90 - number), page(number))
    for number in range(60, 72):
        put(context, number, NOW - timedelta(hours=80 - number), TEASER)
    clean.run(context)
    found = outlet(context)
    assert [warning.kind for warning in found.warnings] == ["articles"]
    assert (
        "only 0 of 12 pages were articles, before 100%; most others are rejected because no text of an article was found in it (no_body)"
        in found.warnings[0].text
    )
    assert found.rejected == {"no_body": 12}


def test_texts_that_are_cut_are_told(context: Context) -> None:
    for number in range(62):
        put(context, number, NOW - timedelta(hours=90 - number), page(number, text=TEXT * 4 if number < 50 else TEXT))
    clean.run(context)
    warnings = outlet(context).warnings
    assert [warning.kind for warning in warnings] == ["length"]
    assert "in 12 articles, before about 2," in warnings[0].text


def test_cleaning_again_counts_each_capture_once_and_as_it_is_now(context: Context) -> None:
    for number in range(3):
        put(context, number, NOW - timedelta(hours=number), page(number, SIGNED if number else "<i class=signed>John Doe</i>"))
    put(context, 3, NOW, TEASER)
    clean.run(context)
    before = counted(context)
    assert before["article"][:5] == (3, 3, 2, 0, 0)
    assert before["no_body"][0] == 1
    chain.again(context, Stage.CLEAN)
    clean.run(context)
    assert counted(context) == before

    (context.settings.home / "rules").mkdir()
    (context.settings.home / "rules" / "paper.toml").write_text(RULE)
    with Context.open(context.settings) as anew:
        chain.again(anew, Stage.CLEAN)
        clean.run(anew)
    assert counted(context)["article"][:5] == (3, 3, 3, 3, 2)


def test_a_rule_that_finds_nothing_any_more_is_told_though_general_means_fill_in(context: Context) -> None:
    (context.settings.home / "rules").mkdir()
    (context.settings.home / "rules" / "paper.toml").write_text(RULE)
    for number in range(72):
        byline = "<p class='signed'>Jane Roe</p>" if number < 60 else SIGNED
        put(context, number, NOW - timedelta(hours=80 - number), page(number, byline))
    clean.run(context)
    found = outlet(context)
    assert found.authors == found.articles
    assert [(warning.kind, warning.field) for warning in found.warnings] == [("rule", "authors")]


def test_a_wrong_rule_stops_cleaning_before_anything_is_claimed(context: Context, environment: dict[str, str]) -> None:
    put(context, 1, NOW, page(1))
    (context.settings.home / "rules").mkdir()
    (context.settings.home / "rules" / "paper.toml").write_text(RULE.replace(".signed", "..signed"))
    with pytest.raises(RuleError, match=r"paper\.toml is no outlet rule that can be used: version 1: `authors`"):
        clean.run(context)
    done = presswatch(environment, "process")
    assert done.returncode == 1
    assert done.stderr.endswith(": correct it.\n")
    assert "Traceback" not in done.stderr
    told = presswatch(environment, "health").stdout
    assert told.startswith("! Nothing is cleaned, fetched pages wait: ")
    assert "paper.toml" in told.splitlines()[0]
    assert "All is as usual" not in told
    assert "paper.toml" in json.loads(presswatch(environment, "health", "--json").stdout)["cleaning_stopped"]
    with context.database.transaction() as connection:
        assert connection.execute("SELECT attempts, claimed_by FROM work").fetchall() == [(0, None)]


def watch(context: Context, name: str, error: str | None = None) -> int:
    """An outlet with a feed, that has failed for a while or just now."""
    with context.database.transaction() as connection:
        outlet_id = imports.outlet_id(connection, name, f"{name.lower()}.example")
        connection.execute(
            "INSERT INTO feeds (outlet_id, url, kind, polled_at, failures, error) VALUES (%s, 'https://paper.example/rss', 'feed', now(), %s, %s)",
            (outlet_id, 3 if error else 2, error),
        )
        return outlet_id


def covered(context: Context, outlet_id: int, news: list[int], hours: int = 24 * 20, unread: tuple[int, ...] = ()) -> None:
    """Hours with polls, in some of which something was new; hours are counted back from now."""
    with context.database.transaction() as connection:
        for back in range(hours):
            at = (NOW - timedelta(hours=back)).replace(minute=0, second=0, microsecond=0)
            connection.execute("SELECT ensure_month('coverage', %s)", (at,))
            connection.execute(
                "INSERT INTO coverage (outlet_id, hour, polls, failed_polls, new_items) VALUES (%s, %s, 12, %s, %s)",
                (outlet_id, at, 12 if back in unread else 0, int(back in news)),
            )


def test_an_outlet_is_silent_by_its_own_rhythm(context: Context) -> None:
    daily = [back for back in range(24 * 20) if back % 24 == 20]
    covered(context, watch(context, "Daily"), daily)
    hourly = list(range(24 * 20))
    covered(context, watch(context, "Hourly"), [back for back in hourly if back > 9])
    # Nobody could read its feeds: that is no silence.
    covered(context, watch(context, "Unread"), [back for back in hourly if back > 9], unread=tuple(range(10)))
    assert outlet(context, "Daily").warnings == outlet(context, "Unread").warnings == ()
    warnings = outlet(context, "Hourly").warnings
    assert [warning.kind for warning in warnings] == ["silent"]
    assert "in 10 hours since; before, the longest silence was 0 hours" in warnings[0].text


def test_feeds_and_pages_that_can_not_be_fetched_are_told(context: Context) -> None:
    outlet_id = watch(context, "Paper", error="it answers 503")
    with context.database.transaction() as connection:
        for number in range(10):
            connection.execute(
                "INSERT INTO pages (outlet_id, url, host, reason) VALUES (%s, %s, 'paper.example', 'robots')",
                (outlet_id, f"https://paper.example/{number}"),
            )
    warnings = {warning.kind: warning.text for warning in outlet(context).warnings}
    assert warnings["feeds"] == "1 of 1 feeds can't be read and never could: https://paper.example/rss: it answers 503"
    assert "10 of 10 pages shown in the last day were not fetched, mostly because its robots.txt disallows it" in warnings["fetching"]


def test_old_hours_go_with_retention(context: Context) -> None:
    put(context, 1, NOW, page(1))
    clean.run(context)
    with context.database.transaction() as connection:
        connection.execute("UPDATE yields SET hour = hour - interval '50 days'")
    assert maintain.retention(context, now=NOW)["yields"] == 1


def presswatch(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline.cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_commands(context: Context, environment: dict[str, str], tmp_path: Path) -> None:
    for number in range(4):
        put(context, number, NOW - timedelta(hours=number), page(number, "<i class=signed>John Doe</i>"))
    clean.run(context)
    done = presswatch(environment, "health", "--json")
    told: dict[str, Any] = json.loads(done.stdout)
    assert (done.returncode, told["outlets"][0]["articles"], told["outlets"][0]["authors"]) == (0, 4, 0)
    assert "Paper" in presswatch(environment, "health").stdout

    rule = tmp_path / "candidate.toml"
    rule.write_text(RULE)
    done = presswatch(environment, "rules", "try", str(rule), "--json")
    replayed = json.loads(done.stdout)
    assert (done.returncode, replayed["pages"], replayed["ruled"]) == (0, 4, 4)
    assert replayed["counts"]["authors"] == {"gained": 4}
    assert replayed["counts"]["title"] == replayed["counts"]["verdict"] == {"same": 4}
    assert {(change["before"], change["after"]) for change in replayed["examples"]["authors"]} == {("", "John Doe")}
    assert "without: nothing\n  with:    John Doe" in presswatch(environment, "rules", "try", str(rule)).stdout
    assert counted(context)["article"][:3] == (4, 4, 0)

    rule.write_text(RULE.replace("[[version]]", "[[version]]\nvalid_from = 2090-01-01"))
    done = presswatch(environment, "rules", "try", str(rule))
    assert done.returncode == 1
    assert "no page of the outlet is stored that was fetched since 2090-01-01" in done.stderr
