"""A stored newsroom for the tests of the web pages: eight outlets, stories, copies, versions, alerts, gaps in the watch.

It is written through the store, without a crawl, so that each page has something of everything to show.
"""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import uvicorn

from pipeline.config import Settings
from pipeline.index import Index
from pipeline.models import (
    Article,
    Candidate,
    CopyKind,
    Duplicate,
    Endpoints,
    EntityType,
    Every,
    Extraction,
    Fingerprint,
    OutletSpec,
    Precision,
    Priority,
    Syndication,
    Timestamp,
)
from pipeline.store import alerts, articles, comparisons, documents, entities, identities, imports, outlets, stories
from pipeline.store.database import Connection, Database
from pipeline.web.app import create
from tests import databases

NOW = datetime.now(UTC).replace(microsecond=0)
KYIV = timezone(timedelta(hours=2))
SCRIPT = "<script>alert('from a page')</script>"

OUTLETS = (
    OutletSpec(name="Harbour Gazette", url="https://harbour.example/", feeds=("https://harbour.example/rss",), labels=("daily",), country="gb", language="en"),
    OutletSpec(name="Northern Wire", url="https://wire.example/", feeds=("https://wire.example/atom",), labels=("wire",), country="de", language="en"),
    OutletSpec(name="Le Quai", url="https://quai.example/", feeds=("https://quai.example/feed",), country="fr", language="fr"),
    OutletSpec(name="Степ", url="https://step.example/", feeds=("https://step.example/news-sitemap.xml",), country="ua", language="uk"),
    OutletSpec(name="City Desk", url="https://desk.example/", feeds=("https://desk.example/rss", "https://desk.example/old"), country="us", language="en"),
    OutletSpec(name="Quiet Review", url="https://quiet.example/", feeds=("https://quiet.example/rss",), country="ie", language="en"),
    OutletSpec(name="Broken Times", url="https://broken.example/", feeds=("https://broken.example/rss",), country="it", language="it"),
    OutletSpec(name="No Feed Post", url="https://nofeed.example/", country="es", language="es"),
)  # fmt: skip

PORT = (
    "Dock workers at the grain terminal walked out on Monday after talks about night shifts broke down.\n\n"
    "The port authority said that eleven ships are waiting outside the harbour, four of them loaded with wheat for Egypt.\n\n"
    "“We will not go back before there is a written offer,” said Marta Lindqvist, who speaks for the union.\n\n"
    "Grain exports through the terminal had reached a record in March, and traders fear that prices will rise within days."
)
PORT_EDITED = PORT.replace("eleven ships", "fourteen ships").replace("on Monday ", "on Monday morning ") + (
    "\n\nThe ministry of transport has offered to mediate, and a first meeting is planned for Thursday."
)
FRENCH = (
    "Les dockers du terminal céréalier ont cessé le travail lundi, après l'échec des discussions sur les équipes de nuit.\n\n"
    "Onze navires attendent devant le port, selon l'autorité portuaire. L'Égypte attend quatre cargaisons de blé."
)
UKRAINIAN = "Докери зернового терміналу в понеділок припинили роботу.\n\nПорт повідомляє про одинадцять суден на рейді."  # noqa: RUF001 - Ukrainian


@dataclass(frozen=True)
class Newsroom:
    """Where it is stored, and the ids that tests look at."""

    settings: Settings
    strike: int
    copy: int
    edited: int
    hostile: int
    imported: int
    story: int


@contextmanager
def opened(engines: Endpoints, template: str, home: Path, *, name: str = "newsroom") -> Iterator[Newsroom]:
    """A newsroom in a database and an index of its own, removed at the end."""
    name = f"{template}_{name}"
    with databases.created(engines.database_url, name, template=template) as url:
        settings = Settings(
            home=home,
            database_url=url,
            elasticsearch_url=engines.elasticsearch.url,
            index_prefix=f"{name.replace('_', '-')}-",
        )
        index = Index.connect(engines.elasticsearch, settings)
        try:
            with Database(settings.database_url.get_secret_value()) as database:
                yield fill(database, index, settings)
        finally:
            index.drop()
            index.close()


def fill(database: Database, index: Index, settings: Settings) -> Newsroom:
    """Write the newsroom into an empty store and an index."""
    database.ensure_partitions([NOW - timedelta(days=days) for days in range(0, 120, 20)])
    index.ensure()
    with database.transaction() as connection:
        room = _Room(connection)
        newsroom = room.write(settings)
    with database.transaction() as connection:
        found = documents.all_after(connection, 0, 1000)
        index.write(found)
        documents.mark_indexed(connection, {document.id: document.revision for document in found})
    index.refresh()
    return newsroom


