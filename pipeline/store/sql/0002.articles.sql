-- Work, articles and their versions, copies, stories, entities.

CREATE TABLE work (
    id bigint GENERATED ALWAYS AS IDENTITY,
    stage text NOT NULL CHECK (stage IN ('clean', 'compare', 'annotate', 'cluster', 'index', 'alert')),
    subject_id bigint NOT NULL,
    version integer NOT NULL,
    priority smallint NOT NULL DEFAULT 0,
    attempts smallint NOT NULL DEFAULT 0,
    not_before timestamptz NOT NULL DEFAULT now(),
    queued_at timestamptz NOT NULL DEFAULT now(),
    claimed_by integer,
    error text,
    PRIMARY KEY (stage, subject_id, version)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX work_order ON work (stage, priority, id);

CREATE TABLE quarantine (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stage text NOT NULL,
    subject_id bigint NOT NULL,
    version integer NOT NULL,
    priority smallint NOT NULL,
    attempts smallint NOT NULL,
    error text NOT NULL,
    traceback text NOT NULL DEFAULT '',
    quarantined_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (stage, subject_id, version)
);

CREATE SEQUENCE revision;

CREATE TABLE articles (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    outlet_id bigint NOT NULL REFERENCES outlets,
    -- The page it was first found at; null for an import.
    page_id bigint REFERENCES pages ON DELETE SET NULL,
    url text NOT NULL,
    canonical_url text NOT NULL UNIQUE CHECK (length(canonical_url) <= 2000),
    version integer NOT NULL CHECK (version > 0),
    first_seen_at timestamptz NOT NULL,
    priority smallint NOT NULL DEFAULT 0,
    deleted_at timestamptz,
    revision bigint NOT NULL DEFAULT nextval('revision'),
    indexed_revision bigint NOT NULL DEFAULT 0,
    indexed_at timestamptz,
    -- When it first passed the alerts; an alert made later doesn't tell of it.
    alerted_at timestamptz
);
CREATE INDEX articles_unindexed ON articles (priority, id) WHERE revision > indexed_revision;
CREATE INDEX articles_outlet ON articles (outlet_id, first_seen_at);
CREATE INDEX articles_page ON articles (page_id);
CREATE INDEX articles_revision ON articles (revision);
CREATE INDEX articles_url ON articles (url);

CREATE TABLE article_versions (
    article_id bigint NOT NULL REFERENCES articles ON DELETE CASCADE,
    version integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    capture_id bigint,
    title text NOT NULL,
    authors text[] NOT NULL,
    published_at timestamptz,
    published_offset_s integer,
    published_precision text CHECK (published_precision IN ('day', 'minute')),
    modified_at timestamptz,
    modified_offset_s integer,
    language text,
    body text NOT NULL,
    topics text[] NOT NULL,
    syndicated_name text,
    syndicated_url text,
    words integer NOT NULL,
    candidates jsonb NOT NULL DEFAULT '{}',
    -- Of title and body: tells a new version from a mere re-fetch.
    text_sha256 bytea NOT NULL,
    PRIMARY KEY (article_id, version)
);

CREATE TABLE fingerprints (
    article_id bigint NOT NULL,
    version integer NOT NULL,
    first_seen_at timestamptz NOT NULL,
    text_sha256 bytea NOT NULL,
    words integer NOT NULL,
    minhash bytea NOT NULL,
    bands bigint[] NOT NULL,
    PRIMARY KEY (article_id, version, first_seen_at)
) PARTITION BY RANGE (first_seen_at);
CREATE INDEX fingerprints_bands ON fingerprints USING gin (bands);
CREATE INDEX fingerprints_text ON fingerprints (text_sha256);

CREATE TABLE duplicates (
    article_id bigint PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
    version integer NOT NULL,
    duplicate_of bigint NOT NULL REFERENCES articles ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('copy', 'derived')),
    shared_text real NOT NULL CHECK (shared_text BETWEEN 0 AND 1),
    decided_at timestamptz NOT NULL DEFAULT now(),
    CHECK (article_id <> duplicate_of)
);
CREATE INDEX duplicates_of ON duplicates (duplicate_of);

CREATE TABLE entities (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Stable and public: type and folded name, `person:vladimir-putin`.
    public_id text NOT NULL UNIQUE,
    type text NOT NULL CHECK (type IN ('person', 'org', 'place')),
    name text NOT NULL,
    first_seen_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE entity_aliases (
    alias text NOT NULL,
    entity_id bigint NOT NULL REFERENCES entities ON DELETE CASCADE,
    PRIMARY KEY (alias, entity_id)
);
CREATE INDEX entity_aliases_entity ON entity_aliases (entity_id);

-- One row an article: parallel arrays, the most mentioned first.
CREATE TABLE mentions (
    article_id bigint PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
    version integer NOT NULL,
    entity_ids bigint[] NOT NULL,
    counts integer[] NOT NULL,
    CHECK (cardinality(entity_ids) = cardinality(counts))
);
CREATE INDEX mentions_entities ON mentions USING gin (entity_ids);

CREATE TABLE quotes (
    article_id bigint NOT NULL REFERENCES articles ON DELETE CASCADE,
    n integer NOT NULL,
    version integer NOT NULL,
    text text NOT NULL,
    speaker text,
    speaker_id bigint REFERENCES entities,
    PRIMARY KEY (article_id, n)
);

CREATE TABLE stories (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    articles integer NOT NULL DEFAULT 0
);
CREATE INDEX stories_last ON stories (last_at);

CREATE TABLE story_articles (
    article_id bigint PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
    story_id bigint NOT NULL REFERENCES stories ON DELETE CASCADE,
    version integer NOT NULL,
    score real,
    joined_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX story_articles_story ON story_articles (story_id);

-- What clustering compares with: the weighted terms of an article, and the few it is looked up by.
CREATE TABLE story_vectors (
    article_id bigint PRIMARY KEY REFERENCES articles ON DELETE CASCADE,
    at timestamptz NOT NULL,
    language text,
    terms text[] NOT NULL,
    weights real[] NOT NULL,
    entities text[] NOT NULL,
    keys text[] NOT NULL,
    CHECK (cardinality(terms) = cardinality(weights))
);
CREATE INDEX story_vectors_keys ON story_vectors USING gin (keys);
CREATE INDEX story_vectors_at ON story_vectors (at);

-- How common words are, counted anew by `maintain`; a vector is weighted by the newest snapshot.
CREATE TABLE word_backgrounds (
    version bigint NOT NULL,
    language text NOT NULL,
    counted_at timestamptz NOT NULL DEFAULT now(),
    articles integer NOT NULL,
    words text[] NOT NULL,
    document_counts integer[] NOT NULL,
    PRIMARY KEY (version, language)
);
