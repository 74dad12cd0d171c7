-- Backfills: what reaches back in time (sitemaps and pages of feeds), which times it was read for, and what it showed.

CREATE TABLE backfill_parts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    outlet_id bigint NOT NULL REFERENCES outlets ON DELETE CASCADE,
    url text NOT NULL CHECK (length(url) <= 2000),
    host text NOT NULL
        GENERATED ALWAYS AS (lower(coalesce(substring(url FROM '^[A-Za-z]+://(?:[^/?#@]*@)?\[?([^/?#:\]]+)'), ''))) STORED,
    -- robots: names sitemaps; sitemap: also an index of them; feed: one of its pages
    kind text NOT NULL CHECK (kind IN ('robots', 'sitemap', 'feed')),
    -- How many parts lead to it: a limit against endless ones.
    depth integer NOT NULL DEFAULT 0,
    -- Of a page of a feed: the digest of what the page before it showed.
    before bytea,
    -- The times that it can tell of.
    holds tstzrange NOT NULL DEFAULT '(,)',
    -- The times for which it was read, and what it shows of them is in the frontier.
    covered tstzmultirange NOT NULL DEFAULT '{}',
    -- When to look at it; null: nothing to do.
    due_at timestamptz DEFAULT now(),
    leased_by integer,
    looked_at timestamptz,
    status integer,
    failures integer NOT NULL DEFAULT 0,
    error text,
    UNIQUE (outlet_id, url)
);
CREATE INDEX backfill_parts_due ON backfill_parts (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX backfill_parts_leased ON backfill_parts (leased_by) WHERE leased_by IS NOT NULL;

-- What a part showed of a page that was new: apart from `sightings`, from which rhythm, gaps and completeness are told.
CREATE TABLE backfill_sightings (
    page_id bigint PRIMARY KEY REFERENCES pages ON DELETE CASCADE,
    part_id bigint NOT NULL REFERENCES backfill_parts ON DELETE CASCADE,
    seen_at timestamptz NOT NULL DEFAULT now(),
    title text,
    published_at timestamptz,
    summary text,
    authors text[],
    topics text[],
    -- Published then at the latest: from this time on count the ages at which the page is fetched again.
    ages_from timestamptz
);
CREATE INDEX backfill_sightings_part ON backfill_sightings (part_id);

-- WARC files whose import has not ended: where to go on. The name is that of the file with its size and what is taken of it.
CREATE TABLE warc_imports (
    name text PRIMARY KEY,
    read_bytes bigint NOT NULL,
    read_records bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
