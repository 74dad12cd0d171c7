-- Saved queries, what they matched, and what was sent.

CREATE TABLE alerts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner text NOT NULL DEFAULT '',
    name text NOT NULL CHECK (name <> ''),
    version integer NOT NULL CHECK (version > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    muted_at timestamptz,
    removed_at timestamptz
);
CREATE UNIQUE INDEX alerts_name ON alerts (owner, name) WHERE removed_at IS NULL;

CREATE TABLE alert_versions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id bigint NOT NULL REFERENCES alerts ON DELETE CASCADE,
    version integer NOT NULL,
    query text NOT NULL,
    every text NOT NULL CHECK (every IN ('now', 'hour', 'day', 'week')),
    max_age_s bigint CHECK (max_age_s > 0),
    -- Channel URLs, encrypted with the installation's secret key.
    channels bytea[] NOT NULL DEFAULT '{}',
    -- Why the query could not run the last time; null: it could.
    broken text,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (alert_id, version)
);

CREATE TABLE deliveries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_version_id bigint NOT NULL REFERENCES alert_versions ON DELETE CASCADE,
    -- The place of the channel in the alert version, from 0.
    channel integer NOT NULL,
    story_id bigint REFERENCES stories ON DELETE SET NULL,
    -- Sent again and again as the same bytes under the same key.
    idempotency_key uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    body bytea NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
    created_at timestamptz NOT NULL DEFAULT now(),
    not_before timestamptz NOT NULL DEFAULT now(),
    claimed_by integer,
    attempts integer NOT NULL DEFAULT 0,
    sent_at timestamptz,
    status integer,
    error text
);
CREATE INDEX deliveries_waiting ON deliveries (not_before) WHERE state = 'waiting';
CREATE INDEX deliveries_alert ON deliveries (alert_version_id, id);

-- Every article that an alert's query found: `first_seen_at` is the article's own, so that
-- (alert version, article) stays unique across partitions.
CREATE TABLE matches (
    alert_version_id bigint NOT NULL REFERENCES alert_versions ON DELETE CASCADE,
    article_id bigint NOT NULL REFERENCES articles ON DELETE CASCADE,
    first_seen_at timestamptz NOT NULL,
    matched_at timestamptz NOT NULL DEFAULT now(),
    story_id bigint,
    -- waiting: for its window or digest; sent: shown in a delivery; grouped: told of by another article
    -- of its story or copy group; muted: too old, or the alert was muted; failed: no channel took it.
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'grouped', 'muted', 'failed')),
    reason text,
    due_at timestamptz NOT NULL DEFAULT now(),
    highlight text NOT NULL DEFAULT '',
    delivery_ids bigint[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (alert_version_id, article_id, first_seen_at)
) PARTITION BY RANGE (first_seen_at);
CREATE INDEX matches_waiting ON matches (due_at) WHERE state = 'waiting';
CREATE INDEX matches_article ON matches (article_id);
CREATE INDEX matches_story ON matches (alert_version_id, story_id);
