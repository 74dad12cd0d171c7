"""The data that passes between rooms: frozen, keyword-only, each stage with a type of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any


class Priority(IntEnum):
    """Order of work: a smaller number goes first, so that a backlog never delays the news."""

    LIVE = 0
    REFETCH = 1
    BACKLOG = 2
    BACKFILL = 3  # of pages only: what a backfill found, and backfills fetch


class FeedKind(StrEnum):
    """What a URL that lists articles is."""

    FEED = "feed"  # RSS or Atom
    NEWS_SITEMAP = "news_sitemap"
    SITEMAP = "sitemap"
    SECTION = "section"  # a page with links to articles, the home page among them


class Precision(StrEnum):
    """How exactly a page says when it was published."""

    DAY = "day"
    MINUTE = "minute"


class CopyKind(StrEnum):
    """How an article repeats another one."""

    COPY = "copy"
    DERIVED = "derived"


class ArticleKind(StrEnum):
    """What an article is besides a report."""

    ARTICLE = "article"
    OPINION = "opinion"
    LIVE_BLOG = "live_blog"
    VIDEO = "video"
    AUDIO = "audio"
    GALLERY = "gallery"
    REVIEW = "review"
    INTERVIEW = "interview"
    PRESS_RELEASE = "press_release"
    SPONSORED = "sponsored"
    INDEX_PAGE = "index_page"  # lists articles and is none


class Every(StrEnum):
    """How often an alert may send: at once (after its window), or one digest a period."""

    NOW = "now"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


class EntityType(StrEnum):
    """What an entity is."""

    PERSON = "person"
    ORG = "org"
    PLACE = "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamp:
    """A time as a page gives it: aware, with the page's own offset, and how exact it is."""

    at: datetime
    precision: Precision = Precision.MINUTE

    def isoformat(self) -> str:
        """With the page's own offset; a bare date is midnight in the outlet's zone."""
        return self.at.isoformat(timespec="seconds")


# --- Outlets and what they show ---


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletSpec:
    """An outlet as a person describes it, in a file or on the command line."""

    name: str
    url: str
    feeds: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()  # pages that list articles
    labels: tuple[str, ...] = ()
    country: str | None = None  # ISO 3166-1 alpha-2, lower case
    language: str | None = None  # ISO 639-1
    group: str | None = None  # outlets of one publisher or network


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A publication as stored."""

    id: int
    name: str
    url: str
    labels: tuple[str, ...] = ()
    country: str | None = None
    language: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """New items of a feed and hours it was watched, by hour of the week; empty for a feed of which nothing is known."""

    items: tuple[float, ...] = ()
    hours: tuple[float, ...] = ()
    recent_items: float = 0.0  # of the last hours, fading, beside what was expected of them
    recent_expected: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A URL that lists articles of an outlet, with what the next request to it needs."""

    id: int
    outlet_id: int
    url: str
    kind: FeedKind
    etag: str | None = None
    last_modified: str | None = None
    items: int = 0  # that it showed when it was last read
    succeeded_at: datetime | None = None  # the last poll that could be read
    rhythm: Rhythm = field(default_factory=Rhythm)
    is_second: bool = False  # beside a better kind of source, to tell what that misses
    fills_in: bool = False  # polled before its time, because of a gap of another one


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One entry of a feed, a sitemap or a section page."""

    url: str
    title: str | None = None
    published_at: datetime | None = None
    summary: str | None = None
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A URL in the frontier that a worker has leased for a fetch."""

    id: int
    outlet_id: int
    url: str
    priority: Priority = Priority.LIVE
    fetches: int = 0  # successful fetches so far; 0 is news
    etag: str | None = None
    last_modified: str | None = None
    browser: bool | None = None  # whether it needs one; null: unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The bytes of a page as fetched at a time, after content decoding (gzip and the like)."""

    page_id: int
    fetched_at: datetime
    url: str  # where the bytes came from, after redirects
    status: int
    content_type: str  # header as sent, may be empty
    body: bytes
    body_gzip: bytes = b""  # as it came, if gzip compressed it; to be checked
    etag: str | None = None
    last_modified: str | None = None
    certificate: str | None = None  # of an https answer: `valid`, or what is wrong with the outlet's certificate
    robots_tag: str | None = None  # the X-Robots-Tag headers, one a line
    rendered: bool = False  # by a browser: not what the server sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One request to a feed and what came of it."""

    feed: Feed
    started_at: datetime
    kind: FeedKind | None = None  # what the answer turned out to be; null: it could not be read
    items: tuple[FeedItem, ...] = ()
    status: int | None = None
    not_modified: bool = False
    etag: str | None = None
    last_modified: str | None = None
    error: str | None = None  # in words, why it could not be read
    retry_after_s: float | None = None
    is_push: bool = False  # no request: a hub sent it, and it shows new items only


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed, sitemap or section page that discovery found, and what it yielded."""

    url: str
    kind: FeedKind
    items: int = 0
    title: str = ""
    newest_at: datetime | None = None
    titled: int = 0  # items with a title
    dated: int = 0  # items with a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Unused:
    """A URL that discovery looked at, or knew what it is without a look, and why it is not used as a source."""

    url: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What discovery found at an outlet's home page, best source first."""

    url: str
    name: str = ""  # as the home page calls itself
    sources: tuple[Source, ...] = ()
    unused: tuple[Unused, ...] = ()  # in the order of the looks
    error: str | None = None  # why the outlet can't be looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlReport:
    """What a crawl did."""

    outlets_discovered: int = 0
    feeds_found: int = 0
    feeds_polled: int = 0
    feeds_not_modified: int = 0
    feeds_failed: int = 0
    items: int = 0
    new_pages: int = 0
    pushes: int = 0  # from hubs, taken in
    hubs_asked: int = 0  # to begin, renew or end a subscription
    fetched: int = 0  # captures stored
    rendered: int = 0  # pages that a browser was needed for
    unchanged: int = 0  # fetched again with the same bytes, or 304
    failed: int = 0  # to be tried again
    refused: Mapping[str, int] = field(default_factory=dict)  # given up, by reason
    postponed: int = 0  # pages left for later because their host asked for it
    unrendered: int = 0  # pages left for a browser: there is none, or it had shown enough
    bytes: int = 0
    seconds: float = 0.0
    interrupted: bool = False  # the time budget or a signal ended it with work left

    def as_dict(self) -> dict[str, Any]:
        """Its fields by name."""
        return asdict(self)


