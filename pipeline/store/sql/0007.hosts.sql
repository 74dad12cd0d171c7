-- Hosts are shared by all crawl processes: one at a time fetches from a host, and what it asked for holds for all.

CREATE TABLE hosts (
    host text PRIMARY KEY,
    leased_by integer,
    -- Nothing is fetched from it before this time, and why.
    not_before timestamptz,
    reason text,
    -- Fetches in a row that it did not answer.
    failures integer NOT NULL DEFAULT 0
);
CREATE INDEX hosts_leased ON hosts (leased_by) WHERE leased_by IS NOT NULL;

-- robots.txt files as last read, by scheme, host and port.
CREATE TABLE robots (
    origin text PRIMARY KEY,
    -- Of the last answer that says what is allowed: 2xx, or 4xx for a host without the file.
    status integer,
    body bytea,
    fetched_at timestamptz,
    -- Of the last try that could not read it; null if that was read since.
    failed_at timestamptz,
    error text
);

ALTER TABLE feeds ADD COLUMN host text NOT NULL
    GENERATED ALWAYS AS (lower(coalesce(substring(url FROM '^[A-Za-z]+://(?:[^/?#@]*@)?\[?([^/?#:\]]+)'), ''))) STORED;
