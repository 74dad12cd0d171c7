-- Paragraphs of articles by outlet, to tell an outlet's furniture from its articles' text.

CREATE TABLE recurring_paragraphs (
    outlet_id bigint NOT NULL REFERENCES outlets ON DELETE CASCADE,
    -- Of the folded words and where they stand. 0 is the outlet itself: the last pages that told anything.
    key bigint NOT NULL,
    at_end boolean NOT NULL,
    -- The last pages that had it, each once, so that nothing counts twice; negative where it does not count.
    pages bigint[] NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    -- Since when it is furniture; its pages are then kept as they were.
    furniture_since timestamptz,
    PRIMARY KEY (outlet_id, key)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