class _Room:
    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.outlets = {spec.name: outlets.create(connection, spec).id for spec in OUTLETS}

    def write(self, settings: Settings) -> Newsroom:
        hours = timedelta(hours=1)
        strike = self.article(
            "Harbour Gazette", "Dock strike holds up eleven grain ships", PORT, NOW - 30 * hours, zone=KYIV,
            authors=("Ada Whitcombe", "Tom O'Leary"), topics=("Economy", "Ports"), entities=_PEOPLE,
        )  # fmt: skip
        self.version(strike, "Dock strike holds up fourteen grain ships", PORT_EDITED, NOW - 20 * hours)
        copy = self.article(
            "City Desk", "Grain ships wait as dockers walk out", PORT, NOW - 29 * hours, entities=_PEOPLE,
            syndicated=Syndication(name="Harbour Gazette", url="https://harbour.example/strike"), duplicate=(strike, CopyKind.COPY, 0.99),
        )  # fmt: skip
        wire = self.article(
            "Northern Wire", "Wheat prices up 3 per cent on port strike", PORT.replace("Dock workers", "Dockers")[:420], NOW - 26 * hours,
            entities=_PEOPLE[:2], duplicate=(strike, CopyKind.DERIVED, 0.61),
        )  # fmt: skip
        french = self.article(
            "Le Quai", "Grève des dockers : onze navires bloqués", FRENCH, NOW - 25 * hours, language="fr", zone=timezone(hours)
        )
        ukrainian = self.article(
            "Степ", "Докери зернового терміналу припинили роботу", UKRAINIAN, NOW - 24 * hours, language="uk", zone=KYIV
        )
        story = stories.open_story(self.connection, "Dock strike holds up eleven grain ships", NOW - 30 * hours)
        for place, one in enumerate((strike, copy, wire, french, ukrainian)):
            stories.join(self.connection, story, self.read(one), None if place == 0 else 0.9 - place / 20)
        hostile = self.article(
            "City Desk", f"A headline with {SCRIPT}", f"A body with {SCRIPT} in it.\n\nAnd grain exports besides.", NOW - 5 * hours,
            url='https://desk.example/hostile?a=1&b="2"', candidates={"title": (Candidate(value=f"{SCRIPT} candidate", source="og"),)},
        )  # fmt: skip
        imported = self.article(
            "Quiet Review", "An essay without a date", "A long look at harbours.\n\nNobody knows when.", None, page=False
        )
        self.connection.execute("UPDATE articles SET first_seen_at = %s WHERE id = %s", (NOW - timedelta(days=40), imported))
        self.outlets["Old Bundle"] = imports.outlet_id(self.connection, "Old Bundle", "bundle.example")
        sentence = f"A text from an archive says the same thing twice, since {'somebody pasted it twice and ' * 4}nobody read it again."
        self.article("Old Bundle", "", f"{sentence}\n\n{sentence}", NOW - timedelta(days=35), url="https://bundle.example/1", page=False)
        for day in range(32):
            for number in range((day * 7 + 3) % 9):
                self.article(
                    ("Harbour Gazette", "Northern Wire", "City Desk")[number % 3],
                    f"Harbour notes of day {day}, part {number}",
                    f"Ships came and went {day} {number}.\n\nGrain and timber were loaded; exports of day {day} were ordinary.",
                    NOW - timedelta(days=day, hours=number % 5, minutes=10 + day % 50),
                    entities=_PEOPLE[1:2],
                )
        self.watch()
        self.alerts((strike, copy, wire), story)
        return Newsroom(settings=settings, strike=strike, copy=copy, edited=strike, hostile=hostile, imported=imported, story=story)

    def article(
        self, outlet: str, title: str, body: str, published: datetime | None, *, language: str = "en", zone: timezone = UTC,
        url: str = "", authors: tuple[str, ...] = (), topics: tuple[str, ...] = (), entities: tuple[entities.Named, ...] = (),
        syndicated: Syndication | None = None, duplicate: tuple[int, CopyKind, float] | None = None, page: bool = True,
        candidates: dict[str, tuple[Candidate, ...]] | None = None,
    ) -> int:  # fmt: skip
        outlet_id = self.outlets[outlet]
        host = next((spec.url for spec in OUTLETS if spec.name == outlet), "https://other.example/")
        url = url or f"{host}{hashlib.sha256((outlet + title).encode()).hexdigest()[:10]}"
        seen = (published or NOW - timedelta(days=40)) + timedelta(minutes=4)
        page_id = self.page(outlet_id, url, title, seen, published) if page else None
        extraction = Extraction(
            url=url, canonical_url=url, title=title, authors=authors,
            published_at=Timestamp(at=published.astimezone(zone), precision=Precision.MINUTE) if published else None, modified_at=None,
            language=language, body=body, topics=topics, syndicated_from=syndicated, rejected_reason=None,
            candidates=candidates or {
                "title": (Candidate(value=title, source="json-ld"), Candidate(value=f"{title} | {outlet}", source="title")),
                "published_at": (Candidate(value=seen.isoformat(), source="og"),),
            },
        )  # fmt: skip
        saved = articles.save(
            self.connection,
            extraction,
            identities.Origin(outlet_id=outlet_id, url=url, first_seen_at=seen, priority=Priority.LIVE, page_id=page_id),
        )
        stored = self.read(saved.article_id)
        comparisons.save(
            self.connection,
            stored,
            Fingerprint(
                text_sha256=hashlib.sha256(body.encode()).digest(), words=len(body.split()), minhash=b"", bands=(saved.article_id,)
            ),
        )
        comparisons.decide(
            self.connection,
            stored.id,
            stored.version,
            Duplicate(duplicate_of=duplicate[0], kind=duplicate[1], shared_text=duplicate[2]) if duplicate else None,
        )
        _save_entities(self.connection, saved.article_id, entities)
        self.connection.execute(
            "UPDATE captures SET outcome = 'article', article_id = %s, version = 1 WHERE page_id = %s", (saved.article_id, page_id)
        )
        return saved.article_id

    def version(self, article_id: int, title: str, body: str, at: datetime) -> None:
        before = self.read(article_id)
        extraction = Extraction(
            url=before.url, canonical_url=before.canonical_url, title=title, authors=before.authors, published_at=before.published_at,
            modified_at=Timestamp(at=at.astimezone(KYIV)), language=before.language, body=body, topics=before.topics, syndicated_from=None,
            rejected_reason=None,
            candidates={
                "title": (Candidate(value=title, source="json-ld"), Candidate(value="Dock strike | Harbour Gazette", source="title")),
                "authors": (Candidate(value="Ada Whitcombe; Tom O'Leary", source="json-ld"), Candidate(value="By Ada Whitcombe", source="byline")),
                "published_at": (Candidate(value="2025-03-03T09:00:00+02:00", source="json-ld"),),
            },
        )  # fmt: skip
        articles.save(
            self.connection,
            extraction,
            identities.Origin(outlet_id=before.outlet_id, url=before.url, first_seen_at=at, priority=Priority.REFETCH),
        )
        self.connection.execute("UPDATE article_versions SET created_at = %s WHERE article_id = %s AND version = 2", (at, article_id))

    def page(self, outlet_id: int, url: str, title: str, seen: datetime, published: datetime | None) -> int:
        row = self.connection.execute(
            """
            INSERT INTO pages (outlet_id, url, host, first_seen_at, fetched_at, fetches, status)
            VALUES (%s, %s, 'x', %s, %s, 1, 200) RETURNING id
            """,
            (outlet_id, url, seen, seen),
        ).fetchone()
        assert row is not None
        self.connection.execute(
            """
            INSERT INTO sightings (page_id, feed_id, seen_at, title, published_at)
            SELECT %s, min(id), %s, %s, %s FROM feeds WHERE outlet_id = %s
            """,
            (row[0], seen, title, published, outlet_id),
        )
        self.connection.execute(
            """
            INSERT INTO captures (page_id, fetched_at, url, status, content_type, body_gzip, body_bytes, sha256)
            VALUES (%s, %s, %s, 200, 'text/html', '', 48213, '')
            """,
            (row[0], seen + timedelta(seconds=9), url),
        )
        return int(row[0])

    def read(self, article_id: int) -> Article:
        return articles.current(self.connection, [article_id])[article_id]

    def watch(self) -> None:
        """Feeds that were read, one that fails, one outlet without feeds, and hours in which nothing was watched."""
        self.connection.execute("UPDATE outlets SET added_at = %s", (NOW - timedelta(days=70),))
        self.connection.execute(
            "UPDATE feeds SET polled_at = %s, succeeded_at = %s, items = 24, new_items = 2, status = 200, due_at = %s",
            (NOW - timedelta(minutes=3), NOW - timedelta(minutes=3), NOW + timedelta(minutes=2)),
        )
        self.connection.execute(
            """
            UPDATE feeds SET failures = 7, status = 500, error = 'the server answered 500', items = NULL, new_items = NULL
            WHERE url IN ('https://broken.example/rss', 'https://desk.example/old')
            """
        )
        self.connection.execute("UPDATE discoveries SET looked_at = %s, found = 0, error = 'the home page names no feed'", (NOW,))
        self.connection.execute(
            "INSERT INTO pages (outlet_id, url, host, first_seen_at, reason) SELECT %s, 'https://quiet.example/' || n, 'x', %s, 'robots' "
            "FROM generate_series(1, 12) AS n",
            (self.outlets["Quiet Review"], NOW - timedelta(days=2)),
        )
        today = NOW.replace(hour=0, minute=0, second=0)
        hours = [today - timedelta(hours=hour) for hour in range(1, 70 * 24)] + [
            today + timedelta(hours=hour) for hour in range(NOW.hour + 1)
        ]
        # Nothing ran for two days, and half of a third.
        gap = (today - timedelta(days=20), today - timedelta(days=17, hours=12))
        # One outlet alone was read for six hours of another day.
        alone = (today - timedelta(days=10), today - timedelta(days=10) + timedelta(hours=6))
        for outlet in ("Northern Wire", "Le Quai", "Степ", "City Desk", "Quiet Review"):
            read = [hour for hour in hours if not gap[0] <= hour < gap[1]]
            if outlet != "Northern Wire":
                read = [hour for hour in read if not alone[0] <= hour < alone[1]]
            self.connection.execute(
                "INSERT INTO coverage (outlet_id, hour, polls) SELECT %s, hour, 12 FROM unnest(%s::timestamptz[]) AS hour",
                (self.outlets[outlet], read),
            )
        self.connection.execute("INSERT INTO work (stage, subject_id, version) VALUES ('clean', 999999, 0), ('clean', 999998, 0)")
        self.connection.execute(
            "INSERT INTO quarantine (stage, subject_id, version, priority, attempts, error) VALUES ('annotate', 1, 1, 0, 5, 'worker_died')"
        )

    def alerts(self, found: tuple[int, ...], story: int) -> None:
        """One that sent, failed, grouped and waits; one whose query is broken; one with a name that needs quoting in a URL."""
        alert_id = alerts.add(
            self.connection,
            alerts.NewAlert(
                name="grain/ports", query="grain AND strike", every=Every.NOW, max_age=timedelta(days=7), channels=(b"x", b"y")
            ),
        )
        version_id = self.connection.execute("SELECT id FROM alert_versions WHERE alert_id = %s", (alert_id,)).fetchone()
        assert version_id is not None
        sent = self.connection.execute(
            """
            INSERT INTO deliveries (alert_version_id, channel, story_id, body, state, attempts, sent_at, status, created_at) VALUES
            (%(version)s, 0, %(story)s, '', 'sent', 1, %(at)s, 204, %(at)s) RETURNING id
            """,
            {"version": version_id[0], "story": story, "at": NOW - timedelta(hours=29)},
        ).fetchone()
        assert sent is not None
        self.connection.execute(
            """
            INSERT INTO deliveries (alert_version_id, channel, story_id, body, state, attempts, status, error) VALUES
            (%s, 1, %s, '', 'failed', 8, 410, 'the receiver answered 410: it is gone')
            """,
            (version_id[0], story),
        )
        for article_id, state, reason in zip(found, ("sent", "grouped", "waiting"), (None, "story_told", None), strict=True):
            self.connection.execute(
                """
                INSERT INTO matches (alert_version_id, article_id, first_seen_at, matched_at, state, reason, story_id, due_at, highlight, delivery_ids)
                SELECT %s, id, first_seen_at, first_seen_at, %s, %s, %s, %s, 'grain terminal walked out', %s FROM articles WHERE id = %s
                """,
                (version_id[0], state, reason, story, NOW + timedelta(minutes=1), [sent[0]] if state == "sent" else [], article_id),
            )
        alerts.add(self.connection, alerts.NewAlert(name="harbours", query="harbour*", every=Every.DAY, max_age=None, channels=()))
        self.connection.execute("UPDATE alert_versions SET broken = 'harbour* stands for too many words' WHERE query = 'harbour*'")
        self.connection.execute("UPDATE articles SET alerted_at = first_seen_at + interval '1 minute'")


def _named(kind: EntityType, public_id: str, name: str, count: int) -> entities.Named:
    return entities.Named(public_id=public_id, type=kind, name=name, aliases=(name.lower(),), count=count)


_PEOPLE = (
    _named(EntityType.PERSON, "person:marta-lindqvist", "Marta Lindqvist", 4),
    _named(EntityType.PLACE, "place:egypt", "Egypt", 2),
    _named(EntityType.ORG, "org:port-authority", "Port Authority", 2),
)


def _save_entities(connection: Connection, article_id: int, mentioned: tuple[entities.Named, ...]) -> None:
    entities.save(connection, [(article_id, 1, mentioned)])


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The web application behind a real socket of this process; its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # who asks before the server has started waits
        server = uvicorn.Server(uvicorn.Config(create(settings), log_level="error", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
