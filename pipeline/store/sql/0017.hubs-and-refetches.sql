-- WebSub: what was subscribed to at which hub, and what hubs have sent.

CREATE TABLE subscriptions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    feed_id bigint NOT NULL REFERENCES feeds ON DELETE CASCADE,
    hub text NOT NULL CHECK (length(hub) <= 2000),
    topic text NOT NULL CHECK (length(topic) <= 2000),
    host text NOT NULL
        GENERATED ALWAYS AS (lower(coalesce(substring(hub FROM '^[A-Za-z]+://(?:[^/?#@]*@)?\[?([^/?#:\]]+)'), ''))) STORED,
    -- The public address at the time, and the part of the callback's path that nobody can guess.
    base text NOT NULL,
    token text NOT NULL UNIQUE,
    secret text NOT NULL,
    -- False: it is to be ended at the hub, and then deleted.
    wanted boolean NOT NULL DEFAULT true,
    due_at timestamptz NOT NULL DEFAULT now(),
    -- The last request to the hub, which it confirms by a challenge.
    asked text CHECK (asked IN ('subscribe', 'unsubscribe')),
    asked_at timestamptz,
    -- Null: the hub has not confirmed it, or denied it.
    lease_ends_at timestamptz,
    -- Requests in a row that were not confirmed, and what was wrong.
    failures integer NOT NULL DEFAULT 0,
    error text,
    pushes integer NOT NULL DEFAULT 0,
    pushed_at timestamptz,
    -- Pushes without a right signature.
    refused integer NOT NULL DEFAULT 0,
    -- Polls in a row that showed items which the hub had not sent.
    missed integer NOT NULL DEFAULT 0,
    UNIQUE (feed_id, hub, topic)
);
CREATE INDEX subscriptions_due ON subscriptions (due_at);

-- What hubs have sent and was acknowledged, until it is read.
CREATE TABLE pushes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subscription_id bigint REFERENCES subscriptions ON DELETE SET NULL,
    feed_id bigint NOT NULL REFERENCES feeds ON DELETE CASCADE,
    topic text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    content_type text NOT NULL,
    body_gzip bytea NOT NULL,
    leased_by integer
);
CREATE INDEX pushes_feed ON pushes (feed_id);
ALTER TABLE pushes ALTER COLUMN body_gzip SET STORAGE EXTERNAL;

-- How many of an outlet's articles of the last weeks that were looked at again had been edited.
CREATE TABLE edit_rates (
    outlet_id bigint PRIMARY KEY REFERENCES outlets ON DELETE CASCADE,
    articles integer NOT NULL,
    edited integer NOT NULL
);

-- The first due pages of each host, however many are due.
CREATE INDEX pages_due_by_host ON pages (outlet_id, host, priority, due_at) WHERE due_at IS NOT NULL;
