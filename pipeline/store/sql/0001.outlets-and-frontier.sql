-- Outlets, what they show, and the frontier of pages to fetch.

CREATE TABLE outlets (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name <> ''),
    url text NOT NULL UNIQUE,
    labels text[] NOT NULL DEFAULT '{}',
    country text,
    language text,
    "group" text,
    added_at timestamptz NOT NULL DEFAULT now(),
    -- A removed outlet keeps its articles and is crawled no more.
    removed_at timestamptz
);

CREATE TABLE outlet_hosts (
    host text PRIMARY KEY CHECK (host = lower(host)),
    outlet_id bigint NOT NULL REFERENCES outlets ON DELETE CASCADE
);
CREATE INDEX outlet_hosts_outlet ON outlet_hosts (outlet_id);

CREATE SEQUENCE workers AS integer MINVALUE 1 CYCLE;

CREATE TABLE feeds (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    outlet_id bigint NOT NULL REFERENCES outlets ON DELETE CASCADE,
    url text NOT NULL CHECK (length(url) <= 2000),
    kind text NOT NULL CHECK (kind IN ('feed', 'news_sitemap', 'sitemap', 'section')),
    -- given: by a person; found: by discovery
    origin text NOT NULL DEFAULT 'found' CHECK (origin IN ('given', 'found')),
    active boolean NOT NULL DEFAULT true,
    added_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL DEFAULT now(),
    leased_by integer,
    polled_at timestamptz,
    -- The last poll that could be read, and what it showed.
    succeeded_at timestamptz,
    -- The last poll whose answer came in full, not as "not modified".
    read_at timestamptz,
    items integer,
    new_items integer,
    status integer,
    failures integer NOT NULL DEFAULT 0,
    error text,
    etag text,
    last_modified text,
    UNIQUE (outlet_id, url)
);
CREATE INDEX feeds_due ON feeds (due_at) WHERE active;
CREATE INDEX feeds_leased ON feeds (leased_by) WHERE leased_by IS NOT NULL;

-- When discovery last looked at an outlet, and what came of it.
CREATE TABLE discoveries (
    outlet_id bigint PRIMARY KEY REFERENCES outlets ON DELETE CASCADE,
    due_at timestamptz NOT NULL DEFAULT now(),
    leased_by integer,
    looked_at timestamptz,
    found integer,
    failures integer NOT NULL DEFAULT 0,
    error text
);
CREATE INDEX discoveries_due ON discoveries (due_at);

CREATE TABLE pages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    outlet_id bigint NOT NULL REFERENCES outlets,
    url text NOT NULL UNIQUE CHECK (length(url) <= 2000),
    host text NOT NULL,
    first_seen_at timestamptz NOT NULL DEFAULT now(),
    -- When to fetch next; null: nothing more to do.
    due_at timestamptz,
    priority smallint NOT NULL DEFAULT 0,
    leased_by integer,
    fetched_at timestamptz,
    fetches integer NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    status integer,
    -- Why it is not fetched (robots, guard, gone…), or what the last failure was.
    reason text,
    etag text,
    last_modified text
);
CREATE INDEX pages_due ON pages (priority, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX pages_leased ON pages (leased_by) WHERE leased_by IS NOT NULL;
CREATE INDEX pages_outlet ON pages (outlet_id, first_seen_at);

CREATE TABLE sightings (
    page_id bigint NOT NULL REFERENCES pages ON DELETE CASCADE,
    feed_id bigint NOT NULL REFERENCES feeds ON DELETE CASCADE,
    seen_at timestamptz NOT NULL DEFAULT now(),
    title text,
    published_at timestamptz,
    summary text,
    PRIMARY KEY (page_id, feed_id)
);
CREATE INDEX sightings_feed ON sightings (feed_id, seen_at);

-- What is known of an outlet in an hour: without polls the hour is unknown, not empty.
CREATE TABLE coverage (
    outlet_id bigint NOT NULL REFERENCES outlets ON DELETE CASCADE,
    hour timestamptz NOT NULL,
    polls integer NOT NULL DEFAULT 0,
    failed_polls integer NOT NULL DEFAULT 0,
    new_items integer NOT NULL DEFAULT 0,
    PRIMARY KEY (outlet_id, hour)
) PARTITION BY RANGE (hour);

CREATE SEQUENCE captures_id;
CREATE TABLE captures (
    id bigint NOT NULL DEFAULT nextval('captures_id'),
    page_id bigint NOT NULL REFERENCES pages ON DELETE CASCADE,
    fetched_at timestamptz NOT NULL,
    url text NOT NULL,
    status integer NOT NULL,
    content_type text NOT NULL DEFAULT '',
    body_gzip bytea NOT NULL,
    body_bytes integer NOT NULL,
    sha256 bytea NOT NULL,
    -- What `clean` made of it: `article`, `unchanged`, or the reason of a rejection; null while it waits.
    outcome text,
    article_id bigint,
    version integer,
    PRIMARY KEY (id, fetched_at),
    UNIQUE (page_id, fetched_at)
) PARTITION BY RANGE (fetched_at);
-- The bytes are compressed already.
ALTER TABLE captures ALTER COLUMN body_gzip SET STORAGE EXTERNAL;
CREATE INDEX captures_outcome ON captures (outcome, fetched_at);

-- Makes the partition of `at`'s month (UTC) of a partitioned table, if it is not there yet.
CREATE FUNCTION ensure_month(parent text, at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    opens timestamp := date_trunc('month', at AT TIME ZONE 'UTC');
    name text := parent || '_' || to_char(opens, 'YYYY_MM');
BEGIN
    IF to_regclass(name) IS NULL THEN
        -- Two processes may come here at the same time.
        PERFORM pg_advisory_xact_lock(hashtextextended('ensure_month', 0));
        IF to_regclass(name) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                name, parent, opens AT TIME ZONE 'UTC', (opens + interval '1 month') AT TIME ZONE 'UTC'
            );
        END IF;
    END IF;
END
$$;
