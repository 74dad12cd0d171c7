"""The life of one URL: all that happened to it, stage by stage, and why it was or was not found."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from pipeline import changes, reasons, sessions, traps, urls
from pipeline.models import Priority, Stage
from pipeline.store import alerts, forgotten, tracing, work
from pipeline.store.database import Database

# A page that is edited all day has hundreds of versions.
MOST_EDITS: Final = 10


def trace(database: Database, url: str) -> dict[str, Any]:
    """What is stored about a URL, as JSON-ready values except for times, with a `verdict` in one sentence."""
    forms = list(dict.fromkeys([url, url.split("#", 1)[0], sessions.without(url.split("#", 1)[0])]))
    canonical = urls.canonical(url)
    with database.transaction() as connection:
        pages = tracing.pages(connection, forms, canonical)
        page_ids = [page["id"] for page in pages]
        captures = tracing.captures(connection, page_ids)
        articles = tracing.articles(connection, forms, canonical, page_ids)
        versions = tracing.versions(connection, [article["id"] for article in articles])
        for article in articles:
            article["versions"] = _edits([version for version in versions if version["article_id"] == article["id"]])
            article["alerts"] = alerts.explain(connection, article["id"])
        subjects = [(Stage.CLEAN, capture["id"]) for capture in captures] + [
            (stage, article["id"]) for article in articles for stage in Stage if stage is not Stage.CLEAN
        ]
        waits = work.waits_for(connection, subjects)
        quarantined = work.quarantined(connection, subjects)
        found = {
            "url": url,
            "canonical_url": canonical,
            "forgotten_at": forgotten.since(connection, [*forms, canonical]),
            "outlets": tracing.hosts(connection, urls.host(url)),
            # Who should have shown it, if nobody did.
            "feeds": [] if pages or articles else tracing.feeds(connection, urls.host(url)),
            "pages": pages,
            "sightings": tracing.sightings(connection, page_ids),
            "captures": captures,
            "revisits": tracing.revisits(connection, page_ids),
            "articles": articles,
            "waiting": [
                {"stage": stage, "version": version, "priority": priority, "attempts": attempts, "since": since, "error": error}
                for stage, version, priority, attempts, since, error in waits
            ],
            "quarantined": [
                {"stage": item.stage, "version": item.version, "error": item.error, "at": item.quarantined_at} for item in quarantined
            ],
        }
    return {"verdict": verdict(found), **found}


def _edits(versions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Versions with what changed from the one before in place of their text; the `changes` of a first or a long past one are null."""
    for before, version in zip([None, *versions], versions, strict=False):
        recent = version["version"] > versions[-1]["version"] - MOST_EDITS
        version["changes"] = (
            asdict(changes.between(before["title"], before["body"], version["title"], version["body"], context=0))
            if before is not None and recent
            else None
        )
    for version in versions:
        del version["body"]
    return versions


def verdict(found: dict[str, Any]) -> str:  # noqa: PLR0911 - a sentence for each state
    """Why the URL is or is not found by a search, in one sentence."""
    if found["forgotten_at"]:
        at = f"{found['forgotten_at']:%Y-%m-%d %H:%M:%S} UTC"
        return f"It was forgotten at {at}: what was stored of it is erased, and it is not fetched or imported again."
    if found["quarantined"]:
        last = found["quarantined"][0]
        return f"It stopped at {last['stage']} and is quarantined: {last['error']}."
    articles = [article for article in found["articles"] if article["deleted_at"] is None]
    if any(article["indexed_revision"] > 0 for article in articles):
        return "It is in the index and can be found."
    if found["waiting"]:
        return f"It waits for {found['waiting'][0]['stage']}: run `presswatch process`."
    if articles:
        return "It is stored and not indexed yet: run `presswatch process`."
    if found["captures"]:
        return _no_article(found["captures"][-1]["outcome"], found["pages"][0])
    if found["pages"]:
        return _not_fetched(found["pages"][0])
    if found["outlets"]:
        return _not_shown(found["url"], found["outlets"][0], found["feeds"])
    if not urls.host(found["url"]):
        return "It is no http or https address."
    return f"Its host {urls.host(found['url'])} belongs to no outlet: add it with `presswatch outlets add`."


def _no_article(outcome: str, page: dict[str, Any]) -> str:
    """Why a page that was fetched is no article."""
    why = reasons.why_no_article(outcome)
    if outcome == "needs_browser" and page["reason"]:
        why = reasons.why_not_fetched(page["reason"])
    elif outcome == "needs_browser" and page["browser"]:
        why += ", and it waits for the next `presswatch crawl` to fetch it with one"
    return f"It was fetched and is not stored as an article: {why}."


def _not_fetched(page: dict[str, Any]) -> str:
    """Why a page that is known was not fetched."""
    if page["reason"]:
        again = "; it will be tried again" if page["due_at"] else ""
        return f"It is known and was not fetched: {reasons.why_not_fetched(page['reason'])}{again}."
    if page["host_not_before"] and page["host_reason"]:
        until = f"{page['host_not_before']:%Y-%m-%d %H:%M:%S} UTC"
        return f"It is known and waits until {until} with all of its host: {reasons.why_not_fetched(page['host_reason'])}."
    command = "backfill" if page["priority"] == Priority.BACKFILL else "crawl"
    return f"It is known and waits to be fetched: run `presswatch {command}`."


def _not_shown(url: str, outlet: str, feeds: list[dict[str, Any]]) -> str:
    """Why no feed of the outlet has shown a URL."""
    if trap := traps.trap(url, linked=True):
        return f"It would not be fetched where a page or sitemap links to it, as it looks like a trap: {reasons.TRAPS[trap]} ({trap})."
    polled = [feed for feed in feeds if feed["polled_at"]]
    if not feeds:
        return f"{outlet} has no feed that could show it: look for one with `presswatch outlets check`."
    if not polled:
        return f"The feeds of {outlet} have not been read yet: run `presswatch crawl`."
    if all(feed["error"] for feed in polled):
        return f"No feed of {outlet} has shown it, and none can be read: {polled[0]['error']}."
    return f"No feed of {outlet} has shown it."