# --- From a page to an article ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Where an outlet's pages of one layout hold what: CSS selectors by field, of which the first that finds something counts."""

    name: str  # of the file, with the time from which it holds
    title: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published_at: tuple[str, ...] = ()
    body: tuple[str, ...] = ()  # paragraphs, or what holds them
    topics: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()  # all of these go before anything is read


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSource:
    """All that extraction may know about a page. Nothing else reaches the pure rooms."""

    url: str  # as fetched
    html: bytes | str
    content_type: str = ""
    fetched_at: datetime
    final_url: str | None = None  # after redirects
    rendered: bool = False  # by a browser
    feed_title: str | None = None
    feed_published_at: datetime | None = None
    feed_summary: str | None = None
    feed_authors: tuple[str, ...] = ()
    feed_topics: tuple[str, ...] = ()
    outlet_name: str | None = None
    outlet_hosts: tuple[str, ...] = ()
    outlet_language: str | None = None
    outlet_country: str | None = None
    robots_tag: str | None = None  # the X-Robots-Tag headers, one a line
    rule: Rule | None = None  # of the outlet, for pages fetched at that time


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A possible value of a field, and where it was found ("rule", "json-ld", "og", "h1", "feed"…)."""

    value: str
    source: str
    score: float = 0.0  # higher is better evidence; scores compare within a field of one article


@dataclass(frozen=True, slots=True, kw_only=True)
class Syndication:
    """Where an article says it was first published."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What a page says. `rejected_reason` tells why it is no article; the other fields are then best efforts."""

    url: str
    canonical_url: str
    title: str
    authors: tuple[str, ...]
    published_at: Timestamp | None
    modified_at: Timestamp | None
    language: str | None
    body: str  # paragraphs, separated by one empty line
    topics: tuple[str, ...]
    syndicated_from: Syndication | None
    rejected_reason: str | None
    kind: ArticleKind = ArticleKind.ARTICLE
    paywalled: bool = False  # the outlet keeps the text, or the rest of it, for subscribers
    image: str | None = None  # address of the picture that stands for the article
    noarchive: bool = False  # the outlet asks that no copy is kept
    candidates: Mapping[str, tuple[Candidate, ...]] = field(default_factory=dict)
    rule_missed: tuple[str, ...] | None = None  # fields that the outlet's rule did not find; None: no rule was asked

    @property
    def is_article(self) -> bool:
        """Whether the page goes on as an article."""
        return self.rejected_reason is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One version of an article as stored: what the stages after `clean` read."""

    id: int
    version: int
    outlet_id: int
    outlet: str
    url: str
    canonical_url: str
    first_seen_at: datetime
    title: str
    authors: tuple[str, ...]
    published_at: Timestamp | None
    modified_at: Timestamp | None
    language: str | None
    body: str
    topics: tuple[str, ...]
    syndicated_from: Syndication | None
    kind: ArticleKind = ArticleKind.ARTICLE
    paywalled: bool = False
    image: str | None = None

    @property
    def ordered_at(self) -> datetime:
        """The time for ordering, windows and ages: published, or first seen where that is unknown."""
        return self.published_at.at if self.published_at else self.first_seen_at


# --- What the comparing and annotating stages find ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """A text reduced for finding its copies. `bands` are the keys of the indexed look-up."""

    text_sha256: bytes  # of the normalised words
    words: int
    minhash: bytes  # 128 unsigned 32-bit values, little-endian
    bands: tuple[int, ...]  # signed 64-bit


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """An article repeats another one."""

    duplicate_of: int
    kind: CopyKind
    shared_text: float  # share of this article's words found in duplicate_of, 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """An entity in an article, with its type decided once for the document."""

    name: str  # the fullest form of the document
    type: EntityType
    count: int
    forms: tuple[str, ...]  # all surface forms, the most frequent first


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityMention:
    """A mention tied to a stored entity."""

    entity_id: str  # public id, such as `person:vladimir-putin`
    name: str
    type: EntityType
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryVector:
    """An article reduced for finding its story."""

    terms: Mapping[str, float]  # weighted words of title and body, unit length
    entities: frozenset[str]
    at: datetime
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """All that the index shows of an article, read from PostgreSQL at the time of sending."""

    id: int
    revision: int
    deleted: bool
    version: int
    url: str
    canonical_url: str
    outlet: str
    labels: tuple[str, ...]
    country: str | None
    group: str | None
    title: str
    body: str
    authors: tuple[str, ...]
    published_at: Timestamp | None
    first_seen_at: datetime
    language: str | None
    topics: tuple[str, ...]
    syndicated_from: Syndication | None
    story_id: int | None
    duplicate_of: int | None
    copy_kind: CopyKind | None
    entities: tuple[EntityMention, ...]

    @property
    def ordered_at(self) -> datetime:
        """The time for ordering, windows and ages: published, or first seen where that is unknown."""
        return self.published_at.at if self.published_at else self.first_seen_at


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchEndpoint:
    """Where Elasticsearch is and how to speak to it."""

    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)
    ca: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Where both engines are, embedded or a user's own."""

    database_url: str = field(repr=False)
    airflow_database_url: str = field(repr=False)
    elasticsearch: SearchEndpoint


# --- Work ---


class Stage(StrEnum):
    """The stages in their order."""

    CLEAN = "clean"
    COMPARE = "compare"
    ANNOTATE = "annotate"
    CLUSTER = "cluster"
    INDEX = "index"
    ALERT = "alert"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A claimed row of `work`: a capture (stage `clean`, version 0) or an article version."""

    id: int
    stage: Stage
    subject_id: int
    version: int
    priority: Priority
    attempts: int  # this one included


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a run of a stage did: results by name, `rejected` and `quarantined` by reason, seconds of work."""

    stage: Stage
    claimed: int = 0
    done: int = 0
    quarantined: int = 0
    outcomes: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def __add__(self, other: Counts) -> Counts:
        """Two runs of a stage taken together."""
        return Counts(
            stage=self.stage,
            claimed=self.claimed + other.claimed,
            done=self.done + other.done,
            quarantined=self.quarantined + other.quarantined,
            outcomes=Counter(self.outcomes) + Counter(other.outcomes),
            seconds=self.seconds + other.seconds,
        )
